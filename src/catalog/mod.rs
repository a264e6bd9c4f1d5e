//! The browsable catalog: page models, templates, Markdown, the API.
//!
//! [`render`] turns resolved profiles into a map of paths and bytes, [`write`] brings a folder into that state. Every
//! page is readable without JavaScript, from any sub-path and from `file://`: links are relative and name
//! `index.html`, nothing is loaded from elsewhere, and no page has an inline script or style.
//!
//! Architecture invariant: this room knows no registry and uses no network.

mod api;
mod assets;
mod fleet;
mod index;
mod layers;
mod lists;
mod markdown;
mod packs;
mod paths;
mod profile;
mod rules;
mod search;
mod sources;
mod stack;
mod templates;
mod text;
mod values;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::archive::{Digest, Files};
use crate::diagnostics::Diagnostic;
use crate::resolve::resolved::ResolvedProfile;
use crate::workspace::Workspace;
use crate::workspace::model::ProfileId;

use index::Index;
use templates::Engine;

pub use write::{Written, write};

/// Where templates of the repository lie unless `site.templates` says otherwise.
const TEMPLATES: &str = "site-templates";

/// Everything that the catalog shows.
#[derive(Clone, Debug)]
pub struct CatalogInput<'a> {
    /// Title of the catalog.
    pub title: String,
    /// Address at which it will be read, where that is known; pages work at any other address too.
    pub base_url: Option<String>,
    /// The commit that it is built from; `None` outside git.
    pub commit: Option<Commit>,
    /// The repository: READMEs and their images are read from its folder.
    pub workspace: &'a Workspace,
    /// Its profile versions.
    pub profiles: &'a [ResolvedProfile],
    /// Findings of `check`; `None` where nothing was checked, so that no page claims it.
    pub findings: Option<&'a [Diagnostic]>,
    /// Descriptors of the release that is built together with the catalog.
    pub descriptors: BTreeMap<(ProfileId, String), Digest>,
    /// JSON Schemas to publish below `schemas/v1/`: name (`profile`) → text.
    pub schemas: Vec<(&'a str, &'a str)>,
    /// Folder whose templates replace the embedded ones of the same name.
    pub templates: Option<PathBuf>,
}

impl<'a> CatalogInput<'a> {
    /// A catalog of a workspace as `spec.site` describes it: outside git, unchecked, without a release.
    pub fn new(workspace: &'a Workspace, profiles: &'a [ResolvedProfile]) -> Self {
        let site = &workspace.config.spec.site;
        let title = site.title.clone().or_else(|| workspace.config.name.clone());
        Self {
            title: title.unwrap_or_else(|| "Catalog".to_owned()),
            base_url: site.base_url.clone(),
            commit: None,
            workspace,
            profiles,
            findings: None,
            descriptors: BTreeMap::new(),
            schemas: Vec::new(),
            templates: match &site.templates {
                Some(folder) => Some(workspace.root.join(folder)),
                None => Some(workspace.root.join(TEMPLATES)).filter(|folder| folder.is_dir()),
            },
        }
    }
}

/// The commit that a catalog shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Full id, `-dirty` behind it where the working tree differs.
    pub id: String,
    /// Its date, RFC 3339, UTC.
    pub date: String,
}

/// Why there is no catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A template cannot be read, compiled or rendered.
    #[error("{place}: {message}")]
    Template {
        /// `site-templates/profile.html:12:5`, or the name of an embedded template.
        place: String,
        /// What is wrong there.
        message: String,
    },
    /// A folder or file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The path.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Renders the whole catalog in memory: pages, their JSON twins, schemas and assets.
///
/// The same input gives the same bytes, whatever the number of threads.
pub fn render(input: &CatalogInput) -> Result<Files, CatalogError> {
    let index = Index::new(input);
    let assets = assets::Assets::new(input, &index)?;
    let engine = Engine::new(input, &index, &assets)?;
    let mut jobs: Vec<Job> = Vec::new();
    jobs.extend(profile::jobs(&index));
    jobs.extend(sources::jobs(&index));
    jobs.extend(lists::jobs(&index));
    jobs.extend(rules::jobs());
    let pages: Vec<Vec<Page>> =
        jobs.par_iter().map(|job| job(&index, &engine)).collect::<Result<_, CatalogError>>()?;
    let mut files = assets.files;
    for (name, text) in &input.schemas {
        files.insert(format!("schemas/v1/{}.json", paths::segment(name)), text.as_bytes());
    }
    for page in pages.into_iter().flatten() {
        files.insert(page.path, page.bytes);
    }
    files.insert("api/v1/profiles.json", api::profiles(&index));
    let mut list: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    list.push(write::LIST);
    list.sort_unstable();
    let list = api::to_bytes(&serde_json::json!({ "schemaVersion": 1, "files": list }));
    files.insert(write::LIST, list);
    Ok(files)
}

/// A finished file of the catalog.
struct Page {
    path: String,
    bytes: Vec<u8>,
}

/// What renders one or a few files that belong together.
type Job<'a> = Box<dyn Fn(&Index<'a>, &Engine) -> Result<Vec<Page>, CatalogError> + Send + Sync + 'a>;
