//! `outdated`: what the locks have beside what the registries offer.

use std::sync::Arc;

use super::choice::choose;
use super::library::Library;
use super::problem::LockProblem;
use super::stack::Reference;
use super::survey::{Offers, wanting};
use crate::registry::{Candidate, Kind, Registries};
use crate::version::{Version, choose_chart, choose_pack};
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// One layer with a reference.
#[derive(Clone, Debug)]
pub struct OutdatedLayer {
    /// The profile.
    pub profile: Arc<Profile>,
    /// Name of the layer.
    pub layer: String,
    /// What it asks for.
    pub reference: Reference,
    /// What the lock has; `None` while it is not locked.
    pub current: Option<Offered>,
    /// What a new lock would choose.
    pub wanted: Option<Offered>,
    /// The newest release (of packs: the newest version), whatever the layer asks for.
    pub latest: Option<Offered>,
    /// Whether the registry no longer lists what the lock has.
    pub withdrawn: bool,
    /// Why nothing is known of what there is.
    pub problem: Option<LockProblem>,
}

/// A version that a registry offers, as far as people compare them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// As the registry spells it.
    pub version: String,
    /// Version of the application inside.
    pub app_version: Option<String>,
    /// When it was published, as the registry spells it.
    pub created: Option<String>,
    /// Whether its makers gave it up.
    pub deprecated: bool,
}

impl OutdatedLayer {
    /// Whether there is something newer than what is locked.
    pub fn is_outdated(&self) -> bool {
        let newer = |offered: &Option<Offered>| match (&self.current, offered) {
            (Some(current), Some(offered)) => is_newer(&offered.version, &current.version),
            _ => false,
        };
        newer(&self.wanted) || newer(&self.latest)
    }
}

/// Whether `a` is a higher version than `b`; versions that cannot be read are compared by their text.
fn is_newer(a: &str, b: &str) -> bool {
    match (Version::parse(a), Version::parse(b)) {
        (Ok(a), Ok(b)) => a.total_cmp(&b).is_gt(),
        _ => a != b,
    }
}

/// Compares the locks of `profiles` with the registries.
pub fn outdated(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
) -> Vec<OutdatedLayer> {
    let library = Library::new(workspace, registries);
    let all = wanting(workspace, registries, profiles);
    let offers = Offers::of(&library, all.iter().map(|wanting| &wanting.reference));
    all.into_iter()
        .map(|wanting| {
            let reference = wanting.reference;
            let (candidates, problem) = match offers.get(&reference) {
                Ok(candidates) => (candidates.as_slice(), None),
                Err(problem) => (&[][..], Some(problem.clone())),
            };
            let choice = choose(&reference, candidates);
            let listed = |version: &str| candidates.iter().find(|candidate| candidate.version == version);
            let current = wanting.locked.map(|entry| {
                let listed = listed(&entry.version);
                Offered {
                    created: listed.and_then(|candidate| candidate.created.clone()),
                    deprecated: entry.deprecated || listed.is_some_and(|candidate| candidate.deprecated),
                    app_version: entry.app_version,
                    version: entry.version,
                }
            });
            OutdatedLayer {
                withdrawn: problem.is_none()
                    && current.as_ref().is_some_and(|c| listed(&c.version).is_none()),
                latest: latest(reference.kind, candidates).map(offered),
                wanted: choice.as_ref().ok().map(|candidate| offered(candidate)),
                problem: problem.or_else(|| choice.err().map(LockProblem::unresolved)),
                profile: wanting.profile,
                layer: wanting.layer.name,
                reference,
                current,
            }
        })
        .collect()
}

/// The newest release of a chart; of a pack the newest version.
pub(super) fn latest(kind: Kind, candidates: &[Candidate]) -> Option<&Candidate> {
    let versions: Vec<&str> = candidates.iter().map(|candidate| candidate.version.as_str()).collect();
    let newest = match kind {
        Kind::Chart => choose_chart("", &versions),
        Kind::Pack => choose_pack("", &versions),
    };
    newest.ok().flatten().map(|index| &candidates[index])
}

fn offered(candidate: &Candidate) -> Offered {
    Offered {
        version: candidate.version.clone(),
        app_version: candidate.app_version.clone(),
        created: candidate.created.clone(),
        deprecated: candidate.deprecated,
    }
}
