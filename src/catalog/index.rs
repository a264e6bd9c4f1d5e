//! The input seen from where pages need it: by profile, by version, by pack and chart, by appliance.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::CatalogInput;
use super::fleet::{self, Use};
use super::{lists, paths};
use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Severity};
use crate::pack::Pack;
use crate::resolve::resolved::{LayerSource, LockState, Pin, ResolvedLayer, ResolvedProfile};
use crate::workspace::model::{Channels, ProfileId, ProfileKind, ProfileType};

/// Everything that pages look up.
pub(super) struct Index<'a> {
    pub(super) input: &'a CatalogInput<'a>,
    /// Profiles, by id.
    pub(super) profiles: Vec<Profile<'a>>,
    /// Packs that profiles use, by name.
    pub(super) packs: BTreeMap<&'a str, Source<'a>>,
    /// Charts that profiles use, in layers of their own or in packs, by name.
    pub(super) charts: BTreeMap<&'a str, Source<'a>>,
    /// Folder of the repository → page, for links between READMEs.
    pub(super) folders: BTreeMap<String, String>,
    /// Facets and their entries: those of the versions that profiles show, so that an old tag has no page.
    pub(super) entries: BTreeSet<(&'static str, String)>,
}

/// A profile with its versions.
pub(super) struct Profile<'a> {
    pub(super) id: &'a ProfileId,
    /// Newest first.
    pub(super) versions: Vec<Version<'a>>,
    /// Index of the version that the profile's own address shows: the newest stable one, else the newest.
    pub(super) shown: usize,
    pub(super) channels: Option<&'a Channels>,
    pub(super) uses: Vec<Use>,
}

impl<'a> Profile<'a> {
    /// The version that the profile's own address shows.
    pub(super) fn current(&self) -> &Version<'a> {
        &self.versions[self.shown]
    }

    /// Appliances that run any version.
    pub(super) fn appliances(&self) -> usize {
        self.uses.iter().flat_map(|u| &u.appliances).collect::<BTreeSet<_>>().len()
    }
}

/// A profile version.
#[expect(clippy::struct_field_names, reason = "a version has a version, as everywhere")]
pub(super) struct Version<'a> {
    pub(super) resolved: &'a ResolvedProfile,
    pub(super) version: &'a str,
    /// Its page.
    pub(super) path: String,
    /// Channels that give it.
    pub(super) channels: Vec<String>,
    /// Appliances that run it.
    pub(super) appliances: usize,
    /// Findings in its files and in those of its packs.
    pub(super) findings: Vec<&'a Diagnostic>,
}

impl Version<'_> {
    /// `full`, `infrastructure`, `add-on` or `system`.
    pub(super) fn type_word(&self) -> &'static str {
        let profile = &self.resolved.profile;
        match (profile.kind, profile.spec.profile_type.as_ref().map(|t| t.value)) {
            (ProfileKind::SystemProfile, _) => "system",
            (_, Some(ProfileType::Full)) => "full",
            (_, Some(ProfileType::Infrastructure)) => "infrastructure",
            (_, Some(ProfileType::AddOn) | None) => "add-on",
        }
    }

    /// What people call it.
    pub(super) fn display_name(&self) -> &str {
        let metadata = &self.resolved.profile.metadata;
        metadata.display_name.as_deref().unwrap_or(&metadata.name.value)
    }

    /// How many findings are of a severity.
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| f.severity == severity).count()
    }

    /// Layers without content.
    pub(super) fn unresolved(&self) -> usize {
        self.resolved.layers.iter().filter(|l| l.unresolved.is_some()).count()
    }

    /// Whether everything is pinned and the lock says so.
    pub(super) fn is_pinned(&self) -> bool {
        self.unresolved() == 0 && matches!(self.resolved.lock, LockState::Current | LockState::NotNeeded)
    }
}

/// A pack or a chart with the versions that profiles use.
pub(super) struct Source<'a> {
    /// Newest first.
    pub(super) versions: Vec<SourceVersion<'a>>,
}

/// One version of a pack or a chart.
pub(super) struct SourceVersion<'a> {
    pub(super) version: &'a str,
    pub(super) content: Content<'a>,
    /// What the first lock found pins.
    pub(super) pin: Option<&'a Pin>,
    pub(super) registries: BTreeSet<&'a str>,
    /// Packs that carry this chart.
    pub(super) packs: BTreeSet<&'a str>,
    pub(super) uses: Vec<SourceUse<'a>>,
}

/// What a source is.
#[derive(Clone, Copy)]
pub(super) enum Content<'a> {
    Pack(&'a Arc<Pack>),
    Chart(&'a Arc<Chart>),
}

/// A layer that uses a source.
pub(super) struct SourceUse<'a> {
    /// Index into [`Index::profiles`] and into its versions.
    pub(super) at: (usize, usize),
    pub(super) layer: &'a ResolvedLayer,
    /// Anchor of the layer on the version's page.
    pub(super) anchor: String,
}

impl<'a> Index<'a> {
    pub(super) fn new(input: &'a CatalogInput<'a>) -> Self {
        let workspace = input.workspace;
        let mut by_id: BTreeMap<&ProfileId, Vec<&'a ResolvedProfile>> = BTreeMap::new();
        for resolved in input.profiles {
            by_id.entry(&resolved.profile.id).or_default().push(resolved);
        }
        let mut uses = fleet::uses(workspace);
        let concerns = Concerns::new(input);
        let profiles: Vec<Profile> = by_id
            .into_iter()
            .map(|(id, mut versions)| {
                versions.sort_by(|a, b| compare_versions(b.profile.version(), a.profile.version()));
                let uses = uses.remove(id).unwrap_or_default();
                let channels = workspace.channels_of(id);
                let versions: Vec<Version> = versions
                    .into_iter()
                    .map(|resolved| version(input, resolved, channels, &uses, &concerns))
                    .collect();
                let shown = versions.iter().position(|v| !is_prerelease(v.version)).unwrap_or(0);
                Profile { id, versions, shown, channels, uses }
            })
            .collect();
        let mut index = Self {
            input,
            profiles,
            packs: BTreeMap::new(),
            charts: BTreeMap::new(),
            folders: BTreeMap::new(),
            entries: BTreeSet::new(),
        };
        for facet in lists::FACETS {
            for profile in &index.profiles {
                index
                    .entries
                    .extend(lists::entries_of(facet, profile).into_iter().map(|entry| (facet, entry)));
            }
        }
        index.collect_sources();
        index.collect_folders();
        index
    }

    fn collect_sources(&mut self) {
        let mut packs: BTreeMap<&'a str, Vec<SourceVersion<'a>>> = BTreeMap::new();
        let mut charts: BTreeMap<&'a str, Vec<SourceVersion<'a>>> = BTreeMap::new();
        for (p, profile) in self.profiles.iter().enumerate() {
            for (v, version) in profile.versions.iter().enumerate() {
                let resolved = version.resolved;
                for (layer, anchor) in resolved.layers.iter().zip(anchors(resolved)) {
                    let here = || SourceUse { at: (p, v), layer, anchor: anchor.clone() };
                    match &layer.source {
                        LayerSource::Pack(_, Some(pack)) => {
                            let list = packs.entry(pack.name.value.as_str()).or_default();
                            add(list, &pack.version.value, Content::Pack(pack), layer, None, here());
                            for chart in &layer.charts {
                                let list = charts.entry(chart.chart.metadata.name.as_str()).or_default();
                                let content = Content::Chart(&chart.chart);
                                let carrier = Some(pack.name.value.as_str());
                                add(list, &chart.chart.metadata.version, content, layer, carrier, here());
                            }
                        }
                        LayerSource::Chart(_, Some(chart)) => {
                            let list = charts.entry(chart.metadata.name.as_str()).or_default();
                            add(list, &chart.metadata.version, Content::Chart(chart), layer, None, here());
                        }
                        _ => {}
                    }
                }
            }
        }
        let finish = |map: BTreeMap<&'a str, Vec<SourceVersion<'a>>>| {
            map.into_iter()
                .map(|(name, mut versions)| {
                    versions.sort_by(|a, b| compare_versions(b.version, a.version));
                    (name, Source { versions })
                })
                .collect()
        };
        self.packs = finish(packs);
        self.charts = finish(charts);
    }

    fn collect_folders(&mut self) {
        for profile in &self.profiles {
            for version in profile.versions.iter().rev() {
                let folder = folder_of(version.resolved.profile.file.path());
                self.folders.insert(folder.to_owned(), version.path.clone());
            }
            let current = profile.current();
            let folder = folder_of(current.resolved.profile.file.path());
            if folder.rsplit('/').next() == Some(current.version) {
                // Versions side by side: the folder above is the profile itself.
                let page = format!("{}/index.html", paths::profile_dir(profile.id));
                self.folders.insert(folder_of(folder).to_owned(), page);
            }
        }
        for (name, source) in &self.packs {
            for version in &source.versions {
                if let Content::Pack(pack) = version.content {
                    self.folders.insert(pack.path.clone(), source_page("pack", name, version.version));
                }
            }
        }
    }
}

/// Page of a layer's pack or chart, where the catalog has one.
pub(super) fn page_of(layer: &ResolvedLayer) -> Option<String> {
    match &layer.source {
        LayerSource::Pack(_, Some(pack)) => Some(source_page("pack", &pack.name.value, &pack.version.value)),
        LayerSource::Chart(_, Some(chart)) => {
            Some(source_page("chart", &chart.metadata.name, &chart.metadata.version))
        }
        _ => None,
    }
}

/// Page of one version of a pack or chart.
pub(super) fn source_page(kind: &str, name: &str, version: &str) -> String {
    format!("{}/{}/index.html", paths::source_dir(kind, name), paths::segment(version))
}

/// Anchors of a profile's layers: their names, numbered where a name stands twice.
pub(super) fn anchors(profile: &ResolvedProfile) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let anchor = |layer: &ResolvedLayer| {
        let base = format!("layer-{}", paths::segment(&layer.name));
        let n = seen.entry(base.clone()).and_modify(|n| *n += 1).or_insert(1);
        if *n == 1 { base } else { format!("{base}~{n}") }
    };
    profile.layers.iter().map(anchor).collect()
}

fn add<'a>(
    list: &mut Vec<SourceVersion<'a>>,
    version: &'a str,
    content: Content<'a>,
    layer: &'a ResolvedLayer,
    carrier: Option<&'a str>,
    source_use: SourceUse<'a>,
) {
    let at = list.iter().position(|v| v.version == version).unwrap_or_else(|| {
        list.push(SourceVersion {
            version,
            content,
            pin: None,
            registries: BTreeSet::new(),
            packs: BTreeSet::new(),
            uses: Vec::new(),
        });
        list.len() - 1
    });
    let entry = &mut list[at];
    if carrier.is_none() {
        entry.pin = entry.pin.or(layer.pin.as_ref());
        entry.registries.extend(layer.registry.as_deref());
    }
    entry.packs.extend(carrier);
    entry.uses.push(source_use);
}

fn version<'a>(
    input: &'a CatalogInput<'a>,
    resolved: &'a ResolvedProfile,
    channels: Option<&Channels>,
    uses: &[Use],
    concerns: &Concerns<'a>,
) -> Version<'a> {
    let version = resolved.profile.version();
    let names: Vec<&str> = match channels {
        Some(channels) => channels.channels.keys().map(String::as_str).collect(),
        None => vec!["stable"],
    };
    let id = &resolved.profile.id;
    let gives = |name: &&str| input.workspace.channel_version(id, name) == Some(version);
    let appliances: BTreeSet<&String> =
        uses.iter().filter(|u| u.version.as_deref() == Some(version)).flat_map(|u| &u.appliances).collect();
    Version {
        resolved,
        version,
        path: paths::version_page(&resolved.profile.id, version),
        channels: names.into_iter().filter(gives).map(str::to_owned).collect(),
        appliances: appliances.len(),
        findings: concerns.of(resolved),
    }
}

/// Findings by the folder that they concern: that of a profile (the nearest one above the file) or of a pack.
struct Concerns<'a> {
    by_folder: BTreeMap<String, Vec<(usize, &'a Diagnostic)>>,
}

impl<'a> Concerns<'a> {
    fn new(input: &'a CatalogInput<'a>) -> Self {
        let of_profile = |p: &ResolvedProfile| folder_of(p.profile.file.path()).to_owned();
        let packs =
            |p: &'a ResolvedProfile| p.layers.iter().filter_map(|l| Some(l.source.pack()?.path.clone()));
        let mut by_folder: BTreeMap<String, Vec<_>> = input
            .profiles
            .iter()
            .flat_map(|p| packs(p).chain([of_profile(p)]))
            .map(|folder| (folder, Vec::new()))
            .collect();
        for (i, finding) in input.findings.unwrap_or_default().iter().enumerate() {
            let mut folder = finding.place.file.path();
            // A profile at the top of the repository has the empty folder.
            while !folder.is_empty() {
                folder = folder_of(folder);
                if let Some(list) = by_folder.get_mut(folder) {
                    list.push((i, finding));
                    break;
                }
            }
        }
        Self { by_folder }
    }

    /// Findings in a profile's own files and in those of its packs, in their order.
    fn of(&self, resolved: &ResolvedProfile) -> Vec<&'a Diagnostic> {
        let packs = resolved.layers.iter().filter_map(|l| Some(l.source.pack()?.path.as_str()));
        let folders: BTreeSet<&str> = packs.chain([folder_of(resolved.profile.file.path())]).collect();
        let found: BTreeMap<usize, &Diagnostic> =
            folders.into_iter().filter_map(|folder| self.by_folder.get(folder)).flatten().copied().collect();
        found.into_values().collect()
    }
}

/// Whether a path is a folder or lies below it.
pub(super) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The folder of a path; empty at the top.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a version has a prerelease part.
pub(super) fn is_prerelease(version: &str) -> bool {
    version.split('+').next().is_some_and(|v| v.contains('-'))
}

/// Order of versions as registries write them: precedence, then spelling; other text is lowest.
pub(super) fn compare_versions(a: &str, b: &str) -> Ordering {
    match (crate::version::Version::parse(a), crate::version::Version::parse(b)) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        (a, b) => a.is_ok().cmp(&b.is_ok()),
    }
    .then_with(|| a.cmp(b))
}
