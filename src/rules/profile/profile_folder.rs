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
        out.push(
            Diagnostic::new(
                RULE.lint,
                profile.place(profile.metadata.name.span),
                format!("profile {} lies in `{folder}`", profile.label()),
            )
            .pointer("/metadata/name")
            .help(format!("move it to `{id}` or `{id}/{}`", profile.version())),
        );
    }
}
