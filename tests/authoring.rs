//! `new`, `layer add`, `clone` and `schema`, as people run them.

#![allow(clippy::unwrap_used, reason = "a test's own parts may fail loudly")]

use std::fs;
use std::path::Path;
use std::process::Command;

use edgewright::schema;
use edgewright::workspace::Workspace;

/// What a command wrote to stdout and stderr, and its exit code.
struct Run {
    out: String,
    err: String,
    code: i32,
}

fn edgewright(dir: &Path, line: &str) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .current_dir(dir)
        .args(line.split(' '))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    Run {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

fn fine(dir: &Path, line: &str) -> Run {
    let run = edgewright(dir, line);
    assert_eq!(run.code, 0, "{line}: {}", run.err);
    run
}

fn refused(dir: &Path, line: &str, why: &str) {
    let run = edgewright(dir, line);
    assert_eq!(run.code, 2, "{line}: {}", run.out);
    assert!(run.err.contains(why), "{line}: {}", run.err);
}

fn repository() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "edgewright.yaml",
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec:\n  registries:\n    packs: { type: directory, path: packs }\n    charts: { type: helm, url: https://charts.example.org }\n",
    );
    for version in ["1.9.0", "1.10.0", "2.0.0-rc.1"] {
        write(
            &format!("packs/agent-{version}/pack.json"),
            &format!(
                "{{\"name\": \"agent\", \"displayName\": \"A\", \"version\": \"{version}\", \"layer\": \"addon\"}}"
            ),
        );
        write(
            &format!("packs/agent-{version}/presets.yaml"),
            "presets:\n  - {name: metered, displayName: M, group: uplink, remove: [], add: \"\"}\n",
        );
    }
    dir
}

fn read(dir: &Path, path: &str) -> String {
    fs::read_to_string(dir.join(path)).unwrap()
}

#[test]
fn a_profile_is_made_layer_by_layer_and_its_comments_stay() {
    let dir = repository();
    let dir = dir.path();
    let run =
        fine(dir, "new cluster-profile monitoring --type add-on --tag gold --tag tier=1 --owner team-a");
    assert_eq!(
        run.out,
        "wrote profiles/monitoring/profile.yaml\nwrote profiles/monitoring/README.md\nwrote schemas/profile.json\n"
    );
    assert!(run.err.contains("edgewright layer add monitoring"), "{}", run.err);
    let path = "profiles/monitoring/profile.yaml";
    let text = read(dir, path).replace("  cloud: all", "  cloud: all # every store");
    fs::write(dir.join(path), &text).unwrap();

    fs::create_dir(dir.join("profiles/monitoring/values")).unwrap();
    fs::write(dir.join("profiles/monitoring/values/agent.yaml"), "a: 1\n").unwrap();
    fs::write(dir.join("quota.yaml"), "kind: ResourceQuota\n").unwrap();
    let run =
        fine(dir, "layer add monitoring --pack agent --preset uplink=metered --values values/agent.yaml");
    assert!(run.err.contains("took 1.10.0"), "the newest release, not the prerelease: {}", run.err);
    fine(dir, "layer add profiles/monitoring --chart podinfo --version ^6.5 --namespace apps --offline");
    fine(dir, "layer add monitoring@1.0.0 --manifest quota.yaml --priority -5");
    assert_eq!(read(dir, "profiles/monitoring/manifests/quota.yaml"), "kind: ResourceQuota\n");

    insta::assert_snapshot!(read(dir, path), @r#"
    # yaml-language-server: $schema=../../schemas/profile.json
    apiVersion: edgewright/v1
    kind: ClusterProfile
    metadata:
      name: monitoring
      version: 1.0.0
      tags:
        gold: ""
        tier: "1"
      owners:
        - team-a
    spec:
      type: add-on
      cloud: all # every store
      layers:
        - name: agent
          pack:
            name: agent
            version: 1.10.0
            registry: packs
          presets:
            uplink: metered
          values: values/agent.yaml
        - name: podinfo
          chart:
            name: podinfo
            version: ^6.5
            registry: charts
          namespace: apps
        - name: quota
          manifests:
            - manifests/quota.yaml
          installPriority: -5
    "#);
    let workspace = Workspace::load(dir).unwrap();
    assert!(workspace.diagnostics.is_empty(), "{:?}", workspace.diagnostics);
    assert_eq!(workspace.profiles[0].spec.layers.len(), 3);
}

#[test]
fn what_cannot_be_done_is_refused_with_a_hint_and_nothing_is_written() {
    let dir = repository();
    let dir = dir.path();
    refused(dir, "new cluster-profile", "needs a name");
    refused(dir, "new cluster-profile a", "--type");
    refused(dir, "new cluster-profile Bad_Name --type full", "lower-case");
    refused(dir, "new cluster-profile a --type full --version 1.0", "strict semver");
    refused(dir, "new cluster-profile a --type full --scope project", "--project NAME");
    assert!(!dir.join("profiles").exists());
    fine(dir, "new system-profile base");
    refused(dir, "new system-profile base", "edgewright clone system/base");
    let before = read(dir, "profiles/system/base/profile.yaml");
    refused(dir, "layer add system/bse --pack agent", "did you mean `system/base`?");
    refused(dir, "layer add system/base --pack agnt", "did you mean `agent`?");
    refused(dir, "layer add system/base --pack agent --registry charts", "has no packs");
    refused(dir, "layer add system/base --manifest nope.yaml", "`nope.yaml` does not exist");
    refused(
        dir,
        "layer add system/base --chart x --offline --manifest edgewright.yaml",
        "manifests are attached to packs",
    );
    refused(dir, "clone system/base@2.0.0 --name b", "it has 1.0.0");
    refused(dir, "clone system/base --scope project", "--project NAME");
    refused(dir, "clone system/base", "is there already");
    assert_eq!(read(dir, "profiles/system/base/profile.yaml"), before);
    assert!(!dir.join("profiles/system/base/manifests").exists());
    assert_eq!(fs::read_dir(dir.join("profiles/system")).unwrap().count(), 1);
    refused(dir, "schema prfile", "did you mean `profile`?");
    refused(Path::new("/"), "new system-profile base", "no `edgewright.yaml`");
}

#[test]
fn a_clone_has_all_files_and_records_its_origin() {
    let dir = repository();
    let dir = dir.path();
    fine(dir, "new cluster-profile vm --type add-on --project retail --version 1.2.0");
    let text = read(dir, "profiles/retail/vm/profile.yaml");
    fs::write(dir.join("profiles/retail/vm/profile.yaml"), text.replace("spec:", "# the stack\nspec:"))
        .unwrap();
    fs::create_dir(dir.join("profiles/retail/vm/values")).unwrap();
    for (path, text) in [("values/a.yaml", "a: 1 # one\n"), ("profile.lock", "x"), ("channels.yaml", "x")] {
        fs::write(dir.join("profiles/retail/vm").join(path), text).unwrap();
    }
    let run = fine(dir, "clone retail/vm@1.2.0 --version 1.3.0");
    assert!(run.out.contains("wrote profiles/retail/vm/1.3.0/profile.yaml\n"), "{}", run.out);
    fine(dir, "clone retail/vm --source-version 1.2.0 --name vm-base --scope tenant --dry-run");
    assert!(!dir.join("profiles/vm-base").exists());
    fine(dir, "clone retail/vm --source-version 1.2.0 --name vm-base --scope tenant --display-name Base");
    insta::assert_snapshot!(read(dir, "profiles/vm-base/profile.yaml"), @r"
    # yaml-language-server: $schema=../../schemas/profile.json
    apiVersion: edgewright/v1
    kind: ClusterProfile
    metadata:
      name: vm-base
      version: 1.0.0
      scope: tenant
      clonedFrom:
        id: retail/vm
        version: 1.2.0
      displayName: Base
    # the stack
    spec:
      type: add-on
      cloud: all
      layers: []
    ");
    assert_eq!(read(dir, "profiles/vm-base/values/a.yaml"), "a: 1 # one\n");
    assert!(!dir.join("profiles/vm-base/profile.lock").exists());
    assert!(!dir.join("profiles/vm-base/channels.yaml").exists());
    assert!(!dir.join("profiles/vm-base/1.3.0").exists(), "other versions stay where they are");
    let deeper = read(dir, "profiles/retail/vm/1.3.0/profile.yaml");
    assert!(
        deeper.starts_with("# yaml-language-server: $schema=../../../../schemas/profile.json\n"),
        "{deeper}"
    );
}

#[test]
fn every_schema_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let list = fine(dir.path(), "schema --list").out;
    assert_eq!(list.lines().count(), schema::Kind::ALL.len());
    for line in list.lines() {
        let name = line.split(' ').next().unwrap();
        let schema: serde_json::Value =
            serde_json::from_str(&fine(dir.path(), &format!("schema {name}")).out).unwrap();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    }
}
