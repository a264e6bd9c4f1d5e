//! PR0304: the values of a layer give a release name that Helm does not take.

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// PR0304 `release-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0304", name: "release-name", severity: Severity::Warning },
    docs: include_str!("../docs/PR0304.md"),
    check: Check::Profile(check),
};

/// Characters that Helm allows.
const LONGEST: usize = 53;

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        for (chart, release, place) in origin::entries(layer, "/pack/releaseNameOverride") {
            if release.is_empty() || release.contains("{{") {
                continue;
            }
            let why = if release.len() > LONGEST {
                Some("it has more than 53 characters")
            } else {
                release.split('.').find_map(origin::label_fault)
            };
            if let Some(why) = why {
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        place,
                        format!("`{release}` is no release name of Helm: {why}"),
                    )
                    .pointer(push_pointer("/pack/releaseNameOverride", chart))
                    .help("it has at most 53 lower-case letters, digits, `-` and `.`"),
                );
            }
        }
    }
}
