//! YA0101: a plain scalar that YAML 1.2 reads otherwise than Helm and Kubernetes do.

use serde_json::Value;

use super::RULE;
use crate::diagnostics::{Diagnostic, Edit, Fix};
use crate::rules::way::Way;
use crate::yaml::{Node, Resolver, Style, plain_not_text, resolve_plain};

/// Judges a scalar that is a value.
pub(super) fn value(node: Node<'_>, way: &Way<'_>, out: &mut Vec<Diagnostic>) {
    let Some(text) = plain(node) else { return };
    if is_no_number_of_json(text) {
        let message = format!("`{text}` is a number that JSON cannot hold: Helm and Kubernetes refuse it");
        let finding = Diagnostic::new(RULE.lint, node.place(), message).pointer(way.pointer());
        out.push(finding.help(format!("write \"{text}\" if text is meant")));
        return;
    }
    let Some((go, core)) = readings(text) else { return };
    let octal = is_octal(text);
    if octal && is_mode(way.key().unwrap_or_default()) {
        return;
    }
    // The same for both, and what Helm reads today.
    let clear = if octal { text.replacen('0', "0o", 1) } else { go.to_string() };
    let message = format!("`{text}` is {go} for Helm and Kubernetes, and {} by YAML 1.2", word(&core));
    let finding = Diagnostic::new(RULE.lint, node.place(), message).pointer(way.pointer());
    out.push(finding.help(format!("write `{clear}`, or \"{text}\" if text is meant")).fix(Fix {
        message: format!("write `{clear}`, which everybody reads alike"),
        safe: true,
        edits: vec![Edit { span: node.span(), replacement: clear }],
    }));
}

/// Judges a scalar that is a key.
pub(super) fn key(node: Node<'_>, way: &Way<'_>, out: &mut Vec<Diagnostic>) {
    let Some(text) = plain(node) else { return };
    let Some((go, _)) = readings(text) else { return };
    let message = format!("Helm and Kubernetes read the key `{text}` as `{go}`");
    out.push(
        Diagnostic::new(RULE.lint, node.place(), message)
            .pointer(way.pointer())
            .help(format!("write \"{text}\" if that is its name"))
            .fix(Fix {
                message: "put it in quotes".to_owned(),
                safe: false,
                edits: vec![Edit { span: node.span(), replacement: format!("\"{text}\"") }],
            }),
    );
}

/// The text of a scalar without quotes and tag.
pub(super) fn plain(node: Node<'_>) -> Option<&str> {
    match node.scalar() {
        Some((text, Style::Plain)) if node.tag().is_none() => Some(text),
        _ => None,
    }
}

/// What Go and YAML 1.2 read, where that differs in more than the kind of number.
fn readings(text: &str) -> Option<(Value, Value)> {
    // Most text starts as no such scalar does.
    let first = text.bytes().next()?;
    if !first.is_ascii_digit() && !b"+-.yYnNoO".contains(&first) {
        return None;
    }
    let (go, core) = (plain_not_text(text, Resolver::Go), plain_not_text(text, Resolver::Core));
    if go.is_none() && core.is_none() {
        return None;
    }
    let (go, core) = (resolve_plain(text, Resolver::Go), resolve_plain(text, Resolver::Core));
    let same = match (&go, &core) {
        (Value::Number(go), Value::Number(core)) => go.as_f64() == core.as_f64(),
        (go, core) => go == core,
    };
    (!same).then_some((go, core))
}

fn word(value: &Value) -> String {
    if value.is_string() { "text".to_owned() } else { value.to_string() }
}

/// A leading zero: `0644`.
fn is_octal(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a key holds bits of a file's mode, which everybody writes as octal digits and the cluster reads as such.
fn is_mode(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["mode", "umask", "permissions", "permission"].iter().any(|word| key.ends_with(word))
}

fn is_no_number_of_json(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN")
}
