//! A registry over a real socket: what is found, what is refused, what is asked for.

use std::path::Path;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::artifact::{CHART_CONFIG, PACK_TYPE};
use super::*;
use crate::archive::{Files, write_tgz};
use crate::pack::ImageReference;
use crate::registry::{Options, Registries};
use crate::transport::test_server::{Answer, TestServer};
use crate::workspace::model::RegistryConfig;

mod kinds;

const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn chart(version: &str) -> Vec<u8> {
    let mut files = Files::new();
    files.insert("Chart.yaml", format!("apiVersion: v2\nname: web\nversion: {version}\n").as_bytes());
    write_tgz(&files, "web").unwrap()
}

fn pack(name: &str, version: &str) -> Vec<u8> {
    let mut files = Files::new();
    files.insert("pack.json", json!({ "name": name, "version": version }).to_string().as_bytes());
    write_tgz(&files, &format!("{name}-{version}")).unwrap()
}

fn digest(bytes: &[u8]) -> Digest {
    Digest::of(bytes)
}

/// A host with repositories, and one registry of `edgewright.yaml` that is below `team` on it.
struct Scene {
    server: TestServer,
    root: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { server: TestServer::start(), root: tempfile::tempdir().unwrap() }
    }

    fn host(&self) -> &str {
        self.server.url.strip_prefix("http://").unwrap()
    }

    fn open(&self, offline: bool) -> Registries {
        let url = format!("oci://{}/team", self.host());
        let configs = IndexMap::from([(
            "oci".to_owned(),
            serde_json::from_value::<RegistryConfig>(json!({ "type": "oci", "url": url })).unwrap(),
        )]);
        let options = Options { offline, cache: Some(self.root.path().join("cache")), ..Options::default() };
        Registries::new(self.root.path(), &configs, options)
    }

    fn blob(&self, repository: &str, bytes: &[u8]) -> Value {
        self.server.put(
            &format!("/v2/{repository}/blobs/sha256:{}", digest(bytes)),
            Answer::File(bytes.to_vec(), None),
        );
        json!({ "digest": format!("sha256:{}", digest(bytes)), "size": bytes.len() })
    }

    /// Puts a manifest under its digest and a tag.
    fn manifest(&self, repository: &str, tag: &str, manifest: &Value) -> Digest {
        let bytes = manifest.to_string().into_bytes();
        let found = digest(&bytes);
        let headers = vec![("Docker-Content-Digest", format!("sha256:{found}"))];
        for name in [tag.to_owned(), format!("sha256:{found}")] {
            let path = format!("/v2/{repository}/manifests/{name}");
            self.server.put(&path, Answer::Raw("200 OK", headers.clone(), bytes.clone()));
        }
        found
    }

    fn push(&self, repository: &str, tag: &str, config: &str, layer: &str, bytes: &[u8]) -> Digest {
        self.manifest(repository, tag, &self.image(repository, config, layer, bytes))
    }

    fn image(&self, repository: &str, config: &str, layer: &str, bytes: &[u8]) -> Value {
        let metadata = json!({ "name": "web", "version": "9.9.9", "appVersion": "7.1", "deprecated": true, "description": "A web" });
        let mut config_blob = self.blob(repository, metadata.to_string().as_bytes());
        config_blob["mediaType"] = json!(config);
        let mut layer_blob = self.blob(repository, bytes);
        layer_blob["mediaType"] = json!(layer);
        json!({
            "schemaVersion": 2, "config": config_blob, "layers": [layer_blob],
            "annotations": { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" },
        })
    }

    fn chart(&self, tag: &str, bytes: &[u8]) -> Digest {
        self.push("team/web", tag, CHART_CONFIG, CHART_LAYER, bytes)
    }

    fn tags(&self, repository: &str, tags: &[&str]) {
        let list = json!({ "name": repository, "tags": tags }).to_string().into_bytes();
        self.server.put(&format!("/v2/{repository}/tags/list?n=1000"), Answer::File(list, None));
    }

    fn exact(&self, kind: Kind, name: &str, wanted: &str) -> Result<Option<Candidate>, RegistryError> {
        let registries = self.open(false);
        registries.get("oci").unwrap().exact(kind, name, &Wanted::parse(wanted).unwrap())
    }

    fn refusal(&self, kind: Kind, wanted: &str) -> String {
        let registries = self.open(false);
        let registry = registries.get("oci").unwrap();
        let got = registry
            .exact(kind, "web", &Wanted::parse(wanted).unwrap())
            .and_then(|candidate| registry.fetch(kind, "web", &candidate.unwrap(), None));
        got.unwrap_err().to_string()
    }

    fn versions(&self, kind: Kind, name: &str) -> Vec<String> {
        let candidates = self.open(false).get("oci").unwrap().candidates(kind, name).unwrap();
        candidates.into_iter().map(|candidate| candidate.version).collect()
    }

    fn asked(&self, start: &str) -> usize {
        self.server.requests().iter().filter(|request| request.starts_with(start)).count()
    }

    fn kept(&self) -> usize {
        let blobs = self.root.path().join("cache/blobs");
        crate::archive::read_dir(&blobs, &crate::archive::Limits::default()).map_or(0, |files| files.len())
    }
}

#[test]
fn a_chart_is_found_fetched_and_kept() {
    let scene = Scene::new();
    let bytes = chart("1.2.0+up1");
    let manifest = scene.chart("1.2.0_up1", &bytes);
    scene.tags("team/web", &["v9.0.0", "1.0.0", "1.2.0_up1", "1.10.0-rc.1", "latest", "sha256-00.sig"]);
    assert_eq!(scene.versions(Kind::Chart, "web"), ["1.10.0-rc.1", "1.2.0+up1", "1.0.0"]);

    let candidate = scene.exact(Kind::Chart, "web", "1.2.0+up1").unwrap().unwrap();
    let url = format!("oci://{}/team/web:1.2.0_up1", scene.host());
    assert_eq!(candidate.url.as_deref(), Some(url.as_str()));
    assert_eq!((candidate.manifest, candidate.digest), (Some(manifest), Some(digest(&bytes))));
    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    let fetched = registry.fetch(Kind::Chart, "web", &candidate, None).unwrap();
    let archive = fetched.archive.as_ref().unwrap();
    assert_eq!(
        (archive.sha256, archive.manifest, &*archive.bytes),
        (digest(&bytes), Some(manifest), bytes.as_slice())
    );
    assert_eq!(
        (archive.url.as_deref(), fetched.path.as_str()),
        (Some(url.as_str()), format!("{url}!/web").as_str())
    );
    let details = registry.details(Kind::Chart, "web", &candidate).unwrap();
    assert_eq!((details.app_version.as_deref(), details.deprecated), (Some("7.1"), true));
    assert_eq!(details.created.as_deref(), Some("2026-01-02T03:04:05Z"));

    // What is pinned needs no network at all.
    let before = scene.server.requests().len();
    let offline = scene.open(true);
    let registry = offline.get("oci").unwrap();
    let pin = Pinned {
        version: "1.2.0+up1",
        url: Some(&url),
        sha256: Some(digest(&bytes)),
        manifest: Some(manifest),
        ..Pinned::default()
    };
    assert_eq!(registry.local(Kind::Chart, "web", &pin).unwrap().unwrap().content, fetched.content);
    let other = Pinned { sha256: Some(digest(b"other")), ..pin };
    assert!(registry.local(Kind::Chart, "web", &other).unwrap().is_none());
    // Neither do lists and tags that were asked for before.
    assert_eq!(registry.candidates(Kind::Chart, "web").unwrap().len(), 3);
    assert_eq!(
        registry.exact(Kind::Chart, "web", &Wanted::parse("1.2.0+up1").unwrap()).unwrap(),
        Some(candidate)
    );
    let error = registry.exact(Kind::Chart, "web", &Wanted::parse("1.0.0").unwrap()).unwrap_err();
    assert!(matches!(error, RegistryError::Offline { .. }), "{error}");
    assert_eq!(scene.server.requests().len(), before);
}

#[test]
fn a_tag_that_stays_costs_one_question() {
    let scene = Scene::new();
    scene.chart("1.0.0", &chart("1.0.0"));
    scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    assert_eq!((scene.asked("get "), scene.asked("head ")), (1, 0));
    scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    assert_eq!((scene.asked("get "), scene.asked("head ")), (1, 1));
    // It moves.
    let moved = scene.chart("1.0.0", &chart("1.0.1"));
    let candidate = scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    assert_eq!(candidate.manifest, Some(moved));
    // A registry that says no digest is asked for the whole.
    let bytes = scene.image("team/web", CHART_CONFIG, CHART_LAYER, &chart("1.0.2")).to_string().into_bytes();
    scene.server.put("/v2/team/web/manifests/1.0.0", Answer::File(bytes.clone(), None));
    let candidate = scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    assert_eq!(candidate.manifest, Some(digest(&bytes)));
}

#[test]
fn a_digest_behind_the_version_holds_the_tag() {
    let scene = Scene::new();
    let (one, two) = (chart("1.0.0"), chart("1.0.1"));
    let first = scene.chart("1.0.0", &one);
    let wanted = format!("1.0.0@sha256:{first}");
    assert_eq!(scene.exact(Kind::Chart, "web", &wanted).unwrap().unwrap().digest, Some(digest(&one)));
    let second = scene.chart("1.0.0", &two);
    let error = scene.exact(Kind::Chart, "web", &wanted).unwrap_err();
    assert!(error.is_refusal());
    let text = error.to_string();
    assert!(
        text.contains(&format!("team/web:1.0.0 was moved: the manifest sha256 {first} is wanted")),
        "{text}"
    );
    assert!(text.contains(&second.to_string()), "{text}");
    // By digest alone, and with a tag that is gone, it is still there.
    let alone = scene.exact(Kind::Chart, "web", &format!("@sha256:{first}")).unwrap().unwrap();
    assert_eq!((alone.version.as_str(), alone.digest), ("9.9.9", Some(digest(&one))));
    assert!(alone.url.unwrap().ends_with(&format!("team/web@sha256:{first}")));
    let gone = scene.exact(Kind::Chart, "web", &format!("3.0.0@sha256:{first}")).unwrap().unwrap();
    assert_eq!((gone.version.as_str(), gone.manifest), ("3.0.0", Some(first)));
    let nothing =
        scene.exact(Kind::Chart, "web", &format!("@sha256:{}", digest(b"no"))).unwrap_err().to_string();
    assert!(nothing.starts_with("registry `oci` has no chart `web` @sha256:"), "{nothing}");
}

#[test]
fn other_bytes_than_promised_are_refused_and_not_kept() {
    let scene = Scene::new();
    let bytes = chart("1.0.0");
    let manifest = scene.chart("1.0.0", &bytes);
    let candidate = scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    let kept = scene.kept();
    // The blob is another one, of the same length.
    let mut tampered = bytes.clone();
    tampered[20] ^= 1;
    let blob = format!("/v2/team/web/blobs/sha256:{}", digest(&bytes));
    scene.server.put(&blob, Answer::File(tampered.clone(), None));
    let fetch = |candidate: &Candidate, expected: Option<Digest>| {
        scene.open(false).get("oci").unwrap().fetch(Kind::Chart, "web", candidate, expected)
    };
    match fetch(&candidate, None) {
        Err(RegistryError::Digest { expected, found, by: "the manifest", .. }) => {
            assert_eq!((expected, found), (digest(&bytes), digest(&tampered)));
        }
        other => panic!("not refused: {other:?}"),
    }
    // More bytes, fewer bytes, none.
    scene.server.put(&blob, Answer::File([bytes.clone(), vec![0]].concat(), None));
    assert!(fetch(&candidate, None).unwrap_err().to_string().contains("larger than"), "more");
    scene.server.put(&blob, Answer::File(bytes[1..].to_vec(), None));
    assert!(matches!(fetch(&candidate, None), Err(RegistryError::Digest { .. })));
    scene.server.put(&blob, Answer::Raw("404 Not Found", vec![], vec![]));
    assert!(fetch(&candidate, None).unwrap_err().to_string().contains("the registry does not have it"));
    // The manifest is another one than its address or its header says.
    let other = scene.image("team/web", CHART_CONFIG, CHART_LAYER, &chart("6.6.6")).to_string().into_bytes();
    scene
        .server
        .put(&format!("/v2/team/web/manifests/sha256:{}", digest(b"x")), Answer::File(other.clone(), None));
    let error = scene.exact(Kind::Chart, "web", &format!("@sha256:{}", digest(b"x"))).unwrap_err();
    assert!(matches!(error, RegistryError::Digest { by: "its address", .. }), "{error}");
    let lie = vec![("Docker-Content-Digest", format!("sha256:{manifest}"))];
    scene.server.put("/v2/team/web/manifests/2.0.0", Answer::Raw("200 OK", lie, other));
    let error = scene.exact(Kind::Chart, "web", "2.0.0").unwrap_err();
    assert!(error.is_refusal() && error.to_string().contains("Docker-Content-Digest"), "{error}");
    assert_eq!(scene.kept(), kept, "nothing of all that was kept");
    // The lock says otherwise.
    scene.server.put(&blob, Answer::File(bytes.clone(), None));
    assert!(matches!(
        fetch(&candidate, Some(digest(b"y"))),
        Err(RegistryError::Digest { by: "the lock", .. })
    ));
    let bare = Candidate { version: "1.0.0".to_owned(), ..Candidate::default() };
    assert!(matches!(fetch(&bare, Some(digest(b"y"))), Err(RegistryError::Digest { by: "the lock", .. })));
    assert_eq!(
        fetch(&bare, Some(digest(&bytes))).unwrap().archive.as_ref().unwrap().manifest,
        Some(manifest)
    );
}

#[test]
fn a_locked_manifest_is_fetched_wherever_its_tag_leads_now() {
    let scene = Scene::new();
    let (one, two) = (chart("1.0.0"), chart("1.0.1"));
    let first = scene.chart("1.0.0", &one);
    let second = scene.chart("1.0.0", &two);
    let pinned = Candidate {
        version: "1.0.0".to_owned(),
        url: Some(format!("oci://{}/team/web:1.0.0", scene.host())),
        manifest: Some(first),
        ..Candidate::default()
    };
    let fetch =
        || scene.open(false).get("oci").unwrap().fetch(Kind::Chart, "web", &pinned, Some(digest(&one)));
    // Unless it is gone: then the tag says what became of it.
    scene
        .server
        .put(&format!("/v2/team/web/manifests/sha256:{first}"), Answer::Raw("404 Not Found", vec![], vec![]));
    match fetch() {
        Err(RegistryError::Moved { expected, found, .. }) => assert_eq!((expected, found), (first, second)),
        other => panic!("not refused: {other:?}"),
    }
    scene.manifest("team/web", "old", &scene.image("team/web", CHART_CONFIG, CHART_LAYER, &one));
    assert_eq!(&*fetch().unwrap().archive.as_ref().unwrap().bytes, one.as_slice());
    assert!(scene.asked("get /v2/team/web/manifests/1.0.0") == 0);
}
