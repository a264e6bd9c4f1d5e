//! Regular expressions (`sprig:regex.go` over Go's `regexp`: RE2).

use regex::Regex;

use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::Value;
use crate::template::re2;

const I: Type = Type::Int;
const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", &[T, T], |machine, args| {
        Ok(Value::Bool(compile(machine, args, false).is_ok_and(|regex| regex.is_match(&args.str(1)))))
    }),
    Function::new("mustRegexMatch", &[T, T], |machine, args| {
        Ok(Value::Bool(compile(machine, args, false)?.is_match(&args.str(1))))
    }),
    Function::new("regexFind", &[T, T], |machine, args| find(machine, args, true)),
    Function::new("mustRegexFind", &[T, T], |machine, args| find(machine, args, false)),
    Function::new("regexFindAll", &[T, T, I], |machine, args| find_all(machine, args, true)),
    Function::new("mustRegexFindAll", &[T, T, I], |machine, args| find_all(machine, args, false)),
    Function::new("regexReplaceAll", &[T, T, T], |machine, args| replace(machine, args, true, false)),
    Function::new("mustRegexReplaceAll", &[T, T, T], |machine, args| replace(machine, args, false, false)),
    Function::new("regexReplaceAllLiteral", &[T, T, T], |machine, args| replace(machine, args, true, true)),
    Function::new("mustRegexReplaceAllLiteral", &[T, T, T], |machine, args| {
        replace(machine, args, false, true)
    }),
    Function::new("regexSplit", &[T, T, I], |machine, args| split(machine, args, true)),
    Function::new("mustRegexSplit", &[T, T, I], |machine, args| split(machine, args, false)),
    Function::new("regexQuoteMeta", &[T], |_, args| {
        let mut out = String::new();
        for letter in args.str(0).chars() {
            if r"\.+*?()|[]{}^$".contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
        Ok(Value::text(out))
    }),
];

/// The expression, compiled once a rendering. `panics`: Go's `MustCompile`, which says more.
fn compile(machine: &mut Machine, args: &Args, panics: bool) -> Result<Regex, Fault> {
    let text = args.text(0);
    // Searching takes time by the size of both.
    machine.spend(args.bytes(1).len())?;
    if let Some(known) = machine.regexes.get(&text) {
        return Ok(known.clone());
    }
    machine.spend(text.bytes().len().saturating_mul(10))?;
    let shown = text.str();
    let regex = re2::compile(&shown).map_err(|why| {
        let why = go_words(&shown, &why);
        Fault::new(if panics {
            format!(
                "regexp: Compile({}): error parsing regexp: {why}",
                super::super::quote::quoted(shown.as_bytes())
            )
        } else {
            format!("error parsing regexp: {why}")
        })
    })?;
    machine.regexes.insert(text.clone(), regex.clone());
    Ok(regex)
}

/// Go's words for what is wrong with an expression, where it is one of the frequent mistakes.
fn go_words(expression: &str, why: &str) -> String {
    let shown = why.split('`').nth(1).unwrap_or_default();
    if why.starts_with("nothing that could be repeated") {
        return format!("missing argument to repetition operator: `{shown}`");
    }
    if why.contains("repeats a repetition") {
        return format!("invalid nested repetition operator: `{shown}`");
    }
    if why.contains("`[` is not closed") {
        let rest = expression.find('[').map_or(expression, |at| &expression[at..]);
        return format!("missing closing ]: `{rest}`");
    }
    if why.contains("unclosed group") {
        return format!("missing closing ): `{expression}`");
    }
    if why.contains("unopened group") {
        return format!("unexpected ): `{expression}`");
    }
    if why.starts_with("RE2 has no") {
        return format!("invalid escape sequence: `{shown}`");
    }
    why.to_owned()
}

fn find(machine: &mut Machine, args: &Args, panics: bool) -> Outcome {
    let regex = compile(machine, args, panics)?;
    let text = args.str(1);
    Ok(Value::text(regex.find(&text).map_or("", |found| found.as_str())))
}

/// Go's matches: an empty one does not touch the match before it.
fn matches(regex: &Regex, text: &str, limit: i64) -> Vec<(usize, usize)> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    regex.find_iter(text).map(|found| (found.start(), found.end())).take(limit).collect()
}

fn find_all(machine: &mut Machine, args: &Args, panics: bool) -> Outcome {
    let regex = compile(machine, args, panics)?;
    let text = args.str(1);
    let found = matches(&regex, &text, args.int(2));
    machine.spend(found.len())?;
    Ok(Value::strings(found.into_iter().map(|(start, end)| &text[start..end])))
}

fn replace(machine: &mut Machine, args: &Args, panics: bool, literal: bool) -> Outcome {
    let regex = compile(machine, args, panics)?;
    let (text, with) = (args.str(1), args.str(2));
    let mut out = String::new();
    let mut last = 0;
    for captures in regex.captures_iter(&text) {
        let Some(whole) = captures.get(0) else { continue };
        out.push_str(&text[last..whole.start()]);
        if literal {
            out.push_str(&with);
        } else {
            expand(&mut out, &with, &captures);
        }
        machine.spend_bytes(with.len())?;
        last = whole.end();
    }
    out.push_str(&text[last..]);
    Ok(Value::text(out))
}

/// Go's `Regexp.Expand`: `$name`, `${name}`, `$$`.
fn expand(out: &mut String, template: &str, captures: &regex::Captures<'_>) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        let (name, after) = match rest.strip_prefix('{') {
            Some(inner) => inner.split_once('}').unwrap_or(("", "")),
            None => {
                rest.split_at(rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()))
            }
        };
        let valid = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if !valid {
            out.push('$');
            continue;
        }
        let group = match name.parse::<usize>() {
            Ok(index) if name.bytes().all(|byte| byte.is_ascii_digit()) => captures.get(index),
            _ => captures.name(name),
        };
        out.push_str(group.map_or("", |group| group.as_str()));
        rest = after;
    }
    out.push_str(rest);
}

/// Go's `Regexp.Split`.
fn split(machine: &mut Machine, args: &Args, panics: bool) -> Outcome {
    let regex = compile(machine, args, panics)?;
    let (text, limit) = (args.str(1), args.int(2));
    if limit == 0 {
        return Ok(Value::strings(Vec::<String>::new()));
    }
    if !args.bytes(0).is_empty() && text.is_empty() {
        return Ok(Value::strings([""]));
    }
    let mut parts: Vec<&str> = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for (start, stop) in matches(&regex, &text, limit) {
        if limit > 0 && i64::try_from(parts.len()).is_ok_and(|count| count == limit - 1) {
            break;
        }
        end = start;
        if stop != 0 {
            parts.push(&text[begin..end]);
        }
        begin = stop;
    }
    if end != text.len() {
        parts.push(&text[begin..]);
    }
    machine.spend(parts.len())?;
    Ok(Value::strings(parts))
}
