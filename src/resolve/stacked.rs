//! What remains of a resolved profile for rules over the whole repository: which layers it has, without their values.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::resolved::{AddedBy, LayerSource, ResolvedLayer, ResolvedProfile};
use crate::chart::Chart;
use crate::diagnostics::suppress::MARKER;
use crate::pack::{LayerType, Pack};
use crate::source::{Place, SourceFile};
use crate::template::{ReferenceKind, references};
use crate::workspace::model::Profile;
use crate::yaml::Document;

/// The stack of a profile version, small enough to be held for every profile of a large repository.
#[derive(Clone, Debug)]
pub struct Stacked {
    /// The profile as written.
    pub profile: Arc<Profile>,
    /// Values and manifests beside it with a comment that may silence findings.
    pub commented: Box<[Arc<SourceFile>]>,
    /// Names of the macros that values and manifests refer to, sorted, each once.
    pub macros: Box<[Box<str>]>,
    /// Whether everything that it is made of was at hand: only then is what is not there really not there.
    pub whole: bool,
    layers: Box<[Held]>,
}

/// What is held of a layer. Name and place of a written layer are those of the profile.
#[derive(Clone, Debug)]
struct Held {
    written: Option<u32>,
    brought: Option<Box<Brought>>,
    layer_type: LayerType,
    content: Content,
    releases: Box<[Release]>,
    /// Where the layer says a namespace of its own, or its pack does.
    namespace: Option<Box<str>>,
}

/// A Helm release that a layer installs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Release {
    /// Its name; references stay in it.
    pub name: Box<str>,
    /// Its namespace.
    pub namespace: Box<str>,
}

#[derive(Clone, Debug)]
struct Brought {
    name: String,
    place: Place,
    added_by: Option<AddedBy>,
}

#[derive(Clone, Debug)]
enum Content {
    Pack(Arc<Pack>),
    Chart(Arc<Chart>),
    None,
}

/// One layer of such a stack.
#[derive(Clone, Debug)]
pub struct StackedLayer<'a> {
    /// Its name.
    pub name: &'a str,
    /// Index in `spec.layers`; `None` for a brought layer.
    pub index: Option<usize>,
    /// Place in the stack.
    pub layer_type: LayerType,
    /// Its pack; `None` for other layers and for a pack that is not here.
    pub pack: Option<&'a Arc<Pack>>,
    /// Its chart; `None` for other layers and for a chart that is not here.
    pub chart: Option<&'a Arc<Chart>>,
    /// What its charts install.
    pub releases: &'a [Release],
    /// The namespace that the layer or its pack says; `None` for `default`.
    pub namespace: Option<&'a str>,
    /// Where the profile (or the preset) names it.
    pub place: Place,
    /// What brought it.
    pub added_by: Option<&'a AddedBy>,
}

impl Stacked {
    /// The packs of its layers.
    pub fn packs(&self) -> impl Iterator<Item = &Arc<Pack>> {
        self.layers.iter().filter_map(|held| match &held.content {
            Content::Pack(pack) => Some(pack),
            Content::Chart(_) | Content::None => None,
        })
    }

    /// Layers in the order of the stack, lowest first.
    pub fn layers(&self) -> impl Iterator<Item = StackedLayer<'_>> {
        self.layers.iter().map(|held| {
            let index = held.written.map(|index| index as usize);
            let (name, place) = match (&held.brought, index) {
                (Some(brought), _) => (brought.name.as_str(), brought.place.clone()),
                (None, index) => {
                    let name = &self.profile.spec.layers[index.unwrap_or_default()].name;
                    (name.as_str(), self.profile.place(name.span))
                }
            };
            let (pack, chart) = match &held.content {
                Content::Pack(pack) => (Some(pack), None),
                Content::Chart(chart) => (None, Some(chart)),
                Content::None => (None, None),
            };
            StackedLayer {
                name,
                index,
                layer_type: held.layer_type,
                pack,
                chart,
                releases: &held.releases,
                namespace: held.namespace.as_deref(),
                place,
                added_by: held.brought.as_ref().and_then(|brought| brought.added_by.as_ref()),
            }
        })
    }
}

impl From<&ResolvedProfile> for Stacked {
    fn from(resolved: &ResolvedProfile) -> Self {
        let layers = resolved.layers.iter().map(Held::of).collect();
        let commented = beside(resolved).filter(|file| file.text().contains(MARKER)).cloned().collect();
        let lacks = |layer: &ResolvedLayer| {
            layer.unresolved.is_some() && layer.source.pack().is_none() && layer.source.chart().is_none()
        };
        Self {
            profile: Arc::clone(&resolved.profile),
            commented,
            macros: macros(resolved).into_iter().map(String::into_boxed_str).collect(),
            whole: resolved.reported.is_empty() && !resolved.layers.iter().any(lacks),
            layers,
        }
    }
}

/// The macros that a profile refers to.
fn macros(resolved: &ResolvedProfile) -> BTreeSet<String> {
    let used = resolved.references().iter().filter(|used| used.kind == ReferenceKind::Macro);
    let mut names: BTreeSet<String> = used.map(|used| used.name.clone()).collect();
    // What is said in a comment of a manifest counts as well.
    for manifest in resolved.layers.iter().flat_map(|layer| &layer.manifests) {
        let references = references(manifest.file.text()).into_iter();
        names.extend(references.filter(|r| r.kind == ReferenceKind::Macro).map(|reference| reference.name));
    }
    names
}

/// Values and manifests beside a profile, as far as they could be read.
fn beside(resolved: &ResolvedProfile) -> impl Iterator<Item = &Arc<SourceFile>> {
    let own = resolved.profile.file.path();
    let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
    let values = resolved.layers.iter().filter_map(|layer| layer.own.as_ref()).map(Document::file);
    let manifests = resolved.layers.iter().flat_map(|layer| &layer.manifests).map(|manifest| &manifest.file);
    values.chain(manifests).filter(move |file| {
        let inside = file.path().strip_prefix(folder);
        file.path() != own && inside.is_some_and(|rest| folder.is_empty() || rest.starts_with('/'))
    })
}

impl Held {
    fn of(layer: &ResolvedLayer) -> Self {
        let content = match &layer.source {
            LayerSource::Pack(_, Some(pack)) => Content::Pack(Arc::clone(pack)),
            LayerSource::Chart(_, Some(chart)) => Content::Chart(Arc::clone(chart)),
            _ => Content::None,
        };
        let brought = layer.index.is_none().then(|| {
            Box::new(Brought {
                name: layer.name.clone(),
                place: layer.place.clone(),
                added_by: layer.added_by.clone(),
            })
        });
        Self {
            written: layer.index.map(|index| index as u32),
            brought,
            layer_type: layer.layer_type,
            content,
            releases: layer
                .charts
                .iter()
                .map(|chart| Release {
                    name: chart.release.as_str().into(),
                    namespace: chart.namespace.as_str().into(),
                })
                .collect(),
            namespace: Some(layer.namespace.as_str()).filter(|name| *name != "default").map(Into::into),
        }
    }
}
