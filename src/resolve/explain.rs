//! `lock --explain`: every candidate of a reference, and why it was chosen or not.

use std::sync::Arc;

use super::choice::choose;
use super::library::Library;
use super::problem::LockProblem;
use super::stack::Reference;
use super::survey::wanting;
use crate::registry::{Candidate, Kind, Registries};
use crate::version::{Verdict, Wanted, judge_chart, judge_pack};
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// A reference, explained.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What is asked for.
    pub reference: Reference,
    /// Who asks: profile, layer, and the version that the lock has.
    pub wanted_by: Vec<(String, String, Option<String>)>,
    /// Each candidate with its verdict, in the order of the registry: highest first.
    pub candidates: Vec<(Candidate, Verdict)>,
    /// What the registry lists and nobody can use: version and reason.
    pub dropped: Vec<(String, String)>,
    /// Why there is no choice.
    pub problem: Option<LockProblem>,
}

impl Explained {
    /// The choice.
    pub fn chosen(&self) -> Option<&Candidate> {
        self.candidates.iter().find(|(_, verdict)| matches!(verdict, Verdict::Chosen(_))).map(|(c, _)| c)
    }
}

/// Explains the references of the layers, packs or charts called `name`; none where nothing is called so. The second list has
/// the names that could have been meant.
pub fn explain(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    name: &str,
) -> (Vec<Explained>, Vec<String>) {
    let library = Library::new(workspace, registries);
    let mut explained: Vec<Explained> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for wanting in wanting(workspace, registries, profiles) {
        let (layer, reference) = (&wanting.layer.name, &wanting.reference);
        if layer != name && reference.name != name {
            names.extend([layer.clone(), reference.name.clone()]);
            continue;
        }
        let locked = wanting.locked.map(|entry| entry.version);
        let by = (wanting.profile.label(), layer.clone(), locked);
        match explained.iter_mut().find(|explained| explained.reference == *reference) {
            Some(explained) => explained.wanted_by.push(by),
            None => explained.push(one(&library, reference, by)),
        }
    }
    names.sort();
    names.dedup();
    (explained, names)
}

fn one(library: &Library<'_>, reference: &Reference, by: (String, String, Option<String>)) -> Explained {
    let mut explained = Explained {
        reference: reference.clone(),
        wanted_by: vec![by],
        candidates: Vec::new(),
        dropped: Vec::new(),
        problem: None,
    };
    let registry = match library.registry(&reference.registry) {
        Ok(registry) => registry,
        Err(error) => {
            explained.problem = Some(super::locate::problem(&error));
            return explained;
        }
    };
    let candidates = match library.candidates(registry, reference) {
        Ok(candidates) => candidates,
        Err(problem) => {
            explained.problem = Some(problem);
            return explained;
        }
    };
    explained.dropped = registry.dropped(reference.kind, &reference.name).unwrap_or_default();
    explained.problem = choose(reference, &candidates).err().map(LockProblem::unresolved);
    let versions: Vec<&str> = candidates.iter().map(|candidate| candidate.version.as_str()).collect();
    let wanted = Wanted::parse(&reference.wanted).map_or(reference.wanted.as_str(), |wanted| wanted.version);
    let verdicts = match reference.kind {
        Kind::Chart => judge_chart(wanted, &versions),
        Kind::Pack => judge_pack(wanted, &versions),
    };
    // Where the constraint is none, the problem above says so, and there is nothing to say of the candidates.
    if let Ok(verdicts) = verdicts {
        explained.candidates = candidates.into_iter().zip(verdicts).collect();
    }
    explained
}
