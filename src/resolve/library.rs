//! From references to content, by way of the registries: what is here, and what can be had.

use std::sync::Arc;

use super::content::{ChartContent, Content, PackContent};
use super::layers::Found;
use super::lock::{Kept, Known, LockProblem, Need, ProblemKind};
use super::resolved::{Pin, Unresolved};
use super::stack::Reference;
use crate::archive::Digest;
use crate::chart::Chart;
use crate::pack::Pack;
use crate::registry::{Candidate, Fetched, Kind, Pinned, Registries, Registry, RegistryError};
use crate::version::{choose_chart, choose_pack};
use crate::workspace::Workspace;
use crate::workspace::model::{ConfigSpec, RegistryConfig};

/// The registries of a workspace, asked for whole packs and charts.
pub(super) struct Library<'a> {
    config: &'a ConfigSpec,
    registries: &'a Registries,
}

/// What a reference resolved to.
#[derive(Clone, Debug)]
pub(super) struct Located {
    pub(super) content: Arc<Content>,
    pub(super) pin: Pin,
    pub(super) warning: Option<String>,
}

impl<'a> Library<'a> {
    pub(super) fn new(workspace: &'a Workspace, registries: &'a Registries) -> Self {
        Self { config: &workspace.config.spec, registries }
    }

    fn is_directory(&self, registry: &str) -> bool {
        matches!(self.config.registries.get(registry), Some(RegistryConfig::Directory { .. }))
    }

    /// What is on this machine for a reference. A pack of a directory registry is there without a lock as well.
    pub(super) fn held(&self, need: &Need) -> Found {
        match self.hold(need) {
            Ok(found) => found,
            Err(unresolved) => Found { unresolved: Some(unresolved), ..Found::default() },
        }
    }

    fn hold(&self, need: &Need) -> Result<Found, Unresolved> {
        let reference = &need.reference;
        let registry = self.registry(&reference.registry).map_err(unresolved)?;
        let directory = self.is_directory(&reference.registry);
        let version = match &need.kept {
            Some(kept) => kept.version.clone(),
            None if directory => {
                let candidates = registry.candidates(reference.kind, &reference.name).map_err(unresolved)?;
                match choose(reference, &candidates) {
                    Ok(chosen) => chosen.version.clone(),
                    Err(problem) => return Err(Unresolved::NotFound(problem.message)),
                }
            }
            None => return Err(Unresolved::NotLocked),
        };
        let pinned = pinned(&version, need.kept.as_ref());
        let fetched = match registry.local(reference.kind, &reference.name, &pinned).map_err(unresolved)? {
            Some(fetched) => fetched,
            None if directory => {
                return Err(Unresolved::NotFound(format!("{} {version}", reference.name)));
            }
            None => return Err(Unresolved::NotFetched),
        };
        let found = fetched.content;
        let content = Arc::new(read(reference.kind, &fetched).map_err(Unresolved::Broken)?);
        let unresolved = match &need.kept {
            None => Some(Unresolved::NotLocked),
            Some(kept) if kept.content != found => Some(Unresolved::Changed { locked: kept.content, found }),
            Some(_) => None,
        };
        if unresolved.is_some() && !directory {
            return Ok(Found { unresolved, ..Found::default() });
        }
        let pin = need.kept.as_ref().map(|kept| {
            let mut pin = pin(&version, &fetched, &content);
            pin.url.clone_from(&kept.url);
            pin.content = kept.content;
            pin
        });
        Ok(Found { content: Some(content), pin, unresolved })
    }

    /// Resolves a reference: the version of the lock as long as it fits, else the newest one that does.
    pub(super) fn locate(&self, need: &Need, known: &Known) -> Result<Located, LockProblem> {
        let reference = &need.reference;
        let registry = self.registry(&reference.registry).map_err(|error| problem(&error))?;
        let candidates = registry.candidates(reference.kind, &reference.name);
        let (candidate, offline) = match (&need.kept, candidates) {
            (None, Err(error)) => return Err(problem(&error)),
            (None, Ok(candidates)) => (choose(reference, &candidates)?.clone(), None),
            (Some(kept), Err(error)) => (kept.candidate(), Some(error.to_string())),
            (Some(kept), Ok(candidates)) => {
                match candidates.iter().find(|candidate| candidate.version == kept.version) {
                    Some(candidate) => (candidate.clone(), None),
                    // A folder's versions come and go with the repository: nobody took anything back.
                    None if self.is_directory(&reference.registry) => {
                        (choose(reference, &candidates)?.clone(), None)
                    }
                    None => (kept.candidate(), Some("it is no longer in the registry".to_owned())),
                }
            }
        };
        if let Some(why) = offline {
            let pinned = pinned(&candidate.version, need.kept.as_ref());
            return match registry.local(reference.kind, &reference.name, &pinned) {
                Ok(Some(fetched)) => {
                    self.located(need, &candidate, &fetched, Some(format!("{why}; the lock is kept")))
                }
                Ok(None) => Err(LockProblem::new(
                    ProblemKind::Failed,
                    format!("{} {} is locked, but not here, and {why}", reference.name, candidate.version),
                )),
                Err(error) => Err(problem(&error)),
            };
        }
        let key =
            (reference.kind, reference.registry.clone(), reference.name.clone(), candidate.version.clone());
        let promised = known.get(&key);
        let expected =
            need.kept.as_ref().and_then(|kept| kept.sha256).or_else(|| promised.map(|(sha256, _)| *sha256));
        let refused = |expected: Digest, found: Digest| {
            let lock = promised.map_or("the lock", |(_, lock)| lock.as_str());
            LockProblem::new(
                ProblemKind::Refused,
                format!(
                    "registry `{}` has other bytes for {} {} than {lock}: locked sha256 {expected}, found {found}; find \
                     out who changed them; only if the change is meant, remove the entry from the lock and lock again",
                    reference.registry, reference.name, candidate.version
                ),
            )
        };
        if let (Some(expected), Some(found)) = (expected, candidate.digest)
            && expected != found
        {
            return Err(refused(expected, found));
        }
        match registry.fetch(reference.kind, &reference.name, &candidate, expected) {
            Ok(fetched) => self.located(need, &candidate, &fetched, None),
            Err(RegistryError::Digest { expected: was, found, .. }) if expected == Some(was) => {
                Err(refused(was, found))
            }
            Err(error) => Err(problem(&error)),
        }
    }

    fn located(
        &self,
        need: &Need,
        candidate: &Candidate,
        fetched: &Fetched,
        warning: Option<String>,
    ) -> Result<Located, LockProblem> {
        let reference = &need.reference;
        let content = read(reference.kind, fetched).map_err(|why| {
            let what =
                format!("{} {} of registry `{}`", reference.name, candidate.version, reference.registry);
            LockProblem::new(ProblemKind::Failed, format!("{what}: {why}"))
        })?;
        let mut pin = pin(&candidate.version, fetched, &content);
        if pin.url.is_none() && !self.is_directory(&reference.registry) {
            pin.url.clone_from(&candidate.url);
        }
        Ok(Located { content: Arc::new(content), pin, warning })
    }

    fn registry(&self, name: &str) -> Result<&'a dyn Registry, RegistryError> {
        self.registries.get(name)
    }
}

impl Kept {
    fn candidate(&self) -> Candidate {
        Candidate {
            version: self.version.clone(),
            url: self.url.clone(),
            digest: self.sha256,
            manifest: self.manifest,
            commit: self.commit.clone(),
            ..Candidate::default()
        }
    }
}

fn pinned<'k>(version: &'k str, kept: Option<&'k Kept>) -> Pinned<'k> {
    Pinned {
        version,
        url: kept.and_then(|kept| kept.url.as_deref()),
        sha256: kept.and_then(|kept| kept.sha256),
        manifest: kept.and_then(|kept| kept.manifest),
        commit: kept.and_then(|kept| kept.commit.as_deref()),
        content: kept.map(|kept| kept.content),
    }
}

/// The newest candidate that fits.
fn choose<'c>(reference: &Reference, candidates: &'c [Candidate]) -> Result<&'c Candidate, LockProblem> {
    let unresolved = |message: String| LockProblem::new(ProblemKind::Unresolved, message);
    let Reference { kind, name, wanted, registry } = reference;
    let word = kind.word();
    if candidates.is_empty() {
        return Err(unresolved(format!("registry `{registry}` has no {word} `{name}`")));
    }
    let versions: Vec<&str> = candidates.iter().map(|candidate| candidate.version.as_str()).collect();
    let chosen = match kind {
        Kind::Pack => choose_pack(wanted, &versions),
        Kind::Chart => choose_chart(wanted, &versions),
    };
    match chosen {
        Ok(Some(index)) => Ok(&candidates[index]),
        Ok(None) => {
            let shown = versions[..versions.len().min(5)].join(", ");
            let more = if versions.len() > 5 { ", …" } else { "" };
            Err(unresolved(format!(
                "no version of {word} `{name}` in registry `{registry}` fits `{wanted}`; there is {shown}{more}"
            )))
        }
        Err(error) => Err(unresolved(format!("{word} `{name}`: {error}"))),
    }
}

/// The files of a reference as a pack or a chart.
fn read(kind: Kind, fetched: &Fetched) -> Result<Content, String> {
    match kind {
        Kind::Pack => {
            let (pack, found) = Pack::read(fetched.files.clone(), &fetched.path);
            match pack {
                Some(pack) => PackContent::new(pack).map(Content::Pack),
                None => Err(found.first().map_or_else(
                    || format!("{} is no pack", fetched.path),
                    |first| format!("{}: {}", first.place, first.message),
                )),
            }
        }
        Kind::Chart => {
            let chart =
                Chart::from_files(fetched.files.clone(), &fetched.path).map_err(|error| error.to_string())?;
            let archive = fetched.archive.as_ref().map(|archive| Arc::clone(&archive.bytes));
            ChartContent::new(chart, archive).map(Content::Chart)
        }
    }
}

/// States of a pack in which its makers have given it up (`annotations.system_state`).
const GIVEN_UP: [&str; 3] = ["deprecated", "disabled", "deleted"];

fn pin(version: &str, fetched: &Fetched, content: &Content) -> Pin {
    let archive = fetched.archive.as_ref();
    let (app_version, deprecated) = match content {
        Content::Chart(chart) => (chart.chart.metadata.app_version.clone(), chart.chart.metadata.deprecated),
        Content::Pack(pack) => {
            let state = pack.pack.annotations.get("system_state").map(String::as_str);
            (None, state.is_some_and(|state| GIVEN_UP.contains(&state)))
        }
    };
    Pin {
        version: version.to_owned(),
        url: archive.and_then(|archive| archive.url.clone()),
        sha256: archive.map(|archive| archive.sha256),
        size: archive.map(|archive| archive.size),
        manifest: archive.and_then(|archive| archive.manifest),
        commit: fetched.commit.clone(),
        content: fetched.content,
        app_version,
        deprecated,
    }
}

fn unresolved(error: RegistryError) -> Unresolved {
    match error {
        RegistryError::Unknown { name, .. } => Unresolved::NoRegistry(name),
        RegistryError::NotFound { what, .. } => Unresolved::NotFound(what),
        RegistryError::Offline { .. } => Unresolved::NotFetched,
        RegistryError::Digest { expected, found, .. } => Unresolved::Changed { locked: expected, found },
        other => Unresolved::Broken(other.to_string()),
    }
}

fn problem(error: &RegistryError) -> LockProblem {
    let kind = match error {
        RegistryError::Unknown { .. } | RegistryError::NotFound { .. } => ProblemKind::Unresolved,
        RegistryError::Digest { .. } => ProblemKind::Refused,
        _ => ProblemKind::Failed,
    };
    let message = match error {
        RegistryError::Unknown { name, .. } if name.is_empty() => {
            "it names no registry, and edgewright.yaml has not just one that could be meant; add `registry:`"
                .to_owned()
        }
        other => other.to_string(),
    };
    LockProblem::new(kind, message)
}
