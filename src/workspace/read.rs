//! From a discovered file to our kinds: text, tree, schema, typed value. What fails on the way is a diagnostic.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::beside::read_text;
use super::discover::{FileKind, Found};
use super::model::{
    Appliance, ApplianceSpec, Channel, Channels, ChannelsMetadata, ConfigSpec, Group, GroupSpec, Profile,
    ProfileId, ProfileKind, ProfileMetadata, ProfileSpec, Scope,
};
use super::{Config, Unread, WorkspaceFile};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::schema;
use crate::source::{Overlay, Place, SourceFile};
use crate::yaml::{self, Document, Node, Spanned, Stream};
use indexmap::IndexMap;

/// A file of the workspace that cannot be read.
pub const UNREADABLE: Lint = Lint { code: "CF0001", name: "unreadable-file", severity: Severity::Error };
/// A document whose `kind` does not belong where it stands, or a file without the one document that it must have.
pub const UNEXPECTED_KIND: Lint = Lint { code: "CF0002", name: "unexpected-kind", severity: Severity::Error };
/// A document that fits its schema but not the program's types: a fault of the program.
pub const NOT_READ: Lint = Lint { code: "CF0003", name: "not-read", severity: Severity::Error };

/// What one file gives to the workspace.
pub(super) struct Part {
    pub(super) file: WorkspaceFile,
    pub(super) items: Vec<Item>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One document, read.
pub(super) enum Item {
    Config(Box<Config>),
    Profile(Arc<Profile>),
    Channels(Box<Channels>),
    Group(Box<Group>),
    Appliance(Box<Appliance>),
    Unread(Unread),
}

#[derive(Deserialize)]
enum ApiVersion {
    #[serde(rename = "edgewright/v1")]
    V1,
}

/// Every kind: `apiVersion`, `kind`, `metadata`, `spec`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Envelope<K, M, S> {
    #[serde(rename = "apiVersion")]
    _api_version: ApiVersion,
    kind: K,
    metadata: M,
    spec: S,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameOnly {
    name: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameAndLabels {
    name: Spanned<String>,
    #[serde(default)]
    labels: IndexMap<String, String>,
}

#[derive(Deserialize)]
enum WorkspaceKind {
    Workspace,
}

#[derive(Deserialize)]
enum ChannelsKind {
    Channels,
}

#[derive(Deserialize)]
enum GroupKind {
    ApplianceGroup,
}

#[derive(Deserialize)]
enum ApplianceKind {
    Appliance,
}

/// Reads one discovered file.
pub(super) fn file(found: &Found, overlay: &Overlay) -> Part {
    let (file, mut stream) = match read_text(overlay, &found.absolute, &found.path) {
        Ok(text) => {
            let file = SourceFile::new(found.path.clone(), text);
            let stream = yaml::parse(&file);
            (file, stream)
        }
        Err(error) => {
            let place = Place::whole(found.path.clone());
            let diagnostics = vec![Diagnostic::new(UNREADABLE, place, error.to_string())];
            (SourceFile::new(found.path.clone(), ""), Stream { diagnostics, ..Stream::default() })
        }
    };
    let mut diagnostics = std::mem::take(&mut stream.diagnostics);
    let items = items(found, overlay, &file, &stream.documents, &mut diagnostics);
    let file =
        WorkspaceFile { kind: found.kind, file, documents: stream.documents, comments: stream.comments };
    Part { file, items, diagnostics }
}

fn items(
    found: &Found,
    overlay: &Overlay,
    file: &Arc<SourceFile>,
    documents: &[Document],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Item> {
    // A stream of `---` and comments has empty documents that say nothing.
    let filled: Vec<&Document> =
        documents.iter().filter(|d| d.root().scalar().is_none_or(|(text, _)| !text.is_empty())).collect();
    if found.kind != FileKind::Appliances {
        match &filled[..] {
            [] if diagnostics.is_empty() => diagnostics.push(Diagnostic::new(
                UNEXPECTED_KIND,
                Place::whole(file.path()),
                format!("the file is empty; it should hold {}", expected(found.kind)),
            )),
            [_, second, ..] => diagnostics.push(Diagnostic::new(
                UNEXPECTED_KIND,
                second.root().place(),
                format!("a second document; the file should hold just {}", expected(found.kind)),
            )),
            _ => {}
        }
    }
    let mut items: Vec<Item> = Vec::new();
    if found.kind == FileKind::Appliances {
        for document in filled {
            items.push(appliances(found, document, diagnostics));
        }
    } else {
        let document = filled.first().copied();
        items.push(match (found.kind, document) {
            (FileKind::Config, _) => config(file, document, diagnostics),
            (FileKind::Profile, Some(document)) => profile(found, overlay, document, diagnostics),
            (FileKind::Channels, Some(document)) => channels(found, document, diagnostics),
            _ => unread(found, None),
        });
    }
    items
}

fn expected(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Config => "a `Workspace`",
        FileKind::Profile => "a `ClusterProfile` or a `SystemProfile`",
        FileKind::Channels => "the `Channels` of a profile",
        FileKind::Appliances => "`Appliance` and `ApplianceGroup` documents",
    }
}

/// What the schema says against the document, and the document as a `T` if its shape allows that: a fault that only
/// concerns a value's wording does not take the rest away.
fn typed<T: DeserializeOwned>(
    kind: schema::Kind,
    document: &Document,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<T> {
    let found = schema::validate(kind, document);
    // Duplicate keys are told by the parser; schemas do not see them, typed reading stops at them.
    let told = diagnostics.iter().any(|d| d.place.file.path() == document.file().path());
    let fits = found.is_empty() && !told;
    diagnostics.extend(found);
    match yaml::from_node(document.root()) {
        Ok(value) => Some(value),
        Err(error) => {
            if fits {
                let place = Place::new(document.file(), error.span);
                diagnostics.push(Diagnostic::new(NOT_READ, place, error.message).pointer(error.pointer));
            }
            None
        }
    }
}

fn config(file: &Arc<SourceFile>, document: Option<&Document>, diagnostics: &mut Vec<Diagnostic>) -> Item {
    let read: Option<Envelope<WorkspaceKind, NameOnly, ConfigSpec>> =
        document.and_then(|document| typed(schema::Kind::Workspace, document, diagnostics));
    let (name, spec) = match read {
        Some(Envelope { kind: WorkspaceKind::Workspace, metadata, spec, .. }) => {
            (Some(metadata.name.value), spec)
        }
        None => (None, document.and_then(|d| d.at("/spec")).map(config_in_parts).unwrap_or_default()),
    };
    Item::Config(Box::new(Config { name, spec, file: Arc::clone(file), document: document.cloned() }))
}

/// What can be read of a `spec` that is not in order: a fault in one place must not make the rest of the repository look
/// wrong.
fn config_in_parts(spec: Node<'_>) -> ConfigSpec {
    fn part<T: DeserializeOwned + Default>(spec: Node<'_>, key: &str) -> T {
        spec.get(key).and_then(|node| yaml::from_node(node).ok()).unwrap_or_default()
    }
    let registries = spec.get("registries").into_iter().flat_map(Node::entries);
    ConfigSpec {
        registries: registries
            .filter_map(|entry| Some((entry.key.text()?.to_owned(), yaml::from_node(entry.value).ok()?)))
            .collect(),
        mirrors: part(spec, "mirrors"),
        macros: part(spec, "macros"),
        kubernetes: part(spec, "kubernetes"),
        check: part(spec, "check"),
        site: part(spec, "site"),
        release: part(spec, "release"),
    }
}

fn profile(found: &Found, overlay: &Overlay, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Item {
    let Some(Envelope { kind, metadata, mut spec, .. }) = typed::<
        Envelope<ProfileKind, ProfileMetadata, ProfileSpec>,
    >(schema::Kind::Profile, document, diagnostics) else {
        return unread(found, Some(document));
    };
    let project = metadata.project.as_ref().map(|p| p.value.as_str());
    // Lists are read without knowing their length; every profile is held for the whole run.
    spec.layers.shrink_to_fit();
    spec.variables.shrink_to_fit();
    Item::Profile(Arc::new(Profile {
        id: ProfileId::new(metadata.scope, project, &metadata.name),
        kind,
        metadata,
        spec,
        dir: found.absolute.parent().unwrap_or(Path::new("")).to_path_buf(),
        file: Arc::clone(document.file()),
        document: document.clone(),
        overlay: overlay.clone(),
    }))
}

fn channels(found: &Found, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Item {
    let Some(Envelope { kind: ChannelsKind::Channels, metadata, spec, .. }) =
        typed::<Envelope<ChannelsKind, ChannelsMetadata, IndexMap<String, Channel>>>(
            schema::Kind::Channels,
            document,
            diagnostics,
        )
    else {
        return unread(found, Some(document));
    };
    let project = metadata.project.as_ref().map(|p| p.value.as_str());
    Item::Channels(Box::new(Channels {
        id: ProfileId::new(metadata.scope, project, &metadata.name),
        channels: spec,
        file: Arc::clone(document.file()),
        document: document.clone(),
    }))
}

fn appliances(found: &Found, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Item {
    let kind = document.root().get("kind");
    match kind.and_then(Node::text) {
        Some("ApplianceGroup") => {
            typed::<Envelope<GroupKind, NameOnly, GroupSpec>>(schema::Kind::Appliance, document, diagnostics)
                .map(|Envelope { kind: GroupKind::ApplianceGroup, metadata, spec, .. }| {
                    Item::Group(Box::new(Group { name: metadata.name, spec, document: document.clone() }))
                })
        }
        Some("Appliance") => typed::<Envelope<ApplianceKind, NameAndLabels, ApplianceSpec>>(
            schema::Kind::Appliance,
            document,
            diagnostics,
        )
        .map(|Envelope { kind: ApplianceKind::Appliance, metadata, spec, .. }| {
            Item::Appliance(Box::new(Appliance {
                name: metadata.name,
                labels: metadata.labels,
                spec,
                document: document.clone(),
            }))
        }),
        other => {
            let found = other.map_or_else(|| "there is none".to_owned(), |kind| format!("it is `{kind}`"));
            let place = kind.map_or_else(|| document.root().place(), Node::place);
            diagnostics.push(
                Diagnostic::new(
                    UNEXPECTED_KIND,
                    place,
                    format!("`kind` should be `Appliance` or `ApplianceGroup` here, but {found}"),
                )
                .pointer("/kind")
                .help("everything below `appliances/` says what appliances run; keep other files elsewhere"),
            );
            None
        }
    }
    .unwrap_or_else(|| unread(found, Some(document)))
}

/// What is known of a document that could not be read.
fn unread(found: &Found, document: Option<&Document>) -> Item {
    let text = |pointer: &str| document.and_then(|d| d.at(pointer)).and_then(Node::text);
    let name = text("/metadata/name").map(|name| {
        let scope = match text("/metadata/scope") {
            Some("system") => Scope::System,
            Some("project") => Scope::Project,
            _ => Scope::Tenant,
        };
        match found.kind {
            FileKind::Profile | FileKind::Channels => {
                ProfileId::new(scope, text("/metadata/project"), name).0
            }
            FileKind::Config | FileKind::Appliances => name.to_owned(),
        }
    });
    let version = text("/metadata/version").map(str::to_owned);
    Item::Unread(Unread { kind: found.kind, path: found.path.clone(), name, version })
}
