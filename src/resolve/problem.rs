//! What keeps a profile from being locked, and what is doubtful about a lock.

use crate::archive::Digest;

/// How bad a problem is: decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A reference that resolves to nothing: exit 1.
    Unresolved,
    /// The registry could not be asked, or a file could not be read or written: exit 2.
    Failed,
    /// Other bytes than those that are locked: exit 3.
    Refused,
}

/// Why a profile could not be locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockProblem {
    /// How bad it is.
    pub kind: ProblemKind,
    /// The layer, where it is one's.
    pub layer: Option<String>,
    /// The registry, where all of it could not be asked: the message is the same for each of its references.
    pub registry: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The bytes that were refused, where it is known what was expected.
    pub changed: Option<Box<ChangedBytes>>,
}

impl LockProblem {
    pub(super) fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, layer: None, registry: None, message: message.into(), changed: None }
    }

    /// A file that could not be read or written.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(ProblemKind::Failed, message)
    }

    /// A reference that resolves to nothing.
    pub(super) fn unresolved(message: String) -> Self {
        Self::new(ProblemKind::Unresolved, message)
    }

    pub(super) fn changed(changed: ChangedBytes) -> Self {
        let message = changed.told("");
        Self { changed: Some(Box::new(changed)), ..Self::new(ProblemKind::Refused, message) }
    }

    pub(super) fn in_layer(&self, layer: &str) -> Self {
        Self { layer: Some(layer.to_owned()), ..self.clone() }
    }
}

/// What is doubtful about a reference that is locked all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockWarning {
    /// The layer, where it is one's.
    pub layer: Option<String>,
    /// The registry, where all of it could not be asked.
    pub registry: Option<String>,
    /// What is doubtful.
    pub message: String,
}

impl LockWarning {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { layer: None, registry: None, message: message.into() }
    }

    pub(super) fn in_layer(&self, layer: &str) -> Self {
        Self { layer: Some(layer.to_owned()), ..self.clone() }
    }
}

/// What a registry's own index says of bytes that are not those of the lock: who changed what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexSays {
    /// The digest of the bytes that are served: the version was published again.
    Served,
    /// The digest of the lock: only the bytes are others.
    Locked,
    /// No digest.
    Nothing,
    /// A digest that is neither that of the lock nor that of the bytes.
    Other(Digest),
    /// Another digest than the lock; the bytes could not be had.
    Alone,
    /// In an OCI registry: its tag leads to another manifest, which may name the same bytes.
    Moved {
        /// Where it leads now.
        manifest: Digest,
        /// Where it led when it was locked.
        locked: Option<Digest>,
    },
}

/// Bytes of a version that are not those that were promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedBytes {
    /// Registry of `edgewright.yaml`.
    pub registry: String,
    /// Pack or chart.
    pub name: String,
    /// Its version, as the registry spells it.
    pub version: String,
    /// The lock that promised them, as people are shown it; `None`: the registry's own index did.
    pub lock: Option<String>,
    /// The digest that was promised.
    pub promised: Digest,
    /// The digest of what is served.
    pub found: Digest,
    /// What the index says.
    pub index: IndexSays,
}

impl ChangedBytes {
    /// Who changed what, and what to do. `origin` stands behind the name of the lock: ` of 2026-03-04 (commit 1a2b3c4, by …)`.
    pub fn told(&self, origin: &str) -> String {
        let Self { registry, name, version, promised, found, .. } = self;
        let Some(lock) = &self.lock else {
            return format!(
                "registry `{registry}` serves other bytes for {name} {version} than its own index names: sha256 {found}, \
                 in the index {promised}; only one of the two was changed on the host or on the way, or a mirror is \
                 broken; find out which, `edgewright lock --accept-changed {name}` pins the bytes as they are served"
            );
        };
        if let IndexSays::Moved { manifest, locked: Some(locked) } = self.index
            && promised == found
        {
            return format!(
                "registry `{registry}` serves another manifest for {name} {version} than {lock}{origin}: sha256 \
                 {manifest}, locked {locked}; it names the same bytes, so only what stands around them (annotations, a \
                 signature) was pushed again; nothing was written, find out who did; only if the change is meant, \
                 `edgewright lock --accept-changed {name}`"
            );
        }
        let who = match self.index {
            IndexSays::Served => "its index names the new bytes too, so this version was published again".to_owned(),
            IndexSays::Locked => {
                "its index still names those of the lock, so the bytes alone were changed, on the host or on the way, or \
                 a mirror is broken"
                    .to_owned()
            }
            IndexSays::Nothing => "the registry promises no digest that could say which of them are meant".to_owned(),
            IndexSays::Other(digest) => {
                format!("its index names {digest}, so they fit neither the lock nor their own index")
            }
            IndexSays::Moved { manifest, .. } => {
                format!("its tag leads to the manifest sha256 {manifest} now, so this version was pushed again")
            }
            IndexSays::Alone => "that is what its index says now; the bytes themselves could not be had".to_owned(),
        };
        format!(
            "registry `{registry}` serves other bytes for {name} {version} than {lock}{origin}: sha256 {found}, locked \
             {promised}; {who}; nothing was written, find out who changed them; only if the change is meant, \
             `edgewright lock --accept-changed {name}`"
        )
    }

    /// One line for whoever accepted it.
    pub(super) fn accepted(&self) -> String {
        if let IndexSays::Moved { manifest, .. } = self.index
            && self.promised == self.found
        {
            return format!(
                "accepted another manifest for {} {} from registry `{}`: sha256 {manifest}",
                self.name, self.version, self.registry
            );
        }
        let promised = if self.lock.is_some() { "locked" } else { "in the index" };
        format!(
            "accepted other bytes for {} {} from registry `{}`: sha256 {}, {promised} {}",
            self.name, self.version, self.registry, self.found, self.promised
        )
    }
}
