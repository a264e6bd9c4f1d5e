//! KU0202: an API that a later Kubernetes version no longer has, or that is deprecated.

use super::api_removed::{gone_in, with_replacement};
use super::at_api;
use super::objects::Objects;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Minor, Served, served};

/// KU0202 `api-deprecated`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0202", name: "api-deprecated", severity: Severity::Warning },
    docs: include_str!("../docs/KU0202.md"),
    check: Check::Objects(check),
};

/// Deprecated and still there: API, kind, since, what is used instead.
const DEPRECATED: &[(&str, &str, &str, &str)] = &[
    ("v1", "ComponentStatus", "1.25", "the health endpoints of the components"),
    ("v1", "Endpoints", "1.33", "discovery.k8s.io/v1 EndpointSlice"),
];

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    let in_use = objects.schemas.minors();
    let Some(newest) = in_use.last().copied() else { return };
    for object in objects.list {
        let (api, kind) = (object.api_version(), object.kind());
        let Served::In(minors) = served(api, kind) else { continue };
        if let Some(gone) = gone_in(&minors).filter(|gone| newest < *gone) {
            let message = format!("`{api}` {kind} is gone in Kubernetes {gone}");
            let finding = at_api(RULE.lint, object, message);
            let later: Vec<Minor> = in_use.iter().copied().chain([gone]).collect();
            out.push(with_replacement(finding, object, &later));
        } else if let Some((.., since, instead)) =
            DEPRECATED.iter().find(|(a, k, ..)| *a == api && *k == kind)
            && Minor::read(since).is_ok_and(|since| since.minor() <= newest)
        {
            let message = format!("`{api}` {kind} is deprecated since Kubernetes {since}");
            out.push(at_api(RULE.lint, object, message).help(format!("use {instead}")));
        }
    }
}
