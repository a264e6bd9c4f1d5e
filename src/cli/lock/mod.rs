//! `edgewright lock`: resolve every reference and write profile.lock.

mod bar;
mod explain;
mod images;
mod told;
mod whole;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use serde_json::{Value, json};

pub(super) use bar::Bar;
pub(super) use told::tell;
pub(super) use whole::{listen, whole};

use super::network::{self, Network};
use super::ui::Ui;
use super::{Exit, Format};
use crate::diagnostics::closest;
use crate::registry::{Cache, Options, Registries};
use crate::resolve::{
    Checked, LOCK_FILE, LockFile, LockOptions, LockOutcome, LockProblem, ProblemKind, Snapshot, Upgrade,
    check_locks, lock, recheck,
};
use crate::workspace::model::{Profile, ProfileId};
use crate::workspace::{FileKind, Workspace};

/// Arguments of `lock`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Profiles, `ID` (all its versions) or `ID@VERSION`; none: all.
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Write nothing and use no network: say whether the locks fit, exit 1 where they do not.
    #[arg(long, conflicts_with = "upgrade")]
    check: bool,
    /// Take the newest version that fits also for what is locked already.
    #[arg(long)]
    upgrade: bool,
    /// Take the bytes of this layer, pack or chart as they are served, although the lock or the index of the registry
    /// promises others. May be repeated.
    #[arg(long, value_name = "NAME", conflicts_with = "check")]
    accept_changed: Vec<String>,
    /// Ask for the digests of the layers' images as well, and write them into the locks. Digests that are there stay; with
    /// --upgrade every tag is asked for anew.
    #[arg(long, conflicts_with_all = ["check", "explain"])]
    images: bool,
    /// Write nothing: list every version of this layer, pack or chart with the reason why it is chosen or not.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["check", "upgrade", "accept_changed"])]
    explain: Option<String>,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    network: Network,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let root = Workspace::find(Path::new("."))?;
    let Args {
        profiles: names,
        check: only_check,
        upgrade,
        accept_changed,
        explain,
        images,
        format,
        network,
    } = args;
    // All locks of a repository of which little changed since they were checked last: the rest need not be read.
    let of_all = only_check && names.is_empty();
    if of_all && let Some(checks) = recheck(&root, Options { offline: true, ..Options::default() }) {
        return Ok(told_checks(&checks, format, ui));
    }
    let snapshot = of_all.then(|| Snapshot::take(&root));
    let workspace = Workspace::load(&root)?;
    let profiles = chosen(&workspace, &names)?;
    let exit = unread(&workspace, &names, ui);
    let found = if let Some(name) = explain {
        explain::run(&workspace, &profiles, &name, network.options(ui), format, ui)?
    } else if only_check {
        let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
        let checks = check_locks(&workspace, &registries, &profiles);
        let checks: Vec<Checked> = checks.iter().map(Checked::from).collect();
        if let Some(snapshot) = snapshot.filter(|_| exit == Exit::Fine) {
            snapshot.keep(&Cache::of_user(), &checks);
        }
        told_checks(&checks, format, ui)
    } else {
        let upgrade = if upgrade { Upgrade::All } else { Upgrade::No };
        let accept: BTreeSet<String> = accept_changed.into_iter().collect();
        known_names(&profiles, &accept)?;
        let registries = Registries::open(&workspace, network.options(ui));
        let options = LockOptions { upgrade, accept };
        write(&workspace, &registries, &profiles, &options, images, format, ui)
    };
    Ok(worse(exit, found))
}

/// The profiles named, in the order of the workspace.
pub(super) fn chosen(workspace: &Workspace, names: &[String]) -> Result<Vec<Arc<Profile>>> {
    let mut wanted: Vec<&Arc<Profile>> = Vec::new();
    for name in names {
        let versions = workspace.versions(&ProfileId(name.clone()));
        if versions.is_empty() {
            wanted.push(workspace.named(name)?);
        } else {
            wanted.extend(versions);
        }
    }
    let all = workspace.profiles.iter();
    Ok(all
        .filter(|profile| names.is_empty() || wanted.iter().any(|w| Arc::ptr_eq(w, profile)))
        .cloned()
        .collect())
}

/// Profiles that could not be read are not locked, and that is no success.
pub(super) fn unread(workspace: &Workspace, names: &[String], ui: &Ui) -> Exit {
    let mut exit = Exit::Fine;
    for unread in &workspace.unread {
        let meant = match unread.kind {
            FileKind::Config => true,
            FileKind::Profile => {
                let asked = |name: &String| name.split('@').next() == unread.name.as_deref();
                names.is_empty() || unread.name.is_none() || names.iter().any(asked)
            }
            _ => false,
        };
        if meant {
            ui.error(&format!("{} cannot be read; `edgewright check` says why", unread.path));
            exit = Exit::Findings;
        }
    }
    if workspace.config.document.is_none() {
        ui.error("edgewright.yaml cannot be read; `edgewright check` says why");
        exit = Exit::Findings;
    }
    exit
}

/// Names of layers, packs or charts that the profiles or their locks have; any other is a slip of the pen.
fn known_names(profiles: &[Arc<Profile>], names: &BTreeSet<String>) -> Result<()> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for profile in profiles {
        for layer in &profile.spec.layers {
            known.insert(layer.name.value.clone());
            known.extend(layer.pack.iter().map(|pack| pack.name.value.clone()));
            known.extend(layer.chart.iter().map(|chart| chart.name.value.clone()));
        }
        if let Ok(Some(lock)) = LockFile::of(profile) {
            known.extend(lock.layers.into_iter().flat_map(|layer| [layer.reference().name, layer.name]));
        }
    }
    if let Some(name) = names.iter().find(|name| !known.contains(*name)) {
        let near = closest(name, known.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        bail!("no layer, pack or chart of these profiles is called `{name}`{hint}");
    }
    Ok(())
}

/// Locks and writes what changed.
fn write(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    options: &LockOptions,
    with_images: bool,
    format: Format,
    ui: &Ui,
) -> Exit {
    listen();
    let bar = Bar::new(ui);
    let mut results = lock(workspace, registries, profiles, options, &|progress| bar.hear(progress));
    bar.end();
    network::tell_trouble(registries, ui);
    for result in &mut results {
        if let Err(error) = whole(|| result.write()) {
            let message = format!("cannot write {}: {error}", result.profile.shown(LOCK_FILE));
            result.outcome = LockOutcome::Failed(vec![LockProblem::failed(message)]);
        }
    }
    let mut exit = tell(&workspace.root, &results, ui);
    let mut resolved = Vec::new();
    if with_images {
        let renew = matches!(options.upgrade, Upgrade::All);
        let (found, images) = images::run(workspace, registries, profiles, renew, ui);
        (exit, resolved) = (worse(exit, found), images);
    }
    if format == Format::Json {
        let mut profiles: Vec<Value> =
            results.iter().map(|result| told::as_json(&workspace.root, result)).collect();
        for (profile, images) in profiles.iter_mut().zip(&resolved) {
            profile["images"] = images::as_json(images);
        }
        ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "profiles": profiles })));
    } else {
        told::outcomes(&results, ui);
        images::tell(&resolved, ui);
    }
    exit
}

/// Says which locks fit.
fn told_checks(checks: &[Checked], format: Format, ui: &Ui) -> Exit {
    let stale = checks.iter().filter(|check| !check.differences.is_empty()).count();
    if format == Format::Json {
        let profiles: Vec<Value> = checks
            .iter()
            .map(|check| {
                let word = if check.differences.is_empty() { "current" } else { "stale" };
                json!({
                    "id": check.id,
                    "version": check.version,
                    "lock": check.lock,
                    "state": word,
                    "differences": check.differences,
                })
            })
            .collect();
        ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "profiles": profiles })));
    } else {
        for check in checks.iter().filter(|check| !check.differences.is_empty()) {
            ui.result(&format!("{}@{}: {} is not up to date", check.id, check.version, check.lock));
            for line in &check.differences {
                ui.result(&format!("  {line}"));
            }
        }
        if stale == 0 {
            ui.result(&format!("{} up to date", count(checks.len(), "lock")));
        }
    }
    if stale == 0 {
        return Exit::Fine;
    }
    ui.error(&format!(
        "{} not up to date; run `edgewright lock` and commit what it writes",
        count(stale, "lock")
    ));
    Exit::Findings
}

pub(super) fn exit_of(kind: ProblemKind) -> Exit {
    match kind {
        ProblemKind::Unresolved => Exit::Findings,
        ProblemKind::Failed => Exit::Failed,
        ProblemKind::Refused => Exit::Refused,
    }
}

/// The higher code wins: a refusal over a failure, a failure over a finding.
pub(super) fn worse(a: Exit, b: Exit) -> Exit {
    let rank = |exit: Exit| match exit {
        Exit::Fine => 0,
        Exit::Findings => 1,
        Exit::Busy => 2,
        Exit::Failed => 3,
        Exit::Refused => 4,
    };
    if rank(a) >= rank(b) { a } else { b }
}

pub(super) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
