//! From a repository to a signed tree: determinism, serials, keys, and every file of the tree flipped.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use edgewright::archive::{Digest, Files};
use edgewright::bundle::{self, ProfileTarget};
use edgewright::history::Revision;
use edgewright::release::{
    Given, Previous, ReleaseError, Report, Request, Summary, content, read_file, release, verify,
};
use edgewright::resolve::resolved::{
    EffectiveValues, LayerManifest, LayerSource, LockState, ResolvedLayer, ResolvedProfile,
};
use edgewright::source::Place;
use edgewright::trust::{TrustCore, limits};
use edgewright::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};

fn day(days: i64) -> Timestamp {
    "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(days * 86_400)
}

/// A repository of profiles that have manifests only.
struct Repository {
    folder: tempfile::TempDir,
    commit: i64,
    signers: Vec<Given>,
}

impl Repository {
    fn new() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap(), commit: 1, signers: Vec::new() };
        repository.write(
            "edgewright.yaml",
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: { name: test }\nspec: {}\n",
        );
        repository.profile("base", "", "1.0.0", "a");
        repository.profile("till", "scope: project, project: retail,", "2.0.0", "b");
        repository.write(
            "appliances/stores.yaml",
            "apiVersion: edgewright/v1\nkind: Appliance\nmetadata: { name: store-1 }\nspec: { profiles: [{ id: base }, { id: retail/till, version: 2.0.0 }] }\n",
        );
        repository
    }

    fn write(&self, path: &str, text: &str) {
        let full = self.folder.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    fn profile(&self, name: &str, scope: &str, version: &str, content: &str) {
        self.write(
            &format!("profiles/{name}/{version}/profile.yaml"),
            &format!(
                "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: {name}, {scope} version: {version} }}\nspec:\n  type: add-on\n  layers:\n    - name: settings\n      manifests: [settings.yaml]\n"
            ),
        );
        self.write(
            &format!("profiles/{name}/{version}/settings.yaml"),
            &format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: settings }}\ndata: {{ a: {content} }}\n"
            ),
        );
    }

    fn channels(&self, name: &str, spec: &str) {
        self.write(
            &format!("profiles/{name}/channels.yaml"),
            &format!(
                "apiVersion: edgewright/v1\nkind: Channels\nmetadata: {{ name: {name} }}\nspec: {spec}\n"
            ),
        );
    }

    fn output(&self) -> PathBuf {
        self.folder.path().join("public")
    }

    fn release(&mut self, now: Timestamp) -> Result<Summary, ReleaseError> {
        self.release_to(&self.output(), &Previous::Unsaid, None, now)
    }

    fn release_to(
        &mut self,
        output: &Path,
        previous: &Previous,
        catalog: Option<&Files>,
        now: Timestamp,
    ) -> Result<Summary, ReleaseError> {
        let workspace = Workspace::load(self.folder.path()).unwrap();
        assert!(workspace.diagnostics.is_empty(), "{:?}", workspace.diagnostics);
        let resolved: Vec<_> = workspace.profiles.iter().map(resolve).collect();
        let content = content(&workspace, &resolved, None)?;
        let revision =
            Revision { commit: format!("{:040}", self.commit), time: day(self.commit - 100), dirty: false };
        release(&Request {
            workspace: &workspace,
            revision: &revision,
            content: &content,
            catalog,
            output,
            previous: match previous {
                Previous::Unsaid => Previous::Unsaid,
                Previous::FirstRelease => Previous::FirstRelease,
                Previous::At(name, source) => Previous::At(name, *source),
            },
            signers: &self.signers,
            environment: &|_| None,
            now,
        })
    }

    fn target(&self, id: &str) -> ProfileTarget {
        let output = self.output();
        let mut fetch = |path: &str, max: u64| read_file(&output, path, max);
        let root = fs::read(output.join("metadata/1.root.json")).unwrap();
        let mut core = TrustCore::new(&root, Timestamp::MIN).unwrap();
        core.refresh(&mut fetch, &mut |_, _| Ok(())).unwrap();
        let bytes = core.read(&ProfileTarget::path(id), limits::DOCUMENT, &mut fetch).unwrap().unwrap();
        bundle::read(&bytes).unwrap()
    }

    fn signer(&mut self, role: &str) {
        let path = self.folder.path().join(format!("real/{role}.pem"));
        edgewright::trust::PrivateKey::read_or_create(&path).unwrap();
        self.signers.push((role.to_owned(), format!("file:{}", path.display())));
    }
}

fn resolve(profile: &std::sync::Arc<edgewright::workspace::model::Profile>) -> ResolvedProfile {
    let layers = profile.spec.layers.iter().enumerate().map(|(index, layer)| ResolvedLayer {
        name: layer.name.value.clone(),
        display_name: layer.name.value.clone(),
        index: Some(index),
        added_by: None,
        layer_type: edgewright::pack::LayerType::Addon,
        source: LayerSource::Manifests,
        wanted: None,
        registry: None,
        pin: None,
        unresolved: None,
        presets: indexmap::IndexMap::default(),
        own: None,
        values: EffectiveValues::default(),
        charts: Vec::new(),
        manifests: layer
            .manifests
            .iter()
            .map(|path| LayerManifest {
                name: path.trim_end_matches(".yaml").to_owned(),
                file: profile.read(path).unwrap(),
                templated: false,
            })
            .collect(),
        namespace: "default".to_owned(),
        priority: 0,
        place: Place::whole("profile.yaml"),
    });
    ResolvedProfile::new(profile.clone(), layers.collect(), LockState::NotNeeded, Vec::new())
}

/// All files below a folder: relative path → bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(here) = waiting.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let relative = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                found.insert(relative, fs::read(path).unwrap());
            }
        }
    }
    found
}

fn verify_folder(folder: &Path, root: &[u8], now: Timestamp) -> Report {
    verify(&|path, max| read_file(folder, path, max), root, now)
}

fn catalog(text: &str) -> Files {
    let mut catalog = Files::new();
    catalog.insert("index.html", text.as_bytes());
    catalog.insert("profiles/base/index.html", b"<p>base".as_slice());
    catalog
}

#[test]
fn every_byte_that_can_be_reached_is_vouched_for() {
    let mut repository = Repository::new();
    let output = repository.output();
    repository.release_to(&output, &Previous::Unsaid, Some(&catalog("hello")), day(0)).unwrap();
    let root = fs::read(output.join("metadata/1.root.json")).unwrap();
    let good = verify_folder(&output, &root, day(1));
    assert_eq!(good.problems, []);
    let all = files(&output);
    assert_eq!(good.reached, all.keys().cloned().collect(), "everything that is written can be reached");
    for (path, bytes) in &all {
        let changes: [(&str, Vec<u8>); 4] = [
            ("first byte flipped", [&[bytes[0] ^ 1], &bytes[1..]].concat()),
            ("last byte flipped", [&bytes[..bytes.len() - 1], &[bytes[bytes.len() - 1] ^ 1]].concat()),
            ("cut off", bytes[..bytes.len() - 1].to_vec()),
            ("one byte more", [bytes.as_slice(), b"x"].concat()),
        ];
        for (what, changed) in changes {
            // The line break behind signed JSON may go: that changes nothing that was signed.
            if what == "cut off"
                && ["metadata/timestamp.json", "metadata/1.root.json"].contains(&path.as_str())
            {
                continue;
            }
            fs::write(output.join(path), changed).unwrap();
            let report = verify_folder(&output, &root, day(1));
            assert!(report.problems.iter().any(|problem| problem.refused), "{path}: {what}: {report:?}");
            let name = path.rsplit('/').next().unwrap();
            assert!(
                report.problems.iter().any(|problem| problem.message.contains(name)),
                "{path}: {what}: {report:?}"
            );
        }
        fs::remove_file(output.join(path)).unwrap();
        assert!(!verify_folder(&output, &root, day(1)).problems.is_empty(), "{path}: removed");
        fs::write(output.join(path), bytes).unwrap();
    }
}

#[test]
fn the_same_content_gives_the_same_bytes_and_rewrites_nothing() {
    let mut repository = Repository::new();
    let first = repository.release(day(0)).unwrap();
    assert!(first.development && !first.continued && first.written.written > 0);
    let before = files(&repository.output());
    let again = repository.release(day(1)).unwrap();
    assert_eq!((again.written.written, again.continued), (0, true));
    assert_eq!(before, files(&repository.output()));
    let other = tempfile::tempdir().unwrap();
    repository.release_to(&other.path().join("out"), &Previous::Unsaid, None, day(3)).unwrap();
    let blobs = |files: BTreeMap<String, Vec<u8>>| -> Vec<_> {
        files.into_iter().filter(|(path, _)| path.starts_with("blobs/")).collect()
    };
    assert_eq!(blobs(before), blobs(files(&other.path().join("out"))));
}

#[test]
fn serials_rise_by_one_with_a_change_and_only_then() {
    let mut repository = Repository::new();
    repository.release(day(0)).unwrap();
    let first = repository.target("base");
    assert_eq!((first.channels["stable"].serial, first.channels["stable"].version.as_str()), (1, "1.0.0"));

    // Another profile changes: this one keeps its serial, its date and its file.
    repository.commit = 2;
    repository.profile("till", "scope: project, project: retail,", "2.1.0", "c");
    repository.release(day(1)).unwrap();
    assert_eq!(repository.target("base"), first);
    let till = repository.target("retail/till");
    assert_eq!((till.channels["stable"].serial, till.channels["stable"].version.as_str()), (2, "2.1.0"));
    assert_eq!(till.releases.keys().collect::<Vec<_>>(), ["2.0.0", "2.1.0"]);

    // Pausing is a change, but no move.
    repository.commit = 3;
    repository.channels("base", "{ stable: { version: 1.0.0, paused: true } }");
    repository.release(day(2)).unwrap();
    let paused = repository.target("base").channels["stable"].clone();
    assert_eq!((paused.serial, paused.paused), (2, true));
    assert_eq!(paused.since, first.channels["stable"].since);

    // Going back on purpose is the older version under a higher serial.
    repository.profile("base", "", "1.1.0", "new");
    repository.channels("base", "{ stable: { version: 1.1.0 } }");
    repository.release(day(3)).unwrap();
    repository.channels("base", "{ stable: { version: 1.0.0 } }");
    repository.release(day(4)).unwrap();
    let back = repository.target("base");
    assert_eq!((back.channels["stable"].serial, back.channels["stable"].version.as_str()), (4, "1.0.0"));
    assert_eq!(back.releases["1.0.0"], first.releases["1.0.0"]);

    // A channel that is gone stays, paused; its serial is never given again.
    repository.channels("base", "{ canary: { version: 1.1.0 } }");
    repository.release(day(5)).unwrap();
    let gone = repository.target("base");
    assert_eq!((gone.channels["stable"].serial, gone.channels["stable"].paused), (5, true));
}

#[test]
fn a_failed_release_changes_nothing() {
    let mut repository = Repository::new();
    repository.release(day(0)).unwrap();
    let before = files(&repository.output());
    repository.channels("base", "{ stable: { version: 7.0.0 } }");
    let error = repository.release(day(1)).unwrap_err().to_string();
    assert!(error.contains("channel stable of base gives 7.0.0, which is no version of it"), "{error}");
    assert_eq!(before, files(&repository.output()));
    let beside = fs::read_dir(repository.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!beside.into_iter().any(|name| name.to_string_lossy().starts_with(".edgewright-")));
}

#[test]
fn files_of_an_earlier_catalog_go_and_strangers_stay() {
    let mut repository = Repository::new();
    let output = repository.output();
    repository.release_to(&output, &Previous::Unsaid, Some(&catalog("one")), day(0)).unwrap();
    fs::write(output.join("CNAME"), "edge.example.org").unwrap();
    let mut smaller = Files::new();
    smaller.insert("index.html", b"two".as_slice());
    let summary = repository.release_to(&output, &Previous::Unsaid, Some(&smaller), day(1)).unwrap();
    assert_eq!(summary.written.removed, 1);
    assert!(!output.join("profiles").exists());
    assert!(output.join("CNAME").exists());
}

#[test]
fn a_folder_with_other_files_is_no_output() {
    let mut repository = Repository::new();
    repository.write("public/notes.txt", "mine");
    let error = repository.release(day(0)).unwrap_err().to_string();
    assert!(error.contains("holds other files (notes.txt) and no published tree"), "{error}");
}

#[test]
fn real_signers_go_on_from_the_previous_tree_and_never_change_a_release() {
    let mut repository = Repository::new();
    let output = repository.output();
    for role in ["root", "targets", "snapshot", "timestamp", "tenant", "project-retail", "assignments"] {
        repository.signer(role);
    }
    let error = repository.release(day(0)).unwrap_err().to_string();
    assert!(error.contains("--previous"), "{error}");
    let error =
        repository.release_to(&output, &Previous::FirstRelease, None, day(0)).unwrap_err().to_string();
    assert!(error.starts_with("no signer for site;"), "{error}");
    repository.signer("site");
    repository.release_to(&output, &Previous::FirstRelease, None, day(0)).unwrap();
    let error =
        repository.release_to(&output, &Previous::FirstRelease, None, day(1)).unwrap_err().to_string();
    assert!(error.contains("this is no first release"), "{error}");

    // Into a fresh folder, without the root's key: everything that is still needed comes along.
    repository.signers.retain(|(role, _)| role != "root");
    repository.profile("base", "", "1.1.0", "new");
    fs::remove_dir_all(repository.folder.path().join("profiles/base/1.0.0")).unwrap();
    let fresh = repository.folder.path().join("next");
    let of_output = |path: &str, max: u64| read_file(&output, path, max);
    let previous = Previous::At("public", &of_output);
    let summary = repository.release_to(&fresh, &previous, None, day(2)).unwrap();
    assert_eq!((summary.report.releases, summary.report.root_version), (3, 1));
    let root = fs::read(output.join("metadata/1.root.json")).unwrap();
    assert_eq!(verify_folder(&fresh, &root, day(3)).problems, []);
    assert_eq!(summary.root, Digest::of(&root));

    repository.profile("base", "", "1.0.0", "something else");
    let error = repository.release_to(&fresh, &previous, None, day(3)).unwrap_err().to_string();
    assert!(error.contains("base@1.0.0 was released before with other content"), "{error}");
}

#[test]
fn keys_of_another_machine_do_not_go_on_with_a_tree() {
    let mut repository = Repository::new();
    repository.release(day(0)).unwrap();
    fs::remove_dir_all(repository.folder.path().join(".edgewright")).unwrap();
    let error = repository.release(day(1)).unwrap_err().to_string();
    assert!(error.contains("was signed by other keys than those in .edgewright/keys"), "{error}");
}

#[test]
fn a_tampered_previous_tree_is_not_gone_on_with() {
    let mut repository = Repository::new();
    repository.release(day(0)).unwrap();
    let path = repository.output().join("metadata/1.snapshot.json");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("\"version\":1", "\"version\":9")).unwrap();
    let error = repository.release(day(1)).unwrap_err();
    assert!(matches!(error, ReleaseError::Previous(ref cause) if cause.is_refusal()), "{error}");
}
