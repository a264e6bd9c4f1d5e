//! `edgewright fetch`: fill the cache with exactly what the locks name.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::lock::{chosen, count, unread, worse};
use super::network::Network;
use super::ui::Ui;
use super::{Exit, Format};
use crate::registry::{Fetched, Options, Registries, RegistryError};
use crate::resolve::{LockFile, LockedLayer, Named, NamedError, add_named, bring};
use crate::workspace::Workspace;

/// Downloads at a time: enough to fill a line, few enough for any host.
const AT_ONCE: usize = 6;

/// Arguments of `fetch`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profiles, `ID` (all its versions) or `ID@VERSION`; none: all.
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
    #[command(flatten)]
    network: Network,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { profiles, network, format } = args;
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let (named, exit) = named_by_locks(&workspace, &profiles, ui)?;
    let brought = bring_all(&workspace, named, network.options(ui), &|_, _| Ok(()), ui)?;
    let (fetched, here) = (brought.count(State::Fetched), brought.count(State::Here));
    let failed = brought.entries.len() - fetched - here;
    if format == Format::Json {
        let entries: Vec<Value> = brought.entries.iter().map(Entry::as_json).collect();
        let summary = json!({ "fetched": fetched, "here": here, "failed": failed, "bytes": brought.bytes });
        let document = json!({ "schemaVersion": 1, "entries": entries, "summary": summary });
        ui.result(&format!("{document:#}"));
    } else {
        ui.result(&format!(
            "{} in the locks: {fetched} fetched ({} kB), {here} here already, {failed} failed",
            count(brought.entries.len(), "archive"),
            brought.bytes.div_ceil(1000)
        ));
    }
    if let Some(why) = &brought.trouble {
        ui.error(&format!("nothing is kept in the cache: {why}"));
        return Ok(worse(worse(exit, brought.exit()), Exit::Failed));
    }
    Ok(worse(exit, brought.exit()))
}

/// What the locks of the chosen profiles name; locks that are missing or cannot be read are said.
pub(super) fn named_by_locks(workspace: &Workspace, names: &[String], ui: &Ui) -> Result<(Named, Exit)> {
    let mut exit = unread(workspace, names, ui);
    let mut found = Named::new();
    for profile in chosen(workspace, names)? {
        match LockFile::of(&profile) {
            Ok(Some(lock)) => add_named(&mut found, lock),
            Ok(None)
                if profile.spec.layers.iter().all(|layer| layer.chart.is_none() && layer.pack.is_none()) => {}
            Ok(None) => {
                ui.error(&format!("{} has no lock; run `edgewright lock`", profile.label()));
                exit = Exit::Findings;
            }
            Err(fault) => {
                ui.error(&format!("{}: {}", fault.place, fault.message));
                exit = Exit::Findings;
            }
        }
    }
    Ok((found, exit))
}

/// What became of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It was on this machine.
    Here,
    /// It came over the network.
    Fetched,
    /// It could not be had.
    Failed,
}

/// One thing that the locks name, and what became of it.
pub(super) struct Entry {
    pub(super) layer: LockedLayer,
    pub(super) state: State,
    /// How the command ends without it, and why.
    pub(super) failure: Option<(Exit, String)>,
}

impl Entry {
    fn as_json(&self) -> Value {
        let reference = self.layer.reference();
        json!({
            "kind": reference.kind.word(),
            "name": reference.name,
            "version": self.layer.version,
            "registry": self.layer.registry,
            "digest": self.layer.kept_as(),
            "size": self.layer.size,
            "state": match self.state {
                State::Here => "here",
                State::Fetched => "fetched",
                State::Failed => "failed",
            },
            "message": self.failure.as_ref().map(|(_, message)| message),
        })
    }
}

/// All of them, in the order of their digests.
pub(super) struct Brought {
    pub(super) entries: Vec<Entry>,
    /// Bytes that came over the network.
    bytes: u64,
    /// Why the cache could not be used.
    pub(super) trouble: Option<String>,
}

impl Brought {
    pub(super) fn count(&self, state: State) -> usize {
        self.entries.iter().filter(|entry| entry.state == state).count()
    }

    pub(super) fn exit(&self) -> Exit {
        let failures = self.entries.iter().filter_map(|entry| entry.failure.as_ref());
        failures.fold(Exit::Fine, |exit, (problem, _)| worse(exit, *problem))
    }
}

/// What else is done with everything that is brought.
pub(super) type Keep<'a> = dyn Fn(&LockedLayer, &Fetched) -> Result<(), (Exit, String)> + Sync + 'a;

/// Gets what is not here yet and gives it to `keep`; goes on after a failure, so that one run says all that is wrong.
pub(super) fn bring_all(
    workspace: &Workspace,
    named: Named,
    options: Options,
    keep: &Keep<'_>,
    ui: &Ui,
) -> Result<Brought> {
    let bar = ProgressBar::new(named.values().filter_map(|layer| layer.size).sum());
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
    let registries = Registries::open(workspace, Options { on_bytes: Some(Arc::new(on_bytes)), ..options });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build()?;
    let one = |layer: LockedLayer| {
        let brought = bring(&registries, &layer).map_err(|error| (exit_of(&error), error.to_string()));
        let kept = brought.and_then(|(fetched, got)| keep(&layer, &fetched).map(|()| (fetched, got)));
        let state = match &kept {
            Ok((_, true)) => State::Fetched,
            Ok((_, false)) => State::Here,
            Err(_) => State::Failed,
        };
        if state == State::Here {
            bar.inc(layer.size.unwrap_or_default());
        }
        // Nothing in here may touch the bar: it is locked while others write.
        bar.suspend(|| match &kept {
            Ok((_, false)) => ui.detail(&format!("{}: here", label(&layer))),
            Ok((fetched, true)) => {
                ui.say(&format!("fetched {} ({} kB)", label(&layer), size(fetched).div_ceil(1000)));
            }
            Err((_, message)) => ui.error(&format!("{}: {message}", label(&layer))),
        });
        Entry { layer, state, failure: kept.err() }
    };
    let layers: Vec<LockedLayer> = named.into_values().collect();
    let entries = pool.install(|| layers.into_par_iter().map(one).collect());
    bar.finish_and_clear();
    let trouble = registries.cache_trouble().map(str::to_owned);
    Ok(Brought { entries, trouble, bytes: came.load(Ordering::Relaxed) })
}

fn exit_of(error: &NamedError) -> Exit {
    match error {
        NamedError::Contradiction { .. } => Exit::Refused,
        NamedError::Registry(error) if error.is_refusal() => Exit::Refused,
        NamedError::Registry(RegistryError::Unknown { .. } | RegistryError::NotFound { .. }) => {
            Exit::Findings
        }
        NamedError::Registry(_) => Exit::Failed,
    }
}

/// Bytes of an archive, or of the files where there is none.
fn size(fetched: &Fetched) -> u64 {
    match &fetched.archive {
        Some(archive) => archive.size,
        None => fetched.files.iter().map(|(_, file)| file.bytes.len() as u64).sum(),
    }
}

pub(super) fn label(layer: &LockedLayer) -> String {
    let reference = layer.reference();
    format!("{} {} {} from `{}`", reference.kind.word(), reference.name, layer.version, layer.registry)
}
