//! The commands `build`, `release` and `verify` on the sample repository, through the binary.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use edgewright::archive::{Files, Limits, read_canonical_tar, zstd_decompress};
use edgewright::bundle::{self, Descriptor, ProfileTarget};

/// A copy of the sample repository in a folder of its own, committed.
struct Sample {
    folder: tempfile::TempDir,
}

impl Sample {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::copy(source.join("edgewright.yaml"), folder.path().join("edgewright.yaml")).unwrap();
        fs::write(folder.path().join(".gitignore"), "/public\n").unwrap();
        for name in ["profiles", "packs", "appliances"] {
            copy(&source.join(name), &folder.path().join(name));
        }
        let sample = Self { folder };
        sample.good(&["lock"]);
        sample.commit(1_772_000_000);
        sample
    }

    fn commit(&self, seconds: i64) {
        let repository = git2::Repository::init(self.folder.path()).unwrap();
        let mut index = repository.index().unwrap();
        index.add_all(["."], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = git2::Signature::new("a", "a@example.org", &git2::Time::new(seconds, 0)).unwrap();
        let parents = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<_> = parents.iter().collect();
        repository.commit(Some("HEAD"), &who, &who, "c", &tree, &parents).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .arg("-C")
            .arg(self.folder.path())
            .args(arguments)
            .env_remove("SOURCE_DATE_EPOCH")
            .env("EDGEWRIGHT_CACHE", self.folder.path().join(".cache"))
            .output()
            .unwrap()
    }

    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Exit code and stderr of a command that does not succeed.
    fn bad(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.run(arguments);
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The files of a layer of a profile's stable release.
    fn layer(&self, profile: &str, layer: &str) -> Files {
        let (folder, name) = profile.rsplit_once('/').unwrap_or(("", profile));
        let targets = self.at("public/targets/profiles").join(folder);
        let suffix = format!(".{name}.json");
        let target = fs::read_dir(targets)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.to_string_lossy().ends_with(&suffix))
            .unwrap();
        let target: ProfileTarget = bundle::read(&fs::read(target).unwrap()).unwrap();
        let release = &target.releases[&target.channels["stable"].version];
        let path = self.at("public").join(release.descriptor.path());
        let descriptor: Descriptor = bundle::read(&fs::read(path).unwrap()).unwrap();
        let described = descriptor.layers.iter().find(|found| found.name == layer).unwrap();
        let blob = fs::read(self.at("public").join(described.blob.path())).unwrap();
        let tar = zstd_decompress(&blob, described.tar_size).unwrap();
        read_canonical_tar(&tar, &Limits::default()).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn build_makes_a_tree_that_verifies_and_a_second_one_changes_nothing() {
    let sample = Sample::new();
    let text = sample.good(&["build", "--output", "public"]);
    assert!(text.contains("5 profiles, 7 releases"), "{text}");
    let root = ["--root", "public/metadata/1.root.json"];
    let verified = sample.good(&[&["verify", "public"], root.as_slice()].concat());
    assert!(verified.starts_with("public: verified\n"), "{verified}");
    let again = sample.good(&["build", "--output", "public"]);
    assert!(again.starts_with("public: 0 files written (0 B), "), "{again}");

    // One byte more in a page: refused, with its name, by exit code 3.
    let page = sample.at("public/index.html");
    let mut bytes = fs::read(&page).unwrap();
    bytes.push(b' ');
    fs::write(&page, &bytes).unwrap();
    let (code, text) = sample.bad(&[&["verify", "public"], root.as_slice()].concat());
    assert_eq!(code, 3);
    assert!(text.contains("index.html: its digest is"), "{text}");

    // The next build repairs it.
    sample.good(&["build", "--output", "public"]);
    sample.good(&[&["verify", "public"], root.as_slice()].concat());
}

#[test]
fn macros_are_inlined_and_typed_variables_stay_typed() {
    let sample = Sample::new();
    sample.good(&["release", "--output", "public"]);
    let till = sample.layer("retail/point-of-sale", "point-of-sale");
    let values = till.text("charts/00-point-of-sale.values.yaml").unwrap();
    assert!(values.contains("tills: ${{ var.tills }}\n"), "{values}");
    assert!(values.contains("host: \"till-{{ .spectro.var.storeId }}.stores.example.org\"\n"), "{values}");
    assert!(!values.contains("macro"), "{values}");
    let base = sample.layer("system/store-base", "foundation");
    assert!(base.text("manifests/01-support.yaml").unwrap().contains("time-server: \"time.example.org\""));
    let tuning = sample.layer("system/store-base", "node-tuning");
    let chart = tuning.text("charts/00-node-tuning/Chart.yaml").unwrap();
    assert!(chart.contains("name: node-tuning\n"), "a templated manifest is a chart of its own: {chart}");
}

#[test]
fn a_mistake_or_a_stale_lock_builds_nothing() {
    let sample = Sample::new();
    sample.good(&["release", "--output", "public"]);
    let before = fs::read(sample.at("public/metadata/timestamp.json")).unwrap();
    let path = sample.at("profiles/observability/profile.yaml");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("type: add-on", "type: addon")).unwrap();
    let (code, text) = sample.bad(&["build", "--output", "public"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("nothing was built"), "{text}");
    fs::remove_file(sample.at("profiles/k3s-store/profile.lock")).unwrap();
    assert_eq!(sample.bad(&["release", "--output", "public"]).0, 1);
    assert_eq!(before, fs::read(sample.at("public/metadata/timestamp.json")).unwrap());
}

#[test]
fn keys_are_asked_for_by_name() {
    let sample = Sample::new();
    let (code, text) =
        sample.bad(&["release", "-o", "out", "--first-release", "--signer", "root=file:r.pem"]);
    assert_eq!(code, 2);
    assert!(text.contains(
        "no signer for assignments, project-retail, site, snapshot, system, targets, tenant, timestamp"
    ));
    assert!(!sample.at("out").exists());
    let (code, text) = sample.bad(&["release", "-o", "out", "--signer", "nonsense"]);
    assert_eq!(code, 2);
    assert!(text.contains("ROLE=URI"), "{text}");
}

#[test]
fn verify_says_what_is_no_tree() {
    let sample = Sample::new();
    let (code, text) = sample.bad(&["verify", "packs"]);
    assert_eq!(code, 2);
    assert!(text.contains("`packs` is no published tree: it has no metadata/1.root.json"), "{text}");
}

#[test]
fn render_shows_what_a_release_packs_byte_for_byte() {
    let sample = Sample::new();
    sample.good(&["release", "--output", "public"]);
    let mut seen = 0;
    for profile in ["k3s-store", "observability", "system/store-base", "retail/virtual-machines"] {
        let folder = sample.at("rendered");
        sample.good(&["render", profile, "--references", "--output", folder.to_str().unwrap()]);
        for entry in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|e| e.is_dir())
        {
            let name = entry.file_name().unwrap().to_str().unwrap()[3..].to_owned();
            let layer = sample.layer(profile, &name);
            let released = layer
                .iter()
                .filter(|(path, _)| path.ends_with("values.yaml") && path.matches('/').count() < 2)
                .chain(layer.iter().filter(|(path, _)| path.starts_with("manifests/")));
            for (path, file) in released {
                assert_eq!(fs::read(entry.join(path)).unwrap(), &*file.bytes, "{profile} {name} {path}");
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen}");
}
