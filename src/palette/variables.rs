//! `spec.variables` of Palette (`v1Variable`) as ours, and back.

use serde_json::{Map, Number, Value};

use super::source::{take_flag, take_list, take_some, take_text};

/// Stands for a secret wherever one would be shown.
pub(super) const MASK: &str = "********";

/// Whether a text is what an export shows instead of a secret.
pub(super) fn is_mask(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|b| b == b'*')
}

/// One of our variables (as `profile.yaml` has it) in Palette's form. A secret is masked.
pub(super) fn theirs(ours: &Value) -> Map<String, Value> {
    let get = |key: &str| ours.get(key).filter(|value| !value.is_null());
    let flag = |key: &str| Value::Bool(get(key) == Some(&Value::Bool(true)));
    let mut out = Map::new();
    let mut add = |key: &str, value: Option<Value>| {
        out.extend(value.map(|value| (key.to_owned(), value)));
    };
    for key in ["name", "displayName", "description"] {
        add(key, get(key).map(|value| Value::String(text(value))));
    }
    for (key, default) in [("format", "string"), ("inputType", "text")] {
        add(key, Some(Value::String(get(key).map_or_else(|| default.to_owned(), text))));
    }
    let options = get("options").and_then(Value::as_array).into_iter().flatten();
    let options: Vec<Value> = options
        .filter_map(Value::as_object)
        .map(|option| {
            let texts = ["value", "label", "description"].into_iter();
            let texts = texts.filter_map(|key| Some((key.to_owned(), Value::String(text(option.get(key)?)))));
            Value::Object(texts.collect())
        })
        .collect();
    add("options", (!options.is_empty()).then_some(Value::Array(options)));
    add("required", Some(flag("required")));
    let default = match get("default") {
        Some(_) if flag("sensitive") == Value::Bool(true) => MASK.to_owned(),
        default => default.map(text).unwrap_or_default(),
    };
    add("defaultValue", Some(Value::String(default)));
    add("regex", get("regex").map(|value| Value::String(text(value))));
    for (theirs, ours) in [("hidden", "hidden"), ("immutable", "readOnly"), ("isSensitive", "sensitive")] {
        add(theirs, Some(flag(ours)));
    }
    out
}

/// A scalar as Palette keeps all of them: as text.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Reads one variable; what cannot be kept is said in `notes`.
pub(super) fn variable(mut from: Map<String, Value>, notes: &mut Vec<String>) -> Option<Value> {
    let Some(name) = take_some(&mut from, "name") else {
        notes.push(format!("a variable without a name is left out: {}", Value::Object(from)));
        return None;
    };
    let mut out = Map::new();
    out.insert("name".into(), Value::String(name.clone()));
    if let Some(display) = take_some(&mut from, "displayName") {
        out.insert("displayName".into(), Value::String(display));
    }
    if let Some(description) = take_some(&mut from, "description") {
        out.insert("description".into(), Value::String(description));
    }
    let format = take_some(&mut from, "format").unwrap_or_else(|| "string".into());
    match format.as_str() {
        "string" => {}
        "number" | "boolean" | "ipv4" | "ipv4cidr" | "ipv6" | "version" | "base64" => {
            out.insert("format".into(), Value::String(format.clone()));
        }
        other => {
            notes
                .push(format!("variable `{name}`: format `{other}` is not known here; it is plain text now"));
        }
    }
    let input = take_some(&mut from, "inputType").unwrap_or_else(|| "text".into());
    match input.as_str() {
        "text" => {}
        "dropdown" | "multiline" => {
            out.insert("inputType".into(), Value::String(input));
        }
        other => {
            notes.push(format!(
                "variable `{name}`: input type `{other}` is not known here; it is one line of text now"
            ));
        }
    }
    let mut default = take_text(&mut from, "defaultValue").filter(|text| !text.is_empty());
    let options = options(&name, &format, take_list(&mut from, "options"), &mut default, notes);
    if !options.is_empty() {
        out.insert("options".into(), Value::Array(options));
    }
    let sensitive = take_flag(&mut from, "isSensitive");
    let (hidden, read_only) = (take_flag(&mut from, "hidden"), take_flag(&mut from, "immutable"));
    // Nobody else has the value of a secret any more.
    let asked = sensitive && default.is_some() && !hidden && !read_only;
    if take_flag(&mut from, "required") || asked {
        out.insert("required".into(), Value::Bool(true));
    }
    if let Some(default) = default {
        if sensitive {
            let what = if is_mask(&default) { "masked" } else { "in clear" };
            let asked = if asked { "; it is required now" } else { "" };
            notes.push(format!(
                "variable `{name}` is a secret; its default ({what} in the export) is left out: give the value on the \
                 appliance, or encrypt it to its recipient{asked}"
            ));
        } else {
            out.insert("default".into(), scalar(&format, default));
        }
    }
    if let Some(regex) = take_some(&mut from, "regex") {
        out.insert("regex".into(), Value::String(regex));
    }
    for (key, flag) in [("hidden", hidden), ("readOnly", read_only)] {
        if flag {
            out.insert(key.into(), Value::Bool(true));
        }
    }
    if sensitive {
        out.insert("sensitive".into(), Value::Bool(true));
    }
    Some(Value::Object(out))
}

/// `options`: a choice marked as default is the default where no other is given.
fn options(
    name: &str,
    format: &str,
    from: Vec<Value>,
    default: &mut Option<String>,
    notes: &mut Vec<String>,
) -> Vec<Value> {
    let mut out = Vec::new();
    for option in from {
        let Value::Object(mut option) = option else {
            notes.push(format!("variable `{name}`: option {option} is no mapping and is left out"));
            continue;
        };
        let Some(value) = take_text(&mut option, "value") else {
            notes.push(format!("variable `{name}`: an option without a value is left out"));
            continue;
        };
        if take_flag(&mut option, "default") && default.is_none() {
            *default = Some(value.clone());
        }
        let mut choice = Map::new();
        choice.insert("value".into(), scalar(format, value));
        for key in ["label", "description"] {
            if let Some(text) = take_some(&mut option, key) {
                choice.insert(key.into(), Value::String(text));
            }
        }
        out.push(Value::Object(choice));
    }
    out
}

/// Palette keeps every value as text; ours have the type of their format where that loses nothing.
fn scalar(format: &str, text: String) -> Value {
    match (format, text.as_str()) {
        ("boolean", "true") => Value::Bool(true),
        ("boolean", "false") => Value::Bool(false),
        ("number", digits) => match digits.parse::<i64>() {
            Ok(number) if number.to_string() == digits => Value::Number(Number::from(number)),
            _ => Value::String(text),
        },
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> (Value, Vec<String>) {
        let mut notes = Vec::new();
        let Value::Object(map) = value else { panic!("a mapping") };
        (variable(map, &mut notes).unwrap(), notes)
    }

    #[test]
    fn every_field_has_its_place() {
        let (value, notes) = read(json!({
            "name": "size", "displayName": "Size", "description": "d", "format": "number", "inputType": "dropdown",
            "options": [{"value": "1", "label": "one"}, {"value": "2", "default": true}], "required": true,
            "regex": "^[0-9]$", "hidden": true, "immutable": true, "isSensitive": false
        }));
        assert_eq!(
            value,
            json!({"name": "size", "displayName": "Size", "description": "d", "format": "number", "inputType": "dropdown",
                "options": [{"value": 1, "label": "one"}, {"value": 2}], "required": true, "default": 2,
                "regex": "^[0-9]$", "hidden": true, "readOnly": true})
        );
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn a_secret_is_never_written() {
        let (value, notes) = read(json!({"name": "t", "defaultValue": "hunter2", "isSensitive": true}));
        assert_eq!(value, json!({"name": "t", "required": true, "sensitive": true}));
        assert!(notes[0].contains("in clear") && !notes[0].contains("hunter2"));
    }
}
