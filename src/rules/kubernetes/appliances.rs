//! Which profiles run side by side on appliances.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::Context;
use crate::rules::appliance::assigned_version;

/// Sets of profiles (by their index in the context) that appliances get together.
pub(super) struct Together {
    /// Each set once, sorted, with the name of the first appliance that gets it.
    pub(super) sets: BTreeMap<Vec<usize>, String>,
}

impl Together {
    pub(super) fn of(cx: &Context<'_>) -> Self {
        let mut sets = BTreeMap::new();
        let Some(workspace) = cx.workspace else { return Self { sets } };
        let mut indexes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (index, stack) in cx.stacks.iter().enumerate() {
            indexes.insert((stack.profile.id.0.as_str(), stack.profile.version()), index);
        }
        for appliance in &workspace.appliances {
            let settings = workspace.settings(appliance);
            let profiles = settings.profiles.iter().filter_map(|(id, assigned)| {
                let profile = assigned_version(workspace, id, &assigned.value)?;
                indexes.get(&(profile.id.0.as_str(), profile.version())).copied()
            });
            let set: BTreeSet<usize> = profiles.collect();
            sets.entry(set.into_iter().collect()).or_insert_with(|| appliance.name.value.clone());
        }
        Self { sets }
    }

    /// The profiles that some appliance gets together with this one.
    pub(super) fn beside(&self, profile: usize) -> BTreeSet<usize> {
        let with = self.sets.keys().filter(|set| set.binary_search(&profile).is_ok());
        with.flatten().copied().filter(|other| *other != profile).collect()
    }
}
