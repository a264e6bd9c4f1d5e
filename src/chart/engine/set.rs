//! Values from the command line: `a.b=c,d[0]=e,f={1,2}` (`helm:pkg/strvals/parser.go`, v4.2.4).

use super::json;
use super::number::parse_int;
use super::value::{Map, MapType, Value};

const MAX_INDEX: usize = 65_536;
const MAX_DEPTH: usize = 30;

/// How a value is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// `--set`: booleans, null and integers are read as such.
    Typed,
    /// `--set-string`
    Text,
    /// `--set-json`
    Json,
}

/// Why a list of settings could not be read to its end.
enum Stop {
    /// It is at its end.
    End,
    Fault(String),
}

impl From<String> for Stop {
    fn from(fault: String) -> Self {
        Self::Fault(fault)
    }
}

type Parsed<T> = Result<T, Stop>;

/// Puts what `text` says into `values`.
pub(super) fn set(text: &str, values: &Map, how: How) -> Result<(), String> {
    let mut parser = Parser { letters: text.chars().collect(), at: 0, how };
    loop {
        match parser.key(values, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
}

struct Parser {
    letters: Vec<char>,
    at: usize,
    how: How,
}

fn put(map: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        map.insert(key, value);
    }
}

fn put_at(mut list: Vec<Value>, index: usize, value: Value) -> Parsed<Vec<Value>> {
    if index > MAX_INDEX {
        let why = format!("index of {index} is greater than maximum supported index of {MAX_INDEX}");
        return Err(why.into());
    }
    if list.len() <= index {
        list.resize(index + 1, Value::Nil);
    }
    list[index] = value;
    Ok(list)
}

impl Parser {
    fn next(&mut self) -> Option<char> {
        let letter = self.letters.get(self.at).copied()?;
        self.at += 1;
        Some(letter)
    }

    /// Text up to one of `stops`, which is taken too; `None` at the end.
    fn until(&mut self, stops: &str) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(letter) = self.next() {
            if stops.contains(letter) {
                return (text, Some(letter));
            }
            if letter == '\\' {
                match self.next() {
                    Some(next) => text.push(next),
                    None => return (text, None),
                }
            } else {
                text.push(letter);
            }
        }
        (text, None)
    }

    fn key(&mut self, data: &Map, depth: usize) -> Parsed<()> {
        let (key, last) = self.until("=[,.");
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => Err(format!("key {key:?} has no value").into()),
            Some('[') => {
                let index = self.index()?;
                let list = match data.get(key.as_bytes()) {
                    None => Vec::new(),
                    Some(Value::List(list)) => list.items.to_vec(),
                    Some(other) => {
                        let found = if other.is_nil() { "nil" } else { other.type_name() };
                        return Err(format!(
                            "unable to parse key: interface conversion: interface {{}} is {found}, not []interface {{}}"
                        )
                        .into());
                    }
                };
                let list = self.item(list, index, depth)?;
                put(data, &key, Value::list(list));
                Ok(())
            }
            Some('=') => self.value_of(&key, data),
            Some(',') => {
                put(data, &key, Value::text(""));
                Err(format!("key {key:?} has no value (cannot end with ,)").into())
            }
            Some(_) => {
                if depth + 1 > MAX_DEPTH {
                    return Err(format!(
                        "value name nested level is greater than maximum supported nested level of {MAX_DEPTH}"
                    )
                    .into());
                }
                let inner = match data.get(key.as_bytes()) {
                    None => Map::new(MapType::Any),
                    Some(Value::Map(map)) => map,
                    Some(other) => {
                        let found = if other.is_nil() { "nil" } else { other.type_name() };
                        return Err(format!(
                            "unable to parse key: interface conversion: interface {{}} is {found}, not map[string]interface {{}}"
                        )
                        .into());
                    }
                };
                let result = self.key(&inner, depth + 1);
                if result.is_ok() && inner.is_empty() {
                    return Err(format!("key map {key:?} has no value").into());
                }
                if !inner.is_empty() {
                    put(data, &key, Value::Map(inner));
                }
                result
            }
        }
    }

    fn value_of(&mut self, key: &str, data: &Map) -> Parsed<()> {
        if self.how == How::Json {
            let value = self.json()?;
            put(data, key, value);
            return Ok(());
        }
        if self.at == self.letters.len() {
            put(data, key, Value::text(""));
            return Err(Stop::End);
        }
        let value = self.value()?;
        put(data, key, value);
        Ok(())
    }

    fn index(&mut self) -> Parsed<usize> {
        let (text, end) = self.until("]");
        let wrap = |why: &str| Stop::Fault(format!("error parsing index: {why}"));
        if end.is_none() {
            return Err(wrap("EOF"));
        }
        let number = parse_int(&text, 10);
        let number =
            number.ok_or_else(|| wrap(&format!("strconv.Atoi: parsing {text:?}: invalid syntax")))?;
        usize::try_from(number).map_err(|_| Stop::Fault(format!("negative {number} index not allowed")))
    }

    /// What stands behind `key[index]`.
    fn item(&mut self, list: Vec<Value>, index: usize, depth: usize) -> Parsed<Vec<Value>> {
        if depth > MAX_DEPTH {
            return Err("lists are nested too deep".to_owned().into());
        }
        let (text, last) = self.until("[.=");
        if !text.is_empty() {
            return Err(format!("unexpected data at end of array index: {text:?}").into());
        }
        let value = match last {
            None => return Err(Stop::End),
            Some('=') if self.how == How::Json => self.json()?,
            Some('=') if self.at == self.letters.len() => Value::text(""),
            Some('=') => self.value()?,
            Some('[') => {
                let inner = self.index()?;
                let old = match list.get(index) {
                    Some(Value::List(old)) => old.items.to_vec(),
                    _ => Vec::new(),
                };
                Value::list(self.item(old, inner, depth + 1)?)
            }
            Some(_) => {
                let inner = match list.get(index) {
                    Some(Value::Map(map)) => map.clone(),
                    _ => Map::new(MapType::Any),
                };
                match self.key(&inner, depth) {
                    Ok(()) | Err(Stop::End) => {}
                    Err(fault) => return Err(fault),
                }
                Value::Map(inner)
            }
        };
        put_at(list, index, value)
    }

    /// A value: a list in braces, or text up to the next comma.
    fn value(&mut self) -> Parsed<Value> {
        if self.letters.get(self.at) != Some(&'{') {
            let (text, _) = self.until(",");
            return Ok(self.typed(text));
        }
        self.at += 1;
        let mut items = Vec::new();
        loop {
            let (text, last) = self.until(",}");
            match last {
                None => return Err("list must terminate with '}'".to_owned().into()),
                Some(',') => items.push(self.typed(text)),
                Some(_) => {
                    items.push(self.typed(text));
                    if self.letters.get(self.at) == Some(&',') {
                        self.at += 1;
                    }
                    return Ok(Value::list(items));
                }
            }
        }
    }

    fn typed(&self, text: String) -> Value {
        if self.how == How::Text {
            return Value::text(text);
        }
        match text.to_ascii_lowercase().as_str() {
            "true" => return Value::Bool(true),
            "false" => return Value::Bool(false),
            "null" => return Value::Nil,
            "0" => return Value::Int64(0),
            _ => {}
        }
        match parse_int(&text, 10).filter(|_| !text.starts_with('0')) {
            Some(int) => Value::Int64(int),
            None => Value::text(text),
        }
    }

    /// A value of JSON, up to a comma behind it.
    fn json(&mut self) -> Parsed<Value> {
        let rest: String = self.letters[self.at..].iter().collect();
        let trimmed = rest.trim_start();
        if trimmed.is_empty() || trimmed.starts_with(',') {
            let blanks = rest.chars().count() - trimmed.chars().count();
            self.at += blanks + usize::from(trimmed.starts_with(','));
            return Ok(Value::Nil);
        }
        let (value, bytes) = json::read_first(&rest)?;
        self.at += rest[..bytes].chars().count();
        while let Some(letter) = self.letters.get(self.at) {
            if !letter.is_whitespace() && *letter != ',' {
                break;
            }
            self.at += 1;
            if self.letters[self.at - 1] == ',' {
                break;
            }
        }
        Ok(value)
    }
}
