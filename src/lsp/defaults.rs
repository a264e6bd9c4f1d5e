//! Default values of a layer's pack or chart, by path: what they are, what is written above them, where they stand.

use serde_json::Value;

use crate::chart::Chart;
use crate::resolve::{LayerSource, ResolvedLayer};
use crate::source::Place;
use crate::yaml::{Document, Resolver};

/// A default value.
pub(super) struct DefaultValue {
    /// The value.
    pub(super) value: Value,
    /// The comment above its key.
    pub(super) comment: Option<String>,
    /// Where its key stands.
    pub(super) place: Option<Place>,
}

/// The default at a path of the layer's values.
pub(super) fn at(layer: &ResolvedLayer, pointer: &str) -> Option<DefaultValue> {
    let known = sources(layer).into_iter().find_map(|(prefix, document)| {
        let inner = pointer.strip_prefix(prefix.as_str()).filter(|inner| !inner.is_empty())?;
        let value = document.at(inner)?.to_json(Resolver::Go).ok()?;
        let place = document.key_place(inner);
        Some(DefaultValue { value, comment: comment_above(&place), place: Some(place) })
    });
    // Merge keys and the like: there without a place of its own.
    known.or_else(|| {
        let value = layer.values.defaults.pointer(pointer)?.clone();
        Some(DefaultValue { value, comment: None, place: None })
    })
}

/// The keys below a path of the layer's values, in the order of the defaults.
pub(super) fn keys(layer: &ResolvedLayer, pointer: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut add = |value: &Value| {
        for key in value.as_object().into_iter().flat_map(serde_json::Map::keys) {
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
    };
    if let Some(value) = layer.values.defaults.pointer(pointer) {
        add(value);
    }
    for (prefix, document) in sources(layer) {
        let inner = pointer.strip_prefix(prefix.as_str());
        if let Some(node) = inner.and_then(|inner| document.at(inner))
            && let Ok(value) = node.to_json(Resolver::Go)
        {
            add(&value);
        }
    }
    keys
}

/// The documents that defaults come from, each with the path that it stands for: the pack's own values first, then those
/// of its charts.
fn sources(layer: &ResolvedLayer) -> Vec<(String, &Document)> {
    let of_chart = |chart: &'_ Chart| chart.values.is_some();
    match &layer.source {
        LayerSource::Pack(_, Some(pack)) => {
            let own = pack.values.iter().map(|document| (String::new(), document));
            let charts = layer.charts.iter().filter(|chart| of_chart(&chart.chart));
            own.chain(charts.filter_map(|c| Some((c.values_pointer.clone(), c.chart.values.as_ref()?))))
                .collect()
        }
        LayerSource::Chart(_, Some(chart)) => {
            let pointer = layer.charts.first().map(|chart| chart.values_pointer.clone()).unwrap_or_default();
            chart.values.iter().map(|document| (pointer.clone(), document)).collect()
        }
        _ => Vec::new(),
    }
}

/// The comment lines directly above a place, as people read them.
fn comment_above(place: &Place) -> Option<String> {
    let text = &place.file.text()[..place.span.start as usize];
    let mut lines: Vec<&str> = text.lines().rev().collect();
    if !text.ends_with('\n') && !lines.is_empty() {
        lines.remove(0);
    }
    let comment = |line: &&str| line.trim_start().starts_with('#');
    let mut above: Vec<&str> = lines
        .into_iter()
        .take_while(comment)
        .map(|line| line.trim_start().trim_start_matches(['#', ' ']).trim_start_matches("-- "))
        .collect();
    above.reverse();
    let text = above.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}
