//! Profile targets: which versions there are, and what each channel gives, with serials that only rise.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::ReleaseError;
use crate::bundle::{Blob, ChannelTarget, ProfileTarget, ReleaseTarget, SCHEMA_VERSION, WaveTarget};
use crate::history::Revision;
use crate::schedule;
use crate::workspace::Workspace;
use crate::workspace::model::{Channel, ProfileId};

/// The target of a profile.
pub(super) struct Update {
    /// The new target.
    pub(super) target: ProfileTarget,
    /// Versions that were released before with other content.
    pub(super) replaced: Vec<String>,
}

/// Makes the target of a profile from the descriptors of this commit and the target published before.
///
/// Every release stays. A channel that is gone stays where it was, paused, because its serial must never be given again.
pub(super) fn target(
    workspace: &Workspace,
    id: &ProfileId,
    descriptors: &BTreeMap<String, Blob>,
    previous: Option<&ProfileTarget>,
    epoch: u64,
    revision: &Revision,
) -> Result<Update, ReleaseError> {
    let mut releases: BTreeMap<String, ReleaseTarget> =
        previous.map(|old| old.releases.clone().into_iter().collect()).unwrap_or_default();
    let mut replaced = Vec::new();
    for (version, descriptor) in descriptors {
        match releases.get(version) {
            Some(old) if old.descriptor == *descriptor => continue,
            Some(_) => replaced.push(version.clone()),
            None => {}
        }
        let release = ReleaseTarget {
            descriptor: descriptor.clone(),
            commit: revision.label(),
            released: revision.time.to_string(),
        };
        releases.insert(version.clone(), release);
    }
    let mut channels: BTreeMap<String, ChannelTarget> = BTreeMap::new();
    let mut lowest: Option<semver::Version> = None;
    for (name, channel) in wanted(workspace, id) {
        let version = channel.version;
        let Some(release) = releases.get(&version) else {
            return Err(ReleaseError::Content(format!(
                "channel {name} of {id} gives {version}, which is no version of it; correct its channels.yaml"
            )));
        };
        if let Some(version) = channel.lowest {
            lowest = lowest.max(Some(version));
        }
        let old = previous.and_then(|old| Some((old, old.channels.get(&name)?)));
        let moved = old.is_none_or(|(target, old)| {
            old.version != version
                || target.releases.get(&old.version).map(|r| &r.descriptor) != Some(&release.descriptor)
        });
        let mut new = ChannelTarget {
            serial: 1,
            version,
            paused: channel.paused,
            since: revision.time.to_string(),
            waves: channel.waves,
        };
        if let Some((_, old)) = old {
            if !moved {
                new.since.clone_from(&old.since);
            }
            new.serial = old.serial;
            new.serial += u64::from(moved || new != *old);
        }
        channels.insert(name, new);
    }
    for (name, old) in previous.iter().flat_map(|old| &old.channels) {
        channels.entry(name.clone()).or_insert_with(|| ChannelTarget {
            serial: old.serial + u64::from(!old.paused),
            paused: true,
            ..old.clone()
        });
    }
    let mut releases: Vec<_> = releases.into_iter().collect();
    releases.sort_by(|(a, _), (b, _)| {
        (semver::Version::parse(a).ok(), a).cmp(&(semver::Version::parse(b).ok(), b))
    });
    Ok(Update {
        target: ProfileTarget {
            schema_version: SCHEMA_VERSION,
            profile: id.0.clone(),
            epoch,
            min_version: lowest.map(|version| version.to_string()),
            channels: channels.into_iter().collect::<IndexMap<_, _>>(),
            releases: releases.into_iter().collect::<IndexMap<_, _>>(),
        },
        replaced,
    })
}

/// A channel as the repository wants it.
struct Wanted {
    version: String,
    lowest: Option<semver::Version>,
    paused: bool,
    waves: Vec<WaveTarget>,
}

fn wanted(workspace: &Workspace, id: &ProfileId) -> Vec<(String, Wanted)> {
    match workspace.channels_of(id) {
        Some(channels) => {
            channels.channels.iter().map(|(name, channel)| (name.clone(), written(channel))).collect()
        }
        None => workspace
            .stable_version(id)
            .map(|version| {
                let version = version.to_owned();
                ("stable".to_owned(), Wanted { version, lowest: None, paused: false, waves: Vec::new() })
            })
            .into_iter()
            .collect(),
    }
}

fn written(channel: &Channel) -> Wanted {
    Wanted {
        version: channel.version.value.clone(),
        lowest: channel.min_version.as_ref().and_then(|version| semver::Version::parse(version).ok()),
        paused: channel.paused,
        waves: channel
            .waves
            .iter()
            .map(|wave| WaveTarget {
                after: schedule::seconds(&wave.after).unwrap_or(0),
                percent: wave.percent,
            })
            .collect(),
    }
}
