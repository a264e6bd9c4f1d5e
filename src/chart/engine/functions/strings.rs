//! Texts (`sprig:strings.go`, `sprig:functions.go`). Lengths and positions count bytes, as in Go.

use super::wrap;
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::format::{self, text_of};
use crate::chart::engine::machine::Machine;
use crate::chart::engine::quote::quoted;
use crate::chart::engine::value::{Map, MapType, Value};

const A: Type = Type::Any;
const I: Type = Type::Int;
const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("hello", &[], |_, _| Ok(Value::text("Hello!"))),
    Function::new("trim", &[T], |_, args| Ok(Value::text(args.str(0).trim_matches(is_space)))),
    Function::new("trimAll", &[T, T], |_, args| Ok(trim_all(args))),
    Function::new("trimall", &[T, T], |_, args| Ok(trim_all(args))),
    Function::new("trimSuffix", &[T, T], |_, args| {
        Ok(Value::text(args.bytes(1).strip_suffix(args.bytes(0)).unwrap_or(args.bytes(1))))
    }),
    Function::new("trimPrefix", &[T, T], |_, args| {
        Ok(Value::text(args.bytes(1).strip_prefix(args.bytes(0)).unwrap_or(args.bytes(1))))
    }),
    Function::new("contains", &[T, T], |_, args| {
        Ok(Value::Bool(find(args.bytes(1), args.bytes(0)).is_some()))
    }),
    Function::new("hasPrefix", &[T, T], |_, args| Ok(Value::Bool(args.bytes(1).starts_with(args.bytes(0))))),
    Function::new("hasSuffix", &[T, T], |_, args| Ok(Value::Bool(args.bytes(1).ends_with(args.bytes(0))))),
    Function::new("trunc", &[I, T], |_, args| Ok(trunc(args))),
    Function::new("substr", &[I, I, T], substr),
    Function::new("repeat", &[I, T], repeat),
    Function::new("nospace", &[T], |_, args| {
        // Bytes one by one: the two bytes U+0085 and U+00A0 are blanks too, and others come back as characters.
        let kept = args.bytes(0).iter().map(|byte| char::from(*byte));
        if args.bytes(0).iter().any(|byte| is_space(char::from(*byte))) {
            return Ok(Value::text(kept.filter(|letter| !is_space(*letter)).collect::<String>()));
        }
        Ok(args.value(0).clone())
    }),
    Function::new("initials", &[T], |_, args| Ok(Value::text(wrap::initials(args.bytes(0))))),
    Function::new("abbrev", &[I, T], |_, args| {
        if args.int(0) < 4 {
            return Ok(args.value(1).clone());
        }
        Ok(Value::text(wrap::abbreviate(args.bytes(1), 0, args.int(0))))
    }),
    Function::new("abbrevboth", &[I, I, T], |_, args| {
        let (left, right) = (args.int(0), args.int(1));
        if right < 4 || (left > 0 && right < 7) {
            return Ok(args.value(2).clone());
        }
        Ok(Value::text(wrap::abbreviate(args.bytes(2), left, right)))
    }),
    Function::new("wrap", &[I, T], |_, args| {
        Ok(Value::text(wrap::wrap(args.bytes(1), args.int(0), b"\n", false)))
    }),
    Function::new("wrapWith", &[I, T, T], |_, args| {
        let between = if args.bytes(1).is_empty() { b"\n" } else { args.bytes(1) };
        Ok(Value::text(wrap::wrap(args.bytes(2), args.int(0), between, true)))
    }),
    Function::new("quote", &[A], |_, args| Ok(joined(args, |value| quoted(&text_of(value)).into_bytes())))
        .variadic(),
    Function::new("squote", &[A], |_, args| {
        Ok(joined(args, |value| [b"'", &format::with_verb(value, 'v')[..], b"'"].concat()))
    })
    .variadic(),
    Function::new("cat", &[A], |_, args| {
        let texts = joined(args, |value| format::with_verb(value, 'v'));
        Ok(texts)
    })
    .variadic(),
    Function::new("indent", &[I, T], |machine, args| indent(machine, args, b"")),
    Function::new("nindent", &[I, T], |machine, args| indent(machine, args, b"\n")),
    Function::new("replace", &[T, T, T], |machine, args| {
        let (old, new, text) = (args.bytes(0), args.bytes(1), args.bytes(2));
        machine.spend_bytes(text.len().saturating_mul(new.len().max(1)) / old.len().max(1))?;
        Ok(Value::text(replaced(text, old, new)))
    }),
    Function::new("plural", &[T, T, I], |_, args| Ok(args.value(usize::from(args.int(2) != 1)).clone())),
    Function::new("toString", &[A], |_, args| Ok(Value::text(text_of(args.value(0))))),
    Function::new("toStrings", &[A], |_, args| Ok(Value::strings(strings(args.value(0))))),
    Function::new("join", &[T, A], |machine, args| {
        let texts = strings(args.value(1));
        machine.spend_bytes(args.bytes(0).len().saturating_mul(texts.len()))?;
        Ok(Value::text(texts.join(args.bytes(0))))
    }),
    Function::new("split", &[T, T], |_, args| Ok(numbered(&split(args.bytes(1), args.bytes(0), None)))),
    Function::new("splitn", &[T, I, T], |_, args| {
        let limit = args.int(1);
        let parts = match usize::try_from(limit) {
            Ok(0) => Vec::new(),
            Ok(limit) => split(args.bytes(2), args.bytes(0), Some(limit)),
            Err(_) => split(args.bytes(2), args.bytes(0), None),
        };
        Ok(numbered(&parts))
    }),
    Function::new("splitList", &[T, T], |_, args| {
        Ok(Value::strings(split(args.bytes(1), args.bytes(0), None)))
    }),
    Function::new("sortAlpha", &[A], |_, args| {
        let mut texts = match args.value(0) {
            Value::List(_) | Value::Bytes(_) => strings(args.value(0)),
            other => vec![text_of(other)],
        };
        texts.sort();
        Ok(Value::strings(texts))
    }),
];

/// Go's `unicode.IsSpace`.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace()
}

fn trim_all(args: &Args) -> Value {
    let cut: Vec<char> = args.str(0).chars().collect();
    Value::text(args.str(1).trim_matches(&cut[..]))
}

/// Where `part` is found first.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    if part.is_empty() {
        return Some(0);
    }
    // Text in text has a search that is fast whatever stands in it.
    match (std::str::from_utf8(text), std::str::from_utf8(part)) {
        (Ok(text), Ok(part)) => text.find(part),
        _ => text.windows(part.len()).position(|window| window == part),
    }
}

/// Go's `strings.ReplaceAll`.
pub(super) fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    if old.is_empty() {
        let text = String::from_utf8_lossy(text);
        let mut out = new.to_vec();
        for letter in text.chars() {
            out.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
            out.extend(new);
        }
        return out;
    }
    split(text, old, None).join(new)
}

/// Go's `strings.SplitN`; without separator into characters.
pub(super) fn split<'t>(text: &'t [u8], separator: &[u8], limit: Option<usize>) -> Vec<&'t [u8]> {
    let mut parts = Vec::new();
    let mut rest = text;
    let full = |parts: &Vec<_>| limit.is_some_and(|limit| parts.len() + 1 >= limit);
    if separator.is_empty() {
        while !rest.is_empty() && !full(&parts) {
            let length = match crate::chart::engine::quote::pieces(rest).next() {
                Some(crate::chart::engine::quote::Piece::Char(letter)) => letter.len_utf8(),
                _ => 1,
            };
            let (first, after) = rest.split_at(length);
            parts.push(first);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(rest);
        }
        return parts;
    }
    while !full(&parts)
        && let Some(at) = find(rest, separator)
    {
        parts.push(&rest[..at]);
        rest = &rest[at + separator.len()..];
    }
    parts.push(rest);
    parts
}

fn out_of_range(shown: &str) -> Fault {
    Fault::new(format!("runtime error: slice bounds out of range {shown}"))
}

fn trunc(args: &Args) -> Value {
    let (count, text) = (args.int(0), args.bytes(1));
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let at = |index: i64| usize::try_from(index).unwrap_or(0);
    if count < 0 && length + count > 0 {
        Value::text(&text[at(length + count)..])
    } else if count >= 0 && length > count {
        Value::text(&text[..at(count)])
    } else {
        args.value(1).clone()
    }
}

fn substr(_: &mut Machine, args: &Args) -> Outcome {
    let (start, end, text) = (args.int(0), args.int(1), args.bytes(2));
    let cut = |start: i64, end: i64| {
        let from = usize::try_from(start).ok();
        let to = usize::try_from(end).ok();
        let part = from.zip(to).and_then(|(from, to)| text.get(from..to));
        part.map(Value::text)
            .ok_or_else(|| out_of_range(&format!("[{start}:{end}] with length {}", text.len())))
    };
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if start < 0 {
        cut(0, end)
    } else if end < 0 || end > length {
        cut(start, length)
    } else {
        cut(start, end)
    }
}

fn repeat(machine: &mut Machine, args: &Args) -> Outcome {
    let Ok(count) = usize::try_from(args.int(0)) else {
        return Err(Fault::new("strings: negative Repeat count"));
    };
    machine.spend_bytes(args.bytes(1).len().saturating_mul(count))?;
    Ok(Value::text(args.bytes(1).repeat(count)))
}

fn indent(machine: &mut Machine, args: &Args, before: &[u8]) -> Outcome {
    let Ok(count) = usize::try_from(args.int(0)) else {
        return Err(Fault::new("strings: negative Repeat count"));
    };
    let text = args.bytes(1);
    let lines = text.split(|byte| *byte == b'\n').count();
    machine.spend_bytes(lines.saturating_mul(count))?;
    let mut out = Vec::with_capacity(text.len() + lines * count + 1);
    out.extend(before);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if index > 0 {
            out.push(b'\n');
        }
        out.resize(out.len() + count, b' ');
        out.extend(line);
    }
    Ok(Value::text(out))
}

/// The operands that are something, each written, with blanks between them.
fn joined(args: &Args, write: impl Fn(&Value) -> Vec<u8>) -> Value {
    let texts: Vec<Vec<u8>> = args.values(0).iter().filter(|value| !value.is_nil()).map(write).collect();
    Value::text(texts.join(&b' '))
}

/// sprig's `strslice`: anything as a list of texts, nothing left out but what is nothing.
pub(super) fn strings(value: &Value) -> Vec<Vec<u8>> {
    match value {
        Value::Nil => Vec::new(),
        Value::List(_) | Value::Bytes(_) => {
            let elements = value.elements().unwrap_or_default();
            elements.iter().filter(|element| !element.is_nil()).map(text_of).collect()
        }
        other => vec![text_of(other)],
    }
}

/// `_0`, `_1`, …
fn numbered(parts: &[&[u8]]) -> Value {
    let map = Map::new(MapType::Strings);
    for (index, part) in parts.iter().enumerate() {
        map.insert(format!("_{index}"), Value::text(*part));
    }
    Value::Map(map)
}
