//! What was imported from Palette is exported as it was: real exports, where the corpus is at hand, and made ones.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::unnecessary_debug_formatting)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use edgewright::palette::{Exported, ImportOptions, ImportedProfile, export, import};
use edgewright::registry::{Options, Registries};
use edgewright::resolve;
use edgewright::source::SourceFile;
use edgewright::workspace::Workspace;
use serde_json::{Value, json};

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

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A repository with one imported profile.
struct Repository {
    dir: tempfile::TempDir,
    folder: PathBuf,
}

impl Repository {
    fn of(profile: &ImportedProfile) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec: {}\n";
        fs::write(dir.path().join("edgewright.yaml"), config).unwrap();
        let folder = dir.path().join(format!("profiles/{}", profile.id));
        for file in &profile.files {
            let path = folder.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &file.text).unwrap();
        }
        Self { dir, folder }
    }

    fn export(&self) -> Exported {
        let workspace = Workspace::load(self.dir.path()).unwrap();
        assert!(workspace.diagnostics.is_empty(), "{:#?}", workspace.diagnostics);
        let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
        let resolved = resolve::resolve_some(&workspace, &registries, &[Arc::clone(&workspace.profiles[0])]);
        export(&resolved[0], &workspace.config.spec)
    }

    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.folder.join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {file}:\n{text}");
        fs::write(path, text.replace(from, to)).unwrap();
    }
}

fn read(text: &str) -> ImportedProfile {
    import(&SourceFile::new("export.json", text), &ImportOptions::default()).unwrap()
}

/// Pointers at which two values differ.
fn differences(a: &Value, b: &Value, pointer: &str, out: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                let below = format!("{pointer}/{key}");
                match b.get(key) {
                    Some(other) => differences(value, other, &below, out),
                    None => out.push(format!("{below} is gone")),
                }
            }
            out.extend(
                b.keys().filter(|key| !a.contains_key(*key)).map(|key| format!("{pointer}/{key} is new")),
            );
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(a, b, &format!("{pointer}/{index}"), out);
            }
        }
        _ if a == b => {}
        _ => out.push(pointer.to_owned()),
    }
}

fn comes_back(text: &str, label: &str) {
    let before: Value = serde_json::from_str(text).unwrap();
    let imported = read(text);
    let exported = Repository::of(&imported).export();
    let after: Value = serde_json::from_str(&exported.json()).unwrap();
    let mut found = Vec::new();
    differences(&before, &after, "", &mut found);
    assert!(found.is_empty(), "{label}: {found:#?}\n{}", imported.files[0].text);
    assert_eq!(before, after, "{label}");
}

#[test]
fn every_real_json_export_comes_back_as_it_was() {
    let Some(root) = corpus() else { return };
    let files = files(&root.join("json"));
    assert_eq!(files.len(), 6);
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        comes_back(&text, &path.display().to_string());
        // No copy is kept: what profile.yaml says is small.
        let profile = read(&text).files.remove(0).text;
        let longest = profile.lines().map(str::len).max().unwrap();
        println!("{path:?}: {} bytes of profile.yaml, longest line {longest}\n{profile}", profile.len());
        assert!(profile.len() < 4000 && longest < 300, "{path:?}:\n{profile}");
    }
}

#[test]
fn real_flat_profiles_are_the_same_when_they_are_imported_again() {
    let Some(root) = corpus() else { return };
    let folders = [files(&root.join("yaml")), files(&root.join("app"))].concat();
    let mut seen = 0;
    for path in folders {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("macro") {
            continue;
        }
        let first = read(&fs::read_to_string(&path).unwrap());
        println!("{path:?}\n{}\n{:#?}", first.files[0].text, first.notes);
        let exported = Repository::of(&first).export();
        for (form, text) in
            [("json", exported.json()), ("yaml", exported.yaml()), ("terraform", exported.terraform())]
        {
            if form == "terraform" && !name.starts_with("app") {
                let second = read(&text);
                assert_eq!(first.files, second.files, "{path:?}: {form}:\n{text}");
            }
            // Through the API's form: the same layers with the same texts, and from there on nothing changes. What only a
            // layer of ours says in keys (a tier's order) is in the values then.
            let second = read(&text);
            if !name.starts_with("app") {
                assert_eq!(first.files[1..], second.files[1..], "{path:?}: {form}");
            }
            let again = Repository::of(&second).export();
            let third = match form {
                "terraform" => again.terraform(),
                "yaml" => again.yaml(),
                _ => again.json(),
            };
            assert_eq!(text, third, "{path:?}: {form}");
        }
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[test]
fn exactly_what_was_edited_differs() {
    let Some(root) = corpus() else { return };
    let before = fs::read_to_string(root.join("json/docs-aws-full-with-variable.json")).unwrap();
    let repository = Repository::of(&read(&before));
    let before: Value = serde_json::from_str(&before).unwrap();
    let changed = |repository: &Repository| {
        let mut found = Vec::new();
        differences(&before, &repository.export().document, "", &mut found);
        found
    };
    repository.edit(
        "profile.yaml",
        "name: cni-calico\n        version: 3.29.3",
        "name: cni-calico\n        version: 3.30.0",
    );
    assert_eq!(changed(&repository), ["/spec/template/packs/2/version", "/spec/template/packs/2/tag"]);
    repository.edit("values/csi-aws-ebs.yaml", "namespace: kube-system", "namespace: storage # ours");
    repository.edit("profile.yaml", "default: 1", "default: 3");
    repository.edit("profile.yaml", "  version: 1.0.0\n", "  version: 1.1.0\n");
    assert_eq!(
        changed(&repository),
        [
            "/spec/version",
            "/spec/template/packs/2/version",
            "/spec/template/packs/2/tag",
            "/spec/template/packs/3/values",
            "/spec/variables/0/defaultValue"
        ]
    );

    let before = fs::read_to_string(root.join("json/docs-mcp-aws-subset.json")).unwrap();
    let repository = Repository::of(&read(&before));
    repository.edit("profile.yaml", "version: 1.33.x\n        registry", "version: 1.34.x\n        registry");
    let document = repository.export().document;
    let pack = &document["spec"]["template"]["packs"][0];
    assert_eq!(
        (&pack["tag"], &pack["version"]),
        (&json!("1.34.x"), &json!("1.34.x")),
        "no stale version is kept"
    );
}

/// Whatever an export may say.
const ODD: &str = r#"{
 "metadata": {"name": "Edge Apps", "description": null, "labels": {"AI": "spectro__tag", "empty": "", "n": 1}, "uid": "abc",
   "annotations": {"a": "b"}},
 "extra": [1, 2],
 "spec": {"version": "1.2", "draft": true,
  "template": {"type": "add-on", "name": "t", "packs": [
   {"name": "web-1--web", "type": "oci", "layer": "addon", "version": "1.33.9", "tag": "LTS__1.33.x", "logo": "data:x",
    "values": "\ufeff# top\r\npack: {}\r\n\ta: '${{ var.x }}'  ", "parentUid": "p", "manifests": [
      {"name": "Quota_A", "content": "kind: Q\r\n", "uid": "m"}, {"name": "quota-a", "content": ""}, {"name": "gone"}],
    "registry": {"metadata": {"uid": "u1", "name": "Palette Registry", "kind": "oci", "providerType": "pack"},
      "matchingRegistries": null}},
   {"name": "none", "type": "manifest", "values": "a: 1", "manifests": []},
   {"name": "none", "type": "manifest"},
   {"name": "podinfo", "type": "helm", "layer": "addon", "version": "6.5.0",
    "values": "pack:\n  namespace: apps\ncharts:\n  podinfo:\n    # how many\n    replicas: 2\n",
    "manifests": [{"name": "more", "content": "a"}],
    "registry": {"metadata": {"uid": "u2", "name": "charts", "kind": "helm", "isPrivate": true}}},
   {"name": "podinfo", "type": "oci", "layer": "addon", "tag": "6.5.0", "values": "",
    "registry": {"metadata": {"uid": "other", "name": "charts", "providerType": "helm"}}},
   {"name": "web", "type": "weird", "layer": "kernel", "values": null, "registry": null},
   {"name": "ns", "type": "manifest", "values": "pack:\n  spectrocloud.com/install-priority: \"-5\"\n",
    "manifests": [{"name": "ns", "content": "kind: Namespace"}], "version": "1.0.0", "registry": {"metadata": {"name": "X"}}}
  ]},
  "variables": [
   {"name": "token", "isSensitive": true, "defaultValue": "****", "strange": 1},
   {"name": "n", "format": "number", "defaultValue": "1.50", "options": [{"value": "1.50", "default": true, "x": 1}, {"value": "2"}]},
   {"name": "d", "inputType": "dropdown", "options": [{"value": "a", "default": true}], "displayName": "d", "hidden": null},
   {"name": "f", "format": "odd", "required": "true", "immutable": true, "hidden": false}]}}"#;

#[test]
fn nothing_that_an_export_may_say_is_lost() {
    comes_back(ODD, "odd");
    for (text, label) in [
        (r#"{"metadata":{"name":"a"},"spec":{"template":{"packs":[]}}}"#, "least"),
        (
            r#"{"metadata":{"name":"a","labels":null},"spec":{"version":"1.0.0","template":{"type":"cluster","cloudType":"all","packs":null},"variables":null}}"#,
            "nulls",
        ),
        (
            r#"{"metadata":{"name":"A ","description":"x\n\n","labels":{}},"spec":{"version":"v1.2.3","template":{"type":"system","cloudType":"","packs":[{"name":"x"}]},"variables":[]}}"#,
            "blanks",
        ),
    ] {
        comes_back(text, label);
    }
}

#[test]
fn a_secret_in_clear_is_masked_and_never_written() {
    let text = ODD.replace("\"defaultValue\": \"****\"", "\"defaultValue\": \"hunter2\"");
    let imported = read(&text);
    assert!(imported.files.iter().all(|file| !file.text.contains("hunter2")));
    let document = Repository::of(&imported).export().document;
    assert_eq!(document["spec"]["variables"][0]["defaultValue"], "********");
}
