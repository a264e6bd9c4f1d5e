//! VA0102: a layer's values name a part, chart or manifest that its pack does not have.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::resolve::{ResolvedLayer, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::yaml::{Document, Entry, push_pointer};

/// VA0102 `unknown-layer-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VA0102", name: "unknown-layer-value", severity: Severity::Warning },
    docs: include_str!("../docs/VA0102.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        if let (Some(own), Some(pack)) = (&layer.own, layer.source.pack())
            // What has neither charts nor manifests (an operating system) takes values of its own kind.
            && (!pack.charts.is_empty() || !pack.manifests.is_empty())
        {
            top(layer, own, out);
            parts(layer, own, "charts", out);
            parts(layer, own, "manifests", out);
        }
    }
}

/// Keys at the top that are no part of a pack's values.
fn top(layer: &ResolvedLayer, own: &Document, out: &mut Vec<Diagnostic>) {
    const PARTS: &[&str] = &["pack", "charts", "manifests", "readinessCheck", "options", "stages", "global"];
    let defaults = layer.values.defaults.as_object();
    let given: Vec<&str> = defaults.into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
    let presets = layer.source.pack().into_iter().flat_map(|pack| &pack.presets);
    let preset_keys: Vec<&str> = presets
        .filter_map(|preset| preset.add.as_ref())
        .flat_map(|add| add.root().entries().filter_map(|entry| entry.key.text()))
        .collect();
    // Template text in a manifest may read any key.
    let read_anywhere = |key: &str| {
        let needle = format!(".Values.{key}");
        layer.manifests.iter().any(|manifest| manifest.templated && manifest.file.text().contains(&needle))
    };
    for entry in own.root().entries() {
        let Some(key) = entry.key.text() else { continue };
        if PARTS.contains(&key) || given.contains(&key) || preset_keys.contains(&key) || read_anywhere(key) {
            continue;
        }
        let finding = Diagnostic::new(
            RULE.lint,
            entry.key.place(),
            format!("`{key}` is no part of the values of pack `{}`", layer.source.name().unwrap_or_default()),
        )
        .pointer(push_pointer("", key));
        let chart = layer.charts.iter().find(|chart| chart.name == key);
        let chart = chart.or(layer.charts.iter().find(|chart| knows(chart.chart.values.as_ref(), key)));
        let chart = chart.or(layer.charts.first().filter(|_| layer.charts.len() == 1));
        out.push(match (closest(key, PARTS.iter().copied()), chart) {
            (Some(near), _) => renamed(finding, entry, near),
            (None, Some(chart)) if chart.name == key => {
                finding.help(format!("values of a chart stand below `charts`: write `charts.{key}`"))
            }
            (None, Some(chart)) => finding.help(format!(
                "values of the chart `{0}` stand below `charts.{0}`: `charts.{0}.{key}`",
                chart.name
            )),
            (None, None) => finding.help("the values of a pack stand below `pack`, `charts` and `manifests`"),
        });
    }
}

fn knows(values: Option<&Document>, key: &str) -> bool {
    values.is_some_and(|values| values.root().get(key).is_some())
}

/// Keys below `charts` or `manifests` that name nothing of the layer.
fn parts(layer: &ResolvedLayer, own: &Document, part: &str, out: &mut Vec<Diagnostic>) {
    let Some(written) = own.root().get(part) else { return };
    let pack = layer.source.pack();
    let (names, complete): (Vec<&str>, bool) = match part {
        "charts" => (
            layer.charts.iter().map(|chart| chart.name.as_str()).collect(),
            // A chart that cannot be read may be the one that is meant.
            pack.is_some_and(|pack| pack.charts.iter().all(|listed| listed.chart.is_some())),
        ),
        _ => (
            layer.manifests.iter().map(|manifest| manifest.name.as_str()).collect(),
            pack.is_some_and(|pack| pack.manifests.iter().all(|path| pack.files.contains(path))),
        ),
    };
    if !complete || names.is_empty() {
        return;
    }
    for entry in written.entries() {
        let Some(key) = entry.key.text() else { continue };
        if names.contains(&key) || is_read(layer, part, key) {
            continue;
        }
        let what = part.trim_end_matches('s');
        let finding = Diagnostic::new(
            RULE.lint,
            entry.key.place(),
            format!("`{part}.{key}` belongs to no {what} of the layer"),
        )
        .pointer(push_pointer(&format!("/{part}"), key));
        let free = names.iter().copied().filter(|name| written.get(name).is_none());
        out.push(match closest(key, free) {
            Some(near) => renamed(finding, entry, near),
            None => {
                finding.help(format!("values below it are never read; its {part} are: {}", names.join(", ")))
            }
        });
    }
}

/// Whether the pack itself has the key, or a template reads it by its full path.
fn is_read(layer: &ResolvedLayer, part: &str, key: &str) -> bool {
    let pointer = push_pointer(&format!("/{part}"), key);
    let needle = format!(".Values.{part}.{key}");
    // Keys of a pack's own values are judged with the pack.
    layer.values.defaults.pointer(&pointer).is_some()
        || layer.manifests.iter().any(|manifest| manifest.file.text().contains(&needle))
}

fn renamed(finding: Diagnostic, entry: Entry<'_>, near: &str) -> Diagnostic {
    let edits = vec![Edit { span: entry.key.span(), replacement: near.to_owned() }];
    let fix = Fix { message: format!("rename it to `{near}`"), safe: false, edits };
    finding.help(format!("did you mean `{near}`?")).fix(fix)
}
