//! `edgewright fetch`: fill the cache with exactly what the locks name.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;

use super::Exit;
use super::lock::{chosen, count, unread, worse};
use super::ui::Ui;
use crate::archive::Digest;
use crate::registry::{Candidate, Options, Pinned, Registries, RegistryError};
use crate::resolve::{LockFile, LockedLayer};
use crate::workspace::Workspace;

/// Downloads at a time: enough to fill a line, few enough for any host.
const AT_ONCE: usize = 6;

/// Arguments of `fetch`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profiles, `ID` (all its versions) or `ID@VERSION`; none: all.
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { profiles } = args;
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let mut exit = unread(&workspace, &profiles, ui);
    let mut wanted: BTreeMap<Digest, LockedLayer> = BTreeMap::new();
    for profile in chosen(&workspace, &profiles)? {
        match LockFile::of(&profile) {
            Ok(Some(lock)) => {
                // What has no digest of an archive lies in this repository.
                let archives = lock.layers.into_iter().filter_map(|layer| Some((layer.sha256?, layer)));
                wanted.extend(archives);
            }
            Ok(None)
                if profile.spec.layers.iter().all(|layer| layer.chart.is_none() && layer.pack.is_none()) => {}
            Ok(None) => {
                ui.error(&format!("{} has no lock; run `edgewright lock`", profile.label()));
                exit = Exit::Findings;
            }
            Err(found) => {
                ui.error(&format!("{}: {}", found.place, found.message));
                exit = Exit::Findings;
            }
        }
    }
    let fetched = fetch(&workspace, &wanted.into_values().collect::<Vec<_>>(), ui)?;
    Ok(worse(exit, fetched))
}

/// How one archive came here.
enum Came {
    Here,
    Fetched(u64),
}

/// Why an archive did not come, and how the command ends because of it.
struct Problem {
    exit: Exit,
    message: String,
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        let exit = match &error {
            error if error.is_refusal() => Exit::Refused,
            RegistryError::Unknown { .. } => Exit::Findings,
            _ => Exit::Failed,
        };
        Self { exit, message: error.to_string() }
    }
}

/// Gets what is not here yet; goes on after a failure, so that one run says all that is wrong.
fn fetch(workspace: &Workspace, wanted: &[LockedLayer], ui: &Ui) -> Result<Exit> {
    let bar = ProgressBar::new(wanted.iter().filter_map(|layer| layer.size).sum());
    bar.set_style(ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {binary_bytes_per_sec}")?);
    if ui.is_quiet() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let came = Arc::new(AtomicU64::new(0));
    let on_bytes = {
        let (bar, came) = (bar.clone(), Arc::clone(&came));
        move |count| {
            bar.inc(count);
            came.fetch_add(count, Ordering::Relaxed);
        }
    };
    let registries =
        Registries::open(workspace, Options { on_bytes: Some(Arc::new(on_bytes)), ..Options::default() });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build()?;
    let one = |layer: &LockedLayer| {
        let result = get(&registries, layer);
        if matches!(result, Ok(Came::Here)) {
            bar.inc(layer.size.unwrap_or_default());
        }
        // Nothing in here may touch the bar: it is locked while others write.
        bar.suspend(|| match &result {
            Ok(Came::Here) => ui.detail(&format!("{}: here", label(layer))),
            Ok(Came::Fetched(size)) => {
                ui.say(&format!("fetched {} ({} kB)", label(layer), size.div_ceil(1000)));
            }
            Err(problem) => ui.error(&format!("{}: {}", label(layer), problem.message)),
        });
        result
    };
    let results: Vec<_> = pool.install(|| wanted.par_iter().map(one).collect());
    bar.finish_and_clear();

    let fetched = results.iter().filter(|result| matches!(result, Ok(Came::Fetched(_)))).count();
    let here = results.iter().filter(|result| matches!(result, Ok(Came::Here))).count();
    let failed = results.len() - fetched - here;
    ui.result(&format!(
        "{} in the locks: {fetched} fetched ({} kB), {here} here already, {failed} failed",
        count(results.len(), "archive"),
        came.load(Ordering::Relaxed).div_ceil(1000)
    ));
    Ok(results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .fold(Exit::Fine, |exit, problem| worse(exit, problem.exit)))
}

fn label(layer: &LockedLayer) -> String {
    let reference = layer.reference();
    format!("{} {} {} from `{}`", reference.kind.word(), reference.name, layer.version, layer.registry)
}

/// The archive of a lock's entry, from here or from its address, held against both digests of the lock.
fn get(registries: &Registries, layer: &LockedLayer) -> Result<Came, Problem> {
    let reference = layer.reference();
    let registry = registries.get(&layer.registry)?;
    let pinned = Pinned {
        version: &layer.version,
        url: layer.url.as_deref(),
        sha256: layer.sha256,
        manifest: layer.manifest,
        commit: layer.commit.as_deref(),
        content: Some(layer.content),
    };
    let here = registry.local(reference.kind, &reference.name, &pinned)?;
    let (fetched, came) = if let Some(fetched) = here {
        (fetched, Came::Here)
    } else {
        let candidate = Candidate {
            version: layer.version.clone(),
            url: layer.url.clone(),
            manifest: layer.manifest,
            commit: layer.commit.clone(),
            ..Candidate::default()
        };
        let fetched = registry.fetch(reference.kind, &reference.name, &candidate, layer.sha256)?;
        let size = fetched.archive.as_ref().map_or(0, |archive| archive.size);
        (fetched, Came::Fetched(size))
    };
    if fetched.content != layer.content {
        // The archive is the locked one, so the lock contradicts itself.
        return Err(Problem {
            exit: Exit::Refused,
            message: format!(
                "the lock says content {}, but its archive holds {}; it was edited by hand, run `edgewright lock`",
                layer.content, fetched.content
            ),
        });
    }
    Ok(came)
}
