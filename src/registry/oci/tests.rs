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

#[test]
fn packs_are_found_in_both_forms() {
    let scene = Scene::new();
    let (palette, plain) = (pack("nginx", "1.10.0"), pack("nginx", "1.9"));
    let empty = "application/vnd.oci.empty.v1+json";
    scene.push(
        "team/spectro-packs/archive/nginx",
        "1.10.0",
        empty,
        "application/vnd.oci.image.layer.v1.tar",
        &palette,
    );
    scene.tags("team/spectro-packs/archive/nginx", &["1.10.0", "latest"]);
    scene.push(
        "team/nginx",
        "1.9",
        "application/vnd.docker.container.image.v1+json",
        "application/x",
        &plain,
    );
    scene.tags("team/nginx", &["1.9", "1.10.0", "LTS__18.4.3"]);
    assert_eq!(scene.versions(Kind::Pack, "nginx"), ["1.10.0", "1.9", "LTS__18.4.3"]);

    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    for (version, at, bytes) in
        [("1.10.0", "spectro-packs/archive/nginx", &palette), ("1.9", "nginx", &plain)]
    {
        let candidate =
            registry.candidates(Kind::Pack, "nginx").unwrap().into_iter().find(|c| c.version == version);
        let fetched = registry.fetch(Kind::Pack, "nginx", &candidate.unwrap(), None).unwrap();
        assert_eq!(fetched.archive.as_ref().unwrap().sha256, digest(bytes));
        assert!(fetched.path.ends_with(&format!("team/{at}:{version}!/nginx-{version}")), "{}", fetched.path);
        assert!(fetched.files.contains("pack.json"));
        let exact = registry.exact(Kind::Pack, "nginx", &Wanted::parse(version).unwrap()).unwrap().unwrap();
        assert_eq!(exact.digest, Some(digest(bytes)));
        let pinned = format!("@sha256:{}", exact.manifest.unwrap());
        let by_digest =
            registry.exact(Kind::Pack, "nginx", &Wanted::parse(&pinned).unwrap()).unwrap().unwrap();
        assert_eq!(by_digest.version, version);
    }
    // The same version written otherwise is found in the list.
    assert_eq!(registry.exact(Kind::Pack, "nginx", &Wanted::parse("1.10").unwrap()).unwrap(), None);
    // What was pushed to the wrong place is not taken.
    scene.push("team/web", "1.0.0", empty, "application/x", &plain);
    let text = scene.refusal(Kind::Pack, "1.0.0");
    assert!(text.contains("its pack.json says that it is `nginx` 1.9, not `web` 1.0.0"), "{text}");
}

#[test]
fn an_index_is_followed() {
    let scene = Scene::new();
    let bytes = chart("1.0.0");
    let inner = scene.chart("inner", &bytes);
    let entry = |digest: Digest| json!({ "digest": format!("sha256:{digest}"), "size": 1, "artifactType": CHART_CONFIG });
    let index =
        |entries: Vec<Value>| json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries });
    let outer = scene.manifest("team/web", "1.0.0", &index(vec![entry(inner)]));
    let candidate = scene.exact(Kind::Chart, "web", "1.0.0").unwrap().unwrap();
    assert_eq!((candidate.manifest, candidate.digest), (Some(outer), Some(digest(&bytes))));

    scene.manifest("team/web", "2.0.0", &index(vec![entry(outer)]));
    assert!(scene.refusal(Kind::Chart, "2.0.0").ends_with("it is an index of indexes"));
    scene.manifest("team/web", "3.0.0", &index(vec![entry(digest(b"gone"))]));
    assert!(scene.refusal(Kind::Chart, "3.0.0").contains("which is not there"));
    scene.manifest("team/web", "4.0.0", &index(vec![entry(inner), entry(inner)]));
    assert!(scene.refusal(Kind::Chart, "4.0.0").contains("an index of 2 manifests"));
}

#[test]
fn what_is_no_chart_says_what_it_is() {
    let scene = Scene::new();
    scene.push("team/web", "1.0.0", "application/vnd.docker.container.image.v1+json", "application/x", b"x");
    assert!(scene.refusal(Kind::Chart, "1.0.0").contains("it is no Helm chart: its config is of type"));
    scene.chart("2.0.0", &chart("2.0.0"));
    assert!(scene.refusal(Kind::Pack, "2.0.0").contains("it is a Helm chart, not a pack"));
    scene.chart("3.0.0", b"<html>");
    assert!(scene.refusal(Kind::Chart, "3.0.0").contains("not a gzip file"));
    let page = vec![("Content-Type", "text/html".to_owned())];
    scene
        .server
        .put("/v2/team/web/manifests/4.0.0", Answer::Raw("200 OK", page, b"<!DOCTYPE html>".to_vec()));
    assert!(scene.refusal(Kind::Chart, "4.0.0").contains("its manifest cannot be used: it is a web page"));
    scene.manifest("team/web", "5.0.0", &json!({ "schemaVersion": 1, "name": "x", "fsLayers": [] }));
    assert!(scene.refusal(Kind::Chart, "5.0.0").contains("Docker's schema 1"));
    let mut large = scene.image("team/web", CHART_CONFIG, CHART_LAYER, b"x");
    large["layers"][0]["size"] = json!(u64::MAX);
    scene.manifest("team/web", "6.0.0", &large);
    assert!(scene.refusal(Kind::Chart, "6.0.0").contains("more than the 134217728 that are read"));
    let mut huge = scene.image("team/web", CHART_CONFIG, CHART_LAYER, b"x");
    huge["annotations"]["x"] = json!("y".repeat(5 << 20));
    scene.manifest("team/web", "7.0.0", &huge);
    assert!(scene.refusal(Kind::Chart, "7.0.0").contains("larger than the 4194304 bytes"));
}

#[test]
fn an_exact_version_that_is_not_there_says_what_is() {
    let scene = Scene::new();
    scene.tags("team/web", &["v1.2.3", "1.10.1", "1.0.0_b"]);
    let text = |wanted: &str| scene.exact(Kind::Chart, "web", wanted).unwrap_err().to_string();
    assert_eq!(
        text("1.2.3"),
        "registry `oci` has no chart `web` 1.2.3; there is a tag `v1.2.3`: write the version as it stands there"
    );
    assert!(text("v1.10.1").ends_with("there is a tag `1.10.1`: write the version as it stands there"));
    assert!(
        text("1.10").ends_with("Helm takes `1.10` for the tag itself: write `1.10.x` for the newest of them")
    );
    assert!(text("4.0.0").ends_with("; there is 1.10.1, v1.2.3, 1.0.0+b"));
    let registries = scene.open(false);
    let nothing =
        registries.get("oci").unwrap().exact(Kind::Chart, "other", &Wanted::parse("1.0.0").unwrap());
    assert_eq!(nothing.unwrap_err().to_string(), "registry `oci` has no chart `other` 1.0.0");
    assert!(registries.get("oci").unwrap().candidates(Kind::Chart, "other").unwrap().is_empty());
    // A name that no registry can have is said before anything is asked for.
    let upper = registries.get("oci").unwrap().candidates(Kind::Chart, "Web").unwrap_err().to_string();
    assert!(upper.contains("capital letters"), "{upper}");
}

#[test]
fn a_registry_that_lists_nothing_still_has_exact_versions() {
    let scene = Scene::new();
    let bytes = chart("1.0.0");
    scene.chart("1.0.0", &bytes);
    scene.server.put("/v2/team/web/tags/list?n=1000", Answer::Raw("405 Method Not Allowed", vec![], vec![]));
    assert!(scene.exact(Kind::Chart, "web", "1.0.0").unwrap().is_some());
    let error = scene.open(false).get("oci").unwrap().candidates(Kind::Chart, "web").unwrap_err().to_string();
    assert!(error.contains("405"), "{error}");
}

#[test]
fn long_lists_come_in_pages_and_end() {
    let scene = Scene::new();
    let page = |tags: &[&str], next: &str| {
        let link = if next.is_empty() { vec![] } else { vec![("Link", format!("<{next}>; rel=\"next\""))] };
        Answer::Raw("200 OK", link, json!({ "tags": tags }).to_string().into_bytes())
    };
    let list = "/v2/team/web/tags/list";
    scene.server.put(&format!("{list}?n=1000"), page(&["1.0.0"], &format!("{list}?last=1.0.0")));
    scene.server.put(&format!("{list}?last=1.0.0"), page(&["2.0.0"], "?last=2.0.0"));
    scene.server.put(&format!("{list}?last=2.0.0"), Answer::File(b"{\"tags\": null}".to_vec(), None));
    assert_eq!(scene.versions(Kind::Chart, "web"), ["2.0.0", "1.0.0"]);

    let error = |next: &str| {
        scene.server.put(&format!("{list}?n=1000"), page(&["1.0.0"], next));
        scene.open(false).get("oci").unwrap().candidates(Kind::Chart, "web").unwrap_err().to_string()
    };
    assert!(error(&format!("{list}?n=1000")).contains("goes round in a circle"));
    assert!(error("https://elsewhere.example.org/v2/team/web/tags/list").contains("at another address"));
    assert!(error("/v2/other/tags/list").contains("at another address"));
    assert!(error("http://[").contains("no address"));
    scene.server.put(&format!("{list}?n=1000"), Answer::File(b"<html>".to_vec(), None));
    assert!(
        scene
            .open(false)
            .get("oci")
            .unwrap()
            .candidates(Kind::Chart, "web")
            .unwrap_err()
            .to_string()
            .contains("cannot be read")
    );
}

#[test]
fn names_come_from_the_catalog_where_there_is_one() {
    let scene = Scene::new();
    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    assert!(registry.names(Kind::Chart).unwrap().is_empty());
    let list = json!({ "repositories": ["team/web", "team/spectro-packs/archive/nginx", "team/a/b", "other/x", "teams"] });
    scene.server.put("/v2/_catalog?n=1000", Answer::File(list.to_string().into_bytes(), None));
    assert_eq!(registry.names(Kind::Chart).unwrap(), ["web"]);
    assert_eq!(registry.names(Kind::Pack).unwrap(), ["nginx", "web"]);
}

#[test]
fn images_are_resolved_to_their_platforms() {
    let scene = Scene::new();
    let registries = scene.open(false);
    let host = scene.host().to_owned();
    let resolve = |text: &str| registries.resolve_image(&ImageReference::parse(text).unwrap());
    let config = scene
        .blob("library/app", br#"{"os": "linux", "architecture": "arm64", "variant": "v8", "rootfs": {}}"#);
    let single = json!({ "schemaVersion": 2, "config": config, "layers": [] });
    let found = scene.manifest("library/app", "1.0", &single);
    let image = resolve(&format!("{host}/library/app:1.0")).unwrap();
    assert_eq!(
        (image.digest, image.media_type.as_str()),
        (found, "application/vnd.oci.image.manifest.v1+json")
    );
    assert_eq!((image.platforms[0].platform.as_str(), image.platforms[0].digest), ("linux/arm64/v8", found));

    let entry = |digest: Digest, os: &str| json!({ "digest": format!("sha256:{digest}"), "size": 7, "platform": { "os": os, "architecture": "amd64" } });
    let index = json!({
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
        "manifests": [entry(found, "linux"), entry(digest(b"w"), "windows"), entry(digest(b"a"), "unknown")],
    });
    let latest = scene.manifest("library/app", "latest", &index);
    let image = resolve(&format!("{host}/library/app")).unwrap();
    let platforms: Vec<_> = image.platforms.iter().map(|p| (p.platform.as_str(), p.digest, p.size)).collect();
    assert_eq!(platforms, [("linux/amd64", found, 7), ("windows/amd64", digest(b"w"), 7)]);
    assert_eq!(image.digest, latest);
    // By digest, whatever the tag says: no second question is asked for it.
    let before = scene.server.requests().len();
    assert_eq!(resolve(&format!("{host}/library/app:gone@sha256:{latest}")).unwrap(), image);
    assert_eq!(scene.server.requests().len(), before);
    let error = resolve(&format!("{host}/library/app:gone")).unwrap_err().to_string();
    assert_eq!(error, format!("registry `{host}` has no image `{host}/library/app:gone`"));
    assert!(
        resolve(&format!("{host}/a@sha512:{}", "0".repeat(128))).unwrap_err().to_string().contains("sha256")
    );
}

#[test]
fn a_signed_chart_has_its_signature() {
    let scene = Scene::new();
    let mut image = scene.image("team/web", CHART_CONFIG, CHART_LAYER, &chart("1.0.0"));
    let mut signature = scene.blob("team/web", b"-----BEGIN PGP SIGNED MESSAGE-----");
    signature["mediaType"] = json!("application/vnd.cncf.helm.chart.provenance.v1.prov");
    image["layers"].as_array_mut().unwrap().push(signature);
    scene.manifest("team/web", "1.0.0", &image);
    scene.chart("2.0.0", &chart("2.0.0"));
    let registries = scene.open(false);
    let registry = registries.get("oci").unwrap();
    let of = |version: &str| {
        registry.provenance("web", &Candidate { version: version.to_owned(), ..Candidate::default() })
    };
    assert!(of("1.0.0").unwrap().unwrap().starts_with(b"-----BEGIN"));
    assert!(of("2.0.0").unwrap().is_none());
}

#[test]
fn odd_bases_are_understood() {
    let scene = Scene::new();
    let bytes = pack("nginx", "1.0.0");
    scene.push("x/spectro-packs/archive/nginx", "1.0.0", PACK_TYPE, "application/x", &bytes);
    let open = |url: String| {
        let config = serde_json::from_value::<RegistryConfig>(json!({ "type": "oci", "url": url })).unwrap();
        let options = Options { cache: Some(scene.root.path().join("cache")), ..Options::default() };
        Registries::new(Path::new("/nowhere"), &IndexMap::from([("oci".to_owned(), config)]), options)
    };
    for base in ["x/spectro-packs/archive", "x/spectro-packs/archive/", "x"] {
        let registries = open(format!("oci://{}/{base}", scene.host()));
        let exact =
            registries.get("oci").unwrap().exact(Kind::Pack, "nginx", &Wanted::parse("1.0.0").unwrap());
        assert_eq!(exact.unwrap().unwrap().digest, Some(digest(&bytes)), "{base}");
    }
    let error = open("oci://user:secret@h/x".to_owned())
        .get("oci")
        .unwrap()
        .candidates(Kind::Pack, "a")
        .unwrap_err()
        .to_string();
    assert!(error.contains("holds credentials") && !error.contains("secret"), "{error}");
}
