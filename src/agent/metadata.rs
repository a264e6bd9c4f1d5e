//! The signed metadata on the appliance: stored copies, the way from a trusted root to everything newer.
//!
//! A poll that finds nothing new is one request: `timestamp.json`. Everything else is then answered from what is stored.

use std::collections::BTreeMap;

use super::cas;
use super::durable::{self, PRIVATE};
use super::error::AgentError;
use super::host::{Answer, Host};
use super::state::State;
use crate::archive::Digest;
use crate::trust::{FetchError, RootSource, Target, TrustCore, TrustError, limits};

use super::clock::Clock;

const TIMESTAMP: &str = "metadata/timestamp.json";
/// Which `timestamp.json` is stored, as its host calls it.
const ETAG: &str = "trust/timestamp.etag";

/// Metadata and the documents behind it: from the store where they are there, else from the host.
pub(super) struct Metadata<'a> {
    pub(super) state: &'a State,
    pub(super) host: &'a mut Host,
    pub(super) core: TrustCore,
    stored: Stored,
    etag: Option<String>,
}

/// Stored files of the roles, by role.
#[derive(Clone, Debug, Default)]
struct Stored {
    files: BTreeMap<String, Vec<u8>>,
    /// The timestamp that the host gave in this run.
    timestamp: Vec<u8>,
}

impl<'a> Metadata<'a> {
    /// Verifies everything from the trusted root to the top-level targets. `root` is used where no root is stored yet.
    pub(super) fn refresh(
        state: &'a State,
        host: &'a mut Host,
        root: Option<&RootSource>,
        clock: &Clock,
    ) -> Result<Self, AgentError> {
        let mut stored = Stored::read(state)?;
        let held = stored.files.get("timestamp").cloned();
        let held_etag = Etag::read(state)?.filter(|etag| {
            etag.base == host.base() && held.as_ref().is_some_and(|held| Digest::of(held) == etag.sha256)
        });
        let held_etag = held_etag.filter(|etag| names_content(&etag.value));
        let known = held_etag.as_ref().map(|etag| etag.value.as_str());
        let answer =
            host.get_if_changed(TIMESTAMP, known, limits::TIMESTAMP).map_err(unreachable(TIMESTAMP))?;
        let (timestamp, etag) = match (answer, held) {
            (Answer::Unchanged, Some(held)) => (held, known.map(str::to_owned)),
            (Answer::Fresh { bytes, etag }, _) => (bytes, etag),
            (Answer::Missing | Answer::Unchanged, _) => {
                return Err(AgentError::Failed(format!(
                    "{}: there is no {TIMESTAMP}; is this the address of a published tree?",
                    host.base()
                )));
            }
        };
        stored.timestamp = timestamp;
        let unchanged = stored.files.get("timestamp") == Some(&stored.timestamp);
        match Self::verify(state, host, root, clock, &stored, unchanged) {
            Ok(core) => Ok(Self { state, host, core, stored, etag }),
            // A stored copy may be damaged, or its role was signed anew under the same version: once more without them.
            Err(AgentError::Trust(error)) if error.is_refusal() && !stored.files.is_empty() => {
                stored.files.retain(|role, _| matches!(role.as_str(), "root" | "timestamp" | "snapshot"));
                let core = Self::verify(state, host, root, clock, &stored, false)?;
                Ok(Self { state, host, core, stored, etag })
            }
            Err(error) => Err(error),
        }
    }

    fn verify(
        state: &State,
        host: &mut Host,
        root: Option<&RootSource>,
        clock: &Clock,
        stored: &Stored,
        unchanged: bool,
    ) -> Result<TrustCore, AgentError> {
        let enrolled = stored.files.get("root");
        let first = match (enrolled, root) {
            (Some(root), _) => root.clone(),
            (None, Some(source)) => source.read(&mut |path, max| host.get(path, max))?,
            (None, None) => {
                return Err(AgentError::Failed(
                    "this appliance trusts nobody yet: give --root FILE or --root sha256:<hex> once"
                        .to_owned(),
                ));
            }
        };
        let mut core = TrustCore::new(&first, clock.now)?;
        let mut resumed = core.clone();
        if let (Some(timestamp), Some(snapshot)) =
            (stored.files.get("timestamp"), stored.files.get("snapshot"))
        {
            resumed.resume(timestamp, snapshot);
        }
        if unchanged && resumed.expires() > clock.now {
            core = resumed;
        } else {
            for _ in 0..limits::ROOT_STEPS {
                let Some(bytes) = core.next_root(&mut |path, max| host.get(path, max))? else { break };
                // The first root of all is stored when the whole tree has been verified under it: a wrong --root must not stick.
                if enrolled.is_some() {
                    durable::write(&state.at("trust/root.json"), &bytes, PRIVATE)?;
                }
            }
            if let (Some(timestamp), Some(snapshot)) =
                (stored.files.get("timestamp"), stored.files.get("snapshot"))
            {
                core.resume(timestamp, snapshot);
            }
        }
        let mut fetch = |path: &str, max: u64| stored.answer(host, path, max);
        core.timestamp(&mut fetch)?;
        core.snapshot(&mut fetch)?;
        core.targets(&mut fetch)?;
        Ok(core)
    }

    /// A signed target: where it stands and its bytes. `None`: nobody who may sign it lists it.
    pub(super) fn target(&mut self, path: &str, max: u64) -> Result<Option<(Target, Vec<u8>)>, AgentError> {
        let Self { host, core, stored, state, .. } = self;
        let found = core.find(path, &mut |path, max| stored.answer(host, path, max))?;
        let Some(target) = found else { return Ok(None) };
        if let Some(bytes) = cas::read(state, target.sha256)? {
            return Ok(Some((target, bytes)));
        }
        let bytes = core.fetch_target(&target, max, &mut |path, max| host.get(path, max))?;
        cas::put(state, target.sha256, &bytes)?;
        Ok(Some((target, bytes)))
    }

    /// A document that a verified one names by digest and size.
    pub(super) fn document(
        &mut self,
        path: &str,
        sha256: Digest,
        size: u64,
        max: u64,
    ) -> Result<Vec<u8>, AgentError> {
        if let Some(bytes) = cas::read(self.state, sha256)? {
            return Ok(bytes);
        }
        if size > max {
            return Err(AgentError::refused(
                path,
                format!("it is said to have {size} bytes, more than {max}"),
            ));
        }
        let bytes = self.host.get(path, size).map_err(unreachable(path))?;
        let bytes = bytes.ok_or_else(|| TrustError::Missing { path: path.to_owned() })?;
        if bytes.len() as u64 != size || Digest::of(&bytes) != sha256 {
            return Err(AgentError::refused(path, "its bytes are not what was signed"));
        }
        cas::put(self.state, sha256, &bytes)?;
        Ok(bytes)
    }

    /// Stores what was verified, the timestamp last: where it is stored, everything that it vouches for is stored too.
    /// Call it when the floors are durable.
    pub(super) fn store(&self) -> Result<(), AgentError> {
        let files = self.core.files();
        let first = |role: &str| role != "timestamp";
        for (role, bytes) in
            files.iter().filter(|(role, _)| first(role)).chain(files.iter().filter(|(role, _)| !first(role)))
        {
            if self.stored.files.get(role) != Some(bytes) {
                durable::write(&file_of(self.state, role), bytes, PRIVATE)?;
            }
        }
        // Bytes of the same version that differ are not taken up; what the host calls them is not ours.
        let taken = files.get("timestamp").filter(|timestamp| **timestamp == self.stored.timestamp);
        let etag = self.etag.clone().zip(taken).map(|(value, timestamp)| Etag {
            base: self.host.base().to_owned(),
            value,
            sha256: Digest::of(timestamp),
        });
        Etag::write(self.state, etag.as_ref())
    }
}

/// Whether an `ETag` is made from the bytes: it holds a digest of at least 128 bits, as on S3. That of nginx, Apache, Caddy and
/// folders is the time and the length of the file: two releases in one second look the same, and so do all where files are
/// published with one fixed time, as in container images. There the kilobyte is asked for in full.
fn names_content(etag: &str) -> bool {
    etag.split(|c: char| !c.is_ascii_hexdigit()).any(|run| run.len() >= 32)
}

/// The stored metadata as floors: for an appliance whose floors were lost.
pub(super) fn stored_core(state: &State, clock: &Clock) -> Result<Option<TrustCore>, AgentError> {
    let stored = Stored::read(state)?;
    let Some(root) = stored.files.get("root") else { return Ok(None) };
    let mut core = TrustCore::new(root, clock.now)?;
    if let (Some(timestamp), Some(snapshot)) = (stored.files.get("timestamp"), stored.files.get("snapshot")) {
        core.resume(timestamp, snapshot);
    }
    Ok(Some(core))
}

impl Stored {
    fn read(state: &State) -> Result<Self, AgentError> {
        let mut files = BTreeMap::new();
        for name in durable::names(&state.at("trust"))? {
            if let Some(role) = name.strip_suffix(".json").filter(|role| !role.starts_with('.'))
                && let Some(bytes) = durable::read(&file_of(state, role))?
            {
                files.insert(role.to_owned(), bytes);
            }
        }
        Ok(Self { files, timestamp: Vec::new() })
    }

    /// A file of `metadata/`, from the store if it has that version.
    fn answer(&self, host: &mut Host, path: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        if path == TIMESTAMP {
            return Ok(Some(self.timestamp.clone()));
        }
        let name = path.strip_prefix("metadata/").and_then(|name| name.strip_suffix(".json"));
        if let Some((version, role)) = name.and_then(|name| name.split_once('.'))
            && role != "root"
            && let Some(bytes) = self.files.get(role)
            && version_of(bytes).is_some_and(|held| held.to_string() == version)
        {
            return Ok(Some(bytes.clone()));
        }
        host.get(path, max)
    }
}

/// Which version of the timestamp a host gave last.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Etag {
    base: String,
    value: String,
    /// Digest of the stored timestamp: a damaged copy must not be taken for the one that the host still has.
    sha256: Digest,
}

impl Etag {
    fn read(state: &State) -> Result<Option<Self>, AgentError> {
        Ok(durable::read(&state.at(ETAG))?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    fn write(state: &State, etag: Option<&Self>) -> Result<(), AgentError> {
        let path = state.at(ETAG);
        let Some(etag) = etag else { return durable::remove(&path) };
        let bytes = serde_json::to_vec(etag).map_err(|error| AgentError::Failed(error.to_string()))?;
        if durable::read(&path)?.is_some_and(|held| held == bytes) {
            return Ok(());
        }
        durable::write(&path, &bytes, PRIVATE)
    }
}

fn file_of(state: &State, role: &str) -> std::path::PathBuf {
    state.at(&format!("trust/{role}.json"))
}

/// Version of signed metadata, unverified: only to find a stored copy.
fn version_of(bytes: &[u8]) -> Option<u64> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    value.get("signed")?.get("version")?.as_u64()
}

fn unreachable(path: &str) -> impl FnOnce(FetchError) -> AgentError + '_ {
    move |source| TrustError::fetch(path, source).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_etag_made_from_the_bytes_is_believed() {
        assert!(names_content("\"9e107d9d372bb6826bd81d3542a419d6\""));
        assert!(names_content("W/\"d41d8cd98f00b204e9800998ecf8427e-2\""));
        for of_time in ["\"6543abcd-3e8\"", "\"t0k3n1234\"", "\"2aa-5f0c8d1b7a6c0-gzip\"", "\"\""] {
            assert!(!names_content(of_time), "{of_time}");
        }
    }
}
