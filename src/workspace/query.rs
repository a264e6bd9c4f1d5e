//! Questions about profiles, versions and channels.

use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;

use super::Workspace;
use super::model::{Channels, Profile, ProfileId};

impl Workspace {
    /// One version of a profile.
    pub fn profile(&self, id: &ProfileId, version: &str) -> Option<&Arc<Profile>> {
        self.versions(id).iter().find(|p| p.version() == version)
    }

    /// All versions of a profile, lowest first; empty where there is no such profile.
    pub fn versions(&self, id: &ProfileId) -> &[Arc<Profile>] {
        let start = self.profiles.partition_point(|p| p.id < *id);
        let end = start + self.profiles[start..].partition_point(|p| p.id == *id);
        &self.profiles[start..end]
    }

    /// Ids of all profiles, sorted, each once.
    pub fn ids(&self) -> Vec<&ProfileId> {
        let mut ids: Vec<_> = self.profiles.iter().map(|p| &p.id).collect();
        ids.dedup();
        ids
    }

    /// `channels.yaml` of a profile.
    pub fn channels_of(&self, id: &ProfileId) -> Option<&Channels> {
        self.channels.iter().find(|c| c.id == *id)
    }

    /// The version that `channel` of a profile gives. Without `channels.yaml`, `stable` is the highest version without a
    /// prerelease part; `None` where there is no such channel, or nothing for it to give.
    pub fn channel_version(&self, id: &ProfileId, channel: &str) -> Option<&str> {
        match self.channels_of(id) {
            Some(channels) => channels.channels.get(channel).map(|c| c.version.as_str()),
            None if channel == "stable" => self
                .versions(id)
                .iter()
                .rev()
                .map(|p| p.version())
                .find(|v| semver::Version::parse(v).is_ok_and(|v| v.pre.is_empty())),
            None => None,
        }
    }

    /// What the channel `stable` of a profile gives.
    pub fn stable_version(&self, id: &ProfileId) -> Option<&str> {
        self.channel_version(id, "stable")
    }

    /// A profile as people name it: `ID`, `ID@VERSION`, or the path of its folder or `profile.yaml`. Without a version the
    /// one that `stable` gives, or the highest.
    ///
    /// # Errors
    /// Nothing has that name; the message says what there is instead.
    pub fn named(&self, name: &str) -> anyhow::Result<&Arc<Profile>> {
        let (id, version) = match name.split_once('@') {
            Some((id, version)) => (ProfileId(id.to_owned()), Some(version)),
            None => (ProfileId(name.to_owned()), None),
        };
        let versions = self.versions(&id);
        if versions.is_empty() {
            let path = Path::new(name).canonicalize();
            let here = |p: &&Arc<Profile>| {
                path.as_ref().is_ok_and(|path| p.dir == *path || p.dir.join("profile.yaml") == *path)
            };
            if let Some(profile) = self.profiles.iter().find(here) {
                return Ok(profile);
            }
            if self.has_unread_profile(&id) {
                anyhow::bail!("profile `{id}` has faults; `edgewright check` tells of them");
            }
            let near = crate::diagnostics::closest(&id.0, self.ids().iter().map(|id| id.0.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            anyhow::bail!("there is no profile `{id}` in this workspace{hint}");
        }
        let chosen = match version {
            Some(version) => versions.iter().find(|p| p.version() == version),
            None => self
                .stable_version(&id)
                .and_then(|stable| versions.iter().find(|p| p.version() == stable))
                .or(versions.last()),
        };
        chosen.ok_or_else(|| {
            let there: Vec<_> = versions.iter().map(|p| p.version()).collect();
            anyhow::anyhow!(
                "profile `{id}` has no version `{}`; it has {}",
                version.unwrap_or_default(),
                there.join(", ")
            )
        })
    }
}

/// A version as a key to sort by: texts that are no strict semver first, as text; then precedence, ties by build text.
pub fn version_order(text: &str) -> impl Ord + '_ {
    VersionOrder(semver::Version::parse(text).ok(), text)
}

#[derive(PartialEq, Eq)]
struct VersionOrder<'a>(Option<semver::Version>, &'a str);

impl Ord for VersionOrder<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.0, self.1).cmp(&(&other.0, other.1))
    }
}

impl PartialOrd for VersionOrder<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
