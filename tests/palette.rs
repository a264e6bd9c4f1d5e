//! What was imported from Palette is exported as it was: real exports, where the corpus is at hand, and made ones.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::unnecessary_debug_formatting)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use edgewright::palette::{Exported, ImportOptions, ImportedFile, ImportedProfile, export, import};
use edgewright::registry::{Options, Registries};
use edgewright::resolve;
use edgewright::schema;
use edgewright::source::SourceFile;
use edgewright::workspace::Workspace;
use edgewright::yaml::{self, Resolver};
use proptest::prelude::*;
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
        Self::of_files(&profile.id.0, &profile.files)
    }

    fn of_files(id: &str, files: &[ImportedFile]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: acme }\nspec: {}\n";
        fs::write(dir.path().join("edgewright.yaml"), config).unwrap();
        let folder = dir.path().join(format!("profiles/{id}"));
        for file in files {
            let path = folder.join(&file.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &file.text).unwrap();
        }
        Self { dir, folder }
    }

    /// A profile that was written here, at `profiles/<id>`.
    fn with(id: &str, files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| ImportedFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
            from: None,
        };
        Self::of_files(id, &files.iter().map(file).collect::<Vec<_>>())
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

/// Findings of the schema that judges Palette's form.
fn judged(exported: &Exported) -> Vec<String> {
    let stream = yaml::parse(&SourceFile::new("export.json", exported.json()));
    let found = schema::validate(schema::Kind::PaletteProfile, &stream.documents[0]);
    found.iter().map(|found| format!("{}: {}", found.pointer, found.message)).collect()
}

#[test]
fn exports_are_what_the_schema_of_palettes_form_wants() {
    let Some(root) = corpus() else { return };
    for path in files(&root.join("json")).into_iter().chain(files(&root.join("yaml"))) {
        if path.file_name().unwrap().to_str().unwrap().starts_with("macro") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(judged(&Repository::of(&read(&text)).export()), Vec::<String>::new(), "{path:?}");
    }
}

/// The effective values, with every reference in Palette's form.
fn long(value: &Value) -> Value {
    let text =
        value.to_string().replace("${{ var.", "{{ .spectro.var.").replace("${{ macro.", "{{ .spectro.macro.");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn profiles_that_were_written_here_mean_the_same_in_palette() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = Workspace::load(root).unwrap();
    let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
    let mut seen = 0;
    for resolved in resolve::resolve_all(&workspace, &registries) {
        let label = resolved.profile.label();
        let exported = export(&resolved, &workspace.config.spec);
        assert_eq!(judged(&exported), Vec::<String>::new(), "{label}");
        let packs = exported.document.pointer("/spec/template/packs").unwrap().as_array().unwrap();
        assert_eq!(packs.len(), resolved.layers.len(), "{label}: brought layers are there");
        for (pack, layer) in packs.iter().zip(&resolved.layers) {
            let text = pack.get("values").and_then(Value::as_str).unwrap_or_default();
            let stream = yaml::parse(&SourceFile::new("values.yaml", text));
            assert!(stream.diagnostics.is_empty(), "{label}: {text}");
            let values =
                stream.documents.first().map_or(json!({}), |d| d.root().to_json(Resolver::Go).unwrap());
            for part in ["charts", "manifests", "options", "cluster", "stages"] {
                assert_eq!(
                    values.get(part),
                    layer.values.value.get(part).map(long).as_ref(),
                    "{label}: {}: {part}",
                    layer.name
                );
            }
            let comments =
                |text: &str| text.lines().filter(|line| line.trim_start().starts_with('#')).count();
            if let Some(defaults) = layer.source.pack().and_then(|pack| pack.values.as_ref()) {
                assert!(
                    comments(text) + 2 >= comments(defaults.file().text()),
                    "{label}: {}:\n{text}",
                    layer.name
                );
            }
            seen += 1;
        }
    }
    assert!(seen >= 15, "{seen}");
}

const WRITTEN: &str = "apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: apps, version: 1.0.0, owners: [team] }
spec:
  type: add-on
  variables:
    - { name: port, format: number, default: 8080 }
    - { name: token, sensitive: true }
  layers:
    - name: podinfo
      chart: { name: podinfo, version: 6.5.0, registry: podinfo }
      namespace: apps
      namespaceLabels: { a: b, c: d }
      installPriority: 10
      values: values/podinfo.yaml
    - name: second
      displayName: Twin
      chart: { name: podinfo, version: ^6.5, registry: podinfo }
      release: twin
      values: { a: 1 }
    - name: objects
      manifests: [manifests/objects.yaml]
";

#[test]
fn charts_are_wrapped_and_their_comments_stay() {
    let own = "# of the chart\nservice:\n  port: ${{ var.port }} # where\n  host: \"${{ vars.HOST }}\"\ntext: |\n  a ${{ var.port }}\n\n    b\n";
    let repository = Repository::with(
        "apps",
        &[
            ("profile.yaml", WRITTEN),
            ("values/podinfo.yaml", own),
            ("manifests/objects.yaml", "kind: Namespace\n"),
        ],
    );
    let exported = repository.export();
    assert_eq!(judged(&exported), Vec::<String>::new());
    let packs = &exported.document["spec"]["template"]["packs"];
    assert_eq!(
        packs[0]["values"],
        "pack:\n  namespace: apps\n  spectrocloud.com/install-priority: \"10\"\n  releaseNameOverride:\n    podinfo: podinfo\n  \
         namespaceLabels:\n    apps: a=b,c=d\n  spectrocloud.com/display-name: podinfo\ncharts:\n  podinfo:\n    # of the chart\n    \
         service:\n      port: \"{{ .spectro.var.port }}\" # where\n      host: \"${{ vars.HOST }}\"\n    text: |\n      a {{ \
         .spectro.var.port }}\n\n        b\n"
    );
    let names: Vec<_> = packs.as_array().unwrap().iter().map(|pack| pack["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["podinfo--podinfo", "Twin--podinfo", "objects"]);
    let registry = json!({"metadata": {"name": "podinfo", "kind": "helm", "isPrivate": false}});
    assert_eq!(packs[0]["registry"], registry, "a well-known one");
    assert!(packs[1].get("version").is_none(), "nothing is locked");
    let notes = exported.notes.join("\n");
    for said in ["apps/profile.yaml:3:41: owners", "`^6.5`", "`token` is a secret", "run `edgewright lock`"] {
        assert!(notes.contains(said), "{said}\n{notes}");
    }
    // And back: what is read again says the same.
    let again = Repository::of(&read(&exported.json())).export();
    assert_eq!(again.document, exported.document);
}

#[test]
fn masked_values_become_variables_and_are_masked_again() {
    let text = r#"{"metadata":{"name":"a","description":"","labels":{}},"spec":{"version":"1.0.0","template":{"type":"add-on","cloudType":"all",
      "packs":[{"name":"db","type":"spectro","layer":"addon","version":"1.0.0","tag":"1.0.0","registry":{"metadata":{"name":"r"}},
      "values":"admin:\n  user: root # who\n  password: '********' # what\nlist:\n- \"***\"\nbroken: ****\n","manifests":
      [{"name":"s","content":"kind: Secret\nstringData: {key: '*****'}"}]}]},"variables":[]}}"#;
    let mut options = ImportOptions::default();
    let file = SourceFile::new("export.json", text);
    let kept = import(&file, &options).unwrap();
    let found: Vec<_> = kept.masked.iter().map(|m| (m.path.as_str(), m.line, m.variable.as_str())).collect();
    assert_eq!(
        found,
        [
            ("manifests/db/s.yaml", 2, "dbKey"),
            ("values/db.yaml", 3, "dbPassword"),
            ("values/db.yaml", 5, "dbSecret"),
            ("values/db.yaml", 6, "dbBroken"),
        ]
    );
    for masked in &kept.masked {
        options.masked.insert((masked.path.clone(), masked.line), masked.variable.clone());
    }
    let imported = import(&file, &options).unwrap();
    let values = &imported.files.iter().find(|file| file.path == "values/db.yaml").unwrap().text;
    assert!(values.contains("password: '{{ .spectro.var.dbPassword }}' # what\n"), "{values}");
    assert!(values.contains("user: root # who\n") && !values.contains("***"), "{values}");
    let repository = Repository::of(&imported);
    let workspace = Workspace::load(repository.dir.path()).unwrap();
    let variables = &workspace.profiles[0].spec.variables;
    assert_eq!(variables.len(), 4);
    assert!(variables.iter().all(|variable| variable.sensitive && variable.required));
    // Palette gets its asterisks back, and asks.
    let before: Value = serde_json::from_str(text).unwrap();
    assert_eq!(repository.export().document, before);
    comes_back(text, "kept");
}

/// Text as people and programs leave it in values.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("a: 1".to_owned()),
        Just("  b: '{{ .spectro.var.v0 }}'  ".to_owned()),
        Just("\tc: x".to_owned()),
        Just("# c\r".to_owned()),
        Just(String::new()),
        Just("pack: {spectrocloud.com/display-name: d}".to_owned()),
        Just("---".to_owned()),
        Just("${{ var.v0 }}: ***".to_owned()),
        "[ -~äß\u{2028}\u{feff}]{0,12}",
    ];
    prop::collection::vec(line, 0..5).prop_map(|lines| lines.join("\n"))
}

fn optional(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    prop::option::of(prop_oneof![9 => value.boxed(), 1 => Just(Value::Null).boxed()]).boxed()
}

fn object(fields: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> BoxedStrategy<Value> {
    let (keys, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    values
        .prop_map(move |values| {
            let fields = keys.iter().zip(values);
            fields.filter_map(|(key, value)| Some(((*key).to_owned(), value?))).collect::<Value>()
        })
        .boxed()
}

fn word(words: &'static [&'static str]) -> BoxedStrategy<Option<Value>> {
    optional(prop::sample::select(words).prop_map(Value::from))
}

fn named(values: Vec<Value>, prefix: &str) -> Value {
    let numbered = values.into_iter().enumerate().map(|(index, mut value)| {
        value["name"] = json!(format!("{prefix}{index}"));
        value
    });
    numbered.collect()
}

fn profile() -> impl Strategy<Value = Value> {
    let registry = object(vec![
        ("uid", word(&["u1", "u2"])),
        ("name", word(&["Public Repo", "charts", "public-repo"])),
        ("kind", word(&["pack", "oci", "helm"])),
        ("isPrivate", optional(any::<bool>().prop_map(Value::from))),
        ("providerType", word(&["pack", "helm", "zarf"])),
    ]);
    let manifest = object(vec![
        ("name", word(&["a", "A b", "a", "x.yaml"])),
        ("content", optional(text().prop_map(Value::from))),
        ("uid", word(&["m"])),
    ]);
    let manifests = prop::collection::vec(manifest, 0..3);
    let pack = object(vec![
        (
            "name",
            prop::sample::select(&["a", "A b", "x--a", "k", "--"][..]).prop_map(|n| Some(json!(n))).boxed(),
        ),
        ("type", word(&["spectro", "oci", "helm", "manifest", "zarf", "else"])),
        ("layer", word(&["os", "k8s", "cni", "csi", "addon", "kernel"])),
        ("version", word(&["1.0.0", "1.33.9", "22.04", ">=1", "_x_"])),
        ("tag", word(&["1.0.0", "1.33.x", "LTS__1.0.x", "latest"])),
        ("values", optional(text().prop_map(Value::from))),
        ("manifests", optional(manifests.prop_map(Value::from))),
        ("registry", optional(registry.prop_map(|metadata| json!({ "metadata": metadata })))),
        ("uid", word(&["p"])),
    ]);
    let variable = object(vec![
        ("displayName", word(&["v0", "V", ""])),
        ("format", word(&["string", "number", "boolean", "ipv4", "odd"])),
        ("inputType", word(&["text", "dropdown", "multiline"])),
        ("defaultValue", word(&["", "1", "1.50", "true", "x y", "***"])),
        ("required", optional(any::<bool>().prop_map(Value::from))),
        ("hidden", optional(any::<bool>().prop_map(Value::from))),
        ("immutable", optional(any::<bool>().prop_map(Value::from))),
        ("isSensitive", optional(any::<bool>().prop_map(Value::from))),
        ("regex", word(&["", "^a$"])),
        ("more", word(&["x"])),
    ]);
    let labels = prop::collection::hash_map(
        "[a-z]{1,3}",
        prop_oneof![Just("spectro__tag"), Just(""), Just("x")],
        0..3,
    );
    let metadata = object(vec![
        ("name", prop::sample::select(&["a", "A B", "system", "ß"][..]).prop_map(|n| Some(json!(n))).boxed()),
        ("description", optional(text().prop_map(Value::from))),
        ("labels", optional(labels.prop_map(|labels| json!(labels)))),
        ("uid", word(&["x"])),
    ]);
    let template = object(vec![
        ("type", word(&["cluster", "infra", "add-on", "system", "odd"])),
        ("cloudType", word(&["all", "aws", ""])),
        ("packs", prop::collection::vec(pack, 0..4).prop_map(|packs| Some(Value::from(packs))).boxed()),
    ]);
    let variables = prop::collection::vec(variable, 0..3).prop_map(|list| named(list, "v"));
    let spec = object(vec![
        ("version", word(&["1.0.0", "1.2", "v1.0.0", "x", "1.0.0-rc.1"])),
        ("template", template.prop_map(Some).boxed()),
        ("variables", optional(variables)),
        ("draft", optional(any::<bool>().prop_map(Value::from))),
    ]);
    (metadata, spec).prop_map(|(metadata, spec)| json!({ "metadata": metadata, "spec": spec }))
}

/// A secret in clear comes back masked.
fn masked(mut profile: Value) -> Value {
    let variables = profile.pointer_mut("/spec/variables").and_then(Value::as_array_mut);
    for variable in variables.into_iter().flatten() {
        let clear = variable
            .get("defaultValue")
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty() && text != "***");
        if variable.get("isSensitive") == Some(&json!(true)) && clear {
            variable["defaultValue"] = json!("********");
        }
    }
    profile
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn whatever_is_imported_comes_back(export in profile()) {
        let imported = read(&export.to_string());
        let repository = Repository::of(&imported);
        let exported = repository.export();
        let mut found = Vec::new();
        differences(&masked(export), &exported.document, "", &mut found);
        prop_assert!(found.is_empty(), "{:#?}\n{}", found, imported.files[0].text);
        // The same in YAML.
        prop_assert_eq!(Repository::of(&read(&exported.yaml())).export().document, exported.document);
    }
}
