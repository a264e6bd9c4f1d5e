//! The page of a profile version, the page of all its values, and its JSON twin.

use std::collections::BTreeMap;

use serde::Serialize;

use super::index::{Index, Profile, Version, folder_of};
use super::layers::{self, Fact, Item, LayerView, Mark, ValueRow};
use super::markdown;
use super::paths;
use super::templates::Engine;
use super::text::{Cell, count, day, number};
use super::{CatalogError, Job, Page, api};
use crate::diagnostics::Severity;
use crate::pack::LayerType;
use crate::resolve::resolved::LockState;
use crate::workspace::model::{Channel, InputType, Variable};
use crate::yaml;

/// Versions that the switcher shows.
const SWITCHER: usize = 4;
/// Longest manifest that the page shows, in bytes.
const SHOWN_MANIFEST: usize = 8 * 1024;

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
    let views = layers::views(index, version);
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
    pages.push(engine.page("values.html", &path, &values_model(profile, version, &views))?);
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
    folder: &'m str,
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
struct Note {
    bold: String,
    text: String,
    href: String,
    link: String,
}

#[derive(Serialize)]
struct VersionLink {
    version: String,
    href: String,
    current: bool,
    words: String,
}

#[derive(Serialize)]
struct ChannelView {
    name: String,
    version: String,
    href: Option<String>,
    /// Behind the version, as a sentence or two.
    words: String,
    waves: Vec<WaveView>,
}

#[derive(Serialize)]
struct WaveView {
    number: usize,
    after: String,
    percent: u8,
    appliances: String,
}

#[derive(Serialize)]
struct VariableView {
    anchor: String,
    name: String,
    label: Option<String>,
    format: String,
    sensitive: bool,
    default: Option<Cell>,
    needed: &'static str,
    used: Vec<Item>,
    description: String,
    limits: Vec<String>,
}

#[derive(Serialize)]
struct ObjectView {
    kind: String,
    name: String,
    namespace: Option<String>,
    layer: String,
    anchor: String,
    place: String,
}

#[derive(Serialize)]
struct ManifestView {
    path: String,
    text: String,
}

#[derive(Serialize)]
struct UseView {
    name: String,
    is_group: bool,
    follows: String,
    version: Option<String>,
    appliances: String,
    window: Option<String>,
}

#[derive(Serialize)]
pub(super) struct FindingView<'m> {
    code: &'m str,
    class: &'static str,
    icon: &'static str,
    severity: &'static str,
    message: &'m str,
    help: Option<&'m str>,
    place: String,
}

#[derive(Serialize)]
pub(super) struct CommandView {
    pub(super) title: &'static str,
    pub(super) text: String,
}

#[derive(Serialize)]
struct VersionView {
    version: String,
    href: String,
    current: bool,
    channels: String,
    class: Option<&'static str>,
    changes: String,
    appliances: String,
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
    let (objects, manifests) = manifests(version, views);
    let written = objects.len();
    let kinds = [LayerType::Addon, LayerType::Csi, LayerType::Cni, LayerType::Kubernetes, LayerType::Os]
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
        folder: profile.id.folder().unwrap_or_default(),
        name: profile.id.name(),
        display_name: version.display_name(),
        version: version.version,
        lead,
        page: paths::href(page),
        chips: chips(version),
        note: note(profile, version),
        switcher: switcher(profile, version),
        all_versions: profile.versions.len(),
        facts: facts(index, version, views),
        layers: views,
        kinds,
        summary: format!("{}, {}", count(views.len(), "layer"), layers::differ_words(views)),
        ground: ground(version),
        values: paths::href(&format!("{}/values/index.html", folder_of(&version.path))),
        channels: channels(profile),
        variables: variables(version, views),
        objects_summary: format!("{} written here", number(written)),
        objects,
        manifests,
        uses: uses(profile),
        appliances: profile.appliances(),
        findings: version.findings.iter().map(|f| finding(f)).collect(),
        findings_summary: findings_summary(index, version),
        bundle: bundle(index, version),
        pinned: version.is_pinned(),
        commands: commands(index, profile, version),
        versions: versions(profile, version),
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

/// One line about a newer version.
fn note(profile: &Profile, version: &Version) -> Option<Note> {
    let current = profile.current();
    let newest = &profile.versions[0];
    let newer = |than: &Version| super::index::compare_versions(than.version, version.version).is_gt();
    let shown = if newer(current) { current } else { newest };
    if !newer(shown) {
        return None;
    }
    let channels = if shown.channels.is_empty() {
        "on no channel".to_owned()
    } else {
        format!("on channel {}", shown.channels.join(", "))
    };
    Some(Note {
        bold: format!("{} is newer,", shown.version),
        text: format!("{channels}: {}.", changes(Some(version), shown)),
        href: paths::href(&shown.path),
        link: format!("Go to {}", shown.version),
    })
}

fn switcher(profile: &Profile, version: &Version) -> Vec<VersionLink> {
    let link = |v: &Version| VersionLink {
        version: v.version.to_owned(),
        href: paths::href(&v.path),
        current: v.version == version.version,
        words: v.channels.join(", "),
    };
    let mut links: Vec<VersionLink> = profile.versions.iter().take(SWITCHER).map(link).collect();
    if !links.iter().any(|l| l.current) {
        links.push(link(version));
    }
    links
}

fn facts(index: &Index, version: &Version, views: &[LayerView]) -> Vec<Fact> {
    let profile = &version.resolved.profile;
    let mut facts = Vec::new();
    if !profile.metadata.owners.is_empty() {
        let link = |o: &String| Item::link(o, &super::lists::facet_page("owner", o));
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
            let words = tag_words(key, value.as_deref());
            let page = super::lists::facet_page("tag", &words);
            Item::link(words, &page)
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

fn channels(profile: &Profile) -> Vec<ChannelView> {
    let on = |channel: &str| {
        let follows = format!("channel {channel}");
        profile.uses.iter().filter(|u| u.follows == follows).map(|u| u.appliances.len()).sum::<usize>()
    };
    let href = |version: &str| {
        profile.versions.iter().find(|v| v.version == version).map(|v| paths::href(&v.path))
    };
    let Some(channels) = profile.channels else {
        let stable = profile.current();
        if super::index::is_prerelease(stable.version) {
            return Vec::new();
        }
        return vec![ChannelView {
            name: "stable".to_owned(),
            version: stable.version.to_owned(),
            href: href(stable.version),
            words: format!(
                "the highest version without a prerelease part, to {} at once.",
                count(on("stable"), "appliance")
            ),
            waves: Vec::new(),
        }];
    };
    let view = |(name, channel): (&String, &Channel)| {
        let appliances = on(name);
        let mut words = if channel.paused {
            format!("paused: {} stay where they are.", count(appliances, "appliance"))
        } else if channel.waves.is_empty() {
            format!("to {} at once, without waves.", count(appliances, "appliance"))
        } else {
            format!("to {} in {}.", count(appliances, "appliance"), count(channel.waves.len(), "wave"))
        };
        if let Some(lowest) = &channel.min_version {
            words.push_str(&format!(" No appliance goes below {lowest}."));
        }
        let wave = |(i, wave): (usize, &crate::workspace::model::Wave)| WaveView {
            number: i + 1,
            after: wave.after.clone(),
            percent: wave.percent.min(100),
            appliances: number((appliances * usize::from(wave.percent)).div_ceil(100)),
        };
        ChannelView {
            name: name.clone(),
            version: channel.version.value.clone(),
            href: href(&channel.version),
            words,
            waves: channel.waves.iter().enumerate().map(wave).collect(),
        }
    };
    channels.channels.iter().map(view).collect()
}

fn variables(version: &Version, views: &[LayerView]) -> Vec<VariableView> {
    let resolved = version.resolved;
    let used: Vec<Vec<String>> = resolved
        .layers
        .iter()
        .map(|layer| {
            let mut names = layers::variables_in(&layer.values.value);
            for manifest in &layer.manifests {
                layers::variables_in_text(manifest.file.text(), &mut names);
            }
            names
        })
        .collect();
    let view = |variable: &Variable| {
        let name = &variable.name.value;
        let mut limits = Vec::new();
        if let Some(regex) = &variable.regex {
            limits.push(format!("matches {}", regex.value));
        }
        if variable.input_type == InputType::Dropdown && !variable.options.is_empty() {
            let options: Vec<String> = variable.options.iter().map(|o| super::text::flow(&o.value)).collect();
            limits.push(format!("one of {}", options.join(", ")));
        }
        if variable.read_only {
            limits.push("read-only".to_owned());
        }
        if variable.hidden {
            limits.push("hidden".to_owned());
        }
        let format = serde_json::to_value(variable.format).ok();
        VariableView {
            anchor: format!("var-{}", paths::segment(name)),
            name: name.clone(),
            label: variable.display_name.clone(),
            format: format.and_then(|f| f.as_str().map(str::to_owned)).unwrap_or_default(),
            sensitive: variable.sensitive,
            default: match &variable.default {
                // Whatever stands there, a page never shows it.
                Some(_) if variable.sensitive => Some(Cell::words("hidden")),
                Some(default) => Some(Cell::of(Some(&default.value))),
                None => None,
            },
            needed: if variable.required && variable.default.is_none() { "yes" } else { "no" },
            used: views
                .iter()
                .zip(&used)
                .filter(|(_, names)| names.contains(name))
                .map(|(v, _)| Item { href: Some(format!("#{}", v.anchor)), outside: true, ..Item::text(&v.name) })
                .collect(),
            description: variable.description.clone().unwrap_or_default(),
            limits,
        }
    };
    resolved.profile.spec.variables.iter().map(view).collect()
}

/// The objects in manifests of the profile, and the texts of the small ones.
fn manifests(version: &Version, views: &[LayerView]) -> (Vec<ObjectView>, Vec<ManifestView>) {
    let folder = folder_of(version.resolved.profile.file.path());
    let (mut objects, mut texts) = (Vec::new(), Vec::new());
    for (layer, view) in version.resolved.layers.iter().zip(views) {
        for manifest in &layer.manifests {
            let path = manifest.file.path();
            let Some(short) = path.strip_prefix(folder).map(|p| p.trim_start_matches('/')) else { continue };
            for document in &yaml::parse(&manifest.file).documents {
                let root = document.root();
                let text = |pointer: &str| root.at(pointer).and_then(|n| n.as_str().map(str::to_owned));
                let Some(kind) = text("/kind") else { continue };
                objects.push(ObjectView {
                    kind,
                    name: text("/metadata/name").unwrap_or_default(),
                    namespace: text("/metadata/namespace"),
                    layer: view.name.clone(),
                    anchor: view.anchor.clone(),
                    place: format!("{short}:{}", root.place().start().line),
                });
            }
            if manifest.file.text().len() <= SHOWN_MANIFEST {
                texts.push(ManifestView { path: short.to_owned(), text: manifest.file.text().to_owned() });
            }
        }
    }
    (objects, texts)
}

fn uses(profile: &Profile) -> Vec<UseView> {
    let view = |u: &super::fleet::Use| {
        let name = match &u.group {
            Some(group) => group.clone(),
            None if u.appliances.len() <= 3 => {
                u.appliances.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            }
            None => "appliances of their own".to_owned(),
        };
        UseView {
            name,
            is_group: u.group.is_some(),
            follows: u.follows.clone(),
            version: u.version.clone(),
            appliances: number(u.appliances.len()),
            window: u.window.clone(),
        }
    };
    profile.uses.iter().map(view).collect()
}

/// A finding as pages show it.
pub(super) fn finding(finding: &crate::diagnostics::Diagnostic) -> FindingView<'_> {
    let (class, icon) = match finding.severity {
        Severity::Error => ("bad", "bad"),
        Severity::Warning => ("warn", "warn"),
        Severity::Info => ("", "info"),
    };
    FindingView {
        code: finding.lint.code,
        class,
        icon,
        severity: finding.severity.word(),
        message: &finding.message,
        help: finding.help.as_deref(),
        place: finding.place.to_string(),
    }
}

fn findings_summary(index: &Index, version: &Version) -> String {
    if index.input.findings.is_none() {
        return "not checked in this build".to_owned();
    }
    format!(
        "{}, {}, {} info",
        count(version.count(Severity::Error), "error"),
        count(version.count(Severity::Warning), "warning"),
        version.count(Severity::Info)
    )
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
    let label = shell(&format!("{}@{}", profile.id, version.version));
    let name = shell(&format!("{}-copy", profile.id.name()));
    vec![
        CommandView {
            title: "Pull it onto an appliance",
            text: format!(
                "edgewright agent enroll {} \\\n  --root root.json \\\n  --profile {id}\nedgewright agent pull",
                shell(url)
            ),
        },
        CommandView { title: "Clone it", text: format!("edgewright clone {label} {name}") },
        CommandView {
            title: "Add a layer",
            text: format!("edgewright layer add {id} \\\n  --chart NAME --registry REGISTRY --version '^1.0'"),
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

fn versions(profile: &Profile, shown: &Version) -> Vec<VersionView> {
    let view = |(i, v): (usize, &Version)| {
        let before = profile.versions.get(i + 1);
        VersionView {
            version: v.version.to_owned(),
            href: paths::href(&v.path),
            current: v.version == shown.version,
            channels: v.channels.join(", "),
            class: before.and_then(|b| class(b.version, v.version)),
            changes: changes(before, v),
            appliances: number(v.appliances),
        }
    };
    profile.versions.iter().enumerate().map(view).collect()
}

/// `major`, `minor`, `patch`, or `prerelease` where nothing else changed.
fn class(from: &str, to: &str) -> Option<&'static str> {
    let (from, to) = (semver::Version::parse(from).ok()?, semver::Version::parse(to).ok()?);
    Some(if from.major != to.major {
        "major"
    } else if from.minor != to.minor {
        "minor"
    } else {
        "patch"
    })
}

/// What changed between two versions, counted.
fn changes(from: Option<&Version>, to: &Version) -> String {
    let Some(from) = from else { return "first version".to_owned() };
    let pins = |v: &Version| -> BTreeMap<String, (String, serde_json::Value)> {
        let entry = |l: &crate::resolve::resolved::ResolvedLayer| {
            let version = l.pin.as_ref().map(|p| p.version.clone()).or_else(|| l.wanted.clone());
            (l.name.clone(), (version.unwrap_or_default(), l.values.value.clone()))
        };
        v.resolved.layers.iter().map(entry).collect()
    };
    let (old, new) = (pins(from), pins(to));
    let added = new.keys().filter(|name| !old.contains_key(*name)).count();
    let removed = old.keys().filter(|name| !new.contains_key(*name)).count();
    let moved = new.iter().filter(|(n, v)| old.get(*n).is_some_and(|o| o.0 != v.0)).count();
    let values = new.iter().filter(|(n, v)| old.get(*n).is_some_and(|o| o.0 == v.0 && o.1 != v.1)).count();
    let mut parts = Vec::new();
    if moved > 0 {
        parts.push(format!("{} moved", count(moved, "layer")));
    }
    if added > 0 {
        parts.push(format!("{added} added"));
    }
    if removed > 0 {
        parts.push(format!("{removed} removed"));
    }
    if values > 0 {
        parts.push(format!("values of {}", count(values, "layer")));
    }
    if parts.is_empty() { "no layer changed".to_owned() } else { parts.join(", ") }
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
        Some((f, std::fs::read_to_string(index.input.root.join(path)).ok()?))
    });
    let (folder, text) = found?;
    let targets = super::assets::RepositoryTargets { index, folder, root: paths::root_of(page) };
    Some(markdown::to_html(&text, &targets))
}

#[derive(Serialize)]
struct ValuesModel<'m> {
    title: String,
    description: String,
    id: &'m str,
    name: &'m str,
    version: &'m str,
    back: String,
    summary: String,
    layers: Vec<ValuesLayer<'m>>,
}

#[derive(Serialize)]
struct ValuesLayer<'m> {
    anchor: &'m str,
    number: usize,
    name: &'m str,
    kind: &'static str,
    kind_word: &'static str,
    version: &'m Option<String>,
    rows: Vec<ValueRow>,
}

fn values_model<'m>(profile: &'m Profile, version: &'m Version, views: &'m [LayerView]) -> ValuesModel<'m> {
    let sensitive = layers::sensitive_names(&version.resolved.profile.spec.variables);
    let layers = version.resolved.layers.iter().zip(views);
    ValuesModel {
        title: format!("Values of {} {}", profile.id, version.version),
        description: format!("Effective values of {} {}, with their origin", profile.id, version.version),
        id: &profile.id.0,
        name: profile.id.name(),
        version: version.version,
        back: paths::href(&version.path),
        summary: layers::differ_words(views),
        layers: layers
            .map(|(layer, view)| ValuesLayer {
                anchor: &view.anchor,
                number: view.number,
                name: &view.name,
                kind: view.kind,
                kind_word: view.kind_word,
                version: &view.version,
                rows: layers::rows(&layer.values, &sensitive, true),
            })
            .collect(),
    }
}
