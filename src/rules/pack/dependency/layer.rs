//! PK0228: a dependency names another layer than the pack it names has.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0228 `dependency-layer`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0228", name: "dependency-layer", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0228.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut by_name: HashMap<&str, Vec<&JudgedPack>> = HashMap::new();
    for judged in cx.packs {
        by_name.entry(&judged.pack.name).or_default().push(judged);
    }
    for judged in cx.packs {
        for dependency in &judged.pack.dependencies {
            let Some(named) = by_name.get(dependency.pack_name.as_str()) else { continue };
            let Some(layer) = dependency.layer else { continue };
            // One name may stand for an add-on in one version and for a core pack in another.
            if named.iter().any(|other| other.pack.layer == layer) {
                continue;
            }
            let other = &named[0].pack;
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(&judged.pack.json_file, dependency.pack_name.span),
                    format!(
                        "`{}` is named as a pack of layer {}, but is one of {}",
                        dependency.pack_name,
                        layer.word(),
                        other.layer.word()
                    ),
                )
                .related(other.json.place("/layer"), "what the pack says itself")
                .help("correct `layer` of the dependency: it may never be looked for where the pack is"),
            );
        }
    }
}
