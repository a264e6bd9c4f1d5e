//! RF0405: a pack requires another one that is not in its profile, and no appliance says what it stands together with.

use std::collections::BTreeSet;

use super::{Together, What, offered_by};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::workspace::{Assigned, Workspace};

/// RF0405 `required-pack-elsewhere`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0405", name: "required-pack-elsewhere", severity: Severity::Warning },
    docs: include_str!("../docs/RF0405.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let used = cx.workspace.map(used).unwrap_or_default();
    for stack in cx.stacks {
        let profile = &*stack.profile;
        if used.contains(&(profile.id.0.clone(), profile.version().to_owned())) {
            continue;
        }
        let packs = Together::in_stacks(&[stack]);
        if !packs.whole {
            continue;
        }
        for fault in packs.faults() {
            if !matches!(fault.what, What::Missing) || fault.is_about_core() {
                continue;
            }
            let help = match offered_by(&packs, &fault.dependency.pack_name) {
                Some(preset) => preset,
                None => {
                    format!("add it ({}), or give appliances a profile that has it", fault.command(profile))
                }
            };
            let finding = Diagnostic::new(
                RULE.lint,
                fault.by.place.clone(),
                format!("{}, which is not in the profile", fault.message()),
            )
            .help(help);
            out.push(fault.explain(&packs, finding));
        }
    }
}

/// The profile versions that some appliance gets today.
fn used(workspace: &Workspace) -> BTreeSet<(String, String)> {
    let mut used = BTreeSet::new();
    for appliance in &workspace.appliances {
        for (id, assigned) in workspace.settings(appliance).profiles {
            let version = match &assigned.value {
                Assigned::Version(version) => Some(version.as_str()),
                Assigned::Channel(channel) => workspace.channel_version(&id, channel),
            };
            if let Some(version) = version {
                used.insert((id.0.clone(), version.to_owned()));
            }
        }
    }
    used
}
