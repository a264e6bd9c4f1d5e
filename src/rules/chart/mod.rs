//! Charts: what Helm refuses to install, and what their makers say of them.

mod api_version;
mod dependency_missing;
mod deprecated;
mod kube_version;
mod library;
mod remote_schema;
mod schema_broken;

use std::sync::Arc;

use super::{Context, JudgedPack, Rule};
use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint};
use crate::resolve::{LayerSource, ResolvedLayer, ResolvedProfile};
use crate::source::{Place, SourceFile};
use crate::yaml;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    dependency_missing::RULE,
    kube_version::RULE,
    deprecated::RULE,
    library::RULE,
    remote_schema::RULE,
    schema_broken::RULE,
    api_version::RULE,
];

/// A chart that something installs.
struct Installed<'a> {
    chart: &'a Arc<Chart>,
    /// The layer that does, where its profile is what can be changed.
    layer: Option<&'a ResolvedLayer>,
}

/// The charts of a pack.
fn of_pack(judged: &JudgedPack) -> impl Iterator<Item = Installed<'_>> {
    let charts = judged.pack.charts.iter().filter_map(|listed| listed.chart.as_ref());
    charts.map(|chart| Installed { chart, layer: None })
}

/// The charts of a profile, but those of packs that are judged by themselves.
fn of_profile<'a>(cx: &'a Context<'_>, resolved: &'a ResolvedProfile) -> impl Iterator<Item = Installed<'a>> {
    let foreign = |layer: &&ResolvedLayer| match &layer.source {
        LayerSource::Pack(_, Some(pack)) => !cx.packs.iter().any(|judged| judged.pack.path == pack.path),
        _ => true,
    };
    resolved.layers.iter().filter(foreign).flat_map(|layer| {
        layer.charts.iter().map(move |chart| Installed { chart: &chart.chart, layer: Some(layer) })
    })
}

impl Installed<'_> {
    /// A finding about `Chart.yaml` at a pointer: at the layer where there is one, else in the archive.
    fn finding(&self, lint: Lint, pointer: &str, message: impl Into<String>) -> Diagnostic {
        let inside = metadata_place(self.chart, pointer);
        match self.layer {
            Some(layer) => {
                Diagnostic::new(lint, layer.place.clone(), message).related(inside, "the chart says so here")
            }
            None => Diagnostic::new(lint, inside, message),
        }
    }
}

/// The place in a chart's `Chart.yaml` at a pointer, or of its nearest ancestor.
fn metadata_place(chart: &Chart, pointer: &str) -> Place {
    let path = format!("{}/Chart.yaml", chart.path);
    let Some(text) = chart.files.text("Chart.yaml") else { return Place::whole(path) };
    let file = SourceFile::new(path.as_str(), text);
    match yaml::parse(&file).documents.first() {
        Some(document) if !pointer.is_empty() => document.place(pointer),
        _ => Place::new(&file, crate::source::Span::new(0, text.lines().next().map_or(0, str::len))),
    }
}
