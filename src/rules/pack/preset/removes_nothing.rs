//! PK0252: a preset removes a path that is nowhere in the values.

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::at_dotted_path;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::{Document, Resolver};

/// PK0252 `preset-removes-nothing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0252", name: "preset-removes-nothing", severity: Severity::Info },
    docs: include_str!("../../docs/PK0252.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    if !pack.presets.iter().any(|preset| !preset.remove.is_empty()) {
        return;
    }
    let Some(document) = pack.presets_document() else { return };
    let json = |document: &Document| document.root().to_json(Resolver::Go).ok();
    // What one preset adds another one may take away.
    let added = pack.presets.iter().filter_map(|preset| json(preset.add.as_ref()?));
    let values: Vec<Value> = pack.values.iter().filter_map(json).chain(added).collect();
    let presets = document.root().get("presets");
    for (index, preset) in presets.into_iter().flat_map(|list| list.items().enumerate()) {
        let removed = preset.get("remove").into_iter().flat_map(|list| list.items().enumerate());
        for (number, node) in removed {
            let Some(path) = node.text() else { continue };
            let plain = path.trim().replace(['"', '\''], "");
            if plain.is_empty() || values.iter().any(|value| !at_dotted_path(value, &plain).is_empty()) {
                continue;
            }
            out.push(
                Diagnostic::new(RULE.lint, node.place(), format!("there is no value at `{path}` to remove"))
                    .pointer(format!("/presets/{index}/remove/{number}"))
                    .help("correct the path, or take it out where the value is gone for good"),
            );
        }
    }
}
