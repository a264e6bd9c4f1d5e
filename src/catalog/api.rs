//! The JSON that stands beside the pages: numbers and dates of the commit, keys in a fixed order.

use serde_json::{Value, json};

use super::index::{Index, Profile, Version};
use super::paths;
use crate::diagnostics::Severity;
use crate::resolve::resolved::{LockState, ResolvedLayer};

/// A document as it is written: indented, with a newline at the end.
pub(super) fn to_bytes(value: &Value) -> Vec<u8> {
    let mut text = format!("{value:#}");
    text.push('\n');
    text.into_bytes()
}

/// `api/v1/profiles.json`: one short record per profile.
pub(super) fn profiles(index: &Index) -> Vec<u8> {
    let record = |profile: &Profile| {
        let current = profile.current();
        let metadata = &current.resolved.profile.metadata;
        let version = |v: &Version| {
            json!({
                "version": v.version,
                "channels": v.channels,
                "layers": v.resolved.layers.len(),
                "appliances": v.appliances,
                "path": v.path,
                "json": format!("api/v1/{}.json", super::index::folder_of(&v.path)),
            })
        };
        json!({
            "id": profile.id,
            "displayName": current.display_name(),
            "description": metadata.description,
            "type": current.type_word(),
            "scope": metadata.scope,
            "project": metadata.project.as_ref().map(|p| &p.value),
            "owners": metadata.owners,
            "tags": metadata.tags,
            "current": current.version,
            "path": format!("{}/index.html", paths::profile_dir(profile.id)),
            "appliances": profile.appliances(),
            "versions": profile.versions.iter().map(version).collect::<Vec<_>>(),
        })
    };
    let commit = index.input.commit.as_ref();
    to_bytes(&json!({
        "schemaVersion": 1,
        "title": index.input.title,
        "commit": commit.map(|c| &c.id),
        "date": commit.map(|c| &c.date),
        "profiles": index.profiles.iter().map(record).collect::<Vec<_>>(),
    }))
}

/// `api/v1/profiles/<id>/<version>.json`: the twin of a version's page.
pub(super) fn version(index: &Index, profile: &Profile, version: &Version) -> Vec<u8> {
    let resolved = version.resolved;
    let metadata = &resolved.profile.metadata;
    let key = (profile.id.clone(), version.version.to_owned());
    let variable = |v: &crate::workspace::model::Variable| {
        json!({
            "name": v.name.value,
            "displayName": v.display_name,
            "description": v.description,
            "format": v.format,
            "required": v.required,
            "sensitive": v.sensitive,
            "readOnly": v.read_only,
            "hidden": v.hidden,
            "default": v.default.as_ref().filter(|_| !v.sensitive).map(|d| &d.value),
            "regex": v.regex.as_ref().map(|r| &r.value),
            "options": v.options.iter().map(|o| &o.value).collect::<Vec<_>>(),
        })
    };
    let finding = |f: &&crate::diagnostics::Diagnostic| {
        let start = f.place.start();
        json!({
            "code": f.lint.code,
            "name": f.lint.name,
            "severity": f.severity,
            "message": f.message,
            "path": f.place.file.path(),
            "line": start.line,
            "column": start.column,
        })
    };
    let checked = index.input.findings.is_some();
    let lock = match resolved.lock {
        LockState::Missing => "missing",
        LockState::Stale => "stale",
        LockState::Current => "current",
        LockState::NotNeeded => "not-needed",
    };
    to_bytes(&json!({
        "schemaVersion": 1,
        "id": profile.id,
        "version": version.version,
        "displayName": version.display_name(),
        "description": metadata.description,
        "type": version.type_word(),
        "cloud": resolved.profile.spec.cloud.as_ref().map(|c| &c.value),
        "scope": metadata.scope,
        "project": metadata.project.as_ref().map(|p| &p.value),
        "owners": metadata.owners,
        "tags": metadata.tags,
        "clonedFrom": metadata.cloned_from,
        "commit": index.input.commit.as_ref().map(|c| &c.id),
        "date": index.input.commit.as_ref().map(|c| &c.date),
        "channels": version.channels,
        "appliances": version.appliances,
        "lock": lock,
        "descriptor": index.input.descriptors.get(&key),
        "layers": resolved.layers.iter().map(layer).collect::<Vec<_>>(),
        "variables": resolved.profile.spec.variables.iter().map(variable).collect::<Vec<_>>(),
        "checked": checked,
        "errors": version.count(Severity::Error),
        "warnings": version.count(Severity::Warning),
        "findings": version.findings.iter().map(finding).collect::<Vec<_>>(),
    }))
}

fn layer(layer: &ResolvedLayer) -> Value {
    let pin = layer.pin.as_ref().map(|p| {
        json!({
            "version": p.version,
            "url": p.url,
            "sha256": p.sha256,
            "size": p.size,
            "content": p.content,
            "appVersion": p.app_version,
            "deprecated": p.deprecated,
        })
    });
    let chart = |c: &crate::resolve::resolved::LayerChart| {
        json!({
            "name": c.name,
            "version": c.chart.metadata.version,
            "release": c.release,
            "namespace": c.namespace,
        })
    };
    json!({
        "name": layer.name,
        "displayName": layer.display_name,
        "type": layer.layer_type,
        "kind": layer.source.word(),
        "source": layer.source.name(),
        "registry": layer.registry,
        "wanted": layer.wanted,
        "pin": pin,
        "unresolved": layer.unresolved.as_ref().map(super::layers::unresolved_words),
        "addedBy": layer.added_by,
        "presets": layer.presets,
        "namespace": layer.namespace,
        "priority": layer.priority,
        "charts": layer.charts.iter().map(chart).collect::<Vec<_>>(),
        "manifests": layer.manifests.iter().map(|m| m.file.path()).collect::<Vec<_>>(),
        "values": layer.values.value,
    })
}
