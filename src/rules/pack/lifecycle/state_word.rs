//! PK0245: the state of a pack is a word that nobody knows.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0245 `system-state`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0245", name: "system-state", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0245.md"),
    check: Check::Pack(check),
};

const STATES: &[&str] = &["active", "deprecated", "disabled", "deleted"];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let document = &judged.pack.json;
    let mut judge = |key: &str, known: &[&str]| {
        let pointer = format!("/annotations/{key}");
        let Some(node) = document.at(&pointer) else { return };
        let Some(word) = node.text().filter(|word| !word.trim().is_empty() && !known.contains(word)) else {
            return;
        };
        out.push(
            Diagnostic::new(RULE.lint, node.place(), format!("`{word}` is no value of `{key}`"))
                .pointer(pointer)
                .help(match closest(word, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it is one of {}", known.join(", ")),
                }),
        );
    };
    judge("system_state", STATES);
    judge("disabled", &["true", "false"]);
}
