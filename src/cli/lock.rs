//! `edgewright lock`: resolve every reference and write profile.lock.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::ui::Ui;
use super::{Exit, Format};
use crate::registry::{Options, Registries};
use crate::resolve::{
    LOCK_FILE, LockOptions, LockOutcome, LockProblem, LockResult, ProblemKind, check_locks, lock,
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
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let Args { profiles: names, check: only_check, upgrade, format } = args;
    let profiles = chosen(&workspace, &names)?;
    let exit = unread(&workspace, &names, ui);
    let found = if only_check {
        check(&workspace, &profiles, format, ui)
    } else {
        write(&workspace, &profiles, LockOptions { upgrade }, format, ui)
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

/// Locks and writes what changed.
fn write(
    workspace: &Workspace,
    profiles: &[Arc<Profile>],
    options: LockOptions,
    format: Format,
    ui: &Ui,
) -> Exit {
    let registries = Registries::open(workspace, Options::default());
    let bar = ProgressBar::new(0);
    bar.set_style(
        ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    if ui.is_quiet() {
        bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let mut results = lock(workspace, &registries, profiles, options, &|name, done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        bar.set_message(name.to_owned());
    });
    bar.finish_and_clear();
    for result in &mut results {
        if let Err(error) = result.write() {
            let message = format!("cannot write {}: {error}", result.profile.shown(LOCK_FILE));
            result.outcome = LockOutcome::Failed(vec![LockProblem { kind: ProblemKind::Failed, message }]);
        }
    }
    let mut exit = Exit::Fine;
    for result in &results {
        let label = result.profile.label();
        for warning in &result.warnings {
            ui.warn(&format!("{label}: {warning}"));
        }
        if let LockOutcome::Failed(problems) = &result.outcome {
            for problem in problems {
                ui.error(&format!("{label}: {}", problem.message));
                exit = worse(exit, exit_of(problem.kind));
            }
        }
    }
    if format == Format::Json {
        let profiles: Vec<Value> = results.iter().map(as_json).collect();
        ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "profiles": profiles })));
    } else {
        for result in &results {
            let label = result.profile.label();
            match &result.outcome {
                LockOutcome::NotNeeded => ui.detail(&format!("{label}: nothing to lock")),
                LockOutcome::Unchanged(_) => ui.result(&format!("{label}: unchanged")),
                LockOutcome::Locked(lock) => {
                    ui.result(&format!("{label}: locked {}", count(lock.layers.len(), "layer")));
                }
                LockOutcome::Changed(_, changes) => {
                    ui.result(&format!("{label}: changed: {}", changes.join("; ")));
                }
                LockOutcome::Failed(_) => ui.result(&format!("{label}: not locked")),
            }
        }
    }
    exit
}

fn check(workspace: &Workspace, profiles: &[Arc<Profile>], format: Format, ui: &Ui) -> Exit {
    let registries = Registries::open(workspace, Options { offline: true, ..Options::default() });
    let checks = check_locks(workspace, &registries, profiles);
    let stale = checks.iter().filter(|check| !check.differences.is_empty()).count();
    if format == Format::Json {
        let profiles: Vec<Value> = checks
            .iter()
            .map(|check| {
                let word = if check.differences.is_empty() { "current" } else { "stale" };
                json!({
                    "id": check.profile.id.0,
                    "version": check.profile.version(),
                    "lock": check.profile.shown(LOCK_FILE),
                    "state": word,
                    "differences": check.differences,
                })
            })
            .collect();
        ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "profiles": profiles })));
    } else {
        for check in checks.iter().filter(|check| !check.differences.is_empty()) {
            let (label, lock) = (check.profile.label(), check.profile.shown(LOCK_FILE));
            ui.result(&format!("{label}: {lock} is not up to date"));
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

fn as_json(result: &LockResult) -> Value {
    let (state, changes, problems) = match &result.outcome {
        LockOutcome::NotNeeded => ("not-needed", &[][..], &[][..]),
        LockOutcome::Unchanged(_) => ("unchanged", &[][..], &[][..]),
        LockOutcome::Locked(_) => ("locked", &[][..], &[][..]),
        LockOutcome::Changed(_, changes) => ("changed", &changes[..], &[][..]),
        LockOutcome::Failed(problems) => ("failed", &[][..], &problems[..]),
    };
    let problems: Vec<Value> =
        problems.iter().map(|p| json!({ "kind": word(p.kind), "message": p.message })).collect();
    json!({
        "id": result.profile.id.0,
        "version": result.profile.version(),
        "lock": result.profile.shown(LOCK_FILE),
        "state": state,
        "changes": changes,
        "problems": problems,
        "warnings": result.warnings,
    })
}

fn word(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unresolved => "unresolved",
        ProblemKind::Failed => "failed",
        ProblemKind::Refused => "refused",
    }
}

fn exit_of(kind: ProblemKind) -> Exit {
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
