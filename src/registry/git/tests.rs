//! Git registries against the real `git` on this machine.

use std::path::PathBuf;
use std::process::Command;

use indexmap::IndexMap;

use super::*;
use crate::registry::{Options, Registries};
use crate::workspace::model::{AuthConfig, RegistryConfig, TlsConfig};

struct Scene {
    root: tempfile::TempDir,
    origin: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let origin = root.path().join("origin");
        std::fs::create_dir_all(&origin).unwrap();
        let scene = Self { root, origin };
        scene.git(&["init", "-q", "-b", "main"]);
        scene.git(&["config", "uploadpack.allowFilter", "true"]);
        scene
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@example.org"])
            .args(args)
            .current_dir(&self.origin)
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.origin.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn pack(&self, folder: &str, name: &str, version: &str, values: &str) {
        self.write(
            &format!("{folder}/pack.json"),
            &format!(r#"{{"name": "{name}", "version": "{version}"}}"#),
        );
        self.write(&format!("{folder}/values.yaml"), values);
    }

    fn commit(&self) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "c"]);
        self.git(&["rev-parse", "HEAD"])
    }

    fn open(&self, reference: Option<&str>, cache: &str) -> Registries {
        let url = format!("file://{}", self.origin.display());
        self.open_at(&url, reference, cache)
    }

    fn open_at(&self, url: &str, reference: Option<&str>, cache: &str) -> Registries {
        let config = RegistryConfig::Git {
            url: url.to_owned(),
            path: Some("packs".to_owned()),
            reference: reference.map(str::to_owned),
            auth: AuthConfig::default(),
            tls: TlsConfig::default(),
        };
        let options = Options { cache: Some(self.root.path().join(cache)), ..Options::default() };
        Registries::new(self.root.path(), &IndexMap::from([("central".to_owned(), config)]), options)
    }
}

fn versions(registries: &Registries, name: &str) -> Vec<String> {
    let found = registries.get("central").unwrap().candidates(Kind::Pack, name).unwrap();
    found.into_iter().map(|candidate| candidate.version).collect()
}

fn newest(registries: &Registries) -> Arc<Fetched> {
    let registry = registries.get("central").unwrap();
    let candidate = registry.candidates(Kind::Pack, "nginx").unwrap().remove(0);
    registry.fetch(Kind::Pack, "nginx", &candidate, None).unwrap()
}

#[test]
fn packs_are_read_at_a_branch_a_tag_and_a_commit_and_history_offers_nothing() {
    let scene = Scene::new();
    scene.pack("packs/nginx-0.9", "nginx", "0.9.0", "old: true\n");
    let first = scene.commit();
    scene.git(&["tag", "-a", "-m", "t", "v1"]);
    scene.git(&["rm", "-rq", "packs/nginx-0.9"]);
    scene.pack("packs/nginx-1.10", "nginx", "1.10.0", "a: 1\n");
    scene.pack("packs/group/nginx-1.9", "nginx", "1.9.0", "a: 2\n");
    scene.pack("packs/.hidden/x", "nginx", "9.9.9", "a: 2\n");
    scene.pack("elsewhere/x", "nginx", "8.8.8", "a: 2\n");
    let second = scene.commit();

    for reference in [None, Some("main"), Some("refs/heads/main"), Some(second.as_str())] {
        let registries = scene.open(reference, "cache");
        assert_eq!(versions(&registries, "nginx"), ["1.10.0", "1.9.0"], "{reference:?}");
        assert_eq!(newest(&registries).commit.as_ref(), Some(&second));
    }
    for reference in ["v1", "refs/tags/v1", first.as_str()] {
        let registries = scene.open(Some(reference), "cache");
        assert_eq!(versions(&registries, "nginx"), ["0.9.0"], "{reference}");
        assert_eq!(newest(&registries).commit.as_ref(), Some(&first));
    }
    let url = format!("file://{}", scene.origin.display());
    let fetched = newest(&scene.open(None, "cache"));
    assert_eq!(fetched.path, format!("{url}@{}!/nginx", &second[..12]));
    // The same identity as the same folder on disk has.
    let on_disk =
        crate::archive::read_dir(&scene.origin.join("packs/nginx-1.10"), &Limits::default()).unwrap();
    assert_eq!(fetched.content, crate::archive::content_digest(&on_disk).unwrap());
    assert_eq!(scene.open(None, "cache").get("central").unwrap().names(Kind::Pack).unwrap(), ["nginx"]);
}

#[test]
fn a_pinned_commit_outlives_a_moved_and_a_rewritten_branch() {
    let scene = Scene::new();
    scene.pack("packs/nginx", "nginx", "1.0.0", "a: 1\n");
    let first = scene.commit();
    let fetched = newest(&scene.open(Some("main"), "cache"));
    scene.write("packs/nginx/values.yaml", "a: 2\n");
    scene.git(&["add", "-A"]);
    scene.git(&["commit", "-q", "--amend", "-m", "other"]);
    scene.git(&["reflog", "expire", "--expire=now", "--all"]);
    scene.git(&["gc", "-q", "--prune=now"]);

    let moved = scene.open(Some("main"), "cache");
    assert_ne!(newest(&moved).content, fetched.content);
    let pin = Pinned {
        version: "1.0.0",
        commit: Some(&first),
        content: Some(fetched.content),
        ..Pinned::default()
    };
    let registry = moved.get("central").unwrap();
    let kept = registry.local(Kind::Pack, "nginx", &pin).unwrap().unwrap();
    assert_eq!((&kept.path, &kept.files), (&fetched.path, &fetched.files));
    // The copy still has the commit, too.
    let candidate =
        Candidate { version: "1.0.0".into(), commit: Some(first.clone()), ..Candidate::default() };
    assert_eq!(registry.fetch(Kind::Pack, "nginx", &candidate, None).unwrap().content, fetched.content);

    let elsewhere = scene.open(Some("main"), "other-cache");
    let registry = elsewhere.get("central").unwrap();
    assert!(registry.local(Kind::Pack, "nginx", &pin).unwrap().is_none());
    let error = registry.fetch(Kind::Pack, "nginx", &candidate, None).unwrap_err().to_string();
    assert!(error.starts_with(&format!("registry `central` has no commit {first} any more")), "{error}");
    // A vendored copy needs neither.
    let vendor = scene.root.path().join("vendor/sha256");
    std::fs::create_dir_all(&vendor).unwrap();
    let tar = canonical_tar(&fetched.files).unwrap();
    std::fs::write(vendor.join(fetched.content.to_string()), tar).unwrap();
    assert!(registry.local(Kind::Pack, "nginx", &pin).unwrap().is_some());
}

#[test]
fn only_the_blobs_of_wanted_packs_come() {
    let scene = Scene::new();
    scene.pack("packs/nginx", "nginx", "1.0.0", "a: 1\n");
    scene.pack("packs/large", "large", "1.0.0", &"# no\n".repeat(1000));
    scene.commit();
    let blob = scene.git(&["rev-parse", "HEAD:packs/large/values.yaml"]);
    newest(&scene.open(None, "cache"));
    let copy = std::fs::read_dir(scene.root.path().join("cache/git")).unwrap().next().unwrap().unwrap();
    assert!(!tree::has_blob(&copy.path().join("objects"), &blob));
    let registries = scene.open(None, "cache");
    let registry = registries.get("central").unwrap();
    let candidate = registry.candidates(Kind::Pack, "large").unwrap().remove(0);
    registry.fetch(Kind::Pack, "large", &candidate, None).unwrap();
    assert!(tree::has_blob(&copy.path().join("objects"), &blob));
}

#[test]
fn what_is_no_pack_or_no_repository_is_said() {
    let scene = Scene::new();
    scene.pack("packs/a", "nginx", "1.0.0", "");
    scene.pack("packs/b", "nginx", "1.0.0", "");
    std::os::unix::fs::symlink("/etc/passwd", scene.origin.join("packs/a/link")).unwrap();
    scene.commit();
    let registries = scene.open(None, "cache");
    let registry = registries.get("central").unwrap();
    let candidate = registry.candidates(Kind::Pack, "nginx").unwrap().remove(0);
    let error = registry.fetch(Kind::Pack, "nginx", &candidate, None).unwrap_err().to_string();
    assert_eq!(error, "packs/a: packs/b is nginx 1.0.0 too; give one of them another version");
    scene.git(&["rm", "-rq", "packs/b"]);
    scene.commit();
    let registries = scene.open(None, "cache");
    let registry = registries.get("central").unwrap();
    let candidate = registry.candidates(Kind::Pack, "nginx").unwrap().remove(0);
    let error = registry.fetch(Kind::Pack, "nginx", &candidate, None).unwrap_err().to_string();
    assert!(error.ends_with("link: a link; a pack has regular files only"), "{error}");

    let why = |url: &str, reference: Option<&str>| {
        let registries = scene.open_at(url, reference, "cache");
        registries.get("central").unwrap().names(Kind::Pack).unwrap_err().to_string()
    };
    let url = format!("file://{}", scene.origin.display());
    assert!(why(&url, Some("none")).contains("has no branch or tag `none`"));
    assert!(why(&url, Some("--upload-pack=touch /tmp/x")).contains("no name of a branch"));
    assert!(why("ext::sh -c touch", None).contains("another program"));
    assert!(why("-x", None).contains("a URL"));
    let error = why("file:///nowhere/at/all", None);
    assert!(error.contains("git says: ") && error.contains("/nowhere/at/all"), "{error}");
    assert_eq!(why("https://me:s3cret@127.0.0.1:1/x.git", None).matches("s3cret").count(), 0);
}

#[test]
fn many_processes_may_read_one_cache() {
    let scene = Scene::new();
    scene.pack("packs/nginx", "nginx", "1.0.0", "a: 1\n");
    scene.commit();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(newest(&scene.open(None, "cache")).files.len(), 2));
        }
    });
}
