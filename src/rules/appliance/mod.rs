//! Appliances, groups and what they are assigned.

mod assigned_twice;
mod core_profiles;
mod duplicate_appliance;
mod duplicate_group;
mod empty_group;
mod given;
mod groups_disagree;
mod hidden_variable;
mod invalid_variable;
mod label_syntax;
mod layer_twice;
mod missing_variable;
mod namespace_shared;
mod nothing_assigned;
mod provided_twice;
mod read_only_variable;
mod recipient;
mod release_clash;
mod sensitive_in_clear;
mod unknown_profile;
mod unknown_variable;
mod unknown_version;
mod window;

use std::sync::Arc;

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
    release_clash::RULE,
    unknown_variable::RULE,
    invalid_variable::RULE,
    read_only_variable::RULE,
    hidden_variable::RULE,
    window::RULE,
    recipient::RULE,
    label_syntax::RULE,
    provided_twice::RULE,
    nothing_assigned::RULE,
    duplicate_group::RULE,
    namespace_shared::RULE,
    assigned_twice::RULE,
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
) -> Option<&'a Arc<Profile>> {
    let version = match assigned {
        Assigned::Version(version) => version,
        Assigned::Channel(channel) => workspace.channel_version(id, channel)?,
    };
    workspace.profile(id, version)
}

/// Whether a profile may be among the files that could not be read: then nothing that names it dangles.
fn unread(workspace: &Workspace, id: &str) -> bool {
    let profiles = workspace.unread.iter().filter(|u| u.kind == FileKind::Profile);
    profiles.into_iter().any(|u| u.name.as_deref().is_none_or(|name| name == id))
}
