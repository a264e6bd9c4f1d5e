//! Slots: complete deployments side by side, of which one is current.
//!
//! A slot is built in a folder of its own, synced, and only then marked READY; a folder without that mark is a leftover.
//! The mark holds digests over the deployment and over every file, so that what is applied is what was verified.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::durable;
use super::error::{AgentError, at};
use super::state::{STATE_VERSION, State};
use crate::archive::{Digest, Files, Limits, read_dir};
use crate::trust::Floors;

const READY: &str = "READY";
const DEPLOYMENT: &str = "deployment.json";

/// What one appliance runs: all profiles of its assignment, switched together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployment {
    /// Version of this document.
    pub schema_version: u32,
    /// Id of the appliance.
    pub appliance: String,
    /// Digest of its own assignment; none where nobody listed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<Digest>,
    /// Digest of the values in force, keyed with the secret of this box.
    pub variables: Digest,
    /// Profiles, sorted by id.
    pub profiles: Vec<DeployedProfile>,
}

/// One profile of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeployedProfile {
    /// Profile id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Channel that gave it; none for a fixed version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Serial of the channel when it was deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<u64>,
    /// Digest of its descriptor.
    pub descriptor: Digest,
}

impl Deployment {
    /// Its bytes in `deployment.json`.
    pub(super) fn bytes(&self) -> Result<Vec<u8>, AgentError> {
        serde_json::to_vec_pretty(self).map_err(|error| AgentError::Failed(error.to_string()))
    }

    /// Its identity.
    pub fn digest(&self) -> Result<Digest, AgentError> {
        Ok(Digest::of(&self.bytes()?))
    }

    /// Whether both put the same files onto the appliance: serials and the rest of an assignment are only why.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        let content = |profile: &DeployedProfile| (profile.id.clone(), profile.descriptor);
        self.variables == other.variables
            && self.profiles.len() == other.profiles.len()
            && self.profiles.iter().zip(&other.profiles).all(|(a, b)| content(a) == content(b))
    }
}

/// The mark of a finished slot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Ready {
    schema_version: u32,
    /// Digest of `deployment.json`.
    pub(super) deployment: Digest,
    /// Digest over all files below `profiles/`.
    tree: Digest,
    /// What had been accepted when it was built.
    pub(super) floors: Floors,
}

/// A finished slot.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) number: u64,
    pub(super) folder: PathBuf,
    pub(super) ready: Ready,
}

impl Slot {
    /// What it deploys, as it was written.
    pub(super) fn deployment(&self) -> Result<Deployment, AgentError> {
        let path = self.folder.join(DEPLOYMENT);
        let bytes = fs::read(&path).map_err(at(&path))?;
        if Digest::of(&bytes) != self.ready.deployment {
            return Err(self.damaged(DEPLOYMENT));
        }
        serde_json::from_slice(&bytes).map_err(|_| self.damaged(DEPLOYMENT))
    }

    /// All files below `profiles/`, read once and compared with what was verified; whoever applies them uses these bytes, so
    /// that nothing can change between the comparison and the use.
    pub(super) fn load(&self) -> Result<Files, AgentError> {
        let files = read_tree(&self.folder.join("profiles"))?;
        if tree_digest(&files) == self.ready.tree { Ok(files) } else { Err(self.damaged("profiles")) }
    }

    fn damaged(&self, what: &str) -> AgentError {
        AgentError::refused(
            self.folder.join(what).display().to_string(),
            "it is no longer what was verified when the slot was built",
        )
    }
}

/// All finished slots, oldest first.
pub(super) fn ready(state: &State) -> Result<Vec<Slot>, AgentError> {
    let mut slots = Vec::new();
    for name in durable::names(&state.at("slots"))? {
        let Ok(number) = name.parse() else { continue };
        slots.extend(open(state, number)?);
    }
    slots.sort_unstable_by_key(|slot| slot.number);
    Ok(slots)
}

/// A finished slot by its number.
pub(super) fn open(state: &State, number: u64) -> Result<Option<Slot>, AgentError> {
    let folder = folder(state, number);
    let Some(bytes) = durable::read(&folder.join(READY))? else { return Ok(None) };
    let ready = serde_json::from_slice(&bytes).ok();
    Ok(ready.filter(|ready: &Ready| ready.schema_version == STATE_VERSION).map(|ready| Slot {
        number,
        folder,
        ready,
    }))
}

/// The slot that `current` points at.
pub(super) fn current(state: &State) -> Result<Option<Slot>, AgentError> {
    match linked(state, "current") {
        Some(number) => open(state, number),
        None => Ok(None),
    }
}

/// Number of the slot that a link points at.
pub(super) fn linked(state: &State, link: &str) -> Option<u64> {
    let target = fs::read_link(state.at(link)).ok()?;
    target.to_str()?.strip_prefix("slots/")?.parse().ok()
}

/// Builds a slot of `files` (paths below `profiles/`), durably; READY is written last.
pub(super) fn build(
    state: &State,
    deployment: &Deployment,
    files: &Files,
    floors: &Floors,
) -> Result<Slot, AgentError> {
    let number = next_number(state)?;
    let folder = folder(state, number);
    durable::remove_folder(&folder)?;
    durable::create_folder(&folder, 0o755)?;
    let bytes = deployment.bytes()?;
    durable::write_new(&folder.join(DEPLOYMENT), &bytes, 0o644)?;
    let profiles = folder.join("profiles");
    durable::create_folder(&profiles, 0o755)?;
    let mut folders = BTreeSet::from([folder.clone(), profiles.clone()]);
    for (path, file) in files.iter() {
        let path = profiles.join(path);
        for parent in path.ancestors().skip(1).take_while(|parent| *parent != profiles) {
            folders.insert(parent.to_owned());
        }
        if let Some(parent) = path.parent() {
            durable::create_folder(parent, 0o755)?;
        }
        durable::write_new(&path, &file.bytes, if file.executable { 0o755 } else { 0o644 })?;
    }
    for folder in folders.iter().rev() {
        durable::sync_folder(folder)?;
    }
    durable::sync_folder(&state.at("slots"))?;
    let ready = Ready {
        schema_version: STATE_VERSION,
        deployment: Digest::of(&bytes),
        tree: tree_digest(files),
        floors: floors.clone(),
    };
    let mark = serde_json::to_vec_pretty(&ready).map_err(|error| AgentError::Failed(error.to_string()))?;
    durable::write(&folder.join(READY), &mark, 0o644)?;
    Ok(Slot { number, folder, ready })
}

/// Makes a slot current: one rename. The slot that was current becomes `previous`.
pub(super) fn switch(state: &State, slot: &Slot) -> Result<(), AgentError> {
    let current = linked(state, "current");
    if let Some(number) = current.filter(|number| *number != slot.number) {
        durable::point(&state.at("previous"), Path::new(&format!("slots/{number}")))?;
    }
    if current == Some(slot.number) {
        return Ok(());
    }
    durable::point(&state.at("current"), Path::new(&format!("slots/{}", slot.number)))
}

/// Removes every slot but the current one, the previous one and `keep`, unfinished ones included.
pub(super) fn collect(state: &State, keep: Option<u64>) -> Result<(), AgentError> {
    let kept = [linked(state, "current"), linked(state, "previous"), keep];
    for name in durable::names(&state.at("slots"))? {
        if name.parse().is_ok_and(|number: u64| kept.contains(&Some(number))) {
            continue;
        }
        // The mark goes first: a crash in between must not leave a finished slot without its files.
        let folder = state.at("slots").join(name);
        durable::remove(&folder.join(READY))?;
        durable::remove_folder(&folder)?;
    }
    Ok(())
}

fn folder(state: &State, number: u64) -> PathBuf {
    state.at(&format!("slots/{number}"))
}

fn next_number(state: &State) -> Result<u64, AgentError> {
    let names = durable::names(&state.at("slots"))?;
    let highest = names.iter().filter_map(|name| name.parse::<u64>().ok()).max();
    Ok(highest.unwrap_or(0) + 1)
}

/// The files of a folder, links refused.
fn read_tree(folder: &Path) -> Result<Files, AgentError> {
    // Paths of a slot are those of a layer's tar (at most 256 bytes) behind a profile and a layer.
    let limits =
        Limits { entries: usize::MAX, file_bytes: u64::MAX - 1, total_bytes: u64::MAX - 1, path_bytes: 1024 };
    read_dir(folder, &limits)
        .map_err(|error| AgentError::refused(folder.display().to_string(), error.to_string()))
}

/// A digest over names, modes and bytes. (Not the canonical tar: a slot's paths are longer than a ustar header allows.)
fn tree_digest(files: &Files) -> Digest {
    let mut list = String::new();
    for (path, file) in files.iter() {
        let mode = if file.executable { "755" } else { "644" };
        let _ = writeln!(list, "{mode} {} {path}", Digest::of(&file.bytes));
    }
    Digest::of(list.as_bytes())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::agent) fn deployment(variables: &str) -> Deployment {
        Deployment {
            schema_version: STATE_VERSION,
            appliance: "box".to_owned(),
            assignment: None,
            variables: Digest::of(variables.as_bytes()),
            profiles: Vec::new(),
        }
    }

    fn files(text: &str) -> Files {
        let mut files = Files::new();
        files.insert("edge/00-a/layer.json", text.as_bytes());
        files
    }

    #[test]
    fn a_slot_without_its_mark_does_not_exist() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let slot = build(&state, &deployment("1"), &files("{}"), &Floors::default()).unwrap();
        assert_eq!(ready(&state).unwrap().len(), 1);
        fs::remove_file(slot.folder.join(READY)).unwrap();
        assert!(ready(&state).unwrap().is_empty());
    }

    #[test]
    fn switching_keeps_the_previous_slot_and_collecting_the_two() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        for n in 1..=3 {
            let slot = build(&state, &deployment(&n.to_string()), &files("{}"), &Floors::default()).unwrap();
            assert_eq!(slot.number, n);
            switch(&state, &slot).unwrap();
            switch(&state, &slot).unwrap();
        }
        collect(&state, None).unwrap();
        assert_eq!((linked(&state, "current"), linked(&state, "previous")), (Some(3), Some(2)));
        let left: Vec<u64> = ready(&state).unwrap().iter().map(|slot| slot.number).collect();
        assert_eq!(left, [2, 3]);
        assert_eq!(fs::read(state.at("current/profiles/edge/00-a/layer.json")).unwrap(), b"{}");
    }

    #[test]
    fn a_slot_that_was_changed_behind_our_back_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let slot = build(&state, &deployment("1"), &files("{}"), &Floors::default()).unwrap();
        assert_eq!(slot.load().unwrap(), files("{}"));
        let file = slot.folder.join("profiles/edge/00-a/layer.json");
        fs::write(&file, "[]").unwrap();
        assert!(slot.load().unwrap_err().is_refusal());
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
        assert!(slot.load().unwrap_err().is_refusal());
        fs::write(slot.folder.join(DEPLOYMENT), "{}").unwrap();
        assert!(slot.deployment().unwrap_err().is_refusal());
    }
}
