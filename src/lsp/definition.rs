//! Where the thing under the cursor is defined, and where a variable is used.

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use super::answer::Session;
use super::defaults;
use super::focus::{Focus, Part, pointer, range_in, words};
use crate::resolve::{LayerSource, ResolvedLayer};
use crate::source::{Place, Span};
use crate::template::{self, Reference, ReferenceKind};
use crate::workspace::model::ProfileId;
use crate::yaml::{Sketch, Spot, Step};

/// The answer to `textDocument/definition`.
pub(super) fn definition(session: &Session<'_>, params: &Value) -> Result<Value> {
    let focus = Focus::new(session, params)?;
    let found = match focus.reference() {
        Some((reference, _)) => of_reference(&focus, &reference).into_iter().collect(),
        None => focus.spot.as_ref().map(|spot| of_spot(&focus, spot)).unwrap_or_default(),
    };
    Ok(if found.is_empty() { Value::Null } else { found.into() })
}

fn of_reference(focus: &Focus<'_>, reference: &Reference) -> Option<Value> {
    match reference.kind {
        ReferenceKind::Var => {
            let home = focus.home.as_ref()?;
            let (_, span) = home.variable(&reference.name)?;
            let range = range_in(&home.text, span, focus.session.encoding);
            Some(focus.session.location_of(&home.path, range))
        }
        ReferenceKind::Macro => {
            let project = focus.home.as_ref().and_then(|home| home.json["metadata"]["project"].as_str());
            let narrow = project.map(|project| vec!["projects", project]);
            narrow
                .into_iter()
                .chain([vec!["tenant"]])
                .find_map(|scope| in_config(focus, &[&["macros"], &scope[..], &[&reference.name]].concat()))
        }
        ReferenceKind::System | ReferenceKind::Pack => None,
    }
}

/// A place below `spec` of edgewright.yaml.
fn in_config(focus: &Focus<'_>, keys: &[&str]) -> Option<Value> {
    let (repository, _) = focus.repository.as_ref()?;
    let path = repository.workspace.root.join(crate::workspace::CONFIG_FILE);
    let text = focus.session.text(&path)?;
    let steps: Vec<Step> =
        std::iter::once("spec").chain(keys.iter().copied()).map(|k| Part::Key(k).into()).collect();
    let span = Sketch::new(&text).span(0, &steps)?;
    Some(focus.session.location_of(&path, range_in(&text, span, focus.session.encoding)))
}

fn of_spot(focus: &Focus<'_>, spot: &Spot) -> Vec<Value> {
    let path = spot.value_path();
    if let Some((layer, below)) = focus.in_values(&path)
        && !below.is_empty()
    {
        let place = focus.layer(layer).and_then(|layer| defaults::at(&layer, &pointer(below))?.place);
        return place.and_then(|place| at_place(focus, &place)).into_iter().collect();
    }
    let text = focus.document.pointer(&pointer(&path)).and_then(Value::as_str).unwrap_or_default();
    let index = match path.get(2) {
        Some(Step::Index(index)) => *index,
        _ => 0,
    };
    let one = match words(&path)[..] {
        ["spec", "layers", _, "pack" | "chart"]
        | ["spec", "layers", _, "pack" | "chart", "name" | "version"] => {
            focus.layer(index).and_then(|layer| of_source(focus, &layer))
        }
        ["spec", "layers", _, "pack" | "chart", "registry"] => in_config(focus, &["registries", text]),
        ["spec", "layers", _, "presets", group] => focus.layer(index).and_then(|layer| {
            let wanted = |p: &&crate::pack::Preset| p.group == group && (text.is_empty() || p.name == text);
            let preset = layer.source.pack()?.presets.iter().find(wanted)?.place.clone();
            at_place(focus, &preset)
        }),
        ["spec", "layers", _, "values"] | ["spec", "layers", _, "manifests", _] => {
            let file = focus.path.parent().map(|folder| folder.join(text));
            file.filter(|_| !text.is_empty()).and_then(|file| at_file(focus, &file))
        }
        ["spec", "profiles", _, "id" | "version" | "channel"]
        | ["metadata", "clonedFrom", "id" | "version"] => {
            return of_profile(focus, &path);
        }
        ["spec", channel, "version" | "minVersion"] if channel != "layers" => {
            let id = super::complete::channels_profile(focus);
            return id.map(|id| profile_files(focus, &id, Some(text))).unwrap_or_default();
        }
        ["spec", "variables", name] => return of_variable(focus, name),
        _ => None,
    };
    one.into_iter().collect()
}

/// `pack.json` of a pack of this repository.
fn of_source(focus: &Focus<'_>, layer: &ResolvedLayer) -> Option<Value> {
    let LayerSource::Pack(_, Some(pack)) = &layer.source else { return None };
    at_place(focus, &Place::new(&pack.json_file, pack.name.span))
}

fn at_place(focus: &Focus<'_>, place: &Place) -> Option<Value> {
    let (repository, _) = focus.repository.as_ref()?;
    focus.session.location(&repository.workspace.root, place)
}

fn at_file(focus: &Focus<'_>, file: &Path) -> Option<Value> {
    let there = file.is_file() || focus.session.documents.get(file).is_some();
    there.then(|| focus.session.location_of(file, super::position::Range::default()))
}

/// The profile that an assignment or a clone names: the version it has, the channel it follows, else all versions.
fn of_profile(focus: &Focus<'_>, path: &[Step]) -> Vec<Value> {
    let parent = focus.document.pointer(&pointer(&path[..path.len() - 1]));
    let text = |key: &str| parent.and_then(|p| p.get(key)).and_then(Value::as_str);
    let (Some(id), Some((repository, _))) = (text("id"), &focus.repository) else { return Vec::new() };
    let profile = ProfileId(id.to_owned());
    let asked = path.last();
    if let (Some(channel), true) = (text("channel"), asked == Some(&Step::Key("channel".to_owned())))
        && let Some(channels) = repository.workspace.channels_of(&profile)
    {
        let place = channels.document.key_place(&crate::yaml::push_pointer("/spec", channel));
        return at_place(focus, &place).into_iter().collect();
    }
    let by_channel =
        text("channel").and_then(|channel| repository.workspace.channel_version(&profile, channel));
    profile_files(focus, id, text("version").or(by_channel))
}

fn profile_files(focus: &Focus<'_>, id: &str, version: Option<&str>) -> Vec<Value> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let versions = repository.workspace.versions(&ProfileId(id.to_owned()));
    let wanted = versions.iter().filter(|p| version.is_none_or(|version| p.version() == version));
    let place = |p: &std::sync::Arc<crate::workspace::model::Profile>| {
        at_place(focus, &p.place(p.metadata.name.span))
    };
    wanted.filter_map(place).collect()
}

/// The definitions of a variable that an appliance or a group sets.
fn of_variable(focus: &Focus<'_>, name: &str) -> Vec<Value> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let listed = focus.document["spec"]["profiles"].as_array();
    let ids: Vec<&str> = listed.into_iter().flatten().filter_map(|profile| profile["id"].as_str()).collect();
    let profiles = repository.workspace.profiles.iter();
    let meant = profiles.filter(|p| ids.is_empty() || ids.contains(&p.id.0.as_str()));
    let defined = meant.filter_map(|profile| {
        let variable = profile.spec.variables.iter().find(|v| v.name.value == name)?;
        at_place(focus, &profile.place(variable.name.span))
    });
    defined.collect()
}

/// The answer to `textDocument/references`: where a variable of the profile is used.
pub(super) fn references(session: &Session<'_>, params: &Value) -> Result<Value> {
    let focus = Focus::new(session, params)?;
    let Some(home) = &focus.home else { return Ok(Value::Null) };
    let name = match (focus.reference(), &focus.spot) {
        (Some((reference, _)), _) if reference.kind == ReferenceKind::Var => reference.name,
        (None, Some(spot)) if focus.path == home.path => match &spot.value_path()[..] {
            path @ [_, _, Step::Index(_), ..] if words(path)[..] == ["spec", "variables", "*", "name"] => {
                focus.document.pointer(&pointer(path)).and_then(Value::as_str).unwrap_or_default().to_owned()
            }
            _ => return Ok(Value::Null),
        },
        _ => return Ok(Value::Null),
    };
    let mut found: Vec<Value> = Vec::new();
    if params.pointer("/context/includeDeclaration") == Some(&json!(true))
        && let Some((_, span)) = home.variable(&name)
    {
        let range = range_in(&home.text, span, session.encoding);
        found.push(session.location_of(&home.path, range));
    }
    let folder = home.path.parent().unwrap_or(Path::new(""));
    let named = home.items("layers").flat_map(|layer| {
        let manifests = layer["manifests"].as_array().into_iter().flatten();
        manifests.chain(Some(&layer["values"])).filter_map(Value::as_str)
    });
    let mut files: Vec<_> = named.map(|named| folder.join(named)).collect();
    files.dedup();
    for file in std::iter::once(home.path.clone()).chain(files) {
        let Some(text) = session.text(&file) else { continue };
        for reference in template::references(&text) {
            if reference.kind == ReferenceKind::Var && reference.name == name {
                let span = Span::new(reference.range.start, reference.range.end);
                found.push(session.location_of(&file, range_in(&text, span, session.encoding)));
            }
        }
    }
    Ok(found.into())
}
