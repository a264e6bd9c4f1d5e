//! Kills, and full disks, at every system call that changes a disk: what runs is old or new, and the next run converges.

use std::fs;
use std::process::{Command, Stdio};

use crate::device::{Device, FINE, files_below, text};
use crate::publisher::{Publisher, copy_folder};

/// Calls that change what a crash leaves behind.
const CALLS: [&str; 10] = [
    "write",
    "fsync",
    "fdatasync",
    "rename",
    "unlink",
    "unlinkat",
    "symlink",
    "mkdir",
    "fchmod",
    "ftruncate",
];

#[test]
fn a_kill_at_any_system_call_leaves_old_or_new() {
    assert!(at_any_call("signal=KILL") > 100);
}

#[test]
fn a_disk_that_is_full_at_any_system_call_leaves_old_or_new() {
    assert!(at_any_call("error=ENOSPC") > 100);
}

/// Pulls an update once for each call that is to fail; gives the number of failures.
fn at_any_call(fault: &str) -> usize {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_err() {
        println!("skipped: no strace");
        return usize::MAX;
    }
    let mut publisher = Publisher::with_edge();
    let template = Device::new();
    let k3s = |device: &Device| device.folder.path().join("k3s");
    let of_template = k3s(&template);
    let more = ["--apply", "k3s", "--k3s-dir", text(&of_template)];
    template.enroll(text(&publisher.tree()), &publisher.root(), &more).expect(FINE);
    publisher.release_edge("1.1.0");
    publisher.publish();

    let mut failures = 0;
    for call in CALLS {
        for number in 1.. {
            let device = Device::new();
            copy_folder(template.folder.path(), device.folder.path());
            let program = device.command(&["pull", "--k3s-dir", text(&k3s(&device))]);
            let mut strace = Command::new("strace");
            let log = device.folder.path().join("strace.log");
            strace.args(["-f", "-qq", "-o", text(&log), "-e", &format!("trace={call}")]);
            strace.args(["-e", &format!("inject={call}:{fault}:when={number}")]);
            strace.arg(program.get_program()).args(program.get_args());
            let ended = strace.stderr(Stdio::null()).status().unwrap();
            // A failure may be one that nobody minds: that of a message on stderr.
            if ended.success() && !fs::read_to_string(&log).unwrap().contains("INJECTED") {
                println!("{call} {fault}: {} times", number - 1);
                break;
            }
            failures += 1;
            check(&device, &format!("{call} {number}"));
        }
    }
    println!("{fault}: {failures} times in all");
    failures
}

/// Old or new after the failure, floors not lower, new after another run.
fn check(device: &Device, place: &str) {
    let current = device.state().join("current");
    assert!(current.join("READY").exists(), "{place}");
    let runs = device.web().unwrap();
    assert!(["1.0.0", "1.1.0"].contains(&runs.as_str()), "{place}: {runs}");
    let deployment = fs::read_to_string(current.join("deployment.json")).unwrap();
    assert!(deployment.contains(&format!("\"version\": \"{runs}\"")), "{place}: {deployment}");
    let floors = &device.status()["floors"];
    assert!(
        floors["serials"]["profiles/edge.json"]["channels"]["stable"].as_u64() >= Some(1),
        "{place}: {floors}"
    );
    let k3s = device.folder.path().join("k3s");
    device.pull(&["--k3s-dir", text(&k3s)]).expect(FINE);
    assert_eq!(device.web().unwrap(), "1.1.0", "{place}");
    assert!(!device.state().join("journal.json").exists(), "{place}");
    let written: Vec<String> =
        files_below(&k3s.join("manifests")).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    assert!(written.iter().any(|text| text.contains("version: 1.1.0")), "{place}: {written:?}");
    device.pull(&[]).expect(FINE).says("nothing new (1 request, ");
}
