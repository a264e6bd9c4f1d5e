//! Pages of packs and charts: what they are, in which versions, and who uses them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::Serialize;

use super::assets::PackTargets;
use super::index::{Content, Index, Source, SourceVersion, source_page};
use super::layers::{self, Fact, Item, Mark};
use super::markdown;
use super::packs;
use super::paths;
use super::profile::{CommandView, FindingView, shell};
use super::templates::Engine;
use super::text::{count, number};
use super::{CatalogError, Job, Page};
use crate::archive::Files;
use crate::yaml::Resolver;

/// Longest defaults that a page shows, in bytes; longer ones are a file of their own only.
const SHOWN_VALUES: usize = 24 * 1024;

/// Uses that a page shows; more are on a page of their own.
const SHOWN_USES: usize = 50;

/// One job per pack and chart.
pub(super) fn jobs<'a>(index: &Index<'a>) -> Vec<Job<'a>> {
    let mut jobs: Vec<Job<'a>> = Vec::new();
    for name in index.packs.keys().copied() {
        jobs.push(Box::new(move |index, engine| pages(index, engine, "pack", name, &index.packs[name])));
    }
    for name in index.charts.keys().copied() {
        jobs.push(Box::new(move |index, engine| pages(index, engine, "chart", name, &index.charts[name])));
    }
    jobs
}

fn pages(
    index: &Index,
    engine: &Engine,
    kind: &'static str,
    name: &str,
    source: &Source,
) -> Result<Vec<Page>, CatalogError> {
    let mut pages = Vec::new();
    for (v, version) in source.versions.iter().enumerate() {
        let path = source_page(kind, name, version.version);
        pages.push(engine.page("source.html", &path, &model(index, kind, name, source, v, &path))?);
        if v == 0 {
            let path = format!("{}/index.html", paths::source_dir(kind, name));
            pages.push(engine.page("source.html", &path, &model(index, kind, name, source, v, &path))?);
        }
        if let Some(text) = values_text(version.content) {
            let path = path.replace("index.html", "values.yaml");
            pages.push(Page { path, bytes: text.as_bytes().to_vec() });
        }
    }
    let all = uses(index, source);
    if all.len() > SHOWN_USES {
        let path = used_page(kind, name);
        let model = UsedModel {
            title: format!("Used by: {kind} {name}"),
            source_kind: kind,
            name,
            back: paths::href(&format!("{}/index.html", paths::source_dir(kind, name))),
            uses: all,
        };
        pages.push(engine.page("used.html", &path, &model)?);
    }
    Ok(pages)
}

/// The page with all uses of a pack or chart.
fn used_page(kind: &str, name: &str) -> String {
    format!("{}/used/index.html", paths::source_dir(kind, name))
}

#[derive(Serialize)]
struct UsedModel<'m> {
    title: String,
    source_kind: &'static str,
    name: &'m str,
    back: String,
    uses: Vec<UseRow>,
}

#[derive(Serialize)]
struct Model<'m> {
    title: String,
    description: String,
    canonical: String,
    source_kind: &'static str,
    name: &'m str,
    display_name: String,
    version: &'m str,
    lead: String,
    kind: &'static str,
    kind_word: &'static str,
    chips: Vec<Mark>,
    switcher: Vec<Link>,
    facts: Vec<Fact>,
    commands: Vec<CommandView>,
    versions: Vec<VersionRow>,
    presets: Vec<packs::PresetView>,
    charts: Vec<packs::ChartRow>,
    needs: Vec<packs::Need>,
    uses: Vec<UseRow>,
    uses_all: usize,
    uses_more: bool,
    uses_href: String,
    values: Option<String>,
    values_href: Option<String>,
    values_count: usize,
    findings: Vec<FindingView<'m>>,
    readme: Option<String>,
}

#[derive(Serialize)]
struct Link {
    version: String,
    href: String,
    current: bool,
    words: String,
}

#[derive(Serialize)]
struct VersionRow {
    version: String,
    href: String,
    current: bool,
    app_version: String,
    used: usize,
    percent: usize,
    state: Option<Mark>,
}

#[derive(Serialize)]
struct UseRow {
    profile: String,
    href: String,
    version: String,
    layer: String,
    source_version: String,
    presets: String,
    owners: String,
    appliances: String,
}

fn model<'m>(
    index: &'m Index,
    kind: &'static str,
    name: &'m str,
    source: &'m Source,
    v: usize,
    page: &str,
) -> Model<'m> {
    let version = &source.versions[v];
    let all_uses = uses(index, source);
    let (display_name, lead, layer_kind) = match version.content {
        Content::Pack(pack) => (
            pack.display_name.clone().unwrap_or_else(|| name.to_owned()),
            pack.annotations.get("description").cloned().unwrap_or_default(),
            pack.layer,
        ),
        Content::Chart(chart) => (
            name.to_owned(),
            chart.metadata.description.clone().unwrap_or_default(),
            crate::pack::LayerType::Addon,
        ),
    };
    let root = paths::root_of(page);
    let (values, values_href) = match values_text(version.content) {
        Some(text) => {
            let href = source_page(kind, name, version.version).replace("index.html", "values.yaml");
            ((text.len() <= SHOWN_VALUES).then(|| text.to_owned()), Some(paths::href(&href)))
        }
        None => (None, None),
    };
    let (presets, needs, charts, findings) = match version.content {
        Content::Pack(pack) => (
            pack.presets.iter().map(|p| packs::preset(index, p)).collect(),
            packs::needs(pack),
            packs::charts(index, pack),
            packs::findings(index, pack),
        ),
        Content::Chart(_) => Default::default(),
    };
    Model {
        title: format!("{name} {}", version.version),
        description: if lead.is_empty() {
            format!("{kind} {name} {} and the profiles that use it", version.version)
        } else {
            lead.clone()
        },
        canonical: source_page(kind, name, version.version),
        source_kind: kind,
        name,
        display_name,
        version: version.version,
        lead,
        kind: layer_kind.word(),
        kind_word: layers::kind_word(layer_kind),
        chips: chips(version),
        switcher: switcher(kind, name, source, v),
        facts: facts(index, version),
        commands: commands(index, kind, name, version),
        versions: versions(kind, name, source, v),
        presets,
        charts,
        needs,
        uses_more: all_uses.len() > SHOWN_USES,
        uses_all: all_uses.len(),
        uses_href: paths::href(&used_page(kind, name)),
        uses: all_uses.into_iter().take(SHOWN_USES).collect(),
        values,
        values_href,
        values_count: values_count(version.content),
        findings,
        readme: readme(index, version.content, &root),
    }
}

fn chips(version: &SourceVersion) -> Vec<Mark> {
    let mut chips = Vec::new();
    let (schema, deprecated) = match version.content {
        Content::Pack(pack) => (pack.schema.is_some(), false),
        Content::Chart(chart) => (chart.files.contains("values.schema.json"), chart.metadata.deprecated),
    };
    if schema {
        chips.push(Mark { class: "ok", icon: "check", text: "Has a schema".to_owned() });
    }
    let pinned: BTreeSet<_> = version.uses.iter().filter(|u| u.layer.pin.is_some()).map(|u| u.at).collect();
    if !pinned.is_empty() {
        let text = format!("Pinned in {}", count(pinned.len(), "lock"));
        chips.push(Mark { class: "ok", icon: "seal", text });
    }
    if deprecated || version.pin.is_some_and(|p| p.deprecated) {
        chips.push(Mark { class: "warn", icon: "warn", text: "Deprecated".to_owned() });
    }
    chips
}

fn used(version: &SourceVersion) -> usize {
    version.uses.iter().map(|u| u.at).collect::<BTreeSet<_>>().len()
}

fn switcher(kind: &str, name: &str, source: &Source, v: usize) -> Vec<Link> {
    let shown: BTreeSet<usize> = (0..source.versions.len().min(4)).chain([v]).collect();
    let link = |i: usize| {
        let version = &source.versions[i];
        Link {
            version: version.version.to_owned(),
            href: paths::href(&source_page(kind, name, version.version)),
            current: i == v,
            words: format!("in {}", count(used(version), "profile version")),
        }
    };
    shown.into_iter().map(link).collect()
}

fn facts(index: &Index, version: &SourceVersion) -> Vec<Fact> {
    let mut facts = Vec::new();
    if !version.registries.is_empty() {
        let names: Vec<&str> = version.registries.iter().copied().collect();
        facts.push(Fact::text("Registry", names.join(", ")));
    }
    if !version.packs.is_empty() {
        let link = |p: &&str| Item::link(*p, &format!("{}/index.html", paths::source_dir("pack", p)));
        facts.push(Fact::new("In packs", version.packs.iter().map(link).collect()));
    }
    facts.push(Fact::text("Used by", number(used(version))).small("profile versions"));
    let appliances: usize = {
        let at: BTreeSet<_> = version.uses.iter().map(|u| u.at).collect();
        at.into_iter().map(|(p, v)| index.profiles[p].versions[v].appliances).sum()
    };
    facts.push(Fact::text("Appliances", number(appliances)));
    match version.content {
        Content::Pack(pack) => {
            if let Some(addon) = pack.addon_type.as_deref().filter(|a| !a.is_empty()) {
                facts.push(Fact::text("Add-on type", addon));
            }
            if !pack.cloud_types.is_empty() {
                facts.push(Fact::text("Cloud", pack.cloud_types.join(", ")));
            }
            if let Some(license) = pack.annotations.get("license") {
                facts.push(Fact::text("License", license));
            }
        }
        Content::Chart(chart) => {
            if let Some(app) = &chart.metadata.app_version {
                facts.push(Fact::text("App version", app));
            }
            if let Some(range) = &chart.metadata.kube_version {
                facts.push(Fact::code("Kubernetes", range));
            }
            if let Some(home) = chart.metadata.home.as_deref().filter(|h| markdown::is_outside(h)) {
                let item = Item { href: Some(home.to_owned()), outside: true, ..Item::text(host(home)) };
                facts.push(Fact::new("Home", vec![item]));
            }
        }
    }
    if let Some(pin) = version.pin {
        facts.push(Fact::code("Content", pin.content.short()));
        if let Some(size) = pin.size {
            facts.push(Fact::text("Size", super::text::bytes(size)));
        }
    }
    facts
}

/// The host of an address, or the address.
fn host(address: &str) -> String {
    let host = url::Url::parse(address).ok().and_then(|u| u.host_str().map(str::to_owned));
    host.unwrap_or_else(|| address.to_owned())
}

fn commands(index: &Index, kind: &'static str, name: &str, version: &SourceVersion) -> Vec<CommandView> {
    let profile = version.uses.first().map(|u| index.profiles[u.at.0].id.0.clone());
    let mut text = format!(
        "edgewright layer add {} \\\n  --{kind} {}",
        shell(profile.as_deref().unwrap_or("PROFILE")),
        shell(name)
    );
    if let Some(registry) = version.registries.iter().next() {
        let _ = write!(text, " --registry {}", shell(registry));
    }
    let _ = write!(text, " --version {}", shell(&format!("^{}", version.version)));
    if version.registries.is_empty() {
        Vec::new()
    } else {
        vec![CommandView { title: "Add it to a profile", text }]
    }
}

fn versions(kind: &str, name: &str, source: &Source, shown: usize) -> Vec<VersionRow> {
    let total: usize = source.versions.iter().map(used).sum::<usize>().max(1);
    let row = |(i, version): (usize, &SourceVersion)| {
        let app_version = match version.content {
            Content::Chart(chart) => chart.metadata.app_version.clone().unwrap_or_default(),
            Content::Pack(_) => version.pin.and_then(|p| p.app_version.clone()).unwrap_or_default(),
        };
        VersionRow {
            version: version.version.to_owned(),
            href: paths::href(&source_page(kind, name, version.version)),
            current: i == shown,
            app_version,
            used: used(version),
            percent: used(version) * 100 / total,
            state: if version.pin.is_some_and(|p| p.deprecated) {
                Some(Mark { class: "warn", icon: "warn", text: "deprecated".to_owned() })
            } else {
                None
            },
        }
    };
    source.versions.iter().enumerate().map(row).collect()
}

fn uses(index: &Index, source: &Source) -> Vec<UseRow> {
    let mut rows: Vec<(usize, usize, UseRow)> = Vec::new();
    for version in &source.versions {
        for source_use in &version.uses {
            let (p, v) = source_use.at;
            let profile = &index.profiles[p];
            let used = &profile.versions[v];
            let presets: Vec<String> =
                source_use.layer.presets.iter().map(|(group, name)| format!("{group}: {name}")).collect();
            let row = UseRow {
                profile: profile.id.0.clone(),
                href: paths::href(&format!("{}#{}", used.path, source_use.anchor)),
                version: used.version.to_owned(),
                layer: source_use.layer.name.clone(),
                source_version: version.version.to_owned(),
                presets: presets.join(", "),
                owners: used.resolved.profile.metadata.owners.join(", "),
                appliances: number(used.appliances),
            };
            rows.push((p, v, row));
        }
    }
    // The newest version of each profile first, then the older ones.
    rows.sort_by_key(|(p, v, _)| (*v, *p));
    rows.into_iter().map(|(.., row)| row).collect()
}

fn values_text(content: Content<'_>) -> Option<&str> {
    let file = match content {
        Content::Pack(pack) => pack.values_file.as_ref(),
        Content::Chart(chart) => chart.values_file.as_ref(),
    };
    file.map(|f| f.text()).filter(|text| !text.trim().is_empty())
}

fn values_count(content: Content) -> usize {
    let document = match content {
        Content::Pack(pack) => pack.values.as_ref(),
        Content::Chart(chart) => chart.values.as_ref(),
    };
    document.and_then(|d| d.root().to_json(Resolver::Go).ok()).map_or(0, |v| packs::leaves(&v))
}

fn readme(index: &Index, content: Content, root: &str) -> Option<String> {
    let (text, files, folder): (&str, &Files, &str) = match content {
        Content::Pack(pack) => (pack.readme.as_deref()?, &pack.files, &pack.path),
        Content::Chart(chart) => (chart.files.text("README.md")?, &chart.files, ""),
    };
    let targets = PackTargets { index, files, folder, root: root.to_owned() };
    Some(markdown::to_html(text, &targets)).filter(|html| !html.trim().is_empty())
}
