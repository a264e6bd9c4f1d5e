//! KU0203: an API that a Kubernetes version in use does not have yet.

use super::at_api;
use super::objects::Objects;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Minor, Served, served, shown, versions_of};

/// KU0203 `api-too-new`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0203", name: "api-too-new", severity: Severity::Error },
    docs: include_str!("../docs/KU0203.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    let in_use = objects.schemas.minors();
    for object in objects.list {
        let Served::In(minors) = served(object.api_version(), object.kind()) else { continue };
        let Some(first) = minors.first() else { continue };
        let without: Vec<Minor> = in_use.iter().copied().filter(|minor| minor < first).collect();
        if without.is_empty() || objects.is_judged_otherwise(object) {
            continue;
        }
        let message = format!(
            "`{}` {} is there since Kubernetes {first}: clusters of {} refuse it",
            object.api_version(),
            object.kind(),
            shown(&without)
        );
        let finding = at_api(RULE.lint, object, message);
        let others = versions_of(object.group(), object.kind(), &without);
        out.push(match others.first() {
            Some(version) => finding.help(format!("{} has version {version} of it", shown(&without))),
            None => finding,
        });
    }
}
