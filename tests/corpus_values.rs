//! What is known to be wrong with the values of real packs is found, and nothing else is said of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn values_that_nothing_reads_and_secrets_are_found_in_real_packs() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root =
        std::env::var_os("EDGEWRIGHT_CORPUS").map_or_else(|| here.join("../shared/corpus"), PathBuf::from);
    let packs = root.join("palette/packs");
    if !packs.is_dir() {
        println!("skipped: no corpus");
        return;
    }
    let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(["check", "--format", "json"])
        .arg(&packs)
        .current_dir(here)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let code = finding["code"].as_str().unwrap();
        let path = finding["path"].as_str().unwrap();
        let pack = path.split("palette/packs/").nth(1).unwrap_or(path).split('/').next().unwrap_or_default();
        if ["VA", "CH", "SE"].iter().any(|area| code.starts_with(area)) {
            *found.entry(format!("{code} {pack}")).or_default() += 1;
        }
    }
    let expected = [
        // Old chart format, with the dependencies of the new one.
        ("CH0107 splunk-1.4.3", 1),
        ("CH0107 wordpress-5.4.1", 1),
        ("SE0102 kubeflow-pipelines-1.5.0", 1),
        ("SE0103 permission-manager-1.0.0", 1),
        ("SE0104 kubeflow-pipelines-1.5.0", 3),
        // All of its values stand one level too high.
        ("VA0103 coder-2.23.3", 27),
        ("VA0103 dell-csm-operator-1.11.0", 6),
        ("VA0103 kubevious-1.0.10", 1),
        // `nodeAffinity` beside `affinity`, not below it.
        ("VA0103 trident-operator-24.10.0", 1),
        ("VA0103 trident-operator-24.10.0-addon", 1),
    ];
    let expected: BTreeMap<String, usize> = expected.map(|(what, count)| (what.to_owned(), count)).into();
    assert_eq!(found, expected);
}
