//! `edgewright render`: what people see of values, references and appliances; and every real pack of the corpus, rendered.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use edgewright::registry::{Options, Registries};
use edgewright::render;
use edgewright::resolve::{self, ImageSource};
use edgewright::workspace::Workspace;
use edgewright::yaml::{self, Resolver};
use serde_json::{Value, json};

struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            let path = repository.folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        repository
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .arg("-C")
            .arg(self.folder.path())
            .args(args)
            .env("EDGEWRIGHT_CACHE", self.folder.path().join(".cache"))
            .output()
            .unwrap()
    }

    fn render(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.run(&[&["render"], args].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    fn json(&self, args: &[&str]) -> Value {
        let (code, out, err) = self.render(&[args, &["--format", "json"]].concat());
        assert_eq!(code, 0, "{err}");
        serde_json::from_str(&out).unwrap()
    }
}

const CONFIG: &str = "apiVersion: edgewright/v1
kind: Workspace
metadata: { name: w }
spec:
  registries: { packs: { type: directory, path: packs } }
  macros:
    tenant:
      ntp: pool.example.org
      chained: 'ntp is {{ .spectro.macro.ntp }}'
      first: '{{ .spectro.macro.second }}'
      second: 'x{{ .spectro.macro.first }}'
      own: 'for {{ .spectro.var.host }}'
    projects: {}
";
const PACK: &str = r#"{"name": "web", "displayName": "Web", "version": "1.2.0", "layer": "addon", "addonType": "app services",
"cloudTypes": ["all"], "kubeManifests": ["manifests/a.yaml"], "annotations": {}}"#;
const PROFILE: &str = "apiVersion: edgewright/v1
kind: ClusterProfile
metadata: { name: p, version: 1.0.0 }
spec:
  type: add-on
  cloud: all
  variables:
    - { name: host, default: example.org }
    - { name: port, format: number, required: true }
    - { name: token, sensitive: true }
  layers:
    - name: web
      pack: { name: web, version: 1.2.0, registry: packs }
      values: values/web.yaml
";

fn repository(values: &str) -> Repository {
    let manifest =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  host: '{{ .spectro.var.host }}'\n";
    let defaults = "pack:\n  namespace: 'n-{{ .spectro.var.host }}'\n  namespaceLabels:\n    other: a={{ .spectro.macro.ntp }}\n\
                    keep: {a: 1, list: [1, 2]}\nloop: '{{ .spectro.pack.web.back }}'\nback: plain\n";
    Repository::new(&[
        ("edgewright.yaml", CONFIG),
        ("packs/web-1.2.0/pack.json", PACK),
        ("packs/web-1.2.0/values.yaml", defaults),
        ("packs/web-1.2.0/manifests/a.yaml", manifest),
        ("profiles/p/profile.yaml", PROFILE),
        ("profiles/p/values/web.yaml", values),
        (
            "appliances/a.yaml",
            "apiVersion: edgewright/v1\nkind: ApplianceGroup\nmetadata: {name: g}\nspec:\n  selector: {matchLabels: {r: e}}\n  \
             profiles: [{id: p}]\n  variables: {host: group.example.org}\n---\napiVersion: edgewright/v1\nkind: Appliance\n\
             metadata: {name: box, labels: {r: e}}\nspec: {id: edge-1, kubernetes: provided, variables: {port: 8443}}\n",
        ),
    ])
}

fn values(document: &Value) -> Value {
    document["profiles"][0]["layers"][0]["values"]["value"].clone()
}

#[test]
fn defaults_fill_in_and_what_has_no_value_stays_and_is_named() {
    let repository = repository(
        "port: ${{ var.port }}\nurl: 'https://{{ .spectro.var.host }}/'\nsecret: '{{ .spectro.var.token }}'\n\
                                 name: '{{ .spectro.system.cluster.name }}'\n",
    );
    repository.run(&["lock"]);
    let found = values(&repository.json(&["p", "--whole"]));
    assert_eq!(found["url"], "https://example.org/");
    assert_eq!(found["port"], "${{ var.port }}");
    let (_, _, err) = repository.render(&["p", "--whole"]);
    for name in ["var.port", "var.token", "system.cluster.name"] {
        assert!(err.contains(name), "{err}");
    }
    let set = ["--set", "port=81", "--set", "token=hunter2", "--set", "system.cluster.name=c"];
    let found = values(&repository.json(&[&["p", "--whole"], &set[..]].concat()));
    assert_eq!((&found["port"], &found["name"]), (&json!(81), &json!("c")));
    assert_eq!(found["secret"], "********");
    let found = values(&repository.json(&[&["p", "--whole", "--show-secrets"], &set[..]].concat()));
    assert_eq!(found["secret"], "hunter2");
}

#[test]
fn slips_are_answered() {
    let repository = repository("");
    for (args, wanted, code) in [
        (&["q"][..], "no profile `q`", 2),
        (&["boxx"], "did you mean `box`", 2),
        (&["p", "--layer", "wep"], "did you mean `web`", 2),
        (&["p", "--set", "prot=1"], "did you mean `port`", 2),
        (&["p", "--set", "port"], "VARIABLE=VALUE", 2),
        (&["p", "--set", "port=x"], "`x` is not a number (--set)", 1),
        (&["p", "--set", "system.cluster.nam=1"], "no variable `system.cluster.nam`", 2),
    ] {
        let (found, _, err) = repository.render(args);
        assert!(err.contains(wanted) && found == code, "{args:?}: {found} {err}");
    }
}

#[test]
fn an_appliance_has_its_own_values_and_those_of_its_groups() {
    let repository = repository("port: ${{ var.port }}\nname: '{{ .spectro.system.cluster.name }}'\n");
    repository.run(&["lock"]);
    let document = repository.json(&["edge-1", "--whole", "--origin"]);
    assert_eq!(document["appliance"], "edge-1");
    let found = values(&document);
    assert_eq!((&found["port"], &found["name"]), (&json!(8443), &json!("edge-1")));
    let variables = &document["profiles"][0]["variables"];
    assert_eq!(
        (&variables["host"]["from"], &variables["port"]["from"]),
        (&json!("group g"), &json!("the appliance"))
    );
    let manifest = &document["profiles"][0]["layers"][0]["manifests"][0]["objects"][0];
    assert_eq!(manifest["data"]["host"], "group.example.org");
    let namespace = &document["profiles"][0]["layers"][0]["namespaces"][0];
    assert_eq!(namespace["name"], "n-group.example.org");
}

#[test]
fn every_value_says_where_it_comes_from() {
    let repository = repository("keep: {a: null}\nport: ${{ var.port }}\nlong: |\n  a\n  b\n");
    repository.run(&["lock"]);
    let (_, out, _) = repository.render(&["p", "--whole", "--origin", "--values"]);
    for line in [
        "  a: null  # profiles/p/values/web.yaml:1 takes it away",
        "  list:  # default of pack web 1.2.0",
        "port: ${{ var.port }}  # profiles/p/values/web.yaml:2; variable port: no value",
        "long: |  # profiles/p/values/web.yaml:3",
        "back: plain  # default of pack web 1.2.0",
    ] {
        assert!(out.lines().any(|found| found == line), "{line}\n{out}");
    }
    let origins = repository.json(&["p", "--whole", "--origin"]);
    let origin = &origins["profiles"][0]["layers"][0]["values"]["origins"]["/long"];
    assert_eq!((&origin["kind"], &origin["line"]), (&json!("layer"), &json!(3)));
}

#[test]
fn references_are_followed_and_a_circle_is_told_with_its_lines() {
    let good = repository(
        "a: '{{ .spectro.macro.chained }}'\nb: '{{ .spectro.pack.web.loop | upper }}'\nc: '{{ .spectro.macro.own }}'\n",
    );
    good.run(&["lock"]);
    let found = values(&good.json(&["p", "--whole"]));
    assert_eq!(found["a"], "ntp is pool.example.org");
    assert_eq!(found["b"], "PLAIN");
    assert_eq!(found["c"], "for example.org");

    let bad = repository(
        "a: '{{ .spectro.macro.first }}'\nback: '{{ .spectro.pack.web.loop }}'\nc: '{{ .spectro.macro.own | upper }}'\n",
    );
    bad.run(&["lock"]);
    let (code, _, err) = bad.render(&["p", "--whole"]);
    assert_eq!(code, 1);
    assert!(err.contains("`.spectro.macro.first` (edgewright.yaml:10:14) → `.spectro.macro.second` (edgewright.yaml:11:15) → `.spectro.macro.first`"), "{err}");
    assert!(err.contains("`.spectro.pack.web.loop` (packs/web-1.2.0/values.yaml:6:7) → `.spectro.pack.web.back` (profiles/p/values/web.yaml:2:7)"), "{err}");
    assert!(err.contains("only an appliance can fill in"), "{err}");
}

#[test]
fn what_packs_need_is_summed_up_line_by_line() {
    let repository = repository("");
    let json = PACK.replace(
        "\"annotations\": {}",
        r#""constraints": {"resources": [{"type": "cpu", "minLimit": 100}, {"type": "memory", "minLimit": 9,
        "components": [{"scheduleType": "worker", "resourceRequestParamRef": "need.memory", "replicaCountParamRef": "need.count"}]}]}"#,
    );
    fs::write(repository.folder.path().join("packs/web-1.2.0/pack.json"), json).unwrap();
    fs::write(repository.folder.path().join("profiles/p/values/web.yaml"), "need: {memory: 1Gi, count: 3}\n")
        .unwrap();
    let (_, out, _) = repository.render(&["p", "--resources"]);
    assert_eq!(out, "p@1.0.0: 0.1 CPU, 3 GiB memory\n  web: 0.1 CPU, 3 GiB memory\n");
    let document = repository.json(&["p", "--resources"]);
    assert_eq!(document["profiles"][0]["resources"]["memoryMiB"], 3072);
}

#[test]
fn a_written_tree_is_replaced_and_strangers_are_left_alone() {
    let repository = repository("a: 1\n");
    repository.run(&["lock"]);
    let out = repository.folder.path().join("out");
    let out = out.to_str().unwrap();
    assert_eq!(repository.render(&["p", "--output", out]).0, 0);
    assert!(Path::new(out).join("00-web/manifests/00-a.yaml").is_file());
    let first = fs::read(Path::new(out).join("render.json")).unwrap();
    assert_eq!(repository.render(&["p", "--output", out, "--values"]).0, 0);
    assert!(!Path::new(out).join("00-web/manifests").exists());
    assert_eq!(repository.render(&["p", "--output", out]).0, 0);
    assert_eq!(
        fs::read(Path::new(out).join("render.json")).unwrap(),
        first,
        "the same input gives the same bytes"
    );
    let (code, _, err) =
        repository.render(&["p", "--output", repository.folder.path().join("packs").to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(err.contains("not of `edgewright render`"), "{err}");
}

#[allow(clippy::print_stdout)]
fn corpus() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root =
        std::env::var_os("EDGEWRIGHT_CORPUS").map_or_else(|| here.join("../shared/corpus"), PathBuf::from);
    let packs = root.join("palette/packs");
    if packs.is_dir() {
        return packs.canonicalize().ok();
    }
    println!("skipped: no corpus");
    None
}

/// A profile for each real pack with its defaults, and one for each of its presets.
fn profiles_of(packs: &Path) -> Vec<(String, String)> {
    let mut profiles = Vec::new();
    let mut folders: Vec<_> = packs.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    for (number, folder) in folders.iter().enumerate() {
        let files = edgewright::archive::read_dir(folder, &edgewright::archive::Limits::default()).unwrap();
        let (pack, _) = edgewright::pack::Pack::read(files, "pack");
        let pack = pack.unwrap();
        let mut choices = vec![String::new()];
        choices.extend(
            pack.presets.iter().map(|p| format!("      presets: {{ {:?}: {:?} }}\n", p.group, p.name)),
        );
        for (choice, presets) in choices.iter().enumerate() {
            let layer = pack.layer.word();
            let mut text = format!(
                "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: p{number}-{choice}, version: 1.0.0 }}\nspec:\n  \
                 type: add-on\n  cloud: all\n  layers:\n    - name: {layer}\n      pack: {{ name: {:?}, version: {:?}, registry: r{number} }}\n",
                pack.name.value, pack.version.value
            );
            write!(text, "{presets}").unwrap();
            profiles.push((format!("profiles/p{number}-{choice}/profile.yaml"), text));
        }
    }
    profiles
}

#[test]
#[cfg(unix)]
#[allow(clippy::print_stdout)]
fn every_real_pack_renders_with_its_defaults_and_each_preset() {
    let Some(packs) = corpus() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut config = String::from(
        "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: w }\nspec:\n  registries:\n",
    );
    let mut folders: Vec<_> = packs.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    for (number, pack) in folders.iter().enumerate() {
        let copy = folder.path().join(format!("packs/{number}"));
        fs::create_dir_all(&copy).unwrap();
        assert!(Command::new("cp").arg("-r").arg(pack).arg(&copy).status().unwrap().success());
        writeln!(config, "    r{number}: {{ type: directory, path: packs/{number} }}").unwrap();
    }
    fs::write(folder.path().join("edgewright.yaml"), config).unwrap();
    let profiles = profiles_of(&packs);
    for (path, text) in &profiles {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let workspace = Workspace::load(folder.path()).unwrap();
    assert_eq!(workspace.profiles.len(), profiles.len(), "{:?}", workspace.unread);
    let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
    let resolved = resolve::resolve_all(&workspace, &registries);
    let set = BTreeMap::new();
    let request = render::Request {
        config: &workspace.config,
        appliance: None,
        set: &set,
        layers: &[],
        values: true,
        manifests: true,
        whole: false,
        origin: true,
        references: false,
        show_secrets: false,
    };
    let (mut files, mut leaves, mut commented) = (0, 0, 0);
    for one in &resolved {
        let whole = render::Request { whole: true, ..request };
        for (request, name) in [(request, "charts"), (whole, "whole")] {
            let view = &render::view(&request, std::slice::from_ref(one))[0];
            let label = &view.label;
            assert!(
                view.problems.is_empty() && view.faults.is_empty(),
                "{label} {name}: {:?} {:?}",
                view.problems,
                view.faults
            );
            for layer in view.document["layers"].as_array().unwrap() {
                let charts = layer["charts"].as_array().into_iter().flatten().map(|chart| &chart["values"]);
                for values in charts.chain(layer.get("values")) {
                    assert!(values["value"].is_object(), "{label}: {values}");
                    let origins = values["origins"].as_object().unwrap();
                    for (pointer, origin) in origins {
                        leaves += 1;
                        assert_ne!(origin["words"], "unknown", "{label} {pointer}");
                    }
                }
            }
            for file in &view.files {
                files += 1;
                let stream =
                    yaml::parse(&edgewright::source::SourceFile::new(file.path.as_str(), file.text.as_str()));
                if file.title.starts_with("values") {
                    assert!(stream.diagnostics.is_empty(), "{label} {}: {:?}", file.path, stream.diagnostics);
                    let comments =
                        file.text.matches("  # default of").count() + file.text.matches("  # preset").count();
                    commented += comments;
                    let value = stream.documents[0].root().to_json(Resolver::Go).unwrap();
                    let empty = value.as_object().is_none_or(serde_json::Map::is_empty);
                    assert!(empty || comments > 0, "{label} {}: no comments", file.path);
                }
            }
        }
    }
    println!(
        "{} profiles, {files} files, {leaves} values with origins, {commented} comments",
        resolved.len()
    );
    images(&resolved);
}

/// How the images that values name compare with those that packs list.
#[allow(clippy::print_stdout)]
fn images(resolved: &[resolve::ResolvedProfile]) {
    let (mut listed, mut found, mut both, mut guessed) = (0, 0, 0, 0);
    for one in resolved.iter().filter(|one| one.profile.id.0.ends_with("-0")) {
        let layer = &one.layers[0];
        let all = resolve::images(layer);
        let list = layer.values.images();
        let full =
            |text: &str| edgewright::pack::ImageReference::parse(text).map(|i| i.full()).unwrap_or_default();
        let named: Vec<String> = list.iter().map(|i| full(i)).collect();
        listed += list.len();
        // What the list has is not said again: look at the values alone.
        let mut bare = layer.clone();
        if let Some(content) = bare.values.value.pointer_mut("/pack/content") {
            *content = json!({});
        }
        for image in resolve::images(&bare) {
            found += 1;
            guessed += usize::from(image.guessed);
            let known = named.contains(&full(&image.image));
            both += usize::from(known);
            if !known {
                let source = layer.source.name().unwrap_or_default();
                println!(
                    "{source}: {} {} ({}) {}",
                    image.from.word(),
                    image.image,
                    image.place,
                    if image.guessed { "guessed" } else { "" }
                );
            }
        }
        assert!(all.iter().filter(|i| i.from == ImageSource::Content).count() <= list.len());
    }
    println!(
        "listed {listed}, found in values and manifests {found} ({guessed} with a guessed tag), of which listed {both}"
    );
}
