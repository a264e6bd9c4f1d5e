//! Schemas that a repository brings along: read, compiled, and what they say against a value.
//!
//! Any draft that `$schema` names, 2020-12 where it names none. References stay inside the file.

mod cycle;

use jsonschema::error::ValidationErrorKind as Fault;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::explain::{found_word, shortened, word};
use super::walk::Site;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::yaml::{Document, Resolver, push_pointer};

/// A policy whose schema cannot be used.
pub const BROKEN_POLICY: Lint = Lint { code: "PL0902", name: "broken-policy", severity: Severity::Error };

/// Violations of one value; a longer list helps nobody.
const MOST: usize = 50;

/// A compiled schema of the repository.
#[derive(Debug)]
pub struct CustomSchema {
    json: Value,
    validator: Validator,
}

/// Something in a value that a schema refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer of the value.
    pub pointer: String,
    /// The sentence of the schema's author (`errorMessage`), where there is one.
    pub own: Option<String>,
    /// What is wrong, as a sentence.
    pub message: String,
}

impl CustomSchema {
    /// Compiles a schema; what is wrong with it are findings in its file.
    pub fn compile(document: &Document) -> Result<Self, Vec<Diagnostic>> {
        let broken = |pointer: &str, message: String| {
            Diagnostic::new(BROKEN_POLICY, document.place(pointer), message).pointer(pointer)
        };
        let json = document.root().to_json(Resolver::Core).map_err(|e| vec![broken("", e.to_string())])?;
        if !json.is_object() {
            return Err(vec![broken("", "a schema is a map".to_owned())]);
        }
        let mut remote = Vec::new();
        remote_references(&json, &json, String::new(), &mut remote);
        if !remote.is_empty() {
            let told = remote.into_iter().map(|(pointer, reference)| {
                broken(&pointer, format!("`{}` leads out of the file", shortened(&reference)))
                    .help("put what it names below `$defs` of this file, and write `#/$defs/NAME`")
            });
            return Err(told.collect());
        }
        if let Some(pointer) = cycle::find(&json) {
            return Err(vec![
                broken(&pointer, "the schema refers to itself for one and the same value".to_owned()).help(
                    "a schema may name itself below `properties` or `items`, where the value gets smaller",
                ),
            ]);
        }
        let built =
            jsonschema::options().with_pattern_options(PatternOptions::regex()).offline().build(&json);
        match built {
            Ok(validator) => Ok(Self { json, validator }),
            Err(error) => {
                let pointer = error.instance_path().as_str().to_owned();
                Err(vec![broken(
                    &pointer,
                    format!("this is no JSON Schema: {}", shortened(&error.to_string())),
                )])
            }
        }
    }

    /// What a value gets wrong.
    pub fn violations(&self, value: &Value) -> Vec<Violation> {
        if self.validator.is_valid(value) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for error in self.validator.iter_errors(value).take(MOST) {
            self.tell(&error, &mut found);
        }
        found.sort_by(|a, b| (&a.pointer, &a.message).cmp(&(&b.pointer, &b.message)));
        found.dedup();
        found
    }

    fn tell(&self, error: &ValidationError<'_>, found: &mut Vec<Violation>) {
        let pointer = error.instance_path().as_str();
        let site = Site::new(&self.json, error.evaluation_path().as_str());
        let own = site.error_message().map(str::to_owned);
        if let Fault::AdditionalProperties { unexpected } = error.kind() {
            found.extend(unexpected.iter().map(|key| Violation {
                pointer: push_pointer(pointer, key),
                own: own.clone(),
                message: format!("`{}` is not allowed here", shortened(key)),
            }));
            return;
        }
        found.push(Violation { pointer: pointer.to_owned(), own, message: sentence(&site, error) });
    }
}

/// What an error says, in words.
fn sentence(site: &Site<'_>, error: &ValidationError<'_>) -> String {
    let value = error.instance();
    let shown = match value.as_ref() {
        Value::Array(_) | Value::Object(_) => found_word(value).to_owned(),
        scalar => format!("`{}`", shortened(&word(scalar))),
    };
    let keyword = |name: &str| site.schema.get(name).map(word).unwrap_or_default();
    match error.kind() {
        Fault::Required { property } => format!("it lacks `{}`", word(property)),
        Fault::Type { .. } => format!("{shown} is of another type than `{}`", keyword("type")),
        Fault::Enum { .. } => {
            let options = site.schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
            let options: Vec<_> =
                options.unwrap_or_default().iter().map(|o| format!("`{}`", word(o))).collect();
            format!("{shown} is none of {}", options.join(", "))
        }
        Fault::Constant { .. } => format!("{shown} is not `{}`", shortened(&keyword("const"))),
        Fault::Pattern { pattern } => format!("{shown} does not match `{pattern}`"),
        Fault::Minimum { limit } => format!("{shown} is below {limit}"),
        Fault::Maximum { limit } => format!("{shown} is above {limit}"),
        Fault::MinLength { limit } => format!("{shown} has fewer than {limit} characters"),
        Fault::MaxLength { limit } => format!("{shown} has more than {limit} characters"),
        Fault::MinItems { limit } => format!("it has fewer than {limit} entries"),
        Fault::MaxItems { limit } => format!("it has more than {limit} entries"),
        Fault::MinProperties { limit } => format!("it has fewer than {limit} keys"),
        Fault::MaxProperties { limit } => format!("it has more than {limit} keys"),
        Fault::UniqueItems => "it has an entry twice".to_owned(),
        Fault::Contains => "it has no entry of the kind that is wanted".to_owned(),
        Fault::Not { .. } | Fault::FalseSchema => format!("{shown} is not allowed here"),
        Fault::AnyOf { .. } | Fault::OneOfNotValid { .. } => {
            format!("{shown} has none of the forms that are allowed here")
        }
        Fault::OneOfMultipleValid { .. } => {
            format!("{shown} has several of the forms, and just one is allowed")
        }
        _ => shortened(&error.masked().to_string()),
    }
}

/// References that do not stay in the file, with their pointers.
fn remote_references(root: &Value, value: &Value, pointer: String, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                let below = push_pointer(&pointer, key);
                match (key.as_str(), child) {
                    ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(reference)) => {
                        let own = root.get("$id").and_then(Value::as_str);
                        let target = reference.split('#').next().unwrap_or_default();
                        if !target.is_empty() && own.is_none_or(|id| id.trim_end_matches('#') != target) {
                            out.push((below, reference.clone()));
                        }
                    }
                    // What stands there is data, not schemas.
                    ("const" | "enum" | "default" | "examples", _) => {}
                    _ => remote_references(root, child, below, out),
                }
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                remote_references(root, child, format!("{pointer}/{index}"), out);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::SourceFile;
    use crate::yaml;

    fn compile(text: &str) -> Result<CustomSchema, Vec<String>> {
        let stream = yaml::parse(&SourceFile::new("p.yaml", text));
        CustomSchema::compile(&stream.documents[0])
            .map_err(|found| found.iter().map(|d| format!("{} {}", d.place, d.message)).collect())
    }

    #[test]
    fn both_drafts_are_read_and_violations_have_pointers() {
        for draft in ["", "$schema: http://json-schema.org/draft-07/schema#\n"] {
            let schema = compile(&format!(
                "{draft}properties:\n  a: {{type: string, pattern: '^x', errorMessage: an x comes first}}\n  b: {{enum: [1, 2]}}\nrequired: [c]\n"
            ))
            .unwrap();
            let found = schema.violations(&json!({ "a": "y", "b": 3 }));
            let lines: Vec<_> = found.iter().map(|v| format!("{}: {}", v.pointer, v.message)).collect();
            assert_eq!(
                lines,
                [": it lacks `c`", "/a: `y` does not match `^x`", "/b: `3` is none of `1`, `2`"]
            );
            assert_eq!(found[1].own.as_deref(), Some("an x comes first"));
            assert!(schema.violations(&json!({ "c": 1 })).is_empty());
        }
        let dependent = compile("$defs: {n: {minimum: 1}}\nprefixItems: [{$ref: '#/$defs/n'}]\n").unwrap();
        assert_eq!(dependent.violations(&json!([0]))[0].message, "`0` is below 1");
    }

    #[test]
    fn what_cannot_be_used_says_where_and_why() {
        for (text, told) in [
            (
                "a: {$ref: 'https://example.org/s.json'}\n",
                "p.yaml:1:11 `https://example.org/s.json` leads out of the file",
            ),
            ("allOf: [{$ref: 'other.json#/a'}]\n", "p.yaml:1:16 `other.json#/a` leads out of the file"),
            ("$ref: '#'\n", "p.yaml:1:7 the schema refers to itself for one and the same value"),
            (
                "$defs: {a: {anyOf: [{$ref: '#/$defs/a'}]}}\nproperties: {x: {$ref: '#/$defs/a'}}\n",
                "p.yaml:1:28 the schema refers to itself for one and the same value",
            ),
            ("type: strng\n", "p.yaml:1:7 this is no JSON Schema"),
            ("pattern: '['\n", "p.yaml:1:10 this is no JSON Schema"),
            ("- 1\n", "p.yaml:1:1 a schema is a map"),
        ] {
            let found = compile(text).err().unwrap_or_default();
            assert!(found.first().is_some_and(|first| first.starts_with(told)), "{text}: {found:?}");
        }
        assert!(compile("properties: {child: {$ref: '#'}}\n").is_ok());
        assert!(compile("const: {$ref: 'https://example.org'}\n").is_ok());
    }
}
