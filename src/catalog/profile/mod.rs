//! The page of a profile version, the page of all its values, and its JSON twin.

mod sections;
mod versions;

use serde::Serialize;

use super::index::{Index, Profile, Version, folder_of};
use super::layers::{self, Fact, Item, LayerView, Mark};
use super::markdown;
use super::paths;
use super::templates::Engine;
use super::text::{count, day, number};
use super::{CatalogError, Job, Page, api, lists, values};
use crate::diagnostics::Severity;
use crate::pack::LayerType;
use crate::resolve::resolved::LockState;

use sections::{ChannelView, ManifestView, ObjectView, UseView, VariableView};
pub(super) use sections::{FindingView, finding};
use versions::{Note, VersionLink, VersionView};

/// One job per profile version.
pub(super) fn jobs<'a>(index: &Index<'a>) -> Vec<Job<'a>> {
    let mut jobs: Vec<Job<'a>> = Vec::new();
    for (p, profile) in index.profiles.iter().enumerate() {
        for v in 0..profile.versions.len() {
            jobs.push(Box::new(move |index, engine| pages(index, engine, p, v)));
        }
    }
    jobs
}

fn pages(index: &Index, engine: &Engine, p: usize, v: usize) -> Result<Vec<Page>, CatalogError> {
    let profile = &index.profiles[p];
    let version = &profile.versions[v];
    let views = layers::views(version);
    let dir = folder_of(&version.path).to_owned();
    let json = format!("api/v1/{dir}.json");
    let mut pages = Vec::new();
    let model = model(index, profile, version, &views, &version.path, &json);
    pages.push(engine.page("profile.html", &version.path, &model)?);
    if v == profile.shown {
        let path = format!("{}/index.html", paths::profile_dir(profile.id));
        let model = self::model(index, profile, version, &views, &path, &json);
        pages.push(engine.page("profile.html", &path, &model)?);
    }
    let path = format!("{dir}/values/index.html");
    pages.push(engine.page("values.html", &path, &values::model(profile, version, &views))?);
    pages.push(Page { path: json, bytes: api::version(index, profile, version) });
    Ok(pages)
}

#[derive(Serialize)]
struct Model<'m> {
    title: String,
    description: String,
    /// The page that search engines should know.
    canonical: &'m str,
    json: String,
    id: &'m str,
    folder: Option<Item>,
    name: &'m str,
    display_name: &'m str,
    version: &'m str,
    lead: &'m str,
    page: String,
    chips: Vec<Chip>,
    note: Option<Note>,
    switcher: Vec<VersionLink>,
    all_versions: usize,
    facts: Vec<Fact>,
    layers: &'m [LayerView],
    kinds: Vec<&'static str>,
    summary: String,
    ground: String,
    values: String,
    channels: Vec<ChannelView>,
    variables: Vec<VariableView>,
    objects: Vec<ObjectView>,
    manifests: Vec<ManifestView>,
    objects_summary: String,
    uses: Vec<UseView>,
    appliances: usize,
    findings: Vec<FindingView<'m>>,
    findings_summary: String,
    checked: bool,
    bundle: Vec<Fact>,
    pinned: bool,
    commands: Vec<CommandView>,
    versions: Vec<VersionView>,
    readme: Option<String>,
}

#[derive(Serialize)]
struct Chip {
    mark: Mark,
    href: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct CommandView {
    pub(super) title: &'static str,
    pub(super) text: String,
}

fn model<'m>(
    index: &'m Index,
    profile: &'m Profile,
    version: &'m Version,
    views: &'m [LayerView],
    page: &str,
    json: &str,
) -> Model<'m> {
    let resolved = version.resolved;
    let metadata = &resolved.profile.metadata;
    let (objects, manifests) = sections::manifests(version, views);
    let written = objects.len();
    let kinds = [
        LayerType::Addon,
        LayerType::Csi,
        LayerType::Cni,
        LayerType::Kubernetes,
        LayerType::Os,
        LayerType::Kernel,
    ]
    .into_iter()
    .map(LayerType::word)
    .filter(|word| views.iter().any(|v| v.kind == *word))
    .collect();
    let lead = metadata.description.as_deref().unwrap_or_default();
    Model {
        title: format!("{} {}", profile.id, version.version),
        description: if lead.is_empty() {
            format!("{} with {}", profile.id, count(views.len(), "layer"))
        } else {
            lead.to_owned()
        },
        canonical: &version.path,
        json: paths::href(json),
        id: &profile.id.0,
        folder: profile.id.folder().map(|folder| lists::facet_item(index, "project", folder)),
        name: profile.id.name(),
        display_name: version.display_name(),
        version: version.version,
        lead,
        page: paths::href(page),
        chips: chips(version),
        note: versions::note(profile, version),
        switcher: versions::switcher(profile, version),
        all_versions: profile.versions.len(),
        facts: facts(index, version, views),
        layers: views,
        kinds,
        summary: format!("{}, {}", count(views.len(), "layer"), layers::differ_words(views)),
        ground: ground(version),
        values: paths::href(&format!("{}/values/index.html", folder_of(&version.path))),
        channels: sections::channels(profile),
        variables: sections::variables(version, views),
        objects_summary: format!("{} written here", number(written)),
        objects,
        manifests,
        uses: sections::uses(profile),
        appliances: profile.appliances(),
        findings: version.findings.iter().map(|f| finding(f)).collect(),
        findings_summary: sections::findings_summary(index, version),
        checked: index.input.findings.is_some(),
        bundle: bundle(index, version),
        pinned: version.is_pinned(),
        commands: commands(index, profile, version),
        versions: versions::versions(profile, version),
        readme: readme(index, version, page),
    }
}

fn chips(version: &Version) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut add = |class, icon, text: String, href| {
        chips.push(Chip { mark: Mark { class, icon, text }, href });
    };
    for channel in &version.channels {
        add("acc", "wave", format!("Channel {channel}"), Some("#channels"));
    }
    if version.is_pinned() {
        add("ok", "seal", "Pinned".to_owned(), Some("#bundle"));
    } else if version.resolved.lock == LockState::Stale {
        add("warn", "warn", "Lock is stale".to_owned(), Some("#bundle"));
    } else if version.unresolved() > 0 {
        add("bad", "bad", format!("{} unresolved", count(version.unresolved(), "layer")), Some("#layers"));
    }
    let (errors, warnings) = (version.count(Severity::Error), version.count(Severity::Warning));
    if errors > 0 {
        add("bad", "bad", count(errors, "error"), Some("#findings"));
    } else if warnings > 0 {
        add("warn", "warn", count(warnings, "warning"), Some("#findings"));
    }
    chips
}

fn facts(index: &Index, version: &Version, views: &[LayerView]) -> Vec<Fact> {
    let profile = &version.resolved.profile;
    let mut facts = Vec::new();
    if !profile.metadata.owners.is_empty() {
        let link = |owner: &String| lists::facet_item(index, "owner", owner);
        facts.push(Fact::new("Owners", profile.metadata.owners.iter().map(link).collect()));
    }
    let cloud = profile.spec.cloud.as_ref().map_or("", |c| c.value.as_str());
    facts.push(Fact::text("Type", version.type_word()).small(cloud));
    if let Some(kubernetes) = views.iter().find(|v| v.kind == "kubernetes") {
        let version = kubernetes.version.clone().unwrap_or_default();
        facts.push(Fact::text("Kubernetes", version).small(kubernetes.name.clone()));
    }
    facts.push(Fact::text("Appliances", number(version.appliances)).small("on this version"));
    if let Some(clone) = &profile.metadata.cloned_from {
        let known = index.profiles.iter().find(|p| *p.id == clone.id);
        let page = known.and_then(|p| p.versions.iter().find(|v| v.version == clone.version));
        let words = format!("{} {}", clone.id, clone.version);
        let item = page.map_or_else(|| Item::text(&words), |v| Item::link(&words, &v.path));
        facts.push(Fact::new("Cloned from", vec![item]));
    }
    if let Some(commit) = &index.input.commit {
        facts.push(Fact::text("Commit of", day(&commit.date)));
    }
    if !profile.metadata.tags.is_empty() {
        let link = |(key, value): (&String, &Option<String>)| {
            lists::facet_item(index, "tag", &tag_words(key, value.as_deref()))
        };
        facts.push(Fact::new("Tags", profile.metadata.tags.iter().map(link).collect()));
    }
    facts
}

/// `vmo` or `tier:gold`.
pub(super) fn tag_words(key: &str, value: Option<&str>) -> String {
    match value {
        None | Some("") => key.to_owned(),
        Some(value) => format!("{key}:{value}"),
    }
}

fn ground(version: &Version) -> String {
    let core = ["full", "infrastructure"].contains(&version.type_word());
    match (core, version.type_word()) {
        (true, _) => "An appliance that edgewright installs from the ground up".to_owned(),
        (_, "system") => "Any appliance: its own base".to_owned(),
        _ => "Stands on an infrastructure or full profile, or on a Kubernetes that is provided".to_owned(),
    }
}

fn bundle(index: &Index, version: &Version) -> Vec<Fact> {
    let mut facts = Vec::new();
    let key = (version.resolved.profile.id.clone(), version.version.to_owned());
    if let Some(descriptor) = index.input.descriptors.get(&key) {
        facts.push(Fact::code("Descriptor", format!("sha256:{descriptor}")));
    }
    let lock = match version.resolved.lock {
        LockState::Missing => "missing: nothing is pinned",
        LockState::Stale => "stale: made for other references, presets or registries",
        LockState::Current => "current",
        LockState::NotNeeded => "not needed: there are no references",
    };
    facts.push(Fact::text("Lock", lock));
    let pinned = version.resolved.layers.iter().filter(|l| l.pin.is_some()).count();
    let of = version.resolved.layers.iter().filter(|l| l.source.name().is_some()).count();
    facts.push(Fact::text("Pinned", format!("{pinned} of {}", count(of, "reference"))));
    let size: u64 = version.resolved.layers.iter().filter_map(|l| l.pin.as_ref()?.size).sum();
    if size > 0 {
        facts.push(Fact::text("Fetched", super::text::bytes(size)));
    }
    if let Some(commit) = &index.input.commit {
        facts.push(Fact::code("Commit", &commit.id).small(day(&commit.date)));
    }
    facts.push(Fact::code("Source", version.resolved.profile.file.path()));
    facts
}

fn commands(index: &Index, profile: &Profile, version: &Version) -> Vec<CommandView> {
    let url = index.input.base_url.as_deref().unwrap_or("https://HOST").trim_end_matches('/');
    let id = shell(&profile.id.0);
    let label = shell(&version.resolved.profile.label());
    let name = shell(&format!("{}-copy", profile.id.name()));
    vec![
        CommandView {
            title: "Pull it onto an appliance",
            text: format!(
                "edgewright agent pull \\\n  --url {} \\\n  --root root.json \\\n  --profile {id}",
                shell(url)
            ),
        },
        CommandView { title: "Clone it", text: format!("edgewright clone {label} --name {name}") },
        CommandView {
            title: "Add a layer",
            text: format!(
                "edgewright layer add {id} \\\n  --chart NAME --registry REGISTRY --version '^1.0'"
            ),
        },
    ]
}

/// A word as a shell reads it back.
pub(super) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn readme(index: &Index, version: &Version, page: &str) -> Option<String> {
    let folder = folder_of(version.resolved.profile.file.path());
    // Where versions lie side by side, the README may lie above them.
    let folders = [folder, folder_of(folder)];
    let found = folders.into_iter().find_map(|f| {
        let inside = f == folder || folder.rsplit('/').next() == Some(version.version);
        if !inside {
            return None;
        }
        let path = if f.is_empty() { "README.md".to_owned() } else { format!("{f}/README.md") };
        Some((f, std::fs::read_to_string(index.input.workspace.root.join(path)).ok()?))
    });
    let (folder, text) = found?;
    let targets = super::assets::RepositoryTargets { index, folder, root: paths::root_of(page) };
    Some(markdown::to_html(&text, &targets))
}
