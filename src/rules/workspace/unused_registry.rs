//! CF0105: a registry that no layer comes from.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve;
use crate::rules::{Check, Context, Rule};
use crate::workspace::FileKind;
use crate::workspace::model::RegistryConfig;
use crate::yaml::push_pointer;

/// CF0105 `unused-registry`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0105", name: "unused-registry", severity: Severity::Info },
    docs: include_str!("../docs/CF0105.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let Some(document) = &workspace.config.document else { return };
    let config = &workspace.config.spec;
    let unread = workspace.unread.iter().any(|unread| unread.kind == FileKind::Profile);
    if unread || workspace.profiles.is_empty() || cx.stacks.iter().any(|stack| !stack.whole) {
        return;
    }
    let layers = workspace.profiles.iter().flat_map(|profile| &profile.spec.layers);
    let mut used: BTreeSet<String> = layers
        .filter_map(|layer| resolve::reference(layer, config))
        .map(|reference| reference.registry)
        .collect();
    // What presets bring may come from another registry.
    let packs = cx.stacks.iter().flat_map(resolve::Stacked::layers).filter_map(|layer| layer.pack.cloned());
    used.extend(packs.flat_map(|pack| {
        let brought = pack.presets.iter().flat_map(|preset| &preset.layers);
        brought.filter_map(|layer| layer.registry.clone()).collect::<Vec<_>>()
    }));
    for (name, registry) in &config.registries {
        // Packs of the repository itself may be there for others to use.
        if used.contains(name) || matches!(registry, RegistryConfig::Directory { .. }) {
            continue;
        }
        let pointer = push_pointer("/spec/registries", name);
        out.push(
            Diagnostic::new(
                RULE.lint,
                document.key_place(&pointer),
                format!("no layer comes from registry `{name}`"),
            )
            .pointer(pointer)
            .help("take it away, unless it is there for profiles to come"),
        );
    }
}
