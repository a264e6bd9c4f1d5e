//! The values of a layer as Palette wants them: one whole text per pack, its comments kept, wrapped for a chart.

use serde_json::{Map, Value, json};

use super::conform::{conform, value_of};
use super::variables;
use crate::pack::at_dotted_path;
use crate::resolve::{EffectiveValues, LayerSource, ResolvedLayer, ResolvedProfile};
use crate::template::{ReferenceKind, references};
use crate::workspace::model::{self, LayerValues};
use crate::yaml::{self, Resolver};

const PRESETS: &str = "# spectrocloud.com/enabled-presets:";

/// The values of one layer; `twice`: its pack stands in the profile more than once. What is lost is said in `notes`.
pub(super) fn of_layer(
    resolved: &ResolvedProfile,
    layer: &ResolvedLayer,
    twice: bool,
    notes: &mut Vec<String>,
) -> Option<String> {
    let written = layer.index.and_then(|index| resolved.profile.spec.layers.get(index));
    let own = written.and_then(|written| own(resolved, layer, written));
    let alone = written.is_some_and(|written| !written.defaults);
    let wrapped = written.is_some_and(|written| written.wrapped);
    let mut note = |text: &str| notes.push(format!("{}: layer `{}`: {text}", layer.place, layer.name));
    let text = match &layer.source {
        LayerSource::Manifests => own,
        _ if alone && (wrapped || layer.source.word() == "pack") => own,
        LayerSource::Pack(_, Some(pack)) => {
            let base = pack.values.as_ref().map_or("", |values| values.file().text());
            Some(with_presets(&merged(base, &layer.values, &mut note), layer))
        }
        LayerSource::Chart(name, Some(chart)) if !alone => {
            let base = wrap(name, chart.values.as_ref().map_or("", |values| values.file().text()), &mut note);
            if wrapped {
                Some(merged(&base, &layer.values, &mut note))
            } else {
                let values = EffectiveValues {
                    value: json!({ "charts": { name.clone(): layer.values.for_chart("") } }),
                    ..EffectiveValues::default()
                };
                Some(merged(&base, &values, &mut note))
            }
        }
        LayerSource::Chart(name, _) if !wrapped => {
            Some(wrap(name, own.as_deref().unwrap_or_default(), &mut note))
        }
        _ => {
            if own.is_some() || !layer.presets.is_empty() {
                note(
                    "its pack or chart is not here, so that its values are those of the profile alone: `edgewright lock` or \
                     `edgewright fetch` gets it",
                );
            }
            own
        }
    };
    let said = written.map(|written| keys(layer, written, twice)).unwrap_or_default();
    let text = match (text, said.is_empty()) {
        (None, true) => return None,
        (text, true) => text.unwrap_or_default(),
        (text, false) => with_keys(text.unwrap_or_default(), &said, &mut note),
    };
    let text = long_references(text, &|name| known(resolved, name), &mut note);
    Some(without_passwords(text, layer, &mut note))
}

/// Masks what the pack's `schema.yaml` calls a password, unless it is the pack's own default.
fn without_passwords(text: String, layer: &ResolvedLayer, note: &mut impl FnMut(&str)) -> String {
    let rules = layer.source.pack().map(|pack| pack.value_rules()).unwrap_or_default();
    let mut secret = rules.iter().flatten().filter(|rule| rule.masked()).peekable();
    if secret.peek().is_none() {
        return text;
    }
    let Some(before) = value_of(&text) else { return text };
    let before = Value::Object(before);
    let mut wanted = before.clone();
    for rule in secret {
        for (pointer, value) in at_dotted_path(&before, &rule.path) {
            let shown = variables::text(value);
            let known = layer.values.defaults.pointer(&pointer) == Some(value);
            if shown.is_empty() || shown.contains("{{") || variables::is_mask(&shown) || known {
                continue;
            }
            note(&format!(
                "`{}` is a password: it is masked, and must be given again in Palette; a sensitive variable keeps it out of git",
                rule.path
            ));
            if let Some(place) = wanted.pointer_mut(&pointer) {
                *place = json!(variables::MASK);
            }
        }
    }
    let Value::Object(wanted) = wanted else { return text };
    if Value::Object(wanted.clone()) == before {
        return text;
    }
    conform(&text, &wanted).unwrap_or_else(|| {
        note("the comments in its values could not be kept");
        yaml::write(&Value::Object(wanted))
    })
}

/// A layer's own values as text, as they are where they lie in a file.
fn own(resolved: &ResolvedProfile, layer: &ResolvedLayer, written: &model::Layer) -> Option<String> {
    match &written.values.as_ref()?.value {
        LayerValues::File(path) => Some(resolved.profile.read(path).ok()?.text().to_owned()),
        LayerValues::Inline(_) => Some(yaml::write(&layer.own.as_ref()?.root().to_json(Resolver::Go).ok()?)),
    }
}

/// A pack's values with everything merged into them.
fn merged(base: &str, values: &EffectiveValues, note: &mut impl FnMut(&str)) -> String {
    let mut wanted = values.value.as_object().cloned().unwrap_or_default();
    // Helm merges a chart's own defaults once more: what a `null` took away there must be said again.
    for removed in values.removed.keys() {
        let mut parts = removed.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
        if parts.next().as_deref() == Some("charts") && parts.next().is_some() && parts.next().is_some() {
            let chart: Vec<&str> = removed.splitn(4, '/').take(3).collect();
            let chart = chart.join("/");
            let said = values.for_chart(&chart);
            put(&mut wanted, &chart, said);
        }
    }
    let mut wanted = Value::Object(wanted);
    // A plain reference was read as the short form.
    lengthen(&mut wanted, &|_| true);
    let Value::Object(wanted) = wanted else { return base.to_owned() };
    conform(base, &wanted).unwrap_or_else(|| {
        note("the comments in its values could not be kept");
        yaml::write(&Value::Object(wanted))
    })
}

fn put(map: &mut Map<String, Value>, pointer: &str, value: Value) {
    let mut parts =
        pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).peekable();
    let mut map = map;
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            map.insert(part, value);
            return;
        }
        match map.entry(part).or_insert_with(|| json!({})) {
            Value::Object(inner) => map = inner,
            _ => return,
        }
    }
}

/// Palette's comment on the presets that were chosen, in the first line.
fn with_presets(text: &str, layer: &ResolvedLayer) -> String {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let body = if first.starts_with(PRESETS) { rest } else { text };
    if layer.presets.is_empty() {
        return body.to_owned();
    }
    let chosen: Vec<String> =
        layer.presets.iter().map(|(group, preset)| format!("{group}:{preset}")).collect();
    format!("{PRESETS} {}\n{body}", chosen.join(","))
}

/// The values of a chart below `charts.<name>`, its comments kept.
fn wrap(chart: &str, text: &str, note: &mut impl FnMut(&str)) -> String {
    let value = value_of(text);
    if value.as_ref().is_none_or(Map::is_empty) {
        if value.is_none() {
            note("its values are no mapping and are left out");
        }
        return yaml::write(&json!({ "charts": { chart: {} } }));
    }
    let body = text.trim_start_matches('\u{feff}').strip_prefix("---\n").unwrap_or(text);
    let head = yaml::write(&json!({ "charts": { chart: 0 } }));
    let mut out = head.trim_end().trim_end_matches('0').trim_end().to_owned();
    for line in body.lines() {
        out.push('\n');
        if !line.is_empty() {
            out.push_str("    ");
            out.push_str(line);
        }
    }
    out.push('\n');
    let value = value.unwrap_or_default();
    let whole = Map::from_iter([("charts".to_owned(), json!({ chart: value }))]);
    if value_of(&out).as_ref() == Some(&whole) {
        return out;
    }
    note("the comments in its values could not be kept");
    yaml::write(&Value::Object(whole))
}

/// What a layer says in keys of its own, as Palette has it in values: path and value.
fn keys(layer: &ResolvedLayer, written: &model::Layer, twice: bool) -> Vec<(Vec<String>, Value)> {
    let mut out = Vec::new();
    let mut add = |path: &[&str], value: Value| {
        let path = ["pack"].iter().chain(path).map(|part| (*part).to_owned()).collect();
        out.push((path, value));
    };
    if let Some(namespace) = &written.namespace {
        add(&["namespace"], json!(namespace.value));
    }
    if let Some(priority) = written.install_priority {
        add(&["spectrocloud.com/install-priority"], json!(priority.to_string()));
    }
    if let (LayerSource::Chart(name, _), true) =
        (&layer.source, !written.wrapped || written.release.is_some())
    {
        let release = written.release.as_ref().map_or(&layer.name, |release| &release.value);
        add(&["releaseNameOverride", name], json!(release));
    }
    let pairs = |map: &indexmap::IndexMap<String, String>| {
        let pairs: Vec<String> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
        json!(pairs.join(","))
    };
    if !written.namespace_labels.is_empty() {
        add(&["namespaceLabels", &layer.namespace], pairs(&written.namespace_labels));
    }
    if !written.namespace_annotations.is_empty() {
        add(&["namespaceAnnotations", &layer.namespace], pairs(&written.namespace_annotations));
    }
    let named = layer.values.value.pointer("/pack/spectrocloud.com~1display-name").is_some();
    // A whole text that was imported says it itself, or Palette did without.
    if twice && !named && written.defaults {
        add(&["spectrocloud.com/display-name"], json!(written.display_name.as_ref().unwrap_or(&layer.name)));
    }
    out
}

fn with_keys(text: String, said: &[(Vec<String>, Value)], note: &mut impl FnMut(&str)) -> String {
    let Some(mut wanted) = value_of(&text) else {
        note(
            "its values cannot be edited; namespace, priority and release name of the layer are not in them",
        );
        return text;
    };
    let before = wanted.clone();
    for (path, value) in said {
        let pointer = path.iter().fold(String::new(), |pointer, part| yaml::push_pointer(&pointer, part));
        put(&mut wanted, &pointer, value.clone());
    }
    if wanted == before {
        return text;
    }
    // `pack` comes first, as in every pack.
    if !before.contains_key("pack")
        && let Some(pack) = wanted.get("pack")
    {
        let head = yaml::write(&json!({ "pack": pack }));
        let joined = format!("{head}{text}");
        if value_of(&joined).as_ref() == Some(&wanted) {
            return joined;
        }
    }
    conform(&text, &wanted).unwrap_or_else(|| {
        note("the comments in its values could not be kept");
        yaml::write(&Value::Object(wanted))
    })
}

/// Palette does not know `${{ var.NAME }}`.
fn long_references(text: String, known: &dyn Fn(&str) -> bool, note: &mut impl FnMut(&str)) -> String {
    if !text.contains("${{") {
        return text;
    }
    let Some(before) = value_of(&text) else { return text };
    let mut wanted = Value::Object(before.clone());
    lengthen(&mut wanted, known);
    let Value::Object(wanted) = wanted else { return text };
    if wanted == before {
        return text;
    }
    conform(&text, &wanted).unwrap_or_else(|| {
        note("the comments in its values could not be kept");
        yaml::write(&Value::Object(wanted))
    })
}

/// Whether a variable of the profile is meant: other programs write `${{ … }}` as well.
fn known(resolved: &ResolvedProfile, variable: &str) -> bool {
    resolved.profile.spec.variables.iter().any(|known| known.name.value == variable)
}

/// Writes every reference in Palette's form; of variables only those that are `known`.
fn lengthen(value: &mut Value, known: &dyn Fn(&str) -> bool) {
    match value {
        Value::String(text) => {
            for reference in references(text).into_iter().rev() {
                let ours = reference.kind != ReferenceKind::Var || known(&reference.name);
                if ours && text[reference.range.clone()].starts_with('$') {
                    let long = reference.long(text);
                    text.replace_range(reference.range, &long);
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|item| lengthen(item, known)),
        Value::Object(map) => map.values_mut().for_each(|inner| lengthen(inner, known)),
        _ => {}
    }
}
