//! A whole exported profile as our files.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::layers::Layers;
use super::names::slug;
use super::source::{self, leftover, take_list, take_map, take_some, take_text};
use super::variables::variable;
use crate::diagnostics::Diagnostic;
use crate::source::SourceFile;
use crate::version::Version;
use crate::workspace::model::{ProfileId, Scope};
use crate::yaml;

/// What Palette stores as the value of a tag that has none.
const NO_VALUE: &str = "spectro__tag";

/// What the person who imports wants to be different.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    /// Name of the profile; else made from its name in the export.
    pub name: Option<String>,
    /// Scope; else `system` for a system profile, `tenant` for any other.
    pub scope: Option<Scope>,
    /// Project, in project scope.
    pub project: Option<String>,
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
    /// Registries that it needs, by our name, with Palette's.
    pub registries: BTreeMap<String, String>,
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

/// Reads a profile in the form of Palette's export, JSON or YAML, and the flat YAML form that Terraform users keep in git.
///
/// Nothing is dropped in silence: what has no place here is kept below `palette/…` in the annotations or, like secrets,
/// named in the notes.
///
/// # Errors
/// The text is no such profile, or the options contradict each other.
pub fn import(file: &Arc<SourceFile>, options: &ImportOptions) -> Result<ImportedProfile, ImportError> {
    let mut notes = Vec::new();
    let mut root = normal(source::read(file, &mut notes)?)?;
    let mut metadata = take_map(&mut root, "metadata");
    let mut spec = take_map(&mut root, "spec");
    let mut template = take_map(&mut spec, "template");
    let mut annotations = Map::new();

    let display = take_some(&mut metadata, "name")
        .ok_or_else(|| ImportError::NotAProfile("it has no `metadata.name`".to_owned()))?;
    let (profile_type, system) = profile_type(&mut template, &mut notes);
    let (scope, project) = scope(options, system)?;
    let name = name(&display, options, scope, &mut notes)?;
    let version = version(take_some(&mut spec, "version"), &mut annotations, &mut notes);

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
    let variables = variables(take_list(&mut spec, "variables"), &mut annotations, &mut notes);
    if !variables.is_empty() {
        body.insert("variables".into(), Value::Array(variables));
    }
    let mut layers = Layers::default();
    for (index, pack) in take_list(&mut template, "packs").into_iter().enumerate() {
        match pack {
            Value::Object(pack) => layers.add(index, pack, &mut notes),
            other => notes.push(format!("a layer that is no mapping is left out: {other}")),
        }
    }
    body.insert("layers".into(), Value::Array(layers.list));

    let registries = (layers.registries.iter())
        .map(|(ours, described)| {
            let theirs = described.get("name").and_then(Value::as_str).unwrap_or(ours);
            (ours.clone(), theirs.to_owned())
        })
        .collect();
    for (key, left) in [
        ("registries", leftover(layers.registries)),
        ("layers", leftover(layers.left)),
        ("metadata", leftover(metadata)),
        ("template", leftover(template)),
        ("spec", leftover(spec)),
        ("profile", leftover(root)),
    ] {
        if let Some(left) = left {
            annotations.insert(format!("palette/{key}"), left);
        }
    }
    if !annotations.is_empty() {
        out.insert("annotations".into(), Value::Object(annotations));
    }
    let document = json!({
        "apiVersion": "edgewright/v1",
        "kind": if system { "SystemProfile" } else { "ClusterProfile" },
        "metadata": out,
        "spec": body,
    });
    let mut files =
        vec![ImportedFile { path: "profile.yaml".into(), text: yaml::write(&document), from: None }];
    files.append(&mut layers.files);
    Ok(ImportedProfile {
        id: ProfileId::new(scope, project.as_deref(), &name),
        version,
        files,
        layers: layers.from,
        registries,
        notes,
    })
}

/// The flat form of Terraform users (`name`, `type`, `cloudType`, `version`, `packs` at the top) in the form of the export.
fn normal(mut root: Map<String, Value>) -> Result<Map<String, Value>, ImportError> {
    if root.contains_key("spec") && root.contains_key("metadata") {
        return match root.get("spec").and_then(|spec| spec.get("template")) {
            Some(Value::Object(_)) => Ok(root),
            _ => Err(ImportError::NotAProfile(
                "it has no `spec.template`; export it as a profile (`GET /v1/clusterprofiles/{uid}/export`)"
                    .to_owned(),
            )),
        };
    }
    if !root.contains_key("packs") {
        return Err(ImportError::NotAProfile(
            "it has neither `metadata` and `spec` nor `packs` at its top".to_owned(),
        ));
    }
    let mut metadata = Map::new();
    let mut spec = Map::new();
    let mut template = Map::new();
    for (part, keys) in [
        (&mut metadata, &["name", "description", "labels", "tags"][..]),
        (&mut spec, &["version", "variables"]),
        (&mut template, &["type", "cloudType", "packs"]),
    ] {
        for key in keys {
            part.extend(root.shift_remove(*key).map(|value| ((*key).to_owned(), value)));
        }
    }
    spec.insert("template".into(), Value::Object(template));
    root.insert("metadata".into(), Value::Object(metadata));
    root.insert("spec".into(), Value::Object(spec));
    Ok(root)
}

/// Our word for the type, and whether it is a system profile.
fn profile_type(template: &mut Map<String, Value>, notes: &mut Vec<String>) -> (Option<&'static str>, bool) {
    match take_some(template, "type").as_deref() {
        Some("cluster") | None => (Some("full"), false),
        Some("infra") => (Some("infrastructure"), false),
        Some("add-on") => (Some("add-on"), false),
        Some("system") => (None, true),
        Some(other) => {
            notes.push(format!("type `{other}` is not known here; it is an add-on profile now"));
            template.insert("type".into(), json!(other));
            (Some("add-on"), false)
        }
    }
}

fn scope(options: &ImportOptions, system: bool) -> Result<(Scope, Option<String>), ImportError> {
    let default = match (&options.project, system) {
        (Some(_), _) => Scope::Project,
        (None, true) => Scope::System,
        (None, false) => Scope::Tenant,
    };
    match (options.scope.unwrap_or(default), &options.project) {
        (Scope::Project, None) => {
            Err(ImportError::Options("scope `project` needs a project: give --project".into()))
        }
        (Scope::Project, Some(project)) if slug(project, "") != *project || is_reserved(project) => {
            Err(ImportError::Options(format!("`{}` is no name for a project", project.escape_debug())))
        }
        (Scope::Project, Some(project)) => Ok((Scope::Project, Some(project.clone()))),
        (_, Some(_)) => Err(ImportError::Options("a project belongs to scope `project` alone".into())),
        (scope, None) => Ok((scope, None)),
    }
}

fn is_reserved(name: &str) -> bool {
    matches!(name, "system" | "all")
}

fn name(
    display: &str,
    options: &ImportOptions,
    scope: Scope,
    notes: &mut Vec<String>,
) -> Result<String, ImportError> {
    let reserved = |name: &str| scope == Scope::Tenant && is_reserved(name);
    if let Some(name) = &options.name {
        if slug(name, "") != *name || reserved(name) {
            return Err(ImportError::Options(format!(
                "`{}` is no name for a profile: lower-case letters, digits and `-`, at most 63",
                name.escape_debug()
            )));
        }
        return Ok(name.clone());
    }
    let mut name = slug(display, "profile");
    if reserved(&name) {
        name.push_str("-profile");
    }
    if name != display {
        notes.push(format!("profile `{display}` is called `{name}` here; the old name is its display name"));
    }
    Ok(name)
}

/// A strict version; what it was is kept where it was none.
fn version(found: Option<String>, annotations: &mut Map<String, Value>, notes: &mut Vec<String>) -> String {
    let Some(found) = found else {
        notes.push("the profile has no version; it is 1.0.0 now".to_owned());
        return "1.0.0".to_owned();
    };
    if Version::parse_strict(&found).is_ok() {
        return found;
    }
    let ours = match Version::parse(&found) {
        Ok(loose) => {
            let mut strict = format!("{}.{}.{}", loose.major, loose.minor, loose.patch);
            for (sign, part) in [('-', loose.prerelease()), ('+', loose.build())] {
                if !part.is_empty() {
                    strict.push(sign);
                    strict.push_str(part);
                }
            }
            if Version::parse_strict(&strict).is_ok() { strict } else { "1.0.0".to_owned() }
        }
        Err(_) => "1.0.0".to_owned(),
    };
    notes.push(format!("version `{found}` is not `major.minor.patch`; it is {ours} now"));
    annotations.insert("palette/version".into(), json!(found));
    ours
}

/// `labels` (a map) or `tags` (`key:value` texts); a tag without a value stays one.
fn tags(metadata: &mut Map<String, Value>, notes: &mut Vec<String>) -> Map<String, Value> {
    let mut tags = Map::new();
    let mut add = |key: String, value: &str| {
        let value = if value == NO_VALUE { "" } else { value };
        tags.insert(key, json!(value));
    };
    for key in ["labels", "tags"] {
        let mut labels = take_map(metadata, key);
        for key in labels.keys().cloned().collect::<Vec<_>>() {
            match take_text(&mut labels, &key) {
                Some(value) => add(key, &value),
                None if labels.contains_key(&key) => {
                    notes.push(format!("tag `{key}` has no text as its value"));
                }
                None => add(key, ""),
            }
        }
        if let Some(left) = leftover(labels) {
            metadata.insert(key.to_owned(), left);
        }
        for tag in take_list(metadata, key) {
            match tag.as_str() {
                Some(tag) => {
                    let (key, value) = tag.split_once(':').unwrap_or((tag, ""));
                    add(key.trim().to_owned(), value.trim());
                }
                None => notes.push(format!("tag {tag} is no text and is left out")),
            }
        }
    }
    tags
}

fn variables(from: Vec<Value>, annotations: &mut Map<String, Value>, notes: &mut Vec<String>) -> Vec<Value> {
    let mut out = Vec::new();
    let mut left = Map::new();
    for item in from {
        let Value::Object(item) = item else {
            notes.push(format!("a variable that is no mapping is left out: {item}"));
            continue;
        };
        let Some(variable) = variable(item, notes) else { continue };
        left.extend(variable.left.map(|value| (variable.name, value)));
        out.push(variable.value);
    }
    if let Some(left) = leftover(left) {
        annotations.insert("palette/variables".into(), left);
    }
    out
}
