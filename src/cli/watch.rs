//! `check --watch`: again whenever a file changes.
//!
//! Files are asked for their time and size twice a second at most: that works in containers, over the network and on every
//! system, and costs some milliseconds for thousands of files. An interrupt ends the program as it ends any other: there is
//! nothing to put away.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use ignore::WalkBuilder;
use jiff::Zoned;

use super::Exit;
use super::ui::Ui;
use crate::workspace::Workspace;

/// Between two looks.
const REST: Duration = Duration::from_millis(250);
/// What a look may cost of the time between two.
const SHARE: u32 = 10;

/// Time and size of every file.
type State = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Checks, and checks again whenever something below `paths` or in their repositories changed. A check that cannot be made
/// is told, and made again when something changes.
pub(super) fn run(paths: &[PathBuf], ui: &Ui, mut check: impl FnMut() -> Result<Exit>) -> Result<Exit> {
    let roots = roots(paths);
    let terminal = std::io::stdout().is_terminal();
    let mut seen = look(&roots);
    // The first check fails where it could never succeed: paths that are not there, options that contradict.
    turn(ui, terminal);
    check()?;
    loop {
        let (now, cost) = changed(&roots, &seen);
        if now == seen {
            sleep(REST.max(cost * SHARE));
            continue;
        }
        seen = now;
        turn(ui, terminal);
        if let Err(error) = check() {
            ui.error(&format!("{error:#}"));
        }
    }
}

/// The state once nothing changes any more, and what one look costs. An editor writes a file in steps, git many files.
fn changed(roots: &[PathBuf], seen: &State) -> (State, Duration) {
    let started = Instant::now();
    let mut now = look(roots);
    let cost = started.elapsed();
    while now != *seen {
        sleep(REST / 5);
        let again = look(roots);
        if again == now {
            break;
        }
        now = again;
    }
    (now, cost)
}

/// On a terminal every check has a page of its own.
fn turn(ui: &Ui, terminal: bool) {
    if terminal {
        ui.result("\x1b[2J\x1b[3J\x1b[H");
    }
}

/// The time, to begin a line with.
pub(super) fn clock() -> String {
    Zoned::now().strftime("%H:%M:%S  ").to_string()
}

/// A report as one line, where it is JSON.
pub(super) fn line(json: bool, text: String) -> String {
    match serde_json::from_str::<serde_json::Value>(&text) {
        Ok(value) if json => format!("{value}\n"),
        _ => text,
    }
}

/// What to look at: the repositories of what is checked, or it by itself.
fn roots(paths: &[PathBuf]) -> Vec<PathBuf> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let root = |path: &PathBuf| {
        let folder = if path.is_dir() { Some(path.as_path()) } else { path.parent() };
        let folder = folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Workspace::find(folder).unwrap_or_else(|_| path.clone())
    };
    let mut roots: Vec<PathBuf> = paths.iter().map(root).collect();
    roots.sort();
    roots.dedup();
    roots
}

fn look(roots: &[PathBuf]) -> State {
    let mut state = State::new();
    for root in roots {
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .git_ignore(true)
            .require_git(false)
            .filter_entry(|entry| entry.file_name() != ".git" && entry.file_name() != "node_modules")
            .build();
        for entry in walk.flatten() {
            if let Ok(meta) = entry.metadata()
                && meta.is_file()
            {
                state.insert(entry.into_path(), (meta.modified().ok(), meta.len()));
            }
        }
    }
    state
}
