//! PK0251: two presets of a group have one name, or two groups nearly one.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::Preset;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0251 `preset-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0251", name: "preset-twice", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0251.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let mut names: HashMap<(&str, &str), &Preset> = HashMap::new();
    let mut groups: HashMap<String, &Preset> = HashMap::new();
    for preset in &judged.pack.presets {
        if let Some(first) = names.insert((&preset.group, &preset.name), preset) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    preset.place.clone(),
                    format!(
                        "group `{}` has a second preset `{}`, which nobody can choose",
                        preset.group, preset.name
                    ),
                )
                .related(first.place.clone(), "the one that is chosen")
                .help("give it another name, or remove it"),
            );
        }
        let plain = preset.group.to_lowercase().replace([' ', '-', '_'], "");
        match groups.get(&plain) {
            Some(first) if first.group != preset.group => out.push(
                Diagnostic::new(
                    RULE.lint,
                    preset.place.clone(),
                    format!(
                        "groups `{}` and `{}` are two, so that one of each is chosen",
                        first.group, preset.group
                    ),
                )
                .related(first.place.clone(), format!("a preset of `{}`", first.group))
                .help("write the group the same way in all its presets"),
            ),
            Some(_) => {}
            None => _ = groups.insert(plain, preset),
        }
    }
}
