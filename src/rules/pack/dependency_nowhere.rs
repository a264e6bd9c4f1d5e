//! PK0106: a pack requires another pack that is in no registry.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::pack::{DependencyType, LayerType};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0106 `dependency-nowhere`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0106", name: "dependency-nowhere", severity: Severity::Error },
    docs: include_str!("../docs/PK0106.md"),
    check: Check::Pack(check),
};

fn check(cx: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(names) = &cx.pack_names else { return };
    let pack = &judged.pack;
    for (index, dependency) in pack.dependencies.iter().enumerate() {
        // Core packs come with the platform and are in no public registry: their absence says nothing.
        let core = dependency.layer.is_some_and(|l| l != LayerType::Addon);
        if dependency.dependency_type != Some(DependencyType::Required)
            || core
            || names.contains(&dependency.pack_name.value)
        {
            continue;
        }
        let near = closest(&dependency.pack_name, names.iter().map(String::as_str));
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, dependency.pack_name.span),
                format!("`{}` requires pack `{}`, which is in no registry", pack.name, dependency.pack_name),
            )
            .pointer(format!("/constraints/dependencies/{index}/packName"))
            .help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "add the pack, or make the dependency optional".to_owned(),
            }),
        );
    }
}
