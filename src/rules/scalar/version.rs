//! YA0102: a version without quotes that becomes another number.

use serde_json::Value;

use super::ambiguous::plain;
use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::rules::way::Way;
use crate::yaml::{Node, Resolver, resolve_plain};

/// YA0102 `unquoted-version`; documentation beside the rules.
pub(in crate::rules) const UNQUOTED_VERSION: Lint =
    Lint { code: "YA0102", name: "unquoted-version", severity: Severity::Warning };

/// Judges a value; whether it is such a version.
pub(super) fn judge(node: Node<'_>, way: &Way<'_>, out: &mut Vec<Diagnostic>) -> bool {
    let Some(text) = plain(node).filter(|text| text.starts_with(|c: char| c.is_ascii_digit())) else {
        return false;
    };
    let Some(key) = way.key().filter(|key| is_version(key)) else { return false };
    let Value::Number(number) = resolve_plain(text, Resolver::Go) else { return false };
    let number = number.to_string();
    if number == text {
        return false;
    }
    out.push(
        Diagnostic::new(UNQUOTED_VERSION, node.place(), format!("`{key}: {text}` is the number {number}"))
            .pointer(way.pointer())
            .help(format!("write \"{text}\", so that it stays what it says"))
            .fix(Fix {
                message: "put it in quotes".to_owned(),
                safe: false,
                edits: vec![Edit { span: node.span(), replacement: format!("\"{text}\"") }],
            }),
    );
    true
}

fn is_version(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("version") || key == "tag" || key.ends_with("imagetag") || key.ends_with("image_tag")
}
