//! One reference, looked up where it is published: the version of the lock as long as it fits, else the newest that does,
//! and always the bytes that were promised.

use std::sync::{Arc, PoisonError};

use super::choice::choose;
use super::library::{Library, Located, pin, read};
use super::need::{Kept, Known, Need, pinned};
use super::problem::{ChangedBytes, IndexSays, LockProblem, LockWarning, ProblemKind};
use super::stack::Reference;
use crate::archive::Digest;
use crate::registry::{Candidate, FILE_NAME, Fetched, Registry, RegistryError};
use crate::transport::TransportError;
use crate::version::{Version, Wanted};
use crate::workspace::model::RegistryConfig;

impl Library<'_> {
    /// Asks a registry for one name, so that it is known whether it answers at all.
    pub(super) fn probe(&self, need: &Need) {
        if let Ok(registry) = self.registry(&need.reference.registry)
            && self.at_a_commit(need).is_none()
            && let Ok(None) = self.exact(registry, need)
        {
            let _ = self.candidates(registry, &need.reference);
        }
    }

    /// The candidates of a reference, highest first. A registry that could not be reached is not tried again.
    pub(super) fn candidates(
        &self,
        registry: &dyn Registry,
        reference: &Reference,
    ) -> Result<Vec<Candidate>, LockProblem> {
        let Reference { kind, name, wanted, .. } = reference;
        let listed = self.ask(reference, || registry.candidates(*kind, name));
        // What is named exactly may be there without being listed: lists can be denied, and Helm passes by some tags.
        let wanted = Wanted::parse(wanted).ok().filter(Wanted::is_exact);
        let named = match wanted.map(|wanted| registry.exact(*kind, name, &wanted)) {
            Some(Ok(Some(named))) => named,
            Some(Err(error)) if error.is_refusal() => return Err(problem(&error)),
            _ => return listed,
        };
        let mut candidates = listed.unwrap_or_default();
        match candidates.iter_mut().find(|candidate| candidate.version == named.version) {
            Some(same) => *same = named,
            None => candidates.push(named),
        }
        Ok(candidates)
    }

    /// The one version that a reference can mean, where it needs no choice among all of them: the locked one, or the one that
    /// it names. `None`: it is among the candidates.
    fn exact(&self, registry: &dyn Registry, need: &Need) -> Result<Option<Candidate>, LockProblem> {
        let Reference { kind, name, wanted, .. } = &need.reference;
        let wanted = Wanted::parse(wanted).map_err(|error| {
            LockProblem::new(ProblemKind::Unresolved, format!("{} `{name}`: {error}", kind.word()))
        })?;
        let wanted = match &need.kept {
            // Where only the digest is named, no tag counts.
            Some(kept) if wanted.digest.is_none() || !wanted.version.is_empty() => {
                Wanted { version: &kept.version, ..wanted }
            }
            _ => wanted,
        };
        self.ask(&need.reference, || registry.exact(*kind, name, &wanted))
    }

    /// Asks a registry, unless it could not be reached before.
    fn ask<T>(
        &self,
        reference: &Reference,
        question: impl FnOnce() -> Result<T, RegistryError>,
    ) -> Result<T, LockProblem> {
        let lost = |why: &str| LockProblem {
            registry: Some(reference.registry.clone()),
            ..LockProblem::new(ProblemKind::Failed, why)
        };
        if let Some(why) = self.lost.lock().unwrap_or_else(PoisonError::into_inner).get(&reference.registry) {
            return Err(lost(why));
        }
        question().map_err(|error| {
            if !self.is_lost(&reference.registry, &error) {
                return problem(&error);
            }
            let why = error.to_string();
            let mut unreachable = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
            unreachable.insert(reference.registry.clone(), why.clone());
            lost(&why)
        })
    }

    /// Whether an error is one of the whole registry, not of one name in it.
    fn is_lost(&self, registry: &str, error: &RegistryError) -> bool {
        let RegistryError::Transport { source, .. } = error else { return false };
        // Each repository of an OCI registry answers for itself.
        !matches!(self.config.registries.get(registry), Some(RegistryConfig::Oci { .. }))
            || matches!(
                source,
                TransportError::Host { .. }
                    | TransportError::Connect { .. }
                    | TransportError::Tls { .. }
                    | TransportError::Timeout { .. }
            )
    }

    /// Resolves a reference, and proves who signed it where its registry has a keyring.
    pub(super) fn locate(&self, need: &Need, known: &Known) -> Result<Located, LockProblem> {
        let mut located = self.find(need, known)?;
        self.prove(need, &mut located)?;
        Ok(located)
    }

    fn find(&self, need: &Need, known: &Known) -> Result<Located, LockProblem> {
        let reference = &need.reference;
        let registry = self.registry(&reference.registry).map_err(|error| problem(&error))?;
        if let Some(kept) = self.at_a_commit(need) {
            return self.at_commit(registry, need, kept);
        }
        match (self.exact(registry, need), &need.kept) {
            (Ok(Some(candidate)), _) => return self.as_promised(registry, need, &candidate, known),
            (Ok(None), _) => {}
            (Err(problem), Some(kept)) => {
                return match problem.kind {
                    ProblemKind::Failed => self.keep(registry, need, &problem.message, problem.registry),
                    ProblemKind::Unresolved => {
                        let why = withdrew(reference, kept, "");
                        self.keep(registry, need, &why, None)
                    }
                    ProblemKind::Refused => Err(problem),
                };
            }
            (Err(problem), None) => return Err(problem),
        }
        // Nobody can be asked, and nobody need be.
        if self.registries.is_offline()
            && let Some(kept) = need.kept.as_ref().filter(|_| !need.accept)
            && !self.is_directory(&reference.registry)
        {
            let pinned = pinned(&kept.version, Some(kept));
            let local = registry.local(reference.kind, &reference.name, &pinned);
            match local.map_err(|error| problem(&error))? {
                Some(fetched) if fetched.content == kept.content => {
                    return self.located(need, &kept.candidate(), &fetched);
                }
                _ => {}
            }
        }
        let unresolved = |message| LockProblem::new(ProblemKind::Unresolved, message);
        let candidates = match (self.candidates(registry, reference), &need.kept) {
            (Ok(candidates), _) => candidates,
            (Err(problem), None) => return Err(problem),
            (Err(problem), Some(_)) => return self.keep(registry, need, &problem.message, problem.registry),
        };
        let candidate = match &need.kept {
            None => choose(reference, &candidates).map_err(unresolved)?,
            Some(kept) => match candidates.iter().find(|candidate| candidate.version == kept.version) {
                Some(candidate) => candidate,
                // A folder's versions come and go with the repository: nobody took anything back.
                None if self.is_directory(&reference.registry) => {
                    choose(reference, &candidates).map_err(unresolved)?
                }
                None => {
                    let name = &reference.name;
                    let newer = choose(reference, &candidates);
                    let newer =
                        newer.map(|newer| format!("; `edgewright update {name}` takes {}", newer.version));
                    let why = withdrew(reference, kept, &newer.unwrap_or_default());
                    return self.keep(registry, need, &why, None);
                }
            },
        };
        self.as_promised(registry, need, candidate, known)
    }

    /// The bytes of a candidate as they were promised, or as they are now where somebody wants them all the same.
    fn as_promised(
        &self,
        registry: &dyn Registry,
        need: &Need,
        candidate: &Candidate,
        known: &Known,
    ) -> Result<Located, LockProblem> {
        let reference = &need.reference;
        match self.promised(registry, need, candidate, known) {
            Err(LockProblem { changed: Some(changed), .. }) if need.accept => {
                let as_served = Candidate { digest: None, manifest: None, ..candidate.clone() };
                let fetched = registry.fetch(reference.kind, &reference.name, &as_served, None);
                let fetched = fetched.map_err(|error| problem(&error))?;
                let mut located = self.located(need, candidate, &fetched)?;
                let found = fetched.archive.as_ref().map_or(fetched.content, |archive| archive.sha256);
                located.accepted = Some(ChangedBytes { found, ..*changed }.accepted());
                Ok(located)
            }
            other => other,
        }
    }

    /// What the lock says of a reference to git that is to stay at its commit.
    fn at_a_commit<'n>(&self, need: &'n Need) -> Option<&'n Kept> {
        let kept = need.kept.as_ref().filter(|kept| kept.commit.is_some() && !need.accept)?;
        self.is_git(&need.reference.registry).then_some(kept)
    }

    /// A locked commit says it all: nobody is asked what its branch points to by now.
    fn at_commit(&self, registry: &dyn Registry, need: &Need, kept: &Kept) -> Result<Located, LockProblem> {
        let Reference { kind, name, .. } = &need.reference;
        let candidate = kept.candidate();
        let fetched = match registry.local(*kind, name, &pinned(&kept.version, Some(kept))) {
            Ok(Some(fetched)) => Ok(fetched),
            Ok(None) => registry.fetch(*kind, name, &candidate, None),
            Err(error) => Err(error),
        };
        let fetched = fetched.map_err(|error| problem(&error))?;
        if fetched.content == kept.content {
            return self.located(need, &candidate, &fetched);
        }
        let message = format!(
            "commit {} of registry `{}` has other content for {name} {} than the lock: locked {}, found {}; the lock was \
             edited by hand, or git was deceived",
            kept.commit.as_deref().unwrap_or_default(),
            need.reference.registry,
            kept.version,
            kept.content,
            fetched.content
        );
        Err(LockProblem::new(ProblemKind::Refused, message))
    }

    /// What the lock pins, from this machine, because the registry has or says nothing about it.
    fn keep(
        &self,
        registry: &dyn Registry,
        need: &Need,
        why: &str,
        lost: Option<String>,
    ) -> Result<Located, LockProblem> {
        let reference = &need.reference;
        let Some(kept) = &need.kept else { return Err(LockProblem::new(ProblemKind::Failed, why)) };
        match registry.local(reference.kind, &reference.name, &pinned(&kept.version, Some(kept))) {
            Ok(Some(fetched)) => {
                let mut located = self.located(need, &kept.candidate(), &fetched)?;
                let message = format!("{why}; the lock is kept");
                located.warning = Some(LockWarning { registry: lost, ..LockWarning::new(message) });
                Ok(located)
            }
            Ok(None) => {
                let message = format!(
                    "{} {} is locked, but not on this machine, and {why}",
                    reference.name, kept.version
                );
                Err(LockProblem::new(ProblemKind::Failed, message))
            }
            Err(error) => Err(problem(&error)),
        }
    }

    /// The bytes of a candidate, if they are those that the lock, else the other locks, and the index promise.
    fn promised(
        &self,
        registry: &dyn Registry,
        need: &Need,
        candidate: &Candidate,
        known: &Known,
    ) -> Result<Located, LockProblem> {
        let reference = &need.reference;
        let fetch = |digest: Option<Digest>, expected: Option<Digest>| {
            let candidate = Candidate { digest, ..candidate.clone() };
            registry.fetch(reference.kind, &reference.name, &candidate, expected)
        };
        let promises = known.promises(reference, &candidate.version);
        let kept = need.kept.as_ref().and_then(|kept| kept.sha256);
        // Of locks that disagree, the one with the registry's bytes is believed: nobody hands out unknown ones.
        let agreed = || promises.iter().find(|(digest, _)| Some(*digest) == candidate.digest);
        let expected = kept.or_else(|| Some(agreed().or(promises.first())?.0));
        let changed = |promised: Digest, found: Digest, index: IndexSays| {
            let lock = promises.iter().find(|(digest, _)| *digest == promised).map(|(_, lock)| lock.clone());
            LockProblem::changed(ChangedBytes {
                registry: reference.registry.clone(),
                name: reference.name.clone(),
                version: candidate.version.clone(),
                lock: expected.map(|_| lock.unwrap_or_else(|| "the lock".to_owned())),
                promised,
                found,
                index,
            })
        };
        // In an OCI registry a tag is what may be moved, and the manifest what it is moved to.
        if let (Some(manifest), Some(listed)) = (candidate.manifest, candidate.digest) {
            let locked = need.kept.as_ref().and_then(|kept| kept.manifest);
            let due = expected.unwrap_or(listed);
            if due != listed || locked.is_some_and(|locked| locked != manifest) {
                return Err(changed(due, listed, IndexSays::Moved { manifest, locked }));
            }
        }
        match (expected, candidate.digest) {
            (Some(locked), Some(listed)) if locked != listed => match fetch(Some(listed), None) {
                Ok(_) => Err(changed(locked, listed, IndexSays::Served)),
                Err(RegistryError::Digest { found, .. }) if found == locked => {
                    let fetched = fetch(None, expected).map_err(|error| problem(&error))?;
                    let mut located = self.located(need, candidate, &fetched)?;
                    located.warning = Some(LockWarning::new(format!(
                        "registry `{}` serves the locked bytes of {} {}, but its index names others: sha256 {listed}",
                        reference.registry, reference.name, candidate.version
                    )));
                    Ok(located)
                }
                Err(RegistryError::Digest { found, .. }) => {
                    Err(changed(locked, found, IndexSays::Other(listed)))
                }
                Err(_) => Err(changed(locked, listed, IndexSays::Alone)),
            },
            (expected, listed) => match fetch(listed, expected) {
                Ok(fetched) => self.taken(need, candidate, &fetched),
                // Not the registry's doing: a copy in this repository was changed.
                Err(error @ RegistryError::Digest { by: FILE_NAME, .. }) => Err(problem(&error)),
                Err(RegistryError::Digest { expected: was, found, .. }) if expected == Some(was) => {
                    let says = if listed.is_some() { IndexSays::Locked } else { IndexSays::Nothing };
                    Err(changed(was, found, says))
                }
                Err(RegistryError::Digest { expected: was, found, .. }) if listed == Some(was) => {
                    Err(changed(was, found, IndexSays::Locked))
                }
                Err(error) => Err(problem(&error)),
            },
        }
    }

    /// What was fetched. Where somebody wants the new content of a version that is locked in git, that is said.
    fn taken(&self, need: &Need, candidate: &Candidate, fetched: &Fetched) -> Result<Located, LockProblem> {
        let mut located = self.located(need, candidate, fetched)?;
        if let Some(kept) = need.kept.as_ref().filter(|kept| kept.commit.is_some()) {
            if kept.content == fetched.content {
                located.pin.commit.clone_from(&kept.commit);
            } else if need.accept {
                located.accepted = Some(format!(
                    "accepted other content for {} {} from registry `{}`: {}, locked {}",
                    need.reference.name, kept.version, need.reference.registry, fetched.content, kept.content
                ));
            }
        }
        Ok(located)
    }

    fn located(&self, need: &Need, candidate: &Candidate, fetched: &Fetched) -> Result<Located, LockProblem> {
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
        // A pack's version is read from the pack itself, a chart's from the index.
        let warning = content.chart().map(|chart| &chart.chart.metadata).filter(|metadata| {
            metadata.name != reference.name || !is_same(&metadata.version, &candidate.version)
        });
        let warning = warning.map(|metadata| {
            LockWarning::new(format!(
                "what registry `{}` has as {} {} is something else: its own Chart.yaml says {} {}",
                reference.registry, reference.name, candidate.version, metadata.name, metadata.version
            ))
        });
        Ok(Located { content: Arc::new(content), pin, warning, accepted: None })
    }
}

/// That a locked version is gone.
fn withdrew(reference: &Reference, kept: &Kept, hint: &str) -> String {
    format!("registry `{}` withdrew {} {}{hint}", reference.registry, reference.name, kept.version)
}

/// Whether two texts are one version: `v1.2` and `1.2.0`.
fn is_same(a: &str, b: &str) -> bool {
    let parsed = (Version::parse(a), Version::parse(b));
    a == b || matches!(parsed, (Ok(a), Ok(b)) if a.total_cmp(&b).is_eq())
}

/// An error of a registry as a problem of the reference.
pub(super) fn problem(error: &RegistryError) -> LockProblem {
    let kind = match error {
        RegistryError::Unknown { .. } | RegistryError::NotFound { .. } => ProblemKind::Unresolved,
        error if error.is_refusal() => ProblemKind::Refused,
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
