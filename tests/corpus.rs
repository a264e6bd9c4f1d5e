//! Real packs and profiles of other people: read where they lie (`EDGEWRIGHT_CORPUS`), never copied into the project.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot read its input fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The corpus, unless it is not on this machine.
fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("EDGEWRIGHT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
    if root.is_dir() {
        return root.canonicalize().ok();
    }
    println!("skipped: no corpus");
    None
}

fn edgewright(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(args)
        .current_dir(dir)
        .env("EDGEWRIGHT_CACHE", dir.join(".cache"))
        .output()
        .expect("the binary runs")
}

fn succeeded(output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{:?}\n{stdout}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    stdout
}

/// Findings of a check of the corpus' packs: severity, folder, and `CODE file:line`.
fn findings(packs: &Path) -> Vec<(String, String, String)> {
    let output = edgewright(packs, &["check", ".", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let of = |finding: &Value| {
        let path = text(finding, "path");
        let (folder, file) = path.trim_start_matches("./").split_once('/').unwrap();
        let line = &finding["range"]["start"]["line"];
        (text(finding, "severity"), folder.to_owned(), format!("{} {file}:{line}", text(finding, "code")))
    };
    report["findings"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn the_known_faults_of_real_packs_are_found_at_their_lines_and_sound_packs_have_no_error() {
    let Some(corpus) = corpus() else { return };
    let findings = findings(&corpus.join("palette/packs"));
    // What stands in the domain's statistics of public packs, one line for each kind of anomaly.
    let known = [
        ("haproxy-unified-gateway-1.0.1", "PK0101 pack.json:12"),
        ("karpenter-1.5.1", "PK0102 pack.json:11"),
        ("nvidia-dra-driver-25.8.1", "SC0002 pack.json:10"),
        ("kubeflow-pipelines-1.5.0", "PK0103 pack.json:15"),
        ("coder-2.23.3", "PK0104 pack.json:9"),
        ("dell-csm-operator-1.11.0", "PK0105 values.yaml:11"),
        ("nvidia-vss-application-1.0.0", "PK0106 pack.json:24"),
        ("nvidia-vss-application-1.0.0", "PK0106 pack.json:30"),
        ("csi-driver-nfs", "PK0107 pack.json:14"),
        ("multus-3.4.0", "PK0107 pack.json:24"),
        ("kubehunter-1.0.3", "PK0108 values.yaml:11"),
        ("piraeus-operator-2.7.1", "PK0201 charts/.DS_Store:1"),
        ("crowdstrike-falcon-agent-1.0.0", "PK0202 logo.png:1"),
        ("sr-iov-3.4.0", "PK0203 logo.png:1"),
        ("wordpress-5.4.1", "PK0204 README.md:1"),
        ("kubeflow-pipelines-1.5.0", "PK0205 values.yaml:1"),
        ("gridlight-1.1.3", "PK0207 pack.json:2"),
        ("nvidia-dpf-deployment-25.7.0", "PK0208 pack.json:10"),
        ("upbound-crossplane-2.0.2-up.3", "PK0210 pack.json:16"),
        ("akuity-agent-0.30.0-5.5.2026", "PK0210 pack.json:12"),
        ("splunk-1.4.3", "PK0213 values.yaml:276"),
        ("kubeflow-pipelines-1.5.0", "PK0223 pack.json:29"),
        ("splunk-1.4.3", "PK0232 pack.json:34"),
        ("elastic-stack-0.10.0", "PK0252 presets.yaml:6"),
        ("csi-driver-nfs", "PK0255 values.yaml:2"),
        ("elastic-stack-0.10.0", "PK0262 values.yaml:10"),
        ("kubevirt-csi-driver-1.0.0", "PK0262 values.yaml:4"),
        ("multus-3.4.0", "PK0264 values.yaml:1"),
        ("gridlight-1.1.3", "PK0271 values.yaml:10"),
        ("gridlight-1.1.3", "PK0272 values.yaml:24"),
        ("ovn-kubernetes-1.2.0", "PK0280 values.yaml:7"),
        ("gridlight-1.1.3", "PK0286 schema.yaml:19"),
        ("gridlight-1.1.3", "SC0001 pack.json:12"),
    ];
    let with_errors = [
        "haproxy-unified-gateway-1.0.1",
        "nvidia-dra-driver-25.8.1",
        "dell-csm-operator-1.11.0",
        "nvidia-vss-application-1.0.0",
    ];
    for (folder, wanted) in known {
        assert!(
            findings.iter().any(|(_, f, at)| f == folder && at == wanted),
            "{folder}: {wanted}: {findings:#?}"
        );
    }
    let wrong: Vec<_> = findings
        .iter()
        .filter(|(severity, folder, _)| severity == "error" && !with_errors.contains(&folder.as_str()))
        .collect();
    assert!(wrong.is_empty(), "packs without a known fault have no error: {wrong:#?}");
}

/// A repository whose registry is the corpus: one add-on profile per pack.
fn repository(packs: &Path) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: String| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "edgewright.yaml",
        format!(
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {{ name: corpus }}\nspec:\n  registries:\n    \
             packs: {{ type: directory, path: {} }}\n  check:\n    rules:\n      # Other people's packs: their faults are \
             known, and no reason to hold this repository up.\n      pack-file-missing: warning\n      missing-key: warning\n      \
             pack-version: warning\n      chart-version-differs: warning\n      image-key: warning\n      \
             dependency-nowhere: warning\n      undefined-variable: warning\n      required-value: warning\n      \
             chart-schema: warning\n",
            packs.display()
        ),
    );
    for entry in fs::read_dir(packs).unwrap() {
        let folder = entry.unwrap().path();
        let json: Value = serde_json::from_slice(&fs::read(folder.join("pack.json")).unwrap()).unwrap();
        let (name, version, layer) = (&json["name"], &json["version"], json["layer"].as_str().unwrap());
        if layer != "addon" {
            continue;
        }
        let profile = folder.file_name().unwrap().to_string_lossy().to_lowercase().replace(['.', '_'], "-");
        let profile = profile.replace("--", "-");
        write(
            &format!("profiles/{profile}/profile.yaml"),
            format!(
                "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: {profile}, version: 1.0.0 }}\nspec:\n  \
                 type: add-on\n  layers:\n    - name: layer\n      pack: {{ name: {name}, version: {version} }}\n"
            ),
        );
    }
    dir
}

#[test]
fn a_repository_of_real_packs_works_from_check_to_the_appliance() {
    let Some(corpus) = corpus() else { return };
    let packs = corpus.join("palette/packs");
    let dir = repository(&packs);
    succeeded(&edgewright(dir.path(), &["lock"]));
    succeeded(&edgewright(dir.path(), &["lock", "--check"]));
    succeeded(&edgewright(dir.path(), &["check"]));
    succeeded(&edgewright(dir.path(), &["build"]));
    succeeded(&edgewright(dir.path(), &["verify", "public"]));
    let profiles = fs::read_dir(dir.path().join("profiles")).unwrap().count();
    assert!(profiles > 30, "{profiles} profiles");
    let args = [
        "agent",
        "pull",
        "--url",
        "public",
        "--root",
        "public/metadata/1.root.json",
        "--state",
        "state",
        "--profile",
        "hello-universe-1-3-1",
        "--profile",
        "coder-2-23-3",
        "--apply",
        "directory",
    ];
    succeeded(&edgewright(dir.path(), &args));
    let layer = dir.path().join("state/current/profiles/coder-2-23-3/00-layer");
    assert!(layer.join("layer.json").is_file());
    assert!(fs::read_to_string(layer.join("charts/00-coder.values.yaml")).is_ok());
}

#[test]
fn real_exported_profiles_are_judged_without_a_false_error() {
    let Some(corpus) = corpus() else { return };
    for folder in ["json", "yaml", "app"] {
        let output = edgewright(&corpus.join("palette/profiles"), &["check", folder, "--format", "concise"]);
        let found = String::from_utf8_lossy(&output.stdout);
        let errors: Vec<&str> = found.lines().filter(|line| line.contains(": error ")).collect();
        // One of them has a Secret whose author took letters out of its base64, and a key where none belongs.
        let known = ["33:13: error KU0101", "50:22: error KU0104", "53:17: error KU0104"];
        let file = "yaml/profile-system-libvit.yaml";
        let fits = |(line, known): (&&str, &&str)| line.starts_with(&format!("{file}:{known}"));
        let wanted = if folder == "yaml" { &known[..] } else { &[] };
        assert!(errors.len() == wanted.len() && errors.iter().zip(wanted).all(fits), "{found}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("unchecked"), "packs that are not here are counted: {said}");
    }
}
