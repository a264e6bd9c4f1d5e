//! `edgewright fix`: what it writes, what it leaves alone, and what it says.

#![cfg(feature = "authoring")]
#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const PROFILE: &str = "# the shop
apiVersion: edgewright/v1
kind: ClusterProfile
metadata:   { name: shop, version: 1.1.0, description: 1.10 }   # odd spaces stay
spec:
  type: add-on
  cloud: all
  layers:
    - { name: ns, manifests: [manifests/ns.yaml], namspace: shop }
";

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn read(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

fn repository(profile: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec: {}\n";
    write(dir.path(), "edgewright.yaml", config);
    write(dir.path(), "profiles/shop/profile.yaml", profile);
    let manifest = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n";
    write(dir.path(), "profiles/shop/manifests/ns.yaml", manifest);
    dir
}

fn fix(dir: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .arg("fix")
        .args(args)
        .current_dir(dir)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

const FILE: &str = "profiles/shop/profile.yaml";

#[test]
fn safe_repairs_keep_every_other_byte() {
    let wanted = PROFILE.replace(": 1.10", ": \"1.10\"");
    for (before, after) in [
        (PROFILE.to_owned(), wanted.clone()),
        (PROFILE.replace('\n', "\r\n"), wanted.replace('\n', "\r\n")),
        (format!("\u{feff}{PROFILE}"), format!("\u{feff}{wanted}")),
        (PROFILE.trim_end().to_owned(), wanted.trim_end().to_owned()),
        (PROFILE.replace("the shop", "äöü € 😀"), wanted.replace("the shop", "äöü € 😀")),
    ] {
        let dir = repository(&before);
        let (code, out, err) = fix(dir.path(), &["--rule", "SC0003"]);
        assert_eq!(read(dir.path(), FILE), after);
        assert_eq!(code, Some(0), "{err}");
        assert!(out.contains("fixed profiles/shop/profile.yaml:4: put it in quotes (SC0003)"), "{out}");
    }
}

#[test]
fn unsafe_repairs_are_asked_for() {
    let dir = repository(PROFILE);
    let (_, _, err) = fix(dir.path(), &[]);
    assert!(err.contains("1 more repair with --unsafe-fixes"), "{err}");
    let (code, _, err) = fix(dir.path(), &["--unsafe-fixes", "profiles"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(read(dir.path(), FILE).contains("namespace: shop }"));
    let (_, out, err) = fix(dir.path(), &["--unsafe-fixes"]);
    assert_eq!((out.as_str(), err.as_str()), ("", "nothing to fix\n"));
}

#[test]
fn a_difference_is_shown_and_nothing_written() {
    let dir = repository(PROFILE);
    let (code, out, err) = fix(dir.path(), &["--diff", "--unsafe-fixes"]);
    assert_eq!(code, Some(1), "{err}");
    assert_eq!(read(dir.path(), FILE), PROFILE);
    fs::write(dir.path().join("a.patch"), &out).unwrap();
    let patch = Command::new("git").args(["apply", "a.patch"]).current_dir(dir.path()).output().unwrap();
    assert!(patch.status.success(), "{out}\n{}", String::from_utf8_lossy(&patch.stderr));
    let by_patch = read(dir.path(), FILE);
    fs::write(dir.path().join(FILE), PROFILE).unwrap();
    fix(dir.path(), &["--unsafe-fixes"]);
    assert_eq!(read(dir.path(), FILE), by_patch);
    let (code, out, _) = fix(dir.path(), &["--diff", "--unsafe-fixes"]);
    assert_eq!((code, out.as_str()), (Some(0), ""));
}

#[test]
fn a_repair_that_helps_nothing_is_not_made_and_keeps_no_other_back() {
    // In quotes it is text, and still no version.
    let text = PROFILE.replace("version: 1.1.0", "version: 1.1");
    let dir = repository(&text);
    let (code, out, err) = fix(dir.path(), &[]);
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("left as it is") && err.contains("strict semver"), "{err}");
    assert_eq!(read(dir.path(), FILE), text.replace(": 1.10", ": \"1.10\""));
    assert_eq!(out.lines().count(), 1, "{out}");
}

#[test]
fn machines_are_told() {
    let dir = repository(PROFILE);
    let (_, out, _) = fix(dir.path(), &["--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["files"][0]["path"], FILE);
    assert_eq!(report["files"][0]["written"], true);
    assert_eq!(report["files"][0]["fixes"][0]["code"], "SC0003");
    assert_eq!(report["summary"], serde_json::json!({ "files": 1, "fixes": 1, "unsafe": 1 }));
}

#[test]
fn a_suppression_that_is_not_needed_goes_in_steps() {
    // Its code goes first, as the other one is needed until the version is quoted, then the comment.
    let line = "metadata: { name: shop, version: 1.0.0 }";
    let text = PROFILE
        .replace("metadata:   { name: shop, version: 1.1.0, description: 1.10 }   # odd spaces stay", line)
        .replace(", namspace: shop", "");
    for (comment, after) in [
        (format!("# edgewright: ignore[VR0102] gone\n{line}"), line.to_owned()),
        (format!("{line} # edgewright: ignore[VR0102, SC0003] gone"), line.to_owned()),
        (format!("{line} # kept # edgewright: ignore[VR0102] gone"), format!("{line} # kept")),
    ] {
        let dir = repository(&text.replace(line, &comment));
        let (code, _, err) = fix(dir.path(), &[]);
        assert_eq!(code, Some(0), "{err}");
        assert_eq!(read(dir.path(), FILE), text.replace(line, &after));
    }
}

#[test]
fn files_out_of_a_repository_and_wrong_rules() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "shop.yaml", PROFILE);
    let (code, _, err) = fix(dir.path(), &["./shop.yaml"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(read(dir.path(), "shop.yaml").contains("\"1.10\""));
    let (code, _, err) = fix(dir.path(), &["--rule", "wrong-tpye", "shop.yaml"]);
    assert!(code == Some(2) && err.contains("`wrong-type`"), "{err}");
    assert_eq!(fix(dir.path(), &["none.yaml"]).0, Some(2));
}

#[cfg(unix)]
#[test]
fn the_mode_stays() {
    use std::os::unix::fs::PermissionsExt as _;

    let dir = repository(PROFILE);
    let path = dir.path().join(FILE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    fix(dir.path(), &[]);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o640);
}
