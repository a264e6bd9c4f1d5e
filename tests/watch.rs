//! `check --watch`: a report for each state of the files, until it is interrupted.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

const CONFIG: &str = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: x }\nspec: {}\n";

/// Lines as they come.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (say, said) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if say.send(line).is_err() {
                return;
            }
        }
    });
    said
}

fn next(lines: &Receiver<String>) -> String {
    lines.recv_timeout(Duration::from_secs(60)).expect("a line")
}

fn watch(dir: &Path, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(["check", "--watch"])
        .args(args)
        .current_dir(dir)
        .env("EDGEWRIGHT_CACHE", dir.join(".cache"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs")
}

fn interrupt(mut child: Child) {
    let interrupted = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(2), "{status}");
}

#[test]
fn every_change_is_judged_and_told_as_a_line_of_json() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("edgewright.yaml"), CONFIG).unwrap();
    let mut child = watch(dir.path(), &["--format", "json"]);
    let out = lines(child.stdout.take().unwrap());
    let report = |line: &str| serde_json::from_str::<Value>(line).expect("one line, one report");
    assert_eq!(report(&next(&out))["findings"].as_array().unwrap().len(), 0);

    fs::write(dir.path().join("edgewright.yaml"), CONFIG.replace("spec: {}", "spec: { sight: {} }")).unwrap();
    let second = report(&next(&out));
    assert_eq!(second["findings"][0]["code"], "SC0001");
    assert_eq!(second["findings"][0]["path"], "edgewright.yaml");

    // A file that comes, and a repository that goes: that is told, and watching goes on.
    fs::create_dir(dir.path().join("appliances")).unwrap();
    fs::write(dir.path().join("appliances/a.yaml"), "a: [\n").unwrap();
    let third = report(&next(&out));
    assert!(third["findings"].as_array().unwrap().iter().any(|f| f["path"] == "appliances/a.yaml"));
    let errors = lines(child.stderr.take().unwrap());
    fs::rename(dir.path().join("edgewright.yaml"), dir.path().join("away.yaml")).unwrap();
    while !next(&errors).contains("edgewright.yaml") {}
    fs::rename(dir.path().join("away.yaml"), dir.path().join("edgewright.yaml")).unwrap();
    assert_eq!(report(&next(&out))["findings"], third["findings"]);
    interrupt(child);
}

#[test]
fn people_get_the_findings_and_a_line_with_the_time() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("profile.yaml");
    fs::write(&file, "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {}\nspec: {}\n").unwrap();
    let mut child = watch(dir.path(), &["--format", "concise", "profile.yaml"]);
    let out = lines(child.stdout.take().unwrap());
    let talk = lines(child.stderr.take().unwrap());
    assert!(next(&out).contains("SC0002"));
    let said = next(&talk);
    let (clock, rest) = said.split_once("  ").unwrap();
    assert!(clock.len() == 8 && clock.matches(':').count() == 2 && rest.starts_with("1 file, "), "{said}");
    fs::write(&file, "apiVersion: edgewright/v1\nkind: [\n").unwrap();
    while !next(&out).contains("YA0001") {}
    interrupt(child);
}

#[test]
fn what_cannot_be_checked_at_all_ends_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let status = watch(dir.path(), &["nothing.yaml"]).wait().unwrap();
    assert_eq!(status.code(), Some(2));
}
