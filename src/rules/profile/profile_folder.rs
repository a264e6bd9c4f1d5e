//! PR0102: a profile lies in a folder that does not say its id.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// PR0102 `profile-folder`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0102", name: "profile-folder", severity: Severity::Warning },
    docs: include_str!("../docs/PR0102.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for profile in &workspace.profiles {
        let Some(folder) = profile.file.path().strip_suffix("/profile.yaml") else { continue };
        let id = format!("profiles/{}", profile.id);
        if folder == id || folder == format!("{id}/{}", profile.version()) {
            continue;
        }
        // Only the folder of the version says something else: one of the two is a slip.
        let other = folder.strip_prefix(&format!("{id}/")).filter(|rest| !rest.contains('/'));
        let finding = match other {
            Some(version) => Diagnostic::new(
                RULE.lint,
                profile.place(profile.metadata.version.span),
                format!("version {} of {} lies in a folder `{version}`", profile.version(), profile.id),
            )
            .pointer("/metadata/version")
            .help(format!("rename the folder to `{}`, or correct the version", profile.version())),
            None => Diagnostic::new(
                RULE.lint,
                profile.place(profile.metadata.name.span),
                format!("profile {} lies in `{folder}`", profile.label()),
            )
            .pointer("/metadata/name")
            .help(format!("move it to `{id}` or `{id}/{}`", profile.version())),
        };
        out.push(finding);
    }
}
