//! A resolved profile as a JSON document (`schemas/resolved-profile.json`), and where in the repository each part of it is
//! written. Policies judge this document, `show --format json` prints it.

use serde_json::{Map, Value, json};

use super::resolved::{LayerManifest, LayerSource, OriginKind, ResolvedLayer, ResolvedProfile, Unresolved};
use crate::source::Place;
use crate::workspace::model::{ProfileKind, ProfileType, Variable};
use crate::yaml::{self, Document, Resolver};

/// Version of the document's form.
const SCHEMA_VERSION: u32 = 1;

/// The document of a profile. Defaults of sensitive variables are masked.
pub fn document(resolved: &ResolvedProfile) -> Value {
    let profile = &resolved.profile;
    let layers: Vec<Value> = resolved.layers.iter().map(|layer| of_layer(resolved, layer)).collect();
    let mut images: Vec<String> = resolved.layers.iter().flat_map(|layer| layer.values.images()).collect();
    images.sort_unstable();
    images.dedup();
    json!({
        "schemaVersion": SCHEMA_VERSION,
        "id": profile.id,
        "kind": match profile.kind {
            ProfileKind::ClusterProfile => "ClusterProfile",
            ProfileKind::SystemProfile => "SystemProfile",
        },
        "type": profile_type(resolved),
        "cloud": profile.spec.cloud.as_ref().map_or("all", |cloud| cloud.value.as_str()),
        "metadata": metadata(resolved),
        "variables": profile.spec.variables.iter().map(variable).collect::<Vec<_>>(),
        "layers": layers,
        "images": images,
        "resources": super::resources::resources(resolved).document(),
    })
}

/// `full`, `infrastructure`, `add-on` or `system`.
pub fn profile_type(resolved: &ResolvedProfile) -> &'static str {
    let profile = &resolved.profile;
    match (profile.kind, profile.spec.profile_type.as_ref().map(|t| t.value)) {
        (ProfileKind::SystemProfile, _) | (_, None) => "system",
        (_, Some(ProfileType::Full)) => "full",
        (_, Some(ProfileType::Infrastructure)) => "infrastructure",
        (_, Some(ProfileType::AddOn)) => "add-on",
    }
}

fn metadata(resolved: &ResolvedProfile) -> Value {
    let metadata = &resolved.profile.metadata;
    let tags: Map<String, Value> = metadata
        .tags
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.clone().unwrap_or_default())))
        .collect();
    without_null(json!({
        "name": metadata.name.value,
        "displayName": metadata.display_name,
        "version": metadata.version.value,
        "description": metadata.description,
        "tags": tags,
        "scope": metadata.scope,
        "project": metadata.project.as_ref().map(|project| &project.value),
        "owners": metadata.owners,
        "clonedFrom": metadata.cloned_from,
        "annotations": metadata.annotations,
    }))
}

fn variable(variable: &Variable) -> Value {
    let default = variable
        .default
        .as_ref()
        .map(|default| if variable.sensitive { json!("********") } else { default.value.clone() });
    without_null(json!({
        "name": variable.name.value,
        "displayName": variable.display_name,
        "description": variable.description,
        "format": variable.format,
        "inputType": variable.input_type,
        "options": variable.options,
        "required": variable.required,
        "default": default,
        "regex": variable.regex.as_ref().map(|regex| &regex.value),
        "hidden": variable.hidden,
        "readOnly": variable.read_only,
        "sensitive": variable.sensitive,
    }))
}

fn of_layer(resolved: &ResolvedProfile, layer: &ResolvedLayer) -> Value {
    let written = layer.index.map(|index| &resolved.profile.spec.layers[index]);
    let charts: Vec<Value> = layer
        .charts
        .iter()
        .map(|chart| {
            json!({
                "name": chart.name,
                "version": chart.chart.metadata.version,
                "release": chart.release,
                "namespace": chart.namespace,
            })
        })
        .collect();
    let pin = layer.pin.as_ref();
    without_null(json!({
        "name": layer.name,
        "displayName": layer.display_name,
        "type": layer.layer_type.word(),
        "source": without_null(json!({
            "kind": layer.source.word(),
            "name": layer.source.name(),
            "wanted": layer.wanted,
            "registry": layer.registry,
            "version": pin.map(|pin| &pin.version),
            "appVersion": pin.and_then(|pin| pin.app_version.as_ref()),
            "content": pin.map(|pin| pin.content.to_string()),
            "deprecated": pin.is_some_and(|pin| pin.deprecated),
        })),
        "unresolved": layer.unresolved.as_ref().map(why),
        "addedBy": layer.added_by,
        "namespace": layer.namespace,
        "namespaceLabels": written.map(|layer| &layer.namespace_labels),
        "namespaceAnnotations": written.map(|layer| &layer.namespace_annotations),
        "installPriority": layer.priority,
        "presets": layer.presets,
        "values": layer.values.value,
        "charts": charts,
        "manifests": layer.manifests.iter().map(manifest).collect::<Vec<_>>(),
        "images": layer.values.images(),
    }))
}

/// A manifest with its objects; one with template text is no list of objects yet.
fn manifest(manifest: &LayerManifest) -> Value {
    let objects: Option<Vec<Value>> = objects(manifest)
        .map(|documents| documents.iter().filter_map(|d| d.root().to_json(Resolver::Go).ok()).collect());
    without_null(json!({ "name": manifest.name, "file": manifest.file.path(), "objects": objects }))
}

fn objects(manifest: &LayerManifest) -> Option<Vec<Document>> {
    if manifest.templated {
        return None;
    }
    let stream = yaml::parse(&manifest.file);
    let filled = |d: &Document| d.root().scalar().is_none_or(|(text, _)| !text.is_empty());
    stream.diagnostics.is_empty().then(|| stream.documents.into_iter().filter(filled).collect())
}

fn why(unresolved: &Unresolved) -> &'static str {
    match unresolved {
        Unresolved::NotLocked => "not-locked",
        Unresolved::NotFetched => "not-fetched",
        Unresolved::Changed { .. } => "changed",
        Unresolved::NoRegistry(_) => "no-registry",
        Unresolved::NotFound(_) => "not-found",
        Unresolved::Broken(_) => "broken",
    }
}

/// What is not known is left out.
fn without_null(value: Value) -> Value {
    match value {
        Value::Object(map) => map.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        other => other,
    }
}

/// Where a part of the document is written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The line to change: in the profile, or in a file that it names.
    pub place: Place,
    /// Where a pack or chart says it, for what the profile only takes over.
    pub taken: Option<Place>,
}

/// Where the part of [`document`] at `pointer` is written: its line, or that of the nearest part around it.
pub fn written(resolved: &ResolvedProfile, pointer: &str) -> Written {
    let document = &resolved.profile.document;
    let at = |pointer: &str| Written { place: nearest(document, pointer), taken: None };
    let mut parts = pointer.splitn(4, '/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("metadata" | "kind"), ..) => at(pointer),
        (Some("type" | "cloud" | "variables"), ..) => at(&format!("/spec{pointer}")),
        (Some("layers"), Some(index), rest) => {
            match index.parse().ok().and_then(|index: usize| resolved.layers.get(index)) {
                Some(layer) => of_part(resolved, layer, rest.unwrap_or_default()),
                None => at("/spec/layers"),
            }
        }
        (Some("layers" | "images"), ..) => at("/spec/layers"),
        _ => at("/metadata/name"),
    }
}

/// The value where it stands by itself, else the key of the nearest map or list around it.
fn nearest(document: &Document, pointer: &str) -> Place {
    match document.at(pointer) {
        Some(node) if node.scalar().is_some() => node.place(),
        _ => document.key_place(pointer),
    }
}

/// Where a part of a layer is written, `rest` being its pointer below the layer without the first `/`.
fn of_part(resolved: &ResolvedProfile, layer: &ResolvedLayer, rest: &str) -> Written {
    let layer_itself = || Written { place: layer.place.clone(), taken: None };
    let (field, below) = rest.split_once('/').map_or((rest, String::new()), |(f, b)| (f, format!("/{b}")));
    if field == "values" {
        return of_value(layer, &below);
    }
    if field == "images" {
        return of_value(layer, "/pack/content/images");
    }
    if field == "manifests" {
        let mut parts = below.splitn(5, '/').skip(1);
        let manifest =
            parts.next().and_then(|i| i.parse::<usize>().ok()).and_then(|i| layer.manifests.get(i));
        if let (Some(manifest), Some("objects"), Some(number)) = (manifest, parts.next(), parts.next())
            && let Some(object) =
                number.parse::<usize>().ok().and_then(|n| objects(manifest)?.into_iter().nth(n))
        {
            let inner = parts.next().map_or_else(String::new, |inner| format!("/{inner}"));
            return Written { place: object.place(&inner), taken: None };
        }
        return layer_itself();
    }
    let Some(index) = layer.index else { return layer_itself() };
    let reference = match layer.source {
        LayerSource::Pack(..) => "pack",
        LayerSource::Chart(..) => "chart",
        LayerSource::Manifests => "manifests",
    };
    let own = match (field, below.as_str()) {
        ("source", "/name") => format!("{reference}/name"),
        ("source", "/wanted" | "/version" | "/appVersion" | "/deprecated") => format!("{reference}/version"),
        ("source", "/registry") => format!("{reference}/registry"),
        ("source", _) => reference.to_owned(),
        ("charts", chart) if chart.ends_with("/release") => "release".to_owned(),
        ("charts", chart) if chart.ends_with("/namespace") => "namespace".to_owned(),
        ("", _) => "name".to_owned(),
        _ => rest.to_owned(),
    };
    let pointer = format!("/spec/layers/{index}/{own}");
    match resolved.profile.document.at(&pointer) {
        Some(_) => Written { place: nearest(&resolved.profile.document, &pointer), taken: None },
        None if field == "namespace" => of_value(layer, "/pack/namespace"),
        None => layer_itself(),
    }
}

/// Where an effective value comes from: itself, the list that it is in, or the first value below it.
fn of_value(layer: &ResolvedLayer, pointer: &str) -> Written {
    let origins = &layer.values.origins;
    let mut around = pointer;
    let origin = loop {
        match origins.get(around) {
            Some(origin) => break Some(origin),
            None => match around.rsplit_once('/') {
                Some((parent, _)) => around = parent,
                None => break None,
            },
        }
    };
    let inside = || origins.below(pointer).map(|(_, origin)| origin);
    let origin =
        origin.or_else(|| inside().find(|o| o.kind == OriginKind::Layer)).or_else(|| inside().next());
    match origin {
        Some(origin) if origin.kind == OriginKind::Layer => {
            Written { place: origin.place.clone().unwrap_or_else(|| layer.place.clone()), taken: None }
        }
        origin => {
            Written { place: layer.place.clone(), taken: origin.and_then(|origin| origin.place.clone()) }
        }
    }
}
