//! An OCI registry from outside: locked by manifest and bytes, by digest, refused when its tag moves, kept while it is away.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use edgewright::archive::{Digest, Files, write_tgz};
use serde_json::json;

type Table = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A registry that holds what it is given, and nothing else.
struct Host {
    address: String,
    table: Table,
}

impl Host {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let table = Table::default();
        let answers = Arc::clone(&table);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = Arc::clone(&answers);
                // A client that hangs up is no fault of a host.
                std::thread::spawn(move || drop(answer(stream, &answers)));
            }
        });
        Self { address, table }
    }

    fn put(&self, path: String, bytes: Vec<u8>) {
        self.table.lock().unwrap().insert(path, bytes);
    }

    fn blob(&self, bytes: Vec<u8>, media_type: &str) -> serde_json::Value {
        let digest = Digest::of(&bytes);
        let size = bytes.len();
        self.put(format!("/v2/team/web/blobs/sha256:{digest}"), bytes);
        json!({ "mediaType": media_type, "digest": format!("sha256:{digest}"), "size": size })
    }

    /// Pushes a chart as Helm does; the digests of its manifest and of its bytes.
    fn push(&self, tag: &str, marker: &str, created: &str) -> (Digest, Digest) {
        let mut files = Files::new();
        files.insert("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.2.0\n".as_slice());
        files.insert("values.yaml", format!("marker: {marker}\n").into_bytes());
        let bytes = write_tgz(&files, "web").unwrap();
        let sha256 = Digest::of(&bytes);
        let manifest = json!({
            "schemaVersion": 2,
            "config": self.blob(b"{\"name\": \"web\", \"version\": \"1.2.0\"}".to_vec(), "application/vnd.cncf.helm.config.v1+json"),
            "layers": [self.blob(bytes, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")],
            "annotations": { "org.opencontainers.image.created": created },
        });
        let manifest = manifest.to_string().into_bytes();
        let digest = Digest::of(&manifest);
        for name in [tag.to_owned(), format!("sha256:{digest}")] {
            self.put(format!("/v2/team/web/manifests/{name}"), manifest.clone());
        }
        (digest, sha256)
    }
}

fn answer(mut stream: TcpStream, table: &Table) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut request)? > 2 {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    let found = table.lock().unwrap().get(path).cloned();
    let status = if found.is_some() { "200 OK" } else { "404 Not Found" };
    let body = found.unwrap_or_default();
    let digest = Digest::of(&body);
    write!(
        stream,
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\nDocker-Content-Digest: sha256:{digest}\r\n\r\n",
        body.len()
    )?;
    if request.starts_with("HEAD ") { Ok(()) } else { stream.write_all(&body) }
}

struct Repository(tempfile::TempDir);

impl Repository {
    fn new(host: &Host) -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        let config = format!(
            "apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {{ name: acme }}\nspec:\n  registries:\n    oci: {{ type: oci, url: \"oci://{}/team\" }}\n",
            host.address
        );
        fs::write(repository.0.path().join("edgewright.yaml"), config).unwrap();
        fs::create_dir_all(repository.0.path().join("profiles/demo")).unwrap();
        repository
    }

    fn ask_for(&self, version: &str) {
        let profile = format!(
            "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {{ name: demo, version: 1.0.0 }}\nspec:\n  type: add-on\n  cloud: all\n  layers:\n    - name: web\n      chart: {{ name: web, version: \"{version}\", registry: oci }}\n      namespace: web\n"
        );
        fs::write(self.0.path().join("profiles/demo/profile.yaml"), profile).unwrap();
    }

    fn lock(&self) -> String {
        fs::read_to_string(self.0.path().join("profiles/demo/profile.lock")).unwrap_or_default()
    }

    fn drop_cache(&self) {
        let _ = fs::remove_dir_all(self.0.path().join(".cache"));
    }

    /// Runs, expects this exit code, and returns everything that was said.
    #[track_caller]
    fn expect(&self, code: i32, args: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .current_dir(self.0.path())
            .env("EDGEWRIGHT_CACHE", self.0.path().join(".cache"))
            .env("HOME", self.0.path())
            .env("NO_PROXY", "127.0.0.1")
            .args(args)
            .output()
            .unwrap();
        let said =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{said}");
        said
    }
}

#[test]
fn a_tag_that_moves_is_refused_and_says_what_moved() {
    let host = Host::start();
    let (manifest, sha256) = host.push("1.2.0", "one", "2026-01-01T00:00:00Z");
    // No list of tags: an exact version needs none.
    let repository = Repository::new(&host);
    repository.ask_for("1.2.0");
    repository.expect(0, &["lock"]);
    let lock = repository.lock();
    for part in [manifest.to_string(), sha256.to_string(), format!("oci://{}/team/web:1.2.0", host.address)] {
        assert!(lock.contains(&part), "{part}\n{lock}");
    }
    assert!(repository.expect(0, &["lock"]).contains("unchanged"));

    // The same bytes with another date around them, then other bytes.
    host.push("1.2.0", "one", "2026-02-02T00:00:00Z");
    let said = repository.expect(3, &["lock"]);
    assert!(said.contains("serves another manifest for web 1.2.0 than"), "{said}");
    assert!(said.contains("it names the same bytes"), "{said}");
    let (moved, other) = host.push("1.2.0", "two", "2026-02-02T00:00:00Z");
    let said = repository.expect(3, &["lock"]);
    assert!(said.contains("serves other bytes for web 1.2.0 than"), "{said}");
    assert!(said.contains(&other.to_string()) && said.contains(&sha256.to_string()), "{said}");
    assert_eq!(repository.lock(), lock, "nothing was written");

    // What is locked is still fetched: its manifest is there, whatever its tag says.
    repository.drop_cache();
    repository.expect(0, &["fetch"]);
    repository.expect(0, &["lock", "--accept-changed", "web"]);
    assert!(repository.lock().contains(&moved.to_string()));
}

#[test]
fn a_digest_in_the_profile_holds_the_tag() {
    let host = Host::start();
    let (manifest, _) = host.push("1.2.0", "one", "2026-01-01T00:00:00Z");
    let repository = Repository::new(&host);
    repository.ask_for(&format!("1.2.0@sha256:{manifest}"));
    repository.expect(0, &["lock"]);
    let (moved, _) = host.push("1.2.0", "two", "2026-01-01T00:00:00Z");
    let said = repository.expect(3, &["lock"]);
    assert!(said.contains("was moved") && said.contains(&moved.to_string()), "{said}");
    repository.ask_for(&format!("@sha256:{manifest}"));
    repository.expect(0, &["lock"]);
    assert!(repository.lock().contains("version: 1.2.0"), "{}", repository.lock());

    repository.ask_for("1.2.0@sha256:12");
    assert!(repository.expect(1, &["lock"]).contains("`sha256:12` is no digest"));
    let said = repository.expect(1, &["check"]);
    assert!(said.contains("profile.yaml:9:") && said.contains("behind `@` stands the digest"), "{said}");
}

#[test]
fn a_registry_that_is_away_does_not_undo_a_lock() {
    let host = Host::start();
    host.push("1.2.0", "one", "2026-01-01T00:00:00Z");
    let repository = Repository::new(&host);
    repository.ask_for("1.2.0");
    repository.expect(0, &["lock"]);
    let lock = repository.lock();
    host.table.lock().unwrap().clear();
    let said = repository.expect(0, &["lock"]);
    assert!(said.contains("withdrew web 1.2.0; the lock is kept"), "{said}");
    assert_eq!(repository.lock(), lock);
    repository.expect(0, &["lock", "--check"]);
    repository.drop_cache();
    let said = repository.expect(1, &["fetch"]);
    assert!(said.contains("registry `oci` has no chart `web` 1.2.0"), "{said}");
}
