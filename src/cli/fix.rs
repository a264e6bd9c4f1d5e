//! `edgewright fix`: make the repairs that findings offer.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::json;

use super::ui::Ui;
use super::{Exit, Format};
use crate::check::repair::{Repair, Repaired, Wanted, repair};
use crate::check::{self, Baseline};
use crate::diagnostics::closest;
use crate::diagnostics::render::{unified, visible};
use crate::rules;
use crate::workspace;

/// Arguments of `fix`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to repair: files or folders. Without it, the whole repository.
    paths: Vec<PathBuf>,
    /// Make repairs that may change what a file means, too: look at what they did.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what would change, and write nothing. Fails if something would.
    #[arg(long)]
    diff: bool,
    /// Only repairs of this rule, by code or name; may be repeated.
    #[arg(long = "rule", value_name = "CODE")]
    rules: Vec<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let wanted = Wanted { unsafe_fixes: args.unsafe_fixes, codes: codes(&args.rules)? };
    // What is known already is repaired as well.
    let options = check::Options { baseline: Baseline::Ignored, ..check::Options::default() };
    let mut repair = repair(&args.paths, &wanted, &options)?;
    if !args.diff {
        write(&mut repair)?;
    }
    match args.format {
        Format::Json => ui.result(&for_machines(&repair, args.diff)),
        Format::Text if args.diff => {
            let color = ui.color_out();
            let diff = |file: &Repaired| unified(&shown(&file.path), &file.before, &file.after, color);
            ui.result(&repair.files.iter().map(diff).collect::<String>());
        }
        Format::Text => ui.result(&for_people(&repair)),
    }
    for (path, why) in &repair.left {
        ui.warn(&format!("{} is left as it is: {}", visible(&shown(path)), visible(why)));
    }
    ui.say(&told(&repair, args.diff));
    let open = !repair.left.is_empty() || args.diff && !repair.files.is_empty();
    Ok(if open { Exit::Findings } else { Exit::Fine })
}

fn codes(names: &[String]) -> Result<BTreeSet<&'static str>> {
    let code = |name: &String| match rules::find(name) {
        Some((lint, _)) => Ok(lint.code),
        None => match closest(name, rules::names()) {
            Some(near) => bail!("there is no rule `{name}`; did you mean `{near}`?"),
            None => bail!("there is no rule `{name}`; `edgewright explain` lists all"),
        },
    };
    names.iter().map(code).collect()
}

/// A path as somebody in this directory would write it.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|dir| dir.canonicalize()).unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Writes the files; one that somebody changed since it was read is left as it is.
fn write(repair: &mut Repair) -> Result<()> {
    let mut written = Vec::new();
    for file in std::mem::take(&mut repair.files) {
        if std::fs::read(&file.path).is_ok_and(|bytes| bytes == file.before.as_bytes()) {
            workspace::write_file(&file.path, file.after.as_bytes())?;
            written.push(file);
        } else {
            repair.left.push((file.path, "it changed while it was being judged".to_owned()));
        }
    }
    repair.files = written;
    Ok(())
}

fn for_people(repair: &Repair) -> String {
    let mut out = String::new();
    for file in &repair.files {
        for made in &file.made {
            let place = format!("{}:{}", visible(&shown(&file.path)), made.line);
            let _ = writeln!(out, "fixed {place}: {} ({})", visible(&made.message), made.lint.code);
        }
    }
    out
}

fn for_machines(repair: &Repair, dry: bool) -> String {
    let files: Vec<_> = repair
        .files
        .iter()
        .map(|file| {
            let fixes: Vec<_> = file
                .made
                .iter()
                .map(|made| {
                    json!({
                        "code": made.lint.code,
                        "name": made.lint.name,
                        "line": made.line,
                        "message": made.message,
                    })
                })
                .collect();
            let diff = unified(&shown(&file.path), &file.before, &file.after, false);
            json!({ "path": shown(&file.path), "written": !dry, "fixes": fixes, "diff": diff })
        })
        .collect();
    let left: Vec<_> =
        repair.left.iter().map(|(path, why)| json!({ "path": shown(path), "reason": why })).collect();
    let report = json!({
        "schemaVersion": 1,
        "files": files,
        "left": left,
        "summary": { "files": repair.files.len(), "fixes": fixes(repair), "unsafe": repair.more_unsafe },
    });
    format!("{report:#}\n")
}

fn fixes(repair: &Repair) -> usize {
    repair.files.iter().map(|file| file.made.len()).sum()
}

fn told(repair: &Repair, dry: bool) -> String {
    let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let verb = if dry { "would fix" } else { "fixed" };
    let mut text = match fixes(repair) {
        0 => "nothing to fix".to_owned(),
        many => {
            let (faults, files) = (counted(many, "finding"), counted(repair.files.len(), "file"));
            format!("{verb} {faults} in {files}")
        }
    };
    if repair.more_unsafe > 0 {
        let more = counted(repair.more_unsafe, "more repair");
        let _ = write!(text, "; {more} with --unsafe-fixes, to be looked at");
    }
    text
}
