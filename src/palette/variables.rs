//! `spec.variables` of Palette (`v1Variable`) as ours.

use serde_json::{Map, Number, Value};

use super::source::{leftover, take_flag, take_list, take_some, take_text};

/// What a variable became, and what of it has no place.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) left: Option<Value>,
}

/// Reads one variable; what cannot be kept is said in `notes`.
pub(super) fn variable(mut from: Map<String, Value>, notes: &mut Vec<String>) -> Option<Variable> {
    let Some(name) = take_some(&mut from, "name") else {
        notes.push(format!("a variable without a name is left out: {}", Value::Object(from)));
        return None;
    };
    let mut out = Map::new();
    out.insert("name".into(), Value::String(name.clone()));
    if let Some(display) = take_some(&mut from, "displayName").filter(|display| *display != name) {
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
            from.insert("format".into(), Value::String(format.clone()));
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
            from.insert("inputType".into(), Value::String(input));
        }
    }
    let mut default = take_text(&mut from, "defaultValue").filter(|text| !text.is_empty());
    let options = options(&name, &format, take_list(&mut from, "options"), &mut default, notes);
    if !options.is_empty() {
        out.insert("options".into(), Value::Array(options));
    }
    if take_flag(&mut from, "required") {
        out.insert("required".into(), Value::Bool(true));
    }
    let sensitive = take_flag(&mut from, "isSensitive");
    if let Some(default) = default {
        if sensitive {
            let what = if default.bytes().all(|b| b == b'*') { "masked" } else { "in clear" };
            notes.push(format!(
                "variable `{name}` is a secret; its default ({what} in the export) is left out: give the value on the \
                 appliance, or encrypt it to its recipient"
            ));
        } else {
            out.insert("default".into(), scalar(&format, default));
        }
    }
    if let Some(regex) = take_some(&mut from, "regex") {
        out.insert("regex".into(), Value::String(regex));
    }
    for (theirs, ours) in [("hidden", "hidden"), ("immutable", "readOnly")] {
        if take_flag(&mut from, theirs) {
            out.insert(ours.into(), Value::Bool(true));
        }
    }
    if sensitive {
        out.insert("sensitive".into(), Value::Bool(true));
    }
    Some(Variable { name, value: Value::Object(out), left: leftover(from) })
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
        if let Some(left) = leftover(option) {
            notes.push(format!("variable `{name}`: of an option this has no place here: {left}"));
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

    fn read(value: Value) -> (Value, Option<Value>, Vec<String>) {
        let mut notes = Vec::new();
        let Value::Object(map) = value else { panic!("a mapping") };
        let variable = variable(map, &mut notes).unwrap();
        (variable.value, variable.left, notes)
    }

    #[test]
    fn every_field_has_its_place() {
        let (value, left, notes) = read(json!({
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
        assert!(left.is_none() && notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn a_secret_is_never_written() {
        let (value, _, notes) =
            read(json!({"name": "t", "defaultValue": "hunter2", "isSensitive": true, "x": 1}));
        assert_eq!(value, json!({"name": "t", "sensitive": true}));
        assert!(notes[0].contains("in clear") && !notes[0].contains("hunter2"));
    }
}
