//! `lock --images`: digests of the images, in the locks that were just written.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{bar, count, exit_of, worse};
use crate::cli::Exit;
use crate::cli::ui::Ui;
use crate::registry::Registries;
use crate::resolve::{LOCK_FILE, LockedImages, lock_images};
use crate::workspace::Workspace;
use crate::workspace::model::Profile;

/// Resolves the images of all `profiles` that have a lock, and writes what is new. The worst exit, and what became of each.
pub(super) fn run(
    workspace: &Workspace,
    registries: &Registries,
    profiles: &[Arc<Profile>],
    renew: bool,
    ui: &Ui,
) -> (Exit, Vec<LockedImages>) {
    let bar = bar::Bar::new(ui);
    let results =
        lock_images(workspace, registries, profiles, renew, &|name, done, all| bar.count(name, done, all));
    bar.end();
    let mut exit = Exit::Fine;
    for result in &results {
        let label = result.profile.label();
        for warning in &result.warnings {
            ui.warn(&format!("{label}: {warning}"));
        }
        for problem in &result.problems {
            let layer = problem.layer.as_deref().unwrap_or_default();
            ui.error(&format!("{label}: layer `{layer}`: {}", problem.message));
            exit = worse(exit, exit_of(problem.kind));
        }
        if let Err(error) = write(result, &result.profile.dir) {
            ui.error(&format!("cannot write {}: {error}", result.profile.shown(LOCK_FILE)));
            exit = worse(exit, Exit::Failed);
        }
    }
    (exit, results)
}

fn write(result: &LockedImages, folder: &Path) -> std::io::Result<bool> {
    result.lock.as_ref().map_or(Ok(false), |lock| lock.write(folder))
}

/// One line for each profile with images.
pub(super) fn tell(results: &[LockedImages], ui: &Ui) {
    for result in results.iter().filter(|result| result.known > 0 || !result.problems.is_empty()) {
        let failed = match result.problems.len() {
            0 => String::new(),
            failed => format!(", {failed} not resolved"),
        };
        ui.result(&format!(
            "{}: {} with digests, {} asked for{failed}",
            result.profile.label(),
            count(result.known, "image"),
            result.asked
        ));
    }
}

/// For machines.
pub(super) fn as_json(result: &LockedImages) -> Value {
    let problems = result.problems.iter().map(|p| json!({ "layer": p.layer, "message": p.message }));
    json!({
        "known": result.known,
        "asked": result.asked,
        "problems": problems.collect::<Vec<_>>(),
        "warnings": result.warnings,
    })
}
