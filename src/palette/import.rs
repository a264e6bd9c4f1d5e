//! A whole exported profile as our files.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::entity::{Entity, Layer};
use super::head::{name, profile_type, scope, tags, version};
use super::layers::{Layers, plain};
use super::masked::{self, Masked};
use super::source::{self, take_flag, take_list, take_map, take_some};
use super::variables::{MASK, is_mask, text, variable};
use super::{app, flat};
use crate::diagnostics::Diagnostic;
use crate::source::SourceFile;
use crate::workspace::model::{ProfileId, Scope};
use crate::yaml;

/// Forms of a document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// What the API exports.
    Export,
    /// What Terraform users keep in git.
    Flat,
    /// An app profile.
    App,
}

/// What the person who imports wants to be different.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Name of the profile; else made from its name in the export.
    pub name: Option<String>,
    /// Scope; else `system` for a system profile, `tenant` for any other.
    pub scope: Option<Scope>,
    /// Project, in project scope.
    pub project: Option<String>,
    /// Palette's registries by uid or name → their names here; others are called after their names in Palette.
    pub registries: BTreeMap<String, String>,
    /// Masked secrets in values and manifests (see [`ImportedProfile::masked`]) by file and line → name of the sensitive
    /// variable that takes their place. Those that are not named stay as they are.
    pub masked: BTreeMap<(String, u32), String>,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFile {
    /// Path relative to the folder of the profile.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Where the export has it: `packs/0/values`, below `spec.template` or the top.
    pub from: Option<String>,
}

/// A registry as an export describes it; texts are empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportedRegistry {
    /// Its name.
    pub name: String,
    /// Its uid, which means something in the environment of the export alone.
    pub uid: String,
    /// `pack`, `helm` or `oci`.
    pub kind: String,
    /// What an OCI registry holds: `helm`, `pack` or `zarf`.
    pub provider: String,
    /// Whether charts come from it.
    pub charts: bool,
}

/// A profile read from Palette's form.
#[derive(Clone, Debug)]
pub struct ImportedProfile {
    /// Its id here.
    pub id: ProfileId,
    /// Its version here.
    pub version: String,
    /// `profile.yaml` first, then values and manifests.
    pub files: Vec<ImportedFile>,
    /// Of each layer: its index in the export's `packs`.
    pub layers: Vec<usize>,
    /// Registries that it needs, by our name, as Palette describes them.
    pub registries: BTreeMap<String, ImportedRegistry>,
    /// Masked secrets in values and manifests.
    pub masked: Vec<Masked>,
    /// What a person should know: what was changed, and what has no counterpart.
    pub notes: Vec<String>,
}

/// Why something is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// No YAML, which JSON is a part of.
    #[error("{}: {}", .0.place, .0.message)]
    Syntax(Box<Diagnostic>),
    /// Well-formed, but not a profile.
    #[error("this is no profile in Palette's form: {0}")]
    NotAProfile(String),
    /// The options do not fit each other.
    #[error("{0}")]
    Options(String),
}

/// Reads a profile in the form of Palette's export, JSON or YAML, the flat YAML form that Terraform users keep in git, and
/// app profiles in both.
///
/// Nothing is dropped in silence: what has no place here is kept below `palette/…` in the annotations, so that
/// [`super::export`] gives the same document again, or, like secrets, named in the notes.
///
/// # Errors
/// The text is no such profile, or the options contradict each other.
pub fn import(file: &Arc<SourceFile>, options: &ImportOptions) -> Result<ImportedProfile, ImportError> {
    let mut notes = Vec::new();
    let (mut root, form) = normal(source::read(file, &mut notes)?)?;
    let mut annotations = Map::new();
    if form == Form::App {
        if let Some(Value::Object(tiers)) = root.get(app::TIERS) {
            app::notes(tiers, &mut notes);
        }
        notes.push("an app profile is an add-on profile here, and is exported as one".to_owned());
    }
    if form != Form::Export {
        let mut rest = root.clone();
        rest.retain(|key, _| !matches!(key.as_str(), "metadata" | "spec"));
        root.retain(|key, _| matches!(key.as_str(), "metadata" | "spec"));
        if !rest.is_empty() {
            let key = if form == Form::App { "palette/app" } else { "palette/terraform" };
            annotations.insert(key.into(), Value::Object(rest));
        }
    }
    let mut export = root.clone();
    without_secrets(&mut export);

    let mut metadata = take_map(&mut root, "metadata");
    let mut spec = take_map(&mut root, "spec");
    let mut template = take_map(&mut spec, "template");
    let display = take_some(&mut metadata, "name")
        .ok_or_else(|| ImportError::NotAProfile("it has no `metadata.name`".to_owned()))?;
    let (profile_type, system) = profile_type(&mut template, &mut notes);
    let (scope, project) = scope(options, system)?;
    let name = name(&display, options, scope, &mut notes)?;
    let version = version(take_some(&mut spec, "version"), &mut notes);

    let mut out = Map::new();
    out.insert("name".into(), json!(name));
    if display != name {
        out.insert("displayName".into(), json!(display));
    }
    out.insert("version".into(), json!(version));
    if let Some(description) = take_some(&mut metadata, "description") {
        out.insert("description".into(), json!(description));
    }
    let tags = tags(&mut metadata, &mut notes);
    if !tags.is_empty() {
        out.insert("tags".into(), Value::Object(tags));
    }
    match scope {
        Scope::Tenant => {}
        Scope::System => drop(out.insert("scope".into(), json!("system"))),
        Scope::Project => {
            out.insert("scope".into(), json!("project"));
            out.insert("project".into(), json!(project));
        }
    }

    let mut body = Map::new();
    if let Some(profile_type) = profile_type {
        body.insert("type".into(), json!(profile_type));
    }
    if let Some(cloud) = take_some(&mut template, "cloudType") {
        body.insert("cloud".into(), json!(cloud));
    }
    let mut variables = variables(take_list(&mut spec, "variables"), &mut notes);
    let mut layers = Layers::new(options);
    for (index, pack) in take_list(&mut template, "packs").into_iter().enumerate() {
        match pack {
            Value::Object(pack) => layers.add(index, pack, &mut notes),
            other => notes.push(format!("a layer that is no mapping is left out: {other}")),
        }
    }
    app::outputs(&layers.files, &mut notes);
    let masked = masked::find(&layers.files, &variables);
    let replaced = masked::replace(&mut layers.files, &masked, &options.masked, &mut variables);
    annotations.extend(replaced.map(|replaced| ("palette/masked".to_owned(), replaced)));
    if !variables.is_empty() {
        body.insert("variables".into(), Value::Array(variables));
    }
    body.insert("layers".into(), Value::Array(layers.list));

    let mut registries = BTreeMap::new();
    for (ours, described) in &layers.registries {
        let text = |key: &str| described.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let theirs = ImportedRegistry {
            name: text("name"),
            uid: text("uid"),
            kind: text("kind"),
            provider: text("providerType"),
            charts: layers.charts.contains(ours),
        };
        registries.insert(ours.clone(), theirs);
    }
    if !layers.registries.is_empty() {
        annotations.insert("palette/registries".into(), Value::Object(layers.registries));
    }
    if !layers.parts.is_empty() {
        annotations.insert("palette/layers".into(), Value::Object(layers.parts));
    }
    if !layers.homeless.is_empty() {
        annotations.insert("palette/packs".into(), Value::Array(layers.homeless));
    }
    if !annotations.is_empty() {
        out.insert("annotations".into(), Value::Object(annotations));
    }
    let mut document = json!({
        "apiVersion": "edgewright/v1",
        "kind": if system { "SystemProfile" } else { "ClusterProfile" },
        "metadata": out,
        "spec": body,
    });
    // An app profile is not exported as one: nothing of it has to be said again.
    if form != Form::App {
        let places: BTreeMap<String, usize> = names(&document).into_iter().zip(layers.from.clone()).collect();
        let ours = Entity::new(&document, restored(&document, &layers.files));
        keep(&mut document, ours.kept(&export, &places, form == Form::Export));
    }

    let mut files =
        vec![ImportedFile { path: "profile.yaml".into(), text: yaml::write(&document), from: None }];
    files.append(&mut layers.files);
    Ok(ImportedProfile {
        id: ProfileId::new(scope, project.as_deref(), &name),
        version,
        files,
        layers: layers.from,
        registries,
        masked,
        notes,
    })
}

/// The layers that were made, with masks where the export has them.
fn restored(document: &Value, files: &[ImportedFile]) -> Vec<Layer> {
    let read = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.clone());
    let mut layers = plain(document, &read);
    let mut texts: Vec<&mut String> = layers.iter_mut().flat_map(Layer::texts).collect();
    masked::restore(&document["metadata"], &mut texts);
    layers
}

/// Names of the layers, in order.
fn names(document: &Value) -> Vec<String> {
    let layers = document.pointer("/spec/layers").and_then(Value::as_array).into_iter().flatten();
    layers.map(|layer| layer["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Puts what an export says beyond our files into the annotations, beside what is there.
fn keep(document: &mut Value, kept: Map<String, Value>) {
    if kept.is_empty() {
        return;
    }
    let Some(Value::Object(metadata)) = document.get_mut("metadata") else { return };
    let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
    let Value::Object(annotations) = annotations else { return };
    for (key, value) in kept {
        match (annotations.get_mut(&key), value) {
            (Some(Value::Object(there)), Value::Object(more)) => {
                for (name, more) in more {
                    match (there.get_mut(&name), more) {
                        (Some(Value::Object(there)), Value::Object(more)) => there.extend(more),
                        (_, more) => drop(there.insert(name, more)),
                    }
                }
            }
            (_, value) => drop(annotations.insert(key, value)),
        }
    }
}

/// Masks the default of every sensitive variable.
fn without_secrets(export: &mut Map<String, Value>) {
    let variables = export.get_mut("spec").and_then(|spec| spec.get_mut("variables"));
    for variable in variables.and_then(Value::as_array_mut).into_iter().flatten() {
        let Value::Object(variable) = variable else { continue };
        if !take_flag(&mut variable.clone(), "isSensitive") {
            continue;
        }
        if let Some(default) = variable.get_mut("defaultValue") {
            let shown = text(default);
            if !shown.is_empty() && !is_mask(&shown) {
                *default = json!(MASK);
            }
        }
    }
}

/// The document in the form of the API, and which form it was.
fn normal(mut root: Map<String, Value>) -> Result<(Map<String, Value>, Form), ImportError> {
    if root.contains_key("spec") && root.contains_key("metadata") {
        let template = root.get("spec").and_then(|spec| spec.get("template"));
        return match template.and_then(|template| template.get("appTiers")) {
            Some(Value::Array(_)) => Ok((app::of_api(root), Form::App)),
            _ if template.is_some_and(Value::is_object) => Ok((root, Form::Export)),
            _ => Err(ImportError::NotAProfile(
                "it has no `spec.template`; export it as a profile (`GET /v1/clusterprofiles/{uid}/export`)"
                    .to_owned(),
            )),
        };
    }
    if matches!(root.get("pack"), Some(Value::Array(_))) && !root.contains_key("packs") {
        return Ok((app::of_terraform(&mut root), Form::App));
    }
    if !root.contains_key("packs") {
        let hint = if root.contains_key("macros") {
            "; macros go into `spec.macros` of edgewright.yaml"
        } else {
            ""
        };
        return Err(ImportError::NotAProfile(format!(
            "it has neither `metadata` and `spec` nor `packs` at its top{hint}"
        )));
    }
    Ok((flat::normal(root), Form::Flat))
}

fn variables(from: Vec<Value>, notes: &mut Vec<String>) -> Vec<Value> {
    let mut out = Vec::new();
    for item in from {
        match item {
            Value::Object(item) => out.extend(variable(item, notes)),
            other => notes.push(format!("a variable that is no mapping is left out: {other}")),
        }
    }
    out
}
