//! Helm repositories over a real socket: what is kept, what is refused, what is asked for.

use std::fmt::Write as _;

use super::*;
use crate::archive::write_tgz;
use crate::transport::test_server::{Answer, TestServer};
use crate::workspace::model::{AuthConfig, TlsConfig};

fn chart(version: &str) -> Vec<u8> {
    let mut files = Files::new();
    files.insert("Chart.yaml", format!("apiVersion: v2\nname: web\nversion: {version}\n").as_bytes());
    files.insert("values.yaml", b"replicas: 1\n".as_slice());
    write_tgz(&files, "web").unwrap()
}

fn index(entries: &[(&str, &str, Option<Digest>)]) -> Vec<u8> {
    let mut text = "apiVersion: v1\nentries:\n  web:\n".to_owned();
    for (version, url, digest) in entries {
        write!(text, "  - name: web\n    version: {version}\n    urls: [\"{url}\"]\n").unwrap();
        if let Some(digest) = digest {
            writeln!(text, "    digest: {digest}").unwrap();
        }
    }
    text.into_bytes()
}

struct Scene {
    server: TestServer,
    root: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        Self { server: TestServer::start(), root: tempfile::tempdir().unwrap() }
    }

    fn put(&self, path: &str, bytes: Vec<u8>) {
        self.server.put(path, Answer::File(bytes, None));
    }

    fn open(&self, offline: bool) -> Registries {
        let url = format!("{}/charts", self.server.url);
        let configs = IndexMap::from([("charts".to_owned(), helm(&url))]);
        let options = Options { offline, cache: Some(self.root.path().join("cache")), ..Options::default() };
        Registries::new(self.root.path(), &configs, options)
    }

    fn candidates(&self) -> Result<Vec<Candidate>, RegistryError> {
        self.open(false).get("charts").unwrap().candidates(Kind::Chart, "web")
    }

    fn fetch(&self, expected: Option<Digest>) -> Result<Arc<Fetched>, RegistryError> {
        let registries = self.open(false);
        let registry = registries.get("charts").unwrap();
        let candidate = registry.candidates(Kind::Chart, "web")?.remove(0);
        registry.fetch(Kind::Chart, "web", &candidate, expected)
    }

    fn blobs(&self) -> usize {
        let blobs = crate::archive::read_dir(
            &self.root.path().join("cache/blobs"),
            &crate::archive::Limits::default(),
        );
        blobs.map_or(0, |files| files.len())
    }

    fn asked(&self, path: &str) -> usize {
        self.server.requests().iter().filter(|request| request.starts_with(&format!("get {path} "))).count()
    }
}

fn helm(url: &str) -> RegistryConfig {
    RegistryConfig::Helm {
        url: url.to_owned(),
        keyring: None,
        auth: AuthConfig::default(),
        tls: TlsConfig::default(),
    }
}

#[test]
fn a_chart_is_found_fetched_and_kept() {
    let scene = Scene::new();
    let bytes = chart("1.2.0");
    let sha256 = Digest::of(&bytes);
    scene.put(
        "/charts/index.yaml",
        index(&[("1.0.0", "web-1.0.0.tgz", None), ("1.2.0", "a/web.tgz", Some(sha256))]),
    );
    scene.put("/charts/a/web.tgz", bytes.clone());
    let candidates = scene.candidates().unwrap();
    assert_eq!(candidates[0].url.as_deref(), Some(format!("{}/charts/a/web.tgz", scene.server.url).as_str()));
    assert_eq!(candidates.iter().map(|c| c.version.as_str()).collect::<Vec<_>>(), ["1.2.0", "1.0.0"]);

    let fetched = scene.fetch(Some(sha256)).unwrap();
    let archive = fetched.archive.as_ref().unwrap();
    assert_eq!(
        (archive.sha256, archive.size, &*archive.bytes),
        (sha256, bytes.len() as u64, bytes.as_slice())
    );
    assert!(fetched.files.contains("Chart.yaml"));
    scene.fetch(None).unwrap();
    assert_eq!(scene.asked("/charts/a/web.tgz"), 1, "the second time it comes from the cache");

    let offline = scene.open(true);
    let pin =
        Pinned { version: "1.2.0", url: archive.url.as_deref(), sha256: Some(sha256), ..Pinned::default() };
    let local = offline.get("charts").unwrap().local(Kind::Chart, "web", &pin).unwrap().unwrap();
    assert_eq!(local.content, fetched.content);
    let gone = Pinned { sha256: Some(Digest::of(b"other")), ..pin };
    assert!(offline.get("charts").unwrap().local(Kind::Chart, "web", &gone).unwrap().is_none());
    assert_eq!(offline.get("charts").unwrap().candidates(Kind::Chart, "web").unwrap().len(), 2);
}

#[test]
fn an_unchanged_index_is_not_sent_again() {
    let scene = Scene::new();
    let one = index(&[("1.0.0", "web-1.0.0.tgz", None)]);
    scene.server.put("/charts/index.yaml", Answer::File(one, Some("\"v1\"")));
    assert_eq!(scene.candidates().unwrap().len(), 1);
    assert_eq!(scene.candidates().unwrap().len(), 1);
    assert!(scene.server.requests()[1].contains("if-none-match: \"v1\""));
    let two = index(&[("1.0.0", "web-1.0.0.tgz", None), ("1.1.0", "web-1.1.0.tgz", None)]);
    scene.server.put("/charts/index.yaml", Answer::File(two, Some("\"v2\"")));
    assert_eq!(scene.candidates().unwrap().len(), 2);
}

#[test]
fn a_wrong_digest_is_refused_and_nothing_is_kept() {
    let scene = Scene::new();
    let bytes = chart("1.2.0");
    let (real, other) = (Digest::of(&bytes), Digest::of(b"other"));
    scene.put("/charts/web.tgz", bytes);
    scene.put("/charts/index.yaml", index(&[("1.2.0", "web.tgz", Some(other))]));
    match scene.fetch(None) {
        Err(RegistryError::Digest { expected, found, by: "the index", .. }) => {
            assert_eq!((expected, found), (other, real));
        }
        result => panic!("not refused: {result:?}"),
    }
    // The index was changed to fit: the lock still remembers.
    scene.put("/charts/index.yaml", index(&[("1.2.0", "web.tgz", Some(real))]));
    assert!(matches!(scene.fetch(Some(other)), Err(RegistryError::Digest { by: "the lock", .. })));
    assert_eq!(scene.blobs(), 0);
    // What is already here does not excuse an index that promises something else.
    scene.fetch(Some(real)).unwrap();
    scene.put("/charts/index.yaml", index(&[("1.2.0", "web.tgz", Some(other))]));
    assert!(matches!(scene.fetch(Some(real)), Err(RegistryError::Digest { by: "the index", .. })));
}

#[test]
fn what_goes_wrong_on_the_way_is_said_and_nothing_is_kept() {
    let scene = Scene::new();
    let page = Answer::Raw(
        "200 OK",
        vec![("Content-Type", "text/html".to_owned())],
        b"<!DOCTYPE html><p>Log in".to_vec(),
    );
    scene.server.put("/charts/index.yaml", page.clone());
    let error = scene.candidates().unwrap_err().to_string();
    assert!(error.contains("/charts/index.yaml is not a Helm index: it is a web page"), "{error}");

    let bytes = chart("1.2.0");
    scene.put("/charts/index.yaml", index(&[("1.2.0", "web.tgz", Some(Digest::of(&bytes)))]));
    let error = scene.fetch(None).unwrap_err().to_string();
    assert!(error.contains("web.tgz: the host answers 404"), "{error}");
    scene.server.put("/charts/web.tgz", page);
    let error = scene.fetch(None).unwrap_err().to_string();
    assert!(error.contains("web.tgz: not a gzip file: it starts with `<!DOCTYPE html>"), "{error}");
    scene.server.put("/charts/web.tgz", Answer::Cut(bytes.clone(), bytes.len() / 2));
    let error = scene.fetch(None).unwrap_err().to_string();
    assert!(error.contains("the connection broke after"), "{error}");
    // Cut by something that also lies about the length.
    scene.put("/charts/web.tgz", bytes[..bytes.len() / 2].to_vec());
    assert!(matches!(scene.fetch(None), Err(RegistryError::Digest { .. })));
    assert_eq!(scene.blobs(), 0);
}

#[test]
fn other_addresses_of_an_archive_are_asked_where_the_first_fails() {
    let scene = Scene::new();
    let bytes = chart("1.2.0");
    let entry = "apiVersion: v1\nentries:\n  web:\n  - {name: web, version: 1.2.0, urls: [gone.tgz, page.tgz, web.tgz]}\n";
    scene.put("/charts/index.yaml", entry.as_bytes().to_vec());
    scene.put("/charts/page.tgz", b"<html>".to_vec());
    let error = scene.fetch(None).unwrap_err().to_string();
    assert!(error.contains("gone.tgz: the host answers 404"), "{error}");
    scene.put("/charts/web.tgz", bytes.clone());
    let archive = scene.fetch(None).unwrap().archive.clone().unwrap();
    assert_eq!(archive.sha256, Digest::of(&bytes));
    assert!(
        archive.url.unwrap().ends_with("/charts/gone.tgz"),
        "the lock names the first address, whoever answered"
    );
    // Refused is refused: the second address is not asked for something better.
    scene.put("/charts/gone.tgz", chart("6.6.6"));
    assert!(matches!(scene.fetch(Some(Digest::of(&bytes))), Err(RegistryError::Digest { .. })));
}

#[test]
fn without_a_digest_in_the_index_the_host_is_asked_whether_the_bytes_are_the_same() {
    let scene = Scene::new();
    let bytes = chart("1.2.0");
    let sha256 = Digest::of(&bytes);
    scene.put("/charts/index.yaml", index(&[("1.2.0", "web.tgz", None)]));
    scene.server.put("/charts/web.tgz", Answer::File(bytes, Some("\"one\"")));
    scene.fetch(None).unwrap();
    scene.fetch(Some(sha256)).unwrap();
    let asked: Vec<String> =
        scene.server.requests().into_iter().filter(|request| request.contains("web.tgz")).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].contains("if-none-match: \"one\""), "{asked:?}");
    scene.server.put("/charts/web.tgz", Answer::File(chart("6.6.6"), Some("\"two\"")));
    assert!(matches!(scene.fetch(Some(sha256)), Err(RegistryError::Digest { by: "the lock", .. })));
    // A host without validators is asked for all of it.
    scene.put("/charts/web.tgz", chart("1.2.0"));
    scene.fetch(Some(sha256)).unwrap();
}

#[test]
fn an_index_that_cannot_be_had_is_asked_for_once() {
    let scene = Scene::new();
    let registries = scene.open(false);
    let registry = registries.get("charts").unwrap();
    let first = registry.candidates(Kind::Chart, "web").unwrap_err().to_string();
    let second = registry.candidates(Kind::Chart, "other").unwrap_err().to_string();
    assert_eq!(first, second);
    assert_eq!(scene.asked("/charts/index.yaml"), 1);
}

#[test]
fn a_cache_that_cannot_be_written_costs_nothing_but_time() {
    let scene = Scene::new();
    std::fs::write(scene.root.path().join("cache"), "a file in its place").unwrap();
    let bytes = chart("1.2.0");
    scene.put("/charts/index.yaml", index(&[("1.2.0", "web.tgz", Some(Digest::of(&bytes)))]));
    scene.put("/charts/web.tgz", bytes);
    let registries = scene.open(false);
    let registry = registries.get("charts").unwrap();
    let candidate = registry.candidates(Kind::Chart, "web").unwrap().remove(0);
    registry.fetch(Kind::Chart, "web", &candidate, None).unwrap();
    assert!(registries.cache_trouble().unwrap().contains("EDGEWRIGHT_CACHE"));
}

#[test]
fn a_hosts_index_cannot_point_at_files_of_this_machine() {
    let scene = Scene::new();
    let path = scene.root.path().join("web.tgz");
    std::fs::write(&path, chart("1.2.0")).unwrap();
    let url = url::Url::from_file_path(&path).unwrap();
    for url in [url.as_str(), "oci://h/web"] {
        scene.put("/charts/index.yaml", index(&[("1.2.0", url, None)]));
        let error = scene.fetch(None).unwrap_err().to_string();
        assert!(error.ends_with("may name addresses of http and https only"), "{error}");
    }
}

#[test]
fn without_network_only_what_is_here_is_used() {
    let scene = Scene::new();
    let offline = scene.open(true);
    let registry = offline.get("charts").unwrap();
    assert!(matches!(registry.candidates(Kind::Chart, "web"), Err(RegistryError::Offline { .. })));
    let candidate = Candidate {
        version: "1.2.0".to_owned(),
        url: Some(format!("{}/charts/web.tgz", scene.server.url)),
        ..Candidate::default()
    };
    let error = registry.fetch(Kind::Chart, "web", &candidate, Some(Digest::of(b"x"))).unwrap_err();
    assert!(matches!(error, RegistryError::Offline { .. }), "{error}");
    assert!(scene.server.requests().is_empty());

    // A vendored copy needs neither network nor cache.
    let bytes = chart("1.2.0");
    let sha256 = Digest::of(&bytes);
    let vendor = scene.root.path().join("vendor/sha256");
    std::fs::create_dir_all(&vendor).unwrap();
    std::fs::write(vendor.join(sha256.to_string()), &bytes).unwrap();
    let fetched = registry.fetch(Kind::Chart, "web", &candidate, Some(sha256)).unwrap();
    assert!(fetched.files.contains("values.yaml"));
}

#[test]
fn a_repository_in_a_folder_is_read_without_network() {
    let scene = Scene::new();
    let folder = scene.root.path().join("charts");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("web.tgz"), chart("1.2.0")).unwrap();
    std::fs::write(folder.join("index.yaml"), index(&[("1.2.0", "web.tgz", None)])).unwrap();
    let file_url = url::Url::from_file_path(&folder).unwrap().to_string();
    for (url, address) in [("charts", "charts/web.tgz"), (&file_url, &format!("{file_url}/web.tgz"))] {
        let configs = IndexMap::from([("charts".to_owned(), helm(url))]);
        let options =
            Options { offline: true, cache: Some(scene.root.path().join("cache")), ..Options::default() };
        let registries = Registries::new(scene.root.path(), &configs, options);
        let registry = registries.get("charts").unwrap();
        let candidate = registry.candidates(Kind::Chart, "web").unwrap().remove(0);
        assert_eq!(candidate.url.as_deref(), Some(address));
        let fetched = registry.fetch(Kind::Chart, "web", &candidate, None).unwrap();
        assert_eq!(fetched.path, format!("{address}!/web"));
    }
}

#[test]
fn registries_are_told_apart() {
    let (auth, tls) = (AuthConfig::default(), TlsConfig::default());
    let oci =
        RegistryConfig::Oci { url: "oci://h/x".to_owned(), plain_http: false, keyring: None, auth, tls };
    let configs = IndexMap::from([
        ("packs".to_owned(), RegistryConfig::Directory { path: "packs".to_owned() }),
        ("charts".to_owned(), helm("https://h")),
    ]);
    let root = Path::new("/nowhere");
    let registries = Registries::new(root, &configs, Options::default());
    assert_eq!(registries.only(Kind::Pack).map(Registry::name), Some("packs"));
    assert_eq!(registries.only(Kind::Chart).map(Registry::name), Some("charts"));
    let error = registries.get("central").err().unwrap().to_string();
    assert_eq!(error, "there is no registry `central` in edgewright.yaml; there is `packs`, `charts`");

    let mut configs = configs;
    configs.insert("oci".to_owned(), oci);
    let registries = Registries::new(root, &configs, Options::default());
    assert!(registries.only(Kind::Chart).is_none());
}
