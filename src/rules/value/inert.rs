//! VA0103: a value that nothing in the chart reads.

use super::known::{Child, Level};
use super::known_paths::elsewhere;
use super::{Written, of_pack, of_profile};
use crate::chart::Reads;
use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::rules::{Check, Rule};
use crate::schema::ChartSchema;
use crate::yaml::{Entry, Kind, Node, push_pointer};

/// VA0103 `unread-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VA0103", name: "unread-value", severity: Severity::Warning },
    docs: include_str!("../docs/VA0103.md"),
    check: Check::PackAndProfile(
        |_, judged, out| of_pack(judged).iter().for_each(|written| check(written, out)),
        |_, resolved, out| of_profile(resolved).iter().for_each(|written| check(written, out)),
    ),
};

/// So many names are listed in a hint.
const LISTED: usize = 8;
/// So many names are compared with what nothing reads, for all hints on the values of one chart together: whoever has more
/// of them has another chart in mind, and the comparisons must not grow as the square of the values.
const MOST_COMPARED: usize = 50_000;
/// What looking for a key elsewhere in the chart counts as.
const LOOKED_ELSEWHERE: usize = 500;

fn check(written: &Written<'_>, out: &mut Vec<Diagnostic>) {
    let chart = written.chart;
    // A library renders nothing by itself.
    if chart.metadata.chart_type.as_deref() == Some("library") {
        return;
    }
    let mut tpl = Reads::default();
    for document in &written.texts {
        let text = document.file().text();
        if text.contains(".Values") {
            tpl.merge(&Reads::of_text(text));
        }
    }
    let schema = ChartSchema::of(chart);
    let root = Level::of_chart(chart, schema.as_deref().map(|schema| &schema.json), &tpl);
    let mut judge =
        Judge { name: &chart.metadata.name, root: &root, pointer: &written.pointer, compared: 0, out };
    judge.walk(written.values, &root, &mut Vec::new());
}

struct Judge<'a, 'o> {
    name: &'a str,
    root: &'a Level<'a>,
    pointer: &'a str,
    /// Names that were compared for hints so far.
    compared: usize,
    out: &'o mut Vec<Diagnostic>,
}

impl Judge<'_, '_> {
    fn walk(&mut self, values: Node<'_>, level: &Level<'_>, path: &mut Vec<String>) {
        if level.is_free() || values.is_alias() || values.unquoted_template().is_some() {
            return;
        }
        let mut names = None;
        for entry in values.entries() {
            let Some(key) = entry.key.text().filter(|key| *key != "<<" && !key.contains("{{")) else {
                continue;
            };
            path.push(key.to_owned());
            match level.child(key) {
                Child::Free => {}
                Child::Level(below) => self.walk(entry.value, &below, path),
                Child::Unknown if level.is_closed() => {}
                Child::Unknown => {
                    let names = names.get_or_insert_with(|| level.names());
                    self.unread(values, entry, key, names, path);
                }
            }
            path.pop();
        }
    }

    fn unread(&mut self, values: Node<'_>, entry: Entry<'_>, key: &str, names: &[&str], path: &[String]) {
        let below = if entry.value.kind() == Kind::Map { leaves(entry.value, 0) } else { 0 };
        let below = match below {
            0 | 1 => String::new(),
            more => format!(" ({more} values stand below it)"),
        };
        let message = format!("chart `{}` does not read `{}`{below}", self.name, path.join("."));
        let pointer = path.iter().fold(self.pointer.to_owned(), |pointer, key| push_pointer(&pointer, key));
        let finding = Diagnostic::new(RULE.lint, entry.key.place(), message).pointer(pointer);
        if self.compared > MOST_COMPARED {
            self.out.push(finding.help(here(names)));
            return;
        }
        self.compared += names.len() + LOOKED_ELSEWHERE;
        let free = names.iter().copied().filter(|name| values.get(name).is_none());
        let finding = if let Some(near) = closest(key, free) {
            let edits = vec![Edit { span: entry.key.span(), replacement: near.to_owned() }];
            let fix = Fix { message: format!("rename it to `{near}`"), safe: false, edits };
            finding.help(format!("did you mean `{near}`?")).fix(fix)
        } else if let Some(place) = elsewhere(self.root, path, entry.value) {
            finding.help(match place.as_str() {
                "" => "the values below it belong one level up: the chart reads them there".to_owned(),
                place => format!("the chart reads `{place}`: move it there"),
            })
        } else {
            finding.help(here(names))
        };
        self.out.push(finding);
    }
}

fn here(names: &[&str]) -> String {
    let listed: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => "it has no effect: the chart reads no values here".to_owned(),
        count if count > LISTED => {
            format!(
                "it has no effect; the chart reads here: {} and {} more",
                listed.join(", "),
                count - LISTED
            )
        }
        _ => format!("it has no effect; the chart reads here: {}", listed.join(", ")),
    }
}

/// How many values stand below a node.
fn leaves(node: Node<'_>, depth: usize) -> usize {
    if node.kind() != Kind::Map || node.is_alias() || depth > 64 {
        return 1;
    }
    node.entries().map(|entry| leaves(entry.value, depth + 1)).sum()
}
