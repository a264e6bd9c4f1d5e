//! What `lock` found, in words: each registry that could not be asked is named once, whoever needs it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{count, exit_of, worse};
use crate::cli::Exit;
use crate::cli::ui::Ui;
use crate::history::last_change;
use crate::resolve::{LOCK_FILE, LockOutcome, LockProblem, LockResult, ProblemKind};

/// Says warnings, what was accepted, and problems; gives the exit code of the worst.
pub(in crate::cli) fn tell(root: &Path, results: &[LockResult], ui: &Ui) -> Exit {
    let mut exit = Exit::Fine;
    let mut lost: BTreeMap<(&str, &str), Lost> = BTreeMap::new();
    for result in results {
        let label = result.profile.label();
        for warning in &result.warnings {
            match &warning.registry {
                Some(registry) => {
                    lost.entry((registry, &warning.message)).or_default().kept += 1;
                }
                None => {
                    ui.warn(&format!("{label}: {}", in_layer(warning.layer.as_deref(), &warning.message)));
                }
            }
        }
        for line in &result.accepted {
            ui.warn(&format!("{label}: {line}"));
        }
        let LockOutcome::Failed(problems) = &result.outcome else { continue };
        for problem in problems {
            exit = worse(exit, exit_of(problem.kind));
            match &problem.registry {
                Some(registry) => {
                    let lost = lost.entry((registry, &problem.message)).or_default();
                    if !lost.failed.contains(&label) {
                        lost.failed.push(label.clone());
                    }
                }
                None => ui.error(&format!(
                    "{label}: {}",
                    in_layer(problem.layer.as_deref(), &message(root, problem))
                )),
            }
        }
    }
    for ((_, message), lost) in lost {
        if lost.failed.is_empty() {
            ui.warn(&format!("{message} ({})", count(lost.kept, "locked reference")));
        } else {
            ui.error(&format!("{message}; not locked because of it: {}", some(&lost.failed)));
        }
    }
    exit
}

/// Who suffers from a registry that could not be asked.
#[derive(Default)]
struct Lost {
    kept: usize,
    failed: Vec<String>,
}

/// The first of a long list, and how many more there are.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let mut text = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        let _ = write!(text, " and {} more", names.len() - SHOWN);
    }
    text
}

fn in_layer(layer: Option<&str>, message: &str) -> String {
    layer.map_or_else(|| message.to_owned(), |layer| format!("layer `{layer}`: {message}"))
}

/// The message, with who wrote the lock that was not kept to, and when.
fn message(root: &Path, problem: &LockProblem) -> String {
    match &problem.changed {
        Some(changed) => {
            let origin = changed.lock.as_ref().map(|lock| origin(&root.join(lock))).unwrap_or_default();
            changed.told(&origin)
        }
        None => problem.message.clone(),
    }
}

/// ` of 2026-03-04 (commit 1a2b3c4d5e, by Ada)`, or the date of the file where git does not know it.
fn origin(lock: &Path) -> String {
    let day = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    if let Some(last) = last_change(lock) {
        let since = if last.dirty { ", changed since" } else { "" };
        return format!(" of {} (commit {}, by {}{since})", day(last.time), &last.commit[..10], last.author);
    }
    let time = fs::metadata(lock).and_then(|data| data.modified()).ok();
    let time = time.and_then(|time| Timestamp::try_from(time).ok());
    time.map_or_else(String::new, |time| format!(" of {} (not committed)", day(time)))
}

/// What became of each profile, one line each.
pub(super) fn outcomes(results: &[LockResult], ui: &Ui) {
    for result in results {
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

/// One profile for machines.
pub(super) fn as_json(root: &Path, result: &LockResult) -> Value {
    let (state, changes, problems) = match &result.outcome {
        LockOutcome::NotNeeded => ("not-needed", &[][..], &[][..]),
        LockOutcome::Unchanged(_) => ("unchanged", &[][..], &[][..]),
        LockOutcome::Locked(_) => ("locked", &[][..], &[][..]),
        LockOutcome::Changed(_, changes) => ("changed", &changes[..], &[][..]),
        LockOutcome::Failed(problems) => ("failed", &[][..], &problems[..]),
    };
    let problem = |problem: &LockProblem| {
        json!({
            "kind": word(problem.kind),
            "layer": problem.layer,
            "registry": problem.registry,
            "message": message(root, problem),
            "promised": problem.changed.as_ref().map(|changed| changed.promised.to_string()),
            "found": problem.changed.as_ref().map(|changed| changed.found.to_string()),
        })
    };
    let warnings: Vec<Value> = result
        .warnings
        .iter()
        .map(|warning| {
            json!({ "layer": warning.layer, "registry": warning.registry, "message": warning.message })
        })
        .collect();
    json!({
        "id": result.profile.id.0,
        "version": result.profile.version(),
        "lock": result.profile.shown(LOCK_FILE),
        "state": state,
        "changes": changes,
        "problems": problems.iter().map(problem).collect::<Vec<_>>(),
        "warnings": warnings,
        "accepted": result.accepted,
    })
}

fn word(kind: ProblemKind) -> &'static str {
    match kind {
        ProblemKind::Unresolved => "unresolved",
        ProblemKind::Failed => "failed",
        ProblemKind::Refused => "refused",
    }
}
