//! `edgewright update`: newer versions for some layers: constraints edited in place, locks written, differences shown.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::lock::{Bar, chosen, count, exit_of, listen, tell, unread, whole, worse};
use super::network::Network;
use super::ui::Ui;
use super::{Exit, Format, change};
use crate::registry::Registries;
use crate::resolve::{Difference, LockOutcome, Update, UpdateOptions, UpdatedLayer, update};
use crate::workspace::Workspace;

/// Arguments of `update`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without --to a layer moves to the newest release (a pack to the newest version): a constraint that does not let it in is
written anew in its own form (`^6.5` becomes `^7.1`, `1.27.x` becomes `1.28.x`), with all comments kept. A constraint that
cannot be guessed (`>=1 <2`) stays, and so does the limit that it sets. `edgewright lock --upgrade` moves within the
constraints alone.

For each layer that moves, it shows defaults that are new, defaults that are gone although your values still set them,
and defaults that changed: under your values, or in force.")]
pub(super) struct Args {
    /// Layers, packs or charts by name; none: all.
    #[arg(value_name = "LAYER")]
    names: Vec<String>,
    /// Version or constraint to write, of one pack or chart.
    #[arg(long, value_name = "VERSION", requires = "names")]
    to: Option<String>,
    /// Only in this profile, `ID` (all its versions) or `ID@VERSION`; may be repeated.
    #[arg(long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    network: Network,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { names, to, profiles: of, dry_run, format, network } = args;
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let profiles = chosen(&workspace, &of)?;
    let mut exit = unread(&workspace, &of, ui);
    listen();
    let registries = Registries::open(&workspace, network.options(ui));
    let bar = Bar::new(ui);
    let options = UpdateOptions { names, to };
    let done = update(&workspace, &registries, &profiles, &options, &|progress| bar.hear(progress));
    bar.end();
    let update = done?;
    let mut told: Vec<&str> = Vec::new();
    for problem in update.layers.iter().filter_map(|layer| layer.problem.as_ref()) {
        exit = worse(exit, exit_of(problem.kind));
        if !told.contains(&problem.message.as_str()) {
            ui.error(&problem.message);
            told.push(&problem.message);
        }
    }
    exit = worse(exit, tell(&workspace.root, &update.locks, ui));
    let failed = update.locks.iter().any(|result| matches!(result.outcome, LockOutcome::Failed(_)));
    if format == Format::Json {
        let layers: Vec<Value> = update.layers.iter().map(as_json).collect();
        let files: Vec<&str> = update.change.files().iter().map(|file| file.path.as_str()).collect();
        let written = !dry_run && !failed;
        let json = json!({ "schemaVersion": 1, "written": written, "files": files, "layers": layers });
        ui.result(&format!("{json:#}"));
    } else {
        show(&update, ui);
    }
    if failed {
        ui.error("nothing was written: a profile could not be locked");
        return Ok(exit);
    }
    match format {
        // stdout is the document's.
        Format::Json if dry_run => {}
        Format::Json => whole(|| update.change.write())?,
        Format::Text => whole(|| change::make(&update.change, dry_run, ui))?,
    }
    if !dry_run {
        for result in &update.locks {
            let wrote = whole(|| result.write());
            let path = result.profile.shown(crate::resolve::LOCK_FILE);
            match wrote {
                Ok(true) if format == Format::Text => ui.result(&format!("wrote {path}")),
                Ok(_) => {}
                Err(error) => anyhow::bail!("cannot write {path}: {error}"),
            }
        }
    }
    Ok(exit)
}

/// What moves and what that means, for people.
fn show(update: &Update, ui: &Ui) {
    let mut same = 0;
    for layer in &update.layers {
        let moves = layer.to.is_some() && layer.from != layer.to;
        if !moves && layer.wanted.is_none() {
            same += 1;
            if let Some(note) = &layer.note {
                ui.say(&format!("{}: {}: {note}", layer.profile, layer.layer));
            }
            continue;
        }
        let from = layer.from.as_deref().unwrap_or("not locked");
        let mut line = match &layer.to {
            Some(to) if moves => format!("{}: {} {from} → {to}", layer.profile, layer.layer),
            _ => format!("{}: {} stays at {from}", layer.profile, layer.layer),
        };
        if let Some(wanted) = &layer.wanted {
            let _ = write!(line, ", `{}` → `{wanted}`", layer.reference.wanted);
        }
        if let Some(note) = &layer.note {
            let _ = write!(line, " ({note})");
        }
        ui.result(&line);
        match &layer.difference {
            Some(difference) => ui.result(&text(difference)),
            None if moves && layer.from.is_some() => {
                ui.result("  the old version is not on this machine, so their defaults are not compared");
            }
            None => {}
        }
    }
    if same > 0 {
        ui.say(&format!("{} as new as it can be", count(same, "layer")));
    }
}

fn text(difference: &Difference) -> String {
    if difference.is_empty() {
        return "  the same defaults".to_owned();
    }
    let mut lines = Vec::new();
    let mut section = |title: &str, entries: Vec<String>| {
        if !entries.is_empty() {
            lines.push(format!("  {title}"));
            lines.extend(entries.into_iter().map(|entry| format!("    {entry}")));
        }
    };
    let Difference { added, gone, changed, alone } = difference;
    let set = gone.iter().filter_map(|(key, old, own)| {
        let own = own.as_ref()?;
        Some(format!("{}: {} (the default was {})", dotted(key), short(own), short(old)))
    });
    section("gone, although your values set them:", set.collect());
    let under = changed.iter().filter_map(|(key, old, new, own)| {
        let own = own.as_ref()?;
        Some(format!("{}: {} → {}, yours stays {}", dotted(key), short(old), short(new), short(own)))
    });
    section("defaults that changed under your values:", under.collect());
    let title = if *alone {
        "defaults that changed; your values stand alone, so none of them takes effect:"
    } else {
        "defaults that changed and take effect:"
    };
    let in_force = changed.iter().filter(|(.., own)| own.is_none());
    let in_force =
        in_force.map(|(key, old, new, _)| format!("{}: {} → {}", dotted(key), short(old), short(new)));
    section(title, in_force.collect());
    let new = added.iter().map(|(key, value, own)| match own {
        Some(own) => format!("{}: {}, yours is {}", dotted(key), short(value), short(own)),
        None => format!("{}: {}", dotted(key), short(value)),
    });
    section("new:", new.collect());
    let lost = gone.iter().filter(|(.., own)| own.is_none());
    section("gone:", lost.map(|(key, old, _)| format!("{}: {}", dotted(key), short(old))).collect());
    lines.join("\n")
}

/// `/a/b.c` as `a."b.c"`.
fn dotted(pointer: &str) -> String {
    let part = |part: &str| {
        let part = part.replace("~1", "/").replace("~0", "~");
        if part.contains(['.', ' ']) { format!("\"{part}\"") } else { part }
    };
    pointer.split('/').skip(1).map(part).collect::<Vec<_>>().join(".")
}

/// A value on one line, cut where it is long.
fn short(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn as_json(layer: &UpdatedLayer) -> Value {
    let difference = layer.difference.as_ref().map(|difference| {
        let key = |key: &String, mut more: Value| {
            more["pointer"] = json!(key);
            more
        };
        json!({
            "added": difference.added.iter().map(|(k, new, own)| key(k, json!({ "new": new, "own": own }))).collect::<Vec<_>>(),
            "gone": difference.gone.iter().map(|(k, old, own)| key(k, json!({ "old": old, "own": own }))).collect::<Vec<_>>(),
            "changed": difference.changed.iter().map(|(k, old, new, own)| {
                key(k, json!({ "old": old, "new": new, "own": own, "takesEffect": own.is_none() && !difference.alone }))
            }).collect::<Vec<_>>(),
        })
    });
    json!({
        "profile": layer.profile,
        "layer": layer.layer,
        "kind": layer.reference.kind.word(),
        "name": layer.reference.name,
        "registry": layer.reference.registry,
        "constraint": { "old": layer.reference.wanted, "new": layer.wanted },
        "version": { "old": layer.from, "new": layer.to },
        "note": layer.note,
        "problem": layer.problem.as_ref().map(|problem| &problem.message),
        "difference": difference,
    })
}
