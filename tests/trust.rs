//! One test for each threat that the verifier answers.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

use edgewright::archive::Digest;
use edgewright::trust::{
    DelegatedRole, Fetch, FetchError, Floors, Metadata, PrivateKey, Role, RootSource, Signer, Signers,
    TrustCore, TrustError, limits, write,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

const DAY: i64 = 86_400;

fn day(days: i64) -> Timestamp {
    "2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(days * DAY)
}

/// A published tree in memory, and the keys that sign it.
struct Tree {
    keys: tempfile::TempDir,
    files: BTreeMap<String, Vec<u8>>,
}

const ROLES: [&str; 7] = ["root", "targets", "snapshot", "timestamp", "tenant", "project-retail", "site"];

impl Tree {
    fn new() -> Self {
        let mut tree = Self { keys: tempfile::tempdir().unwrap(), files: BTreeMap::new() };
        tree.release("serial 1", day(0));
        tree
    }

    fn key(&self, name: &str) -> Signer {
        Signer::File(PrivateKey::read_or_create(&self.keys.path().join(format!("{name}.pem"))).unwrap())
    }

    fn signers(&self) -> Signers {
        let mut signers = Signers::default();
        for role in ROLES {
            signers.add(role, self.key(role));
        }
        signers
    }

    /// Signs a new state whose tenant profile has this text.
    fn release(&mut self, text: &str, now: Timestamp) {
        self.release_with(&self.signers(), text, now).unwrap();
    }

    fn release_with(&mut self, signers: &Signers, text: &str, now: Timestamp) -> Result<(), String> {
        let mut roles = Vec::new();
        for (role, path) in [
            (DelegatedRole::of_scope(None), "profiles/base.json"),
            (DelegatedRole::of_scope(Some("retail")), "profiles/retail/vm.json"),
            (DelegatedRole::site(), "site/SHA256SUMS"),
        ] {
            let bytes = format!("{path}: {text}").into_bytes();
            let targets = [(path.to_owned(), (Digest::of(&bytes), bytes.len() as u64))].into();
            let (folder, name) = path.rsplit_once('/').unwrap();
            self.files.insert(format!("targets/{folder}/{}.{name}", Digest::of(&bytes)), bytes);
            roles.push(Role { role, targets });
        }
        let mut roots = Vec::new();
        while let Some(root) = self.files.get(&format!("metadata/{}.root.json", roots.len() + 1)) {
            roots.push(root.clone());
        }
        let previous = (!roots.is_empty()).then(|| {
            let mut core = TrustCore::new(&roots[0], Timestamp::MIN).unwrap();
            refresh(&mut core, self).unwrap();
            for role in core.delegated() {
                core.load_delegated(&role, &mut fetch(&self.files)).unwrap();
            }
            core
        });
        let metadata =
            Metadata { roots: &roots, previous: previous.as_ref(), targets: BTreeMap::new(), roles, now };
        self.files.extend(write(&metadata, signers).map_err(|error| error.to_string())?);
        Ok(())
    }

    fn root(&self) -> &[u8] {
        &self.files["metadata/1.root.json"]
    }

    fn open(&self, now: Timestamp) -> Result<TrustCore, TrustError> {
        let mut core = TrustCore::new(self.root(), now)?;
        refresh(&mut core, self)?;
        Ok(core)
    }

    fn read(&self, path: &str, now: Timestamp) -> Result<Option<Vec<u8>>, TrustError> {
        self.open(now)?.read(path, limits::DOCUMENT, &mut fetch(&self.files))
    }

    /// Changes the signed part of a file and signs it again with another key.
    fn forge(&mut self, path: &str, key: &str, change: impl Fn(&mut Value)) {
        let mut value: Value = serde_json::from_slice(&self.files[path]).unwrap();
        change(&mut value["signed"]);
        let signer = self.key(key);
        let message = serde_json::to_vec(&value["signed"]).unwrap();
        value["signatures"] = serde_json::json!([{
            "keyid": signer.public().id(),
            "sig": hex::encode(signer.sign(&message).unwrap()),
        }]);
        self.files.insert(path.to_owned(), serde_json::to_vec(&value).unwrap());
    }
}

fn fetch(
    files: &BTreeMap<String, Vec<u8>>,
) -> impl FnMut(&str, u64) -> Result<Option<Vec<u8>>, FetchError> + use<'_> {
    |path, max| {
        Ok(files.get(path).map(|bytes| {
            let mut bytes = bytes.clone();
            bytes.truncate(max as usize + 1);
            bytes
        }))
    }
}

fn refresh(core: &mut TrustCore, tree: &Tree) -> Result<(), TrustError> {
    core.refresh(&mut fetch(&tree.files), &mut |_, _| Ok(()))
}

fn refused<T: std::fmt::Debug>(result: Result<T, TrustError>, needle: &str) {
    let error = result.expect_err("this must be refused");
    assert!(error.is_refusal(), "{error}");
    assert!(error.to_string().contains(needle), "{error}");
}

#[test]
fn a_signed_tree_is_read() {
    let tree = Tree::new();
    let text = tree.read("profiles/base.json", day(1)).unwrap().unwrap();
    assert_eq!(text, b"profiles/base.json: serial 1");
    assert!(tree.read("profiles/retail/vm.json", day(1)).unwrap().is_some());
    assert!(tree.read("profiles/retail/other.json", day(1)).unwrap().is_none());
    assert_eq!(tree.open(day(1)).unwrap().issued(), Some(day(0)));
}

#[test]
fn any_flipped_byte_is_refused() {
    let tree = Tree::new();
    for path in tree.files.keys().filter(|path| *path != "metadata/1.root.json") {
        for position in 0..tree.files[path].len() {
            let mut files = tree.files.clone();
            files.get_mut(path).unwrap()[position] ^= 0x01;
            let mut core = TrustCore::new(tree.root(), day(1)).unwrap();
            let mut good = core.refresh(&mut fetch(&files), &mut |_, _| Ok(())).is_ok();
            for target in ["profiles/base.json", "profiles/retail/vm.json", "site/SHA256SUMS"] {
                good &= matches!(core.read(target, limits::DOCUMENT, &mut fetch(&files)), Ok(Some(_)));
            }
            assert!(!good, "{path}, byte {position}");
        }
    }
}

#[test]
fn unsigned_metadata_is_refused() {
    let mut tree = Tree::new();
    let mut value: Value = serde_json::from_slice(&tree.files["metadata/timestamp.json"]).unwrap();
    value["signatures"] = serde_json::json!([]);
    tree.files.insert("metadata/timestamp.json".to_owned(), serde_json::to_vec(&value).unwrap());
    refused(tree.open(day(1)), "0 of 1 required signatures");
}

#[test]
fn a_thief_of_the_timestamp_key_signs_nothing_else() {
    let mut tree = Tree::new();
    tree.forge("metadata/1.snapshot.json", "timestamp", |_| {});
    refused(tree.open(day(1)), "snapshot.json");
}

#[test]
fn a_project_key_does_not_sign_a_tenant_profile() {
    let tree = Tree::new();
    let mut core = tree.open(day(1)).unwrap();
    let target = core.find("profiles/base.json", &mut fetch(&tree.files)).unwrap().unwrap();
    assert_eq!(target.role, "tenant");
    let mut forged = tree;
    forged.forge("metadata/1.tenant.json", "project-retail", |_| {});
    refused(forged.read("profiles/base.json", day(1)), "1.tenant.json");

    // A project role that lists the path is not even asked.
    let mut evil = Tree::new();
    evil.files.retain(|path, _| path.starts_with("metadata/1.root") || path.starts_with("targets/"));
    let roots = vec![evil.root().to_vec()];
    let bytes = b"evil".to_vec();
    let list = |path: &str| [(path.to_owned(), (Digest::of(&bytes), 4))].into();
    let roles = vec![
        Role { role: DelegatedRole::of_scope(Some("retail")), targets: list("profiles/base.json") },
        Role { role: DelegatedRole::of_scope(None), targets: BTreeMap::new() },
    ];
    let metadata = Metadata { roots: &roots, previous: None, targets: BTreeMap::new(), roles, now: day(0) };
    evil.files.extend(write(&metadata, &evil.signers()).unwrap());
    evil.files.insert(format!("targets/profiles/{}.base.json", Digest::of(b"evil")), bytes);
    assert_eq!(evil.read("profiles/base.json", day(1)).unwrap(), None);
}

#[test]
fn an_older_tree_is_refused() {
    let mut tree = Tree::new();
    let old = tree.files.clone();
    tree.release("serial 2", day(1));
    let mut floors = Floors::default();
    floors.raise_roles(&tree.open(day(1)).unwrap()).unwrap();
    let before = floors.clone();
    tree.files = old;
    refused(floors.raise_roles(&tree.open(day(1)).unwrap()), "goes back from 2 to 1");
    assert_eq!(floors, before, "a refusal changes nothing");
}

#[test]
fn stored_metadata_is_a_floor_too() {
    let mut tree = Tree::new();
    let old = tree.files.clone();
    tree.release("serial 2", day(1));
    let held = tree.open(day(1)).unwrap();
    tree.files = old;
    let mut core = TrustCore::new(tree.root(), day(1)).unwrap();
    core.resume(&held.files()["timestamp"], &held.files()["snapshot"]);
    refused(refresh(&mut core, &tree), "goes back from 2 to 1");
}

#[test]
fn a_frozen_tree_expires() {
    let tree = Tree::new();
    assert!(tree.open(day(29)).is_ok());
    refused(tree.open(day(31)), "expired at 2026-03-31T12:00:00Z");
}

#[test]
fn parts_of_two_states_do_not_mix() {
    let mut tree = Tree::new();
    let old = tree.files["metadata/1.tenant.json"].clone();
    tree.release("serial 2", day(1));
    tree.files.insert("metadata/2.tenant.json".to_owned(), old);
    refused(tree.read("profiles/base.json", day(1)), "metadata/2.tenant.json");
}

#[test]
fn endless_data_is_cut_off() {
    let tree = Tree::new();
    let mut asked = 0;
    let mut endless = |path: &str, max: u64| -> Result<Option<Vec<u8>>, FetchError> {
        if path.ends_with("2.root.json") {
            return Ok(None);
        }
        asked = max;
        Ok(Some(vec![b' '; max as usize + 1]))
    };
    let mut core = TrustCore::new(tree.root(), day(1)).unwrap();
    refused(core.refresh(&mut endless, &mut |_, _| Ok(())), "more than 16384 bytes");
    assert_eq!(asked, limits::TIMESTAMP);
}

#[test]
fn a_portal_page_instead_of_metadata_is_refused() {
    let tree = Tree::new();
    let mut portal = |path: &str, _: u64| -> Result<Option<Vec<u8>>, FetchError> {
        Ok((!path.contains("root")).then(|| b"<html>Please log in</html>".to_vec()))
    };
    let mut core = TrustCore::new(tree.root(), day(1)).unwrap();
    refused(core.refresh(&mut portal, &mut |_, _| Ok(())), "metadata/timestamp.json: failed to parse JSON");
}

#[test]
fn a_failing_host_is_no_refusal() {
    let tree = Tree::new();
    let mut down =
        |_: &str, _: u64| -> Result<Option<Vec<u8>>, FetchError> { Err("connection refused".into()) };
    let mut core = TrustCore::new(tree.root(), day(1)).unwrap();
    let error = core.refresh(&mut down as &mut Fetch, &mut |_, _| Ok(())).unwrap_err();
    assert!(!error.is_refusal(), "{error}");
}

#[test]
fn a_root_signed_by_a_stranger_is_refused() {
    let mut tree = Tree::new();
    tree.files.insert("metadata/2.root.json".to_owned(), tree.root().to_vec());
    tree.forge("metadata/2.root.json", "stranger", |signed| signed["version"] = 2.into());
    refused(tree.open(day(1)), "metadata/2.root.json: 0 of 1 required signatures of the role root");
}

#[test]
fn a_root_below_its_threshold_is_refused() {
    let mut tree = Tree::new();
    tree.files.clear();
    let mut signers = tree.signers();
    signers.add("root", tree.key("root-2"));
    signers.add("root", tree.key("root-3"));
    tree.release_with(&signers, "serial 1", day(0)).unwrap();
    assert!(tree.open(day(1)).is_ok());
    tree.files.insert("metadata/2.root.json".to_owned(), tree.root().to_vec());
    tree.forge("metadata/2.root.json", "root", |signed| signed["version"] = 2.into());
    refused(tree.open(day(1)), "1 of 2 required signatures of the role root");
}

#[test]
fn a_rotated_key_is_followed_and_the_old_one_is_dead() {
    let mut tree = Tree::new();
    let mut floors = Floors::default();
    floors.raise_roles(&tree.open(day(1)).unwrap()).unwrap();
    let mut signers = Signers::default();
    for role in ROLES {
        signers.add(role, tree.key(if role == "timestamp" { "timestamp-2" } else { role }));
    }
    tree.release_with(&signers, "serial 2", day(1)).unwrap();
    let core = tree.open(day(1)).unwrap();
    assert_eq!(core.root_version(), 2);
    floors.raise_roles(&core).unwrap();
    tree.forge("metadata/timestamp.json", "timestamp", |_| {});
    refused(tree.open(day(1)), "metadata/timestamp.json: 0 of 1 required signatures");

    // Without the root's key nobody can rotate.
    let mut signers = Signers::default();
    for role in ROLES.iter().filter(|role| **role != "root") {
        signers.add(role, tree.key(if *role == "timestamp" { "timestamp-3" } else { role }));
    }
    let error = Tree::new().release_with(&signers, "serial 2", day(1)).unwrap_err();
    assert!(error.contains("not in the current root"), "{error}");
}

#[test]
fn a_withheld_root_does_not_go_back() {
    let mut tree = Tree::new();
    let mut signers = Signers::default();
    for role in ROLES {
        signers.add(role, tree.key(if role == "snapshot" { "snapshot-2" } else { role }));
    }
    let old = tree.files.clone();
    tree.release_with(&signers, "serial 2", day(1)).unwrap();
    let mut floors = Floors::default();
    floors.raise_roles(&tree.open(day(1)).unwrap()).unwrap();
    tree.files = old;
    refused(floors.raise_roles(&tree.open(day(1)).unwrap()), "the root goes back from 2 to 1");
}

#[test]
fn versions_raised_by_a_thief_do_not_lock_out_after_a_rotation() {
    let mut tree = Tree::new();
    let mut floors = Floors::default();
    floors.raise_roles(&tree.open(day(1)).unwrap()).unwrap();
    for version in floors.roles.values_mut() {
        *version = 1 << 52;
    }
    floors.time = Some(day(100_000));
    let mut signers = Signers::default();
    for role in ROLES {
        let rotated = ["snapshot", "timestamp"].contains(&role);
        signers.add(role, tree.key(&if rotated { format!("{role}-2") } else { role.to_owned() }));
    }
    tree.release_with(&signers, "serial 2", day(2)).unwrap();
    floors.raise_roles(&tree.open(day(2)).unwrap()).unwrap();
    assert_eq!(floors.time, Some(day(2)));
}

#[test]
fn serials_never_go_back_within_an_epoch() {
    let mut floors = Floors::default();
    let path = "profiles/base.json";
    floors.raise_serials(path, 0, 0, [("stable", 7), ("canary", 9)], None).unwrap();
    refused(floors.raise_serials(path, 0, 0, [("stable", 5)], None), "stable goes back from 7 to 5");
    refused(
        floors.raise_serials(path, 1, 0, [("stable", 1 << 52)], None),
        "its epoch is 1, epochs.json says 0",
    );
    floors.raise_serials(path, 1, 1, [("stable", 1)], None).unwrap();
    refused(floors.raise_serials(path, 0, 0, [("stable", 8)], None), "the epoch");
}

#[test]
fn no_channel_goes_below_the_lowest_version() {
    let mut floors = Floors::default();
    let path = "profiles/base.json";
    let lowest = semver::Version::new(1, 2, 0);
    floors.raise_serials(path, 0, 0, [("stable", 1)], Some(&lowest)).unwrap();
    floors.raise_serials(path, 0, 0, [("stable", 2)], None).unwrap();
    refused(floors.check_version(path, &semver::Version::new(1, 1, 9)), "goes back from 1.2.0 to 1.1.9");
    floors.check_version(path, &lowest).unwrap();
}

#[test]
fn hostile_names_of_targets_are_refused() {
    for name in ["../../etc/passwd", "/etc/passwd", "a//b", "a/./b", "a\\b", "a\u{202e}b", ""] {
        let tree = Tree::new();
        let path = format!("profiles/{name}");
        let targets = [(path.clone(), (Digest::of(b""), 0))].into();
        let roles =
            vec![Role { role: DelegatedRole { name: "tenant".into(), pattern: path.clone() }, targets }];
        let metadata = Metadata { roots: &[], previous: None, targets: BTreeMap::new(), roles, now: day(0) };
        let files = write(&metadata, &tree.signers()).unwrap();
        let mut core = TrustCore::new(&files["metadata/1.root.json"], day(1)).unwrap();
        core.refresh(&mut fetch(&files), &mut |_, _| Ok(())).unwrap();
        refused(core.find(&path, &mut fetch(&files)), "is no path of a target");
    }
}

#[test]
fn unchanged_content_keeps_its_file() {
    let mut tree = Tree::new();
    let before = tree.files.clone();
    tree.release("serial 1", day(1));
    assert_eq!(before, tree.files);
    tree.release("serial 1", day(8));
    assert!(!tree.files.contains_key("metadata/2.snapshot.json"), "a week is nothing for a snapshot");
    assert_ne!(before["metadata/timestamp.json"], tree.files["metadata/timestamp.json"]);
    tree.open(day(37)).unwrap();
}

#[test]
fn a_root_is_known_by_its_digest() {
    let tree = Tree::new();
    let digest = Digest::of(tree.root());
    let source: RootSource = format!("sha256:{digest}").parse().unwrap();
    assert_eq!(source.read(&mut fetch(&tree.files)).unwrap(), tree.root());
    let other: RootSource = format!("sha256:{}", Digest::of(b"other")).parse().unwrap();
    refused(other.read(&mut fetch(&tree.files)), "no root of this tree");
    assert!("sha256:12".parse::<RootSource>().is_err());
    assert_eq!("root.json".parse::<RootSource>().unwrap(), RootSource::File(Path::new("root.json").into()));
}
