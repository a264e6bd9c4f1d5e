//! PK0255: the comment on top of values.yaml names a preset that the pack does not have.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::pack::enabled_presets;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::{Place, Span};

/// PK0255 `enabled-preset`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0255", name: "enabled-preset", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0255.md"),
    check: Check::Pack(check),
};

/// What the list of presets stands behind.
const MARK: &str = "spectrocloud.com/enabled-presets:";

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(file) = &pack.values_file else { return };
    let unknown: Vec<String> = enabled_presets(file.text())
        .into_iter()
        .filter(|(group, name)| !pack.presets.iter().any(|p| p.group == *group && p.name == *name))
        .map(|(group, name)| format!("{group}:{name}"))
        .collect();
    let Some(first) = unknown.first() else { return };
    let text = file.text();
    let marked = text.find(MARK).map_or(0, |at| at + MARK.len());
    let group = first.split(':').next().unwrap_or_default();
    let start = text[marked..]
        .find(first.as_str())
        .or_else(|| text[marked..].find(group))
        .map_or(marked, |at| marked + at);
    let end = text[start..].find([',', '\n']).map_or(text.len(), |at| start + at);
    let more = match unknown.len() {
        1 => "is".to_owned(),
        n => format!("and {} more are", n - 1),
    };
    let known: Vec<String> = pack.presets.iter().map(|p| format!("{}:{}", p.group, p.name)).collect();
    out.push(
        Diagnostic::new(
            RULE.lint,
            Place::new(file, Span::new(start, end)),
            format!("the values say that preset `{first}` {more} enabled, and the pack has none such"),
        )
        .help(match closest(first, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "the pack has no presets: take the comment out".to_owned(),
            None => format!("there are {}", known.join(", ")),
        }),
    );
}
