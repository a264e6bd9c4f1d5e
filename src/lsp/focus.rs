//! The text under the cursor, and what its file is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Session;
use super::judge::{Judged, Repository};
use super::position::{Encoding, Lines, Position, Range};
use super::uri;
use crate::resolve::{self, ResolvedLayer, ResolvedProfile};
use crate::schema;
use crate::source::{Place, Span};
use crate::template::{self, Reference};
use crate::workspace::model::{Profile, RegistryConfig};
use crate::workspace::{FileKind, kind_of};
use crate::yaml::{Sketch, Spot, Step};

/// Profiles as they were when they could be read last, by absolute path: one that is half written has layers still.
pub(super) type Remembered = BTreeMap<PathBuf, Arc<Profile>>;

/// Adds the profiles of a judgement.
pub(super) fn remember(remembered: &mut Remembered, judged: &Judged) {
    for repository in judged.repositories.values() {
        for profile in &repository.workspace.profiles {
            remembered.insert(profile.dir.join("profile.yaml"), Arc::clone(profile));
        }
    }
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A document that one of our schemas describes.
    Schema(schema::Kind),
    /// Values of a layer, by its number in the profile.
    Values(usize),
    /// Anything else.
    Other,
}

/// A profile as it is on the screen or on the disk, whether or not it can be read.
pub(super) struct Home {
    /// Absolute path of its `profile.yaml`.
    pub(super) path: PathBuf,
    /// Its text.
    pub(super) text: Arc<str>,
    /// What could be made out of it.
    pub(super) json: Value,
}

impl Home {
    /// The items of a list below `spec`, as they are written.
    pub(super) fn items(&self, list: &str) -> impl Iterator<Item = &Value> {
        self.json["spec"][list].as_array().into_iter().flatten()
    }

    /// A variable, and where its name stands.
    pub(super) fn variable(&self, name: &str) -> Option<(&Value, Span)> {
        let (index, variable) = self.items("variables").enumerate().find(|(_, v)| v["name"] == name)?;
        let path = ["spec".into(), "variables".into(), Part::At(index), "name".into()].map(Step::from);
        Some((variable, Sketch::new(&self.text).span(0, &path)?))
    }
}

/// Part of a path, for writing one down.
pub(super) enum Part<'p> {
    Key(&'p str),
    At(usize),
}

impl<'p> From<&'p str> for Part<'p> {
    fn from(key: &'p str) -> Self {
        Self::Key(key)
    }
}

impl From<Part<'_>> for Step {
    fn from(part: Part<'_>) -> Self {
        match part {
            Part::Key(key) => Self::Key(key.to_owned()),
            Part::At(index) => Self::Index(index),
        }
    }
}

/// Where the cursor is.
pub(super) struct Focus<'s> {
    pub(super) session: &'s Session<'s>,
    /// Absolute path of the file.
    pub(super) path: PathBuf,
    /// Its text.
    pub(super) text: Arc<str>,
    /// Byte of the cursor.
    pub(super) offset: usize,
    /// The repository around it, and the path in it.
    pub(super) repository: Option<(&'s Repository, String)>,
    /// The profile that it belongs to.
    pub(super) home: Option<Home>,
    pub(super) subject: Subject,
    /// The document around the cursor.
    pub(super) document: Value,
    /// What is under the cursor.
    pub(super) spot: Option<Spot>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct At {
    text_document: super::answer::Identifier,
    position: Position,
}

impl<'s> Focus<'s> {
    /// From the parameters of a request about a position.
    ///
    /// # Errors
    /// They are none, or the file cannot be read.
    pub(super) fn new(session: &'s Session<'s>, params: &Value) -> Result<Self> {
        let At { text_document, position } = At::deserialize(params)?;
        let path = super::documents::path_of(&text_document.uri).context("only files have answers")?;
        let text = session.text(&path).context("the file cannot be read")?;
        let offset = Lines::new(&text, session.encoding).offset(position);
        let repository = session.judged.repository(&path);
        let home = repository.as_ref().and_then(|(repository, _)| session.home(repository, &path));
        let sketch = Sketch::new(&text);
        let document = sketch
            .documents()
            .take_while(|(start, _)| *start <= offset)
            .last()
            .map_or(Value::Null, |(_, v)| v);
        let spot = sketch.at(offset);
        let inner = repository.as_ref().map(|(_, inner)| inner.as_str());
        let subject = subject(&path, inner, home.as_ref(), &document);
        Ok(Self { session, path, text, offset, repository, home, subject, document, spot })
    }

    /// The range of some bytes of the text.
    pub(super) fn range(&self, span: Span) -> Range {
        Lines::new(&self.text, self.session.encoding).range(span)
    }

    /// The reference to a variable, macro, … around the cursor, and its bytes.
    pub(super) fn reference(&self) -> Option<(Reference, Span)> {
        let (start, line) = self.line();
        let at = self.offset - start;
        let found =
            template::references(line).into_iter().find(|r| r.range.start <= at && at <= r.range.end)?;
        let span = Span::new(start + found.range.start, start + found.range.end);
        Some((found, span))
    }

    /// The line of the cursor and where it starts.
    pub(super) fn line(&self) -> (usize, &str) {
        let start = self.text[..self.offset].rfind('\n').map_or(0, |at| at + 1);
        let end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        (start, self.text[start..end].trim_end_matches('\r'))
    }

    /// Whether it is a file of manifests that its profile names.
    pub(super) fn is_manifest(&self) -> bool {
        let Some(home) = &self.home else { return false };
        let folder = home.path.parent().unwrap_or(Path::new(""));
        let named =
            home.items("layers").flat_map(|layer| layer["manifests"].as_array().into_iter().flatten());
        named.filter_map(Value::as_str).any(|named| folder.join(named) == self.path)
    }

    /// What the schema says of the place of the cursor, or of the place at `path`.
    pub(super) fn shape(&self, path: &[Step]) -> Option<schema::Shape<'static>> {
        match self.subject {
            Subject::Schema(kind) => Some(schema::Shape::of(kind, &self.document, path)),
            _ => None,
        }
    }

    /// The profile that the file belongs to, resolved with what is on this machine.
    pub(super) fn resolved(&self) -> Option<ResolvedProfile> {
        let (repository, _) = self.repository.as_ref()?;
        let profile = self.session.remembered.get(&self.home.as_ref()?.path)?;
        let one = [Arc::clone(profile)];
        resolve::resolve_some(&repository.workspace, &repository.registries, &one).pop()
    }

    /// A layer of the profile, resolved: the one of that name, else the one at that place.
    pub(super) fn layer(&self, index: usize) -> Option<ResolvedLayer> {
        let name = self.home.as_ref()?.items("layers").nth(index)?["name"].as_str()?.to_owned();
        let layers = self.resolved()?.layers;
        let by_name = layers.iter().position(|layer| layer.index.is_some() && layer.name == name);
        let at = by_name.or_else(|| layers.iter().position(|layer| layer.index == Some(index)))?;
        layers.into_iter().nth(at)
    }

    /// In values of a layer, in a file of their own or inline: the layer's number, and the way below its values.
    pub(super) fn in_values<'p>(&self, path: &'p [Step]) -> Option<(usize, &'p [Step])> {
        match (&self.subject, path) {
            (Subject::Values(layer), path) => Some((*layer, path)),
            (
                Subject::Schema(schema::Kind::Profile),
                [Step::Key(spec), Step::Key(layers), Step::Index(layer), Step::Key(values), below @ ..],
            ) if spec == "spec" && layers == "layers" && values == "values" && self.inline(*layer) => {
                Some((*layer, below))
            }
            _ => None,
        }
    }

    fn inline(&self, layer: usize) -> bool {
        !self.document["spec"]["layers"][layer]["values"].is_string()
    }
}

impl Session<'_> {
    /// The text of a file: what is on the screen, else what is on the disk.
    pub(super) fn text(&self, path: &Path) -> Option<Arc<str>> {
        let open = self.documents.get(path).map(|open| Arc::clone(&open.text));
        open.or_else(|| std::fs::read_to_string(path).ok().map(Into::into))
    }

    /// The profile whose folder a file is in.
    fn home(&self, repository: &Repository, path: &Path) -> Option<Home> {
        let root = &repository.workspace.root;
        let is_profile = |folder: &&Path| {
            let file = folder.join("profile.yaml");
            let shown = file.strip_prefix(root).map(|p| p.to_string_lossy().replace('\\', "/"));
            shown.is_ok_and(|shown| kind_of(&shown) == Some(FileKind::Profile))
                && (file.is_file() || self.documents.get(&file).is_some())
        };
        let folder = path.ancestors().skip(1).take_while(|folder| *folder != root).find(is_profile)?;
        let path = folder.join("profile.yaml");
        let text = self.text(&path)?;
        let json = Sketch::new(&text).documents().next().map_or(Value::Null, |(_, value)| value);
        Some(Home { path, text, json })
    }

    /// A place as an editor goes there; nothing for what lies in an archive or elsewhere.
    pub(super) fn location(&self, base: &Path, place: &Place) -> Option<Value> {
        let shown = place.file.path();
        if shown.contains("!/") || shown.contains("://") {
            return None;
        }
        let path = base.join(shown);
        // The text as it is now, which may be another one by some characters.
        let range = match self.text(&path) {
            Some(text) if *text == *place.file.text() => Lines::new(&text, self.encoding).range(place.span),
            _ => Lines::new(place.file.text(), self.encoding).range(place.span),
        };
        Some(self.location_of(&path, range))
    }

    /// A range of a file as an editor goes there.
    pub(super) fn location_of(&self, path: &Path, range: Range) -> Value {
        let address = self.documents.get(path).map_or_else(|| uri::of(path), |open| open.uri.clone());
        json!({ "uri": address, "range": range })
    }
}

/// What a file holds: by its place in the repository, by its name, by what it says.
fn subject(path: &Path, inner: Option<&str>, home: Option<&Home>, document: &Value) -> Subject {
    let by_place = inner.and_then(kind_of).map(|kind| match kind {
        FileKind::Config => schema::Kind::Workspace,
        FileKind::Profile => schema::Kind::Profile,
        FileKind::Channels => schema::Kind::Channels,
        FileKind::Appliances => schema::Kind::Appliance,
    });
    if let Some(kind) = by_place {
        return Subject::Schema(kind);
    }
    if let Some(home) = home {
        let named = path.strip_prefix(home.path.parent().unwrap_or(Path::new("")));
        let named = named.map(|p| p.to_string_lossy().replace('\\', "/")).unwrap_or_default();
        let layer = home.items("layers").position(|layer| layer["values"] == named.as_str());
        return layer.map_or(Subject::Other, Subject::Values);
    }
    let beside_pack = || path.parent().is_some_and(|folder| folder.join("pack.json").is_file());
    match path.file_name().and_then(|name| name.to_str()) {
        Some("pack.json") => return Subject::Schema(schema::Kind::Pack),
        Some("presets.yaml") if beside_pack() => return Subject::Schema(schema::Kind::Presets),
        Some("schema.yaml") if beside_pack() => return Subject::Schema(schema::Kind::PackSchema),
        _ => {}
    }
    let ours = document["apiVersion"].as_str().is_some_and(|version| version.starts_with("edgewright/"));
    let kind = document["kind"].as_str().and_then(schema::Kind::named);
    kind.filter(|_| ours).map_or(Subject::Other, Subject::Schema)
}

/// A registry in a few words.
pub(super) fn registry_in_words(config: &RegistryConfig) -> String {
    match config {
        RegistryConfig::Directory { path } => format!("directory `{path}`"),
        RegistryConfig::Git { url, .. } => format!("git {url}"),
        RegistryConfig::Helm { url, .. } => format!("Helm repository {url}"),
        RegistryConfig::Oci { url, .. } => format!("OCI {url}"),
    }
}

/// Counts columns the way the session does; for texts that are not open.
pub(super) fn range_in(text: &str, span: Span, encoding: Encoding) -> Range {
    Lines::new(text, encoding).range(span)
}

/// A path as a JSON pointer.
pub(super) fn pointer(path: &[Step]) -> String {
    path.iter().fold(String::new(), |pointer, step| match step {
        Step::Key(key) => crate::yaml::push_pointer(&pointer, key),
        Step::Index(index) => format!("{pointer}/{index}"),
    })
}

/// The keys of a path where it has no numbers in it, and `*` for those.
pub(super) fn words(path: &[Step]) -> Vec<&str> {
    path.iter()
        .map(|step| match step {
            Step::Key(key) => key.as_str(),
            Step::Index(_) => "*",
        })
        .collect()
}
