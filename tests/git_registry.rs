//! Git registries from outside: what `lock` pins stays, whatever becomes of the branch.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A workspace and a repository with packs beside it.
struct Scene(tempfile::TempDir);

impl Scene {
    fn new() -> Self {
        let new = Self(tempfile::tempdir().unwrap());
        new.write(
            "work/edgewright.yaml",
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\n\
             spec:\n  registries: { central: { type: git, url: ../central, path: packs, ref: main } }\n",
        );
        new.write(
            "work/profiles/web/profile.yaml",
            "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: web, version: 1.0.0 }\n\
             spec:\n  type: add-on\n  cloud: all\n  layers:\n    \
             - { name: web, pack: { name: web, version: 1.x, registry: central } }\n",
        );
        new.pack("1.2.0", "a: 1\n");
        new.git(&["init", "-q", "-b", "main"]);
        new.git(&["config", "uploadpack.allowFilter", "true"]);
        new.commit();
        new
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn pack(&self, version: &str, values: &str) {
        let folder = format!("central/packs/web-{version}");
        let json = format!(
            r#"{{"name": "web", "displayName": "Web", "layer": "addon", "version": "{version}", "cloudTypes": ["all"]}}"#
        );
        self.write(&format!("{folder}/pack.json"), &json);
        self.write(&format!("{folder}/values.yaml"), values);
    }

    fn git(&self, args: &[&str]) -> String {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(args);
        let output = git.current_dir(self.path("central")).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "c"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn run(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(self.path("work"))
            .env("EDGEWRIGHT_CACHE", self.path("cache"))
            // As from a hook of git.
            .env("GIT_DIR", self.path("nowhere"))
            .env("GIT_INDEX_FILE", self.path("nowhere/index"))
            .args(args)
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    }

    fn lock(&self) -> String {
        fs::read_to_string(self.path("work/profiles/web/profile.lock")).unwrap()
    }
}

#[test]
fn a_moved_branch_changes_the_lock_only_when_asked() {
    let scene = Scene::new();
    let first = scene.git(&["rev-parse", "HEAD"]);
    let (code, said) = scene.run(&["lock"]);
    assert_eq!(code, 0, "{said}");
    let lock = scene.lock();
    assert!(lock.contains(&format!("commit: {first}")) && lock.contains("version: 1.2.0"), "{lock}");
    assert!(!lock.contains("sha256:") && !lock.contains("url:"), "{lock}");

    scene.pack("1.3.0", "a: 2\n");
    scene.pack("1.2.0", "a: changed\n");
    let second = scene.commit();
    let (code, said) = scene.run(&["lock"]);
    assert_eq!((code, scene.lock() == lock), (0, true), "{said}");
    assert_eq!(scene.run(&["lock", "--check"]).0, 0);
    // A cold cache asks for the very commit.
    fs::remove_dir_all(scene.path("cache")).unwrap();
    let (code, said) = scene.run(&["fetch"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 fetched"), "{said}");
    assert_eq!(scene.run(&["fetch"]).1.matches("1 here already").count(), 1);
    let (code, said) = scene.run(&["lock", "--upgrade"]);
    assert_eq!(code, 0, "{said}");
    assert!(scene.lock().contains(&second) && scene.lock().contains("version: 1.3.0"), "{}", scene.lock());
}

#[test]
fn a_rewritten_branch_is_survived_with_the_cache_and_told_without() {
    let scene = Scene::new();
    let first = scene.git(&["rev-parse", "HEAD"]);
    assert_eq!(scene.run(&["lock"]).0, 0);
    scene.pack("1.2.0", "a: other\n");
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "--amend", "-m", "other"]);
    scene.git(&["reflog", "expire", "--expire=now", "--all"]);
    scene.git(&["gc", "-q", "--prune=now"]);
    assert_eq!(scene.run(&["lock"]).0, 0);
    assert_eq!(scene.run(&["fetch"]).0, 0);
    fs::remove_dir_all(scene.path("cache")).unwrap();
    for command in ["fetch", "lock"] {
        let (code, said) = scene.run(&[command]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(&format!("no commit {first} any more")), "{said}");
        assert!(said.contains("edgewright lock --upgrade"), "{said}");
    }
    assert_eq!(scene.run(&["lock", "--upgrade"]).0, 0);
}

#[test]
fn a_lock_edited_by_hand_is_refused() {
    let scene = Scene::new();
    assert_eq!(scene.run(&["lock"]).0, 0);
    let lock = scene.lock();
    let content =
        lock.lines().find(|line| line.trim_start().starts_with("content: ")).unwrap().trim().to_owned();
    let other = format!("content: {}", "ab".repeat(32));
    scene.write("work/profiles/web/profile.lock", &lock.replace(&content, &other));
    for command in ["lock", "fetch"] {
        let (code, said) = scene.run(&[command]);
        assert_eq!(code, 3, "{said}");
        assert!(said.contains(&"ab".repeat(32)) && said.contains("edited by hand"), "{said}");
    }
}
