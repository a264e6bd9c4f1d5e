//! The sample repository in this checkout: its charts' archives hold what stands beside them, and its files can be read.

#![cfg(feature = "authoring")]

use std::path::{Path, PathBuf};

use edgewright::archive::{Limits, read_dir, read_tgz, write_tgz};
use edgewright::chart::Chart;
use edgewright::workspace::Workspace;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("the sample can be read").path())
        .collect();
    found.sort();
    found
}

/// `UPDATE=1 cargo test --test sample` packs the charts again after a change to their sources.
#[test]
fn charts_are_packed_from_the_sources_beside_them() {
    let mut seen = 0;
    for pack in entries(&root().join("packs")) {
        for folder in entries(&pack.join("charts")).into_iter().filter(|path| path.is_dir()) {
            let name = folder.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
            let files = read_dir(&folder, &Limits::default()).expect("a chart's folder");
            let chart = Chart::from_files(files.clone(), name).expect("a chart");
            assert_eq!(chart.metadata.name, name, "{}", folder.display());
            let archive = folder.with_file_name(format!("{name}-{}.tgz", chart.metadata.version));
            let packed = write_tgz(&files, name).expect("a chart can be packed");
            if std::env::var_os("UPDATE").is_some() {
                std::fs::write(&archive, &packed).expect("the sample can be written");
            }
            let found = std::fs::read(&archive).unwrap_or_default();
            assert!(
                found == packed
                    && read_tgz(&found, &Limits::default()).is_ok_and(|found| found.len() == files.len()),
                "{} is not what stands beside it: UPDATE=1 cargo test --test sample",
                archive.display()
            );
            seen += 1;
        }
    }
    assert_eq!(seen, 8, "charts in packs/");
}

#[test]
fn every_file_of_the_sample_can_be_read() {
    let workspace = Workspace::load(root()).expect("the checkout is a workspace");
    let findings: Vec<String> = workspace
        .diagnostics
        .iter()
        .map(|finding| format!("{}: {} {}", finding.place, finding.lint.code, finding.message))
        .collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
    let labels: Vec<String> = workspace.profiles.iter().map(|profile| profile.label()).collect();
    assert_eq!(
        labels,
        [
            "k3s-store@1.2.0",
            "observability@0.3.0",
            "retail/point-of-sale@2.1.0",
            "retail/point-of-sale@2.2.0-rc.1",
            "retail/virtual-machines@1.1.0",
            "retail/virtual-machines@1.2.0",
            "system/store-base@1.1.0",
        ]
    );
    assert_eq!(workspace.appliances.len(), 5);
    assert_eq!(workspace.groups.len(), 2);
    assert_eq!(workspace.channels.len(), 2);
}

fn edgewright(arguments: &[&str]) -> std::process::Output {
    std::process::Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .current_dir(root())
        .args(arguments)
        .output()
        .expect("the binary starts")
}

#[test]
fn the_locks_say_what_the_profiles_say() {
    let output = edgewright(&["lock", "--check"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\nrun `edgewright lock` and commit the locks");
}

#[test]
fn no_rule_finds_anything() {
    let output = edgewright(&["check", "--fail-on", "info", "--strict"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
