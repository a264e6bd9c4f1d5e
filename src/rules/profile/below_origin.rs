//! PR0108: a profile's version is not above the one of the same profile that it was made from.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// PR0108 `below-origin`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0108", name: "below-origin", severity: Severity::Warning },
    docs: include_str!("../docs/PR0108.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for profile in &workspace.profiles {
        let Some(origin) = profile.metadata.cloned_from.as_ref().filter(|from| from.id == profile.id) else {
            continue;
        };
        let parse = |text: &str| semver::Version::parse(text).ok();
        let (Some(own), Some(from)) = (parse(profile.version()), parse(&origin.version)) else { continue };
        if own.cmp_precedence(&from).is_le() {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.place(profile.metadata.version.span),
                    format!(
                        "version {} was made from version {}, and is not above it",
                        profile.version(),
                        origin.version
                    ),
                )
                .pointer("/metadata/version")
                .related(profile.document.place("/metadata/clonedFrom/version"), "what it was made from")
                .help("appliances go to higher versions only: raise it"),
            );
        }
    }
}
