//! KU0201: an API that a Kubernetes version in use no longer has.

use super::at_api;
use super::objects::Objects;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::Object;
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Minor, Served, replacement, served, shown};

/// KU0201 `api-removed`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0201", name: "api-removed", severity: Severity::Error },
    docs: include_str!("../docs/KU0201.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    let in_use = objects.schemas.minors();
    for object in objects.list {
        let (gone, without) = match served(object.api_version(), object.kind()) {
            Served::GoneIn(gone) => (gone.to_owned(), in_use.clone()),
            Served::In(minors) => {
                let (Some(first), Some(gone)) = (minors.first(), gone_in(&minors)) else { continue };
                let without: Vec<Minor> =
                    in_use.iter().copied().filter(|minor| !minors.contains(minor) && minor > first).collect();
                if without.is_empty() {
                    continue;
                }
                (gone.to_string(), without)
            }
            Served::Never | Served::Foreign => continue,
        };
        // Objects of a group that a definition or a folder of schemas brought back.
        if objects.is_judged_otherwise(object) {
            continue;
        }
        let message = format!(
            "`{}` {} is gone since Kubernetes {gone}: clusters of {} refuse it",
            object.api_version(),
            object.kind(),
            shown(&without)
        );
        let finding = at_api(RULE.lint, object, message);
        out.push(with_replacement(finding, object, &in_use));
    }
}

/// The first minor that no longer has an API; `None` where the newest has it.
pub(super) fn gone_in(minors: &[Minor]) -> Option<Minor> {
    let last = minors.last()?;
    Minor::all().into_iter().find(|minor| minor > last)
}

/// The finding with what to write instead.
pub(super) fn with_replacement(finding: Diagnostic, object: &Object, in_use: &[Minor]) -> Diagnostic {
    match replacement(object.api_version(), object.kind(), in_use) {
        Some(new) => finding.help(format!("use {new}; its fields may differ")),
        None => finding,
    }
}
