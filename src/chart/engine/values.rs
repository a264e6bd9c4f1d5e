//! Values that a user gives a chart, in the order of Helm's command line.

use super::format::text_of;
use super::json;
use super::load::{merged, read_values};
use super::quote::quoted;
use super::set::{self, set};
use super::value::{Map, MapType, Value};

/// What a user says over a chart's own values.
pub struct UserValues(pub(super) Map);

impl Default for UserValues {
    fn default() -> Self {
        Self(Map::new(MapType::Any))
    }
}

impl UserValues {
    /// The text of a values file: its documents, merged over what is there. The error is Helm's.
    pub fn merge_file(&mut self, text: &str) -> Result<(), String> {
        self.0 = merged(&self.0, &read_values(text)?);
        Ok(())
    }

    /// Values as JSON, merged over what is there.
    pub fn merge(&mut self, values: &serde_json::Value) {
        if let Value::Map(map) = from_json(values) {
            self.0 = merged(&self.0, &map);
        }
    }

    /// `--set`: booleans, null and integers are read as such.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        set(text, &self.0, set::How::Typed).map_err(|why| format!("failed parsing --set data: {why}"))
    }

    /// `--set-string`
    pub fn set_string(&mut self, text: &str) -> Result<(), String> {
        set(text, &self.0, set::How::Text).map_err(|why| format!("failed parsing --set-string data: {why}"))
    }

    /// `--set-json`: `key=JSON`, or an object that is merged.
    pub fn set_json(&mut self, text: &str) -> Result<(), String> {
        if text.trim_start().starts_with('{') {
            return match json::read(text.trim().as_bytes()) {
                Ok(Value::Map(map)) => {
                    self.0 = merged(&self.0, &map);
                    Ok(())
                }
                _ => Err(format!("failed parsing --set-json data JSON: {text}")),
            };
        }
        set(text, &self.0, set::How::Json).map_err(|_| format!("failed parsing --set-json data {text}"))
    }

    /// `--set-literal`: everything behind the first `=` is the value, as it stands.
    pub fn set_literal(&mut self, text: &str) -> Result<(), String> {
        let wrap = |why: String| format!("failed parsing --set-literal data: {why}");
        let Some((key, value)) = text.split_once('=') else {
            return Err(wrap(format!("key {} has no value", quoted(text.as_bytes()))));
        };
        // What the keys of the other forms can say, with a value that needs no escapes.
        let escaped: String = value.chars().flat_map(|letter| ['\\', letter]).collect();
        set(&format!("{key}={escaped}"), &self.0, set::How::Text).map_err(wrap)
    }

    /// `--set-file`: the values are paths, which `read` makes texts of.
    pub fn set_file(
        &mut self,
        text: &str,
        read: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<(), String> {
        let wrap = |why: String| format!("failed parsing --set-file data: {why}");
        let files = Map::new(MapType::Any);
        set(text, &files, set::How::Text).map_err(wrap)?;
        let values = with_texts(&Value::Map(files), read).map_err(wrap)?;
        if let Value::Map(map) = values {
            self.0 = merged(&self.0, &map);
        }
        Ok(())
    }
}

/// The value with each text read as a path.
fn with_texts(value: &Value, read: &dyn Fn(&str) -> Result<String, String>) -> Result<Value, String> {
    Ok(match value {
        Value::Map(map) => {
            let out = Map::new(MapType::Any);
            for (key, value) in map.entries() {
                out.insert(key, with_texts(&value, read)?);
            }
            Value::Map(out)
        }
        Value::List(list) => {
            Value::list(list.items.iter().map(|item| with_texts(item, read)).collect::<Result<_, _>>()?)
        }
        other => Value::text(read(&String::from_utf8_lossy(&text_of(other)))?),
    })
}

/// A value of JSON, numbers as the floats that Helm makes of them.
fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Value::text(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_json).collect()),
        serde_json::Value::Object(entries) => {
            let map = Map::new(MapType::Any);
            for (key, value) in entries {
                map.insert(key.as_str(), from_json(value));
            }
            Value::Map(map)
        }
    }
}
