//! `show profile`: layers pinned, variables, who gets it.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::ui::Ui;
use crate::diagnostics::render;
use crate::registry::{Options, Registries};
use crate::resolve::{self, LockFile, LockedImage, ResolvedLayer, ResolvedProfile};
use crate::workspace::Workspace;

/// How to show it.
pub(super) struct How {
    /// Only the images that its layers pull.
    pub(super) images: bool,
    pub(super) format: Format,
}

pub(super) fn show(name: &str, workspace: &Workspace, how: &How, ui: &Ui) -> Result<()> {
    let profile = workspace.named(name)?;
    let registries = Registries::open(workspace, Options { offline: true, ..Options::default() });
    let resolved = resolve::resolve_some(workspace, &registries, &[Arc::clone(profile)]);
    let resolved = resolved.first().context("the profile was resolved")?;
    if how.images {
        let lock = resolve::LockFile::of(&resolved.profile).ok().flatten();
        ui.result(&match how.format {
            Format::Json => format!("{:#}", images_document(resolved, lock.as_ref())),
            Format::Text => images_text(resolved, lock.as_ref()),
        });
        return Ok(());
    }
    ui.result(&match how.format {
        Format::Json => serde_json::to_string_pretty(&resolve::document(resolved))?,
        Format::Text => text(workspace, resolved),
    });
    Ok(())
}

fn images_document(resolved: &ResolvedProfile, lock: Option<&LockFile>) -> Value {
    let mut images = Vec::new();
    for layer in &resolved.layers {
        for image in resolve::images(layer) {
            let start = image.place.start();
            let mut entry = json!({
                "image": image.image,
                "layer": layer.name,
                "from": image.from.word(),
                "guessed": image.guessed,
                "path": image.place.file.path(),
                "line": start.line,
                "column": start.column,
            });
            if let Some(pinned) = pinned(lock, layer, &image.image) {
                entry["digest"] = json!(pinned.digest);
                entry["platforms"] = json!(pinned.platforms);
            }
            images.push(entry);
        }
    }
    let profile = &resolved.profile;
    json!({ "schemaVersion": 1, "id": profile.id, "version": profile.version(), "images": images })
}

/// What the lock says of an image of a layer, where it was resolved.
fn pinned<'l>(lock: Option<&'l LockFile>, layer: &ResolvedLayer, image: &str) -> Option<&'l LockedImage> {
    let images = &lock?.layer(&layer.name)?.images;
    images.iter().find(|locked| locked.image == image && locked.digest.is_some())
}

fn images_text(resolved: &ResolvedProfile, lock: Option<&LockFile>) -> String {
    let mut lines = Vec::new();
    for layer in &resolved.layers {
        let images = resolve::images(layer);
        if images.is_empty() {
            continue;
        }
        lines.push(layer.name.clone());
        let width = images.iter().map(|image| image.image.chars().count()).max().unwrap_or_default();
        for image in &images {
            let start = image.place.start();
            let guessed = if image.guessed { ", tag guessed" } else { "" };
            let (from, path) = (image.from.word(), image.place.file.path());
            lines.push(format!("  {:<width$}  {from}{guessed}  {path}:{}", image.image, start.line));
            if let Some(locked) = pinned(lock, layer, &image.image) {
                let platforms: Vec<&str> = locked.platforms.keys().map(String::as_str).collect();
                let digest = locked.digest.as_deref().unwrap_or_default();
                lines.push(format!("    {digest}  {}", platforms.join(", ")));
            }
        }
    }
    if lines.is_empty() {
        return "no image is known of any layer".to_owned();
    }
    let shown: Vec<_> = lines.iter().map(|line| render::visible(line)).collect();
    shown.join("\n")
}

fn text(workspace: &Workspace, resolved: &ResolvedProfile) -> String {
    let profile = &resolved.profile;
    let metadata = &profile.metadata;
    let cloud = profile.spec.cloud.as_ref().map_or("all", |cloud| cloud.value.as_str());
    let mut lines = vec![format!("{}  {} for {cloud}", profile.label(), resolve::profile_type(resolved))];
    lines.extend(metadata.description.clone());
    if !metadata.owners.is_empty() {
        lines.push(format!("owned by {}", metadata.owners.join(", ")));
    }
    if let Some(from) = &metadata.cloned_from {
        lines.push(format!("cloned from {}@{}", from.id, from.version));
    }
    let versions: Vec<&str> = workspace.versions(&profile.id).iter().map(|p| p.version()).collect();
    if versions.len() > 1 {
        lines.push(format!("versions {}", versions.join(", ")));
    }
    lines.push(String::new());
    lines.push("layers, lowest first".to_owned());
    let width = |texts: &dyn Fn(&ResolvedLayer) -> String| {
        resolved.layers.iter().map(|layer| texts(layer).chars().count()).max().unwrap_or_default()
    };
    let (names, sources) = (width(&|layer| layer.name.clone()), width(&source));
    for layer in &resolved.layers {
        let source = source(layer);
        let added = layer.added_by.as_ref().map_or_else(String::new, |by| format!("  added by {}", by.layer));
        lines.push(format!(
            "  {:<10} {:<names$}  {source:<sources$}  {}{added}",
            layer.layer_type.word(),
            layer.name,
            layer.namespace
        ));
        if !layer.presets.is_empty() {
            let presets: Vec<String> =
                layer.presets.iter().map(|(group, name)| format!("{group}={name}")).collect();
            lines.push(format!("  {:<10} {:<names$}  presets {}", "", "", presets.join(", ")));
        }
    }
    let needs = resolve::resources(resolved).sum;
    if !needs.is_empty() {
        lines.push(format!("  needs at least {}", resolve::needs_in_words(&needs)));
    }
    if !profile.spec.variables.is_empty() {
        lines.push(String::new());
        lines.push("variables".to_owned());
        for variable in &profile.spec.variables {
            let default = variable.default.as_ref().filter(|_| !variable.sensitive);
            let default = default.map_or_else(String::new, |default| format!(" = {}", default.value));
            let required = if variable.required { ", required" } else { "" };
            let sensitive = if variable.sensitive { ", sensitive" } else { "" };
            lines.push(format!(
                "  {}{default}  {}{required}{sensitive}",
                variable.name,
                variable.format.word()
            ));
        }
    }
    let gets = |appliance: &&crate::workspace::model::Appliance| {
        let got = workspace.got(appliance);
        got.get(&profile.id).is_some_and(|got| got.version.as_deref() == Some(profile.version()))
    };
    let appliances: Vec<&str> = workspace.appliances.iter().filter(gets).map(|a| a.name.as_str()).collect();
    lines.push(String::new());
    lines.push(match appliances.len() {
        0 => "no appliance gets this version".to_owned(),
        1 => format!("1 appliance gets it: {}", appliances[0]),
        many if many <= 10 => format!("{many} appliances get it: {}", appliances.join(", ")),
        many => format!("{many} appliances get it: {}, …", appliances[..10].join(", ")),
    });
    let shown: Vec<_> = lines.iter().map(|line| render::visible(line)).collect();
    shown.join("\n")
}

/// `pack k3s 1.33.4 (1.33.x)`.
fn source(layer: &ResolvedLayer) -> String {
    let Some(name) = layer.source.name() else { return "manifests".to_owned() };
    let wanted = layer.wanted.as_deref().unwrap_or_default();
    let version = match &layer.pin {
        Some(pin) if pin.version == wanted => pin.version.clone(),
        Some(pin) => format!("{} ({wanted})", pin.version),
        None => format!("{wanted}, not locked"),
    };
    format!("{} {name} {version}", layer.source.word())
}
