//! KU0205: an API that a cluster has only where somebody turned it on.

use super::at_api;
use super::objects::Objects;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Minor, Served, served};

/// KU0205 `api-off-by-default`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0205", name: "api-off-by-default", severity: Severity::Warning },
    docs: include_str!("../docs/KU0205.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    let in_use = objects.schemas.minors();
    for object in objects.list {
        let (api, kind) = (object.api_version(), object.kind());
        let version = api.rsplit('/').next().unwrap_or_default();
        let alpha = version.contains("alpha");
        if !alpha && !version.contains("beta") {
            continue;
        }
        let Served::In(minors) = served(api, kind) else { continue };
        // What no version in use has is said by other rules.
        if !in_use.iter().any(|minor| minors.contains(minor)) {
            continue;
        }
        // From 1.24 on new beta APIs are off; those that were there before stayed on.
        let new =
            minors.first().is_some_and(|first| Minor::all().first().is_some_and(|oldest| first > oldest));
        if alpha || new {
            let word = if alpha { "an alpha" } else { "a beta" };
            let message =
                format!("`{api}` is {word} version, which a cluster does not serve unless it is told to");
            let help = "turn it on at the API server (`--runtime-config`), or use a stable version";
            out.push(at_api(RULE.lint, object, message).help(help));
        }
    }
}
