//! The template engine: embedded templates, the user's own in front of them, and errors that name file and line.
//!
//! A file of the user's folder replaces the embedded template of the same name; `{% extends "embedded/profile.html" %}`
//! in it replaces single blocks only.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use tera::{Context, Error, ErrorKind, Kwargs, State, Tera, Value};

use super::assets::Assets;
use super::index::Index;
use super::text::{breakable, count, day};
use super::{CatalogError, CatalogInput, Page, paths};

/// Templates in the binary.
const EMBEDDED: [(&str, &str); 13] = [
    ("404.html", include_str!("../../site-templates/404.html")),
    ("base.html", include_str!("../../site-templates/base.html")),
    ("facet.html", include_str!("../../site-templates/facet.html")),
    ("home.html", include_str!("../../site-templates/home.html")),
    ("profile.html", include_str!("../../site-templates/profile.html")),
    ("profiles.html", include_str!("../../site-templates/profiles.html")),
    ("rule.html", include_str!("../../site-templates/rule.html")),
    ("rules.html", include_str!("../../site-templates/rules.html")),
    ("source.html", include_str!("../../site-templates/source.html")),
    ("sources.html", include_str!("../../site-templates/sources.html")),
    ("ui.html", include_str!("../../site-templates/ui.html")),
    ("used.html", include_str!("../../site-templates/used.html")),
    ("values.html", include_str!("../../site-templates/values.html")),
];

/// Prefix of embedded templates.
const PREFIX: &str = "embedded/";

/// Compiled templates.
pub(super) struct Engine {
    tera: Tera,
    /// Name of a template of the user → path that people are shown.
    own: BTreeMap<String, String>,
    /// What leads from the site's root to the catalog, for the one page that is shown at any address.
    absolute: String,
}

/// What every page knows.
#[derive(Serialize)]
struct Site<'a> {
    title: &'a str,
    base_url: Option<&'a str>,
    commit: Option<&'a str>,
    commit_short: Option<String>,
    date: Option<&'a str>,
    day: Option<String>,
    generator: &'static str,
    css: &'a str,
    js: &'a str,
    search: &'a str,
    has_packs: bool,
    has_charts: bool,
}

impl Engine {
    pub(super) fn new(input: &CatalogInput, index: &Index, assets: &Assets) -> Result<Self, CatalogError> {
        let mut tera = Tera::new();
        let internal = |error: Error| describe(&error, &BTreeMap::new());
        tera.set_fallback_prefixes([PREFIX]).map_err(internal)?;
        tera.autoescape_on([".html"]);
        tera.register_filter("brk", |text: &str, _: Kwargs, _: &State| Value::safe_string(&breakable(text)));
        tera.register_filter("day", |date: &str, _: Kwargs, _: &State| day(date));
        tera.register_filter("count", |n: usize, kwargs: Kwargs, _: &State| {
            Ok::<_, Error>(count(n, kwargs.must_get::<&str>("word")?))
        });
        let mut own = BTreeMap::new();
        let mut texts: Vec<(String, String)> =
            EMBEDDED.iter().map(|(name, text)| (format!("{PREFIX}{name}"), (*text).to_owned())).collect();
        if let Some(dir) = &input.templates {
            for (name, text) in read_own(dir)? {
                own.insert(name.clone(), format!("{}/{name}", dir.display()));
                texts.push((name, text));
            }
        }
        tera.add_raw_templates(texts.iter().map(|(n, t)| (n.as_str(), t.as_str())))
            .map_err(|e| describe(&e, &own))?;
        let commit = input.commit.as_ref();
        tera.global_context().insert(
            "site",
            &Site {
                title: &input.title,
                base_url: input.base_url.as_deref().map(|u| u.trim_end_matches('/')),
                commit: commit.map(|c| c.id.as_str()),
                commit_short: commit.map(|c| short(&c.id)),
                date: commit.map(|c| c.date.as_str()),
                day: commit.map(|c| day(&c.date)),
                generator: concat!("Edgewright ", env!("CARGO_PKG_VERSION")),
                css: &assets.css,
                js: &assets.js,
                search: &assets.search,
                has_packs: !index.packs.is_empty(),
                has_charts: !index.charts.is_empty(),
            },
        );
        let base = input.base_url.as_deref().and_then(|u| url::Url::parse(u).ok());
        let absolute =
            base.map_or_else(|| "/".to_owned(), |u| format!("{}/", u.path().trim_end_matches('/')));
        Ok(Self { tera, own, absolute })
    }

    /// Renders a page at `path` from a model whose fields are the template's variables.
    pub(super) fn page(
        &self,
        template: &str,
        path: &str,
        model: &impl Serialize,
    ) -> Result<Page, CatalogError> {
        let context = Context::from_serialize(model).map(|mut context| {
            let root = if path == "404.html" { self.absolute.clone() } else { paths::root_of(path) };
            context.insert("root", &root);
            context
        });
        let text = context
            .and_then(|context| self.tera.render(template, &context))
            .map_err(|error| describe(&error, &self.own))?;
        Ok(Page { path: path.to_owned(), bytes: text.into_bytes() })
    }
}

/// The user's templates: files ending in `.html`, sorted; other files of the folder are none of ours.
fn read_own(dir: &Path) -> Result<Vec<(String, String)>, CatalogError> {
    let io = |path: &Path| {
        let path = path.display().to_string();
        move |source| CatalogError::Io { path, source }
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io(dir))? {
        let path = entry.map_err(io(dir))?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_some_and(|e| e == "html") && path.is_file() {
            found.push((name, std::fs::read_to_string(&path).map_err(io(&path))?));
        }
    }
    found.sort();
    Ok(found)
}

/// A template error with its place: the file that people can open, or the name of an embedded template.
fn describe(error: &Error, own: &BTreeMap<String, String>) -> CatalogError {
    let shown = |name: &str| match own.get(name) {
        Some(path) => path.clone(),
        None => format!("template {}", name.strip_prefix(PREFIX).unwrap_or(name)),
    };
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => CatalogError::Template {
            place: format!(
                "{}:{}:{}",
                shown(report.filename()),
                report.span().start_line,
                report.span().start_col + 1
            ),
            message: report.message().to_owned(),
        },
        ErrorKind::MissingParent { current, parent } => CatalogError::Template {
            place: shown(current),
            message: format!("it extends `{parent}`, which does not exist"),
        },
        ErrorKind::CircularExtend { tpl, .. } => {
            CatalogError::Template { place: shown(tpl), message: "it extends itself".to_owned() }
        }
        ErrorKind::CircularInclude { tpl, .. } => {
            CatalogError::Template { place: shown(tpl), message: "it includes itself".to_owned() }
        }
        other => CatalogError::Template { place: "templates".to_owned(), message: other.to_string() },
    }
}

/// The first digits of a commit, with its mark of a dirty tree.
fn short(commit: &str) -> String {
    let (id, mark) = commit.split_once('-').map_or((commit, ""), |(id, _)| (id, "-dirty"));
    format!("{}{mark}", id.get(..8).unwrap_or(id))
}
