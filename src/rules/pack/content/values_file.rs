//! PK0205: a pack has no values.yaml, or an add-on an empty one.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0205 `pack-values`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0205", name: "pack-values", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0205.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let file = Place::whole(format!("{}/values.yaml", pack.path));
    let installs = !pack.charts.is_empty() || !pack.manifests.is_empty();
    let finding = if !pack.files.contains("values.yaml") {
        Diagnostic::new(RULE.lint, file, "the pack has no values.yaml")
            .help("every pack has the file; it may be empty where there is nothing to set")
    } else if let Some(document) = pack.values.as_ref().filter(|d| d.root().kind() != crate::yaml::Kind::Map)
    {
        Diagnostic::new(RULE.lint, document.root().place(), "values.yaml is no mapping")
            .help("its keys are `pack`, `charts` and `manifests`")
    } else if pack.values.is_none() && pack.layer == LayerType::Addon && installs {
        Diagnostic::new(RULE.lint, file, "values.yaml of an add-on is empty").help(
            "at least `pack.namespace` (else all goes to `default`) and `pack.content.images` belong there",
        )
    } else {
        return;
    };
    out.push(finding);
}
