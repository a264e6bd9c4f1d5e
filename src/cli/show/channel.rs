//! `show channel`: what the channels of a profile give, and to whom.

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::Format;
use crate::cli::table::{table, width};
use crate::cli::ui::Ui;
use crate::workspace::model::ProfileId;
use crate::workspace::{Assigned, Workspace};

pub(super) fn show(name: &str, workspace: &Workspace, format: Format, ui: &Ui) -> Result<()> {
    let id = workspace.named(name)?.id.clone();
    let channels = workspace.channels_of(&id);
    let names: Vec<String> = match channels {
        Some(channels) => channels.channels.keys().cloned().collect(),
        None => workspace.stable_version(&id).map(|_| "stable".to_owned()).into_iter().collect(),
    };
    let (mut rows, mut documents) = (Vec::new(), Vec::new());
    for name in &names {
        let version = workspace.channel_version(&id, name).unwrap_or_default();
        let channel = channels.and_then(|channels| channels.channels.get(name));
        let min =
            channel.and_then(|channel| channel.min_version.as_ref()).map(|version| version.value.clone());
        let paused = channel.is_some_and(|channel| channel.paused);
        let rollout = channels.and_then(|channels| channels.rollout(name));
        let appliances = appliances(workspace, &id, &Assigned::Channel(name.clone()));
        rows.push(vec![
            name.clone(),
            version.to_owned(),
            min.clone().unwrap_or_default(),
            if paused {
                "paused".to_owned()
            } else {
                rollout.clone().unwrap_or_else(|| "all at once".to_owned())
            },
            listed(&appliances),
        ]);
        documents.push(json!({
            "name": name,
            "version": version,
            "minVersion": min,
            "paused": paused,
            "waves": channel.map(|channel| &channel.waves),
            "appliances": appliances,
        }));
    }
    let versions: Vec<&str> = workspace.versions(&id).iter().map(|profile| profile.version()).collect();
    let fixed: Vec<(&str, Vec<&str>)> = versions
        .iter()
        .map(|version| (*version, appliances(workspace, &id, &Assigned::Version((*version).to_owned()))))
        .filter(|(_, appliances)| !appliances.is_empty())
        .collect();
    if format == Format::Json {
        let fixed: Vec<Value> =
            fixed.iter().map(|(version, on)| json!({ "version": version, "appliances": on })).collect();
        ui.result(&format!(
            "{:#}",
            json!({
                "schemaVersion": 1,
                "profile": id,
                "file": channels.map(|channels| channels.file.path()),
                "versions": versions,
                "channels": documents,
                "fixed": fixed,
            })
        ));
        return Ok(());
    }
    ui.result(&format!("{id}  versions {}", versions.join(", ")));
    match channels {
        Some(channels) => ui.result(channels.file.path()),
        None => ui.result("no channels.yaml: `stable` is the highest release"),
    }
    ui.result("");
    ui.result(&table(&["channel", "version", "min-version", "rollout", "appliances"], &rows, width()));
    for (version, on) in fixed {
        ui.result(&format!("fixed to {version}: {}", listed(&on)));
    }
    Ok(())
}

fn appliances<'w>(workspace: &'w Workspace, id: &ProfileId, assigned: &Assigned) -> Vec<&'w str> {
    let gets = |appliance: &&crate::workspace::model::Appliance| {
        workspace.got(appliance).get(id).is_some_and(|got| got.assigned == *assigned)
    };
    workspace.appliances.iter().filter(gets).map(|appliance| appliance.name.as_str()).collect()
}

/// How many, and the first of them.
fn listed(names: &[&str]) -> String {
    match names.len() {
        0 => "none".to_owned(),
        many if many <= 5 => names.join(", "),
        many => format!("{many}: {}, …", names[..5].join(", ")),
    }
}
