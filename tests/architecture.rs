//! The rules of the house, held over the sources as tokens: comments and strings cannot break them, `cfg`s cannot hide from
//! them. `docs/architecture.md` gives the reasons.

#![allow(clippy::unwrap_used, reason = "a test that cannot read the sources fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The rooms in the order of the data: each imports only rooms before it.
const ROOMS: &[&str] = &[
    "source",
    "archive",
    "diagnostics",
    "yaml",
    "version",
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

/// A token with where it stands and whether only tests see it.
struct Token {
    text: String,
    line: usize,
    in_test: bool,
    /// How many inline modules are around it.
    modules: usize,
}

/// One source file as a flat list of tokens, brackets included.
struct Source {
    /// Relative to `src/`, with `/`.
    path: String,
    tokens: Vec<Token>,
    lines: usize,
    /// Modules that it declares under `#[cfg(test)]`: their files are tests as a whole.
    test_modules: Vec<String>,
}

impl Source {
    fn read(path: &str, text: &str) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("src/{path}: {error}"));
        let mut source =
            Self { path: path.to_owned(), tokens: vec![], lines: text.lines().count(), test_modules: vec![] };
        source.flatten(stream, false, 0);
        source
    }

    fn flatten(&mut self, stream: TokenStream, in_test: bool, modules: usize) {
        // Until the end of the item behind a `#[cfg(test)]`.
        let mut test_item = false;
        for tree in stream {
            let line = tree.span().start().line;
            let hidden = in_test || test_item;
            match tree {
                TokenTree::Group(group) => {
                    let attribute = self.last_is("#") || (self.last_is("!") && self.before_last_is("#"));
                    if attribute && is_test_cfg(&group) {
                        test_item = true;
                    }
                    let module = group.delimiter() == Delimiter::Brace && self.before_last_is("mod");
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(open, line, hidden, modules);
                    self.flatten(group.stream(), hidden, modules + usize::from(module));
                    self.push(close, group.span_close().start().line, hidden, modules);
                    if group.delimiter() == Delimiter::Brace {
                        test_item = false;
                    }
                }
                TokenTree::Literal(_) => self.push("\"\"", line, hidden, modules),
                other => {
                    let text = other.to_string();
                    if text == ";" {
                        if test_item && self.before_last_is("mod") {
                            self.test_modules.extend(self.tokens.last().map(|token| token.text.clone()));
                        }
                        test_item = false;
                    }
                    self.push(&text, line, hidden, modules);
                }
            }
        }
    }

    fn push(&mut self, text: &str, line: usize, in_test: bool, modules: usize) {
        self.tokens.push(Token { text: text.to_owned(), line, in_test, modules });
    }

    fn last_is(&self, text: &str) -> bool {
        self.tokens.last().is_some_and(|token| token.text == text)
    }

    fn before_last_is(&self, text: &str) -> bool {
        self.tokens.iter().rev().nth(1).is_some_and(|token| token.text == text)
    }

    /// Room of the file: `yaml` for `yaml/parse.rs` and `version.rs`; `lib` and `main` for the crate's own.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Depth of the file's module below the crate: `yaml/parse.rs` is 2, `yaml/mod.rs` is 1.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        parts - usize::from(self.path.ends_with("/mod.rs"))
    }

    /// Whether the tokens from `at` on read as `wanted`.
    fn reads(&self, at: usize, wanted: &[&str]) -> bool {
        wanted.iter().enumerate().all(|(n, text)| self.tokens.get(at + n).is_some_and(|t| t.text == *text))
    }

    fn says(&self, at: usize, what: &str) -> String {
        format!("src/{}:{}: {what}", self.path, self.tokens[at].line)
    }

    /// Indices of tokens of the program itself, tests left out.
    fn program(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.tokens.len()).filter(|at| !self.tokens[*at].in_test)
    }

    /// Rooms that the file names by `crate::…`, with the index of the token that names them.
    fn imports(&self) -> Vec<(usize, &str)> {
        let mut found = vec![];
        for at in 0..self.tokens.len() {
            if !self.reads(at, &["crate", ":", ":"]) {
                continue;
            }
            if !self.reads(at + 3, &["{"]) {
                found.push((at + 3, self.tokens[at + 3].text.as_str()));
                continue;
            }
            // `crate::{a::b, c}`: the first word of each entry.
            let (mut level, mut first) = (0, true);
            for (n, token) in self.tokens.iter().enumerate().skip(at + 3) {
                match token.text.as_str() {
                    "{" => level += 1,
                    "}" => level -= 1,
                    "," if level == 1 => first = true,
                    word if level == 1 && first => {
                        found.push((n, word));
                        first = false;
                    }
                    _ => {}
                }
                if level == 0 {
                    break;
                }
            }
        }
        found
    }
}

/// `#[cfg(test)]` and everything that needs `test` to be true.
fn is_test_cfg(group: &Group) -> bool {
    let text: String = group.stream().to_string().split_whitespace().collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,") || text == "test"
}

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

/// The rules find what they are for: each sentence here would otherwise be a wish.
mod proof {
    use super::{Source, effects, imports, size_and_name};

    fn count(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
        rule(&Source::read(path, text)).len()
    }

    #[test]
    fn an_import_downwards_is_found_however_it_is_written() {
        assert_eq!(count(imports, "yaml/tree.rs", "use crate::rules::Rule;"), 1);
        assert_eq!(count(imports, "yaml/tree.rs", "fn f() -> crate::cli::Exit { todo() }"), 1);
        assert_eq!(
            count(imports, "pack/mod.rs", "use crate::{archive::Files, rules, yaml::{Node, Span}};"),
            1
        );
        assert_eq!(count(imports, "yaml/tree.rs", "use super::super::rules::Rule;"), 1);
        assert_eq!(
            count(imports, "yaml/tree.rs", "#[cfg(feature = \"x\")] mod m { use crate::rules::R; }"),
            1
        );
        assert_eq!(count(imports, "yaml/tree.rs", "use crate::nowhere::R;"), 1);
    }

    #[test]
    fn imports_upwards_and_words_in_text_are_fine() {
        assert_eq!(count(imports, "rules/mod.rs", "use crate::resolve::ResolvedProfile;"), 0);
        assert_eq!(
            count(imports, "yaml/tree.rs", "// crate::rules\nconst A: &str = \"crate::rules::x\";"),
            0
        );
        assert_eq!(count(imports, "yaml/mod.rs", "mod tests { use super::tree::Node; }"), 0);
        assert_eq!(count(imports, "yaml/de/mod.rs", "use super::tree::Node;"), 0);
    }

    #[test]
    fn the_agent_and_what_it_shares_keep_to_themselves() {
        assert_eq!(count(imports, "agent/mod.rs", "use crate::workspace::Workspace;"), 1);
        assert_eq!(count(imports, "trust/core.rs", "use crate::workspace::Workspace;"), 1);
        assert_eq!(count(imports, "agent/mod.rs", "use crate::trust::TrustCore;"), 0);
    }

    #[test]
    fn effects_outside_their_rooms_are_found() {
        assert_eq!(count(effects, "rules/mod.rs", "fn f() { println!(\"x\"); }"), 1);
        assert_eq!(count(effects, "rules/mod.rs", "fn f() { std::io::stdout().flush(); }"), 1);
        assert_eq!(count(effects, "rules/mod.rs", "use std::net::TcpStream;"), 1);
        assert_eq!(count(effects, "registry/helm.rs", "fn f() { ureq::get(\"x\"); }"), 1);
        assert_eq!(count(effects, "diff/mod.rs", "fn f() { std::fs::write(a, b); }"), 1);
        assert_eq!(count(effects, "diff/mod.rs", "fn f() { File::create(a); }"), 1);
        assert_eq!(count(effects, "cli/mod.rs", "fn f() { x.unwrap(); }"), 1);
    }

    #[test]
    fn effects_in_their_rooms_and_in_tests_are_fine() {
        assert_eq!(count(effects, "cli/ui.rs", "fn f() { println!(\"x\"); fs::write(a, b); }"), 0);
        assert_eq!(count(effects, "cli/serve.rs", "use std::net::TcpListener;"), 0);
        assert_eq!(
            count(effects, "diff/mod.rs", "#[cfg(test)] mod t { fn f() { fs::write(a, b).unwrap(); } }"),
            0
        );
        assert_eq!(
            count(effects, "diff/mod.rs", "#[cfg(test)] use x::TempDir;\nfn f() { fs::write(a, b); }"),
            1
        );
    }

    #[test]
    fn long_files_and_empty_names_are_found() {
        assert_eq!(count(size_and_name, "yaml/long.rs", &"\n".repeat(451)), 1);
        assert_eq!(count(size_and_name, "yaml/helpers.rs", ""), 1);
        assert_eq!(count(size_and_name, "yaml/tree.rs", &"\n".repeat(450)), 0);
    }
}
