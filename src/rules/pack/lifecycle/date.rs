//! PK0244: the end of life of a pack is no date.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0244 `eol-date`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0244", name: "eol-date", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0244.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(node) = pack.json.root().get("eol") else { return };
    // Many packs carry the key and leave it blank.
    let Some(text) = node.text().filter(|text| !text.trim().is_empty()) else { return };
    if super::end_of_life(pack).is_none() {
        out.push(
            Diagnostic::new(
                RULE.lint,
                node.place(),
                format!("`{text}` is no date, so that nobody is warned"),
            )
            .pointer("/eol")
            .help("write yyyy-MM-dd: 2026-03-31"),
        );
    }
}
