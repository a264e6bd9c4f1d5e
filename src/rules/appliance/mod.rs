//! Appliances, groups and what they are assigned.

mod core_profiles;
mod duplicate_appliance;
mod empty_group;
mod groups_disagree;
mod layer_twice;
mod missing_variable;
mod sensitive_in_clear;
mod unknown_profile;
mod unknown_version;

use super::Rule;
use crate::workspace::model::{Assignment, Profile, ProfileId};
use crate::workspace::{Assigned, FileKind, Workspace};
use crate::yaml::Document;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    unknown_profile::RULE,
    unknown_version::RULE,
    core_profiles::RULE,
    layer_twice::RULE,
    missing_variable::RULE,
    groups_disagree::RULE,
    duplicate_appliance::RULE,
    empty_group::RULE,
    sensitive_in_clear::RULE,
];

/// All assignments of groups and appliances, with the document that each stands in.
fn assignments(workspace: &Workspace) -> impl Iterator<Item = (&Document, &Assignment)> {
    let groups = workspace.groups.iter().flat_map(|g| g.spec.profiles.iter().map(|a| (&g.document, a)));
    let own = workspace.appliances.iter().flat_map(|a| a.spec.profiles.iter().map(|p| (&a.document, p)));
    groups.chain(own)
}

/// The profile version that is assigned today; `None` where that names nothing (other rules say so).
pub(super) fn assigned_version<'a>(
    workspace: &'a Workspace,
    id: &ProfileId,
    assigned: &Assigned,
) -> Option<&'a Profile> {
    let version = match assigned {
        Assigned::Version(version) => version,
        Assigned::Channel(channel) => workspace.channel_version(id, channel)?,
    };
    workspace.profile(id, version).map(AsRef::as_ref)
}

/// Whether a profile may be among the files that could not be read: then nothing that names it dangles.
fn unread(workspace: &Workspace, id: &str) -> bool {
    let profiles = workspace.unread.iter().filter(|u| u.kind == FileKind::Profile);
    profiles.into_iter().any(|u| u.name.as_deref().is_none_or(|name| name == id))
}
