//! PR0107: `clonedFrom` names a profile version that is not in the repository.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};

/// PR0107 `unknown-origin`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0107", name: "unknown-origin", severity: Severity::Info },
    docs: include_str!("../docs/PR0107.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // A profile that is judged by itself says nothing of what its repository holds.
    let Some(workspace) = cx.workspace.filter(|workspace| workspace.config.document.is_some()) else {
        return;
    };
    for profile in &workspace.profiles {
        let Some(origin) = &profile.metadata.cloned_from else { continue };
        if workspace.has_unread_profile(&origin.id)
            || workspace.profile(&origin.id, &origin.version).is_some()
        {
            continue;
        }
        let versions = workspace.versions(&origin.id);
        let finding = |pointer: &str, message: String| {
            Diagnostic::new(RULE.lint, profile.document.place(pointer), message).pointer(pointer)
        };
        out.push(if versions.is_empty() {
            let near = closest(&origin.id.0, workspace.ids().into_iter().map(|id| id.0.as_str()));
            finding(
                "/metadata/clonedFrom/id",
                format!("{} was cloned from {}, which is not here", profile.label(), origin.id),
            )
            .help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "nothing depends on it; it may stand in another repository".to_owned(),
            })
        } else {
            let there: Vec<_> = versions.iter().map(|p| p.version()).collect();
            finding(
                "/metadata/clonedFrom/version",
                format!(
                    "{} was cloned from {}@{}, a version that is not here",
                    profile.label(),
                    origin.id,
                    origin.version
                ),
            )
            .help(format!("here are: {}; older ones may stand in the history", there.join(", ")))
        });
    }
}
