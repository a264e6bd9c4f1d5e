//! What a chart's schema refuses, in Helm's words (`helm:pkg/chart/common/util/jsonschema.go`, v4.2.4, over
//! `santhosh-tekuri/jsonschema` v6.0.2: `kind/kind.go`).

use std::collections::BTreeMap;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{PatternOptions, ValidationError};
use serde_json::Value;

/// The lines that Helm prints for one chart; none where its values are fine. A schema that refers to the network is refused
/// with the address.
pub fn complaints(schema: &[u8], values: &Value) -> Vec<String> {
    let schema: Value = match serde_json::from_slice(schema) {
        Ok(schema) => schema,
        Err(error) => return vec![format!("unable to validate schema: {error}")],
    };
    let built = jsonschema::options().with_pattern_options(PatternOptions::regex()).build(&schema);
    let validator = match built {
        Ok(validator) => validator,
        Err(error) => return vec![format!("unable to validate schema: {error}")],
    };
    let mut missing: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut lines = Vec::new();
    for error in validator.iter_errors(values) {
        let at = error.instance_path().as_str().to_owned();
        if let ValidationErrorKind::Required { property } = error.kind() {
            let name = property.as_str().map_or_else(|| property.to_string(), str::to_owned);
            missing.entry((at, error.schema_path().as_str().to_owned())).or_default().push(name);
        } else {
            lines.push((at, words(&error)));
        }
    }
    for ((at, _), names) in missing {
        let word = if names.len() == 1 { "property" } else { "properties" };
        lines.push((
            at,
            format!("missing {word} {}", names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ")),
        ));
    }
    lines.sort();
    lines.into_iter().map(|(at, words)| format!("- at {}: {words}", quote(&at))).collect()
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// Name of a value's type: all numbers are numbers.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        other => other.to_string(),
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => 0,
    }
}

fn words(error: &ValidationError<'_>) -> String {
    let got = error.instance();
    let count = |word: &str, limit: u64| format!("{word}: got {}, want {limit}", length(got));
    let bound = |word: &str, limit: &Value| format!("{word}: got {got}, want {limit}");
    match error.kind() {
        ValidationErrorKind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(kind) => kind.to_string(),
                TypeKind::Multiple(kinds) => {
                    kinds.iter().map(|kind| kind.to_string()).collect::<Vec<_>>().join(" or ")
                }
            };
            format!("got {}, want {wanted}", type_of(got))
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<String> = options.as_array().into_iter().flatten().map(shown).collect();
            match &options[..] {
                [only] => format!("value must be {only}"),
                options => format!("value must be one of {}", options.join(", ")),
            }
        }
        ValidationErrorKind::Constant { expected_value } => {
            format!("value must be {}", shown(expected_value))
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|name| quote(name)).collect();
            format!("additional properties {} not allowed", names.join(", "))
        }
        ValidationErrorKind::Pattern { pattern } => {
            format!("{} does not match pattern {}", shown(got), quote(pattern))
        }
        ValidationErrorKind::MinLength { limit } => count("minLength", *limit),
        ValidationErrorKind::MaxLength { limit } => count("maxLength", *limit),
        ValidationErrorKind::MinItems { limit } => count("minItems", *limit),
        ValidationErrorKind::MaxItems { limit } => count("maxItems", *limit),
        ValidationErrorKind::MinProperties { limit } => count("minProperties", *limit),
        ValidationErrorKind::MaxProperties { limit } => count("maxProperties", *limit),
        ValidationErrorKind::Minimum { limit } => bound("minimum", limit),
        ValidationErrorKind::Maximum { limit } => bound("maximum", limit),
        ValidationErrorKind::ExclusiveMinimum { limit } => bound("exclusiveMinimum", limit),
        ValidationErrorKind::ExclusiveMaximum { limit } => bound("exclusiveMaximum", limit),
        ValidationErrorKind::Format { format } => format!("{} is not valid {format}", shown(got)),
        ValidationErrorKind::Not { .. } => "'not' failed".to_owned(),
        ValidationErrorKind::AnyOf { .. } => "'anyOf' failed, none matched".to_owned(),
        ValidationErrorKind::OneOfNotValid { .. } => "'oneOf' failed, none matched".to_owned(),
        ValidationErrorKind::FalseSchema => "false schema".to_owned(),
        _ => error.to_string(),
    }
}
