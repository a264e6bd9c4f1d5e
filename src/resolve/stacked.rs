//! What remains of a resolved profile for rules over the whole repository: which layers it has, without their values.

use std::sync::Arc;

use super::resolved::{LayerSource, ResolvedLayer, ResolvedProfile};
use crate::chart::Chart;
use crate::diagnostics::suppress::MARKER;
use crate::pack::{LayerType, Pack};
use crate::source::{Place, SourceFile};
use crate::workspace::model::Profile;
use crate::yaml::Document;

/// The stack of a profile version, small enough to be held for every profile of a large repository.
#[derive(Clone, Debug)]
pub struct Stacked {
    /// The profile as written.
    pub profile: Arc<Profile>,
    /// Values and manifests beside it with a comment that may silence findings.
    pub commented: Box<[Arc<SourceFile>]>,
    layers: Box<[Held]>,
}

/// What is held of a layer. Name and place of a written layer are those of the profile.
#[derive(Clone, Debug)]
struct Held {
    written: Option<u32>,
    brought: Option<Box<Brought>>,
    layer_type: LayerType,
    content: Content,
}

#[derive(Clone, Debug)]
struct Brought {
    name: String,
    place: Place,
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
    /// Where the profile (or the preset) names it.
    pub place: Place,
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
            StackedLayer { name, index, layer_type: held.layer_type, pack, chart, place }
        })
    }
}

impl From<&ResolvedProfile> for Stacked {
    fn from(resolved: &ResolvedProfile) -> Self {
        let layers = resolved.layers.iter().map(Held::of).collect();
        let commented = beside(resolved).filter(|file| file.text().contains(MARKER)).cloned().collect();
        Self { profile: Arc::clone(&resolved.profile), commented, layers }
    }
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
        let brought = layer
            .index
            .is_none()
            .then(|| Box::new(Brought { name: layer.name.clone(), place: layer.place.clone() }));
        Self {
            written: layer.index.map(|index| index as u32),
            brought,
            layer_type: layer.layer_type,
            content,
        }
    }
}
