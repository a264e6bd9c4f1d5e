//! CF0104: `channels.yaml` belongs to a profile that is not in the repository.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::workspace::model::ChannelsMetadata;

/// CF0104 `channels-of-nothing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0104", name: "channels-of-nothing", severity: Severity::Error },
    docs: include_str!("../docs/CF0104.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for channels in &workspace.channels {
        if workspace.has_unread_profile(&channels.id) || !workspace.versions(&channels.id).is_empty() {
            continue;
        }
        let metadata = channels.document.at("/metadata").map(crate::yaml::from_node::<ChannelsMetadata>);
        let place = match metadata {
            Some(Ok(metadata)) => Place::new(&channels.file, metadata.name.span),
            _ => channels.document.place("/metadata"),
        };
        let near = closest(&channels.id.0, workspace.ids().into_iter().map(|id| id.0.as_str()));
        out.push(
            Diagnostic::new(
                RULE.lint,
                place,
                format!("there is no profile `{}` for these channels", channels.id),
            )
            .pointer("/metadata/name")
            .help(match near {
                Some(near) => format!("did you mean `{near}`? (scope and project are part of it)"),
                None => "name, scope and project are those of the profile beside it".to_owned(),
            }),
        );
    }
}
