//! Who an imported profile is: type, scope, name, version and tags.

use serde_json::{Map, Value, json};

use super::entity::NO_VALUE;
use super::import::{ImportError, ImportOptions};
use super::names::slug;
use super::source::{take_list, take_map, take_some, take_text};
use crate::version::Version;
use crate::workspace::model::Scope;

/// Our word for the type, and whether it is a system profile.
pub(super) fn profile_type(
    template: &mut Map<String, Value>,
    notes: &mut Vec<String>,
) -> (Option<&'static str>, bool) {
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

pub(super) fn scope(options: &ImportOptions, system: bool) -> Result<(Scope, Option<String>), ImportError> {
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

pub(super) fn name(
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
pub(super) fn version(found: Option<String>, notes: &mut Vec<String>) -> String {
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
    ours
}

/// `labels` (a map) or `tags` (`key:value` texts); a tag without a value stays one.
pub(super) fn tags(metadata: &mut Map<String, Value>, notes: &mut Vec<String>) -> Map<String, Value> {
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
