//! `profile.lock`: what it says, reading it, and writing it so that the same content is always the same bytes.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::lints::UNREADABLE_LOCK;
use super::lock_image::LockedImage;
use super::resolved::{AddedBy, Pin};
use super::stack::Reference;
use crate::archive::Digest;
use crate::diagnostics::Diagnostic;
use crate::registry::{Kind, Provenance};
use crate::source::{Place, SourceFile, Span};
use crate::workspace::model::Profile;
use crate::yaml;

/// Name of the lock, beside `profile.yaml`.
pub const LOCK_FILE: &str = "profile.lock";
/// The only version of its format.
const SCHEMA_VERSION: u32 = 1;
/// How the names of locks begin that are being written.
const DRAFT: &str = ".profile.lock.";
/// First line of each lock.
const HEADER: &str = "# Written by `edgewright lock`. Commit it; do not edit it.\n";

/// What a profile's references resolved to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockFile {
    schema_version: u32,
    /// The profile version that it was made for.
    pub profile: LockedProfile,
    /// Digest of the references, presets and registry definitions that it was made from.
    pub inputs: Digest,
    /// One entry per layer with a reference, in the order of the stack.
    pub layers: Vec<LockedLayer>,
}

/// The profile version of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedProfile {
    /// Profile id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// One pinned reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockedLayer {
    /// Layer name.
    pub name: String,
    /// Name of the pack; exactly one of `pack` and `chart` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pack: Option<String>,
    /// Name of the chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<String>,
    /// Version, group or constraint that the profile (or the preset) asks for.
    pub wanted: String,
    /// What was chosen, as the registry spells it.
    pub version: String,
    /// Registry of `edgewright.yaml`.
    pub registry: String,
    /// Address of the archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Digest of the fetched bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Digest>,
    /// Size of the fetched bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Digest of the OCI manifest that named the bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
    /// Commit of a git registry that holds the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Digest of the canonical tar of the content.
    pub content: Digest,
    /// Who signed it, where the registry has a keyring.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// What brought the layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<AddedBy>,
    /// `appVersion` of a chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// Whether its makers gave it up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Images that the pack lists, sorted, whatever the layer's own values say; behind them those that were resolved besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<LockedImage>,
}

impl LockedLayer {
    /// An entry without content, for `reference` of the layer `name`.
    pub(super) fn new(
        name: &str,
        reference: &Reference,
        pin: Pin,
        added_by: Option<AddedBy>,
        images: Vec<LockedImage>,
    ) -> Self {
        let source = Some(reference.name.clone());
        let (pack, chart) = match reference.kind {
            Kind::Pack => (source, None),
            Kind::Chart => (None, source),
        };
        Self {
            name: name.to_owned(),
            pack,
            chart,
            wanted: reference.wanted.clone(),
            version: pin.version,
            registry: reference.registry.clone(),
            url: pin.url,
            sha256: pin.sha256,
            size: pin.size,
            manifest: pin.manifest,
            commit: pin.commit,
            content: pin.content,
            provenance: pin.provenance,
            added_by,
            app_version: pin.app_version,
            deprecated: pin.deprecated,
            images,
        }
    }

    /// What it was asked for.
    pub fn reference(&self) -> Reference {
        let (kind, name) = match (&self.pack, &self.chart) {
            (Some(pack), _) => (Kind::Pack, pack),
            (None, chart) => (Kind::Chart, chart.as_ref().unwrap_or(&self.name)),
        };
        Reference { kind, name: name.clone(), wanted: self.wanted.clone(), registry: self.registry.clone() }
    }

    /// Whether it was made for this reference.
    pub(super) fn asks_for(&self, reference: &Reference) -> bool {
        let name = match reference.kind {
            Kind::Pack => self.pack.as_ref(),
            Kind::Chart => self.chart.as_ref().filter(|_| self.pack.is_none()),
        };
        name == Some(&reference.name)
            && self.wanted == reference.wanted
            && self.registry == reference.registry
    }

    /// What it pins.
    pub fn pin(&self) -> Pin {
        Pin {
            version: self.version.clone(),
            url: self.url.clone(),
            sha256: self.sha256,
            size: self.size,
            manifest: self.manifest,
            commit: self.commit.clone(),
            content: self.content,
            provenance: self.provenance.clone(),
            app_version: self.app_version.clone(),
            deprecated: self.deprecated,
        }
    }
}

impl LockFile {
    /// A lock of `profile`.
    pub(super) fn new(profile: &Profile, inputs: Digest, layers: Vec<LockedLayer>) -> Self {
        let profile = LockedProfile { id: profile.id.to_string(), version: profile.version().to_owned() };
        Self { schema_version: SCHEMA_VERSION, profile, inputs, layers }
    }

    /// The entry of the layer `name`.
    pub fn layer(&self, name: &str) -> Option<&LockedLayer> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// The lock beside `profile`: `None` where there is none, a diagnostic where it cannot be read.
    pub fn of(profile: &Profile) -> Result<Option<Self>, Box<Diagnostic>> {
        let shown = profile.shown(LOCK_FILE);
        let path = profile.dir.join(LOCK_FILE);
        if let Some(text) = profile.overlay.text(&path) {
            return Self::read(&SourceFile::new(shown, text)).map(Some);
        }
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(&SourceFile::new(shown, text)).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Box::new(
                Diagnostic::new(
                    UNREADABLE_LOCK,
                    Place::whole(shown),
                    format!("the lock cannot be read: {error}"),
                )
                .help("run `edgewright lock`: it writes the lock anew"),
            )),
        }
    }

    /// Reads the text of a lock.
    pub fn read(file: &Arc<SourceFile>) -> Result<Self, Box<Diagnostic>> {
        let fault = |span: Span, message: String| {
            Box::new(
                Diagnostic::new(UNREADABLE_LOCK, Place::new(file, span), message)
                    .help("run `edgewright lock`: it writes the lock anew"),
            )
        };
        if let Some(marker) = conflict_marker(file.text()) {
            return Err(Box::new(
                Diagnostic::new(UNREADABLE_LOCK, Place::new(file, marker), "the lock has merge conflict markers")
                    .help("resolve the conflict in `profile.yaml`, then run `edgewright lock`: it writes the lock anew"),
            ));
        }
        let stream = yaml::parse(file);
        if let Some(first) = stream.diagnostics.first() {
            return Err(fault(first.place.span, format!("the lock cannot be read: {}", first.message)));
        }
        let [document] = &stream.documents[..] else {
            return Err(fault(Span::default(), "the lock is empty, or more than one document".to_owned()));
        };
        let root = document.root();
        let version = root.get("schemaVersion");
        if let Some(node) = version
            && node.text() != Some("1")
        {
            let found = node.text().unwrap_or("?");
            return Err(Box::new(
                Diagnostic::new(
                    UNREADABLE_LOCK,
                    node.place(),
                    format!("the lock has schema version `{found}`, this program reads version 1"),
                )
                .help(
                    "use the version of edgewright that wrote it, or run `edgewright lock` to write it anew",
                ),
            ));
        }
        let lock: Self =
            yaml::from_node(root).map_err(|e| fault(e.span, format!("the lock: {}", e.message)))?;
        let mut names = BTreeSet::new();
        for (index, layer) in lock.layers.iter().enumerate() {
            let span = root.at(&format!("/layers/{index}")).map_or_else(Span::default, yaml::Node::span);
            if layer.pack.is_some() == layer.chart.is_some() {
                let message = format!("the lock's entry `{}` needs either `pack` or `chart`", layer.name);
                return Err(fault(span, message));
            }
            if !names.insert(&layer.name) {
                return Err(fault(span, format!("the lock has two entries `{}`", layer.name)));
            }
        }
        Ok(lock)
    }

    /// Its text: a pure function of its content.
    ///
    /// # Panics
    /// Never: all keys are texts, all values plain.
    pub fn text(&self) -> String {
        let value = serde_json::to_value(self).expect("a lock has string keys and plain values");
        format!("{HEADER}{}", yaml::write(&value))
    }

    /// Writes it into `folder`, unless its bytes are there already; whether it wrote.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> std::io::Result<bool> {
        let text = self.text();
        let path = folder.join(LOCK_FILE);
        if std::fs::read(&path).is_ok_and(|bytes| bytes == text.as_bytes()) {
            return Ok(false);
        }
        sweep(folder);
        let mut builder = tempfile::Builder::new();
        builder.prefix(DRAFT);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The umask takes its part off, as for any file that a person creates.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let mut temporary = builder.tempfile_in(folder)?;
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(&path).map_err(|error| error.error)?;
        Ok(true)
    }
}

/// Takes away what a killed process left behind; another one that is at work needs no minute for a lock.
fn sweep(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_draft = entry.file_name().to_str().is_some_and(|name| name.starts_with(DRAFT));
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_draft && age().is_some_and(|age| age.as_secs() > 60) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// The first line that git left behind in a conflict.
fn conflict_marker(text: &str) -> Option<Span> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.starts_with("<<<<<<< ") || bare.starts_with(">>>>>>> ") || bare == "=======" {
            return Some(Span::new(start, start + bare.len()));
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> LockFile {
        let reference = Reference {
            kind: Kind::Chart,
            name: "podinfo".into(),
            wanted: "^6.5".into(),
            registry: "charts".into(),
        };
        let pin = Pin {
            version: "6.10".into(),
            url: Some("https://charts.example.org/podinfo-6.10.tgz".into()),
            sha256: Some(Digest::of(b"a")),
            size: Some(12),
            manifest: None,
            commit: None,
            content: Digest::of(b"b"),
            provenance: Some(Provenance { signer: "A <a@example.org>".into(), fingerprint: "AB".into() }),
            app_version: Some("1e3".into()),
            deprecated: false,
        };
        let digest = format!("sha256:{}", Digest::of(b"i"));
        let resolved = LockedImage {
            image: "b:1".into(),
            digest: Some(digest.clone()),
            platforms: [("linux/amd64".to_owned(), digest)].into(),
        };
        let added_by = AddedBy { layer: "vm".into(), group: "access".into(), preset: "yes".into() };
        LockFile {
            schema_version: 1,
            profile: LockedProfile { id: "retail/vm".into(), version: "1.2.0".into() },
            inputs: Digest::of(b"c"),
            layers: vec![LockedLayer::new(
                "podinfo",
                &reference,
                pin,
                Some(added_by),
                vec![LockedImage::named("a:1"), resolved],
            )],
        }
    }

    fn read(text: &str) -> Result<LockFile, Box<Diagnostic>> {
        LockFile::read(&SourceFile::new("profile.lock", text))
    }

    #[test]
    fn what_is_written_reads_back_and_is_written_once() {
        let lock = sample();
        assert_eq!(read(&lock.text()).unwrap(), lock, "{}", lock.text());
        let dir = tempfile::tempdir().unwrap();
        assert!(lock.write(dir.path()).unwrap());
        assert!(!lock.write(dir.path()).unwrap(), "the same bytes are not written again");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn damage_is_told_with_its_line_and_what_to_do() {
        let text = sample().text();
        let conflict = text.replacen("layers:", "<<<<<<< HEAD\nlayers:", 1);
        let found = read(&conflict).unwrap_err();
        assert!(found.message.contains("merge conflict"), "{}", found.message);
        assert!(found.help.as_deref().unwrap().contains("edgewright lock"));
        assert_eq!(conflict.lines().nth(found.place.start().line as usize - 1), Some("<<<<<<< HEAD"));

        for broken in [
            String::new(),
            "a: [".to_owned(),
            "just text\n".to_owned(),
            text.replace("inputs: ", "inputs: x"),
            text.replace("wanted", "wonted"),
            text.replace("schemaVersion: 1", "schemaVersion: 2"),
            text.replace("  chart: podinfo\n", ""),
            text.replace("digest: sha256:", "digest: sha265:"),
        ] {
            let found = read(&broken).unwrap_err();
            assert!(found.help.is_some(), "{broken}\n{}", found.message);
        }
    }
}
