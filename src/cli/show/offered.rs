//! `show pack` and `show chart`: what a registry has under a name.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::network::Network;
use crate::cli::ui::Ui;
use crate::diagnostics::render::visible;
use crate::pack::Pack;
use crate::registry::{Candidate, Kind, Registries};
use crate::resolve;
use crate::workspace::Workspace;

/// Which registry to ask, and how.
pub(super) struct From<'a> {
    pub(super) registry: Option<&'a str>,
    pub(super) network: Network,
}

pub(super) fn show(
    kind: Kind,
    name: &str,
    from: &From<'_>,
    workspace: &Workspace,
    format: Format,
    ui: &Ui,
) -> Result<()> {
    let (name, version) = name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
    let registries = Registries::open(workspace, from.network.options(ui));
    let offer = resolve::offer(&registries, kind, name, from.registry, version)?;
    let Some(chosen) = &offer.chosen else {
        anyhow::bail!("{}", offer.notes.join("; "));
    };
    let candidates = registries.get(&offer.registry)?.candidates(kind, name)?;
    let versions: Vec<&str> = candidates.iter().map(|candidate| candidate.version.as_str()).collect();
    let uses = |profile: &&std::sync::Arc<crate::workspace::model::Profile>| {
        profile.spec.layers.iter().any(|layer| match kind {
            Kind::Pack => layer.pack.as_ref().is_some_and(|pack| pack.name.value == name),
            Kind::Chart => layer.chart.as_ref().is_some_and(|chart| chart.name.value == name),
        })
    };
    let profiles: Vec<String> =
        workspace.profiles.iter().filter(uses).map(|profile| profile.label()).collect();
    let pack = offer.pack.as_deref();
    if format == Format::Json {
        ui.result(&format!(
            "{:#}",
            json!({
                "schemaVersion": 1,
                "kind": kind.word(),
                "name": name,
                "version": chosen.version,
                "registry": offer.registry,
                "appVersion": chosen.app_version,
                "description": chosen.description,
                "deprecated": chosen.deprecated,
                "created": chosen.created,
                "digest": chosen.digest.map(|digest| digest.to_string()),
                "versions": versions,
                "profiles": profiles,
                "pack": pack.map(pack_json),
            })
        ));
        return Ok(());
    }
    let mut lines = head(kind, name, chosen, &offer.registry);
    lines.push(format!("versions {}", versions.join(", ")));
    lines.push(if profiles.is_empty() {
        "no profile uses it".to_owned()
    } else {
        format!("used by {}", profiles.join(", "))
    });
    lines.extend(pack.map(pack_lines).unwrap_or_default());
    let shown: Vec<_> = lines.iter().map(|line| visible(line)).collect();
    ui.result(&shown.join("\n"));
    Ok(())
}

fn head(kind: Kind, name: &str, chosen: &Candidate, registry: &str) -> Vec<String> {
    let app = chosen.app_version.as_ref().map_or_else(String::new, |app| format!(" (app {app})"));
    let mut lines = vec![format!("{} {name} {}{app}  registry {registry}", kind.word(), chosen.version)];
    lines.extend(chosen.description.clone());
    if chosen.deprecated {
        lines.push("deprecated".to_owned());
    }
    lines
}

fn images(pack: &Pack) -> Vec<String> {
    let list = pack.values.as_ref().and_then(|values| values.at("/pack/content/images"));
    let entries = list.into_iter().flat_map(crate::yaml::Node::items);
    entries.filter_map(|entry| Some(entry.get("image")?.text()?.to_owned())).collect()
}

fn pack_lines(pack: &Pack) -> Vec<String> {
    let addon = pack.addon_type.as_ref().map_or_else(String::new, |addon| format!(", {addon}"));
    let mut lines =
        vec![format!("type {}{addon}; clouds {}", pack.layer.word(), pack.cloud_types.join(", "))];
    if let Some(state) = pack.annotations.get("system_state") {
        lines.push(format!("state {state}"));
    }
    if !pack.dependencies.is_empty() {
        lines.extend([String::new(), "dependencies".to_owned()]);
        for dependency in &pack.dependencies {
            let bound = |word: &str, bound: &Option<crate::yaml::Spanned<String>>| {
                bound.as_ref().map_or_else(String::new, |bound| format!(" {word} {}", bound.value))
            };
            lines.push(format!(
                "  {} {}{}{}",
                dependency.dependency_type.map_or("dependency", crate::pack::DependencyType::word),
                dependency.pack_name.value,
                bound("from", &dependency.min_version),
                bound("up to", &dependency.max_version),
            ));
        }
    }
    if !pack.presets.is_empty() {
        lines.extend([String::new(), "presets".to_owned()]);
        for preset in &pack.presets {
            let default = if preset.default { ", default" } else { "" };
            let brought: Vec<&str> = preset.layers.iter().map(|layer| layer.name.as_str()).collect();
            let brings =
                if brought.is_empty() { String::new() } else { format!(", brings {}", brought.join(", ")) };
            lines.push(format!(
                "  {}={}  {}{default}{brings}",
                preset.group, preset.name, preset.display_name
            ));
        }
    }
    let charts: Vec<&str> = pack.charts.iter().map(|chart| chart.path.as_str()).collect();
    let manifests: Vec<&str> = pack.manifests.iter().map(|path| path.as_str()).collect();
    for (what, list) in [("charts", charts), ("manifests", manifests)] {
        if !list.is_empty() {
            lines.extend([String::new(), what.to_owned()]);
            lines.extend(list.iter().map(|path| format!("  {path}")));
        }
    }
    let images = images(pack);
    if !images.is_empty() {
        lines.extend([String::new(), "images".to_owned()]);
        lines.extend(images.iter().map(|image| format!("  {image}")));
    }
    lines
}

fn pack_json(pack: &Pack) -> Value {
    let dependency = |dependency: &crate::pack::PackDependency| {
        json!({
            "pack": dependency.pack_name.value,
            "type": dependency.dependency_type.map(crate::pack::DependencyType::word),
            "minVersion": dependency.min_version.as_ref().map(|version| &version.value),
            "maxVersion": dependency.max_version.as_ref().map(|version| &version.value),
        })
    };
    let preset = |preset: &crate::pack::Preset| {
        json!({
            "group": preset.group,
            "name": preset.name,
            "displayName": preset.display_name,
            "default": preset.default,
            "layers": preset.layers.iter().map(|layer| &layer.name).collect::<Vec<_>>(),
        })
    };
    json!({
        "type": pack.layer.word(),
        "addonType": pack.addon_type,
        "displayName": pack.display_name,
        "cloudTypes": pack.cloud_types,
        "annotations": pack.annotations,
        "dependencies": pack.dependencies.iter().map(dependency).collect::<Vec<_>>(),
        "presets": pack.presets.iter().map(preset).collect::<Vec<_>>(),
        "charts": pack.charts.iter().map(|chart| &chart.path.value).collect::<Vec<_>>(),
        "manifests": pack.manifests.iter().map(|path| &path.value).collect::<Vec<_>>(),
        "images": images(pack),
    })
}
