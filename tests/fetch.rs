//! `fetch` from outside: the cache holds what the locks name, and nothing else gets in.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use edgewright::archive::{Files, write_tgz};

const PROFILE: &str = "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: web, version: 1.0.0 }\n\
    spec:\n  type: add-on\n  layers:\n  \
    - { name: web, chart: { name: web, version: ^1.0, registry: charts }, namespace: web }\n";

/// A repository with one profile and a Helm repository in a folder of its own.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let new = Self(tempfile::tempdir().unwrap());
        new.write(
            "edgewright.yaml",
            b"apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\n\
              spec:\n  registries: { charts: { type: helm, url: charts } }\n",
        );
        new.write("profiles/web/profile.yaml", PROFILE.as_bytes());
        new.write(
            "charts/index.yaml",
            b"apiVersion: v1\nentries:\n  web:\n  - { name: web, version: 1.2.0, urls: [web-1.2.0.tgz] }\n",
        );
        new.write("charts/web-1.2.0.tgz", &chart("1"));
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

    /// Exit code, and stdout and stderr in one.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(self.0.path())
            .env("EDGEWRIGHT_CACHE", self.path("cache"))
            .args(args)
            .output()
            .unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code().unwrap(), text)
    }

    fn forget(&self) {
        fs::remove_dir_all(self.path("cache")).unwrap();
    }
}

fn chart(replicas: &str) -> Vec<u8> {
    let mut files = Files::new();
    files.insert("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.2.0\n".as_slice());
    files.insert("values.yaml", format!("replicas: {replicas}\n").as_bytes());
    write_tgz(&files, "web").unwrap()
}

fn files_below(folder: &Path) -> usize {
    fs::read_dir(folder).map_or(0, |entries| {
        entries
            .flatten()
            .map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { 1 })
            .sum()
    })
}

#[test]
fn the_cache_is_filled_with_what_the_locks_name() {
    let repository = Repository::new();
    let (code, text) = repository.run(&["fetch"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("web@1.0.0 has no lock; run `edgewright lock`"), "{text}");

    assert_eq!(repository.run(&["lock"]).0, 0);
    repository.forget();
    let (code, text) = repository.run(&["fetch", "web"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("fetched chart web 1.2.0 from `charts`"), "{text}");
    assert_eq!(files_below(&repository.path("cache")), 1);
    let (code, text) = repository.run(&["fetch", "web@1.0.0"]);
    assert_eq!(code, 0);
    assert!(text.contains("1 archive in the locks: 0 fetched (0 kB), 1 here already, 0 failed"), "{text}");
    let (code, text) = repository.run(&["fetch", "webb"]);
    assert_eq!(code, 2);
    assert!(text.contains("did you mean `web`"), "{text}");
}

#[test]
fn changed_bytes_are_refused_and_not_kept() {
    let repository = Repository::new();
    assert_eq!(repository.run(&["lock"]).0, 0);
    repository.forget();
    repository.write("charts/web-1.2.0.tgz", &chart("2"));
    let (code, text) = repository.run(&["fetch"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("charts/web-1.2.0.tgz has changed: the lock says sha256"), "{text}");
    assert_eq!(files_below(&repository.path("cache")), 0);
    fs::remove_file(repository.path("charts/web-1.2.0.tgz")).unwrap();
    assert_eq!(repository.run(&["fetch"]).0, 2);
}

#[test]
fn a_lock_that_contradicts_itself_is_refused() {
    let repository = Repository::new();
    assert_eq!(repository.run(&["lock"]).0, 0);
    let lock = fs::read_to_string(repository.path("profiles/web/profile.lock")).unwrap();
    let content = lock.lines().find(|line| line.trim_start().starts_with("content: ")).unwrap();
    let other = format!("    content: {}", "f".repeat(64));
    repository.write("profiles/web/profile.lock", lock.replace(content, &other).as_bytes());
    let (code, text) = repository.run(&["fetch"]);
    assert_eq!(code, 3, "{text}");
    assert!(text.contains("it was edited by hand"), "{text}");
}
