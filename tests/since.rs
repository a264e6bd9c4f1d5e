//! `check --since REV` finds what the whole check finds in what the changes reach, whatever was changed.
//!
//! The fixtures of the rules are the changes: each is laid over a repository that is committed, alone and with the faults of
//! another rule in it already, and taken away again.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use edgewright::check::{self, Options, Outcome, Reached};
use rayon::prelude::*;

/// What nothing in the repository uses any more: a line in a file that the change does not reach, for whole checks to say.
const UNUSED: &[&str] = &[" VR0202 ", " CF0105 "];

type Files = BTreeMap<String, Vec<u8>>;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn edgewright(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(args)
        .current_dir(dir)
        .env("EDGEWRIGHT_CACHE", dir.join(".git/cache"))
        .output()
        .expect("the binary runs")
}

fn read(folder: &Path, into: &mut Files) {
    read_below(folder, folder, into);
}

fn read_below(root: &Path, folder: &Path, into: &mut Files) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let shown = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            read_below(root, &path, into);
        } else if shown != ".git" {
            let bytes = fs::read(&path).unwrap();
            if bytes == b"@remove\n" {
                into.retain(|other, _| *other != shown && !other.starts_with(&format!("{shown}/")));
            } else {
                into.insert(shown, bytes);
            }
        }
    }
}

fn write(root: &Path, files: &Files) {
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with(".git") {
            continue;
        }
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// The base repository with fixtures laid over it, locked.
fn laid(overlays: &[(&str, &str)]) -> Files {
    let mut files = Files::new();
    read(&fixtures().join("base"), &mut files);
    for (code, variant) in overlays {
        read(&fixtures().join(code).join(variant), &mut files);
    }
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &files);
    edgewright(dir.path(), &["lock", "--quiet"]);
    let mut files = Files::new();
    read(dir.path(), &mut files);
    for (code, variant) in overlays {
        read(&fixtures().join(code).join(format!("{variant}-after-lock")), &mut files);
    }
    files.retain(|path, _| !path.starts_with(".git/"));
    files
}

fn commit(root: &Path) {
    let repository = git2::Repository::init(root).unwrap();
    let mut index = repository.index().unwrap();
    index.add_all(["."], git2::IndexAddOption::DEFAULT, None).unwrap();
    index.write().unwrap();
    let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
    let who = git2::Signature::new("a", "a@example.org", &git2::Time::new(1_772_000_000, 0)).unwrap();
    let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
    let parents: Vec<_> = parent.iter().collect();
    repository.commit(Some("HEAD"), &who, &who, "c", &tree, &parents).unwrap();
}

fn shown(outcome: &Outcome, keep: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let findings = outcome.findings.iter().map(|finding| (finding, ""));
    let suppressed = outcome.suppressed.iter().map(|suppressed| (&suppressed.finding, "suppressed "));
    findings
        .chain(suppressed)
        .filter(|(f, _)| keep(f.place.file.path()))
        .map(|(f, how)| {
            format!(
                "{how}{} {} {} {} {:?} {:?}",
                f.place,
                f.lint.code,
                f.severity.word(),
                f.message,
                f.help,
                f.related
            )
        })
        .collect()
}

fn since(root: &Path, rev: &str) -> (Outcome, Reached) {
    check::since(root, rev, &Options::default()).unwrap()
}

fn whole(root: &Path) -> Outcome {
    check::whole(root, &Options::default()).unwrap()
}

/// What is wrong where `before` is committed and `after` stands in the working tree.
fn compare(what: &str, before: &Files, after: &Files) -> Option<String> {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), before);
    commit(dir.path());
    write(dir.path(), after);
    if !after.contains_key("edgewright.yaml") {
        return None;
    }
    let (found, reached) = since(dir.path(), "HEAD");
    let all = whole(dir.path());
    let (is, should) = (shown(&found, |_| true), shown(&all, |path| reached.covers(path)));
    // What the change itself brings or takes away is never missed: it is in what was reached.
    write(dir.path(), before);
    let old = before.contains_key("edgewright.yaml").then(|| shown(&whole(dir.path()), |_| true));
    let news: BTreeSet<String> = match &old {
        Some(old) => shown(&all, |_| true).difference(old).cloned().collect(),
        None => BTreeSet::new(),
    };
    let of_whole = |finding: &&String| UNUSED.iter().any(|code| finding.contains(code));
    let missed: Vec<&String> = news.difference(&is).filter(|finding| !of_whole(finding)).collect();
    let mut wrong = String::new();
    if is != should {
        let less: Vec<_> = should.difference(&is).collect();
        let more: Vec<_> = is.difference(&should).collect();
        writeln!(wrong, "{what}: lacks {less:#?}, has {more:#?}").unwrap();
    }
    if !missed.is_empty() {
        writeln!(wrong, "{what}: misses {missed:#?}").unwrap();
    }
    (!wrong.is_empty()).then_some(wrong)
}

fn codes() -> Vec<String> {
    let mut codes: Vec<String> =
        fs::read_dir(fixtures()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    codes.retain(|code| code != "base");
    codes.sort();
    codes
}

#[test]
fn a_fault_that_comes_or_goes_is_found_as_by_the_whole_check() {
    let base = laid(&[]);
    let wrong: Vec<String> = codes()
        .par_iter()
        .flat_map_iter(|code| {
            let (bad, good) = (laid(&[(code, "bad")]), laid(&[(code, "good")]));
            [("comes", &base, &bad), ("goes", &bad, &base), ("is repaired", &bad, &good)]
                .into_iter()
                .filter_map(|(how, before, after)| compare(&format!("{code} {how}"), before, after))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn faults_elsewhere_neither_come_nor_go() {
    let codes = codes();
    // Each fault beside another one of another area.
    let wrong: Vec<String> = (0..codes.len())
        .into_par_iter()
        .filter_map(|index| {
            let (there, new) = (&codes[index], &codes[(index + 17) % codes.len()]);
            let before = laid(&[(there, "bad")]);
            let after = laid(&[(there, "bad"), (new, "bad")]);
            compare(&format!("{new} where {there} is"), &before, &after)
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_reached_is_not_judged_and_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &laid(&[]));
    commit(dir.path());
    let output = edgewright(dir.path(), &["check", "--since", "HEAD"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && told.contains("reach: 0 of "), "{told}");
    let output = edgewright(dir.path(), &["check", "--since", "nowhere"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("there is no revision `nowhere` here"), "{told}");
}

#[test]
fn a_change_is_seen_committed_or_not() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &laid(&[]));
    commit(dir.path());
    write(dir.path(), &laid(&[("PR0101", "bad")]));
    let dirty = shown(&since(dir.path(), "HEAD").0, |_| true);
    assert!(!dirty.is_empty());
    commit(dir.path());
    assert_eq!(shown(&since(dir.path(), "HEAD~1").0, |_| true), dirty);
    assert!(shown(&since(dir.path(), "HEAD").0, |_| true).is_empty());
}
