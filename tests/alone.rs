//! `check PATH…` on what belongs to no repository: files, packs, folders of packs, profiles, Kubernetes objects, mixed
//! folders; and on single files of a repository.

#![allow(clippy::unwrap_used, reason = "a test that cannot write its input fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn check(dir: &Path, paths: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgewright"))
        .args(["check", "--format", "concise"])
        .args(paths)
        .current_dir(dir)
        .env("EDGEWRIGHT_CACHE", dir.join(".cache"))
        .output()
        .expect("the binary runs")
}

/// What is printed, and the counts that are said.
fn told(output: &Output) -> (String, String) {
    let said = String::from_utf8_lossy(&output.stderr);
    let counts = said.lines().last().unwrap_or_default().split(" in ").next().unwrap_or_default();
    (String::from_utf8_lossy(&output.stdout).into_owned(), counts.to_owned())
}

fn write(dir: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = dir.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn sample() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A pack that lists a manifest which is not there (line 5), and has a manifest that it does not list.
const FAULTY_PACK: &[(&str, &str)] = &[
    (
        "pack.json",
        "{\n  \"name\": \"probe\", \"displayName\": \"Probe\", \"version\": \"1.0.0\", \"layer\": \"addon\",\n  \
         \"addonType\": \"monitoring\", \"cloudTypes\": [\"all\"],\n  \"kubeManifests\": [\n    \"manifests/gone.yaml\"\n  ]\n}\n",
    ),
    ("values.yaml", "pack:\n  namespace: probe\n"),
];

fn faulty_pack(dir: &Path, folder: &str) {
    let files: Vec<_> = FAULTY_PACK.iter().map(|(name, text)| (format!("{folder}/{name}"), *text)).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    write(dir, &files);
}

#[test]
fn a_pack_is_judged_by_its_folder_and_by_each_of_its_files() {
    let dir = tempfile::tempdir().unwrap();
    faulty_pack(dir.path(), "probe-1.0.0");
    let folder = told(&check(dir.path(), &["probe-1.0.0"])).0;
    assert!(folder.contains("probe-1.0.0/pack.json:5:5: error PK0101"), "{folder}");
    let slash = told(&check(dir.path(), &["./probe-1.0.0/"])).0;
    assert_eq!(folder, slash, "however the path is written");
    let json = told(&check(dir.path(), &["probe-1.0.0/pack.json"])).0;
    assert!(
        json.contains("PK0101") && json.lines().all(|l| l.starts_with("probe-1.0.0/pack.json:")),
        "{json}"
    );
    let values = check(dir.path(), &["probe-1.0.0/values.yaml"]);
    assert!(!told(&values).0.contains("pack.json"), "only the file that was named: {}", told(&values).0);
}

#[test]
fn packs_are_found_however_deep_they_lie_and_beside_other_things() {
    let dir = tempfile::tempdir().unwrap();
    faulty_pack(dir.path(), "a/b/probe-1.0.0");
    write(
        dir.path(),
        &[
            ("a/deploy/config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata: {a: b}\n"),
            ("a/deploy/broken.yaml", "kind: [\n"),
            ("a/chart/Chart.yaml", "name: x\n"),
            ("a/chart/templates/x.yaml", "{{ if }}\n"),
            ("a/.hidden/broken.yaml", "kind: [\n"),
        ],
    );
    fs::write(dir.path().join("a/bytes.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    let output = check(dir.path(), &["a"]);
    let (found, counts) = told(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(found.contains("a/b/probe-1.0.0/pack.json:5:5: error PK0101"), "{found}");
    assert!(found.contains("a/deploy/broken.yaml:1:7: error YA0001"), "{found}");
    assert!(found.contains("a/bytes.yaml:1:1: error CF0001"), "{found}");
    assert!(!found.contains("hidden") && !found.contains("templates"), "{found}");
    assert!(counts.starts_with("6 files, "), "{counts}");
}

#[test]
fn a_profile_without_its_repository_is_judged_by_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    copy(&sample().join("profiles/k3s-store"), &dir.path().join("k3s-store"));
    let output = check(dir.path(), &["k3s-store"]);
    let (found, counts) = told(&output);
    assert_eq!((output.status.code(), found.as_str()), (Some(0), ""), "{found}");
    assert!(counts.contains("unchecked"), "packs that are not here are counted: {counts}");

    let path = dir.path().join("k3s-store/profile.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("version: 1.", "version: v1.").replace("metadata:", "metadta:")).unwrap();
    let (found, _) = told(&check(dir.path(), &["k3s-store/profile.yaml"]));
    assert!(found.contains("k3s-store/profile.yaml:"), "{found}");
    assert!(found.contains("metadta"), "{found}");
}

#[test]
fn files_of_a_repository_are_judged_with_all_of_it() {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["profiles", "packs", "appliances"] {
        copy(&sample().join(folder), &dir.path().join(folder));
    }
    fs::copy(sample().join("edgewright.yaml"), dir.path().join("edgewright.yaml")).unwrap();
    let profile = dir.path().join("profiles/k3s-store/profile.yaml");
    let text = fs::read_to_string(&profile).unwrap();
    fs::write(&profile, text.replace("version: 1.", "version: v1.")).unwrap();
    let (whole, _) = told(&check(dir.path(), &[]));
    assert!(whole.contains("profiles/k3s-store/profile.yaml:"), "{whole}");
    let (one, _) = told(&check(dir.path(), &["profiles/k3s-store/profile.yaml", "packs"]));
    let expected: String = whole
        .split_inclusive('\n')
        .filter(|l| l.starts_with("profiles/k3s-store/profile.yaml") || l.starts_with("packs/"))
        .collect();
    assert_eq!(one, expected);
    // From a folder above, the repository inside it is judged as one.
    let above = dir.path().parent().unwrap();
    let name = dir.path().file_name().unwrap().to_str().unwrap();
    let (from_above, _) = told(&check(above, &[name]));
    assert_eq!(from_above, whole);
}

#[test]
fn what_is_not_there_is_a_fault_of_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    for paths in [&["gone.yaml"][..], &[]] {
        let output = check(dir.path(), paths);
        assert_eq!(output.status.code(), Some(2), "{paths:?}");
        assert!(output.stdout.is_empty());
    }
}

/// Two layers of one pack, a variable whose default does not fit, values with a reference to nothing and a key twice.
const EXPORT: &str = r#"{
  "metadata": {"name": "Shop Base", "labels": {}},
  "spec": {
    "version": "v1.2",
    "template": {"type": "add-on", "cloudType": "all", "packs": [
      {"name": "hello", "type": "spectro", "layer": "addon", "version": "1.0.0", "tag": "1.0.0",
       "values": "pack:\n  namespace: \"hello\"\nextra:\n  a: '{{ .spectro.var.nothing }}'\n  a: 1\n"},
      {"name": "hello", "type": "spectro", "layer": "addonn", "version": "1.0.0"},
      {"name": "own", "type": "manifest", "manifests": [{"name": "own", "content": "kind: [\n"}]}
    ]},
    "variables": [{"name": "address", "format": "ipv4", "defaultValue": "nope"}]
  }
}
"#;

#[test]
fn a_profile_exported_from_palette_is_judged_at_its_own_places() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[("export.json", EXPORT)]);
    let output = check(dir.path(), &["export.json"]);
    let (found, _) = told(&output);
    assert_eq!(output.status.code(), Some(1), "{found}");
    for wanted in [
        "export.json:4:16: error SC0004 `v1.2`: Palette wants strict semver",
        "export.json:7:63: error VR0101 the profile has no variable `nothing`",
        "export.json:7:95: error YA0002 key `a` stands twice",
        "export.json:8:16: error PR0205 pack `hello` stands twice",
        "export.json:8:53: error SC0004 `addonn`",
        "export.json:9:91: error YA0001",
        "export.json:11:73: error VR0104 the default of variable `address` does not fit",
    ] {
        assert!(found.contains(wanted), "{wanted}\n{found}");
    }
    assert!(!found.contains('!'), "no place of a file that is not there: {found}");

    // The flat form that Terraform users keep in git; places inside of a block.
    let flat = "name: shop\ntype: add-on\ncloudType: all\nversion: 1.0.0\npacks:\n  - name: hello\n    type: spectro\n    \
                layer: addon\n    version: \"1.10\"\n    values: |\n      pack:\n        namespace: hello\n      extra: '{{ \
                .spectro.var.nothing }}'\n";
    write(dir.path(), &[("flat/profile.yaml", flat)]);
    let (found, _) = told(&check(dir.path(), &["flat/profile.yaml"]));
    assert!(found.contains("flat/profile.yaml:13:14: error VR0101"), "{found}");
}

#[test]
fn a_fault_in_the_workspace_file_does_not_make_the_rest_look_wrong() {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["profiles", "packs", "appliances"] {
        copy(&sample().join(folder), &dir.path().join(folder));
    }
    let config = fs::read_to_string(sample().join("edgewright.yaml")).unwrap();
    for (from, to, code) in [
        ("type: directory", "type: directry", "SC0004"),
        ("versions: [\"1.33\"]", "versions: 1.33", "SC0003"),
        ("  site:", "  sight: 1\n  site:", "SC0001"),
    ] {
        assert!(config.contains(from), "{from}");
        write(dir.path(), &[("edgewright.yaml", &config.replace(from, to))]);
        let (found, _) = told(&check(dir.path(), &[]));
        assert_eq!(found.lines().count(), 1, "{found}");
        assert!(found.starts_with("edgewright.yaml:") && found.contains(code), "{found}");
    }
}
