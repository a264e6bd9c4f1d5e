//! Commands that ask, on a terminal of their own.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test's own parts may fail loudly")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A command on a terminal, with all answers typed ahead; what the terminal shows, and the exit code.
fn answer(dir: &Path, line: &str, answers: &str) -> (String, Option<i32>) {
    let (mut child, mut terminal) = start(dir, line);
    terminal.write_all(answers.as_bytes()).unwrap();
    let shown = read(&mut terminal);
    (shown, child.wait().unwrap().code())
}

fn start(dir: &Path, line: &str) -> (Child, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = File::options().read(true).write(true).open(name).unwrap();
    let stdio = || Stdio::from(slave.try_clone().unwrap());
    let child = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .current_dir(dir)
        .args(line.split(' '))
        .env("NO_COLOR", "1")
        .stdin(stdio())
        .stdout(stdio())
        .stderr(stdio())
        .spawn()
        .unwrap();
    (child, File::from(master))
}

/// Everything up to the end: a terminal without anybody on its other side ends with an error.
fn read(terminal: &mut File) -> String {
    let mut shown = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = terminal.read(&mut chunk) {
        shown.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8(shown).unwrap().replace("\r\n", "\n")
}

/// A repository with packs of each type.
fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "edgewright.yaml",
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec:\n  registries:\n    packs: { type: directory, path: packs }\n",
    );
    for (name, version, layer, addon) in [
        ("edge-os", "1.0.0", "os", ""),
        ("k3s", "1.32.8", "k8s", ""),
        ("k3s", "1.33.4", "k8s", ""),
        ("flannel", "1.4.0", "cni", ""),
        ("agent", "1.8.0", "addon", "monitoring"),
        ("till", "2.0.0", "addon", "app services"),
    ] {
        write(
            &format!("packs/{name}-{version}/pack.json"),
            &format!(
                "{{\"name\": \"{name}\", \"displayName\": \"{name}\", \"version\": \"{version}\", \"layer\": \"{layer}\", \"addonType\": \"{addon}\", \"cloudTypes\": [\"all\"]}}"
            ),
        );
        write(&format!("packs/{name}-{version}/values.yaml"), "");
    }
    write(
        "packs/agent-1.8.0/presets.yaml",
        "presets:\n  - {name: lan, displayName: LAN, group: uplink, remove: [], add: \"\", default: true}\n  - {name: metered, displayName: Metered, group: uplink, remove: [], add: \"\"}\n",
    );
    dir
}

#[test]
fn a_profile_is_asked_for_step_by_step() {
    let dir = repository();
    let answers = [
        "Bad Name",
        "stores", // name, once wrong
        "full",   // type
        "1.0",
        "", // version, once wrong
        "Stores",
        "", // display name, description
        "",
        "retail", // cloud, project
        "",
        "", // os
        "",
        "9.9",
        "1.33.x", // kubernetes, once a version that is not there
        "",       // cni; one version
        "",       // its version
        "y",
        "monitoring",
        "1",
        "",
        "metered", // an add-on: type of pack, pack, version, preset
        "n",
        "y",
    ];
    let (shown, code) = answer(dir.path(), "new cluster-profile", &(answers.join("\n") + "\n"));
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("no version of pack `k3s` in registry `packs` fits `9.9`"), "{shown}");
    let text = fs::read_to_string(dir.path().join("profiles/retail/stores/profile.yaml")).unwrap();
    let layers = "  layers:\n    - name: edge-os\n      pack:\n        name: edge-os\n        version: 1.0.0\n        registry: packs\n    - name: k3s\n      pack:\n        name: k3s\n        version: 1.33.x\n        registry: packs\n    - name: flannel\n      pack:\n        name: flannel\n        version: 1.4.0\n        registry: packs\n    - name: agent\n      pack:\n        name: agent\n        version: 1.8.0\n        registry: packs\n      presets:\n        uplink: metered\n";
    assert!(text.ends_with(layers), "{shown}\n{text}");
    assert!(
        text.contains("  displayName: Stores\n  version: 1.0.0\n  scope: project\n  project: retail\n"),
        "{text}"
    );
}

#[test]
fn without_the_last_answer_nothing_is_written() {
    let dir = repository();
    let (shown, code) = answer(dir.path(), "new cluster-profile", "stores\nadd-on\n\n\n\n\n\nn\nn\n");
    assert_eq!((code, shown.contains("nothing was written")), (Some(2), true), "{shown}");
    // The end of input.
    let (shown, code) = answer(dir.path(), "new system-profile", "base\n\x04");
    assert_eq!((code, shown.contains("nothing was written")), (Some(2), true), "{shown}");
    // Ctrl-C.
    let (mut child, mut terminal) = start(dir.path(), "new system-profile");
    terminal.write_all(b"base\n").unwrap();
    let mut first = [0; 1];
    terminal.read_exact(&mut first).unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "killed by the signal");
    drop(terminal);
    assert!(!dir.path().join("profiles").exists());
}

#[test]
fn a_required_variable_is_asked_for() {
    let dir = repository();
    let run = |line: &str| {
        let done = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(dir.path())
            .args(line.split(' '))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
    };
    run("new cluster-profile till --type add-on --pack till");
    let path = dir.path().join("profiles/till/profile.yaml");
    let text = fs::read_to_string(&path).unwrap();
    let variables = "  variables:\n    - { name: number, format: number, required: true }\n  layers:";
    fs::write(&path, text.replace("  layers:", variables)).unwrap();
    run("lock");
    run("new appliance s1 --provided");
    let (shown, code) = answer(dir.path(), "assign s1 till", "many\n7\n");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("is not a number"), "{shown}");
    let text = fs::read_to_string(dir.path().join("appliances/s1.yaml")).unwrap();
    assert!(text.contains("variables:\n    number: 7\n"), "{text}");
}
