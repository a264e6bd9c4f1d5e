//! Ctrl-C in the middle of `lock`, many times: every lock is the old one or the new one, the cache is whole, nothing is left
//! behind, and the next run finishes what was begun.

#![allow(clippy::format_push_string)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use edgewright::archive::{Files, write_tgz};

const PROFILES: usize = 60;
const TIMES: u32 = 300;

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A repository whose profiles have a chart each, in the first or the second of its versions.
fn repository(root: &Path) {
    let mut index = "apiVersion: v1\nentries:\n".to_owned();
    for number in 0..PROFILES {
        index += &format!("  c{number}:\n");
        for version in ["1.0.0", "1.1.0"] {
            let mut files = Files::new();
            files.insert(
                "Chart.yaml",
                format!("apiVersion: v2\nname: c{number}\nversion: {version}\n").into_bytes(),
            );
            files.insert("values.yaml", b"a: 1\n".to_vec());
            let bytes = write_tgz(&files, &format!("c{number}")).unwrap();
            write(&root.join(format!("charts/c{number}-{version}.tgz")), &bytes);
            index +=
                &format!("  - {{ name: c{number}, version: {version}, urls: [c{number}-{version}.tgz] }}\n");
        }
        let profile = format!(
            "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: p{number}, version: 1.0.0 }}\nspec:\n  type: \
             add-on\n  cloud: all\n  layers:\n    - {{ name: it, chart: {{ name: c{number}, version: 1.0.0 }} }}\n"
        );
        write(&root.join(format!("profiles/p{number}/profile.yaml")), profile.as_bytes());
    }
    write(&root.join("charts/index.yaml"), index.as_bytes());
    let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: x }\nspec: { registries: { charts: { type: helm, url: charts } } }\n";
    write(&root.join("edgewright.yaml"), config.as_bytes());
}

fn set_version(root: &Path, version: &str) {
    for number in 0..PROFILES {
        let path = root.join(format!("profiles/p{number}/profile.yaml"));
        let text = fs::read_to_string(&path).unwrap();
        let other = if version == "1.0.0" { "1.1.0" } else { "1.0.0" };
        fs::write(
            &path,
            text.replace(&format!("version: {other} }} }}"), &format!("version: {version} }} }}")),
        )
        .unwrap();
    }
}

fn locks(root: &Path) -> Vec<String> {
    (0..PROFILES)
        .map(|n| fs::read_to_string(root.join(format!("profiles/p{n}/profile.lock"))).unwrap())
        .collect()
}

fn command(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edgewright"));
    command.args(["-q", "lock"]).current_dir(root).env("EDGEWRIGHT_CACHE", root.join(".cache"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Files that no run should leave behind.
fn drafts(root: &Path) -> Vec<PathBuf> {
    let entries = |n| fs::read_dir(root.join(format!("profiles/p{n}"))).unwrap();
    (0..PROFILES)
        .flat_map(entries)
        .map(|entry| entry.unwrap().path())
        .filter(|path| !matches!(path.file_name().unwrap().to_str(), Some("profile.yaml" | "profile.lock")))
        .collect()
}

#[test]
fn a_lock_that_is_interrupted_is_old_or_new() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    repository(root);
    assert!(command(root).status().unwrap().success());
    let old = locks(root);
    set_version(root, "1.1.0");
    let began = Instant::now();
    assert!(command(root).status().unwrap().success());
    let whole = began.elapsed();
    let new = locks(root);
    assert!(old.iter().zip(&new).all(|(old, new)| old != new));

    let (mut ended, mut mixed) = (0, 0);
    for number in 0..TIMES {
        let (from, to) = if number % 2 == 0 { ("1.0.0", &old) } else { ("1.1.0", &new) };
        let before = locks(root);
        set_version(root, from);
        let mut child = command(root).spawn().unwrap();
        // Over the whole run, the last part with the writes in it more often.
        let part = f64::from(number % 50) / 50.0;
        std::thread::sleep(whole.mul_f64(1.0 - (1.0 - part).powi(2)).max(Duration::from_millis(1)));
        let signal = if number % 3 == 0 { "-TERM" } else { "-INT" };
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        if child.wait().unwrap().success() {
            ended += 1;
        }
        let now = locks(root);
        let changed = now.iter().zip(&before).filter(|(now, before)| now != before).count();
        mixed += usize::from(changed > 0 && changed < PROFILES);
        for (index, lock) in now.iter().enumerate() {
            assert!(*lock == before[index] || *lock == to[index], "{number}: p{index}\n{lock}");
        }
        assert_eq!(drafts(root), [""; 0].map(PathBuf::from), "{number}");
        assert!(command(root).status().unwrap().success(), "{number}");
        assert_eq!(locks(root), *to, "{number}");
    }
    println!("{TIMES} interrupts over {whole:?}: {ended} came too late, {mixed} between two writes");
}
