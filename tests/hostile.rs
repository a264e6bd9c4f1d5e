//! Hostile and broken input through the binary: a finding with its place, an exit code that means something, no panic.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use flate2::Compression;
use flate2::write::GzEncoder;

fn check(dir: &Path, path: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(["check", path, "--format", "concise"])
        .current_dir(dir)
        .output()
        .expect("the binary runs")
}

/// The findings, after making sure that there are some, that none is a panic, and that the exit code says so.
fn findings(dir: &Path, path: &str) -> String {
    let output = check(dir, path);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{path}: {out}{err}");
    assert!(!err.contains("panicked"), "{path}: {err}");
    out.into_owned()
}

fn judged(name: &str, text: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), text).unwrap();
    findings(dir.path(), name)
}

const PROFILE: &str = "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: a, version: 1.0.0 }\nspec:\n  type: add-on\n";

#[test]
fn an_alias_bomb_is_a_finding() {
    let level = |level: u32| {
        let below = if level == 0 { "x".to_owned() } else { format!("*a{}", level - 1) };
        format!("  - &a{level} [{}]\n", vec![below; 9].join(", "))
    };
    let bomb: String = (0..12).map(level).collect();
    let text = format!("{PROFILE}  layers: []\nbomb:\n{bomb}");
    let found = judged("profile.yaml", &text);
    assert!(found.contains("profile.yaml:"), "{found}");
}

#[test]
fn deep_nesting_is_a_finding_at_its_place() {
    for text in ["- ".repeat(100_000), "[".repeat(100_000), "{a: ".repeat(100_000)] {
        let found = judged("deep.yaml", &text);
        assert!(found.contains("deep.yaml:1:") && found.contains("YA0001"), "{found}");
    }
}

#[test]
fn an_unquoted_version_explains_itself() {
    let found = judged("profile.yaml", &PROFILE.replace("version: 1.0.0", "version: 1.10"));
    assert!(found.contains("profile.yaml:3:") && found.contains("1.10"), "{found}");
}

/// A folder with a pack whose one chart is these bytes.
fn pack_with_chart(bytes: &[u8]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("web-1.0.0");
    fs::create_dir_all(pack.join("charts")).unwrap();
    let json = r#"{"name":"web","displayName":"Web","version":"1.0.0","layer":"addon","cloudTypes":["all"],
        "charts":["charts/web-1.0.0.tgz"]}"#;
    fs::write(pack.join("pack.json"), json).unwrap();
    fs::write(pack.join("values.yaml"), "").unwrap();
    fs::write(pack.join("charts/web-1.0.0.tgz"), bytes).unwrap();
    let found = findings(dir.path(), "web-1.0.0");
    assert!(!dir.path().join("evil").exists(), "nothing is written");
    found
}

/// A ustar archive with one file of this name, written by hand: no library would write such names.
fn tar(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = [0u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[108..116].copy_from_slice(b"0000000\0");
    header[116..124].copy_from_slice(b"0000000\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[136..148].copy_from_slice(b"00000000000\0");
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut archive = header.to_vec();
    archive.extend(content);
    archive.resize(archive.len().next_multiple_of(512) + 1024, 0);
    archive
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn broken_and_hostile_charts_are_findings_at_the_line_that_lists_them() {
    let chart = gzip(&tar("web/Chart.yaml", b'0', b"apiVersion: v2\nname: web\nversion: 1.0.0\n"));
    for (what, bytes) in [
        ("an empty file", Vec::new()),
        ("a page", b"<html>captive portal</html>".to_vec()),
        ("half of an archive", chart[..chart.len() / 2].to_vec()),
        ("a path that leads out", gzip(&tar("web/../../evil", b'0', b"x"))),
        ("an absolute path", gzip(&tar("/tmp/evil", b'0', b"x"))),
        ("a link", gzip(&tar("web/evil", b'2', b""))),
        ("a bomb", gzip(&vec![0; 300_000_000])),
    ] {
        let found = pack_with_chart(&bytes);
        assert!(found.contains("web-1.0.0/pack.json:2:") && found.contains("PK0003"), "{what}: {found}");
    }
}

#[test]
fn control_characters_never_reach_a_terminal() {
    let found = judged("profile.yaml", &PROFILE.replace("name: a", "name: \"a\\x1b]0;owned\\x07\\u202e\""));
    assert!(!found.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{found:?}");
}
