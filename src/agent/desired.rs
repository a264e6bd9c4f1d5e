//! What should run here, as the signed documents say: own assignment, its profiles, their channels and waves.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::clock::Clock;
use super::content;
use super::error::AgentError;
use super::metadata::Metadata;
use super::settings::Settings;
use super::slots::{DeployedProfile, Deployment};
use super::wave::{self, Turn};
use crate::archive::Digest;
use crate::bundle::{
    ApplianceAssignment, AssignedProfile, AssignedWindow, AssignmentNode, Blob, Descriptor, Epochs,
    ProfileTarget,
};
use crate::trust::{Floors, TrustError, limits};
use crate::version::Version;

const ASSIGNMENTS: &str = "assignments/root.json";

/// Own assignment, and the verified targets of its profiles.
pub(super) struct Orders {
    /// Digest of the own assignment; none where nobody listed this appliance.
    assignment: Option<Digest>,
    assigned: Vec<AssignedProfile>,
    pub(super) variables: IndexMap<String, Value>,
    pub(super) window: Option<AssignedWindow>,
    targets: BTreeMap<String, ProfileTarget>,
    /// Stored documents that this run used: they stay in the store.
    pub(super) used: BTreeSet<Digest>,
}

/// One profile as it should run.
pub(super) struct Choice {
    pub(super) deployed: DeployedProfile,
    pub(super) descriptor: Descriptor,
    pub(super) bytes: Vec<u8>,
}

/// Reads the own assignment and the targets of its profiles, and raises the floors of their serials in `floors`.
pub(super) fn orders(
    metadata: &mut Metadata,
    settings: &Settings,
    appliance: &str,
    floors: &mut Floors,
) -> Result<Orders, AgentError> {
    let mut used = BTreeSet::new();
    let epochs = epochs(metadata, &mut used)?;
    let epoch = |name: &str| epochs.get(name).copied().unwrap_or_default();
    let own = assignment(metadata, appliance, epoch("assignments"), floors, &mut used)?;
    let listed = own.is_some();
    let own = match own {
        Some(own) => own,
        None if settings.profiles.is_empty() => {
            return Err(AgentError::Failed(format!(
                "the appliance `{}` is not in the assignments of {}; list it there, or name what it should run with --profile ID",
                appliance.escape_debug(),
                metadata.host.base()
            )));
        }
        None => unlisted(&settings.profiles),
    };
    let assignment = if listed { Some(digest_of(&own)?) } else { None };
    let mut targets = BTreeMap::new();
    for profile in &own.profiles {
        let target = profile_target(metadata, &profile.id, epoch(&profile.id), floors, &mut used)?;
        if targets.insert(profile.id.clone(), target).is_some() {
            return Err(AgentError::refused(
                ASSIGNMENTS,
                format!("it gives {} twice", profile.id.escape_debug()),
            ));
        }
    }
    Ok(Orders {
        assignment,
        assigned: own.profiles,
        variables: own.variables,
        window: own.window,
        targets,
        used,
    })
}

impl Orders {
    /// Chooses the version of every profile: that of the fixed version or of the channel, or, while the rollout has not reached
    /// this appliance, the one that runs. `notes` says why something stays.
    pub(super) fn choose(
        &mut self,
        metadata: &mut Metadata,
        appliance: &str,
        floors: &Floors,
        clock: &Clock,
        current: Option<&Deployment>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<Choice>, AgentError> {
        let mut choices = Vec::new();
        for profile in &self.assigned {
            let Some(target) = self.targets.get(&profile.id) else { continue };
            let path = target_path(&profile.id);
            let runs = current.and_then(|current| current.profiles.iter().find(|p| p.id == profile.id));
            let wanted = wanted(profile, target, &path)?;
            let new = target.releases.get(wanted.version).map(|release| release.descriptor.sha256);
            // A raised minimum version moves every appliance, whatever the rollout says.
            let held = runs.filter(|runs| new != Some(runs.descriptor) && check_floor(runs, floors).is_ok());
            let (deployed, size) = match (held, hold(profile, target, appliance, clock)) {
                (Some(runs), Some(why)) => {
                    notes.push(format!(
                        "{} stays at {} ({} is out): {why}",
                        profile.id,
                        runs.version,
                        wanted.version.escape_debug()
                    ));
                    (runs.clone(), None)
                }
                _ => wanted.deployed(profile, target)?,
            };
            check_floor(&deployed, floors)?;
            let blob = Blob { sha256: deployed.descriptor, size: size.unwrap_or_default() };
            let bytes = match size {
                Some(size) => metadata.document(&blob.path(), blob.sha256, size, limits::DOCUMENT)?,
                None => super::cas::read(metadata.state, blob.sha256)?.ok_or_else(|| {
                    AgentError::Failed(format!(
                        "{}: the descriptor that runs is no longer stored",
                        profile.id
                    ))
                })?,
            };
            self.used.insert(blob.sha256);
            let descriptor = content::descriptor(&blob.path(), &bytes)?;
            check_descriptor(&blob.path(), &descriptor, &deployed)?;
            self.used.extend(descriptor.layers.iter().map(|layer| layer.blob.sha256));
            choices.push(Choice { deployed, descriptor, bytes });
        }
        choices.sort_by(|a, b| a.deployed.id.cmp(&b.deployed.id));
        Ok(choices)
    }

    /// The deployment of these choices.
    pub(super) fn deployment(&self, appliance: &str, variables: Digest, choices: &[Choice]) -> Deployment {
        Deployment {
            schema_version: super::state::STATE_VERSION,
            appliance: appliance.to_owned(),
            assignment: self.assignment,
            variables,
            profiles: choices.iter().map(|choice| choice.deployed.clone()).collect(),
        }
    }
}

/// A version that a channel or an assignment names, and the channel's serial.
struct Wanted<'a> {
    version: &'a str,
    serial: Option<u64>,
}

impl Wanted<'_> {
    fn deployed(
        &self,
        profile: &AssignedProfile,
        target: &ProfileTarget,
    ) -> Result<(DeployedProfile, Option<u64>), AgentError> {
        let Some(release) = target.releases.get(self.version) else {
            return Err(AgentError::Unresolved(vec![format!(
                "{} has no release {}; there are: {}",
                profile.id,
                self.version.escape_debug(),
                listed(target.releases.keys())
            )]));
        };
        let deployed = DeployedProfile {
            id: profile.id.clone(),
            version: self.version.to_owned(),
            channel: profile.channel.clone(),
            serial: self.serial,
            descriptor: release.descriptor.sha256,
        };
        Ok((deployed, Some(release.descriptor.size)))
    }
}

fn wanted<'a>(
    profile: &'a AssignedProfile,
    target: &'a ProfileTarget,
    path: &str,
) -> Result<Wanted<'a>, AgentError> {
    match (&profile.version, &profile.channel) {
        (Some(version), None) => Ok(Wanted { version, serial: None }),
        (None, Some(name)) => {
            let channel = target.channels.get(name).ok_or_else(|| {
                AgentError::Unresolved(vec![format!(
                    "{} has no channel `{}`; there are: {}",
                    profile.id,
                    name.escape_debug(),
                    listed(target.channels.keys())
                )])
            })?;
            Ok(Wanted { version: &channel.version, serial: Some(channel.serial) })
        }
        _ => {
            Err(AgentError::refused(path, "its assignment gives neither or both of a channel and a version"))
        }
    }
}

/// Why an appliance stays where it is for now.
fn hold(profile: &AssignedProfile, target: &ProfileTarget, appliance: &str, clock: &Clock) -> Option<String> {
    let name = profile.channel.as_ref()?;
    let channel = target.channels.get(name)?;
    match wave::turn(channel, &profile.id, appliance, clock.now) {
        Turn::Now => None,
        Turn::Paused => Some(format!("the channel {} is paused", name.escape_debug())),
        Turn::Later(Some(start)) => Some(format!("its turn in the rollout comes at {start}")),
        Turn::Later(None) => Some("no step of the rollout reaches this appliance".to_owned()),
    }
}

/// Refuses a version below the lowest one that was ever signed as allowed.
pub(super) fn check_floor(profile: &DeployedProfile, floors: &Floors) -> Result<(), AgentError> {
    let path = target_path(&profile.id);
    let version = profile.version.parse::<semver::Version>().map_err(|_| {
        AgentError::refused(&path, format!("`{}` is no version", profile.version.escape_debug()))
    })?;
    Ok(floors.check_version(&path, &version)?)
}

fn check_descriptor(
    path: &str,
    descriptor: &Descriptor,
    deployed: &DeployedProfile,
) -> Result<(), AgentError> {
    if descriptor.profile != deployed.id || descriptor.version != deployed.version {
        return Err(AgentError::refused(
            path,
            format!(
                "it describes {} {}, not {} {}",
                descriptor.profile.escape_debug(),
                descriptor.version.escape_debug(),
                deployed.id,
                deployed.version
            ),
        ));
    }
    let ours = env!("CARGO_PKG_VERSION");
    let needed = &descriptor.requires.agent;
    if needed.is_empty() {
        return Ok(());
    }
    match (Version::parse_strict(needed), Version::parse_strict(ours)) {
        (Ok(needed), Ok(ours)) if needed <= ours => Ok(()),
        _ => Err(AgentError::Failed(format!(
            "{} {} needs version {} of this program, which is {ours}; update it first",
            deployed.id,
            deployed.version,
            needed.escape_debug()
        ))),
    }
}

fn epochs(metadata: &mut Metadata, used: &mut BTreeSet<Digest>) -> Result<IndexMap<String, u64>, AgentError> {
    let path = "epochs.json";
    let Some((target, bytes)) = metadata.target(path, limits::DOCUMENT)? else { return Ok(IndexMap::new()) };
    used.insert(target.sha256);
    let epochs: Epochs = content::document(path, &bytes)?;
    Ok(epochs.epochs)
}

/// Own assignment, along the digits of sha256(id); `None` where nobody listed this appliance.
fn assignment(
    metadata: &mut Metadata,
    appliance: &str,
    epoch: u64,
    floors: &mut Floors,
    used: &mut BTreeSet<Digest>,
) -> Result<Option<ApplianceAssignment>, AgentError> {
    let Some((target, bytes)) = metadata.target(ASSIGNMENTS, limits::ASSIGNMENT_NODE)? else {
        return Ok(None);
    };
    used.insert(target.sha256);
    let mut node = content::document::<AssignmentNode>(ASSIGNMENTS, &bytes)?;
    let serial = node.serial.ok_or_else(|| AgentError::refused(ASSIGNMENTS, "it has no serial"))?;
    floors.raise_serials(ASSIGNMENTS, epoch, epoch, [("", serial)], None)?;
    for digit in AssignmentNode::digits(appliance).chars() {
        if let Some(own) = node.appliances.swap_remove(appliance) {
            return Ok(Some(own));
        }
        let Some(child) = node.children.swap_remove(&digit.to_string()) else { return Ok(None) };
        let path = AssignmentNode::child_path(&child);
        let bytes = metadata.document(&path, child.sha256, child.size, limits::ASSIGNMENT_NODE)?;
        used.insert(child.sha256);
        node = content::document(&path, &bytes)?;
    }
    Ok(node.appliances.swap_remove(appliance))
}

/// Target of a profile, with its serials compared and the floors raised.
fn profile_target(
    metadata: &mut Metadata,
    id: &str,
    epoch: u64,
    floors: &mut Floors,
    used: &mut BTreeSet<Digest>,
) -> Result<ProfileTarget, AgentError> {
    let path = target_path(id);
    if !id.split('/').all(content::is_label) {
        return Err(AgentError::Failed(format!("`{}` is no id of a profile", id.escape_debug())));
    }
    let Some((found, bytes)) = metadata.target(&path, limits::DOCUMENT)? else {
        return Err(AgentError::Unresolved(vec![format!(
            "the profile {id} is not in {}, or nobody who may sign it did",
            metadata.host.base()
        )]));
    };
    used.insert(found.sha256);
    let target: ProfileTarget = content::document(&path, &bytes)?;
    if target.profile != id {
        return Err(AgentError::refused(path, format!("it is about {}", target.profile.escape_debug())));
    }
    let lowest = target.min_version.as_deref().map(str::parse::<semver::Version>).transpose();
    let lowest = lowest.map_err(|_| TrustError::refused(&path, "its minVersion is no version"))?;
    let serials = target.channels.iter().map(|(name, channel)| (name.as_str(), channel.serial));
    floors.raise_serials(&path, target.epoch, epoch, serials, lowest.as_ref())?;
    Ok(target)
}

/// Target path of a profile: `profiles/edge-base.json`.
fn target_path(id: &str) -> String {
    format!("profiles/{id}.json")
}

/// What an appliance that nobody listed runs.
fn unlisted(profiles: &[String]) -> ApplianceAssignment {
    let assigned =
        |id: &String| AssignedProfile { id: id.clone(), channel: Some("stable".to_owned()), version: None };
    ApplianceAssignment {
        profiles: profiles.iter().map(assigned).collect(),
        variables: IndexMap::new(),
        window: None,
    }
}

fn digest_of(own: &ApplianceAssignment) -> Result<Digest, AgentError> {
    let bytes = serde_json::to_vec(own).map_err(|error| AgentError::Failed(error.to_string()))?;
    Ok(Digest::of(&bytes))
}

/// Names for a message, a few of them.
fn listed<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let mut names: Vec<String> = names.map(|name| name.escape_debug().to_string()).collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    let more = names.len() > 8;
    names.truncate(8);
    format!("{}{}", names.join(", "), if more { ", …" } else { "" })
}
