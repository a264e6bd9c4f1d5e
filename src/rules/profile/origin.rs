//! Where in the profile's own files something is written.

use serde_json::Value;

use crate::resolve::{OriginKind, ResolvedLayer, ResolvedProfile};
use crate::source::Place;

/// The place of the effective value at `pointer`, where the profile itself writes it; what a pack says is the pack's.
pub(in crate::rules) fn written(layer: &ResolvedLayer, pointer: &str) -> Option<Place> {
    let origin = layer.values.origins.get(pointer)?;
    origin.place.clone().filter(|_| origin.kind == OriginKind::Layer)
}

/// The leaves directly below `pointer` that the profile itself writes: key, text (empty where it is none) and place.
pub(super) fn entries<'a>(
    layer: &'a ResolvedLayer,
    pointer: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str, Place)> {
    let map = layer.values.value.pointer(pointer).and_then(Value::as_object);
    map.into_iter().flatten().filter_map(move |(key, value)| {
        let place = written(layer, &crate::yaml::push_pointer(pointer, key))?;
        Some((key.as_str(), value.as_str().unwrap_or_default(), place))
    })
}

/// Where the namespace of a layer is said: by the layer, by its values, else the layer itself; with the pointer.
pub(in crate::rules) fn namespace_place(
    resolved: &ResolvedProfile,
    layer: &ResolvedLayer,
) -> (Place, String) {
    let own = layer.index.and_then(|index| {
        let namespace = resolved.profile.spec.layers[index].namespace.as_ref()?;
        Some((resolved.profile.place(namespace.span), format!("/spec/layers/{index}/namespace")))
    });
    own.or_else(|| written(layer, "/pack/namespace").map(|place| (place, "/pack/namespace".to_owned())))
        .unwrap_or_else(|| (layer.place.clone(), String::new()))
}

/// What is wrong with a text as the name of a Kubernetes object of the strictest kind (RFC 1123 label).
pub(super) fn label_fault(name: &str) -> Option<&'static str> {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if name.len() > 63 {
        Some("it has more than 63 characters")
    } else if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        Some("only lower-case letters, digits and `-` are allowed")
    } else if !edge(name.chars().next()) || !edge(name.chars().last()) {
        Some("it starts and ends with a letter or digit")
    } else {
        None
    }
}
