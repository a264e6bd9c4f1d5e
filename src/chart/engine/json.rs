//! JSON as Go's `encoding/json` writes and reads it (Go 1.26).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::number;
use super::object::Object;
use super::value::{Map, MapType, Value};

/// Deepest nesting that is read (`encoding/json`, `maxNestingDepth`), cut down to what a stack holds.
const MAX_DEPTH: usize = 1_000;

/// How to write.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// Whether `<`, `>` and `&` are escaped.
    pub(super) html: bool,
    /// Whether every element gets a line of its own, with two blanks of indentation a level.
    pub(super) pretty: bool,
}

/// `json.Marshal`.
pub(super) const PLAIN: Style = Style { html: true, pretty: false };

/// A value as JSON; the error is Go's.
pub(super) fn write(value: &Value, style: Style) -> Result<String, String> {
    let mut out = String::new();
    push(&mut out, value, style, 0)?;
    Ok(out)
}

fn line(out: &mut String, style: Style, depth: usize) {
    if style.pretty {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
}

fn push(out: &mut String, value: &Value, style: Style, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err("json: unsupported value: encountered a cycle".to_owned());
    }
    match value {
        Value::Nil => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(int) | Value::Int64(int) => out.push_str(&int.to_string()),
        Value::Byte(int) => out.push_str(&int.to_string()),
        Value::Uint64(int) => out.push_str(&int.to_string()),
        Value::Float(float) => out.push_str(&float_text(*float)?),
        Value::Complex(..) => return Err("json: unsupported type: complex128".to_owned()),
        Value::Text(text) => push_text(out, text.bytes(), style.html),
        Value::Bytes(bytes) => {
            let text = super::functions::encoded(bytes);
            push_text(out, text.as_bytes(), style.html);
        }
        Value::List(list) if list.is_nil => out.push_str("null"),
        Value::List(list) => {
            out.push('[');
            for (index, item) in list.items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                line(out, style, depth + 1);
                push(out, item, style, depth + 1)?;
            }
            if !list.items.is_empty() {
                line(out, style, depth);
            }
            out.push(']');
        }
        Value::Map(map) if map.kind == MapType::NilStrings => out.push_str("null"),
        Value::Map(map) => {
            push_map(out, map.entries().iter().map(|(key, value)| (key.bytes(), value)), style, depth)?;
        }
        Value::Object(object) => push_object(out, object, style, depth)?,
    }
    Ok(())
}

fn push_map<'a>(
    out: &mut String,
    entries: impl Iterator<Item = (&'a [u8], &'a Value)>,
    style: Style,
    depth: usize,
) -> Result<(), String> {
    out.push('{');
    let mut empty = true;
    for (key, value) in entries {
        if !empty {
            out.push(',');
        }
        empty = false;
        line(out, style, depth + 1);
        push_text(out, key, style.html);
        out.push_str(if style.pretty { ": " } else { ":" });
        push(out, value, style, depth + 1)?;
    }
    if !empty {
        line(out, style, depth);
    }
    out.push('}');
    Ok(())
}

fn push_object(out: &mut String, object: &Object, style: Style, depth: usize) -> Result<(), String> {
    match object {
        Object::Duration(int) => out.push_str(&int.to_string()),
        Object::Month(int) | Object::Weekday(int) => out.push_str(&int.to_string()),
        Object::Version(version) | Object::VersionCopy(version) => {
            push_text(out, super::functions::semver::text(version).as_bytes(), style.html);
        }
        Object::Time(time) => {
            push_text(out, super::functions::dates::rfc3339(time.as_ref()).as_bytes(), style.html);
        }
        _ => {
            let fields = object.json_fields();
            push_map(out, fields.iter().map(|(name, value)| (name.as_bytes(), value)), style, depth)?;
        }
    }
    Ok(())
}

/// A float: plain up to 1e21 and down to 1e-6, exponents without leading zero.
pub(super) fn float_text(float: f64) -> Result<String, String> {
    if !float.is_finite() {
        return Err(format!("json: unsupported value: {}", number::float(float, 'g', None)));
    }
    let size = float.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = number::float(float, 'e', None);
        return Ok(text.replace("e-0", "e-"));
    }
    Ok(number::float(float, 'f', None))
}

fn push_text(out: &mut String, bytes: &[u8], html: bool) {
    out.push('"');
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                    let _ = write!(out, "\\u{:04x}", u32::from(letter));
                }
                '<' | '>' | '&' if html => {
                    let _ = write!(out, "\\u{:04x}", u32::from(letter));
                }
                letter => out.push(letter),
            }
        }
        for _ in chunk.invalid() {
            out.push_str("\\ufffd");
        }
    }
    out.push('"');
}

/// Reads a text; the error is Go's.
pub(super) fn read(text: &[u8]) -> Result<Value, String> {
    let text = String::from_utf8_lossy(text);
    let mut reader = Reader { text: &text, at: 0, depth: 0 };
    reader.blanks();
    let value = reader.value("looking for beginning of value")?;
    reader.blanks();
    match reader.peek() {
        None => Ok(value),
        Some(letter) => Err(invalid(letter, "after top-level value")),
    }
}

/// The first value of a text and where it ends, in bytes.
pub(super) fn read_first(text: &str) -> Result<(Value, usize), String> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.blanks();
    let value = reader.value("looking for beginning of value")?;
    Ok((value, reader.at))
}

/// Go's words for a character that does not fit.
fn invalid(letter: char, context: &str) -> String {
    let shown = match letter {
        '\'' => r"'\''".to_owned(),
        '"' => "'\"'".to_owned(),
        letter => super::quote::quoted_with(letter.to_string().as_bytes(), '\'', false),
    };
    format!("invalid character {shown} {context}")
}

const END: &str = "unexpected end of JSON input";

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn step(&mut self) -> Result<char, String> {
        let next = self.peek().ok_or(END)?;
        self.at += next.len_utf8();
        Ok(next)
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\r' | '\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self, context: &str) -> Result<Value, String> {
        match self.peek().ok_or(END)? {
            '{' => self.object(),
            '[' => self.array(),
            '"' => self.string().map(Value::text),
            't' => self.word("true", Value::Bool(true)),
            'f' => self.word("false", Value::Bool(false)),
            'n' => self.word("null", Value::Nil),
            '-' | '0'..='9' => self.number(),
            letter => Err(invalid(letter, context)),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        for (index, wanted) in word.chars().enumerate() {
            let found = self.step()?;
            if found != wanted {
                debug_assert!(index > 0, "the first letter was looked at");
                return Err(invalid(found, &format!("in literal {word} (expecting '{wanted}')")));
            }
        }
        Ok(value)
    }

    fn enter(&mut self) -> Result<(), String> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err("exceeded max depth".to_owned()) } else { Ok(()) }
    }

    fn object(&mut self) -> Result<Value, String> {
        self.enter()?;
        let mut entries = BTreeMap::new();
        self.blanks();
        if self.peek() == Some('}') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Value::Map(Map::of(entries)));
        }
        loop {
            self.blanks();
            match self.peek().ok_or(END)? {
                '"' => {}
                letter => return Err(invalid(letter, "looking for beginning of object key string")),
            }
            let key = self.string()?;
            self.blanks();
            match self.step()? {
                ':' => {}
                letter => return Err(invalid(letter, "after object key")),
            }
            self.blanks();
            let value = self.value("looking for beginning of value")?;
            entries.insert(key.into(), value);
            self.blanks();
            match self.step()? {
                ',' => {}
                '}' => {
                    self.depth -= 1;
                    return Ok(Value::Map(Map::of(entries)));
                }
                letter => return Err(invalid(letter, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self) -> Result<Value, String> {
        self.enter()?;
        let mut items = Vec::new();
        self.blanks();
        if self.peek() == Some(']') {
            self.at += 1;
            self.depth -= 1;
            return Ok(Value::list(items));
        }
        loop {
            self.blanks();
            items.push(self.value("looking for beginning of value")?);
            self.blanks();
            match self.step()? {
                ',' => {}
                ']' => {
                    self.depth -= 1;
                    return Ok(Value::list(items));
                }
                letter => return Err(invalid(letter, "after array element")),
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut out = String::new();
        loop {
            match self.step()? {
                '"' => return Ok(out),
                '\\' => self.escape(&mut out)?,
                letter @ '\0'..='\u{1f}' => return Err(invalid(letter, "in string literal")),
                letter => out.push(letter),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), String> {
        match self.step()? {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            letter @ ('"' | '\\' | '/') => out.push(letter),
            'u' => {
                let first = self.hex()?;
                let rest = &self.text[self.at..];
                let low =
                    rest.strip_prefix("\\u").and_then(|rest| u32::from_str_radix(rest.get(..4)?, 16).ok());
                match (first, low) {
                    (0xd800..0xdc00, Some(low @ 0xdc00..0xe000)) => {
                        self.at += 6;
                        let code = 0x1_0000 + ((first - 0xd800) << 10) + (low - 0xdc00);
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    _ => out.push(char::from_u32(first).unwrap_or('\u{fffd}')),
                }
            }
            letter => return Err(invalid(letter, "in string escape code")),
        }
        Ok(())
    }

    fn hex(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let letter = self.step()?;
            let digit =
                letter.to_digit(16).ok_or_else(|| invalid(letter, "in \\u hexadecimal character escape"))?;
            code = code * 16 + digit;
        }
        Ok(code)
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|letter| letter.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.peek() == Some('-') {
            self.at += 1;
            match self.peek().ok_or(END)? {
                '0'..='9' => {}
                letter => return Err(invalid(letter, "in numeric literal")),
            }
        }
        if self.peek() == Some('0') {
            self.at += 1;
        } else {
            self.digits();
        }
        if self.peek() == Some('.') {
            self.at += 1;
            match self.peek().ok_or(END)? {
                '0'..='9' => self.digits(),
                letter => return Err(invalid(letter, "after decimal point in numeric literal")),
            }
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            match self.peek().ok_or(END)? {
                '0'..='9' => self.digits(),
                letter => return Err(invalid(letter, "in exponent of numeric literal")),
            }
        }
        let text = &self.text[start..self.at];
        match text.parse::<f64>() {
            Ok(float) if float.is_finite() => Ok(Value::Float(float)),
            _ => Err(format!("json: cannot unmarshal number {text} into Go value of type float64")),
        }
    }
}
