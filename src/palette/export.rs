//! A profile of ours as Palette imports it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::entity::{Entity, Layer, annotation};
use super::layers::plain;
use super::pack::{is_exact, is_group};
use super::{flat, masked, values, variables};
use crate::pack::LayerType;
use crate::resolve::{LayerSource, ResolvedLayer, ResolvedProfile, macro_value};
use crate::template::{ReferenceKind, references};
use crate::workspace::model::{ConfigSpec, Profile, RegistryConfig};
use crate::yaml::{self, Resolver};

/// A profile in Palette's form.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The document (`v1ClusterProfileImportEntity`).
    pub document: Value,
    /// What Palette has no place for, and what it will ask for, with places.
    pub notes: Vec<String>,
    /// Macros that its texts refer to, by name.
    pub macros: BTreeSet<String>,
    /// What stood at the top of the flat form that it was imported from.
    rest: Option<Map<String, Value>>,
}

impl Exported {
    /// As Palette's export in JSON.
    pub fn json(&self) -> String {
        format!("{:#}\n", self.document)
    }

    /// The same in YAML.
    pub fn yaml(&self) -> String {
        yaml::write(&self.document)
    }

    /// The macros that it needs, as Terraform users keep them in git, and those that `edgewright.yaml` does not have.
    pub fn macros(&self, profile: &Profile, config: &ConfigSpec) -> (String, Vec<&str>) {
        let mut missing = Vec::new();
        let mut list = Vec::new();
        for name in &self.macros {
            match macro_value(config, profile, name) {
                Some(value) => list.push(json!({ "name": name, "value": variables::text(value) })),
                None => missing.push(name.as_str()),
            }
        }
        let project = profile.metadata.project.as_ref().map_or("", |project| project.value.as_str());
        (yaml::write(&json!({ "macros": list, "project": project })), missing)
    }

    /// As Terraform users keep it in git (`terraform-spectrocloud-modules`).
    pub fn terraform(&self) -> String {
        yaml::write(&flat::flat(self.document.clone(), self.rest.as_ref()))
    }
}

/// Writes a profile in Palette's form, with the registries of `edgewright.yaml` described as far as they are known.
///
/// It is made from the profile and the content of its layers alone. Secrets are masked.
pub fn export(resolved: &ResolvedProfile, config: &ConfigSpec) -> Exported {
    let profile = &resolved.profile;
    let mut notes = Vec::new();
    let document = profile.document.root().to_json(Resolver::Core).unwrap_or(Value::Null);
    let nothing = Value::Null;
    let metadata = document.get("metadata").unwrap_or(&nothing);
    let read = |path: &str| profile.read(path).ok().map(|file| file.text().to_owned());
    let mut written: Vec<Option<Layer>> = plain(&document, &read).into_iter().map(Some).collect();
    let twice = repeated(resolved);
    let mut layers = Vec::new();
    for layer in &resolved.layers {
        let known = layer.index.and_then(|index| written.get_mut(index)?.take());
        let mut out = known.unwrap_or_else(|| brought(layer));
        let again = layer.source.name().is_some_and(|name| twice.contains(name));
        out.values = values::of_layer(resolved, layer, again, &mut notes);
        enrich(&mut out, layer, config, &mut notes);
        layers.push(out);
    }
    let mut texts: Vec<&mut String> = layers.iter_mut().flat_map(Layer::texts).collect();
    let gone = masked::restore(metadata, &mut texts);
    let mut entity = Entity::new(&document, layers);
    entity.variables.retain(|(name, _)| !gone.contains(name));
    entity.apply(metadata);
    lost(resolved, &twice, &mut notes);
    let document = entity.document();
    let macros = macros(&document);
    if !macros.is_empty() {
        let names: Vec<&str> = macros.iter().map(String::as_str).collect();
        notes.push(format!("macros that Palette must have before the import: {}", names.join(", ")));
    }
    let rest = annotation(metadata, "terraform").and_then(Value::as_object).cloned();
    Exported { document, notes, macros, rest }
}

/// Names of packs and charts that more than one layer is made of.
fn repeated(resolved: &ResolvedProfile) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let names = resolved.layers.iter().filter_map(|layer| layer.source.name());
    names.filter(|name| !seen.insert(*name)).map(str::to_owned).collect()
}

/// A layer that a preset brought along.
fn brought(layer: &ResolvedLayer) -> Layer {
    Layer {
        name: layer.name.clone(),
        kind: "spectro".to_owned(),
        source: layer.source.name().map(str::to_owned),
        place: "addon".to_owned(),
        wanted: layer.wanted.clone(),
        ..Layer::default()
    }
}

fn enrich(out: &mut Layer, layer: &ResolvedLayer, config: &ConfigSpec, notes: &mut Vec<String>) {
    let mut note = |text: String| notes.push(format!("{}: layer `{}`: {text}", layer.place, layer.name));
    out.place = match layer.layer_type {
        LayerType::Kubernetes => "k8s".to_owned(),
        other => other.word().to_owned(),
    };
    out.pinned = layer.pin.as_ref().map(|pin| pin.version.clone());
    if let Some(wanted) = layer.wanted.as_deref().filter(|wanted| !is_exact(wanted) && !is_group(wanted)) {
        match &out.pinned {
            Some(pinned) => {
                note(format!("Palette knows no `{wanted}`: {pinned} is exported, which the lock pins"));
            }
            None => note(format!(
                "Palette knows no `{wanted}`, and nothing is locked: no version is exported; run `edgewright lock` first"
            )),
        }
    }
    if let Some(by) = &layer.added_by {
        note(format!("a preset of `{}` brings it: it is exported as a layer of its own", by.layer));
    }
    if out.registry.is_none()
        && let Some(name) = &layer.registry
    {
        let charts = matches!(layer.source, LayerSource::Chart(..));
        let described = describe(name, config.registry(name), charts);
        if described.get("kind").is_some_and(|kind| kind == "oci") && !charts {
            "oci".clone_into(&mut out.kind);
        }
        out.registry = Some(described);
    }
    if out.registry.is_none() && layer.source.name().is_some() {
        note("it names no registry: Palette will ask for one".to_owned());
    }
    for manifest in layer.manifests.iter().filter(|manifest| manifest.file.text().contains("${{")) {
        note(format!(
            "`{}` has references in the short form, which Palette does not know",
            manifest.file.path()
        ));
    }
}

/// A registry that was not imported: its name is what Palette finds it by.
fn describe(name: &str, config: Option<&RegistryConfig>, charts: bool) -> Map<String, Value> {
    let mut out = Map::from_iter([("name".to_owned(), json!(name))]);
    let kind = match config {
        Some(RegistryConfig::Oci { .. }) => "oci",
        _ if charts => "helm",
        _ => "pack",
    };
    out.insert("kind".into(), json!(kind));
    out.insert("isPrivate".into(), json!(false));
    if kind == "oci" {
        out.insert("providerType".into(), json!(if charts { "helm" } else { "pack" }));
    }
    out
}

/// What Palette has no place for.
fn lost(resolved: &ResolvedProfile, twice: &BTreeSet<String>, notes: &mut Vec<String>) {
    let profile = &resolved.profile;
    let mut note = |pointer: &str, what: String| {
        if profile.document.at(pointer).is_some() {
            notes.push(format!("{}: {what}", profile.document.key_place(pointer)));
        }
    };
    for (key, what) in [
        ("owners", "owners are not exported: Palette knows roles of users"),
        ("clonedFrom", "the origin of the clone is not exported"),
    ] {
        note(&format!("/metadata/{key}"), what.to_owned());
    }
    note("/metadata/scope", "scope and project are chosen when the profile is imported".to_owned());
    let own = profile.metadata.annotations.keys().filter(|key| !key.starts_with("palette/"));
    for key in own {
        note(
            &yaml::push_pointer("/metadata/annotations", key),
            format!("annotation `{key}` is not exported"),
        );
    }
    for (index, layer) in profile.spec.layers.iter().enumerate() {
        let name = &layer.name;
        note(
            &format!("/spec/layers/{index}/opaque"),
            format!("layer `{name}`: Palette knows no `opaque` chart: it is exported as any other"),
        );
        let twice = layer.pack.as_ref().is_some_and(|pack| twice.contains(&pack.name.value))
            || layer.chart.as_ref().is_some_and(|chart| twice.contains(&chart.name.value));
        if !twice && layer.defaults {
            note(
                &format!("/spec/layers/{index}/displayName"),
                format!(
                    "layer `{name}`: its display name is not exported: in Palette a layer has the name of its pack"
                ),
            );
        }
        if layer.pack.is_some() && layer.release.is_some() {
            note(
                &format!("/spec/layers/{index}/release"),
                format!("layer `{name}`: a pack has release names per chart (`pack.releaseNameOverride`)"),
            );
        }
    }
    for (index, variable) in profile.spec.variables.iter().enumerate() {
        if variable.sensitive {
            note(
                &format!("/spec/variables/{index}/sensitive"),
                format!("variable `{}` is a secret: its value must be given again in Palette", variable.name),
            );
        }
    }
}

/// Macros that must be there before the import.
fn macros(document: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let packs = document.pointer("/spec/template/packs").and_then(Value::as_array);
    for pack in packs.into_iter().flatten() {
        let manifests = pack.get("manifests").and_then(Value::as_array);
        let manifests = manifests.into_iter().flatten().filter_map(|manifest| manifest.get("content"));
        for text in pack.get("values").into_iter().chain(manifests).filter_map(Value::as_str) {
            let found = references(text).into_iter();
            names.extend(found.filter(|r| r.kind == ReferenceKind::Macro).map(|r| r.name));
        }
    }
    names
}
