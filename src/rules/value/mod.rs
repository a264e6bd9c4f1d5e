//! Values: what charts read of them, and what their schemas say.

mod inert;
mod kind_change;
mod known;
mod known_paths;
mod layer_key;
mod null_value;
mod places;
mod schema;

use super::{JudgedPack, Rule};
use crate::chart::Chart;
use crate::resolve::ResolvedProfile;
use crate::yaml::{Document, Node, push_pointer};

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] =
    &[layer_key::RULE, inert::RULE, kind_change::RULE, null_value::RULE, schema::RULE];

/// Values that somebody wrote for a chart.
struct Written<'a> {
    chart: &'a Chart,
    /// The map that goes to the chart.
    values: Node<'a>,
    /// Its pointer in the document.
    pointer: String,
    /// All documents that the values come from: text in them may be run as a template.
    texts: Vec<&'a Document>,
}

/// What the layers of a profile say to their charts.
fn of_profile(resolved: &ResolvedProfile) -> Vec<Written<'_>> {
    let mut found = Vec::new();
    for layer in &resolved.layers {
        let Some(own) = &layer.own else { continue };
        let pack = layer.source.pack();
        let defaults = pack.into_iter().flat_map(|pack| {
            pack.values.iter().chain(pack.presets.iter().filter_map(|preset| preset.add.as_ref()))
        });
        for chart in &layer.charts {
            let Some(values) = own.at(&chart.values_pointer) else { continue };
            let texts = std::iter::once(own).chain(defaults.clone()).collect();
            found.push(Written { chart: &chart.chart, values, pointer: chart.values_pointer.clone(), texts });
        }
    }
    found
}

/// What a pack and its presets say to its charts.
fn of_pack(judged: &JudgedPack) -> Vec<Written<'_>> {
    let pack = &judged.pack;
    let documents = || pack.values.iter().chain(pack.presets.iter().filter_map(|preset| preset.add.as_ref()));
    let mut found = Vec::new();
    for chart in pack.charts.iter().filter_map(|listed| listed.chart.as_deref()) {
        let pointer = push_pointer("/charts", &chart.metadata.name);
        for values in documents().filter_map(|document| document.at(&pointer)) {
            let texts = documents().collect();
            found.push(Written { chart, values, pointer: pointer.clone(), texts });
        }
    }
    found
}
