//! What a change means for appliances: which versions and variables each gets, before and after.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::Value;

use super::Workspace;
use super::assignment::{Assigned, Giver};
use super::model::{Appliance, Profile, ProfileId, Variable};

/// A profile as an appliance gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// By channel or by version.
    pub assigned: Assigned,
    /// The version today; `None` where the channel gives none.
    pub version: Option<String>,
    /// Who gives it.
    pub from: Giver,
}

/// What differs for one appliance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Name of the appliance.
    pub appliance: String,
    /// Profiles that differ: what it got and what it gets.
    pub profiles: Vec<(ProfileId, Option<Got>, Option<Got>)>,
    /// Variables that differ, by name; sensitive ones without their values.
    pub variables: Vec<(String, Option<Value>, Option<Value>)>,
}

impl Workspace {
    /// The profiles that an appliance gets, with their versions of today.
    pub fn got(&self, appliance: &Appliance) -> IndexMap<ProfileId, Got> {
        let given = self.settings(appliance).profiles.into_iter();
        given
            .map(|(id, setting)| {
                let version = match &setting.value {
                    Assigned::Version(version) => Some(version.clone()),
                    Assigned::Channel(channel) => self.channel_version(&id, channel).map(str::to_owned),
                };
                (id, Got { assigned: setting.value, version, from: setting.from })
            })
            .collect()
    }

    /// The profile versions that an appliance gets, as far as they are there.
    pub fn running(&self, appliance: &Appliance) -> Vec<&Arc<Profile>> {
        let got = self.got(appliance);
        got.iter().filter_map(|(id, got)| self.profile(id, got.version.as_deref()?)).collect()
    }

    /// The required variables that an appliance lacks, and the profile that requires each. Sensitive ones are given on the
    /// appliance.
    pub fn missing_variables<'w>(&'w self, appliance: &Appliance) -> Vec<(&'w Arc<Profile>, &'w Variable)> {
        let set = self.settings(appliance).variables;
        let lacks = |variable: &&Variable| {
            variable.required
                && !variable.sensitive
                && variable.default.is_none()
                && !set.contains_key(&variable.name.value)
        };
        let profiles = self.running(appliance).into_iter();
        profiles
            .flat_map(|profile| profile.spec.variables.iter().filter(lacks).map(move |v| (profile, v)))
            .collect()
    }

    /// What `after` gives to appliances otherwise than this workspace does, by name of the appliance.
    pub fn moved(&self, after: &Workspace) -> Vec<Moved> {
        let names = |workspace: &'_ Workspace| -> BTreeMap<String, Appliance> {
            let all = workspace.appliances.iter();
            all.map(|appliance| (appliance.name.value.clone(), appliance.clone())).collect()
        };
        let (old, new) = (names(self), names(after));
        let mut all: Vec<&String> = old.keys().chain(new.keys()).collect();
        all.sort_unstable();
        all.dedup();
        let moved = |name: &&String| {
            let profiles = differences(
                old.get(*name).map(|appliance| self.got(appliance)),
                new.get(*name).map(|appliance| after.got(appliance)),
                |a, b| a.version == b.version && a.assigned == b.assigned,
            );
            let variables = |workspace: &Workspace, appliance: &Appliance| -> IndexMap<String, Value> {
                let masked = |name: &String, value: Value| {
                    if workspace.is_sensitive(name) { Value::from("(sensitive)") } else { value }
                };
                let set = workspace.settings(appliance).variables.into_iter();
                set.map(|(name, setting)| (name.clone(), masked(&name, setting.value))).collect()
            };
            let variables = differences(
                old.get(*name).map(|appliance| variables(self, appliance)),
                new.get(*name).map(|appliance| variables(after, appliance)),
                |a, b| a == b,
            );
            Moved { appliance: (*name).clone(), profiles, variables }
        };
        all.iter().map(moved).filter(|m| !m.profiles.is_empty() || !m.variables.is_empty()).collect()
    }

    fn is_sensitive(&self, name: &str) -> bool {
        let mut all = self.profiles.iter().flat_map(|profile| &profile.spec.variables);
        all.any(|variable| variable.sensitive && variable.name.value == name)
    }
}

/// Entries that two maps do not share, in order of the first, then of the second.
fn differences<K: Clone + Eq + std::hash::Hash, V: Clone>(
    old: Option<IndexMap<K, V>>,
    new: Option<IndexMap<K, V>>,
    same: impl Fn(&V, &V) -> bool,
) -> Vec<(K, Option<V>, Option<V>)> {
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let keys = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    keys.filter_map(|key| match (old.get(key), new.get(key)) {
        (Some(a), Some(b)) if same(a, b) => None,
        (a, b) => Some((key.clone(), a.cloned(), b.cloned())),
    })
    .collect()
}
