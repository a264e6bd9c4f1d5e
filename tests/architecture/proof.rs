//! The rules find what they are for: each sentence here would otherwise be a wish.

use super::tokens::Source;
use super::{effects, imports, size_and_name};

fn count(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&Source::read(path, text)).len()
}

#[test]
fn an_import_downwards_is_found_however_it_is_written() {
    assert_eq!(count(imports, "yaml/tree.rs", "use crate::rules::Rule;"), 1);
    assert_eq!(count(imports, "yaml/tree.rs", "fn f() -> crate::cli::Exit { todo() }"), 1);
    assert_eq!(count(imports, "pack/mod.rs", "use crate::{archive::Files, rules, yaml::{Node, Span}};"), 1);
    assert_eq!(count(imports, "yaml/tree.rs", "use super::super::rules::Rule;"), 1);
    assert_eq!(count(imports, "yaml/tree.rs", "#[cfg(feature = \"x\")] mod m { use crate::rules::R; }"), 1);
    assert_eq!(count(imports, "yaml/tree.rs", "use crate::nowhere::R;"), 1);
}

#[test]
fn imports_upwards_and_words_in_text_are_fine() {
    assert_eq!(count(imports, "rules/mod.rs", "use crate::resolve::ResolvedProfile;"), 0);
    assert_eq!(count(imports, "yaml/tree.rs", "// crate::rules\nconst A: &str = \"crate::rules::x\";"), 0);
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
    assert_eq!(count(effects, "diff/mod.rs", "#[cfg(test)] use x::TempDir;\nfn f() { fs::write(a, b); }"), 1);
}

#[test]
fn long_files_and_empty_names_are_found() {
    assert_eq!(count(size_and_name, "yaml/long.rs", &"\n".repeat(451)), 1);
    assert_eq!(count(size_and_name, "yaml/helpers.rs", ""), 1);
    assert_eq!(count(size_and_name, "yaml/tree.rs", &"\n".repeat(450)), 0);
}
