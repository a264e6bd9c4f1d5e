//! The rules of the house, held over the sources as tokens: comments and strings cannot break them, `cfg`s cannot hide from
//! them. `docs/architecture.md` gives the reasons.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources fails")]

#[path = "architecture/proof.rs"]
mod proof;
#[path = "architecture/tokens.rs"]
mod tokens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tokens::Source;

/// The rooms in the order of the data: each imports only rooms before it.
const ROOMS: &[&str] = &[
    "source",
    "archive",
    "diagnostics",
    "yaml",
    "version",
    "schedule",
    "template",
    "chart",
    "pack",
    "schema",
    "workspace",
    "transport",
    "registry",
    "resolve",
    "palette",
    "render",
    "history",
    "diff",
    "rules",
    "check",
    "bundle",
    "trust",
    "release",
    "publish",
    "report",
    "catalog",
    "agent",
    "lsp",
    "cli",
];

/// What an appliance's program is made of: these rooms import only each other, `agent` imports only these.
const SHARED: &[&str] = &[
    "source",
    "archive",
    "diagnostics",
    "yaml",
    "version",
    "schedule",
    "template",
    "chart",
    "transport",
    "bundle",
    "trust",
];

/// Rooms that write files: caches, keys, locks, edits, trees, the appliance's state.
const WRITERS: &[&str] =
    &["registry", "render", "trust", "cli", "resolve", "workspace", "release", "publish", "catalog", "agent"];

/// Places that open sockets of their own: listeners, and the agent's word to its service manager.
const LISTENERS: &[&str] = &["catalog/serve", "cli/serve", "agent/"];

/// Longest file, in lines, that is taken to tell one story.
const LONGEST: usize = 450;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "helper", "helpers", "common", "misc", "manager"];

/// Methods of `std::fs` and friends that change a disk.
const WRITES: &[&str] = &[
    "copy",
    "create",
    "create_dir",
    "create_dir_all",
    "create_new",
    "hard_link",
    "linkat",
    "mkdirat",
    "remove_dir",
    "remove_dir_all",
    "remove_file",
    "rename",
    "renameat",
    "set_permissions",
    "symlink",
    "symlinkat",
    "unlinkat",
    "write",
];

/// Rule 1: imports go up the table, `agent` and what it shares keep to themselves.
fn imports(source: &Source) -> Vec<String> {
    let room = source.room();
    let mut found = vec![];
    for at in 0..source.tokens.len() {
        let supers = (0..8).take_while(|n| source.reads(at + 3 * n, &["super", ":", ":"])).count();
        let starts = at == 0 || source.tokens[at - 1].text != ":";
        if starts && supers >= source.depth() + source.tokens[at].modules && supers > 0 {
            found.push(source.says(at, "`super` reaches the crate's root: write `crate::`"));
        }
    }
    let Some(own) = ROOMS.iter().position(|name| *name == room) else { return found };
    for (at, named) in source.imports() {
        if named == room {
            continue;
        }
        let Some(other) = ROOMS.iter().position(|name| *name == named) else {
            found.push(source.says(at, &format!("`crate::{named}` is no room")));
            continue;
        };
        if other > own {
            found.push(source.says(at, &format!("`{room}` imports `{named}`, which stands below it")));
        } else if (room == "agent" || SHARED.contains(&room)) && !SHARED.contains(&named) {
            found.push(source.says(
                at,
                &format!("`{room}` is part of the agent and imports `{named}`, which is not there"),
            ));
        }
    }
    found
}

/// Rule 2: who prints, who opens sockets, who writes files.
fn effects(source: &Source) -> Vec<String> {
    let room = source.room();
    let mut found = vec![];
    for at in source.program() {
        let word = source.tokens[at].text.as_str();
        let prints = matches!(word, "print" | "println" | "eprint" | "eprintln" | "dbg")
            && source.reads(at + 1, &["!"])
            || matches!(word, "stdout" | "stderr")
                && source.reads(at + 1, &["(", ")"])
                && is_path(source, at);
        if prints && room != "cli" {
            found.push(source.says(at, &format!("`{word}`: only `cli` prints")));
        }
        let client = word == "ureq" && room != "transport";
        let socket = matches!(
            word,
            "TcpListener" | "TcpStream" | "UdpSocket" | "UnixDatagram" | "UnixListener" | "UnixStream"
        ) && !LISTENERS.iter().any(|place| source.path.starts_with(place));
        if client || socket {
            found.push(source.says(at, &format!("`{word}`: this file opens no sockets")));
        }
        let writes = word == "OpenOptions"
            || matches!(word, "NamedTempFile" | "TempDir" | "tempfile" | "tempdir") && room != "transport"
            || matches!(word, "fs" | "File")
                && source.reads(at + 1, &[":", ":"])
                && source.tokens.get(at + 3).is_some_and(|token| WRITES.contains(&token.text.as_str()));
        if writes && !WRITERS.contains(&room) {
            found.push(source.says(at, &format!("`{word}`: `{room}` writes no files")));
        }
        if word == "unwrap"
            && source.reads(at + 1, &["(", ")"])
            && at > 0
            && source.tokens[at - 1].text == "."
        {
            found.push(source.says(at, "`unwrap`: say with `expect` why it cannot fail"));
        }
    }
    found
}

fn is_path(source: &Source, at: usize) -> bool {
    at > 0 && source.tokens[at - 1].text == ":"
}

/// Files tell one story under a name that says which.
fn size_and_name(source: &Source) -> Vec<String> {
    let mut found = vec![];
    if source.lines > LONGEST {
        found.push(format!(
            "src/{}: {} lines; over {LONGEST} a file tells two stories: split it",
            source.path, source.lines
        ));
    }
    for part in source.path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&part) {
            found.push(format!("src/{}: `{part}` says nothing about what is inside", source.path));
        }
    }
    found
}

fn sources() -> Vec<(Source, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut read: Vec<(Source, String)> = files(&root)
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (Source::read(&path, &text), text)
        })
        .collect();
    // Files of `#[cfg(test)] mod x;` are tests as a whole.
    let mut tests = BTreeSet::new();
    for (source, _) in &read {
        let folder = source.path.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/');
        for module in &source.test_modules {
            tests.insert(format!("{folder}/{module}"));
        }
    }
    for (source, _) in &mut read {
        let name = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        if tests.iter().any(|test| name == test || name.starts_with(&format!("{test}/"))) {
            source.tokens.iter_mut().for_each(|token| token.in_test = true);
        }
    }
    read
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
        .into_iter()
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                vec![path]
            } else {
                vec![]
            }
        })
        .collect()
}

#[track_caller]
fn none(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn all(rule: fn(&Source) -> Vec<String>) -> Vec<String> {
    sources().iter().flat_map(|(source, _)| rule(source)).collect()
}

#[test]
fn imports_go_up_the_table() {
    none(&all(imports));
}

#[test]
fn printing_sockets_and_writes_stay_in_their_rooms() {
    none(&all(effects));
}

#[test]
fn files_tell_one_story_under_a_telling_name() {
    none(&all(size_and_name));
}

#[test]
fn every_room_is_known_and_states_its_invariant() {
    let mut found = vec![];
    for (source, text) in sources() {
        let room = source.room().to_owned();
        let head = source.path == format!("{room}/mod.rs") || source.path == format!("{room}.rs");
        if matches!(room.as_str(), "lib" | "main") || !head {
            continue;
        }
        if !ROOMS.contains(&room.as_str()) {
            found.push(format!("src/{}: `{room}` is no room of the table", source.path));
        }
        if !text.contains("Architecture invariant:") {
            found.push(format!("src/{}: no sentence \"Architecture invariant: …\"", source.path));
        }
    }
    none(&found);
}

#[test]
fn the_page_has_the_rooms_in_their_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let listed: Vec<&str> = page
        .lines()
        .skip_while(|line| !line.starts_with("| Room |"))
        .skip(2)
        .map_while(|line| line.strip_prefix("| `")?.split('`').next())
        .collect();
    let there = |room: &&&str| {
        root.join(format!("src/{room}.rs")).exists() || root.join(format!("src/{room}/mod.rs")).exists()
    };
    let wanted: Vec<&str> = ROOMS.iter().filter(there).copied().collect();
    assert_eq!(listed, wanted);
}
