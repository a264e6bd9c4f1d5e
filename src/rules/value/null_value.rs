//! VA0105: a null that takes nothing away.

use super::known::{Child, Level};
use super::{Written, of_profile};
use crate::chart::Reads;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::yaml::{Kind, Node, Style, push_pointer};

/// VA0105 `null-without-default`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VA0105", name: "null-without-default", severity: Severity::Info },
    docs: include_str!("../docs/VA0105.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for written in of_profile(resolved) {
        let none = Reads::default();
        let mut root = Level::of_chart(written.chart, None, &none);
        // What the pack and its presets set can be taken away as well.
        root.defaults.extend(written.texts.iter().skip(1).filter_map(|given| given.at(&written.pointer)));
        walk(&written, written.values, &root, &written.pointer, out);
    }
}

fn walk(
    written: &Written<'_>,
    values: Node<'_>,
    level: &Level<'_>,
    pointer: &str,
    out: &mut Vec<Diagnostic>,
) {
    if values.is_alias() {
        return;
    }
    for entry in values.entries() {
        let Some(key) = entry.key.text() else { continue };
        let below = push_pointer(pointer, key);
        let defaults = level.defaults_of(key);
        // A key without a value is a heading whose entries are commented out; a null is meant.
        let null = matches!(entry.value.scalar(), Some(("null" | "~" | "Null" | "NULL", Style::Plain)));
        let subchart =
            level.charts.iter().flat_map(|chart| chart.subchart_keys()).any(|(name, _)| name == key);
        if null && defaults.is_empty() && !subchart && !level.is_free_by_merge() {
            let chart = &written.chart.metadata.name;
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    entry.key.place(),
                    format!("`{key}: null` takes nothing away: chart `{chart}` has no default there"),
                )
                .pointer(below)
                .help("delete the line, or mend the key if a default was meant to go"),
            );
        } else if entry.value.kind() == Kind::Map {
            let mut inner = match level.child(key) {
                Child::Level(inner) => inner,
                _ => Level::default(),
            };
            if inner.charts.is_empty() {
                inner.defaults = defaults.into_iter().filter(|node| node.kind() == Kind::Map).collect();
            }
            walk(written, entry.value, &inner, &below, out);
        }
    }
}
