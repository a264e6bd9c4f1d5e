//! The same repository gives the same bytes, however many threads judge it.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// Lays a folder over another one. What takes files away is left out: the more there is to find, the better.
fn lay_over(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            lay_over(&entry.path(), &target);
        } else if fs::read(entry.path()).unwrap() != b"@remove\n" {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

fn check(dir: &Path, format: &str, threads: &str) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(["check", "--format", format])
        .current_dir(dir)
        .env("RAYON_NUM_THREADS", threads)
        .env("EDGEWRIGHT_CACHE", dir.join(".cache"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn one_thread_and_eight_write_the_same_bytes() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules");
    let dir = tempfile::tempdir().unwrap();
    lay_over(&fixtures.join("base"), dir.path());
    // Each rule's faults once more, as a repository inside: profiles, packs and appliances by the hundred.
    let mut codes: Vec<_> = fs::read_dir(&fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    codes.sort();
    for bad in codes.iter().map(|code| code.join("bad")) {
        for folder in ["profiles", "packs", "appliances"] {
            let Ok(entries) = fs::read_dir(bad.join(folder)) else { continue };
            for entry in entries.map(|entry| entry.unwrap()) {
                if !entry.file_type().unwrap().is_dir() {
                    fs::create_dir_all(dir.path().join(folder)).unwrap();
                    fs::copy(entry.path(), dir.path().join(folder).join(entry.file_name())).unwrap();
                    continue;
                }
                let code = bad.parent().unwrap().file_name().unwrap().to_str().unwrap().to_lowercase();
                let name = format!("{}-{code}", entry.file_name().to_str().unwrap());
                let target = dir.path().join(folder).join(name);
                fs::create_dir_all(&target).unwrap();
                lay_over(&entry.path(), &target);
            }
        }
    }
    for format in ["json", "text"] {
        let one = check(dir.path(), format, "1");
        let lines = one.split(|byte| *byte == b'\n').count() - 1;
        assert!(lines > 500, "{lines} lines of {format} are few");
        for _ in 0..3 {
            assert!(one == check(dir.path(), format, "8"), "{format} differs");
        }
    }
}
