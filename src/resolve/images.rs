//! The images of a layer: those that its pack lists, those that values name, those of manifests.
//!
//! The list of a pack comes first: what values name is found by its form (`image_values.rs`).

use std::collections::BTreeSet;

use serde_json::Value;

use super::image_values::{At, Named, Walk};
use super::resolved::ResolvedLayer;
use crate::chart::Chart;
use crate::pack::ImageReference;
use crate::source::Place;
use crate::yaml::{self, Node, push_pointer};

/// Deeper objects have no containers.
const DEEPEST: usize = 32;

/// An image that a layer is known to pull.
#[derive(Clone, Debug)]
pub struct Image {
    /// The reference, put together where it is written in parts.
    pub image: String,
    /// Where it is named.
    pub from: ImageSource,
    /// Whether its tag is written nowhere: most charts take their `appVersion` then.
    pub guessed: bool,
    /// Where it is written.
    pub place: Place,
}

/// Where an image is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImageSource {
    /// `pack.content.images`.
    Content,
    /// Values of a chart.
    Values,
    /// A container of a manifest.
    Manifest,
}

impl ImageSource {
    /// `content`, `values` or `manifest`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Values => "values",
            Self::Manifest => "manifest",
        }
    }
}

/// The images of a layer in the order in which they are found, each once. Those that a variable takes part in are left out.
pub fn images(layer: &ResolvedLayer) -> Vec<Image> {
    let mut found = Vec::new();
    content(layer, &mut found);
    for chart in &layer.charts {
        of_chart(layer, &chart.chart, &chart.values_pointer, &mut found);
    }
    for manifest in &layer.manifests {
        if manifest.templated {
            let pointer = push_pointer("/manifests", &manifest.name);
            if let Some(Value::Object(values)) = layer.values.value.pointer(&pointer) {
                let mut walk = Walk { global: "", app_version: None, images: Vec::new() };
                walk.map(values, At::default());
                add(walk.images, |below| layer.values_place(&format!("{pointer}{below}")), &mut found);
            }
        } else {
            for document in yaml::parse(&manifest.file).documents {
                containers(document.root(), 0, &mut found);
            }
        }
    }
    // What is known for certain is not guessed at.
    let name =
        |image: &Image| ImageReference::parse(&image.image).map(|i| i.name.to_owned()).unwrap_or_default();
    let certain: BTreeSet<String> = found.iter().filter(|image| !image.guessed).map(name).collect();
    let mut known = BTreeSet::new();
    found.retain(|image| {
        !(image.guessed && certain.contains(&name(image))) && known.insert(image.image.clone())
    });
    found
}

fn content(layer: &ResolvedLayer, found: &mut Vec<Image>) {
    let list = layer.values.value.pointer("/pack/content/images").and_then(Value::as_array);
    for (index, entry) in list.into_iter().flatten().enumerate() {
        let Some(image) = entry.get("image").and_then(Value::as_str) else { continue };
        if image.is_empty() || image.contains("{{") {
            continue;
        }
        found.push(Image {
            image: image.to_owned(),
            from: ImageSource::Content,
            guessed: false,
            place: layer.values_place(&format!("/pack/content/images/{index}/image")),
        });
    }
}

/// The images in what a chart and its subcharts, as far as they are switched on, are given.
fn of_chart(layer: &ResolvedLayer, chart: &Chart, pointer: &str, found: &mut Vec<Image>) {
    let Ok(values) = chart.coalesce(&layer.values.for_chart(pointer)) else { return };
    let global = values.pointer("/global/imageRegistry").and_then(Value::as_str).unwrap_or_default();
    for at in chart.enabled(&values) {
        let Some(Value::Object(own)) = values.pointer(&at.pointer) else { continue };
        let mut own = own.clone();
        own.shift_remove("global");
        for (key, _) in at.chart.subchart_keys() {
            own.shift_remove(key);
        }
        let mut walk =
            Walk { global, app_version: at.chart.metadata.app_version.as_deref(), images: Vec::new() };
        walk.map(&own, At::default());
        let place = |below: &str| {
            let whole = format!("{pointer}{}{below}", at.pointer);
            match layer.values.origins.get(&whole) {
                Some(_) => layer.values_place(&whole),
                // A default of the chart itself.
                None => match &at.chart.values {
                    Some(document) => document.place(below),
                    None => layer.values_place(&whole),
                },
            }
        };
        add(walk.images, place, found);
    }
}

fn add(named: Vec<Named>, place: impl Fn(&str) -> Place, found: &mut Vec<Image>) {
    found.extend(named.into_iter().map(|named| Image {
        place: place(&named.pointer),
        image: named.image,
        from: ImageSource::Values,
        guessed: named.guessed,
    }));
}

/// The images of the containers in an object.
fn containers(node: Node<'_>, depth: usize, found: &mut Vec<Image>) {
    if depth > DEEPEST || node.is_alias() {
        return;
    }
    for entry in node.entries() {
        let list = matches!(entry.key.text(), Some("containers" | "initContainers" | "ephemeralContainers"));
        if !list {
            containers(entry.value, depth + 1, found);
            continue;
        }
        for container in entry.value.items() {
            let Some(image) = container.get("image") else { continue };
            let Some(text) = image.text().filter(|text| !text.is_empty() && !text.contains("{{")) else {
                continue;
            };
            found.push(Image {
                image: text.to_owned(),
                from: ImageSource::Manifest,
                guessed: false,
                place: image.place(),
            });
        }
    }
    for item in node.items() {
        containers(item, depth + 1, found);
    }
}
