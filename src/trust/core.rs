//! The verifier: TUF's client workflow (spec 1.0.34, section 5) over `sigstore-tuf`'s state machine.
//!
//! This is the only file that names `sigstore-tuf`: its state machine passes the whole TUF conformance suite, but its API is
//! young. What it does not do is done here: caps, names of files, the search through delegations, refusals that name a file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use sigstore_tuf::{Error as TufError, Role, Targets, TrustedMetadataSet};

use super::{ISSUED_FIELD, TrustError, limits};
use crate::archive::Digest;

/// Why a closure could not fetch.
pub type FetchError = Box<dyn std::error::Error + Send + Sync>;

/// Fetches a file of the published tree: its path (`metadata/timestamp.json`) and the most bytes that are wanted.
/// `None`: it is not there (404, and 403 or 410 from hosts that answer so). It must not buffer more than one byte over the cap.
pub type Fetch<'a> = dyn FnMut(&str, u64) -> Result<Option<Vec<u8>>, FetchError> + 'a;

/// Stores a new root durably: its version and its bytes.
pub type StoreRoot<'a> = dyn FnMut(u64, &[u8]) -> Result<(), TrustError> + 'a;

/// What signed metadata says about a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its path: `profiles/edge-base.json`.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// Their number.
    pub length: u64,
    /// The role that signed it.
    pub role: String,
}

impl Target {
    /// Where it lies in the published tree: `targets/profiles/<sha256>.edge-base.json`.
    pub fn file(&self) -> String {
        match self.path.rsplit_once('/') {
            Some((folder, name)) => format!("targets/{folder}/{}.{name}", self.sha256),
            None => format!("targets/{}.{}", self.sha256, self.path),
        }
    }
}

/// Metadata that is trusted so far. Steps must be taken in order: [`next_root`](Self::next_root) until it gives `None`, then
/// [`timestamp`](Self::timestamp), [`snapshot`](Self::snapshot), [`targets`](Self::targets); [`refresh`](Self::refresh) takes them all.
#[derive(Clone, Debug)]
pub struct TrustCore {
    set: TrustedMetadataSet,
    now: Timestamp,
    files: BTreeMap<String, Vec<u8>>,
}

impl TrustCore {
    /// Starts from a trusted root: of the enrolment, or the newest one stored since. `now` judges every expiry.
    pub fn new(root: &[u8], now: Timestamp) -> Result<Self, TrustError> {
        let set = TrustedMetadataSet::from_root(root).map_err(|error| refusal("the trusted root", &error))?;
        if !set.root().consistent_snapshot {
            return Err(TrustError::refused("the trusted root", "it does not use consistent snapshots"));
        }
        Ok(Self { set, now, files: BTreeMap::from([("root".to_owned(), root.to_vec())]) })
    }

    /// Takes up stored metadata of an earlier run, so that it acts as a floor. Call it after the last
    /// [`next_root`](Self::next_root). Expiry does not matter here. What a rotated key no longer covers is dropped, as TUF says (5.3.11).
    pub fn resume(&mut self, timestamp: &[u8], snapshot: &[u8]) {
        if self.set.update_timestamp(timestamp, Timestamp::MIN).is_ok() {
            self.files.insert("timestamp".to_owned(), timestamp.to_vec());
            if self.set.update_snapshot(snapshot, Timestamp::MIN).is_ok() {
                self.files.insert("snapshot".to_owned(), snapshot.to_vec());
            }
        }
    }

    /// Fetches and verifies the next root; its bytes must be stored durably before the next call. `None`: there is no newer one.
    pub fn next_root(&mut self, fetch: &mut Fetch) -> Result<Option<Vec<u8>>, TrustError> {
        let path = format!("metadata/{}.root.json", self.root_version().saturating_add(1));
        let Some(bytes) = get(fetch, &path, limits::ROOT)? else { return Ok(None) };
        self.set.update_root(&bytes).map_err(|error| refusal(&path, &error))?;
        if !self.set.root().consistent_snapshot {
            return Err(TrustError::refused(path, "it does not use consistent snapshots"));
        }
        self.files = BTreeMap::from([("root".to_owned(), bytes.clone())]);
        Ok(Some(bytes))
    }

    /// Fetches and verifies `timestamp.json`.
    pub fn timestamp(&mut self, fetch: &mut Fetch) -> Result<(), TrustError> {
        let root = format!("metadata/{}.root.json", self.root_version());
        self.set.check_root_expired(self.now).map_err(|error| refusal(&root, &error))?;
        let path = "metadata/timestamp.json";
        let bytes = must_get(fetch, path, limits::TIMESTAMP)?;
        match self.set.update_timestamp(&bytes, self.now) {
            Ok(()) => {
                self.files.insert("timestamp".to_owned(), bytes);
            }
            Err(TufError::EqualVersion { .. }) => {}
            Err(error) => return Err(refusal(path, &error)),
        }
        self.set.check_timestamp_expired(self.now).map_err(|error| refusal(path, &error))
    }

    /// Fetches and verifies the snapshot that the timestamp names.
    pub fn snapshot(&mut self, fetch: &mut Fetch) -> Result<(), TrustError> {
        let version = self
            .set
            .timestamp()
            .and_then(|timestamp| timestamp.snapshot_meta())
            .map(|meta| meta.version)
            .ok_or_else(|| TrustError::refused("metadata/timestamp.json", "it names no snapshot"))?;
        let path = format!("metadata/{version}.snapshot.json");
        let bytes = match self.files.get("snapshot") {
            Some(stored) if self.set.snapshot().is_some_and(|held| held.version == version) => stored.clone(),
            _ => must_get(fetch, &path, limits::SNAPSHOT)?,
        };
        self.set.update_snapshot(&bytes, self.now).map_err(|error| refusal(&path, &error))?;
        self.files.insert("snapshot".to_owned(), bytes);
        Ok(())
    }

    /// Fetches and verifies the top-level targets role.
    pub fn targets(&mut self, fetch: &mut Fetch) -> Result<(), TrustError> {
        let path = self.role_file("targets")?;
        let bytes = must_get(fetch, &path, limits::TARGETS)?;
        self.set.update_targets(&bytes, self.now).map_err(|error| refusal(&path, &error))?;
        self.files.insert("targets".to_owned(), bytes);
        Ok(())
    }

    /// All steps from the root to the top-level targets. `root` is called with the bytes of each new root, which it stores.
    pub fn refresh(&mut self, fetch: &mut Fetch, root: &mut StoreRoot) -> Result<(), TrustError> {
        for _ in 0..limits::ROOT_STEPS {
            let Some(bytes) = self.next_root(fetch)? else { break };
            root(self.root_version(), &bytes)?;
        }
        self.timestamp(fetch)?;
        self.snapshot(fetch)?;
        self.targets(fetch)
    }

    /// Looks a target up, through the delegations that may sign its path (spec 5.6.7); their roles are fetched when they are
    /// needed. `None`: nobody who may sign it lists it.
    pub fn find(&mut self, path: &str, fetch: &mut Fetch) -> Result<Option<Target>, TrustError> {
        let mut waiting = vec![("targets".to_owned(), String::new())];
        let mut visited = Vec::new();
        while let Some((role, parent)) = waiting.pop() {
            if visited.contains(&role) {
                continue;
            }
            if visited.len() == limits::ROLES {
                return Err(TrustError::refused(self.role_file("targets")?, "too many delegations"));
            }
            if role != "targets" && !self.load_role(&role, &parent, fetch)? {
                continue;
            }
            visited.push(role.clone());
            let Some(targets) = self.set.targets_role(&role) else {
                return Err(TrustError::refused(
                    "metadata",
                    "the targets role is looked up before it is loaded",
                ));
            };
            if targets.target(path).is_some() {
                return self.target_of(&role, path).map(Some);
            }
            let (children, terminated) = children(targets, path).map_err(|error| refusal(&role, &error))?;
            if terminated {
                waiting.clear();
            }
            waiting.extend(children.into_iter().rev().map(|child| (child, role.clone())));
        }
        Ok(None)
    }

    /// Fetches a target that [`find`](Self::find) gave: the bytes are exactly those that were signed.
    pub fn fetch_target(&self, target: &Target, max: u64, fetch: &mut Fetch) -> Result<Vec<u8>, TrustError> {
        let path = target.file();
        if target.length > max {
            return Err(TrustError::refused(
                path,
                format!("it is said to have {} bytes, more than {max}", target.length),
            ));
        }
        let bytes = must_get(fetch, &path, target.length)?;
        check_bytes(&path, &bytes, target.length, target.sha256)?;
        Ok(bytes)
    }

    /// Looks a target up and fetches it.
    pub fn read(&mut self, path: &str, max: u64, fetch: &mut Fetch) -> Result<Option<Vec<u8>>, TrustError> {
        match self.find(path, fetch)? {
            Some(target) => self.fetch_target(&target, max, fetch).map(Some),
            None => Ok(None),
        }
    }

    /// All targets that a loaded role lists, whether or not it may sign their paths: what counts is [`find`](Self::find).
    pub fn listed(&self, role: &str) -> Result<Vec<Target>, TrustError> {
        let Some(targets) = self.set.targets_role(role) else { return Ok(Vec::new()) };
        targets.targets.keys().map(|path| self.target_of(role, path)).collect()
    }

    /// Names of the roles that the top-level targets role delegates to, in order.
    pub fn delegated(&self) -> Vec<String> {
        let delegations = self.set.targets_role("targets").and_then(|targets| targets.delegations.as_ref());
        delegations.map(|all| all.roles.iter().map(|role| role.name.clone()).collect()).unwrap_or_default()
    }

    /// Loads a role that the top-level targets role delegates to. `false`: the snapshot does not list it, so that it signs nothing.
    pub fn load_delegated(&mut self, role: &str, fetch: &mut Fetch) -> Result<bool, TrustError> {
        self.load_role(role, "targets", fetch)
    }

    /// Version of the trusted root.
    pub fn root_version(&self) -> u64 {
        self.set.root().version
    }

    /// Raw bytes of trusted metadata by role (`root`, `timestamp`, `snapshot`, `targets`, then delegated ones): exactly as signed.
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Path of a trusted role's file in the published tree: `metadata/7.targets.json`.
    pub fn file_name(&self, role: &str) -> Result<String, TrustError> {
        match role {
            "root" => Ok(format!("metadata/{}.root.json", self.root_version())),
            "timestamp" => Ok("metadata/timestamp.json".to_owned()),
            "snapshot" => {
                Ok(format!("metadata/{}.snapshot.json", self.set.snapshot().map_or(0, |s| s.version)))
            }
            _ => self.role_file(role),
        }
    }

    /// Versions of the timestamp, the snapshot, and every role that the snapshot names.
    pub fn versions(&self) -> BTreeMap<String, u64> {
        let mut versions = BTreeMap::new();
        if let Some(timestamp) = self.set.timestamp() {
            versions.insert("timestamp".to_owned(), timestamp.version);
        }
        if let Some(snapshot) = self.set.snapshot() {
            versions.insert("snapshot".to_owned(), snapshot.version);
            for (file, meta) in &snapshot.meta {
                versions.insert(file.trim_end_matches(".json").to_owned(), meta.version);
            }
        }
        versions
    }

    /// When the trusted timestamp was signed: a time that has surely passed.
    pub fn issued(&self) -> Option<Timestamp> {
        self.set.timestamp()?.extra.get(ISSUED_FIELD)?.as_str()?.parse().ok()
    }

    /// When the trusted metadata stops being accepted: the earliest expiry of root, timestamp, snapshot and targets.
    pub fn expires(&self) -> Timestamp {
        let mut earliest = self.set.root().expires;
        let online = [
            self.set.timestamp().map(Role::expires),
            self.set.snapshot().map(Role::expires),
            self.set.targets_role("targets").map(Role::expires),
        ];
        for expires in online.into_iter().flatten() {
            earliest = earliest.min(expires);
        }
        earliest
    }

    /// Digest over who may sign timestamp and snapshot: their floors begin anew when it changes (spec 5.3.11).
    pub fn online_keys(&self) -> Digest {
        let mut text = String::new();
        for name in ["timestamp", "snapshot"] {
            if let Some(role) = self.set.root().role(name) {
                let mut ids: Vec<&str> = role.keyids.iter().map(String::as_str).collect();
                ids.sort_unstable();
                let _ = writeln!(text, "{name} {} {}", role.threshold, ids.join(" "));
            }
        }
        Digest::of(text.as_bytes())
    }

    fn load_role(&mut self, role: &str, parent: &str, fetch: &mut Fetch) -> Result<bool, TrustError> {
        let pinned = self.set.snapshot().is_some_and(|s| s.meta.contains_key(&format!("{role}.json")));
        if !pinned {
            return Ok(false);
        }
        let path = self.role_file(role)?;
        if self.set.targets_role(role).is_some() {
            self.set
                .verify_delegated_targets(role, parent, self.now)
                .map_err(|error| refusal(&path, &error))?;
            return Ok(true);
        }
        let bytes = must_get(fetch, &path, limits::TARGETS)?;
        self.set
            .update_delegated_targets(&bytes, role, parent, self.now)
            .map_err(|error| refusal(&path, &error))?;
        self.files.insert(role.to_owned(), bytes);
        Ok(true)
    }

    fn role_file(&self, role: &str) -> Result<String, TrustError> {
        let snapshot = self.set.snapshot();
        let meta = snapshot.and_then(|snapshot| snapshot.meta.get(&format!("{role}.json")));
        let version = meta.map(|meta| meta.version).ok_or_else(|| {
            TrustError::refused(
                "metadata/snapshot.json",
                format!("it does not name the role `{}`", role.escape_default()),
            )
        })?;
        if !is_plain(role) || role.contains('/') {
            return Err(TrustError::refused(
                "metadata/snapshot.json",
                format!("`{}` is no name for a role", role.escape_default()),
            ));
        }
        Ok(format!("metadata/{version}.{role}.json"))
    }

    fn target_of(&self, role: &str, path: &str) -> Result<Target, TrustError> {
        let file = self.role_file(role)?;
        let shown = path.escape_default();
        if !is_plain(path) {
            return Err(TrustError::refused(file, format!("`{shown}` is no path of a target")));
        }
        let info = self.set.targets_role(role).and_then(|targets| targets.target(path));
        let sha256 = info.and_then(|info| info.hashes.get("sha256")).and_then(|hex| hex.parse().ok());
        match (info, sha256) {
            (Some(info), Some(sha256)) => {
                Ok(Target { path: path.to_owned(), sha256, length: info.length, role: role.to_owned() })
            }
            _ => Err(TrustError::refused(file, format!("the target `{shown}` has no sha256"))),
        }
    }
}

/// Delegations of `targets` that may sign `path`, in order, and whether one of them ends the search.
fn children(targets: &Targets, path: &str) -> Result<(Vec<String>, bool), TufError> {
    let mut names = Vec::new();
    for role in targets.delegations.iter().flat_map(|delegations| &delegations.roles) {
        if role.matches_path(path)? {
            names.push(role.name.clone());
            if role.terminating {
                return Ok((names, true));
            }
        }
    }
    Ok((names, false))
}

/// Whether a relative path consists of plain names only, so that it is safe in addresses and on disks.
fn is_plain(path: &str) -> bool {
    path.split('/').all(|name| {
        !name.is_empty()
            && name != "."
            && name != ".."
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    })
}

fn get(fetch: &mut Fetch, path: &str, max: u64) -> Result<Option<Vec<u8>>, TrustError> {
    let bytes = fetch(path, max).map_err(|source| TrustError::fetch(path, source))?;
    match bytes {
        Some(bytes) if bytes.len() as u64 > max => {
            Err(TrustError::refused(path, format!("it has more than {max} bytes")))
        }
        other => Ok(other),
    }
}

fn must_get(fetch: &mut Fetch, path: &str, max: u64) -> Result<Vec<u8>, TrustError> {
    get(fetch, path, max)?.ok_or_else(|| TrustError::Missing { path: path.to_owned() })
}

/// Compares bytes with what was signed about them.
pub(super) fn check_bytes(path: &str, bytes: &[u8], length: u64, sha256: Digest) -> Result<(), TrustError> {
    if bytes.len() as u64 != length {
        return Err(TrustError::refused(path, format!("it has {} bytes, signed are {length}", bytes.len())));
    }
    let found = Digest::of(bytes);
    if found != sha256 {
        return Err(TrustError::refused(
            path,
            format!("its digest is {}, signed is {}", found.short(), sha256.short()),
        ));
    }
    Ok(())
}

/// Puts a file's name to what the state machine says.
fn refusal(path: &str, error: &TufError) -> TrustError {
    match error {
        TufError::Expired { expires, .. } => TrustError::Expired { path: path.to_owned(), expires: *expires },
        TufError::Rollback { role, trusted, new } => TrustError::Rollback {
            what: format!("the version of {}", role.escape_default()),
            floor: trusted.to_string(),
            offered: new.to_string(),
        },
        TufError::ThresholdNotMet { role, found, threshold } => TrustError::refused(
            path,
            format!(
                "{found} of {threshold} required signatures of the role {} are good",
                role.escape_default()
            ),
        ),
        other => {
            let mut reason = other.to_string();
            let mut cause = std::error::Error::source(other);
            while let Some(error) = cause {
                let _ = write!(reason, ": {error}");
                cause = error.source();
            }
            TrustError::refused(path, reason.escape_debug().to_string())
        }
    }
}

/// TUF's canonical JSON, over which signatures are made. Values hold no fractions: our documents have none.
#[cfg(feature = "authoring")]
pub(super) fn canonical_json(value: &serde_json::Value) -> Vec<u8> {
    sigstore_tuf::canonical_json::to_canonical_bytes(value).expect("metadata that we write has integers only")
}
