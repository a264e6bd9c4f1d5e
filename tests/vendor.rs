//! `vendor` and `cache` from outside: with the copies, neither cache nor network is needed.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use edgewright::archive::{Digest, Files, write_tgz};

/// A repository with a chart from a Helm repository and a pack from git.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        let new = Self(tempfile::tempdir().unwrap());
        new.write(
            "work/edgewright.yaml",
            b"apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec:\n  registries:\n    \
              charts: { type: helm, url: ../charts }\n    central: { type: git, url: ../central }\n",
        );
        new.write(
            "work/profiles/web/profile.yaml",
            b"apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: web, version: 1.0.0 }\n\
              spec:\n  type: add-on\n  cloud: all\n  layers:\n    \
              - { name: web, chart: { name: web, version: ^1.0, registry: charts }, namespace: web }\n    \
              - { name: base, pack: { name: base, version: 1.x, registry: central } }\n",
        );
        new.write(
            "charts/index.yaml",
            b"apiVersion: v1\nentries:\n  web:\n  - { name: web, version: 1.2.0, urls: [web-1.2.0.tgz] }\n",
        );
        new.write("charts/web-1.2.0.tgz", &chart());
        let json = br#"{"name": "base", "displayName": "Base", "layer": "addon", "version": "1.0.0", "cloudTypes": ["all"], "addonType": "system app"}"#;
        new.write("central/base/pack.json", json);
        new.write("central/base/values.yaml", b"pack:\n  namespace: base\n");
        new.write("central/base/README.md", b"# Base\n");
        new.git("central", &["init", "-q", "-b", "main"]);
        new.git("central", &["add", "-A"]);
        new.git("central", &["commit", "-qm", "c"]);
        new.git("work", &["init", "-q", "-b", "main"]);
        new
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn git(&self, folder: &str, args: &[&str]) {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(args);
        assert!(git.current_dir(self.path(folder)).status().unwrap().success(), "{args:?}");
    }

    fn run_with(&self, cache: &Path, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(self.path("work"))
            .env("EDGEWRIGHT_CACHE", cache)
            .args(args)
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        self.run_with(&self.path("cache"), args)
    }

    /// The command ends with this code; what it said.
    #[track_caller]
    fn ends(&self, code: i32, args: &[&str]) -> String {
        let (found, said) = self.run(args);
        assert_eq!(found, code, "{args:?}\n{said}");
        said
    }

    fn vendored(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(self.path("work/vendor/sha256"))
            .map_or_else(|_| Vec::new(), |list| list.map(|entry| entry.unwrap().path()).collect());
        files.sort();
        files
    }

    /// No cache, and nobody who could be asked.
    fn cut_off(&self) {
        for folder in ["cache", "charts", "central"] {
            let _ = fs::remove_dir_all(self.path(folder));
        }
    }
}

fn chart() -> Vec<u8> {
    let mut files = Files::new();
    files.insert("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.2.0\n".as_slice());
    files.insert("values.yaml", b"replicas: 1\n".as_slice());
    write_tgz(&files, "web").unwrap()
}

#[test]
fn with_the_copies_nothing_else_is_needed() {
    let scene = Scene::new();
    scene.ends(0, &["lock"]);
    let said = scene.ends(1, &["vendor", "--check"]);
    assert!(said.contains("chart web 1.2.0 from `charts`: vendor/sha256/"), "{said}");
    assert!(scene.ends(0, &["vendor", "--dry-run"]).contains("2 would be written"));
    assert!(scene.vendored().is_empty());
    assert!(scene.ends(0, &["vendor"]).contains("2 archives in the locks, 2 written, 0 removed"));
    assert!(scene.ends(0, &["vendor"]).contains("0 written"));
    for path in scene.vendored() {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert_eq!(name, Digest::of(&fs::read(&path).unwrap()).to_string());
    }
    scene.git("work", &["add", "-A"]);
    scene.git("work", &["commit", "-qm", "c"]);
    scene.cut_off();
    for args in [
        &["vendor", "--check"][..],
        &["lock", "--check"],
        &["lock", "--offline"],
        &["check", "--strict", "--fail-on", "error"],
        &["fetch", "--offline"],
        &["build", "--offline", "--output", "public"],
    ] {
        let said = scene.ends(0, args);
        assert!(!said.contains("warning: web@1.0.0"), "{args:?}\n{said}");
    }
}

#[test]
fn changed_copies_are_refused_by_name_and_needless_ones_removed() {
    let scene = Scene::new();
    scene.ends(0, &["lock"]);
    scene.ends(0, &["vendor"]);
    let files = scene.vendored();
    let name = files[0].file_name().unwrap().to_str().unwrap().to_owned();
    let good = fs::read(&files[0]).unwrap();
    fs::write(&files[0], b"other").unwrap();
    for args in [&["vendor", "--check"][..], &["vendor"], &["fetch"], &["lock", "--offline"]] {
        let said = scene.ends(3, args);
        assert!(said.contains(&format!("vendor/sha256/{name} has changed")), "{args:?}\n{said}");
    }
    fs::write(&files[0], good).unwrap();
    fs::write(files[0].with_file_name("0".repeat(64)), b"nobody's").unwrap();
    let said = scene.ends(1, &["vendor", "--check"]);
    assert!(said.contains("is named by no lock"), "{said}");
    assert!(scene.ends(0, &["vendor"]).contains("1 named by no lock (--prune removes them)"));
    assert!(scene.ends(0, &["vendor", "--prune", "--dry-run"]).contains("1 would be removed"));
    assert_eq!(scene.vendored().len(), 3);
    assert!(scene.ends(0, &["vendor", "--prune"]).contains("1 removed"));
    assert_eq!(scene.vendored(), files);
    let json: serde_json::Value =
        serde_json::from_str(&scene.ends(0, &["vendor", "--check", "--format", "json"])).unwrap();
    assert_eq!((&json["schemaVersion"], &json["wanted"]), (&1.into(), &2.into()));
    scene.write("work/.gitignore", b"vendor/\n");
    fs::remove_dir_all(scene.path("work/vendor")).unwrap();
    assert!(scene.ends(0, &["vendor"]).contains("git ignores vendor/sha256"));
}

#[test]
fn the_cache_is_shown_verified_and_pruned() {
    let scene = Scene::new();
    assert!(scene.ends(0, &["cache", "size"]).contains(": 0 B"));
    scene.ends(0, &["lock"]);
    assert_eq!(scene.ends(0, &["cache", "path"]).trim(), scene.path("cache").to_str().unwrap());
    let size: serde_json::Value =
        serde_json::from_str(&scene.ends(0, &["cache", "size", "--format", "json"])).unwrap();
    assert_eq!((&size["kinds"]["blobs"]["count"], &size["kinds"]["git"]["count"]), (&2.into(), &1.into()));
    assert!(scene.ends(0, &["cache", "verify"]).contains("2 archives whole, 0 damaged"));
    assert!(scene.ends(0, &["cache", "prune"]).contains("0 items removed"));
    let all = ["cache", "prune", "--older-than", "0"];
    assert!(!scene.ends(0, &[&all[..], &["--dry-run"]].concat()).contains("0 items"));
    scene.ends(0, &[&all[..], &["--keep-locked"]].concat());
    scene.ends(0, &["fetch", "--offline"]);
    let blob = scene.path(&format!("cache/blobs/sha256/{}", &Digest::of(&chart()).to_string()[..2]));
    let blob = fs::read_dir(blob).unwrap().next().unwrap().unwrap().path();
    fs::write(&blob, b"damaged").unwrap();
    assert!(scene.ends(1, &["cache", "verify"]).contains("is not what its name says; it was removed"));
    scene.ends(0, &["fetch"]);
    scene.ends(0, &all);
    scene.cut_off();
    scene.ends(2, &["fetch", "--offline"]);
    assert!(scene.ends(2, &["cache", "prune", "--older-than", "soon"]).contains("30d"));
}

#[test]
fn a_cache_that_cannot_be_written_stops_nobody_but_fetch() {
    let scene = Scene::new();
    let broken = scene.path("charts/index.yaml/cache");
    let (code, said) = scene.run_with(&broken, &["lock", "web"]);
    // Git needs a folder for its copy: that is said, and the chart is not hidden by it.
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("EDGEWRIGHT_CACHE names another folder"), "{said}");
    let profile = fs::read_to_string(scene.path("work/profiles/web/profile.yaml")).unwrap();
    let chart_only: String =
        profile.lines().filter(|line| !line.contains("central")).fold(String::new(), |a, l| a + l + "\n");
    scene.write("work/profiles/web/profile.yaml", chart_only.as_bytes());
    let (code, said) = scene.run_with(&broken, &["lock"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("warning: nothing is kept in the cache"), "{said}");
    let (code, said) = scene.run_with(&broken, &["fetch"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("error: nothing is kept in the cache"), "{said}");
}
