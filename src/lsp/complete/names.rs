//! Names of things: what registries have as far as it is on this machine, and what the repository has.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::lsp::focus::{Focus, registry_in_words};
use crate::registry::{Candidate, Kind, Registry};
use crate::workspace::model::ProfileId;
use crate::yaml::Sketch;

/// The registries that a reference may mean: the one named, else all that can hold such things.
fn meant<'f>(focus: &'f Focus<'_>, kind: Kind, named: Option<&str>) -> Vec<&'f dyn Registry> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    match named {
        Some(name) => repository.registries.get(name).into_iter().collect(),
        None => repository.registries.iter().filter(|registry| registry.holds(kind)).collect(),
    }
}

/// Names of packs or charts. A registry whose listing is not on this machine has none.
pub(super) fn sources(focus: &Focus<'_>, kind: Kind, registry: Option<&str>) -> BTreeSet<String> {
    meant(focus, kind, registry).into_iter().filter_map(|r| r.names(kind).ok()).flatten().collect()
}

/// Versions of a pack or chart, highest first.
pub(super) fn versions(focus: &Focus<'_>, kind: Kind, name: &str, registry: Option<&str>) -> Vec<Candidate> {
    let all = meant(focus, kind, registry).into_iter();
    all.filter_map(|r| r.candidates(kind, name).ok()).flatten().collect()
}

/// Registries of the repository, each in a few words.
pub(super) fn registries(focus: &Focus<'_>) -> Vec<(String, String)> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let all = &repository.workspace.config.spec.registries;
    all.iter().map(|(name, config)| (name.clone(), registry_in_words(config))).collect()
}

/// Projects that profiles or macros name.
pub(super) fn projects(focus: &Focus<'_>) -> BTreeSet<String> {
    let Some((repository, _)) = &focus.repository else { return BTreeSet::new() };
    let workspace = &repository.workspace;
    let profiles = workspace.profiles.iter().filter_map(|p| p.metadata.project.as_ref());
    let macros = workspace.config.spec.macros.projects.keys().cloned();
    profiles.map(|project| project.value.clone()).chain(macros).collect()
}

/// Ids of profiles, each with what people call it.
pub(super) fn profiles(focus: &Focus<'_>) -> Vec<(String, Option<String>)> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let about = |id: &ProfileId| repository.workspace.versions(id).last()?.metadata.display_name.clone();
    repository.workspace.ids().into_iter().map(|id| (id.0.clone(), about(id))).collect()
}

/// Versions of a profile, highest first.
pub(super) fn profile_versions(focus: &Focus<'_>, id: &str) -> Vec<String> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let versions = repository.workspace.versions(&ProfileId(id.to_owned()));
    versions.iter().rev().map(|profile| profile.version().to_owned()).collect()
}

/// Channels of a profile, each with the version that it gives.
pub(super) fn channels(focus: &Focus<'_>, id: &str) -> Vec<(String, Option<String>)> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    let id = ProfileId(id.to_owned());
    if let Some(channels) = repository.workspace.channels_of(&id) {
        let given = channels.channels.iter();
        return given.map(|(name, channel)| (name.clone(), Some(channel.version.value.clone()))).collect();
    }
    vec![("stable".to_owned(), repository.workspace.stable_version(&id).map(str::to_owned))]
}

/// The id of the profile that a `channels.yaml` is about.
pub(in crate::lsp) fn channels_profile(focus: &Focus<'_>) -> Option<String> {
    let metadata = &focus.document["metadata"];
    let name = metadata["name"].as_str()?;
    Some(match (metadata["scope"].as_str(), metadata["project"].as_str()) {
        (Some("system"), _) => format!("system/{name}"),
        (Some("project"), Some(project)) => format!("{project}/{name}"),
        _ => name.to_owned(),
    })
}

/// The variables that an appliance or a group may set: those of its profiles, or of all where it names none.
pub(super) fn settable_variables(focus: &Focus<'_>) -> Vec<Value> {
    let Some((repository, _)) = &focus.repository else { return Vec::new() };
    if focus.document["kind"] != "Appliance" && focus.document["kind"] != "ApplianceGroup" {
        return Vec::new();
    }
    let listed = focus.document["spec"]["profiles"].as_array();
    let ids: Vec<&str> = listed.into_iter().flatten().filter_map(|profile| profile["id"].as_str()).collect();
    let mut variables: Vec<Value> = Vec::new();
    for profile in repository.workspace.profiles.iter().rev() {
        if !ids.is_empty() && !ids.contains(&profile.id.0.as_str()) {
            continue;
        }
        let text = profile.file.text();
        let json = Sketch::new(text).documents().next().map_or(Value::Null, |(_, value)| value);
        for variable in json["spec"]["variables"].as_array().into_iter().flatten() {
            if variable["readOnly"] != true && variables.iter().all(|v| v["name"] != variable["name"]) {
                variables.push(variable.clone());
            }
        }
    }
    variables
}
