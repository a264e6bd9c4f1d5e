//! `show appliance` and `show group`: what each gets, and why.

use serde_json::{Map, Value, json};

use crate::cli::Format;
use crate::cli::table::{table, width};
use crate::cli::ui::Ui;
use crate::workspace::model::{Appliance, Group};
use crate::workspace::{Assigned, Giver, Target, Workspace, is_encrypted};

pub(super) fn show(target: Target<'_>, workspace: &Workspace, format: Format, ui: &Ui) {
    match (target, format) {
        (Target::Appliance(one), Format::Text) => ui.result(&appliance_text(one, workspace)),
        (Target::Appliance(one), Format::Json) => ui.result(&format!("{:#}", appliance_json(one, workspace))),
        (Target::Group(one), Format::Text) => ui.result(&group_text(one, workspace)),
        (Target::Group(one), Format::Json) => ui.result(&format!("{:#}", group_json(one, workspace))),
    }
}

fn by(from: &Giver) -> String {
    match from {
        Giver::Appliance => "itself".to_owned(),
        Giver::Group { name, priority: 0 } => format!("group {name}"),
        Giver::Group { name, priority } => format!("group {name}, priority {priority}"),
    }
}

fn given(assigned: &Assigned) -> String {
    match assigned {
        Assigned::Channel(channel) => format!("channel {channel}"),
        Assigned::Version(_) => "fixed".to_owned(),
    }
}

/// A variable's value: secrets are masked, encrypted or not.
fn value(name: &str, value: &Value, appliance: &Appliance, workspace: &Workspace) -> Value {
    let profiles = workspace.running(appliance);
    let sensitive = profiles
        .iter()
        .flat_map(|profile| &profile.spec.variables)
        .any(|variable| variable.sensitive && variable.name.value == name);
    if is_encrypted(value) {
        json!("(encrypted)")
    } else if sensitive {
        json!("(sensitive)")
    } else {
        value.clone()
    }
}

/// A value as text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn appliance_text(appliance: &Appliance, workspace: &Workspace) -> String {
    let settings = workspace.settings(appliance);
    let got = workspace.got(appliance);
    let mut out = vec![format!("{}  {}", appliance.name, appliance.document.file().path())];
    if appliance.id() != appliance.name.value {
        out.push(format!("id {}", appliance.id()));
    }
    let labels: Vec<String> = appliance.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if !labels.is_empty() {
        out.push(format!("labels {}", labels.join(", ")));
    }
    let groups: Vec<&str> = workspace.groups_of(appliance).iter().map(|group| group.name.as_str()).collect();
    if !groups.is_empty() {
        out.push(format!("groups {}", groups.join(", ")));
    }
    out.push(String::new());
    let row = |(id, got): (&crate::workspace::model::ProfileId, &crate::workspace::Got)| {
        let version = got.version.clone().unwrap_or_else(|| "nothing".to_owned());
        let profile = workspace.profile(id, &version);
        let layers = profile.map_or_else(
            || "no such version".to_owned(),
            |profile| {
                profile.spec.layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>().join(", ")
            },
        );
        vec![id.0.clone(), version, given(&got.assigned), by(&got.from), layers]
    };
    if got.is_empty() {
        out.push("no profiles: it runs the one that it was enrolled with".to_owned());
    } else {
        let rows: Vec<Vec<String>> = got.iter().map(row).collect();
        out.push(table(&["profile", "version", "by", "given by", "layers"], &rows, width()));
    }
    let mut rows: Vec<Vec<String>> = settings
        .variables
        .iter()
        .map(|(name, setting)| {
            let value = value(name, &setting.value, appliance, workspace);
            vec![name.clone(), plain(&value), by(&setting.from)]
        })
        .collect();
    for profile in workspace.running(appliance) {
        for variable in &profile.spec.variables {
            let name = &variable.name.value;
            if settings.variables.contains_key(name) || rows.iter().any(|row| row[0] == *name) {
                continue;
            }
            let (value, from) = match &variable.default {
                _ if variable.sensitive => ("(sensitive)".to_owned(), "given on the appliance".to_owned()),
                Some(default) => (plain(&default.value), format!("default of {}", profile.id)),
                None if variable.required => ("MISSING".to_owned(), format!("required by {}", profile.id)),
                None => continue,
            };
            rows.push(vec![name.clone(), value, from]);
        }
    }
    if !rows.is_empty() {
        out.push(String::new());
        out.push(table(&["variable", "value", "given by"], &rows, width()));
    }
    if let Some(window) = &settings.window {
        let zone = window.value.timezone.as_deref().unwrap_or("UTC");
        out.push(String::new());
        out.push(format!(
            "changes at `{}` for {} ({zone}), by {}",
            window.value.cron,
            window.value.duration,
            by(&window.from)
        ));
    }
    for conflict in &settings.conflicts {
        out.push(format!(
            "groups {} and {} disagree on {}: give one of them another priority",
            conflict.first.0, conflict.second.0, conflict.what
        ));
    }
    out.join("\n")
}

fn giver(from: &Giver) -> Value {
    match from {
        Giver::Appliance => json!({ "appliance": true }),
        Giver::Group { name, priority } => json!({ "group": name, "priority": priority }),
    }
}

fn appliance_json(appliance: &Appliance, workspace: &Workspace) -> Value {
    let settings = workspace.settings(appliance);
    let profiles: Vec<Value> = workspace
        .got(appliance)
        .iter()
        .map(|(id, got)| {
            let channel = match &got.assigned {
                Assigned::Channel(channel) => Some(channel),
                Assigned::Version(_) => None,
            };
            json!({ "id": id, "version": got.version, "channel": channel, "from": giver(&got.from) })
        })
        .collect();
    let variables: Map<String, Value> = settings
        .variables
        .iter()
        .map(|(name, setting)| {
            let value = value(name, &setting.value, appliance, workspace);
            (name.clone(), json!({ "value": value, "from": giver(&setting.from) }))
        })
        .collect();
    let missing: Vec<Value> = workspace
        .missing_variables(appliance)
        .iter()
        .map(|(profile, variable)| json!({ "name": variable.name.value, "profile": profile.id }))
        .collect();
    json!({
        "schemaVersion": 1,
        "kind": "Appliance",
        "name": appliance.name.value,
        "id": appliance.id(),
        "path": appliance.document.file().path(),
        "labels": appliance.labels,
        "kubernetes": appliance.spec.kubernetes,
        "groups": workspace.groups_of(appliance).iter().map(|group| &group.name.value).collect::<Vec<_>>(),
        "profiles": profiles,
        "variables": variables,
        "missingVariables": missing,
        "window": settings.window.map(|window| json!({ "window": window.value, "from": giver(&window.from) })),
        "conflicts": settings.conflicts.iter().map(|conflict| {
            json!({ "on": conflict.what, "groups": [conflict.first.0, conflict.second.0] })
        }).collect::<Vec<_>>(),
    })
}

fn selected<'w>(group: &Group, workspace: &'w Workspace) -> Vec<&'w str> {
    let selects = workspace.appliances.iter().filter(|appliance| group.selects(appliance));
    selects.map(|appliance| appliance.name.as_str()).collect()
}

fn group_text(group: &Group, workspace: &Workspace) -> String {
    let labels: Vec<String> =
        group.spec.selector.match_labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut out = vec![
        format!("{}  {}", group.name, group.document.file().path()),
        if labels.is_empty() {
            "selects every appliance".to_owned()
        } else {
            format!("selects {}", labels.join(", "))
        },
    ];
    if group.spec.priority != 0 {
        out.push(format!("priority {}", group.spec.priority));
    }
    let appliances = selected(group, workspace);
    out.push(match appliances.len() {
        0 => "no appliances".to_owned(),
        many if many <= 10 => format!("{many} appliances: {}", appliances.join(", ")),
        many => format!("{many} appliances: {}, …", appliances[..10].join(", ")),
    });
    let rows: Vec<Vec<String>> = group
        .spec
        .profiles
        .iter()
        .map(|assignment| {
            let id = crate::workspace::model::ProfileId(assignment.id.value.clone());
            let (version, by) = match (&assignment.version, &assignment.channel) {
                (Some(version), _) => (Some(version.as_str()), "fixed".to_owned()),
                (None, channel) => {
                    let channel = channel.as_ref().map_or("stable", |channel| channel.as_str());
                    (workspace.channel_version(&id, channel), format!("channel {channel}"))
                }
            };
            vec![id.0.clone(), version.unwrap_or("nothing").to_owned(), by]
        })
        .collect();
    if !rows.is_empty() {
        out.push(String::new());
        out.push(table(&["profile", "version", "by"], &rows, width()));
    }
    let secret = |name: &String, value: &Value| {
        let mut declared = workspace.profiles.iter().flat_map(|profile| &profile.spec.variables);
        let sensitive = declared.any(|v| v.sensitive && v.name.value == *name);
        if sensitive { "(sensitive)".to_owned() } else { plain(value) }
    };
    let rows: Vec<Vec<String>> = group
        .spec
        .variables
        .iter()
        .map(|(name, value)| vec![name.clone(), secret(name, &value.value)])
        .collect();
    if !rows.is_empty() {
        out.push(String::new());
        out.push(table(&["variable", "value"], &rows, width()));
    }
    if let Some(window) = &group.spec.window {
        let zone = window.timezone.as_deref().unwrap_or("UTC");
        out.push(String::new());
        out.push(format!("changes at `{}` for {} ({zone})", window.cron, window.duration));
    }
    out.join("\n")
}

fn group_json(group: &Group, workspace: &Workspace) -> Value {
    let assignment = |assignment: &crate::workspace::model::Assignment| {
        let channel = match (&assignment.version, &assignment.channel) {
            (Some(_), _) => None,
            (None, Some(channel)) => Some(channel.value.clone()),
            (None, None) => Some("stable".to_owned()),
        };
        json!({
            "id": assignment.id.value,
            "version": assignment.version.as_ref().map(|version| &version.value),
            "channel": channel,
        })
    };
    json!({
        "schemaVersion": 1,
        "kind": "ApplianceGroup",
        "name": group.name.value,
        "path": group.document.file().path(),
        "selector": group.spec.selector.match_labels,
        "priority": group.spec.priority,
        "profiles": group.spec.profiles.iter().map(assignment).collect::<Vec<_>>(),
        "variables": group.spec.variables.keys().collect::<Vec<_>>(),
        "window": group.spec.window,
        "appliances": selected(group, workspace),
    })
}
