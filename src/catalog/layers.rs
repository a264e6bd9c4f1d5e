//! Layers as pages show them: the slab of the picture, the facts, and the values with their origin.

use serde::Serialize;

use super::index::{Version, anchors, folder_of, is_below};
use super::text::{bytes, count, number};
use super::{paths, values};
use crate::diagnostics::Severity;
use crate::pack::LayerType;
use crate::resolve::resolved::{LayerManifest, LayerSource, ResolvedLayer, ResolvedProfile, Unresolved};

/// Most rows of a table on a profile page; the page of all values has the rest.
const ROWS: usize = 50;

/// A short text with an icon.
#[derive(Debug, Serialize)]
pub(super) struct Mark {
    /// Class: `ok`, `warn`, `bad`, `acc`, or `wanted` for plain text.
    pub(super) class: &'static str,
    /// Icon; empty for none.
    pub(super) icon: &'static str,
    pub(super) text: String,
}

/// A name and what stands for it.
#[derive(Debug, Serialize)]
pub(super) struct Fact {
    pub(super) name: &'static str,
    pub(super) items: Vec<Item>,
    /// Behind the items, small.
    pub(super) small: String,
}

impl Fact {
    pub(super) fn new(name: &'static str, items: Vec<Item>) -> Self {
        Self { name, items, small: String::new() }
    }

    pub(super) fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self::new(name, vec![Item::text(text)])
    }

    pub(super) fn code(name: &'static str, text: impl Into<String>) -> Self {
        Self::new(name, vec![Item { code: true, ..Item::text(text) }])
    }

    pub(super) fn small(mut self, small: impl Into<String>) -> Self {
        self.small = small.into();
        self
    }
}

/// A piece of text, perhaps as code, perhaps as a link.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) code: bool,
    /// Path in the tree, or an address outside when `outside`.
    pub(super) href: Option<String>,
    pub(super) outside: bool,
}

impl Item {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: false, href: None, outside: false }
    }

    pub(super) fn link(text: impl Into<String>, path: &str) -> Self {
        Self { href: Some(paths::href(path)), ..Self::text(text) }
    }
}

/// A layer.
#[derive(Debug, Serialize)]
pub(super) struct LayerView {
    pub(super) number: usize,
    pub(super) anchor: String,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) kind_word: &'static str,
    pub(super) version: Option<String>,
    pub(super) mark: Option<Mark>,
    pub(super) chips: Vec<Mark>,
    /// `pack · central`.
    pub(super) source: String,
    pub(super) place: String,
    pub(super) place_is_namespace: bool,
    /// `access: proxied` of a brought layer.
    pub(super) brought_by: Option<String>,
    pub(super) differ: usize,
    pub(super) total: usize,
    pub(super) facts: Vec<Fact>,
    pub(super) rows: Vec<values::ValueRow>,
    /// Rows that the page leaves out.
    pub(super) more: usize,
}

/// All layers of a version, lowest first.
pub(super) fn views(version: &Version) -> Vec<LayerView> {
    let resolved = version.resolved;
    let anchors = anchors(resolved);
    let known = &resolved.profile.spec.variables;
    let anchor_of =
        |name: &str| resolved.layers.iter().position(|l| l.name == name).map(|i| anchors[i].clone());
    let folder = folder_of(resolved.profile.file.path());
    let mut views = Vec::with_capacity(resolved.layers.len());
    for (i, layer) in resolved.layers.iter().enumerate() {
        let mut rows = values::rows(&layer.values, known, folder, false);
        let differ = rows.len();
        rows.truncate(ROWS);
        let chips = marks(version, layer);
        let brought_by = layer.added_by.as_ref().map(|by| format!("{}: {}", by.group, by.preset));
        let (place, place_is_namespace) = place(layer);
        let pinned = layer.pin.as_ref().map(|p| p.version.clone());
        let wanted = layer.wanted.clone().filter(|w| pinned.as_ref() != Some(w));
        let mark =
            chips.first().map(|m| Mark { class: m.class, icon: m.icon, text: m.text.clone() }).or_else(
                || wanted.as_ref().map(|w| Mark { class: "wanted", icon: "", text: format!("wanted {w}") }),
            );
        views.push(LayerView {
            number: i + 1,
            anchor: anchors[i].clone(),
            name: layer.display_name.clone(),
            kind: layer.layer_type.word(),
            kind_word: kind_word(layer.layer_type),
            version: pinned.or_else(|| layer.wanted.clone()),
            mark,
            chips,
            source: source_words(layer),
            place,
            place_is_namespace,
            brought_by,
            differ,
            total: layer.values.origins.count(),
            facts: facts(resolved, layer, &anchor_of),
            more: differ - rows.len(),
            rows,
        });
    }
    views
}

/// The word that pages use for a layer's type.
pub(super) fn kind_word(kind: LayerType) -> &'static str {
    if kind == LayerType::Addon { "add-on" } else { kind.word() }
}

/// `pack · central`, `manifests · git`.
pub(super) fn source_words(layer: &ResolvedLayer) -> String {
    match (&layer.source, &layer.registry) {
        (LayerSource::Manifests, _) => "manifests \u{b7} git".to_owned(),
        (source, Some(registry)) => format!("{} \u{b7} {registry}", source.word()),
        (source, None) => source.word().to_owned(),
    }
}

fn place(layer: &ResolvedLayer) -> (String, bool) {
    let on_host = matches!(layer.layer_type, LayerType::Kernel | LayerType::Os | LayerType::Kubernetes);
    if on_host && layer.charts.is_empty() && layer.manifests.is_empty() {
        ("on the host".to_owned(), false)
    } else if layer.namespace.is_empty() {
        ("as its manifests say".to_owned(), false)
    } else {
        (layer.namespace.clone(), true)
    }
}

/// What is wrong with a layer, worst first.
fn marks(version: &Version, layer: &ResolvedLayer) -> Vec<Mark> {
    let mut marks = Vec::new();
    if let Some(reason) = &layer.unresolved {
        marks.push(Mark { class: "bad", icon: "bad", text: unresolved_words(reason).to_owned() });
    }
    let of = |severity: Severity| {
        let concerns = |path: &str, start: u32, file: &str| {
            layer.source.pack().is_some_and(|p| is_below(path, &p.path))
                || (path == file && layer.place.span.range().contains(&(start as usize)))
        };
        version
            .findings
            .iter()
            .filter(|f| f.severity == severity)
            .filter(|f| concerns(f.place.file.path(), f.place.span.start, layer.place.file.path()))
            .count()
    };
    let errors = of(Severity::Error);
    if errors > 0 {
        marks.push(Mark { class: "bad", icon: "bad", text: count(errors, "error") });
    }
    let warnings = of(Severity::Warning);
    if warnings > 0 {
        marks.push(Mark { class: "warn", icon: "warn", text: count(warnings, "warning") });
    }
    if layer.pin.as_ref().is_some_and(|p| p.deprecated) {
        marks.push(Mark { class: "warn", icon: "warn", text: "deprecated".to_owned() });
    }
    marks
}

/// Why a layer has no content, in two or three words.
pub(super) fn unresolved_words(reason: &Unresolved) -> &'static str {
    match reason {
        Unresolved::NotLocked => "not locked",
        Unresolved::NotFetched => "not fetched",
        Unresolved::Changed { .. } => "content changed",
        Unresolved::NoRegistry(_) => "no such registry",
        Unresolved::NotFound(_) => "not found",
        Unresolved::Broken(_) => "cannot be read",
    }
}

fn facts(
    resolved: &ResolvedProfile,
    layer: &ResolvedLayer,
    anchor_of: &dyn Fn(&str) -> Option<String>,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut source = Fact::new("Source", vec![Item { code: false, ..Item::text(source_words(layer)) }]);
    if let Some(page) = super::index::page_of(layer) {
        let words = layer.source.name().unwrap_or_default();
        source.items.push(Item::link(words, &page));
    } else if let Some(name) = layer.source.name() {
        source.items.push(Item { code: true, ..Item::text(name) });
    }
    facts.push(source);
    if let Some(wanted) = &layer.wanted {
        facts.push(Fact::code("Wanted", wanted));
    }
    if let Some(reason) = &layer.unresolved {
        let words = match reason {
            Unresolved::NotLocked => "the lock does not name it; `edgewright lock` does".to_owned(),
            Unresolved::NotFetched => "its bytes were not here when this page was built".to_owned(),
            Unresolved::Changed { locked, found } => {
                format!("the lock says {}, here is {}", locked.short(), found.short())
            }
            Unresolved::NoRegistry(what) | Unresolved::NotFound(what) | Unresolved::Broken(what) => {
                what.clone()
            }
        };
        facts.push(Fact::text("Unresolved", words));
    }
    if let Some(by) = &layer.added_by {
        let item = match anchor_of(&by.layer) {
            Some(anchor) => Item { href: Some(format!("#{anchor}")), outside: true, ..Item::text(&by.layer) },
            None => Item::text(&by.layer),
        };
        facts.push(Fact::new("Added by", vec![item]));
    }
    let (place, is_namespace) = place(layer);
    if is_namespace {
        facts.push(Fact::code("Namespace", place));
    }
    if matches!(layer.source, LayerSource::Chart(..))
        && let Some(chart) = layer.charts.first()
    {
        facts.push(Fact::code("Release", &chart.release));
    } else if !layer.charts.is_empty() {
        let items = layer.charts.iter().map(|c| {
            let page = super::index::source_page("chart", &c.chart.metadata.name, &c.chart.metadata.version);
            Item::link(format!("{} {}", c.name, c.chart.metadata.version), &page)
        });
        facts.push(Fact::new("Charts", items.collect()));
    }
    if layer.priority != 0 {
        facts.push(Fact::text("Priority", layer.priority.to_string()));
    }
    if !layer.presets.is_empty() {
        let item = |(g, p): (&String, &String)| Item { code: true, ..Item::text(format!("{g}: {p}")) };
        facts.push(Fact::new("Presets", layer.presets.iter().map(item).collect()));
    }
    let brought: Vec<Item> = resolved
        .layers
        .iter()
        .filter(|l| l.added_by.as_ref().is_some_and(|by| by.layer == layer.name))
        .filter_map(|l| {
            let href = format!("#{}", anchor_of(&l.name)?);
            Some(Item { href: Some(href), outside: true, ..Item::text(&l.name) })
        })
        .collect();
    if !brought.is_empty() {
        facts.push(Fact::new("Brings", brought));
    }
    if matches!(layer.source, LayerSource::Manifests) {
        let folder = folder_of(resolved.profile.file.path());
        let item = |m: &LayerManifest| Item { code: true, ..Item::text(relative(m.file.path(), folder)) };
        facts.push(Fact::new("Files", layer.manifests.iter().map(item).collect()));
    }
    if let Some(pin) = &layer.pin {
        facts.push(Fact::code("Content", format!("sha256:{}", pin.content.short())));
        if let Some(sha256) = &pin.sha256 {
            facts.push(Fact::code("Archive", format!("sha256:{}", sha256.short())));
        }
        if let Some(size) = pin.size {
            facts.push(Fact::text("Size", bytes(size)));
        }
        if let Some(app) = &pin.app_version {
            facts.push(Fact::code("App", app));
        }
    }
    facts
}

/// `24 of 566 values differ from the defaults`, over some layers.
pub(super) fn differ_words(views: &[LayerView]) -> String {
    let total: usize = views.iter().map(|v| v.total).sum();
    let differ: usize = views.iter().map(|v| v.differ).sum();
    if total == 0 && differ == 0 {
        return "no values".to_owned();
    }
    format!("{} of {} values differ from the defaults", number(differ), number(total))
}

/// A path below `folder`, from there on; any other path as it is.
pub(super) fn relative<'p>(path: &'p str, folder: &str) -> &'p str {
    path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
}
