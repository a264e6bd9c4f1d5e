//! `list appliances`, `list groups` and `list channels`.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::json;

use super::{Args, Listed, object};
use crate::workspace::model::{Appliance, Assignment, Group, ProfileId};
use crate::workspace::{Assigned, Got, Workspace};

/// `ID`, or `ID@VERSION`.
fn gets(workspace: &Workspace, appliance: &Appliance, wanted: &str) -> bool {
    let (id, version) = wanted.split_once('@').map_or((wanted, None), |(id, version)| (id, Some(version)));
    let got = workspace.got(appliance);
    let got = got.iter().find(|(own, _)| own.0 == id);
    got.is_some_and(|(_, got)| version.is_none_or(|version| got.version.as_deref() == Some(version)))
}

pub(super) fn appliances(args: &Args, workspace: &Workspace) -> Result<Listed> {
    if let Some(wanted) = &args.profile {
        workspace.named(wanted)?;
    }
    let labelled = |appliance: &&Appliance| {
        args.tags.iter().all(|label| match label.split_once('=') {
            Some((key, value)) => appliance.labels.get(key).is_some_and(|own| own == value),
            None => appliance.labels.contains_key(label),
        })
    };
    let fits = |appliance: &&Appliance| {
        args.profile.as_deref().is_none_or(|wanted| gets(workspace, appliance, wanted))
    };
    let row = |appliance: &Appliance| {
        let got = workspace.got(appliance);
        let profiles = got.iter().map(|(id, got)| format!("{id}@{}", got.version.as_deref().unwrap_or("?")));
        object(json!({
            "name": appliance.name.value,
            "id": appliance.id(),
            "labels": appliance.labels,
            "groups": workspace.groups_of(appliance).iter().map(|group| &group.name.value).collect::<Vec<_>>(),
            "profiles": profiles.collect::<Vec<_>>(),
            "kubernetes": appliance.spec.kubernetes,
            "path": appliance.document.file().path(),
        }))
    };
    let rows = workspace.appliances.iter().filter(labelled).filter(fits).map(row).collect();
    Ok(Listed { key: "appliances", usual: &["name", "labels", "groups", "profiles"], rows })
}

pub(super) fn groups(args: &Args, workspace: &Workspace) -> Listed {
    let given = |assignment: &Assignment| match (&assignment.version, &assignment.channel) {
        (Some(version), _) => format!("{}@{}", assignment.id, version.value),
        (None, Some(channel)) => format!("{}:{}", assignment.id, channel.value),
        (None, None) => format!("{}:stable", assignment.id),
    };
    let wanted = |group: &&Group| {
        let id = args.profile.as_deref().map(|wanted| wanted.split('@').next().unwrap_or(wanted));
        id.is_none_or(|id| group.spec.profiles.iter().any(|assignment| assignment.id.value == id))
    };
    let row = |group: &Group| {
        let selects = workspace.appliances.iter().filter(|appliance| group.selects(appliance));
        object(json!({
            "name": group.name.value,
            "selector": group.spec.selector.match_labels,
            "priority": group.spec.priority,
            "appliances": selects.count(),
            "profiles": group.spec.profiles.iter().map(given).collect::<Vec<_>>(),
            "variables": group.spec.variables.keys().collect::<Vec<_>>(),
            "path": group.document.file().path(),
        }))
    };
    let rows = workspace.groups.iter().filter(wanted).map(row).collect();
    Listed { key: "groups", usual: &["name", "selector", "priority", "appliances", "profiles"], rows }
}

pub(super) fn channels(args: &Args, workspace: &Workspace) -> Listed {
    let mut follow: HashMap<(ProfileId, String), usize> = HashMap::new();
    for got in workspace.appliances.iter().flat_map(|appliance| workspace.got(appliance)) {
        if let (id, Got { assigned: Assigned::Channel(channel), .. }) = got {
            *follow.entry((id, channel)).or_default() += 1;
        }
    }
    let mut rows = Vec::new();
    for id in workspace.ids() {
        if args.project.as_deref().is_some_and(|project| id.folder() != Some(project)) {
            continue;
        }
        let on = |channel: &str| follow.get(&(id.clone(), channel.to_owned())).copied().unwrap_or_default();
        match workspace.channels_of(id) {
            Some(channels) => {
                for (name, channel) in &channels.channels {
                    rows.push(object(json!({
                        "profile": id,
                        "channel": name,
                        "version": channel.version.value,
                        "min-version": channel.min_version.as_ref().map(|version| &version.value),
                        "paused": channel.paused,
                        "waves": channels.rollout(name),
                        "appliances": on(name),
                        "path": channels.file.path(),
                    })));
                }
            }
            None => {
                // Without a file the highest release is what `stable` gives.
                rows.extend(workspace.stable_version(id).map(|version| {
                    object(json!({
                        "profile": id,
                        "channel": "stable",
                        "version": version,
                        "min-version": null,
                        "paused": false,
                        "waves": null,
                        "appliances": on("stable"),
                        "path": null,
                    }))
                }));
            }
        }
    }
    let usual = &["profile", "channel", "version", "min-version", "paused", "appliances", "waves"];
    Listed { key: "channels", usual, rows }
}
