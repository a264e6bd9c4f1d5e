//! AP0102: a group or an appliance names a version or channel that the profile does not have.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::workspace::model::ProfileId;

/// AP0102 `unknown-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0102", name: "unknown-version", severity: Severity::Error },
    docs: include_str!("../docs/AP0102.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for (document, assignment) in super::assignments(workspace) {
        let id = ProfileId(assignment.id.value.clone());
        let unread = super::unread(workspace, &id.0);
        if unread || !workspace.profiles.iter().any(|p| p.id == id) {
            continue;
        }
        if let Some(version) = &assignment.version
            && workspace.profile(&id, version).is_none()
        {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(document.file(), version.span),
                    format!("profile {id} has no version {version} here"),
                )
                .help(format!(
                        "here are: {}; versions that appliances need live side by side, in `profiles/{id}/<version>`",
                        workspace.versions(&id).iter().map(|p| p.version()).collect::<Vec<_>>().join(", ")
                    )),
            );
        }
        if let Some(channel) = &assignment.channel {
            let known = match workspace.channels_of(&id) {
                Some(channels) => channels.channels.contains_key(&channel.value),
                None => channel.value == "stable",
            };
            if !known {
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        Place::new(document.file(), channel.span),
                        format!("profile {id} has no channel `{channel}`"),
                    )
                    .help(match workspace.channels_of(&id) {
                        Some(channels) => {
                            let names = || channels.channels.keys().map(String::as_str);
                            match closest(channel, names()) {
                                Some(near) => format!("did you mean `{near}`?"),
                                None => {
                                    format!("its channels are: {}", names().collect::<Vec<_>>().join(", "))
                                }
                            }
                        }
                        None => "it has no channels.yaml, and so `stable` alone".to_owned(),
                    }),
                );
            }
        }
    }
}
