//! PR0105: a version of a profile is of another kind than the version before it.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::{Profile, ProfileKind, ProfileType};

/// PR0105 `versions-disagree`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0105", name: "versions-disagree", severity: Severity::Warning },
    docs: include_str!("../docs/PR0105.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for pair in workspace.profiles.windows(2) {
        let [before, after] = pair else { continue };
        if before.id != after.id {
            continue;
        }
        let differs = |what: &str, pointer: &str, a: &str, b: &str| {
            (a != b).then(|| {
                Diagnostic::new(
                    RULE.lint,
                    after.document.place(pointer),
                    format!("{} is {what} {b}, version {} before it {a}", after.label(), before.version()),
                )
                .pointer(pointer)
                .related(before.document.place(pointer), format!("version {}", before.version()))
                .help(
                    "appliances move from one version to the next: give what is something else another name",
                )
            })
        };
        out.extend(differs("of kind", "/kind", kind(before), kind(after)));
        if before.kind == after.kind {
            out.extend(differs("of type", "/spec/type", profile_type(before), profile_type(after)));
        }
        let (a, b) = (cloud(before), cloud(after));
        if a != "all" && b != "all" {
            out.extend(differs("for cloud", "/spec/cloud", a, b));
        }
    }
}

fn kind(profile: &Profile) -> &'static str {
    match profile.kind {
        ProfileKind::ClusterProfile => "ClusterProfile",
        ProfileKind::SystemProfile => "SystemProfile",
    }
}

fn profile_type(profile: &Profile) -> &'static str {
    match profile.spec.profile_type.as_ref().map(|t| t.value) {
        Some(ProfileType::Full) => "full",
        Some(ProfileType::Infrastructure) => "infrastructure",
        Some(ProfileType::AddOn) => "add-on",
        None => "none",
    }
}

fn cloud(profile: &Profile) -> &str {
    profile.spec.cloud.as_ref().map_or("all", |cloud| &cloud.value)
}
