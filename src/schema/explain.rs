//! From a validator's error to a finding: one clear sentence, at the place that has to change.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Fault;
use serde_json::Value;

use super::best_match::{Meant, meant};
use super::walk::Site;
use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::source::Place;
use crate::yaml::{Document, Kind, Node, Style, push_pointer};

/// A key that the schema does not know.
pub const UNKNOWN_KEY: Lint = Lint { code: "SC0001", name: "unknown-key", severity: Severity::Error };
/// A key that must be there and is not.
pub const MISSING_KEY: Lint = Lint { code: "SC0002", name: "missing-key", severity: Severity::Error };
/// A value of another type than the schema wants.
pub const WRONG_TYPE: Lint = Lint { code: "SC0003", name: "wrong-type", severity: Severity::Error };
/// A value that the schema does not allow.
pub const NOT_ALLOWED: Lint = Lint { code: "SC0004", name: "value-not-allowed", severity: Severity::Error };
/// Anything else that a schema refuses.
pub const OTHER: Lint = Lint { code: "SC0005", name: "schema-violation", severity: Severity::Error };

/// Where the values that a schema judges are written.
pub trait Places {
    /// The node at a pointer, where it is written.
    fn at(&self, pointer: &str) -> Option<Node<'_>>;
    /// The place of the value at `pointer`, or of what comes nearest to it.
    fn place(&self, pointer: &str) -> Place;
    /// The place of the key at `pointer`, or of what comes nearest to it.
    fn key_place(&self, pointer: &str) -> Place;
}

impl Places for Document {
    fn at(&self, pointer: &str) -> Option<Node<'_>> {
        self.at(pointer)
    }

    fn place(&self, pointer: &str) -> Place {
        self.place(pointer)
    }

    fn key_place(&self, pointer: &str) -> Place {
        self.key_place(pointer)
    }
}

/// Adds the findings of one error.
pub(super) fn explain(
    schema: &Value,
    document: &dyn Places,
    error: &ValidationError<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let site = Site::new(schema, error.evaluation_path().as_str());
    let pointer = error.instance_path().as_str();
    let here = Here { document, pointer, site: &site };
    match error.kind() {
        Fault::AdditionalProperties { unexpected } => {
            found.extend(unexpected.iter().map(|key| here.unknown_key(key, error.instance())));
        }
        Fault::Required { property } => {
            found.push(here.missing_key(property.as_str().unwrap_or_default()));
        }
        Fault::Type { .. } => found.push(here.wrong_type(error.instance())),
        Fault::Enum { .. } | Fault::Constant { .. } => found.push(here.not_in_list(error.instance())),
        Fault::PropertyNames { error: inner } => {
            let name = inner.instance().as_str().unwrap_or_default().to_owned();
            let inner = Site::new(schema, inner.evaluation_path().as_str());
            let why =
                inner.error_message().or(site.error_message()).unwrap_or("the name is not allowed here");
            let pointer = push_pointer(pointer, &name);
            let place = document.key_place(&pointer);
            found.push(
                Diagnostic::new(NOT_ALLOWED, place, format!("`{}`: {why}", shortened(&name)))
                    .pointer(pointer),
            );
        }
        Fault::AnyOf { context } | Fault::OneOfNotValid { context } => {
            if let Some(message) = site.error_message() {
                found.push(here.at_key(NOT_ALLOWED, message));
                return;
            }
            let branches = site.schema.get("oneOf").or(site.schema.get("anyOf")).unwrap_or(&Value::Null);
            match meant(schema, branches, error.instance(), context) {
                Some(Meant::Branch(errors)) => {
                    for error in errors {
                        explain(schema, document, error, found);
                    }
                }
                Some(Meant::Discriminator { property, allowed }) => {
                    found.push(here.discriminator(&property, &allowed, error.instance()));
                }
                None => {
                    found.push(here.plain(OTHER, "the value has none of the forms that are allowed here"));
                }
            }
        }
        Fault::Not { .. } | Fault::FalseSchema => {
            found.push(here.at_key(NOT_ALLOWED, site.error_message().unwrap_or("this is not allowed here")));
        }
        kind => found.push(here.refused(kind, error)),
    }
}

/// Where an error happened: the value in the document, the schemas that judged it.
struct Here<'a> {
    document: &'a dyn Places,
    pointer: &'a str,
    site: &'a Site<'a>,
}

impl Here<'_> {
    fn node(&self) -> Option<Node<'_>> {
        self.document.at(self.pointer)
    }

    fn plain(&self, lint: Lint, message: impl Into<String>) -> Diagnostic {
        let finding = Diagnostic::new(lint, self.document.place(self.pointer), message).pointer(self.pointer);
        match self.site.description() {
            Some(description) if !self.pointer.is_empty() => finding.help(sentence(description)),
            _ => finding,
        }
    }

    /// A finding about a whole mapping or list, at its key.
    fn at_key(&self, lint: Lint, message: &str) -> Diagnostic {
        Diagnostic::new(lint, self.key_place(), message).pointer(self.pointer)
    }

    /// The key of the value; in a list or at the top, the first key of the value itself.
    fn key_place(&self) -> Place {
        let parent_is_list = self
            .pointer
            .rsplit_once('/')
            .and_then(|(parent, _)| self.document.at(parent))
            .is_some_and(|parent| parent.kind() == Kind::Seq);
        let first = self.node().filter(|_| self.pointer.is_empty() || parent_is_list);
        match first.and_then(|node| node.entries().next()) {
            Some(entry) => entry.key.place(),
            None => self.document.key_place(self.pointer),
        }
    }

    fn unknown_key(&self, key: &str, object: &Value) -> Diagnostic {
        let pointer = push_pointer(self.pointer, key);
        let place = self.document.key_place(&pointer);
        let free = || self.site.properties().filter(|known| object.get(known).is_none());
        let finding =
            Diagnostic::new(UNKNOWN_KEY, place.clone(), format!("unknown key `{}`", shortened(key)))
                .pointer(pointer);
        let finding = match self.parent_name() {
            Some(parent) => Diagnostic { message: format!("{} in {parent}", finding.message), ..finding },
            None => finding,
        };
        if let Some(near) = closest(key, free()) {
            let edits = vec![Edit { span: place.span, replacement: near.to_owned() }];
            let message = format!("rename it to `{near}`");
            return finding.help(format!("did you mean `{near}`?")).fix(Fix { message, safe: false, edits });
        }
        let known: Vec<_> = free().map(|known| format!("`{known}`")).collect();
        if known.is_empty() { finding } else { finding.help(format!("known keys: {}", known.join(", "))) }
    }

    /// What the value is part of: the key above it, or an entry of the list above it.
    fn parent_name(&self) -> Option<String> {
        let index = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let name = self.pointer.rsplit('/').find(|part| !index(part))?;
        let name = shortened(&name.replace("~1", "/").replace("~0", "~"));
        let in_list = self.pointer.rsplit('/').next().is_some_and(index);
        (!name.is_empty())
            .then(|| if in_list { format!("an entry of `{name}`") } else { format!("`{name}`") })
    }

    fn missing_key(&self, key: &str) -> Diagnostic {
        let message = match self.parent_name() {
            Some(parent) => format!("{parent} lacks `{key}`"),
            None => format!("the document lacks `{key}`"),
        };
        let finding = self.at_key(MISSING_KEY, &message);
        match self.site.property_description(key) {
            Some(description) => finding.help(format!("{key}: {description}")),
            None => finding,
        }
    }

    fn wrong_type(&self, found: &Value) -> Diagnostic {
        let wanted: Vec<&str> = match self.site.schema.get("type") {
            Some(Value::Array(words)) => words.iter().filter_map(Value::as_str).collect(),
            Some(word) => word.as_str().into_iter().collect(),
            None => Vec::new(),
        };
        let scalar = self.node().and_then(Node::scalar);
        if let Some((text, Style::Plain)) = scalar
            && wanted.contains(&"string")
            && (found.is_number() || found.is_boolean())
        {
            let (what, quoted) = (if found.is_number() { "a number" } else { "a boolean" }, quoted(text));
            let edits =
                vec![Edit { span: self.document.place(self.pointer).span, replacement: quoted.clone() }];
            let fix = Fix { message: "put it in quotes".to_owned(), safe: true, edits };
            return self
                .plain(WRONG_TYPE, format!("`{}` is {what} in YAML; write {quoted}", shortened(text)))
                .fix(fix);
        }
        if let (Some((text, style)), Value::String(_)) = (scalar, found) {
            let meant = crate::yaml::resolve_plain(text, crate::yaml::Resolver::Go);
            let fits = (meant.is_boolean() && wanted.contains(&"boolean"))
                || (meant.is_number() && (wanted.contains(&"integer") || wanted.contains(&"number")));
            if fits {
                let why = if style == Style::Plain { "here" } else { "because of its quotes" };
                let message = format!("`{}` is text {why}; write `{meant}`", shortened(text));
                return self.plain(WRONG_TYPE, message);
            }
        }
        if let Some(message) = self.site.error_message() {
            return self.plain(WRONG_TYPE, message);
        }
        let wanted: Vec<_> = wanted.into_iter().filter(|w| *w != "null").map(type_word).collect();
        self.plain(WRONG_TYPE, format!("expected {}, found {}", wanted.join(" or "), found_word(found)))
    }

    fn not_in_list(&self, found: &Value) -> Diagnostic {
        let allowed: Vec<String> = match (self.site.schema.get("enum"), self.site.schema.get("const")) {
            (Some(Value::Array(options)), _) => options.iter().map(word).collect(),
            (_, Some(option)) => vec![word(option)],
            _ => Vec::new(),
        };
        self.one_of(found, &allowed)
    }

    fn one_of(&self, found: &Value, allowed: &[String]) -> Diagnostic {
        let list: Vec<_> = allowed.iter().map(|a| format!("`{a}`")).collect();
        let list = match &list[..] {
            [one] => format!("it must be {one}"),
            many => format!("it is one of {}", many.join(", ")),
        };
        let text = match self.node().and_then(Node::text) {
            Some(text) if !text.is_empty() => format!("`{}`", shortened(text)),
            _ => found_word(found).to_owned(),
        };
        let finding = self.plain(NOT_ALLOWED, format!("{text} is not allowed here: {list}"));
        match closest(found.as_str().unwrap_or_default(), allowed.iter().map(String::as_str)) {
            Some(near) => {
                let edits = vec![Edit { span: finding.place.span, replacement: near.to_owned() }];
                let message = format!("replace it by `{near}`");
                finding.help(format!("did you mean `{near}`?")).fix(Fix { message, safe: false, edits })
            }
            None => finding,
        }
    }

    fn discriminator(&self, property: &str, allowed: &[String], object: &Value) -> Diagnostic {
        if let Some(found) = object.get(property) {
            let pointer = push_pointer(self.pointer, property);
            return Here { pointer: &pointer, ..*self }.one_of(found, allowed);
        }
        let list: Vec<_> = allowed.iter().map(|a| format!("`{a}`")).collect();
        self.missing_key(property).help(format!("{property} is one of {}", list.join(", ")))
    }

    /// Patterns, lengths and limits.
    fn refused(&self, fault: &Fault, error: &ValidationError<'_>) -> Diagnostic {
        let why = match (self.site.error_message(), fault) {
            (Some(message), _) => message.to_owned(),
            (None, Fault::MinLength { .. }) => "it must not be empty".to_owned(),
            (None, Fault::Minimum { limit }) => format!("it must be at least {limit}"),
            (None, Fault::Maximum { limit }) => format!("it must be at most {limit}"),
            (None, Fault::Pattern { pattern }) => format!("it must match `{pattern}`"),
            (None, _) => return self.plain(OTHER, shortened(&error.to_string())),
        };
        match error.instance().as_ref() {
            Value::Array(_) | Value::Object(_) => self.plain(NOT_ALLOWED, why),
            Value::String(text) if text.is_empty() => {
                self.plain(NOT_ALLOWED, format!("the text is empty: {why}"))
            }
            scalar => self.plain(NOT_ALLOWED, format!("`{}`: {why}", shortened(&word(scalar)))),
        }
    }
}

/// A scalar as people write it.
pub(super) fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn type_word(name: &str) -> &'static str {
    match name {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a mapping",
        _ => "nothing",
    }
}

pub(super) fn found_word(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// A plain scalar in double quotes (it has no character that would need an escape).
pub(super) fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Text of a file as a message may show it: one line, not long, no control characters.
pub(super) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

/// A description as help: without its full stop, in lower case where it starts with a plain word.
fn sentence(description: &str) -> String {
    let text = description.trim_end_matches('.');
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && (second.is_lowercase() || second == ' ') => {
            format!("{}{}", first.to_lowercase(), &text[first.len_utf8()..])
        }
        _ => text.to_owned(),
    }
}
