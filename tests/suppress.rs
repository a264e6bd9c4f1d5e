//! Comments that silence findings, severities by path, and files that are not checked: through the binary.

#![cfg(feature = "authoring")]
#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

const PROFILE: &str = "apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: shop, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  variables:
    - { name: a, default: x }
    - { name: b, default: x }
  layers:
    - { name: ns, manifests: [manifests/ns.yaml], values: values/ns.yaml }
";
const MANIFEST: &str = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
const CONFIG: &str =
    "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec:\n  check: CHECK\n";

/// A repository with one profile.
fn repository(profile: &str, check: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "edgewright.yaml", &CONFIG.replace("CHECK", check));
    write(dir.path(), "profiles/shop/profile.yaml", profile);
    write(dir.path(), "profiles/shop/manifests/ns.yaml", MANIFEST);
    write(dir.path(), "profiles/shop/values/ns.yaml", "{}\n");
    dir
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The findings as `CODE line`, and how many are suppressed.
fn check(dir: &Path, args: &[&str]) -> (Vec<String>, u64) {
    let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(["check", "--format", "json"])
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let line =
        |f: &serde_json::Value| format!("{} {}", f["code"].as_str().unwrap(), f["range"]["start"]["line"]);
    let findings = report["findings"].as_array().unwrap().iter().map(line).collect();
    (findings, report["summary"]["suppressed"].as_u64().unwrap())
}

/// Profile with a change, what is found, how many are suppressed.
#[track_caller]
fn judged(profile: &str, expected: &[&str], suppressed: u64) {
    let dir = repository(profile, "{}");
    let (found, count) = check(dir.path(), &[]);
    assert_eq!(found, expected);
    assert_eq!(count, suppressed);
}

#[test]
fn comments_reach_what_they_stand_at() {
    judged(PROFILE, &["VR0102 8", "VR0102 9"], 0);
    let behind = |line: &str, comment: &str| PROFILE.replace(line, &format!("{line} # {comment}"));
    judged(
        &behind("- { name: a, default: x }", "edgewright: ignore[VR0102] asked for by name"),
        &["VR0102 9"],
        1,
    );
    let above = |line: &str, comment: &str| PROFILE.replace(line, &format!("# {comment}\n{line}"));
    judged(&above("    - { name: b", "edgewright: ignore[unused-variable] b"), &["VR0102 8"], 1);
    judged(&above("  variables:", "edgewright: ignore[unused-variable] all of them"), &[], 2);
    judged(
        &above("  type:", "edgewright: ignore[VR0102] elsewhere"),
        &["CF0201 5", "VR0102 9", "VR0102 10"],
        0,
    );
    judged(&above("apiVersion", "edgewright: ignore-file[VR0102] all of them"), &[], 2);
    judged(
        &above("apiVersion", "edgewright: ignore[VR0102] one line"),
        &["CF0201 1", "VR0102 9", "VR0102 10"],
        0,
    );
}

#[test]
fn a_comment_that_is_text_silences_nothing() {
    let text = PROFILE.replace(
        "- { name: a, default: x }",
        "- name: a\n      default: x\n      description: |\n        # edgewright: ignore-file[VR0102] text\n      # not silent",
    );
    judged(&text, &["VR0102 8", "VR0102 13"], 0);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() {
    let profile = PROFILE.replace("default: x }", "default: x } # edgewright: ignore[VR0102] kept");
    judged(&profile.replace('\n', "\r\n"), &[], 2);
    let whole = format!("\u{feff}# edgewright: ignore-file[VR0102] kept\r\n{PROFILE}");
    judged(&whole, &[], 2);
}

#[test]
fn values_and_manifests_take_comments_too() {
    let dir = repository(PROFILE, "{ rules: { VR0102: \"off\" } }");
    let twice = "a: 1\na: 2 # edgewright: ignore[duplicate-key] the second one counts\n";
    write(dir.path(), "profiles/shop/values/ns.yaml", twice);
    let manifest = format!("# edgewright: ignore-file[YA0002] generated\n{MANIFEST}kind: Namespace\n");
    write(dir.path(), "profiles/shop/manifests/ns.yaml", &manifest);
    assert_eq!(check(dir.path(), &[]), (vec![], 2));
    // One that is not needed is found in files without any finding.
    write(dir.path(), "profiles/shop/values/ns.yaml", "a: 2 # edgewright: ignore[duplicate-key] gone\n");
    assert_eq!(check(dir.path(), &[]), (vec!["CF0201 1".to_owned()], 1));
    // Out of the repository nobody knows.
    let alone = tempfile::tempdir().unwrap();
    write(alone.path(), "ns.yaml", &manifest);
    assert_eq!(check(alone.path(), &["ns.yaml"]).0, Vec::<String>::new());
}

#[test]
fn severities_by_path_and_files_that_are_not_checked() {
    for (setting, expected) in [
        ("{ overrides: [{ paths: [profiles/shop], rules: { VR0102: \"off\" } }] }", 0),
        ("{ overrides: [{ paths: [\"*.yaml\"], rules: { unused-variable: error } }] }", 2),
        ("{ ignore: [\"/profiles/shop/\"] }", 0),
        ("{ ignore: [\"profile.yaml\"] }", 0),
    ] {
        let dir = repository(PROFILE, setting);
        assert_eq!(check(dir.path(), &[]).0.len(), expected, "{setting}");
    }
    let dir = repository(PROFILE, "{ overrides: [{ paths: [profiles/old], rules: { VR102: \"off\" } }] }");
    assert_eq!(check(dir.path(), &[]).0, ["CF0205 5", "CF0004 5", "VR0102 8", "VR0102 9"]);
}
