//! Verifies a published tree: everything that can be reached from `timestamp.json`, with the verifier of the appliance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use jiff::Timestamp;
use rayon::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::published::{Source, is_bundle};
use super::sums;
use crate::archive::{Digest, Limits, read_canonical_tar, zstd_decompress};
use crate::bundle::{
    self, AssignmentNode, Blob, Descriptor, DescriptorLayer, Epochs, LayerDocument, ProfileTarget,
};
use crate::trust::{Target, TrustCore, TrustError, limits};

/// Most bytes of a blob or a file of the catalog that are read.
const LARGE: u64 = 1 << 30;

/// What was verified, and what was not as it should be.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Version of the root at the end of the chain.
    pub root_version: u64,
    /// When the metadata stops being accepted.
    pub expires: Option<Timestamp>,
    /// Metadata files.
    pub metadata: usize,
    /// Signed documents.
    pub targets: usize,
    /// Profiles.
    pub profiles: usize,
    /// Releases of all profiles.
    pub releases: usize,
    /// Distinct layers.
    pub layers: usize,
    /// Bytes of their blobs.
    pub layer_bytes: u64,
    /// Appliances with an assignment.
    pub appliances: usize,
    /// Files of the catalog.
    pub catalog_files: usize,
    /// What is not as it should be, sorted by path.
    pub problems: Vec<Problem>,
    /// Every file that was reached.
    #[serde(skip)]
    pub reached: BTreeSet<String>,
}

/// A file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file and what is wrong with it.
    pub message: String,
    /// Whether it is refused; otherwise it could not be read.
    pub refused: bool,
}

impl From<TrustError> for Problem {
    fn from(error: TrustError) -> Self {
        // In a tree that is verified as a whole, a file that signed metadata names must be there.
        let refused = error.is_refusal() || matches!(error, TrustError::Missing { .. });
        Self { message: error.to_string(), refused }
    }
}

/// Verifies everything below a trusted root, at the time `now`.
pub fn verify(source: &Source, root: &[u8], now: Timestamp) -> Report {
    let verifier = Verifier { source, problems: Mutex::default(), reached: Mutex::default() };
    let mut report = Report::default();
    if let Err(error) = verifier.tree(root, now, &mut report) {
        verifier.problem(error.into());
    }
    report.problems = verifier.problems.into_inner().unwrap_or_default();
    report.problems.sort();
    report.problems.dedup();
    report.reached = verifier.reached.into_inner().unwrap_or_default();
    report.metadata = report.reached.iter().filter(|path| path.starts_with("metadata/")).count();
    report
}

struct Verifier<'a> {
    source: &'a Source<'a>,
    problems: Mutex<Vec<Problem>>,
    reached: Mutex<BTreeSet<String>>,
}

impl Verifier<'_> {
    fn problem(&self, problem: Problem) {
        if let Ok(mut problems) = self.problems.lock() {
            problems.push(problem);
        }
    }

    fn refuse(&self, path: &str, reason: impl Into<String>) {
        self.problem(TrustError::refused(path, reason).into());
    }

    /// Fetches a file and notes that it was reached.
    fn get(&self, path: &str, max: u64) -> Result<Option<Vec<u8>>, crate::trust::FetchError> {
        let bytes = (self.source)(path, max)?;
        if bytes.is_some()
            && let Ok(mut reached) = self.reached.lock()
        {
            reached.insert(path.to_owned());
        }
        Ok(bytes)
    }

    /// Fetches a file whose digest is known; a problem is noted.
    fn blob(&self, path: &str, blob: &Blob, max: u64) -> Option<Vec<u8>> {
        let read = || -> Result<Vec<u8>, TrustError> {
            if blob.size > max {
                return Err(TrustError::refused(path, format!("it is said to have {} bytes", blob.size)));
            }
            let bytes = self
                .get(path, blob.size)
                .map_err(|source| TrustError::fetch(path, source))?
                .ok_or_else(|| TrustError::Missing { path: path.to_owned() })?;
            let found = Blob::of(&bytes);
            if found != *blob {
                let reason = if bytes.len() as u64 == blob.size {
                    format!("its digest is {}, signed is {}", found.sha256.short(), blob.sha256.short())
                } else {
                    format!("it does not have the {} bytes that are signed", blob.size)
                };
                return Err(TrustError::refused(path, reason));
            }
            Ok(bytes)
        };
        read().map_err(|error| self.problem(error.into())).ok()
    }

    fn document<T: DeserializeOwned>(&self, path: &str, bytes: &[u8]) -> Option<T> {
        bundle::read(bytes).map_err(|error| self.refuse(path, error.to_string())).ok()
    }

    fn tree(&self, root: &[u8], now: Timestamp, report: &mut Report) -> Result<(), TrustError> {
        let mut fetch = |path: &str, max: u64| self.get(path, max);
        let mut core = TrustCore::new(root, now)?;
        core.refresh(&mut fetch, &mut |_, _| Ok(()))?;
        report.root_version = core.root_version();
        report.expires = Some(core.expires());
        self.own_roots(&core, now)?;
        for role in core.delegated() {
            if let Err(error) = core.load_delegated(&role, &mut fetch) {
                self.problem(error.into());
            }
        }
        let mut targets = Vec::new();
        for role in std::iter::once("targets".to_owned()).chain(core.delegated()) {
            for target in core.listed(&role)? {
                match core.find(&target.path, &mut fetch)? {
                    Some(found) if found == target => targets.push(target),
                    _ => self.refuse(
                        &core.file_name(&role)?,
                        format!("it lists {}, which the role {role} may not sign", target.path),
                    ),
                }
            }
        }
        report.targets = targets.len();
        self.documents(&core, &targets, report);
        Ok(())
    }

    /// The roots that the tree publishes must lead to the same root as the one that we trust.
    fn own_roots(&self, core: &TrustCore, now: Timestamp) -> Result<(), TrustError> {
        let first = "metadata/1.root.json";
        let mut fetch = |path: &str, max: u64| self.get(path, max);
        let bytes = fetch(first, limits::ROOT)
            .map_err(|source| TrustError::fetch(first, source))?
            .ok_or_else(|| TrustError::Missing { path: first.to_owned() })?;
        let mut own =
            TrustCore::new(&bytes, now).map_err(|error| TrustError::refused(first, error.to_string()))?;
        while own.next_root(&mut fetch)?.is_some() {}
        if own.files()["root"] == core.files()["root"] {
            return Ok(());
        }
        Err(TrustError::refused(
            format!("metadata/{}.root.json", own.root_version()),
            "it is not the root that the trusted one leads to",
        ))
    }

    fn documents(&self, core: &TrustCore, targets: &[Target], report: &mut Report) {
        let mut epochs = None;
        let mut profiles = Vec::new();
        let mut sums_text = None;
        for target in targets {
            let max = if target.path == sums::TARGET { limits::SITE_LIST } else { limits::DOCUMENT };
            let mut fetch = |path: &str, max: u64| self.get(path, max);
            let bytes = match core.fetch_target(target, max, &mut fetch) {
                Ok(bytes) => bytes,
                Err(error) => {
                    self.problem(error.into());
                    continue;
                }
            };
            let file = target.file();
            match target.path.as_str() {
                "epochs.json" => epochs = self.document::<Epochs>(&file, &bytes),
                sums::TARGET => sums_text = Some((file, bytes)),
                "assignments/root.json" => {
                    if let Some(root) = self.document::<AssignmentNode>(&file, &bytes) {
                        report.appliances += self.assignments(&file, &root, "");
                    }
                }
                path if path.starts_with("profiles/") => {
                    if let Some(profile) = self.document::<ProfileTarget>(&file, &bytes) {
                        if ProfileTarget::path(&profile.profile) != path {
                            self.refuse(&file, format!("it speaks of the profile {}", profile.profile));
                        }
                        profiles.push((file, profile));
                    }
                }
                _ => {}
            }
        }
        self.profiles(&profiles, &epochs.unwrap_or_default(), report);
        if let Some((file, bytes)) = sums_text {
            report.catalog_files = self.catalog(&file, &bytes);
        }
    }

    fn profiles(&self, profiles: &[(String, ProfileTarget)], epochs: &Epochs, report: &mut Report) {
        report.profiles = profiles.len();
        let mut descriptors = BTreeMap::new();
        for (file, target) in profiles {
            let signed = epochs.epochs.get(&target.profile).copied().unwrap_or(0);
            if target.epoch != signed {
                self.refuse(file, format!("its epoch is {}, epochs.json says {signed}", target.epoch));
            }
            for (channel, given) in &target.channels {
                if !target.releases.contains_key(&given.version) {
                    self.refuse(
                        file,
                        format!("channel {channel} gives {}, which is no release", given.version),
                    );
                }
            }
            report.releases += target.releases.len();
            for (version, release) in &target.releases {
                descriptors.insert((target.profile.clone(), version.clone()), release.descriptor.clone());
            }
        }
        let read: Vec<Descriptor> = descriptors
            .par_iter()
            .filter_map(|((profile, version), blob)| {
                let path = blob.path();
                let bytes = self.blob(&path, blob, limits::DOCUMENT)?;
                let descriptor: Descriptor = self.document(&path, &bytes)?;
                if (&descriptor.profile, &descriptor.version) != (profile, version) {
                    self.refuse(&path, format!("it describes {} {}", descriptor.profile, descriptor.version));
                }
                let names: BTreeSet<&str> =
                    descriptor.layers.iter().map(|layer| layer.name.as_str()).collect();
                let ordered: BTreeSet<&str> = descriptor.apply_order.iter().map(String::as_str).collect();
                if names != ordered || descriptor.apply_order.len() != descriptor.layers.len() {
                    self.refuse(&path, "its order of installation does not name each layer once");
                }
                Some(descriptor)
            })
            .collect();
        let mut layers: BTreeMap<Digest, &DescriptorLayer> = BTreeMap::new();
        for layer in read.iter().flat_map(|descriptor| &descriptor.layers) {
            let known = *layers.entry(layer.blob.sha256).or_insert(layer);
            if (&known.blob, known.tar_sha256, known.tar_size)
                != (&layer.blob, layer.tar_sha256, layer.tar_size)
            {
                self.refuse(&layer.blob.path(), "two descriptors say different things about it");
            }
        }
        report.layers = layers.len();
        report.layer_bytes = layers.values().map(|layer| layer.blob.size).sum();
        layers.par_iter().for_each(|(_, layer)| self.layer(layer));
    }

    fn layer(&self, layer: &DescriptorLayer) {
        let path = layer.blob.path();
        let Some(bytes) = self.blob(&path, &layer.blob, LARGE) else { return };
        let tar = match zstd_decompress(&bytes, layer.tar_size.min(LARGE)) {
            Ok(tar) => tar,
            Err(error) => return self.refuse(&path, error.to_string()),
        };
        if tar.len() as u64 != layer.tar_size || Digest::of(&tar) != layer.tar_sha256 {
            return self.refuse(&path, "what it unpacks to is not what is signed");
        }
        let files = match read_canonical_tar(&tar, &Limits::default()) {
            Ok(files) => files,
            Err(error) => return self.refuse(&path, error.to_string()),
        };
        let Some(document) = files.get("layer.json") else {
            return self.refuse(&path, "it has no layer.json");
        };
        let Some(document) = self.document::<LayerDocument>(&path, document) else { return };
        if document.name != layer.name {
            self.refuse(&path, format!("its layer.json speaks of the layer {}", document.name));
        }
        let folders = |chart: &str| files.contains(chart) || !files.under(chart).is_empty();
        for chart in &document.charts {
            if !folders(&chart.path) || !files.contains(&chart.values) {
                self.refuse(
                    &path,
                    format!("the chart {} that its layer.json names is not in it", chart.name),
                );
            }
        }
        for manifest in document.manifests.iter().filter(|manifest| !files.contains(manifest)) {
            self.refuse(&path, format!("the manifest {manifest} that its layer.json names is not in it"));
        }
    }

    /// Walks a part of the assignment tree; gives the number of appliances in it.
    fn assignments(&self, path: &str, node: &AssignmentNode, digits: &str) -> usize {
        if digits.len() > 64 {
            self.refuse(path, "the tree is deeper than a digest is long");
            return 0;
        }
        for id in node.appliances.keys().filter(|id| !AssignmentNode::digits(id).starts_with(digits)) {
            self.refuse(path, format!("the appliance {} does not belong here", id.escape_default()));
        }
        let mut count = node.appliances.len();
        for (digit, child) in &node.children {
            let child_path = AssignmentNode::child_path(child);
            let Some(bytes) = self.blob(&child_path, child, limits::ASSIGNMENT_NODE) else { continue };
            let Some(child_node) = self.document::<AssignmentNode>(&child_path, &bytes) else { continue };
            count += self.assignments(&child_path, &child_node, &format!("{digits}{digit}"));
        }
        count
    }

    fn catalog(&self, list: &str, text: &[u8]) -> usize {
        let entries = match sums::read(text) {
            Ok(entries) => entries,
            Err(reason) => {
                self.refuse(list, reason);
                return 0;
            }
        };
        entries.par_iter().for_each(|(path, sha256)| {
            if is_bundle(path) {
                return self.refuse(list, format!("it names {path}, which is no part of the catalog"));
            }
            match self.get(path, LARGE) {
                Ok(Some(bytes)) if Digest::of(&bytes) == *sha256 => {}
                Ok(Some(bytes)) => {
                    let found = Digest::of(&bytes).short();
                    self.refuse(path, format!("its digest is {found}, SHA256SUMS says {}", sha256.short()));
                }
                Ok(None) => self.problem(TrustError::Missing { path: path.clone() }.into()),
                Err(source) => self.problem(TrustError::fetch(path.clone(), source).into()),
            }
        });
        entries.len()
    }
}
