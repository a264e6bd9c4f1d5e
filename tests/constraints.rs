//! What packs require of each other, judged where it can be known: in a profile, and on the appliances that get several.

#![allow(clippy::unwrap_used, reason = "a test that cannot write its input fails")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

/// A repository with an infrastructure profile `ground` (kubernetes pack `k3s` 1.0.0) and the files given.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let new = Self(tempfile::tempdir().unwrap());
        new.file(
            "edgewright.yaml",
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: test }\nspec:\n  registries:\n    packs: { type: directory, path: packs }\n",
        );
        for (name, layer) in [("edge-os", "os"), ("k3s", "k8s"), ("net", "cni")] {
            new.pack(name, layer, &[]);
        }
        new.profile("ground", "infrastructure\n  cloud: edge-native", &["edge-os", "k3s", "net"]);
        new
    }

    fn file(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A pack 1.0.0 with dependencies: name, layer, type, lowest version.
    fn pack(&self, name: &str, layer: &str, needs: &[(&str, &str, &str, &str)]) {
        let dependencies: Vec<Value> = needs
            .iter()
            .map(|(pack, layer, kind, min)| {
                json!({ "packName": pack, "layer": layer, "type": kind, "minVersion": min })
            })
            .collect();
        let json = json!({
            "name": name, "displayName": name, "version": "1.0.0", "layer": layer, "addonType": "system app",
            "cloudTypes": ["all"], "constraints": { "dependencies": dependencies },
        });
        self.file(&format!("packs/{name}-1.0.0/pack.json"), &json.to_string());
        self.file(&format!("packs/{name}-1.0.0/values.yaml"), &format!("pack:\n  namespace: {name}\n"));
    }

    fn profile(&self, name: &str, kind: &str, packs: &[&str]) {
        let layer =
            |pack: &&str| format!("    - {{ name: {pack}, pack: {{ name: {pack}, version: 1.0.0 }} }}");
        let layers = packs.iter().map(layer).collect::<Vec<_>>().join("\n");
        self.file(
            &format!("profiles/{name}/profile.yaml"),
            &format!(
                "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: {name}, version: 1.0.0 }}\nspec:\n  type: {kind}\n  layers:\n{layers}\n"
            ),
        );
    }

    fn appliance(&self, name: &str, spec: &str, profiles: &[&str]) {
        let one = |profile: &&str| format!("    - {{ id: {profile}, version: 1.0.0 }}");
        let list = profiles.iter().map(one).collect::<Vec<_>>().join("\n");
        self.file(
            &format!("appliances/{name}.yaml"),
            &format!(
                "apiVersion: edgewright/v1\nkind: Appliance\nmetadata: {{ name: {name} }}\nspec:\n{spec}  profiles:\n{list}\n"
            ),
        );
    }

    /// The findings of the area, as `CODE path: message`.
    fn findings(&self) -> Vec<String> {
        let run = |args: &[&str]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_edgewright"));
            command
                .args(args)
                .current_dir(self.0.path())
                .env("EDGEWRIGHT_CACHE", self.0.path().join(".cache"));
            command.output().unwrap()
        };
        assert!(run(&["lock", "--quiet"]).status.success());
        let output = run(&["check", "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
        let list = report["findings"].as_array().unwrap().iter();
        list.filter(|finding| text(finding, "code").starts_with("RF04"))
            .map(|finding| {
                format!("{} {}: {}", text(finding, "code"), text(finding, "path"), text(finding, "message"))
            })
            .collect()
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

#[test]
fn an_add_on_profile_alone_says_nothing_of_core_packs() {
    let repository = Repository::new();
    repository.pack(
        "vms",
        "addon",
        &[("disks", "csi", "required", "1.0.0"), ("k3s", "k8s", "required", "2.0.0")],
    );
    repository.profile("store", "add-on", &["vms"]);
    assert_eq!(repository.findings(), [""; 0]);
}

#[test]
fn what_an_appliance_lacks_is_told_at_the_appliance_and_once_for_all_alike() {
    let repository = Repository::new();
    repository.pack(
        "vms",
        "addon",
        &[("disks", "csi", "required", "1.0.0"), ("k3s", "k8s", "optional", "2.0.0")],
    );
    repository.profile("store", "add-on", &["vms"]);
    for name in ["store-1", "store-2", "store-3"] {
        repository.appliance(name, "", &["ground", "store"]);
    }
    assert_eq!(
        repository.findings(),
        [
            "RF0406 appliances/store-1.yaml: on `store-1`, `vms` requires pack `disks` in 1.0.0 or newer, which none of its profiles has (and on 2 more appliances)",
            "RF0406 appliances/store-1.yaml: on `store-1`, `vms` works with `k3s` in 2.0.0 or newer, and this is 1.0.0 (and on 2 more appliances)",
        ]
    );
}

#[test]
fn where_kubernetes_is_provided_nothing_is_said_of_core_packs() {
    let repository = Repository::new();
    repository.pack(
        "vms",
        "addon",
        &[("disks", "csi", "required", "1.0.0"), ("logs", "addon", "required", "1.0.0")],
    );
    repository.pack("logs", "addon", &[]);
    repository.profile("store", "add-on", &["vms"]);
    repository.appliance("cloud-1", "  kubernetes: provided\n", &["store"]);
    let found = repository.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("RF0406 appliances/cloud-1.yaml: on `cloud-1`, `vms` requires pack `logs`"),
        "{found:?}"
    );
}

#[test]
fn another_profile_of_the_appliance_may_bring_what_is_required() {
    let repository = Repository::new();
    repository.pack("vms", "addon", &[("logs", "addon", "required", "1.0.0")]);
    repository.pack("logs", "addon", &[]);
    repository.profile("store", "add-on", &["vms"]);
    let found = repository.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("RF0405 profiles/store/profile.yaml"), "{found:?}");
    repository.profile("base", "add-on", &["logs"]);
    repository.appliance("store-1", "", &["ground", "base", "store"]);
    assert_eq!(repository.findings(), [""; 0]);
}

#[test]
fn a_preset_brings_what_is_required() {
    let repository = Repository::new();
    repository.pack("vms", "addon", &[("proxy", "addon", "required", "1.0.0")]);
    repository.pack("proxy", "addon", &[]);
    let presets = "presets:\n  - name: proxied\n    displayName: Proxied\n    group: access\n    default: true\n    layers:\n      - { name: proxy, pack: { name: proxy, version: 1.0.0 } }\n";
    repository.file("packs/vms-1.0.0/presets.yaml", presets);
    repository.profile("store", "add-on", &["vms"]);
    assert_eq!(repository.findings(), [""; 0]);
    // Not chosen by itself, it is the way out that is offered.
    repository.file("packs/vms-1.0.0/presets.yaml", &presets.replace("    default: true\n", ""));
    let found = repository.findings();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(repository.path().join("profiles/store/profile.lock").is_file());
}

#[test]
fn what_is_missing_is_told_with_the_chain_and_a_command_that_works() {
    let repository = Repository::new();
    repository.pack("base", "addon", &[]);
    repository.pack("middle", "addon", &[("base", "addon", "required", "1.0")]);
    repository.pack("top", "addon", &[("middle", "addon", "required", "")]);
    repository.file("packs/bringer-1.0.0/pack.json", &json!({
        "name": "bringer", "displayName": "b", "version": "1.0.0", "layer": "addon", "addonType": "system app",
        "cloudTypes": ["all"],
    }).to_string());
    repository.file("packs/bringer-1.0.0/values.yaml", "pack:\n  namespace: bringer\n");
    repository.file(
        "packs/bringer-1.0.0/presets.yaml",
        "presets:\n  - name: 'on'\n    displayName: On\n    group: extra\n    default: true\n    remove: []\n    add: |\n      a: 1\n    \
         layers:\n      - { name: brought, pack: { name: top, version: 1.0.0 } }\n",
    );
    repository.profile("shop", "add-on\n  cloud: all", &["bringer", "middle"]);
    let run = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .arg("-C")
            .arg(repository.0.path())
            .args(args)
            .output()
            .unwrap()
    };
    run(&["lock"]);
    let found: Value = serde_json::from_slice(&run(&["check", "--format", "json"]).stdout).unwrap();
    let finding =
        found["findings"].as_array().unwrap().iter().find(|f| f["code"] == "RF0405").unwrap().clone();
    let related: Vec<&str> =
        finding["related"].as_array().unwrap().iter().map(|r| r["message"].as_str().unwrap()).collect();
    assert_eq!(
        related,
        [
            "middle 1.0.0 says so here",
            "`middle` is there because `top` requires it",
            "`top` is there because `bringer` brings it, by its preset `extra: on`",
        ],
        "{finding:#}"
    );
    let help = finding["help"].as_str().unwrap();
    let command = "edgewright layer add shop@1.0.0 --pack base --version \">=1.0.0\" --before middle";
    assert!(help.contains(command), "{help}");
    let added =
        run(&["layer", "add", "shop@1.0.0", "--pack", "base", "--version", ">=1.0.0", "--before", "middle"]);
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    run(&["lock"]);
    let found: Value = serde_json::from_slice(&run(&["check", "--format", "json"]).stdout).unwrap();
    assert!(found["findings"].as_array().unwrap().iter().all(|f| f["code"] != "RF0405"), "{found:#}");
}
