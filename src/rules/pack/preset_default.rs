//! PK0110: two presets of one group say `default: true`.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0110 `preset-default`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0110", name: "preset-default", severity: Severity::Error },
    docs: include_str!("../docs/PK0110.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let mut defaults = HashMap::new();
    for preset in judged.pack.presets.iter().filter(|p| p.default) {
        if let Some(first) = defaults.insert(preset.group.as_str(), preset) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    preset.place.clone(),
                    format!("group `{}` has a second default preset, `{}`", preset.group, preset.name),
                )
                .related(first.place.clone(), format!("`{}` is the first", first.name))
                .help("one preset of a group may say `default: true`"),
            );
        }
    }
}
