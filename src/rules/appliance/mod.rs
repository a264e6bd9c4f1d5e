//! Appliances, groups and what they are assigned.

pub(super) mod core_profiles;
pub(super) mod duplicate_appliance;
pub(super) mod empty_group;
pub(super) mod groups_disagree;
pub(super) mod layer_twice;
pub(super) mod missing_variable;
pub(super) mod sensitive_in_clear;
pub(super) mod unknown_profile;
pub(super) mod unknown_version;

use crate::workspace::model::{Assignment, Profile, ProfileId};
use crate::workspace::{Assigned, FileKind, Workspace};
use crate::yaml::Document;

/// All assignments of groups and appliances, with the document that each stands in.
fn assignments(workspace: &Workspace) -> impl Iterator<Item = (&Document, &Assignment)> {
    let groups = workspace.groups.iter().flat_map(|g| g.spec.profiles.iter().map(|a| (&g.document, a)));
    let own = workspace.appliances.iter().flat_map(|a| a.spec.profiles.iter().map(|p| (&a.document, p)));
    groups.chain(own)
}

/// The profile version that is assigned today; `None` where that names nothing (other rules say so).
fn assigned_version<'a>(
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
