//! VA0104: a map of the defaults is replaced by something else, or the reverse.

use super::known::{Child, Level};
use super::{Written, of_pack, of_profile};
use crate::chart::Reads;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Rule};
use crate::yaml::{Kind, Node, Resolver, push_pointer, resolve_plain};

/// VA0104 `kind-of-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VA0104", name: "kind-of-value", severity: Severity::Warning },
    docs: include_str!("../docs/VA0104.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).iter().for_each(|written| check(written, out)),
        |_, resolved, out| of_profile(resolved).iter().for_each(|written| check(written, out)),
    ),
};

fn check(written: &Written<'_>, out: &mut Vec<Diagnostic>) {
    let none = Reads::default();
    let root = Level::of_chart(written.chart, None, &none);
    let name = &written.chart.metadata.name;
    walk(written.values, &root, name, &written.pointer, &mut Vec::new(), out);
}

fn walk(
    values: Node<'_>,
    level: &Level<'_>,
    chart: &str,
    pointer: &str,
    path: &mut Vec<String>,
    out: &mut Vec<Diagnostic>,
) {
    if values.is_alias() {
        return;
    }
    for entry in values.entries() {
        let Some(key) = entry.key.text() else { continue };
        // The last document of a values file wins.
        let Some(default) = level.defaults_of(key).pop() else {
            if let Child::Level(below) = level.child(key) {
                path.push(key.to_owned());
                walk(entry.value, &below, chart, &push_pointer(pointer, key), path, out);
                path.pop();
            }
            continue;
        };
        path.push(key.to_owned());
        let below = push_pointer(pointer, key);
        if let Some((was, is)) = changed(default, entry.value) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    entry.value.place(),
                    format!("`{}` is {was} in chart `{chart}`, and {is} here", path.join(".")),
                )
                .pointer(below)
                .related(default.place(), "the chart's default")
                .help(
                    "templates that expect the one fail on the other, or pass it over; Helm only warns of it",
                ),
            );
        } else if entry.value.kind() == Kind::Map
            && default.kind() == Kind::Map
            && entry.value.unquoted_template().is_none()
        {
            let mut inner = match level.child(key) {
                Child::Level(inner) => inner,
                _ => Level::default(),
            };
            if inner.defaults.is_empty() {
                inner.defaults.push(default);
            }
            walk(entry.value, &inner, chart, &below, path, out);
        }
        path.pop();
    }
}

/// What a default is and what replaces it, where that is a map and no map. Empty defaults say nothing of their kind, and
/// neither does a null.
fn changed(default: Node<'_>, value: Node<'_>) -> Option<(&'static str, &'static str)> {
    if value.unquoted_template().is_some() || default.unquoted_template().is_some() {
        return None;
    }
    let full = |node: Node<'_>| node.entries().next().is_some();
    match (default.kind(), value.kind()) {
        (Kind::Map, Kind::Seq) if full(default) && value.items().next().is_some() => {
            Some(("a map", "a list"))
        }
        (Kind::Map, Kind::Scalar) if full(default) => Some(("a map", scalar_word(value)?)),
        (Kind::Scalar, Kind::Map) if full(value) => Some((scalar_word(default)?, "a map")),
        (Kind::Seq, Kind::Map) if full(value) && default.items().next().is_some() => {
            Some(("a list", "a map"))
        }
        _ => None,
    }
}

/// What a scalar is; `None` where it is empty, a reference, or text of several lines that may be YAML itself.
fn scalar_word(node: Node<'_>) -> Option<&'static str> {
    let (text, style) = node.scalar()?;
    let plain = style == crate::yaml::Style::Plain;
    match resolve_plain(text, Resolver::Go) {
        serde_json::Value::Null if plain => None,
        serde_json::Value::Bool(_) if plain => Some("a boolean"),
        serde_json::Value::Number(_) if plain => Some("a number"),
        _ if text.is_empty() || text.contains('\n') || text.contains("{{") => None,
        _ => Some("text"),
    }
}
