//! YAML as Helm's `toYamlPretty` writes it: go-yaml v3 on the value itself (`go.yaml.in/yaml/v3` v3.0.4: `encode.go`).

use super::emitter::{Emitter, Flavour};
use super::functions::encode::encoded;
use super::number;
use super::value::{MapType, Value};
use super::yaml_order::compare;
use super::yaml_resolve::is_string_v3;

/// The value, with a line break at its end.
pub(super) fn to_yaml_pretty(value: &Value) -> String {
    let mut emitter = Emitter::new(Flavour::V3);
    node(&mut emitter, value, 0);
    emitter.finish()
}

fn node(emitter: &mut Emitter, value: &Value, depth: usize) {
    if depth > 1_000 {
        return emitter.plain("null");
    }
    match value {
        Value::Nil => emitter.plain("null"),
        Value::Bool(flag) => emitter.plain(if *flag { "true" } else { "false" }),
        Value::Int(int) | Value::Int64(int) => emitter.plain(&int.to_string()),
        Value::Byte(int) => emitter.plain(&int.to_string()),
        Value::Uint64(int) => emitter.plain(&int.to_string()),
        Value::Float(float) => emitter.plain(&match number::float(*float, 'g', None).as_str() {
            "+Inf" => ".inf".to_owned(),
            "-Inf" => "-.inf".to_owned(),
            "NaN" => ".nan".to_owned(),
            text => text.to_owned(),
        }),
        Value::Complex(real, imaginary) => emitter.plain(&format!("({real}+{imaginary}i)")),
        Value::Text(text) => match std::str::from_utf8(text.bytes()) {
            Ok(text) => emitter.string(text, is_string_v3(text)),
            Err(_) => emitter.plain(&format!("!!binary {}", encoded(text.bytes()))),
        },
        Value::Bytes(bytes) => {
            let items: Vec<Value> = bytes.iter().map(|byte| Value::Byte(*byte)).collect();
            list(emitter, &items, depth);
        }
        Value::List(items) => list(emitter, &items.items, depth),
        Value::Map(map) if map.kind == MapType::NilStrings => emitter.plain("{}"),
        Value::Map(map) => {
            let entries = map.entries();
            let entries = entries.into_iter().map(|(key, value)| (key.str().into_owned(), value)).collect();
            mapping(emitter, entries, depth);
        }
        Value::Object(object) => {
            if let Some(text) = object.string() {
                emitter.string(&text, is_string_v3(&text));
            } else {
                let fields = object.json_fields();
                // A structure's fields in lower case, in their own order.
                let entries: Vec<_> =
                    fields.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
                entries_in_order(emitter, &entries, depth);
            }
        }
    }
}

fn list(emitter: &mut Emitter, items: &[Value], depth: usize) {
    if items.is_empty() {
        return emitter.empty("[]");
    }
    emitter.open_list(false);
    for item in items {
        emitter.item();
        node(emitter, item, depth + 1);
    }
    emitter.close();
}

fn mapping(emitter: &mut Emitter, mut entries: Vec<(String, Value)>, depth: usize) {
    entries.sort_by(|(a, _), (b, _)| compare(a, b));
    entries_in_order(emitter, &entries, depth);
}

fn entries_in_order(emitter: &mut Emitter, entries: &[(String, Value)], depth: usize) {
    if entries.is_empty() {
        return emitter.empty("{}");
    }
    emitter.open_map();
    for (key, value) in entries {
        emitter.key(key, is_string_v3(key));
        node(emitter, value, depth + 1);
    }
    emitter.close();
}
