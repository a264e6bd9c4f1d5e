//! Each rule has a bad and a good repository: the bad one fires exactly that code, the good one nothing.
//!
//! `tests/rules/base` is a small repository without a finding. `tests/rules/<CODE>/bad` and `good` are laid over it,
//! then it is locked; `bad-after-lock` is laid over once the locks are written. A file whose text is `@remove` removes.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rayon::prelude::*;
use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn edgewright(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(args)
        .current_dir(dir)
        .env("EDGEWRIGHT_CACHE", dir.join(".cache"))
        // What goes by date is judged as of 2030-01-01, whatever day it is.
        .env("SOURCE_DATE_EPOCH", "1893456000")
        .output()
        .expect("the binary runs")
}

fn lay_over(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            lay_over(&entry.path(), &target);
        } else if fs::read(entry.path()).unwrap() == b"@remove\n" {
            if target.is_dir() {
                fs::remove_dir_all(&target).unwrap();
            } else {
                fs::remove_file(&target).unwrap();
            }
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// The findings of a fixture, as `CODE path:line`.
fn findings(code: &str, variant: &str) -> BTreeSet<String> {
    let dir = tempfile::tempdir().unwrap();
    lay_over(&fixtures().join("base"), dir.path());
    let overlay = fixtures().join(code).join(variant);
    if overlay.exists() {
        lay_over(&overlay, dir.path());
    }
    // Locking may fail where the fixture is about what cannot be locked.
    edgewright(dir.path(), &["lock", "--quiet"]);
    let after = fixtures().join(code).join(format!("{variant}-after-lock"));
    if after.exists() {
        lay_over(&after, dir.path());
    }
    let output = edgewright(dir.path(), &["check", "--format", "json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    let report: Value = serde_json::from_str(&text).unwrap_or_else(|e| {
        panic!("{code}/{variant}: {e}\n{text}\n{}", String::from_utf8_lossy(&output.stderr))
    });
    let list = report["findings"].as_array().expect("findings is a list");
    if variant == "bad" && !FOR_WHOLE_CHECKS.contains(&code) {
        let output = edgewright(dir.path(), &["check", "--format", "json", "--rule", code]);
        let asked: Value = serde_json::from_slice(&output.stdout).unwrap();
        let of_code: Vec<&Value> = list.iter().filter(|f| told_for(code, f)).collect();
        let alone: Vec<&Value> = asked["findings"].as_array().unwrap().iter().collect();
        assert_eq!(alone, of_code, "{code}: `--rule {code}` finds what the whole check finds of it");
    }
    let worst = list.iter().any(|f| f["severity"] == "error");
    assert_eq!(output.status.code(), Some(i32::from(worst)), "{code}/{variant}: exit code");
    list.iter()
        .map(|f| {
            let line = &f["range"]["start"]["line"];
            format!("{} {}:{line}", f["code"].as_str().unwrap(), f["path"].as_str().unwrap())
        })
        .collect()
}

fn codes() -> Vec<(&'static str, &'static str)> {
    edgewright::rules::all().map(|(lint, docs)| (lint.code, docs)).collect()
}

/// Codes that no repository of files can show today, and why.
const WITHOUT_FIXTURE: &[&str] = &[
    "CF0003", // a fault of the program itself
    "SC0005", // keywords that none of our schemas uses yet
];

/// Codes that only a check by all rules can tell: what silences nothing any more.
const FOR_WHOLE_CHECKS: &[&str] = &["CF0201", "CF0204"];

/// Whether `--rule CODE` tells a finding: its own, and texts that cannot be read.
fn told_for(code: &str, finding: &Value) -> bool {
    [code, "YA0001", "CF0001"].iter().any(|told| finding["code"] == *told)
}

/// Codes that never come alone: what makes a pack unreadable is said of the pack and of the layer.
const WITH_COMPANION: &[(&str, &str)] = &[("RF0107", "PK0001")];

#[test]
fn the_base_repository_has_no_finding() {
    assert_eq!(findings("", "base"), BTreeSet::new());
}

#[test]
fn every_bad_fixture_fires_exactly_its_code_and_every_good_one_nothing() {
    let wrong: Vec<String> = codes()
        .into_par_iter()
        .filter(|(code, _)| !WITHOUT_FIXTURE.contains(code))
        .flat_map_iter(|(code, _)| faults(code))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with the fixtures of a code.
fn faults(code: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let folder = fixtures().join(code);
    let bad = folder.join("bad").exists() || folder.join("bad-after-lock").exists();
    if !bad || !folder.join("good").exists() {
        return vec![format!("{code}: no bad or no good fixture")];
    }
    let fired = findings(code, "bad");
    let companion = WITH_COMPANION.iter().find(|(c, _)| *c == code).map(|(_, other)| *other);
    let expected = |f: &String| f.starts_with(code) || companion.is_some_and(|other| f.starts_with(other));
    if !fired.iter().any(|f| f.starts_with(code)) || !fired.iter().all(expected) {
        wrong.push(format!("{code}/bad: {fired:?}"));
    }
    let fired = findings(code, "good");
    if !fired.is_empty() {
        wrong.push(format!("{code}/good: {fired:?}"));
    }
    wrong
}

#[test]
fn every_code_is_unique_well_formed_and_documented() {
    let mut seen = BTreeSet::new();
    for (code, docs) in codes() {
        assert!(seen.insert(code), "{code} stands twice");
        assert!(code.len() == 6 && code[..2].chars().all(|c| c.is_ascii_uppercase()), "{code}");
        assert!(docs.starts_with(&format!("# {code} ")), "{code}: the title names the code");
        let mut rest = docs;
        for heading in ["## What", "## Why", "## Bad", "## Good", "## Fix"] {
            let at = rest.find(heading).unwrap_or_else(|| panic!("{code}: no `{heading}` in its place"));
            rest = &rest[at + heading.len()..];
        }
    }
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    let known: BTreeSet<&str> = codes().into_iter().map(|(code, _)| code).collect();
    for entry in fs::read_dir(fixtures()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "base" || known.contains(name.as_str()), "tests/rules/{name} belongs to no rule");
    }
}
