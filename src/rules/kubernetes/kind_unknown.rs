//! KU0204: a kind that neither Kubernetes nor its definition has in that version.

use super::objects::Objects;
use super::{at, at_api, no_schema};
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Served, Verdict, groups_of, kinds_in, served};

/// KU0204 `kind-unknown`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0204", name: "kind-unknown", severity: Severity::Error },
    docs: include_str!("../docs/KU0204.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for (object, verdict) in objects.judged() {
        match verdict {
            Verdict::NotServed(crd) => out.push(no_schema::not_served(object, crd)),
            Verdict::Unknown if served(object.api_version(), object.kind()) == Served::Never => {
                let (api, kind) = (object.api_version(), object.kind());
                let message = format!("Kubernetes has no kind `{kind}` in `{api}`");
                let known = kinds_in(api);
                let groups = groups_of(kind);
                let finding = match object.root().get("kind") {
                    Some(node) if groups.is_empty() => at(RULE.lint, object, node, "/kind", message),
                    _ => at_api(RULE.lint, object, message),
                };
                out.push(match (&groups[..], closest(kind, known.iter().map(String::as_str))) {
                    ([], Some(near)) => finding.help(format!("did you mean `{near}`?")),
                    ([], None) => finding,
                    (groups, _) => finding.help(format!("{kind} is of {}", groups.join(", "))),
                });
            }
            _ => {}
        }
    }
}
