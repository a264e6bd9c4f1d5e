//! YAML as Helm's `fromYaml` reads it: go-yaml v2, then JSON, so that all numbers are floats and all keys texts
//! (`sigs.k8s.io/yaml` v1.6.0, `go.yaml.in/yaml/v2` v2.4.3: `decode.go`, `resolve.go`).

use std::collections::BTreeMap;

use super::functions::encode::decoded;
use super::number::{self, parse_float, parse_int, parse_uint};
use super::printf::printf;
use super::value::{Map, Text, Value};
use super::yaml_resolve::{is_float, is_timestamp};
use super::yaml_tree::{Node, Tree};

/// Deepest nesting that is read; go-yaml goes to 10,000.
pub(super) const MAX_DEPTH: usize = 1_000;

const TAG: &str = "tag:yaml.org,2002:";

/// Reads the first document; the error is what Helm shows of Go's.
pub(super) fn read(text: &str) -> Result<Value, String> {
    jsonable(decode(text)?).map_err(|why| format!("error converting YAML to JSON: {why}"))
}

/// Reads the first document with the types of its scalars.
pub(super) fn decode(text: &str) -> Result<Decoded, String> {
    let wrap = |why: String| format!("error converting YAML to JSON: yaml: {why}");
    let tree = Tree::read(text).map_err(wrap)?;
    let Some(root) = tree.root else { return Ok(Decoded::Nil) };
    let mut decoder = Decoder { tree: &tree, decoded: 0, aliased: 0, alias_depth: 0, open: Vec::new() };
    decoder.value(root, 0).map_err(wrap)
}

/// What go-yaml decodes into a value of any type.
pub(super) enum Decoded {
    Nil,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Text(Text),
    List(Vec<Decoded>),
    Map(Vec<(Decoded, Decoded)>),
}

impl Decoded {
    /// Go's name of its type in JSON, as messages say it.
    pub(super) fn json_type(&self) -> &'static str {
        match self {
            Self::Nil => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::Uint(_) | Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) => "object",
        }
    }

    /// What a field of a structure gets: exactly that key, else one that differs in case.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(entries) = self else { return None };
        let named = |fits: &dyn Fn(&str) -> bool| {
            let found =
                entries.iter().rev().find(|(key, _)| matches!(key, Self::Text(key) if fits(&key.str())));
            found.map(|(_, value)| value)
        };
        named(&|key| key == name).or_else(|| named(&|key| key.eq_ignore_ascii_case(name)))
    }

    /// A copy of a scalar.
    fn scalar(&self) -> Self {
        match self {
            Self::Uint(uint) => Self::Uint(*uint),
            _ => Self::Nil,
        }
    }

    /// As a field of the type string gets it: numbers and booleans are written, nothing is empty; `None` for others.
    pub(super) fn string(&self) -> Option<String> {
        Some(match self {
            Self::Nil => String::new(),
            Self::Text(text) => text.str().into_owned(),
            Self::Bool(flag) => flag.to_string(),
            Self::Int(int) => int.to_string(),
            Self::Uint(uint) => uint.to_string(),
            Self::Float(float) => float_of_32_bits(*float),
            Self::List(_) | Self::Map(_) => return None,
        })
    }
}

/// Go's `strconv.FormatFloat(float, 'g', -1, 32)`.
#[allow(clippy::cast_possible_truncation, reason = "that is what is asked")]
fn float_of_32_bits(float: f64) -> String {
    let shortest = format!("{}", float as f32).parse().unwrap_or(float);
    number::float(shortest, 'g', None)
}

struct Decoder<'t> {
    tree: &'t Tree,
    decoded: u64,
    aliased: u64,
    alias_depth: usize,
    /// Aliases that are being followed.
    open: Vec<usize>,
}

/// How many of the decoded nodes may come from aliases (`decode.go`, `allowedAliasRatio`).
fn allowed_ratio(decoded: u64) -> f64 {
    match decoded {
        0..=400_000 => 0.99,
        4_000_000.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - 400_000) as f64 / 3_600_000.0),
    }
}

impl Decoder<'_> {
    fn value(&mut self, index: usize, depth: usize) -> Result<Decoded, String> {
        if depth > MAX_DEPTH {
            return Err(format!("exceeded max depth of {MAX_DEPTH}"));
        }
        self.decoded += 1;
        self.aliased += u64::from(self.alias_depth > 0);
        if self.aliased > 100
            && self.decoded > 1000
            && self.aliased as f64 / self.decoded as f64 > allowed_ratio(self.decoded)
        {
            return Err("document contains excessive aliasing".to_owned());
        }
        let tree = self.tree;
        match &tree.nodes[index] {
            Node::Scalar { text, tag, plain } => scalar(text, tag.as_deref(), *plain),
            Node::List(children) => {
                let items = children.iter().map(|child| self.value(*child, depth + 1));
                items.collect::<Result<_, _>>().map(Decoded::List)
            }
            Node::Map(_) => {
                let mut entries = Vec::new();
                self.entries(index, depth, &mut entries)?;
                Ok(Decoded::Map(entries))
            }
            Node::Alias(name, target) => {
                if self.open.contains(target) {
                    return Err(format!("anchor '{name}' value contains itself"));
                }
                self.open.push(*target);
                self.alias_depth += 1;
                let value = self.value(*target, depth + 1);
                self.alias_depth -= 1;
                self.open.pop();
                value
            }
        }
    }

    /// The entries of a map in the order of the text: a later one wins, and so does what is merged later.
    fn entries(
        &mut self,
        index: usize,
        depth: usize,
        entries: &mut Vec<(Decoded, Decoded)>,
    ) -> Result<(), String> {
        let tree = self.tree;
        let Node::Map(children) = &tree.nodes[index] else { return Ok(()) };
        for pair in children.chunks_exact(2) {
            let merge = matches!(&tree.nodes[pair[0]], Node::Scalar { text, tag, plain }
                if text == "<<" && (*plain || tag.as_deref() == Some("tag:yaml.org,2002:merge")));
            if merge {
                self.merge(pair[1], depth, entries)?;
                continue;
            }
            let key = self.value(pair[0], depth + 1)?;
            if matches!(key, Decoded::List(_) | Decoded::Map(_)) {
                return Err(format!("invalid map key: {}", go_syntax(&key)));
            }
            let value = self.value(pair[1], depth + 1)?;
            entries.push((key, value));
        }
        Ok(())
    }

    fn merge(
        &mut self,
        index: usize,
        depth: usize,
        entries: &mut Vec<(Decoded, Decoded)>,
    ) -> Result<(), String> {
        let tree = self.tree;
        match &tree.nodes[index] {
            Node::Map(_) | Node::Alias(..) => self.merge_one(index, depth, entries),
            Node::List(children) => {
                // Earlier ones take precedence.
                children.iter().rev().try_for_each(|child| self.merge_one(*child, depth, entries))
            }
            Node::Scalar { .. } => Err("map merge requires map or sequence of maps as the value".to_owned()),
        }
    }

    fn merge_one(
        &mut self,
        index: usize,
        depth: usize,
        entries: &mut Vec<(Decoded, Decoded)>,
    ) -> Result<(), String> {
        let tree = self.tree;
        let map = match &tree.nodes[index] {
            Node::Alias(_, target) => *target,
            _ => index,
        };
        if !matches!(tree.nodes[map], Node::Map(_)) || depth > MAX_DEPTH {
            return Err("map merge requires map or sequence of maps as the value".to_owned());
        }
        if self.open.contains(&map) {
            return Err("anchor value contains itself".to_owned());
        }
        self.open.push(map);
        self.alias_depth += 1;
        self.decoded += 1;
        self.aliased += 1;
        let merged = self.entries(map, depth + 1, entries);
        self.alias_depth -= 1;
        self.open.pop();
        merged
    }
}

fn scalar(text: &str, tag: Option<&str>, plain: bool) -> Result<Decoded, String> {
    let short =
        tag.map(|tag| tag.strip_prefix(TAG).map_or_else(|| tag.to_owned(), |rest| format!("!!{rest}")));
    let string = || Ok(Decoded::Text(text.into()));
    match short.as_deref() {
        None if plain => Ok(resolve(text, true)),
        Some("!!binary") => match decoded(text.as_bytes()) {
            Ok(bytes) => Ok(Decoded::Text(bytes.into())),
            Err(_) => Err("!!binary value contains invalid base64 data".to_owned()),
        },
        Some(tag @ ("!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp")) => {
            let found = resolve(text, tag == "!!timestamp");
            let name = match &found {
                Decoded::Nil => "!!null",
                Decoded::Bool(_) => "!!bool",
                Decoded::Int(_) | Decoded::Uint(_) => "!!int",
                Decoded::Float(_) => "!!float",
                _ if tag == "!!timestamp" && is_timestamp(text) => "!!timestamp",
                _ => "!!str",
            };
            match (tag, found) {
                (tag, found) if tag == name => Ok(found),
                ("!!float", Decoded::Int(int)) => Ok(Decoded::Float(int as f64)),
                _ => Err(format!("cannot decode {name} `{text}` as a {tag}")),
            }
        }
        _ => string(),
    }
}

/// What a plain scalar stands for; `dates`: what looks like a time stays a text without being asked whether it is a number.
fn resolve(text: &str, dates: bool) -> Decoded {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Decoded::Nil,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Decoded::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Decoded::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Decoded::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Decoded::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Decoded::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let string = || Decoded::Text(text.into());
    match text.as_bytes()[0] {
        b'.' => parse_float(text).map_or_else(string, Decoded::Float),
        b'0'..=b'9' | b'+' | b'-' if dates && is_timestamp(text) => string(),
        b'0'..=b'9' | b'+' | b'-' => {
            let plain = text.replace('_', "");
            if let Some(int) = parse_int(&plain, 0) {
                return Decoded::Int(int);
            }
            if let Some(uint) = parse_uint(&plain, 0) {
                return Decoded::Uint(uint);
            }
            if let Some(float) = parse_float(&plain).filter(|_| is_float(&plain)) {
                return Decoded::Float(float);
            }
            match (plain.strip_prefix("0b"), plain.strip_prefix("-0b")) {
                (Some(digits), _) => match parse_int(digits, 2) {
                    Some(int) => Decoded::Int(int),
                    None => parse_uint(digits, 2).map_or_else(string, Decoded::Uint),
                },
                (_, Some(digits)) => parse_int(&format!("-{digits}"), 2).map_or_else(string, Decoded::Int),
                _ => string(),
            }
        }
        _ => string(),
    }
}

/// As `sigs.k8s.io/yaml` turns it into JSON and reads that again.
pub(super) fn jsonable(decoded: Decoded) -> Result<Value, String> {
    Ok(match decoded {
        Decoded::Nil => Value::Nil,
        Decoded::Bool(flag) => Value::Bool(flag),
        Decoded::Int(int) => Value::Float(int as f64),
        Decoded::Uint(uint) => Value::Float(uint as f64),
        Decoded::Float(float) if float.is_finite() => Value::Float(float),
        Decoded::Float(float) => {
            return Err(format!("json: unsupported value: {}", number::float(float, 'g', None)));
        }
        Decoded::Text(text) => match std::str::from_utf8(text.bytes()) {
            Ok(_) => Value::Text(text),
            Err(_) => Value::text(text.str().into_owned()),
        },
        Decoded::List(items) => Value::list(items.into_iter().map(jsonable).collect::<Result<_, _>>()?),
        Decoded::Map(entries) => {
            let mut map = BTreeMap::new();
            for (key, value) in entries {
                let key = key_text(key, &value)?;
                map.insert(key, jsonable(value)?);
            }
            Value::Map(Map::of(map))
        }
    })
}

/// Whether it can be turned into JSON; the error is Go's.
pub(super) fn check(decoded: &Decoded) -> Result<(), String> {
    let wrap = |why: String| format!("error converting YAML to JSON: {why}");
    match decoded {
        Decoded::Float(float) if !float.is_finite() => {
            Err(wrap(format!("json: unsupported value: {}", number::float(*float, 'g', None))))
        }
        Decoded::List(items) => items.iter().try_for_each(check),
        Decoded::Map(entries) => entries.iter().try_for_each(|(key, value)| {
            if matches!(key, Decoded::Nil | Decoded::Uint(_)) {
                key_text(key.scalar(), value).map_err(wrap)?;
            }
            check(value)
        }),
        _ => Ok(()),
    }
}

fn key_text(key: Decoded, value: &Decoded) -> Result<Text, String> {
    let unsupported = |ty: &str, key: &str| {
        Err(format!("unsupported map key of type: %!s({ty}), key: {key}, value: {}", go_syntax(value)))
    };
    match key {
        Decoded::Text(text) => Ok(text),
        Decoded::Int(int) => Ok(int.to_string().into()),
        Decoded::Float(float) => Ok(match float {
            float if float.is_nan() => ".nan".into(),
            float if float == f64::INFINITY => ".inf".into(),
            float if float == f64::NEG_INFINITY => "-.inf".into(),
            float => float_of_32_bits(float).into(),
        }),
        Decoded::Bool(flag) => Ok(if flag { "true" } else { "false" }.into()),
        Decoded::Uint(uint) => unsupported("*reflect.rtype=uint64", &format!("{uint:#x}")),
        Decoded::Nil | Decoded::List(_) | Decoded::Map(_) => unsupported("<nil>", "<nil>"),
    }
}

/// Go's `%#v`.
fn go_syntax(decoded: &Decoded) -> String {
    fn plain(decoded: &Decoded) -> Value {
        match decoded {
            Decoded::Nil | Decoded::Map(_) => Value::Nil,
            Decoded::Bool(flag) => Value::Bool(*flag),
            Decoded::Int(int) => Value::Int(*int),
            Decoded::Uint(uint) => Value::Uint64(*uint),
            Decoded::Float(float) => Value::Float(*float),
            Decoded::Text(text) => Value::Text(text.clone()),
            Decoded::List(items) => Value::list(items.iter().map(plain).collect()),
        }
    }
    if let Decoded::Map(entries) = decoded {
        let entries: Vec<String> =
            entries.iter().map(|(key, value)| format!("{}:{}", go_syntax(key), go_syntax(value))).collect();
        return format!("map[interface {{}}]interface {{}}{{{}}}", entries.join(", "));
    }
    String::from_utf8_lossy(&printf(b"%#v", &[plain(decoded)])).into_owned()
}
