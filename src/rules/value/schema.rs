//! VA0201: the values of a chart do not fit its `values.schema.json`, so that Helm refuses to install it.

use serde_json::Value;

use super::places::WrittenIn;
use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::Pack;
use crate::resolve::{LayerChart, ResolvedLayer, ResolvedProfile};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::schema::{ChartSchema, MISSING_KEY, Refused, UNKNOWN_KEY, WRONG_TYPE};
use crate::template::{self, Found, Reference, ReferenceKind, read_values, scalar_text};
use crate::workspace::model::Variable;
use crate::yaml::{Document, push_pointer};

/// VA0201 `chart-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VA0201", name: "chart-schema", severity: Severity::Error },
    docs: include_str!("../docs/VA0201.md"),
    check: Check::PackAndProfile(pack, profile),
};

fn profile(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        for chart in &layer.charts {
            if has_schema(&chart.chart) {
                of_layer(resolved, layer, chart, out);
            }
        }
    }
}

fn of_layer(
    resolved: &ResolvedProfile,
    layer: &ResolvedLayer,
    chart: &LayerChart,
    out: &mut Vec<Diagnostic>,
) {
    let mut user = layer.values.for_chart(&chart.values_pointer);
    replace(&mut user, &resolved.profile.spec.variables);
    let presets = layer.source.pack().into_iter().flat_map(|pack| &pack.presets);
    let chosen = presets.filter(|preset| layer.presets.get(&preset.group) == Some(&preset.name));
    let pack_values = layer.source.pack().and_then(|pack| pack.values.as_ref());
    let given: Vec<&Document> =
        layer.own.iter().chain(chosen.filter_map(|preset| preset.add.as_ref())).chain(pack_values).collect();
    for (refused, places) in judge(&chart.chart, &user, &given, &chart.values_pointer) {
        let mine = layer.own.is_some() && places.giver(refused.at()) == Some(0);
        let mut finding = told(&refused, &places, &chart.chart);
        if !mine {
            // The archive of somebody else is no place to repair it: the layer is.
            let stands = std::mem::replace(&mut finding.place, layer.place.clone());
            finding.fix = None;
            if places.giver(refused.at()).is_some() {
                finding = finding.related(stands, "the value stands here");
            }
        }
        out.push(finding);
    }
}

/// A pack's own values. What is empty or missing there is for profiles to fill in.
fn pack(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack: &Pack = &judged.pack;
    let Some(document) = &pack.values else { return };
    for chart in pack.charts.iter().filter_map(|listed| listed.chart.as_deref()).filter(|c| has_schema(c)) {
        let pointer = push_pointer("/charts", &chart.metadata.name);
        let Some(mut user) = document.below(&pointer).and_then(|below| read_values(&below).ok()) else {
            continue;
        };
        replace(&mut user, &[]);
        for (refused, places) in judge(chart, &user, &[document], &pointer) {
            let empty = matches!(&refused.value, Value::Null)
                || refused.value.as_str().is_some_and(str::is_empty)
                || refused.value.as_array().is_some_and(Vec::is_empty);
            if places.giver(refused.at()) == Some(0) && !empty && refused.refused.finding.lint != MISSING_KEY
            {
                let mut finding = told(&refused, &places, chart);
                finding.severity = Severity::Warning;
                out.push(finding);
            }
        }
    }
}

/// Whether the chart or a chart in it has a schema: most have none, and then nothing needs to be merged.
fn has_schema(chart: &Chart) -> bool {
    chart.files.contains("values.schema.json")
        || chart.subcharts().iter().any(|sub| sub.chart.as_deref().is_some_and(has_schema))
}

/// A refusal, the chart whose schema it is, and where its values stand.
struct InChart<'a> {
    chart: &'a Chart,
    schema: std::sync::Arc<ChartSchema>,
    /// Pointer of the chart's values in those of the whole.
    pointer: String,
    /// The value that was judged.
    value: Value,
    refused: Refused,
}

impl InChart<'_> {
    /// Pointer, within the chart, of what the finding is about.
    fn at(&self) -> &str {
        &self.refused.finding.pointer
    }
}

/// Judges a user's values of a chart, and each chart in it that they leave on; `given` are the documents that the values
/// stand in, the strongest first, below `prefix`.
fn judge<'a>(
    chart: &'a Chart,
    user: &Value,
    given: &[&'a Document],
    prefix: &str,
) -> Vec<(InChart<'a>, WrittenIn<'a>)> {
    // What subcharts export into a parent's values is not worked out here.
    if chart.metadata.dependencies.iter().any(|dependency| dependency.has_imports) {
        return Vec::new();
    }
    let Ok(values) = chart.coalesce(user) else { return Vec::new() };
    let mut unknown = Vec::new();
    references(&values, String::new(), &mut unknown);
    let enabled = chart.enabled(&values);
    let mut found = Vec::new();
    for at in &enabled {
        let Some(schema) = ChartSchema::of(at.chart) else { continue };
        let Some(own) = values.pointer(&at.pointer) else { continue };
        let places = WrittenIn::new(given, prefix, &enabled, at);
        for refused in schema.judge(own, &places) {
            if depends_on_unknown(&refused, &at.pointer, &unknown) {
                continue;
            }
            let value = own.pointer(&refused.finding.pointer).cloned().unwrap_or(Value::Null);
            let (chart, schema, pointer) = (at.chart, schema.clone(), at.pointer.clone());
            found.push((InChart { chart, schema, pointer, value, refused }, places.clone()));
        }
    }
    found
}

fn told(found: &InChart<'_>, places: &WrittenIn<'_>, whole: &Chart) -> Diagnostic {
    let inner = &found.refused.finding;
    let chart = &found.chart.metadata.name;
    let path = format!("{}{}", found.pointer, found.at());
    let path = path.trim_start_matches('/').replace('/', ".");
    let missing = inner.message.rsplit_once("lacks `").map(|(_, key)| key.trim_end_matches('`'));
    let message = if let (MISSING_KEY, Some(key)) = (inner.lint, missing) {
        let dot = if path.is_empty() { "" } else { "." };
        format!("chart `{chart}` needs `{path}{dot}{key}`, which is not set")
    } else if inner.lint == UNKNOWN_KEY || path.is_empty() {
        format!("chart `{chart}` refuses its values: {}", inner.message)
    } else {
        format!("chart `{chart}` refuses `{path}`: {}", inner.message)
    };
    let mut told = Diagnostic::new(RULE.lint, inner.place.clone(), message).pointer(format!(
        "{}{}{}",
        places.prefix(),
        found.pointer,
        found.at()
    ));
    told.help.clone_from(&inner.help);
    told.fix.clone_from(&inner.fix);
    let owner = if std::ptr::eq(whole, found.chart) { "the chart's" } else { "the subchart's" };
    if let Some(pointer) = &found.refused.said_at {
        told = told.related(found.schema.place(pointer), format!("{owner} schema says so here"));
    }
    told
}

/// Whether something refused could be fine once references have their values.
fn depends_on_unknown(refused: &Refused, chart: &str, unknown: &[String]) -> bool {
    let here = format!("{chart}{}", refused.pointer);
    let below = |inner: &String, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if !refused.is_plain {
        return unknown.iter().any(|inner| below(inner, chart));
    }
    if unknown.contains(&here) {
        return true;
    }
    let only_names = [MISSING_KEY, UNKNOWN_KEY, WRONG_TYPE].contains(&refused.finding.lint);
    !only_names && unknown.iter().any(|inner| below(inner, &here))
}

/// Puts the defaults of variables where they are referred to.
fn replace(values: &mut Value, variables: &[Variable]) {
    let lookup = |reference: &Reference| {
        let variable = variables.iter().find(|variable| *variable.name == reference.name);
        let default = variable.filter(|_| reference.kind == ReferenceKind::Var).and_then(|variable| {
            let text = scalar_text(&variable.default.as_ref()?.value)?;
            Some(variable.format.typed(&text))
        });
        default.map_or(Found::Keep, Found::Value)
    };
    // A reference that cannot be read is told elsewhere; it stays, and is passed over.
    let _ = template::replace_in(values, &lookup);
}

/// Pointers of the texts whose value is not known yet.
fn references(value: &Value, pointer: String, found: &mut Vec<String>) {
    match value {
        Value::String(text) if !template::references(text).is_empty() => found.push(pointer),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                references(item, push_pointer(&pointer, &index.to_string()), found);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                references(item, push_pointer(&pointer, key), found);
            }
        }
        _ => {}
    }
}
