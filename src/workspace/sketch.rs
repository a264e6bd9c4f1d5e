//! A workspace of which most is left unread: who a file's profile is can be seen in a few lines of its text.

use std::sync::Arc;

use indexmap::IndexMap;
use rayon::prelude::*;

use super::beside::read_text;
use super::discover::{self, FileKind, Found};
use super::model::{Channels, Profile, ProfileId, ProfileKind, ProfileMetadata, ProfileSpec, Rare, Scope};
use super::{Workspace, read};
use crate::diagnostics;
use crate::source::{Overlay, SourceFile, Span};
use crate::yaml::{self, Document, Node, Resolver, Spanned, resolve_plain};

/// A file of the workspace that may be read in full later.
#[derive(Debug)]
pub struct Sketch {
    found: Found,
    /// Its text; empty where it could not be read.
    pub text: String,
    /// Who it says it is, where that can be seen without reading it in full: then it is not.
    pub who: Option<Who>,
}

/// What `metadata` says of a profile or of its channels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The profile.
    pub id: ProfileId,
    /// Its version; `None` for channels.
    pub version: Option<String>,
    /// `metadata.name`.
    pub name: String,
    scope: Scope,
    /// `metadata.project`.
    pub project: Option<String>,
}

impl Sketch {
    /// Its path, relative to the workspace.
    pub fn path(&self) -> &str {
        &self.found.path
    }

    /// What it holds.
    pub fn kind(&self) -> FileKind {
        self.found.kind
    }

    /// Who it says it is, read in full where it has to be.
    pub fn read(&self) -> Option<Who> {
        self.who.clone().or_else(|| Who::read(&self.text, self.found.kind))
    }
}

impl Workspace {
    /// Reads `edgewright.yaml` and the appliances at `root`, and of each profile who it is: it has that and nothing else until
    /// [`Workspace::fill`] reads it. The sketches are sorted by path.
    ///
    /// # Errors
    /// `root` does not exist or has no `edgewright.yaml`.
    pub fn sketch(root: &std::path::Path) -> anyhow::Result<(Self, Vec<Sketch>)> {
        let overlay = Overlay::default();
        let root = root
            .canonicalize()
            .map_err(|error| anyhow::anyhow!("cannot read `{}`: {error}", root.display()))?;
        let mut walk = discover::walk(&root, &overlay);
        let whole = |found: &Found| matches!(found.kind, FileKind::Config | FileKind::Appliances);
        let (whole, part): (Vec<Found>, Vec<Found>) = walk.found.into_iter().partition(whole);
        walk.found = whole;
        let mut sketches: Vec<Sketch> = part
            .into_par_iter()
            .map(|found| {
                let text = read_text(&overlay, &found.absolute, &found.path).unwrap_or_default();
                let who = who(&text, found.kind);
                Sketch { found, text, who }
            })
            .collect();
        sketches.sort_by(|a, b| a.found.path.cmp(&b.found.path));
        let mut workspace = Self::of_walk(root, walk, &overlay)?;
        for sketch in &sketches {
            workspace.stand_in(sketch);
        }
        let unknown: Vec<&Sketch> = sketches.iter().filter(|sketch| sketch.who.is_none()).collect();
        workspace.fill(&unknown);
        Ok((workspace, sketches))
    }

    /// Reads files in full, in place of what their sketches say.
    pub fn fill(&mut self, sketches: &[&Sketch]) {
        let paths: std::collections::HashSet<&str> = sketches.iter().map(|sketch| sketch.path()).collect();
        self.profiles.retain(|profile| !paths.contains(profile.file.path()));
        self.channels.retain(|channels| !paths.contains(channels.file.path()));
        let overlay = self.overlay.clone();
        let parts: Vec<read::Part> =
            sketches.par_iter().map(|sketch| read::file(&sketch.found, &overlay)).collect();
        for part in parts {
            self.add(part);
        }
        self.sort();
        self.channels.sort_by(|a, b| a.file.path().cmp(b.file.path()));
        self.files.sort_by(|a, b| a.file.path().cmp(b.file.path()));
        self.unread.sort_by(|a, b| a.path.cmp(&b.path));
        diagnostics::sort(&mut self.diagnostics);
    }

    /// Puts what a sketch says into the workspace.
    fn stand_in(&mut self, sketch: &Sketch) {
        let Some(who) = &sketch.who else { return };
        let file = SourceFile::new(sketch.path(), "");
        let document = Document::blank(&file);
        if let Some(version) = &who.version {
            self.profiles.push(Arc::new(who.profile(sketch, version, file, document)));
        } else {
            let channels = IndexMap::new();
            self.channels.push(Channels { id: who.id.clone(), channels, file, document });
        }
    }
}

impl Who {
    /// Who a text says it is; `None` where it says no name.
    pub fn read(text: &str, kind: FileKind) -> Option<Self> {
        if let Some(who) = who(text, kind) {
            return Some(who);
        }
        let stream = yaml::parse(&SourceFile::new("", text));
        let metadata = stream.documents.first()?.at("/metadata")?;
        let text = |key: &str| metadata.get(key).and_then(Node::text).map(str::to_owned);
        let scope = match text("scope").as_deref() {
            Some("system") => Scope::System,
            Some("project") => Scope::Project,
            _ => Scope::Tenant,
        };
        let (name, project) = (text("name")?, text("project"));
        let version = (kind == FileKind::Profile).then(|| text("version").unwrap_or_default());
        Some(Self { id: ProfileId::new(scope, project.as_deref(), &name), version, name, scope, project })
    }

    fn profile(&self, sketch: &Sketch, version: &str, file: Arc<SourceFile>, document: Document) -> Profile {
        let spanned = |value: &str| Spanned { value: value.to_owned(), span: Span::default() };
        Profile {
            id: self.id.clone(),
            kind: ProfileKind::ClusterProfile,
            metadata: ProfileMetadata {
                name: spanned(&self.name),
                display_name: None,
                version: spanned(version),
                description: None,
                tags: IndexMap::new(),
                scope: self.scope,
                project: self.project.as_deref().map(spanned),
                owners: Vec::new(),
                cloned_from: None,
                annotations: Rare::default(),
            },
            spec: ProfileSpec { profile_type: None, cloud: None, variables: Vec::new(), layers: Vec::new() },
            dir: sketch.found.absolute.parent().map(ToOwned::to_owned).unwrap_or_default(),
            file,
            document,
            overlay: Overlay::default(),
        }
    }
}

/// Who the text says it is: `metadata` as a block of plain keys, each once. Anything else has to be read in full.
pub fn who(text: &str, kind: FileKind) -> Option<Who> {
    let mut name = None;
    let mut version = None;
    let mut scope = None;
    let mut project = None;
    let mut within = false;
    let mut seen = false;
    let mut indentation = None;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        if content.starts_with('\t') {
            return None;
        }
        let depth = line.len() - content.len();
        if depth == 0 {
            within = line.trim_end() == "metadata:";
            let key = content.strip_suffix(':').or_else(|| content.split_once(": ").map(|(key, _)| key));
            let plain = key.is_some_and(|key| key.bytes().all(|b| b.is_ascii_alphanumeric()));
            // A second document, an anchor, a flow mapping, …
            if (!plain && line != "---") || (line == "---" && seen) || (key == Some("metadata") && !within) {
                return None;
            }
            if within && indentation.is_some() {
                return None;
            }
            seen = true;
            continue;
        }
        if !within || *indentation.get_or_insert(depth) != depth {
            continue;
        }
        let (key, value) = content.split_once(':')?;
        let slot = match key {
            "name" => &mut name,
            "version" => &mut version,
            "scope" => &mut scope,
            "project" => &mut project,
            key if key.bytes().all(|b| b.is_ascii_alphanumeric()) && !goes_on(value) => continue,
            _ => return None,
        };
        if slot.replace(word(value)?).is_some() {
            return None;
        }
    }
    let scope = match scope.as_deref() {
        None | Some("tenant") => Scope::Tenant,
        Some("project") => Scope::Project,
        Some("system") => Scope::System,
        Some(_) => return None,
    };
    let version = match kind {
        FileKind::Profile => Some(version?),
        _ if version.is_some() => return None,
        _ => None,
    };
    let name = name?;
    Some(Who { id: ProfileId::new(scope, project.as_deref(), &name), version, name, scope, project })
}

/// Whether a quoted text or a flow collection goes on in the next line, where anything may stand at any depth.
fn goes_on(value: &str) -> bool {
    let value = value.trim();
    [('"', '"'), ('\'', '\''), ('[', ']'), ('{', '}')]
        .iter()
        .any(|(open, close)| value.starts_with(*open) && (value.len() == 1 || !value.ends_with(*close)))
}

/// A scalar that is one plain or quoted word and text to everybody.
fn word(value: &str) -> Option<String> {
    let value = value.strip_prefix(' ')?.trim_matches(' ').trim_end_matches('\r');
    let value = value.split_once(" #").map_or(value, |(value, _)| value.trim_end());
    let quoted = ['"', '\''].iter().find_map(|q| value.strip_prefix(*q)?.strip_suffix(*q));
    let bare = quoted.unwrap_or(value);
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+' | b'/');
    let starts = bare.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !starts || !bare.bytes().all(plain) {
        return None;
    }
    let text = quoted.is_some() || resolve_plain(bare, Resolver::Core).is_string();
    text.then(|| bare.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(metadata: &str) -> Option<(String, Option<String>)> {
        let text = format!("apiVersion: edgewright/v1\nkind: ClusterProfile\n{metadata}spec:\n  name: no\n");
        who(&text, FileKind::Profile).map(|who| (who.id.0, who.version))
    }

    #[test]
    fn a_plain_block_says_who_it_is() {
        let is = |id: &str, version: &str| Some((id.to_owned(), Some(version.to_owned())));
        assert_eq!(said("metadata:\n  name: a\n  version: 1.0.0\n"), is("a", "1.0.0"));
        assert_eq!(
            said(
                "# x\nmetadata:\n\n    name: \"a\" # b\n    tags:\n      name: t\n    scope: project\n    project: p\n    version: '1.0'\n"
            ),
            is("p/a", "1.0")
        );
        assert_eq!(
            said("metadata:\n  scope: system\n  name: a\n  version: 1.2.3\n"),
            is("system/a", "1.2.3")
        );
    }

    #[test]
    fn whatever_is_not_plain_has_to_be_read() {
        for text in [
            "metadata: {name: a, version: 1.0.0}\n",
            "metadata:\n  name: a\n  version: 1.0\n",
            "metadata:\n  name: a\n",
            "metadata:\n  name: a\n  name: b\n  version: 1.0.0\n",
            "metadata:\n  <<: *x\n  name: a\n  version: 1.0.0\n",
            "metadata:\n  \"name\": a\n  version: 1.0.0\n",
            "metadata:\n  name: a\n  version: 1.0.0\n---\n",
            "metadata:\n  name: a\n  version: 1.0.0\nmetadata:\n  name: b\n",
            "metadata:\n  name: \"a\\x41\"\n  version: 1.0.0\n",
            "metadata:\n  name: a b\n  version: 1.0.0\n",
            "metadata:\n  description: \"x\n  scope: system\n  y: z\"\n  name: a\n  version: 1.0.0\n",
            "metadata:\n  name: >-\n    a\n  version: 1.0.0\n",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
