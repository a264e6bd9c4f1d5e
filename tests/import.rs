//! Profiles in Palette's form become profiles of ours: real exports, where the corpus is at hand, and a made one.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::unnecessary_debug_formatting)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use edgewright::palette::{ImportOptions, ImportedProfile, import};
use edgewright::source::SourceFile;
use edgewright::workspace::Workspace;
use serde_json::Value;

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("EDGEWRIGHT_CORPUS")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from)
        .join("palette/profiles");
    if !root.is_dir() {
        println!("skipped: no corpus");
        return None;
    }
    Some(root)
}

fn workspace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec: {}\n";
    fs::write(dir.path().join("edgewright.yaml"), config).unwrap();
    dir
}

fn edgewright(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright")).current_dir(dir).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(path: &Path) -> ImportedProfile {
    let text = fs::read_to_string(path).unwrap();
    import(&SourceFile::new("export", text), &ImportOptions::default())
        .unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

/// Writes the profile, loads the workspace, and expects nothing wrong and every text byte for byte.
fn loads(profile: &ImportedProfile, label: &Path) -> Workspace {
    let dir = workspace();
    let folder = dir.path().join(format!("profiles/{}", profile.id));
    for file in &profile.files {
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.text).unwrap();
    }
    let workspace = Workspace::load(dir.path()).unwrap();
    let shown = &profile.files[0].text;
    assert!(workspace.diagnostics.is_empty(), "{label:?}: {:#?}\n{shown}", workspace.diagnostics);
    assert_eq!(workspace.profiles.len(), 1, "{label:?}");
    assert_eq!(workspace.profiles[0].version(), profile.version);
    workspace
}

#[test]
fn every_real_json_export_becomes_a_profile_that_loads() {
    let Some(root) = corpus() else { return };
    let mut seen = 0;
    for entry in fs::read_dir(root.join("json")).unwrap() {
        let path = entry.unwrap().path();
        let export: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let profile = read(&path);
        let workspace = loads(&profile, &path);
        let packs = export.pointer("/spec/template/packs").unwrap().as_array().unwrap();
        let layers = &workspace.profiles[0].spec.layers;
        assert_eq!(layers.len(), packs.len(), "{path:?}");
        for (pack, layer) in packs.iter().zip(layers) {
            let reference = layer.pack.as_ref().unwrap();
            let name = pack["name"].as_str().unwrap();
            assert!(name.ends_with(&reference.name.value), "{path:?}: {name}");
            assert_eq!(reference.version.value, pack["tag"].as_str().unwrap(), "{path:?}: {name}");
            let values = pack.get("values").and_then(Value::as_str);
            assert_eq!(layer.values.is_some(), values.is_some(), "{path:?}: {name}");
            assert_eq!(layer.defaults, values.is_none(), "a full copy stands alone");
            if let Some(values) = values {
                let file = format!("values/{}.yaml", layer.name.value);
                let written = profile.files.iter().find(|f| f.path == file).unwrap();
                assert_eq!(written.text, values, "{path:?}: {name}: byte for byte");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn real_profiles_in_the_flat_yaml_form_load_as_well() {
    let Some(root) = corpus() else { return };
    for entry in fs::read_dir(root.join("yaml")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("profile") {
            let profile = read(&path);
            println!("{path:?}: {:#?}", profile.notes);
            loads(&profile, &path);
        }
    }
}

const EXPORT: &str = r##"{
 "metadata": {"name": "Edge Apps", "description": "d", "labels": {"AI": "spectro__tag", "tier": "gold"}, "uid": "abc"},
 "spec": {"version": "1.2", "draft": true,
  "template": {"type": "add-on", "cloudType": "all", "packs": [
   {"name": "web-1--web", "type": "oci", "layer": "addon", "version": "1.33.9", "tag": "1.33.x",
    "values": "# top\npack: {}\npassword: '****'",
    "manifests": [{"name": "Quota_A", "content": "kind: Q\n"}, {"name": "gone"}],
    "registry": {"metadata": {"uid": "u1", "name": "Palette Registry", "kind": "oci", "providerType": "pack"}}},
   {"name": "podinfo", "type": "helm", "layer": "addon", "version": "6.5.0",
    "values": "pack:\n  namespace: apps\ncharts:\n  podinfo:\n    # how many\n    replicas: 2\n",
    "registry": {"metadata": {"uid": "u2", "name": "charts", "kind": "helm"}}},
   {"name": "ns", "type": "manifest", "values": "pack:\n  spectrocloud.com/install-priority: \"-5\"\n",
    "manifests": [{"name": "ns", "content": "kind: Namespace"}]}
  ]},
  "variables": [{"name": "token", "isSensitive": true, "defaultValue": "x", "strange": 1}]}}"##;

#[test]
fn nothing_is_dropped_in_silence() {
    let profile = import(&SourceFile::new("export.json", EXPORT), &ImportOptions::default()).unwrap();
    assert_eq!(profile.id.0, "edge-apps");
    assert_eq!(profile.version, "1.2.0");
    let paths: Vec<_> = profile.files.iter().map(|f| f.path.as_str()).collect();
    let expected = [
        "profile.yaml",
        "manifests/web-1/quota-a.yaml",
        "manifests/web-1/gone.yaml",
        "values/web-1.yaml",
        "values/podinfo.yaml",
        "manifests/ns/ns.yaml",
        "values/ns.yaml",
    ];
    assert_eq!(paths, expected);
    assert!(profile.files[4].text.starts_with("pack:\n  namespace: apps\n"), "wrapped as it was");
    let workspace = loads(&profile, Path::new("export.json"));
    let loaded = &workspace.profiles[0];
    assert_eq!(loaded.metadata.display_name.as_deref(), Some("Edge Apps"));
    assert_eq!(loaded.metadata.tags["AI"].as_deref(), Some(""));
    assert_eq!(loaded.metadata.annotations["palette/spec"]["version"]["1.2.0"], "1.2");
    assert_eq!(loaded.metadata.annotations["palette/metadata"]["uid"], "abc");
    assert_eq!(loaded.metadata.annotations["palette/spec"]["draft"], true);
    assert_eq!(loaded.metadata.annotations["palette/registries"]["palette-registry"]["uid"], "u1");
    assert_eq!(loaded.metadata.annotations["palette/layers"]["web-1"]["version"]["1.33.x"], "1.33.9");
    assert_eq!(loaded.metadata.annotations["palette/variables"]["token"]["strange"], 1);
    assert_eq!(loaded.spec.layers[0].pack.as_ref().unwrap().name.value, "web");
    assert_eq!(loaded.spec.layers[0].display_name.as_deref(), Some("web-1"), "what tells it from its twin");
    assert!(loaded.spec.layers[1].wrapped && !loaded.spec.layers[1].defaults);
    let notes = profile.notes.join("\n");
    for said in ["1.2.0 now", "`gone` has no content", "follows `1.33.x`", "is a secret"] {
        assert!(notes.contains(said), "{said}\n{notes}");
    }
    assert!(!profile.files[0].text.contains("\"x\""), "no secret is written");
    let masked = &profile.masked[0];
    assert_eq!(
        (masked.path.as_str(), masked.line, masked.variable.as_str()),
        ("values/web-1.yaml", 3, "web1Password")
    );
}

#[test]
fn the_command_writes_says_what_and_never_overwrites() {
    let dir = workspace();
    fs::write(dir.path().join("export.json"), EXPORT).unwrap();
    let dry = edgewright(dir.path(), &["import", "export.json", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{}", text(&dry.stderr));
    assert!(text(&dry.stdout).contains("would write profiles/edge-apps/profile.yaml"));
    assert!(!dir.path().join("profiles").exists());

    let done = edgewright(dir.path(), &["import", "export.json", "--name", "web", "--project", "retail"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("wrote profiles/retail/web/profile.yaml"), "{}", text(&done.stdout));
    assert!(text(&done.stderr).contains("charts: { type: helm"), "{}", text(&done.stderr));
    assert_eq!(Workspace::load(dir.path()).unwrap().profiles[0].id.0, "retail/web");

    let again = edgewright(dir.path(), &["import", "export.json", "--name", "web", "--project", "retail"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is here already"), "{}", text(&again.stderr));

    fs::write(dir.path().join("other.json"), "{\"a\": 1}").unwrap();
    let other = edgewright(dir.path(), &["import", "other.json"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other.stderr).contains("no profile in Palette's form"), "{}", text(&other.stderr));
}

#[test]
fn a_folder_is_imported_whole_with_registries_and_macros_and_again_after_a_change() {
    let dir = workspace();
    let exports = dir.path().join("exports");
    fs::create_dir(&exports).unwrap();
    let community =
        EXPORT.replace("\"name\": \"Palette Registry\"", "\"name\": \"Palette Community Registry\"");
    fs::write(exports.join("apps.json"), &community).unwrap();
    fs::write(
        exports.join("macros.yaml"),
        "macros:\n  - { name: ntp, value: pool.example.org }\nproject: Retail\n",
    )
    .unwrap();
    fs::write(exports.join("notes.txt"), "no profile").unwrap();
    let args = ["import", "exports", "--registry-map", "u2=podinfo", "--add-registries", "--yes"];
    let done = edgewright(dir.path(), &args);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    assert!(text(&done.stdout).contains("wrote edgewright.yaml"), "{}", text(&done.stdout));
    assert!(!text(&done.stderr).contains("lacks registries"), "{}", text(&done.stderr));
    let loaded = Workspace::load(dir.path()).unwrap();
    assert_eq!(loaded.config.spec.macros.projects["retail"]["ntp"], "pool.example.org");
    assert!(loaded.config.spec.registries.contains_key("palette-community-registry"));
    let chart = loaded.profiles[0].spec.layers[1].chart.as_ref().unwrap();
    assert_eq!(chart.registry.as_ref().unwrap().value, "podinfo");

    let exported = edgewright(dir.path(), &["export", "edge-apps", "-o", "back.json"]);
    assert_eq!(exported.status.code(), Some(0), "{}", text(&exported.stderr));
    let back: Value =
        serde_json::from_str(&fs::read_to_string(dir.path().join("back.json")).unwrap()).unwrap();
    let mut before: Value = serde_json::from_str(&community).unwrap();
    before["spec"]["variables"][0]["defaultValue"] = "********".into();
    assert_eq!(back, before);

    // Palette changed it meanwhile; a comment was written here.
    let profile = dir.path().join("profiles/edge-apps/profile.yaml");
    let commented = fs::read_to_string(&profile).unwrap().replace("  layers:\n", "  # ours\n  layers:\n");
    fs::write(&profile, &commented).unwrap();
    fs::write(
        exports.join("apps.json"),
        community.replace("replicas: 2", "replicas: 3").replace("6.5.0", "6.6.0"),
    )
    .unwrap();
    let again = ["import", "exports/apps.json", "--registry-map", "u2=podinfo", "--update", "--yes"];
    let dry = edgewright(dir.path(), &[&again[..], &["--dry-run"]].concat());
    let shown = text(&dry.stdout);
    assert!(shown.contains("-    replicas: 2\n+    replicas: 3\n"), "{shown}");
    assert_eq!(fs::read_to_string(&profile).unwrap(), commented);
    let done = edgewright(dir.path(), &again);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let wrote = text(&done.stdout);
    assert_eq!(wrote.lines().count(), 2, "{wrote}");
    let after = fs::read_to_string(&profile).unwrap();
    assert_eq!(after, commented.replace("6.5.0", "6.6.0"));

    for (args, said) in [
        (&["import", "exports", "--name", "x"][..], "--name names one profile"),
        (&["import", "exports/apps.json", "--registry-map", "x"], "is not THEIRS=OURS"),
        (&["import", "exports/apps.json", "--name", "x", "--into", "../up"], "no folder below"),
        (&["export", "nobody"], "nobody"),
    ] {
        let refused = edgewright(dir.path(), args);
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
        assert!(text(&refused.stderr).contains(said), "{args:?}: {}", text(&refused.stderr));
    }
    fs::remove_file(dir.path().join("profiles/edge-apps/values/web-1.yaml")).unwrap();
    let refused = edgewright(dir.path(), &["export", "edge-apps"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    assert!(refused.stdout.is_empty());
}

#[test]
fn macros_go_back_as_well() {
    let dir = workspace();
    let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec: { macros: { tenant: { ntp: \"1.10\" } } }\n";
    fs::write(dir.path().join("edgewright.yaml"), config).unwrap();
    let folder = dir.path().join("profiles/a");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("profile.yaml"), "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: { name: a, version: 1.0.0 }\nspec: { type: add-on, layers: [{ name: m, manifests: [m.yaml] }] }\n").unwrap();
    fs::write(folder.join("m.yaml"), "a: '{{ .spectro.macro.ntp }} {{ .spectro.macro.none }}'\n").unwrap();
    let out = edgewright(dir.path(), &["export", "a", "--format", "macros"]);
    assert_eq!(text(&out.stdout), "macros:\n  - name: ntp\n    value: \"1.10\"\nproject: \"\"\n");
    assert!(text(&out.stderr).contains("has no macro `none`"), "{}", text(&out.stderr));
}
