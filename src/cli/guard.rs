//! What `promote` and `assign` have in common: a change is judged and shown before it is written.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::ui::Ui;
use crate::check::{self, Outcome};
use crate::diagnostics::{Diagnostic, Severity};
use crate::registry::{Options, Registries};
use crate::workspace::{Assigned, Change, Got, Moved, Workspace};

/// Lists of appliances longer than this are cut for people, unless they ask for all (`-v`).
const MOST_SHOWN: usize = 20;

/// The repository as it will be.
pub(super) fn after(workspace: &Workspace, change: &Change) -> Result<Workspace> {
    Workspace::load_over(&workspace.root, &change.over(&workspace.overlay))
}

/// The errors that the repository has after a change and had not before.
pub(super) fn new_errors(before: &Workspace, after: &Workspace) -> Vec<Diagnostic> {
    let judge = |workspace: &Workspace| -> Outcome {
        let registries = Registries::open(workspace, Options { offline: true, ..Options::default() });
        check::in_pieces(workspace, &registries, &check::Options::default())
    };
    let key = |finding: &Diagnostic| {
        (finding.lint.code, finding.place.file.path().to_owned(), finding.message.clone())
    };
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for finding in judge(before).findings {
        *known.entry(key(&finding)).or_default() += 1;
    }
    let mut found = judge(after).findings;
    found.retain(|finding| match known.get_mut(&key(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => finding.severity == Severity::Error,
    });
    found
}

/// Prints findings as `check` does.
pub(super) fn show(findings: Vec<Diagnostic>, ui: &Ui) {
    let outcome = Outcome { findings, ..Outcome::default() };
    ui.say_always(super::check::text(&outcome, ui.color_err()).trim_end());
}

/// A version and by what it is given: `1.2.0 (channel stable)`.
fn given(got: Option<&Got>) -> String {
    let Some(got) = got else { return "nothing".to_owned() };
    let version = got.version.as_deref().unwrap_or("no version");
    match &got.assigned {
        Assigned::Channel(channel) => format!("{version} (channel {channel})"),
        Assigned::Version(_) => format!("{version} (fixed)"),
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// What each appliance gets otherwise, as people read it.
pub(super) fn moves_text(moved: &[Moved], verbose: bool) -> String {
    let mut lines = Vec::new();
    let many = if moved.len() == 1 { "appliance gets" } else { "appliances get" };
    match moved.len() {
        0 => lines.push("no appliance gets anything else".to_owned()),
        count => lines.push(format!("{count} {many} something else:")),
    }
    let most = if verbose { usize::MAX } else { MOST_SHOWN };
    let width = moved.iter().take(most).map(|m| m.appliance.chars().count()).max().unwrap_or_default();
    for one in moved.iter().take(most) {
        for (id, before, after) in &one.profiles {
            lines.push(format!(
                "  {:<width$}  {id}  {} → {}",
                one.appliance,
                given(before.as_ref()),
                given(after.as_ref())
            ));
        }
        for (name, before, after) in &one.variables {
            lines.push(format!(
                "  {:<width$}  {name} = {} (was {})",
                one.appliance,
                value(after.as_ref()),
                value(before.as_ref())
            ));
        }
    }
    if moved.len() > most {
        lines.push(format!("  … and {} more (-v shows all)", moved.len() - most));
    }
    lines.join("\n")
}

/// The same for machines.
pub(super) fn moves_json(moved: &[Moved]) -> Value {
    let got = |got: &Option<Got>| {
        got.as_ref().map(|got| {
            let (by, name) = match &got.assigned {
                Assigned::Channel(channel) => ("channel", channel),
                Assigned::Version(version) => ("fixed", version),
            };
            json!({ "version": got.version, "by": by, by: name })
        })
    };
    let one = |moved: &Moved| {
        let profiles = moved.profiles.iter();
        let profiles = profiles.map(|(id, a, b)| json!({ "id": id, "before": got(a), "after": got(b) }));
        let variables = moved.variables.iter();
        let variables = variables.map(|(name, a, b)| json!({ "name": name, "before": a, "after": b }));
        json!({
            "appliance": moved.appliance,
            "profiles": profiles.collect::<Vec<_>>(),
            "variables": variables.collect::<Vec<_>>(),
        })
    };
    moved.iter().map(one).collect()
}

/// The repository around the current directory.
pub(super) fn workspace() -> Result<Workspace> {
    Workspace::load(&Workspace::find(Path::new("."))?)
}
