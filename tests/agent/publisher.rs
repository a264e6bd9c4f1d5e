//! Publishes small trees as a release does: blobs, descriptors, profile targets, assignments, signed metadata.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use edgewright::archive::{Digest, Files, canonical_tar, zstd_compress};
use edgewright::bundle::{
    ApplianceAssignment, AssignedProfile, AssignedWindow, AssignmentNode, Blob, ChannelTarget, Descriptor,
    DescriptorLayer, Epochs, ProfileTarget, ReleaseTarget, Requirements, WaveTarget,
};
use edgewright::trust::{
    DelegatedRole, Metadata, PrivateKey, Role, Signer, Signers, TargetList, TrustCore, write,
};
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// A publisher and the tree that it writes.
pub(crate) struct Publisher {
    folder: tempfile::TempDir,
    /// What the next [`publish`](Self::publish) signs.
    pub(crate) profiles: BTreeMap<String, ProfileTarget>,
    pub(crate) epochs: IndexMap<String, u64>,
    assignments: Option<AssignmentNode>,
    /// How long ago it signs.
    pub(crate) ago: SignedDuration,
    /// Put behind the names of the keys of timestamp and snapshot.
    pub(crate) online_keys: &'static str,
}

impl Publisher {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            profiles: BTreeMap::new(),
            epochs: IndexMap::new(),
            assignments: None,
            ago: SignedDuration::from_secs(60),
            online_keys: "",
        }
    }

    /// A tree with the profile `edge` 1.0.0 of two layers, for the appliance `box`.
    pub(crate) fn with_edge() -> Self {
        let mut publisher = Self::new();
        publisher.release(
            "edge",
            "1.0.0",
            &[("base", layer("base", "1.0.0")), ("web", layer("web", "1.0.0"))],
            &json!([]),
        );
        publisher.assign("box", &["edge"], &json!({}));
        publisher.publish();
        publisher
    }

    /// `edge` in another version: the layer `web` differs, `base` is the same.
    pub(crate) fn release_edge(&mut self, version: &str) {
        self.release(
            "edge",
            version,
            &[("base", layer("base", "1.0.0")), ("web", layer("web", version))],
            &json!([]),
        );
    }

    pub(crate) fn tree(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.tree().join("metadata/1.root.json")
    }

    /// Writes the content of a release and moves the channel `stable` to it.
    pub(crate) fn release(&mut self, id: &str, version: &str, layers: &[(&str, Files)], variables: &Value) {
        let describe = |(name, files): &(&str, Files)| {
            let tar = canonical_tar(files).unwrap();
            DescriptorLayer {
                name: (*name).to_owned(),
                layer_type: "addon".to_owned(),
                kind: "manifests".to_owned(),
                source: None,
                version: None,
                upstream_sha256: None,
                tar_sha256: Digest::of(&tar),
                tar_size: tar.len() as u64,
                blob: self.blob(&zstd_compress(&tar)),
            }
        };
        let descriptor = Descriptor {
            schema_version: 1,
            profile: id.to_owned(),
            version: version.to_owned(),
            profile_type: "add-on".to_owned(),
            requires: Requirements { agent: "0.1.0".to_owned(), free_bytes: 0 },
            layers: layers.iter().map(describe).collect(),
            apply_order: layers.iter().map(|(name, _)| (*name).to_owned()).collect(),
            variables: serde_json::from_value(variables.clone()).unwrap(),
            images: Vec::new(),
        };
        let descriptor = self.blob(&serde_json::to_vec(&descriptor).unwrap());
        let epoch = self.epochs.get(id).copied().unwrap_or_default();
        let target = self.profiles.entry(id.to_owned()).or_insert_with(|| ProfileTarget {
            schema_version: 1,
            profile: id.to_owned(),
            epoch,
            min_version: None,
            channels: IndexMap::new(),
            releases: IndexMap::new(),
        });
        let release =
            ReleaseTarget { descriptor, commit: String::new(), released: "2026-01-01T00:00:00Z".to_owned() };
        target.releases.insert(version.to_owned(), release);
        let serial = target.channels.get("stable").map_or(1, |channel| channel.serial + 1);
        let channel = ChannelTarget {
            serial,
            version: version.to_owned(),
            paused: false,
            since: "2026-01-01T00:00:00Z".to_owned(),
            waves: Vec::new(),
        };
        target.channels.insert("stable".to_owned(), channel);
    }

    /// The channel `stable` of a profile.
    pub(crate) fn channel(&mut self, id: &str) -> &mut ChannelTarget {
        &mut self.profiles.get_mut(id).unwrap().channels["stable"]
    }

    pub(crate) fn roll_out(&mut self, id: &str, waves: &[(u64, u8)]) {
        let since = Timestamp::now().to_string();
        let channel = self.channel(id);
        channel.since = since;
        channel.waves = waves.iter().map(|&(after, percent)| WaveTarget { after, percent }).collect();
    }

    /// Gives an appliance profiles, each from `stable`; the tree is two nodes deep on purpose.
    pub(crate) fn assign(&mut self, appliance: &str, profiles: &[&str], variables: &Value) {
        self.assign_with(appliance, profiles, variables, None);
    }

    pub(crate) fn assign_with(
        &mut self,
        appliance: &str,
        profiles: &[&str],
        variables: &Value,
        window: Option<AssignedWindow>,
    ) {
        let assigned = |id: &&str| AssignedProfile {
            id: (*id).to_owned(),
            channel: Some("stable".to_owned()),
            version: None,
        };
        let own = ApplianceAssignment {
            profiles: profiles.iter().map(assigned).collect(),
            variables: serde_json::from_value(variables.clone()).unwrap(),
            window,
        };
        let node = |serial| AssignmentNode {
            schema_version: 1,
            serial,
            children: IndexMap::new(),
            appliances: IndexMap::new(),
        };
        let mut leaf = node(None);
        leaf.appliances.insert(appliance.to_owned(), own);
        let bytes = serde_json::to_vec(&leaf).unwrap();
        let child = Blob { sha256: Digest::of(&bytes), size: bytes.len() as u64 };
        self.put(&format!("targets/assignments/{}.node.json", child.sha256), &bytes);
        let serial = self.assignments.as_ref().and_then(|root| root.serial).unwrap_or_default() + 1;
        let mut root = node(Some(serial));
        root.children.insert(Digest::of(appliance.as_bytes()).to_string()[..1].to_owned(), child);
        self.assignments = Some(root);
    }

    /// Nobody is listed any more.
    pub(crate) fn unassign(&mut self) {
        if let Some(root) = &mut self.assignments {
            root.children.clear();
            root.serial = root.serial.map(|serial| serial + 1);
        }
    }

    /// Signs everything; the timestamp is written last.
    pub(crate) fn publish(&mut self) {
        let mut roles = Vec::new();
        let mut tenant = TargetList::new();
        let mut retail = TargetList::new();
        for (id, profile) in &self.profiles {
            let path = format!("profiles/{id}.json");
            let list = if id.starts_with("retail/") { &mut retail } else { &mut tenant };
            list.insert(path.clone(), self.target(&path, profile));
        }
        roles.push(Role { role: DelegatedRole::of_scope(None), targets: tenant });
        roles.push(Role { role: DelegatedRole::of_scope(Some("retail")), targets: retail });
        if let Some(root) = &self.assignments {
            let path = "assignments/root.json".to_owned();
            let targets = [(path.clone(), self.target(&path, root))].into();
            roles.push(Role { role: DelegatedRole::assignments(), targets });
        }
        let epochs = Epochs { schema_version: 1, epochs: self.epochs.clone() };
        let targets = [("epochs.json".to_owned(), self.target("epochs.json", &epochs))].into();

        let mut roots = Vec::new();
        while let Ok(root) = fs::read(self.tree().join(format!("metadata/{}.root.json", roots.len() + 1))) {
            roots.push(root);
        }
        let previous = roots.first().map(|root| {
            let mut core = TrustCore::new(root, Timestamp::MIN).unwrap();
            let tree = self.tree();
            let mut fetch = |path: &str, _max: u64| Ok(fs::read(tree.join(path)).ok());
            core.refresh(&mut fetch, &mut |_, _| Ok(())).unwrap();
            for role in core.delegated() {
                core.load_delegated(&role, &mut fetch).unwrap();
            }
            core
        });
        let now = Timestamp::now() - self.ago;
        let metadata = Metadata { roots: &roots, previous: previous.as_ref(), targets, roles, now };
        let mut files = write(&metadata, &self.signers()).unwrap();
        let timestamp = files.remove("metadata/timestamp.json").unwrap();
        for (path, bytes) in files {
            self.put(&path, &bytes);
        }
        self.put("metadata/timestamp.json", &timestamp);
    }

    /// A copy of the tree as it is now, as a host would replay it.
    pub(crate) fn copy(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&self.tree(), copy.path());
        copy
    }

    fn signers(&self) -> Signers {
        let mut signers = Signers::default();
        for role in ["root", "targets", "snapshot", "timestamp", "tenant", "project-retail", "assignments"] {
            let suffix = if matches!(role, "snapshot" | "timestamp") { self.online_keys } else { "" };
            let path = self.folder.path().join(format!("keys/{role}{suffix}.pem"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            signers.add(role, Signer::File(PrivateKey::read_or_create(&path).unwrap()));
        }
        signers
    }

    fn target(&self, path: &str, document: &impl serde::Serialize) -> (Digest, u64) {
        let bytes = serde_json::to_vec(document).unwrap();
        let digest = Digest::of(&bytes);
        let (folder, name) =
            path.rsplit_once('/').map_or((String::new(), path), |(f, n)| (format!("{f}/"), n));
        self.put(&format!("targets/{folder}{digest}.{name}"), &bytes);
        (digest, bytes.len() as u64)
    }

    fn blob(&self, bytes: &[u8]) -> Blob {
        let blob = Blob { sha256: Digest::of(bytes), size: bytes.len() as u64 };
        self.put(&blob.path(), bytes);
        blob
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.tree().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// A layer of one manifest that says its version, and 200 kB that no compression makes smaller.
pub(crate) fn layer(name: &str, version: &str) -> Files {
    let manifest = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name} }}\ndata: {{ version: {version} }}\n"
    );
    let mut files = manifests(name, &manifest);
    let mut noise = Vec::new();
    while noise.len() < 200_000 {
        let seed = format!("{name} {version} {}", noise.len());
        noise.extend_from_slice(Digest::of(seed.as_bytes()).as_bytes());
    }
    files.insert("noise.bin", noise);
    files
}

/// A layer of one manifest.
pub(crate) fn manifests(name: &str, manifest: &str) -> Files {
    let mut files = Files::new();
    let document = json!({
        "schemaVersion": 1, "name": name, "type": "addon", "kind": "manifests", "priority": 0,
        "charts": [], "manifests": ["manifests/00-it.yaml"], "namespaces": [],
    });
    files.insert("layer.json", serde_json::to_vec(&document).unwrap());
    files.insert("manifests/00-it.yaml", manifest.as_bytes());
    files
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if let Ok(link) = fs::read_link(entry.path()) {
            std::os::unix::fs::symlink(link, target).unwrap();
        } else if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
