//! Who gives variables, and to which profiles they go.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::{assigned_version, unread};
use crate::workspace::Workspace;
pub(super) use crate::workspace::is_encrypted as encrypted;
use crate::workspace::model::{Profile, ProfileId};
use crate::yaml::{Document, Spanned};

/// A group or an appliance with the variables that it sets.
pub(super) struct Given<'w> {
    /// ``group `x` `` or ``appliance `x` ``.
    pub(super) what: String,
    /// Its document.
    pub(super) document: &'w Document,
    /// The variables.
    pub(super) variables: &'w IndexMap<String, Spanned<Value>>,
    /// The profile versions of the appliances that it is or selects, each once, sorted.
    pub(super) profiles: Vec<&'w Arc<Profile>>,
    /// Whether every profile assigned there could be read.
    pub(super) sure: bool,
}

/// Profile versions, each once, in order.
type Versions<'w> = BTreeMap<(&'w ProfileId, &'w str), &'w Arc<Profile>>;

/// All groups that select something, and all appliances.
pub(super) fn all(workspace: &Workspace) -> Vec<Given<'_>> {
    let mut groups: BTreeMap<usize, (Versions<'_>, bool)> = BTreeMap::new();
    let mut given = Vec::new();
    for appliance in &workspace.appliances {
        let mut profiles = Versions::new();
        let mut sure = true;
        for (id, assigned) in workspace.settings(appliance).profiles {
            match assigned_version(workspace, &id, &assigned.value) {
                Some(profile) => _ = profiles.insert((&profile.id, profile.version()), profile),
                None => sure = false,
            }
            sure &= !unread(workspace, &id.0);
        }
        for group in workspace.groups_of(appliance) {
            let Some(index) = workspace.groups.iter().position(|g| std::ptr::eq(g, group)) else { continue };
            let (all, all_sure) = groups.entry(index).or_insert_with(|| (Versions::new(), true));
            all.extend(profiles.iter().map(|(key, profile)| (*key, *profile)));
            *all_sure &= sure;
        }
        given.push(Given {
            what: format!("appliance `{}`", appliance.name),
            document: &appliance.document,
            variables: &appliance.spec.variables,
            profiles: profiles.into_values().collect(),
            sure,
        });
    }
    given.extend(groups.into_iter().map(|(index, (profiles, sure))| {
        let group = &workspace.groups[index];
        Given {
            what: format!("group `{}`", group.name),
            document: &group.document,
            variables: &group.spec.variables,
            profiles: profiles.into_values().collect(),
            sure,
        }
    }));
    given
}
