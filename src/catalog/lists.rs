//! Home, the lists of profiles, packs and charts, the facets that narrow them, and the page for addresses that lead
//! nowhere.

use std::collections::BTreeMap;

use serde::Serialize;

use super::index::{Content, Index, Profile, Source, folder_of};
use super::layers::{Item, Mark, kind_word};
use super::paths;
use super::profile::tag_words;
use super::stack::{Glyph, glyph};
use super::templates::Engine;
use super::text::{count, number};
use super::{CatalogError, Job, Page};
use crate::diagnostics::Severity;
use crate::pack::LayerType;

/// Profiles that home shows.
const ON_HOME: usize = 20;
/// Profiles on one page of a list.
const ON_PAGE: usize = 200;
/// Entries of a facet that home shows.
const ENTRIES: usize = 5;

/// An entry of a facet as a link to its page, where it has one.
pub(super) fn facet_item(index: &Index, facet: &'static str, entry: &str) -> Item {
    if index.entries.contains(&(facet, entry.to_owned())) {
        Item::link(entry, &facet_page(facet, entry))
    } else {
        Item::text(entry)
    }
}

/// Page of one entry of a facet: `lists/owner/team-edge/index.html`.
fn facet_page(facet: &str, entry: &str) -> String {
    format!("lists/{facet}/{}/index.html", paths::segment(entry))
}

/// Jobs of all lists.
pub(super) fn jobs<'a>(index: &Index<'a>) -> Vec<Job<'a>> {
    let mut jobs: Vec<Job<'a>> = vec![
        Box::new(home),
        Box::new(|index, engine| {
            let all: Vec<usize> = (0..index.profiles.len()).collect();
            list(index, engine, "Profiles", "", &all, "profiles", "lists/all")
        }),
        Box::new(|index, engine| sources(engine, "Packs", "pack", &index.packs)),
        Box::new(|index, engine| sources(engine, "Charts", "chart", &index.charts)),
        Box::new(|_, engine| {
            Ok(vec![engine.page("404.html", "404.html", &Missing { title: "Not found" })?])
        }),
    ];
    let entries: Vec<(&'static str, String, Vec<usize>)> = facets(index)
        .into_iter()
        .flat_map(|facet| facet.entries.into_iter().map(move |(entry, at)| (facet.name, entry, at)))
        .collect();
    for (facet, entry, at) in entries {
        jobs.push(Box::new(move |index, engine| {
            let path = facet_page(facet, &entry);
            let folder = folder_of(&path);
            list(index, engine, &format!("Profiles: {entry}"), facet, &at, folder, folder)
        }));
    }
    for facet in FACETS {
        jobs.push(Box::new(move |index, engine| {
            let found = facets(index).into_iter().find(|f| f.name == facet);
            let model = FacetModel::new(facet, found.as_ref());
            Ok(vec![engine.page("facet.html", &format!("lists/{facet}/index.html"), &model)?])
        }));
    }
    jobs
}

/// The facets, in the order of home.
pub(super) const FACETS: [&str; 6] = ["type", "project", "owner", "kubernetes", "state", "tag"];

/// A facet: its entries, most profiles first, and the profiles of each.
struct Facet {
    name: &'static str,
    entries: Vec<(String, Vec<usize>)>,
}

fn facets(index: &Index) -> Vec<Facet> {
    FACETS
        .into_iter()
        .filter_map(|name| {
            let mut entries: BTreeMap<String, Vec<usize>> = BTreeMap::new();
            for (p, profile) in index.profiles.iter().enumerate() {
                for entry in entries_of(name, profile) {
                    let list = entries.entry(entry).or_default();
                    if list.last() != Some(&p) {
                        list.push(p);
                    }
                }
            }
            let mut entries: Vec<_> = entries.into_iter().collect();
            entries.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| a.0.cmp(&b.0)));
            (!entries.is_empty()).then_some(Facet { name, entries })
        })
        .collect()
}

/// Entries of a facet that a profile is listed under.
pub(super) fn entries_of(facet: &str, profile: &Profile) -> Vec<String> {
    let current = profile.current();
    let metadata = &current.resolved.profile.metadata;
    match facet {
        "type" => vec![current.type_word().to_owned()],
        "project" => vec![profile.id.folder().unwrap_or("tenant").to_owned()],
        "owner" => metadata.owners.clone(),
        "kubernetes" => current
            .resolved
            .layers
            .iter()
            .filter(|l| l.layer_type == LayerType::Kubernetes)
            .filter_map(|l| l.pin.as_ref().map(|p| p.version.clone()).or_else(|| l.wanted.clone()))
            .map(|version| version.split('.').take(2).collect::<Vec<_>>().join("."))
            .collect(),
        "state" => {
            let mut states = Vec::new();
            if current.is_pinned() {
                states.push("pinned".to_owned());
            } else {
                states.push("not pinned".to_owned());
            }
            if current.count(Severity::Error) > 0 {
                states.push("errors".to_owned());
            }
            if current.count(Severity::Warning) > 0 {
                states.push("warnings".to_owned());
            }
            states
        }
        _ => metadata.tags.iter().map(|(k, v)| tag_words(k, v.as_deref())).collect(),
    }
}

#[derive(Serialize)]
struct Row {
    glyph: Glyph,
    id: String,
    href: String,
    version: String,
    description: String,
    meta: String,
    chips: Vec<Mark>,
    versions: String,
    appliances: String,
}

fn row(profile: &Profile) -> Row {
    let current = profile.current();
    let metadata = &current.resolved.profile.metadata;
    let layers = current.resolved.layers.len();
    let mut meta = vec![current.type_word().to_owned(), count(layers, "layer")];
    if !metadata.owners.is_empty() {
        meta.push(metadata.owners.join(", "));
    }
    let mut chips = Vec::new();
    let (errors, warnings) = (current.count(Severity::Error), current.count(Severity::Warning));
    if errors > 0 {
        chips.push(Mark { class: "bad", icon: "bad", text: count(errors, "error") });
    } else if warnings > 0 {
        chips.push(Mark { class: "warn", icon: "warn", text: count(warnings, "warning") });
    }
    if current.unresolved() > 0 {
        let text = format!("{} unresolved", count(current.unresolved(), "layer"));
        chips.push(Mark { class: "warn", icon: "warn", text });
    }
    Row {
        glyph: glyph(current.resolved),
        id: profile.id.0.clone(),
        href: paths::href(&format!("{}/index.html", paths::profile_dir(profile.id))),
        version: current.version.to_owned(),
        description: metadata.description.clone().unwrap_or_else(|| current.display_name().to_owned()),
        meta: meta.join(" \u{b7} "),
        chips,
        versions: count(profile.versions.len(), "version"),
        appliances: count(profile.appliances(), "appliance"),
    }
}

#[derive(Serialize)]
struct Home {
    title: String,
    description: &'static str,
    heading: String,
    numbers: Vec<Number>,
    facets: Vec<FacetModel>,
    rows: Vec<Row>,
    rows_summary: String,
    packs: Vec<SourceRow>,
    charts: Vec<SourceRow>,
    empty: bool,
}

#[derive(Serialize)]
struct Number {
    name: &'static str,
    value: String,
    small: String,
}

#[derive(Serialize)]
struct FacetModel {
    title: String,
    description: String,
    name: &'static str,
    heading: &'static str,
    href: String,
    entries: Vec<Entry>,
    all: usize,
}

#[derive(Clone, Serialize)]
struct Entry {
    text: String,
    href: String,
    count: usize,
}

impl FacetModel {
    fn new(name: &'static str, facet: Option<&Facet>) -> Self {
        let heading = match name {
            "type" => "Type",
            "project" => "Project",
            "owner" => "Owner",
            "kubernetes" => "Kubernetes",
            "state" => "State",
            _ => "Tag",
        };
        let entry = |(text, at): &(String, Vec<usize>)| Entry {
            text: text.clone(),
            href: paths::href(&facet_page(name, text)),
            count: at.len(),
        };
        let entries: Vec<Entry> = facet.map(|f| f.entries.iter().map(entry).collect()).unwrap_or_default();
        Self {
            title: format!("Profiles by {}", heading.to_lowercase()),
            description: format!("All profiles, by {}", heading.to_lowercase()),
            name,
            heading,
            href: format!("lists/{name}/index.html"),
            all: entries.len(),
            entries,
        }
    }

    fn shortened(mut self) -> Self {
        self.entries.truncate(ENTRIES);
        self
    }
}

fn home(index: &Index, engine: &Engine) -> Result<Vec<Page>, CatalogError> {
    let mut order: Vec<&Profile> = index.profiles.iter().collect();
    order.sort_by(|a, b| b.appliances().cmp(&a.appliances()).then_with(|| a.id.cmp(b.id)));
    let rows: Vec<Row> = order.iter().take(ON_HOME).map(|p| row(p)).collect();
    let appliances = index.input.workspace.appliances.len();
    let heading = match (index.profiles.len(), appliances) {
        (profiles, 0) => format!("{} and what they are made of", count(profiles, "profile")),
        (_, appliances) => format!("Profiles and packs for {}", count(appliances, "edge appliance")),
    };
    let model = Home {
        title: index.input.title.clone(),
        description: "Profiles for edge Kubernetes appliances: versions, stacks, channels and findings.",
        heading,
        numbers: numbers(index),
        facets: facets(index)
            .iter()
            .filter(|f| f.name != "tag")
            .map(|f| FacetModel::new(f.name, Some(f)).shortened())
            .collect(),
        rows_summary: format!("{} of {}; most used first", rows.len(), number(index.profiles.len())),
        rows,
        packs: source_rows("pack", &index.packs, 6),
        charts: source_rows("chart", &index.charts, 6),
        empty: index.profiles.is_empty(),
    };
    Ok(vec![engine.page("home.html", "index.html", &model)?])
}

fn numbers(index: &Index) -> Vec<Number> {
    let versions: Vec<_> = index.profiles.iter().flat_map(|p| &p.versions).collect();
    let references =
        || versions.iter().flat_map(|v| &v.resolved.layers).filter(|l| l.source.name().is_some());
    let pinned = references().filter(|l| l.pin.is_some() && l.unresolved.is_none()).count();
    let mut numbers = vec![
        Number {
            name: "Profiles",
            value: number(index.profiles.len()),
            small: count(versions.len(), "version"),
        },
        Number {
            name: "Appliances",
            value: number(index.input.workspace.appliances.len()),
            small: format!("in {}", count(index.input.workspace.groups.len(), "group")),
        },
        Number {
            name: "References pinned",
            value: number(pinned),
            small: format!("of {}", number(references().count())),
        },
        Number { name: "Packs", value: number(index.packs.len()), small: "in use".to_owned() },
        Number { name: "Charts", value: number(index.charts.len()), small: "in use".to_owned() },
    ];
    if let Some(findings) = index.input.findings {
        let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
        numbers.push(Number {
            name: "Findings",
            value: count(of(Severity::Error), "error"),
            small: count(of(Severity::Warning), "warning"),
        });
    }
    numbers
}

#[derive(Serialize)]
struct List {
    title: String,
    description: String,
    facet: &'static str,
    rows: Vec<Row>,
    summary: String,
    pager: Pager,
}

#[derive(Serialize)]
struct Pager {
    number: usize,
    total: usize,
    before: Option<String>,
    after: Option<String>,
}

/// The pages of a list: the first in `folder`, the others in numbered folders below `rest`.
fn list(
    index: &Index,
    engine: &Engine,
    title: &str,
    facet: &'static str,
    at: &[usize],
    folder: &str,
    rest: &str,
) -> Result<Vec<Page>, CatalogError> {
    let total = at.len().div_ceil(ON_PAGE).max(1);
    let path = |number: usize| match number {
        1 => format!("{folder}/index.html"),
        number => format!("{rest}/{number}/index.html"),
    };
    let page = |number: usize| {
        let start = (number - 1) * ON_PAGE;
        let shown = &at[start..at.len().min(start + ON_PAGE)];
        let link = |number: usize| (1..=total).contains(&number).then(|| paths::href(&path(number)));
        let model = List {
            title: if number == 1 { title.to_owned() } else { format!("{title}, page {number}") },
            description: format!("{title}: {}", count(at.len(), "profile")),
            facet,
            rows: shown.iter().map(|p| row(&index.profiles[*p])).collect(),
            summary: format!("{}, by name", count(at.len(), "profile")),
            pager: Pager { number, total, before: link(number - 1), after: link(number + 1) },
        };
        engine.page("profiles.html", &path(number), &model)
    };
    (1..=total).map(page).collect()
}

#[derive(Serialize)]
struct Sources {
    title: &'static str,
    description: String,
    source_kind: &'static str,
    rows: Vec<SourceRow>,
    summary: String,
}

#[derive(Serialize)]
struct SourceRow {
    name: String,
    href: String,
    version: String,
    description: String,
    kind: &'static str,
    kind_word: &'static str,
    registries: String,
    used: usize,
}

fn source_rows(kind: &'static str, sources: &BTreeMap<&str, Source>, most: usize) -> Vec<SourceRow> {
    let mut rows: Vec<SourceRow> = sources
        .iter()
        .map(|(name, source)| {
            let newest = &source.versions[0];
            let (description, layer) = match newest.content {
                Content::Pack(pack) => (pack.display_name.clone(), pack.layer),
                Content::Chart(chart) => (chart.metadata.description.clone(), LayerType::Addon),
            };
            let used: std::collections::BTreeSet<_> =
                source.versions.iter().flat_map(|v| &v.uses).map(|u| u.at).collect();
            SourceRow {
                name: (*name).to_owned(),
                href: paths::href(&format!("{}/index.html", paths::source_dir(kind, name))),
                version: newest.version.to_owned(),
                description: description.unwrap_or_default(),
                kind: layer.word(),
                kind_word: kind_word(layer),
                registries: newest.registries.iter().copied().collect::<Vec<_>>().join(", "),
                used: used.len(),
            }
        })
        .collect();
    if rows.len() > most {
        rows.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.name.cmp(&b.name)));
        rows.truncate(most);
    }
    rows
}

fn sources(
    engine: &Engine,
    title: &'static str,
    kind: &'static str,
    sources: &BTreeMap<&str, Source>,
) -> Result<Vec<Page>, CatalogError> {
    let model = Sources {
        title,
        description: format!("{title} that profiles of this catalog use"),
        source_kind: kind,
        rows: source_rows(kind, sources, usize::MAX),
        summary: format!("{} in use", number(sources.len())),
    };
    Ok(vec![engine.page("sources.html", &format!("{kind}s/index.html"), &model)?])
}

#[derive(Serialize)]
struct Missing {
    title: &'static str,
}
