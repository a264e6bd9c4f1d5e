//! `update`: other versions for some layers: what to write into `profile.yaml`, the new locks, and what they mean.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::choice::choose;
use super::difference::Difference;
use super::library::Library;
use super::lock::{LockOptions, LockResult, OnProgress, Upgrade, lock};
use super::lock_file::LOCK_FILE;
use super::offline::resolve_some;
use super::outdated::latest;
use super::problem::LockProblem;
use super::stack::Reference;
use super::survey::{Offers, Wanting, wanting};
use crate::diagnostics::closest;
use crate::registry::{Candidate, Kind, Registries};
use crate::version::{Version, Wanted, raise};
use crate::workspace::model::Profile;
use crate::workspace::{Change, Workspace};
use crate::yaml::edit;

/// What to update.
#[derive(Clone, Debug, Default)]
pub struct UpdateOptions {
    /// Names of layers, packs or charts; none: all.
    pub names: Vec<String>,
    /// Version or constraint to write; else the newest release.
    pub to: Option<String>,
}

/// An update that is not written yet.
#[derive(Debug)]
pub struct Update {
    /// The constraints to write.
    pub change: Change,
    /// The new locks, of the profiles that have such layers.
    pub locks: Vec<LockResult>,
    /// The layers, in order of profile and stack.
    pub layers: Vec<UpdatedLayer>,
}

/// One layer of an update.
#[derive(Clone, Debug)]
pub struct UpdatedLayer {
    /// Profile id and version.
    pub profile: String,
    /// Name of the layer.
    pub layer: String,
    /// What it asked for.
    pub reference: Reference,
    /// What it asks for now; `None`: the same.
    pub wanted: Option<String>,
    /// What the lock had.
    pub from: Option<String>,
    /// What the new lock has; `None` where the profile could not be locked.
    pub to: Option<String>,
    /// What a person should know.
    pub note: Option<String>,
    /// What the other version means; `None` where it is the same one, or the old one could not be had.
    pub difference: Option<Difference>,
    /// Why nothing is known of the versions that there are.
    pub problem: Option<LockProblem>,
}

/// Makes an update of `profiles`. Nothing is written.
///
/// # Errors
/// A name that nothing has, a version for several packs or charts at once, a constraint that is none.
pub fn update(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    options: &UpdateOptions,
    progress: &OnProgress<'_>,
) -> Result<Update> {
    let meant = meant(wanting(workspace, registries, profiles), options)?;
    let library = Library::new(workspace, registries);
    let offers = Offers::of(&library, meant.iter().map(|wanting| &wanting.reference));
    let mut change = Change::new(&workspace.root);
    let mut layers = Vec::new();
    let mut edited: BTreeMap<&str, String> = BTreeMap::new();
    for wanting in &meant {
        let plan = match offers.get(&wanting.reference) {
            Ok(candidates) => plan(wanting, candidates, options.to.as_deref())?,
            Err(problem) => Plan { problem: Some(problem.clone()), ..Plan::default() },
        };
        if let Some(wanted) = &plan.wanted {
            let path = wanting.profile.file.path();
            let text = edited.remove(path).unwrap_or_else(|| wanting.profile.file.text().to_owned());
            edited.insert(path, write_wanted(wanting, &text, wanted)?);
        }
        layers.push(UpdatedLayer {
            profile: wanting.profile.label(),
            layer: wanting.layer.name.clone(),
            reference: wanting.reference.clone(),
            wanted: plan.wanted,
            from: wanting.locked.as_ref().map(|entry| entry.version.clone()),
            to: None,
            note: plan.note,
            difference: None,
            problem: plan.problem,
        });
    }
    for wanting in &meant {
        if let Some(text) = edited.remove(wanting.profile.file.path()) {
            change.edit(wanting.profile.file.path(), wanting.profile.file.text(), &text);
        }
    }

    let concerned: BTreeSet<String> = meant.iter().map(|wanting| wanting.profile.label()).collect();
    let after = Workspace::load_over(&workspace.root, &change.over(&workspace.overlay))?;
    let of = |workspace: &Workspace| -> Vec<Arc<Profile>> {
        let all = workspace.profiles.iter().filter(|profile| concerned.contains(&profile.label()));
        all.cloned().collect()
    };
    let names = layers.iter().filter(|layer| layer.problem.is_none()).map(|layer| layer.layer.clone());
    let locking = LockOptions { upgrade: Upgrade::Layers(names.collect()), ..LockOptions::default() };
    let locks = lock(&after, registries, &of(&after), &locking, progress);
    compare(workspace, registries, &meant, &change, &locks, &mut layers)?;
    Ok(Update { change, locks, layers })
}

/// The layers that are meant.
fn meant(all: Vec<Wanting>, options: &UpdateOptions) -> Result<Vec<Wanting>> {
    let is_called =
        |wanting: &Wanting, name: &String| wanting.layer.name == *name || wanting.reference.name == *name;
    for name in &options.names {
        if !all.iter().any(|wanting| is_called(wanting, name)) {
            let known = all.iter().flat_map(|w| [w.layer.name.as_str(), w.reference.name.as_str()]);
            let hint =
                closest(name, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            bail!("no layer, pack or chart of these profiles is called `{name}`{hint}");
        }
    }
    let chosen = |wanting: &Wanting| {
        options.names.is_empty() || options.names.iter().any(|name| is_called(wanting, name))
    };
    let meant: Vec<Wanting> = all.into_iter().filter(chosen).collect();
    if let (Some(to), Some(first)) = (&options.to, meant.first())
        && let Some(other) = meant.iter().find(|wanting| wanting.reference.name != first.reference.name)
    {
        bail!(
            "--to {to} is for one pack or chart, and these layers have `{}` and `{}`: name one of them",
            first.reference.name,
            other.reference.name
        );
    }
    Ok(meant)
}

/// What becomes of one layer.
#[derive(Default)]
struct Plan {
    wanted: Option<String>,
    note: Option<String>,
    problem: Option<LockProblem>,
}

fn plan(wanting: &Wanting, candidates: &[Candidate], to: Option<&str>) -> Result<Plan> {
    let reference = &wanting.reference;
    let brought = wanting.layer.added_by.as_ref();
    if let Some(to) = to {
        if let Some(by) = brought {
            bail!(
                "layer `{}` is brought along by preset `{}` of layer `{}`, which says its version; for another one add a \
                 layer of your own for pack `{}`",
                wanting.layer.name,
                by.preset,
                by.layer,
                reference.name
            );
        }
        let asked = Reference { wanted: to.to_owned(), ..reference.clone() };
        return Ok(match choose(&asked, candidates) {
            Ok(_) => {
                Plan { wanted: Some(to.to_owned()).filter(|to| *to != reference.wanted), ..Plan::default() }
            }
            Err(message) => Plan { problem: Some(LockProblem::unresolved(message)), ..Plan::default() },
        });
    }
    let chosen = choose(reference, candidates);
    let Some(newest) = latest(reference.kind, candidates) else {
        // There are only prereleases: what is asked for decides.
        let problem = chosen.err().map(LockProblem::unresolved);
        return Ok(Plan { problem, ..Plan::default() });
    };
    let deprecated = newest.deprecated.then(|| format!("{} is deprecated by its makers", newest.version));
    let reached = match &chosen {
        Ok(chosen) => is_at_least(&chosen.version, &newest.version),
        Err(_) => false,
    };
    // A version is meant exactly, even where its text stands for a newer one of a group.
    if reached || brought.is_some() {
        return Ok(Plan { note: deprecated, ..Plan::default() });
    }
    let raised = match (Wanted::parse(&reference.wanted), newest.manifest) {
        (Ok(Wanted { digest: Some(_), .. }), Some(manifest)) => {
            Some(format!("{}@sha256:{manifest}", newest.version))
        }
        _ => raise(&reference.wanted, &newest.version),
    };
    match raised {
        Some(wanted) if !(reference.kind == Kind::Chart && wanted == reference.wanted) => {
            Ok(Plan { wanted: Some(wanted), note: deprecated, problem: None })
        }
        _ => {
            let note = format!(
                "`{}` keeps it below {}; `--to` writes another constraint",
                reference.wanted, newest.version
            );
            Ok(Plan { note: Some(note), problem: chosen.err().map(LockProblem::unresolved), wanted: None })
        }
    }
}

fn is_at_least(a: &str, b: &str) -> bool {
    match (Version::parse(a), Version::parse(b)) {
        (Ok(a), Ok(b)) => a.total_cmp(&b).is_ge(),
        _ => a == b,
    }
}

/// The text of a profile with another constraint in it.
fn write_wanted(wanting: &Wanting, text: &str, wanted: &str) -> Result<String> {
    let index = wanting.layer.index.context("only written layers have a constraint")?;
    let pointer = format!("/spec/layers/{index}/{}/version", wanting.reference.kind.word());
    let file = crate::source::SourceFile::new(wanting.profile.file.path(), text);
    let stream = crate::yaml::parse(&file);
    let document = stream.documents.first().context("a profile is a document")?;
    let edits = edit::set(document, &pointer, &json!(wanted))
        .with_context(|| format!("cannot edit {}", wanting.profile.file.path()))?;
    Ok(edit::apply(text, &edits))
}

/// Fills in what the new locks have, and what that means for each layer.
fn compare(
    workspace: &Workspace,
    registries: &Registries,
    meant: &[Wanting],
    change: &Change,
    locks: &[LockResult],
    layers: &mut [UpdatedLayer],
) -> Result<()> {
    let mut moved: BTreeSet<String> = BTreeSet::new();
    for (layer, wanting) in layers.iter_mut().zip(meant) {
        let result = locks.iter().find(|result| result.profile.label() == layer.profile);
        let entry = result.and_then(|result| result.outcome.lock()?.layer(&layer.layer));
        layer.to = entry.map(|entry| entry.version.clone());
        let Some(old) = wanting.locked.as_ref().filter(|_| layer.to.is_some() && layer.from != layer.to)
        else {
            continue;
        };
        moved.insert(layer.profile.clone());
        // What is locked need not be here; without it there is no comparison, and that is no failure.
        if let Ok(registry) = registries.get(&old.registry) {
            let candidate = Candidate {
                version: old.version.clone(),
                url: old.url.clone(),
                manifest: old.manifest,
                commit: old.commit.clone(),
                ..Candidate::default()
            };
            let _ = registry.fetch(layer.reference.kind, &layer.reference.name, &candidate, old.sha256);
        }
    }
    let written = locks.iter().filter_map(|result| {
        let text = result.outcome.lock()?.text();
        Some((result.profile.dir.join(LOCK_FILE), Arc::from(text)))
    });
    let overlay = change.over(&workspace.overlay).with(written);
    let after = Workspace::load_over(&workspace.root, &overlay)?;
    let resolved = |workspace: &Workspace| {
        let profiles: Vec<Arc<Profile>> =
            workspace.profiles.iter().filter(|p| moved.contains(&p.label())).cloned().collect();
        resolve_some(workspace, registries, &profiles)
    };
    let (old, new) = (resolved(workspace), resolved(&after));
    for layer in layers.iter_mut().filter(|layer| layer.from != layer.to && layer.to.is_some()) {
        let find = |all: &'_ [super::ResolvedProfile]| {
            let profile = all.iter().find(|resolved| resolved.profile.label() == layer.profile)?;
            let found = profile.layers.iter().find(|found| found.name == layer.layer)?.clone();
            let alone = found.index.is_some_and(|index| !profile.profile.spec.layers[index].defaults);
            Some((found, alone))
        };
        if let (Some((before, _)), Some((now, alone))) = (find(&old), find(&new)) {
            layer.difference = Difference::of(&before, &now, alone);
        }
    }
    Ok(())
}
