//! What `new`, `layer` and `clone` have in common: showing or writing a change, and saying what to run next.

use anyhow::Result;

use super::ui::Ui;
use crate::workspace::{Change, Workspace};

/// Writes the change and names its files; with `dry_run` it only shows them and the new `profile.yaml`.
pub(super) fn make(change: &Change, workspace: &Workspace, dry_run: bool, ui: &Ui) -> Result<()> {
    for note in &change.notes {
        ui.say(&format!("note: {note}"));
    }
    if !dry_run {
        change.write(workspace)?;
    }
    let verb = if dry_run { "would write" } else { "wrote" };
    for path in change.paths() {
        ui.result(&format!("{verb} {path}"));
    }
    if dry_run {
        ui.result(&format!("\n{}", change.profile_yaml()));
    }
    Ok(())
}
