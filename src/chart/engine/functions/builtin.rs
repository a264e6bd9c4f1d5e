//! Go's own functions of templates (`text/template/funcs.go`, Go 1.26).

use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::format;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::printf::printf;
use crate::chart::engine::quote::{Piece, is_print, pieces};
use crate::chart::engine::value::{MapType, Operand, Value};

const V: Type = Type::Reflect;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("print", &[Type::Any], |_, args| Ok(Value::text(format::print(&args.values(0)))))
        .variadic(),
    Function::new("println", &[Type::Any], |_, args| Ok(Value::text(format::print_line(&args.values(0)))))
        .variadic(),
    Function::new("printf", &[Type::Text, Type::Any], |machine, args| {
        machine.spend(args.bytes(0).len())?;
        Ok(Value::text(printf(args.bytes(0), &args.values(1))))
    })
    .variadic(),
    Function::new("len", &[V], length),
    Function::new("not", &[V], |_, args| Ok(Value::Bool(!args.value(0).is_true()))),
    Function::new("eq", &[V, V], |_, args| eq(args.value(0), &args.values(1))).variadic(),
    Function::new("ne", &[V, V], |_, args| Ok(Value::Bool(!is(&eq(args.value(0), &args.values(1))?)))),
    Function::new("lt", &[V, V], |_, args| lt(args.value(0), args.value(1)).map(Value::Bool)),
    Function::new("le", &[V, V], |_, args| le(args.value(0), args.value(1)).map(Value::Bool)),
    Function::new("gt", &[V, V], |_, args| le(args.value(0), args.value(1)).map(|le| Value::Bool(!le))),
    Function::new("ge", &[V, V], |_, args| lt(args.value(0), args.value(1)).map(|lt| Value::Bool(!lt))),
    // Called by the machine itself: what it returns may be of any type or of none.
    Function::new("index", &[V, V], |_, _| Ok(Value::Nil)).variadic(),
    Function::new("html", &[Type::Any], |_, args| Ok(Value::text(escaped(args, html)))).variadic(),
    Function::new("js", &[Type::Any], |_, args| Ok(Value::text(escaped(args, js)))).variadic(),
    Function::new("urlquery", &[Type::Any], |_, args| Ok(Value::text(escaped(args, query)))).variadic(),
];

fn is(value: &Value) -> bool {
    matches!(value, Value::Bool(true))
}

fn length(_: &mut Machine, args: &Args) -> Outcome {
    let length = match args.value(0) {
        Value::Text(text) => text.bytes().len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.items.len(),
        Value::Map(map) => map.len(),
        Value::Nil if args.0.first().is_some_and(|operand| operand.boxed) => {
            return Err(Fault::new("len of nil pointer"));
        }
        Value::Nil => return Err(Fault::new("reflect: call of reflect.Value.Type on zero Value")),
        other => return Err(Fault::new(format!("len of type {}", other.type_name()))),
    };
    Ok(Value::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

/// `index`: the element that each index in turn leads to.
pub(in super::super) fn index(args: &[Operand]) -> Result<Operand, Fault> {
    let Some((first, indexes)) = args.split_first() else {
        return Err(Fault::new("index of untyped nil"));
    };
    if first.value.is_nil() {
        return Err(Fault::new("index of untyped nil"));
    }
    let mut item = first.clone();
    for index in indexes {
        item = match &item.value {
            Value::Nil => return Err(Fault::new("index of nil pointer")),
            Value::Map(map) => {
                let key = match &index.value {
                    Value::Text(key) => key,
                    Value::Nil => return Err(Fault::new("value is nil; should be of type string")),
                    other => {
                        return Err(Fault::new(format!(
                            "value has type {}; should be string",
                            other.type_name()
                        )));
                    }
                };
                match map.get(key.bytes()) {
                    Some(value) => Operand { value, boxed: map.kind.holds_any() },
                    None => match map.kind {
                        MapType::Any | MapType::Values => Operand::boxed(Value::Nil),
                        MapType::Strings | MapType::NilStrings => Operand::plain(Value::text("")),
                        MapType::Files => Operand::plain(Value::Bytes([].into())),
                    },
                }
            }
            Value::Text(text) => {
                let at = position(&index.value, text.bytes().len())?;
                Operand::plain(Value::Byte(text.bytes()[at]))
            }
            Value::List(_) | Value::Bytes(_) => {
                let items = item.value.elements().unwrap_or_default();
                let at = position(&index.value, items.len())?;
                let boxed = matches!(&item.value, Value::List(list) if list.kind == crate::chart::engine::value::ListType::Any);
                Operand { value: items[at].clone(), boxed }
            }
            other => return Err(Fault::new(format!("can't index item of type {}", other.type_name()))),
        };
    }
    Ok(item)
}

fn position(index: &Value, length: usize) -> Result<usize, Fault> {
    let at = match index {
        Value::Int(at) | Value::Int64(at) => *at,
        Value::Byte(at) => i64::from(*at),
        Value::Uint64(at) => i64::try_from(*at).unwrap_or(i64::MAX),
        Value::Nil => return Err(Fault::new("cannot index slice/array with nil")),
        other => {
            return Err(Fault::new(format!("cannot index slice/array with type {}", other.type_name())));
        }
    };
    match usize::try_from(at) {
        Ok(at) if at < length => Ok(at),
        Ok(at) if at == length => Err(Fault::new("reflect: slice index out of range")),
        _ => Err(Fault::new(format!("index out of range: {at}"))),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Basic {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex,
    Text,
}

fn basic(value: &Value) -> Option<Basic> {
    Some(match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Basic::Int(*value),
        Value::Byte(value) => Basic::Uint((*value).into()),
        Value::Uint64(value) => Basic::Uint(*value),
        Value::Float(value) => Basic::Float(*value),
        Value::Complex(..) => Basic::Complex,
        Value::Text(_) => Basic::Text,
        Value::Object(object) => match &**object {
            crate::chart::engine::object::Object::Duration(value) => Basic::Int(*value),
            crate::chart::engine::object::Object::Month(value)
            | crate::chart::engine::object::Object::Weekday(value) => Basic::Int((*value).into()),
            _ => return None,
        },
        _ => return None,
    })
}

fn incompatible(a: &Value, b: &Value) -> Fault {
    Fault::new(format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()))
}

fn eq(first: &Value, others: &[Value]) -> Outcome {
    if others.is_empty() {
        return Err(Fault::new("missing argument for comparison"));
    }
    for other in others {
        if equal(first, other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

#[allow(clippy::float_cmp, reason = "Go compares them so")]
#[allow(clippy::many_single_char_names, reason = "two of each kind")]
fn equal(a: &Value, b: &Value) -> Result<bool, Fault> {
    match (basic(a), basic(b)) {
        (Some(Basic::Bool(x)), Some(Basic::Bool(y))) => Ok(x == y),
        (Some(Basic::Int(x)), Some(Basic::Int(y))) => Ok(x == y),
        (Some(Basic::Uint(x)), Some(Basic::Uint(y))) => Ok(x == y),
        (Some(Basic::Float(x)), Some(Basic::Float(y))) => Ok(x == y),
        (Some(Basic::Text), Some(Basic::Text)) | (Some(Basic::Complex), Some(Basic::Complex)) => {
            Ok(match (a, b) {
                (Value::Text(x), Value::Text(y)) => x == y,
                (Value::Complex(x, i), Value::Complex(y, j)) => x == y && i == j,
                _ => false,
            })
        }
        (Some(Basic::Int(x)), Some(Basic::Uint(y))) | (Some(Basic::Uint(y)), Some(Basic::Int(x))) => {
            Ok(u64::try_from(x).is_ok_and(|x| x == y))
        }
        (None, None) => compound_equal(a, b),
        _ if a.is_nil() || b.is_nil() => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// Lists, maps, structures and nothing at all.
fn compound_equal(a: &Value, b: &Value) -> Result<bool, Fault> {
    let shown = |value: &Value, verb| String::from_utf8_lossy(&format::with_verb(value, verb)).into_owned();
    if a.is_nil() || b.is_nil() {
        return Ok(a.is_nil() == b.is_nil());
    }
    if a.kind_name() != b.kind_name() {
        return Err(Fault::new(format!(
            "non-comparable types {}: {}, {}: {}",
            shown(a, 's'),
            a.type_name(),
            b.type_name(),
            shown(b, 'v')
        )));
    }
    match b {
        Value::Object(_) => Ok(a.deep_equal(b)),
        _ => Err(Fault::new(format!("non-comparable type {}: {}", shown(b, 's'), b.type_name()))),
    }
}

fn lt(a: &Value, b: &Value) -> Result<bool, Fault> {
    let bad = || Fault::new("invalid type for comparison");
    let (x, y) = (basic(a).ok_or_else(bad)?, basic(b).ok_or_else(bad)?);
    match (x, y) {
        (Basic::Int(x), Basic::Int(y)) => Ok(x < y),
        (Basic::Uint(x), Basic::Uint(y)) => Ok(x < y),
        (Basic::Float(x), Basic::Float(y)) => Ok(x < y),
        (Basic::Text, Basic::Text) => Ok(match (a, b) {
            (Value::Text(x), Value::Text(y)) => x < y,
            _ => false,
        }),
        (Basic::Int(x), Basic::Uint(y)) => Ok(u64::try_from(x).map_or(true, |x| x < y)),
        (Basic::Uint(x), Basic::Int(y)) => Ok(u64::try_from(y).is_ok_and(|y| x < y)),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex, Basic::Complex) => Err(bad()),
        _ => Err(incompatible(a, b)),
    }
}

fn le(a: &Value, b: &Value) -> Result<bool, Fault> {
    Ok(lt(a, b)? || equal(a, b)?)
}

/// The operands printed, then escaped.
fn escaped(args: &Args, escape: fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let values = args.values(0);
    if let [Value::Text(text)] = &values[..] {
        return escape(text.bytes());
    }
    let shown: Vec<Value> = values
        .into_iter()
        .map(|value| if value.is_nil() { Value::text("<no value>") } else { value })
        .collect();
    escape(&format::print(&shown))
}

fn html(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            0 => out.extend("\u{fffd}".as_bytes()),
            b'"' => out.extend(b"&#34;"),
            b'\'' => out.extend(b"&#39;"),
            b'&' => out.extend(b"&amp;"),
            b'<' => out.extend(b"&lt;"),
            b'>' => out.extend(b"&gt;"),
            other => out.push(*other),
        }
    }
    out
}

fn js(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for piece in pieces(bytes) {
        let letter = match piece {
            Piece::Char(letter) => letter,
            Piece::Byte(_) => '\u{fffd}',
        };
        match letter {
            '\\' => out.extend(br"\\"),
            '\'' => out.extend(br"\'"),
            '"' => out.extend(br#"\""#),
            '<' | '>' | '&' | '=' | '\0'..='\u{1f}' => {
                out.extend(format!("\\u{:04X}", u32::from(letter)).as_bytes());
            }
            letter if letter.is_ascii() || is_print(letter) => {
                out.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            letter => out.extend(format!("\\u{:04X}", u32::from(letter)).as_bytes()),
        }
    }
    out
}

/// Go's `url.QueryEscape`.
fn query(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(*byte),
            b' ' => out.push(b'+'),
            other => out.extend(format!("%{other:02X}").as_bytes()),
        }
    }
    out
}
