//! What there is to know about the place under the cursor.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use super::answer::Session;
use super::focus::{Focus, pointer, registry_in_words, words};
use super::kubernetes;
use crate::diagnostics::Diagnostic;
use crate::resolve::{self, LayerSource, OriginKind, ResolvedLayer, Unresolved};
use crate::rules;
use crate::schema::Shape;
use crate::source::Span;
use crate::template::{KnownAt, Reference, ReferenceKind, system_name};
use crate::yaml::{Spot, Step};

/// The answer to `textDocument/hover`.
pub(super) fn hover(session: &Session<'_>, params: &Value) -> Result<Value> {
    let focus = Focus::new(session, params)?;
    let mut parts: Vec<String> = Vec::new();
    let mut span = None;
    if let Some((reference, at)) = focus.reference() {
        parts.extend(of_reference(&focus, &reference));
        span = Some(at);
    }
    if let Some(spot) = focus.spot.as_ref().filter(|_| parts.is_empty()) {
        parts.extend(of_layer(&focus, spot));
        parts.extend(of_profile_id(&focus, spot));
        let path = spot.value_path();
        match focus.in_values(&path) {
            Some((layer, below)) if !below.is_empty() => parts.extend(of_value(&focus, layer, below)),
            _ => {
                let ours = focus.shape(&path).and_then(|shape| of_shape(&shape, &path));
                parts.extend(ours.or_else(|| kubernetes::hover(&focus, &path)));
            }
        }
        if !parts.is_empty() {
            span = Some(spot.span);
        }
    }
    for finding in session.findings_at(&focus.path, focus.offset) {
        parts.push(of_finding(finding));
        span = span.or(Some(finding.place.span));
    }
    if parts.is_empty() {
        return Ok(Value::Null);
    }
    let markdown = json!({ "kind": "markdown", "value": parts.join("\n\n---\n\n") });
    let fits = |span: &Span| focus.text.get(span.range()).is_some();
    Ok(match span.filter(fits) {
        Some(span) => json!({ "contents": markdown, "range": focus.range(span) }),
        None => json!({ "contents": markdown }),
    })
}

/// What a variable, macro or system name is.
fn of_reference(focus: &Focus<'_>, reference: &Reference) -> Option<String> {
    let name = &reference.name;
    match reference.kind {
        ReferenceKind::Var => {
            let home = focus.home.as_ref()?;
            let Some((variable, _)) = home.variable(name) else {
                return Some(format!("**variable `{name}`** is not defined in this profile"));
            };
            Some(variable_in_words(variable))
        }
        ReferenceKind::Macro => {
            let (repository, _) = focus.repository.as_ref()?;
            let config = &repository.workspace.config.spec;
            let profile = focus.home.as_ref().and_then(|home| focus.session.remembered.get(&home.path))?;
            Some(match resolve::macro_value(config, profile, name) {
                Some(value) => {
                    format!("**macro `{name}`** = {}\n\nof edgewright.yaml, put in at release", code(value))
                }
                None => format!("**macro `{name}`** is not defined in edgewright.yaml"),
            })
        }
        ReferenceKind::System => Some(match system_name(name)? {
            KnownAt::Release => format!("**system name `{name}`**\n\nput in at release"),
            KnownAt::Appliance => {
                format!("**system name `{name}`**\n\nput in on the appliance, from its own settings")
            }
        }),
        ReferenceKind::Pack => None,
    }
}

/// A variable, as its profile defines it.
pub(super) fn variable_in_words(variable: &Value) -> String {
    let text = |key: &str| variable[key].as_str().filter(|text| !text.is_empty());
    let mut out = format!("**variable `{}`**", variable["name"].as_str().unwrap_or_default());
    if let Some(name) = text("displayName") {
        let _ = write!(out, ": {name}");
    }
    if let Some(description) = text("description") {
        let _ = write!(out, "\n\n{description}");
    }
    let _ = write!(out, "\n\nformat `{}`", text("format").unwrap_or("string"));
    if let Some(regex) = text("regex") {
        let _ = write!(out, ", matches `{regex}`");
    }
    for key in ["required", "readOnly", "sensitive", "hidden"] {
        if variable[key] == true {
            let _ = write!(out, ", {key}");
        }
    }
    if !variable["default"].is_null() {
        let _ = write!(out, "\n\ndefault {}", code(&variable["default"]));
    }
    let options: Vec<String> =
        variable["options"].as_array().into_iter().flatten().map(|o| code(&o["value"])).collect();
    if !options.is_empty() {
        let _ = write!(out, "\n\none of {}", options.join(", "));
    }
    out
}

/// What a pack or chart of a layer resolves to, and what a preset is.
fn of_layer(focus: &Focus<'_>, spot: &Spot) -> Option<String> {
    let path = spot.value_path();
    let Step::Index(index) = path.get(2)? else { return None };
    match words(&path)[..] {
        ["spec", "layers", _, "pack" | "chart", "name" | "version"]
        | ["spec", "layers", _, "pack" | "chart"] => source_in_words(&focus.layer(*index)?),
        ["spec", "layers", _, "pack" | "chart", "registry"] => {
            let (repository, _) = focus.repository.as_ref()?;
            let name = focus.document.pointer(&pointer(&path))?.as_str()?;
            let config = repository.workspace.config.spec.registry(name)?;
            Some(format!("**registry `{name}`**: {}", registry_in_words(config)))
        }
        ["spec", "layers", _, "presets", group] => {
            let layer = focus.layer(*index)?;
            let presets = layer.source.pack()?.presets.iter().filter(|p| p.group == group);
            let chosen = layer.presets.get(group);
            let mut out = format!("**presets of group `{group}`**\n");
            for preset in presets {
                let mark = if chosen == Some(&preset.name) { " (in force)" } else { "" };
                let default = if preset.default { " (default)" } else { "" };
                let _ = write!(out, "\n- `{}`: {}{default}{mark}", preset.name, preset.display_name);
            }
            Some(out)
        }
        _ => None,
    }
}

/// A pack or chart, as the lock pins it or as it is in this repository.
fn source_in_words(layer: &ResolvedLayer) -> Option<String> {
    let mut out = format!("**{} `{}`**", layer.source.word(), layer.source.name()?);
    let version = match (&layer.pin, &layer.source) {
        (Some(pin), _) => Some(pin.version.clone()),
        (None, LayerSource::Pack(_, Some(pack))) => Some(pack.version.value.clone()),
        (None, LayerSource::Chart(_, Some(chart))) => Some(chart.metadata.version.clone()),
        _ => None,
    };
    if let Some(version) = version {
        let _ = write!(out, " {version}");
    }
    if let Some(wanted) = &layer.wanted {
        let _ = write!(out, ", wanted `{wanted}`");
    }
    if let Some(registry) = &layer.registry {
        let _ = write!(out, "\n\nregistry `{registry}`");
    }
    if let Some(pin) = &layer.pin {
        if let Some(app) = &pin.app_version {
            let _ = write!(out, ", app version {app}");
        }
        if pin.deprecated {
            out.push_str("\n\n**deprecated** by its makers");
        }
        let _ = write!(out, "\n\ncontent `sha256:{}`", pin.content);
        if let Some(url) = &pin.url {
            let _ = write!(out, "\n\n{url}");
        }
    }
    let about = match &layer.source {
        LayerSource::Pack(_, Some(pack)) => pack.display_name.clone(),
        LayerSource::Chart(_, Some(chart)) => chart.metadata.description.clone(),
        _ => None,
    };
    if let Some(about) = about {
        let _ = write!(out, "\n\n{about}");
    }
    if let Some(why) = &layer.unresolved {
        let _ = write!(out, "\n\n{}", unresolved_in_words(why));
    }
    Some(out)
}

fn unresolved_in_words(why: &Unresolved) -> String {
    match why {
        Unresolved::NotLocked => "not locked: run `edgewright lock`".to_owned(),
        Unresolved::NotFetched => "locked, but not on this machine: run `edgewright fetch`".to_owned(),
        Unresolved::Changed { .. } => "changed since it was locked: run `edgewright lock`".to_owned(),
        Unresolved::NoRegistry(name) if name.is_empty() => "no registry is named".to_owned(),
        Unresolved::NoRegistry(name) => format!("edgewright.yaml has no registry `{name}`"),
        Unresolved::NotFound(what) => format!("not found: {what}"),
        Unresolved::Broken(why) => format!("cannot be read: {why}"),
    }
}

/// What a profile id in an appliance, a group or a clone means.
fn of_profile_id(focus: &Focus<'_>, spot: &Spot) -> Option<String> {
    let path = spot.value_path();
    let named = matches!(
        words(&path)[..],
        ["spec", "profiles", _, "id" | "channel" | "version"] | ["metadata", "clonedFrom", "id"]
    );
    let id = focus.document.pointer(&pointer(&path[..path.len().checked_sub(1)?]))?["id"].as_str()?;
    let (repository, _) = focus.repository.as_ref().filter(|_| named)?;
    let id = crate::workspace::model::ProfileId(id.to_owned());
    let versions = repository.workspace.versions(&id);
    let newest = versions.last()?;
    let mut out = format!("**profile `{id}`**");
    if let Some(name) = &newest.metadata.display_name {
        let _ = write!(out, ": {name}");
    }
    if let Some(description) = &newest.metadata.description {
        let _ = write!(out, "\n\n{description}");
    }
    let all: Vec<&str> = versions.iter().map(|profile| profile.version()).collect();
    let _ = write!(out, "\n\nversions {}", all.join(", "));
    let channels = repository.workspace.channels_of(&id);
    let mut given: Vec<String> = channels
        .into_iter()
        .flat_map(|channels| &channels.channels)
        .map(|(name, channel)| format!("`{name}` → {}", channel.version.value))
        .collect();
    if given.is_empty() {
        given.extend(repository.workspace.stable_version(&id).map(|version| format!("`stable` → {version}")));
    }
    if !given.is_empty() {
        let _ = write!(out, "\n\nchannels {}", given.join(", "));
    }
    Some(out)
}

/// What a path of the values is by default, and what is in force.
fn of_value(focus: &Focus<'_>, layer: usize, below: &[Step]) -> Option<String> {
    let layer = focus.layer(layer)?;
    let pointer = pointer(below);
    let name = layer.source.name().unwrap_or(&layer.name);
    let mut out = format!("**`{}`** of {} `{name}`", words(below).join("."), layer.source.word());
    let known = super::defaults::at(&layer, &pointer);
    let Some(known) = known else {
        let _ = write!(out, "\n\nnot among its default values");
        return Some(out);
    };
    if let Some(comment) = &known.comment {
        let _ = write!(out, "\n\n{comment}");
    }
    let _ = write!(out, "\n\ndefault{}", shown(&known.value));
    let in_force = layer.values.value.pointer(&pointer);
    if let Some(value) = in_force.filter(|value| **value != known.value) {
        let origin = layer.values.origins.get(&pointer).map(|origin| match &origin.kind {
            OriginKind::Default => " (default)".to_owned(),
            OriginKind::Preset(group, name) => format!(" (preset `{name}` of group `{group}`)"),
            OriginKind::Layer => " (this layer)".to_owned(),
            OriginKind::Brought => " (the preset that brings the layer)".to_owned(),
        });
        let _ = write!(out, "\n\nin force{}{}", origin.unwrap_or_default(), shown(value));
    }
    if let Some(place) = &known.place {
        let _ = write!(out, "\n\n{place}");
    }
    Some(out)
}

/// A scalar in its line, anything larger as a block that is cut where it gets long.
fn shown(value: &Value) -> String {
    const MOST: usize = 12;
    if !value.is_object() && !value.is_array() || value.as_object().is_some_and(serde_json::Map::is_empty) {
        return format!(" {}", code(value));
    }
    let text = crate::yaml::write(value);
    let mut lines: Vec<&str> = text.lines().take(MOST).collect();
    if text.lines().count() > MOST {
        lines.push("…");
    }
    format!("\n\n```yaml\n{}\n```", lines.join("\n"))
}

/// What the schema says of a place.
fn of_shape(shape: &Shape<'_>, path: &[Step]) -> Option<String> {
    let mut out = match path.last() {
        Some(Step::Key(key)) => format!("**`{key}`**"),
        _ => return shape.description().map(str::to_owned),
    };
    let types = shape.types();
    if !types.is_empty() {
        let _ = write!(out, " ({})", types.join(" or "));
    }
    if let Some(description) = shape.description() {
        let _ = write!(out, "\n\n{description}");
    }
    let choices: Vec<String> = shape.choices().iter().map(code).collect();
    if choices.len() > 1 && shape.types() != ["boolean"] {
        let _ = write!(out, "\n\none of {}", choices.join(", "));
    }
    if let Some(default) = shape.default() {
        let _ = write!(out, "\n\ndefault {}", code(default));
    }
    let examples: Vec<String> = shape.examples().iter().map(code).collect();
    if !examples.is_empty() {
        let _ = write!(out, "\n\nfor example {}", examples.join(", "));
    }
    if let Some(wanted) = shape.wanted() {
        let _ = write!(out, "\n\n{wanted}");
    }
    shape.is_known().then_some(out)
}

/// Why a finding is one: the first part of the rule's documentation.
fn of_finding(finding: &Diagnostic) -> String {
    let lint = finding.lint;
    let mut out = format!("**{} {}**", lint.code, lint.name);
    let docs = rules::find(lint.code).map_or("", |(_, docs)| docs);
    for section in ["## What", "## Why", "## Fix"] {
        let text = docs.split(section).nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
        let first = text.trim().split("\n\n").next().unwrap_or_default();
        if !first.is_empty() {
            let _ = write!(out, "\n\n{first}");
        }
    }
    out
}

/// A value as code.
pub(super) fn code(value: &Value) -> String {
    match value {
        Value::String(text) if !text.is_empty() && !text.contains(['`', '\n']) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
