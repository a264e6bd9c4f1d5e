//! What the commands that write have in common: showing or writing a change.

use anyhow::Result;

use super::ui::Ui;
use crate::diagnostics::render::unified;
use crate::workspace::{Change, FileChange};

/// Writes the change and names its files; with `dry_run` it only shows what would differ.
pub(super) fn make(change: &Change, dry_run: bool, ui: &Ui) -> Result<()> {
    for note in &change.notes {
        ui.say(&format!("note: {note}"));
    }
    if dry_run {
        for file in change.files() {
            ui.result(&format!("would {} {}", verbs(file).0, file.path));
        }
        let color = ui.color_out();
        for file in change.files() {
            match file.texts() {
                Some((before, after)) => ui.result(&unified(&file.path, before, after, color)),
                None => ui.result(&format!("{}: no text", file.path)),
            }
        }
        return Ok(());
    }
    change.write()?;
    for file in change.files() {
        ui.result(&format!("{} {}", verbs(file).1, file.path));
    }
    if change.is_empty() {
        ui.say("nothing to change");
    }
    Ok(())
}

fn verbs(file: &FileChange) -> (&'static str, &'static str) {
    if file.after.is_none() { ("delete", "deleted") } else { ("write", "wrote") }
}
