//! The parts of a profile's page that say what its version is made of and who gets it.

use std::fmt::Write as _;

use serde::Serialize;

use super::super::index::{Index, Profile, Version, folder_of, is_prerelease};
use super::super::layers::{self, Item, LayerView};
use super::super::text::{Cell, count, flow, number};
use super::super::{fleet, paths, values};
use crate::diagnostics::{Diagnostic, Severity};
use crate::workspace::Assigned;
use crate::workspace::model::{Channel, InputType, Variable, Wave};
use crate::yaml;

/// Longest manifest that the page shows, in bytes.
const SHOWN_MANIFEST: usize = 8 * 1024;

#[derive(Serialize)]
pub(in crate::catalog) struct ChannelView {
    name: String,
    version: String,
    href: Option<String>,
    /// Behind the version, as a sentence or two.
    words: String,
    waves: Vec<WaveView>,
}

#[derive(Serialize)]
pub(in crate::catalog) struct WaveView {
    number: usize,
    after: String,
    percent: u8,
    appliances: String,
}

#[derive(Serialize)]
pub(in crate::catalog) struct VariableView {
    anchor: String,
    name: String,
    label: Option<String>,
    format: String,
    sensitive: bool,
    default: Option<Cell>,
    needed: &'static str,
    used: Vec<Item>,
    description: String,
    limits: Vec<String>,
}

#[derive(Serialize)]
pub(in crate::catalog) struct ObjectView {
    kind: String,
    name: String,
    namespace: Option<String>,
    layer: String,
    anchor: String,
    place: String,
}

#[derive(Serialize)]
pub(in crate::catalog) struct ManifestView {
    path: String,
    text: String,
}

#[derive(Serialize)]
pub(in crate::catalog) struct UseView {
    name: String,
    is_group: bool,
    follows: String,
    version: Option<String>,
    appliances: String,
    window: Option<String>,
}

#[derive(Serialize)]
pub(in crate::catalog) struct FindingView<'m> {
    code: &'m str,
    class: &'static str,
    icon: &'static str,
    severity: &'static str,
    message: &'m str,
    help: Option<&'m str>,
    place: String,
}

pub(super) fn channels(profile: &Profile) -> Vec<ChannelView> {
    let on = |channel: &str| {
        let follows = |u: &&fleet::Use| matches!(&u.follows, Assigned::Channel(c) if c == channel);
        profile.uses.iter().filter(follows).map(|u| u.appliances.len()).sum::<usize>()
    };
    let href =
        |version: &str| profile.versions.iter().find(|v| v.version == version).map(|v| paths::href(&v.path));
    let Some(channels) = profile.channels else {
        let stable = profile.current();
        if is_prerelease(stable.version) {
            return Vec::new();
        }
        return vec![ChannelView {
            name: "stable".to_owned(),
            version: stable.version.to_owned(),
            href: href(stable.version),
            words: format!(
                ", the highest version without a prerelease part, to {} at once.",
                count(on("stable"), "appliance")
            ),
            waves: Vec::new(),
        }];
    };
    let view = |(name, channel): (&String, &Channel)| {
        let appliances = on(name);
        let mut words = if channel.paused {
            format!(", paused: {} stay where they are.", count(appliances, "appliance"))
        } else if channel.waves.is_empty() {
            format!(" to {} at once, without waves.", count(appliances, "appliance"))
        } else {
            format!(" to {} in {}.", count(appliances, "appliance"), count(channel.waves.len(), "wave"))
        };
        if let Some(lowest) = &channel.min_version {
            let _ = write!(words, " No appliance goes below {lowest}.");
        }
        let wave = |(i, wave): (usize, &Wave)| WaveView {
            number: i + 1,
            after: wave.after.clone(),
            percent: wave.percent.min(100),
            appliances: number((appliances * usize::from(wave.percent)).div_ceil(100)),
        };
        ChannelView {
            name: name.clone(),
            version: channel.version.value.clone(),
            href: href(&channel.version),
            words,
            waves: channel.waves.iter().enumerate().map(wave).collect(),
        }
    };
    channels.channels.iter().map(view).collect()
}

pub(super) fn variables(version: &Version, views: &[LayerView]) -> Vec<VariableView> {
    let resolved = version.resolved;
    let used: Vec<Vec<String>> = resolved
        .layers
        .iter()
        .map(|layer| {
            let mut names = values::variables_in(&layer.values.value);
            for manifest in &layer.manifests {
                values::variables_in_text(manifest.file.text(), &mut names);
            }
            names
        })
        .collect();
    let view = |variable: &Variable| {
        let name = &variable.name.value;
        let mut limits = Vec::new();
        if let Some(regex) = &variable.regex {
            limits.push(format!("matches {}", regex.value));
        }
        if variable.input_type == InputType::Dropdown && !variable.options.is_empty() {
            let options: Vec<String> = variable.options.iter().map(|o| flow(&o.value)).collect();
            limits.push(format!("one of {}", options.join(", ")));
        }
        if variable.read_only {
            limits.push("read-only".to_owned());
        }
        if variable.hidden {
            limits.push("hidden".to_owned());
        }
        let format = serde_json::to_value(variable.format).ok();
        VariableView {
            anchor: values::anchor(name),
            name: name.clone(),
            label: variable.display_name.clone(),
            format: format.and_then(|f| f.as_str().map(str::to_owned)).unwrap_or_default(),
            sensitive: variable.sensitive,
            default: match &variable.default {
                // Whatever stands there, a page never shows it.
                Some(_) if variable.sensitive => Some(Cell::words("hidden")),
                Some(default) => Some(Cell::of(Some(&default.value))),
                None => None,
            },
            needed: if variable.required && variable.default.is_none() { "yes" } else { "no" },
            used: views
                .iter()
                .zip(&used)
                .filter(|(_, names)| names.contains(name))
                .map(|(v, _)| Item {
                    href: Some(format!("#{}", v.anchor)),
                    outside: true,
                    ..Item::text(&v.name)
                })
                .collect(),
            description: variable.description.clone().unwrap_or_default(),
            limits,
        }
    };
    resolved.profile.spec.variables.iter().map(view).collect()
}

/// The objects in manifests of the profile, and the texts of the small ones.
pub(super) fn manifests(version: &Version, views: &[LayerView]) -> (Vec<ObjectView>, Vec<ManifestView>) {
    let folder = folder_of(version.resolved.profile.file.path());
    let (mut objects, mut texts) = (Vec::new(), Vec::new());
    for (layer, view) in version.resolved.layers.iter().zip(views) {
        for manifest in &layer.manifests {
            let path = manifest.file.path();
            let short = layers::relative(path, folder);
            if short == path {
                // Of a pack, not of the profile.
                continue;
            }
            for document in &yaml::parse(&manifest.file).documents {
                let root = document.root();
                let text = |pointer: &str| root.at(pointer).and_then(|n| n.as_str().map(str::to_owned));
                let Some(kind) = text("/kind") else { continue };
                objects.push(ObjectView {
                    kind,
                    name: text("/metadata/name").unwrap_or_default(),
                    namespace: text("/metadata/namespace"),
                    layer: view.name.clone(),
                    anchor: view.anchor.clone(),
                    place: format!("{short}:{}", root.place().start().line),
                });
            }
            if manifest.file.text().len() <= SHOWN_MANIFEST {
                texts.push(ManifestView { path: short.to_owned(), text: manifest.file.text().to_owned() });
            }
        }
    }
    (objects, texts)
}

pub(super) fn uses(profile: &Profile) -> Vec<UseView> {
    let view = |u: &fleet::Use| {
        let name = match &u.group {
            Some(group) => group.clone(),
            None if u.appliances.len() <= 3 => {
                u.appliances.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            }
            None => "appliances of their own".to_owned(),
        };
        UseView {
            name,
            is_group: u.group.is_some(),
            follows: match &u.follows {
                Assigned::Channel(channel) => format!("channel {channel}"),
                Assigned::Version(version) => format!("version {version}"),
            },
            version: u.version.clone(),
            appliances: number(u.appliances.len()),
            window: u.window.clone(),
        }
    };
    profile.uses.iter().map(view).collect()
}

/// A finding as pages show it.
pub(in crate::catalog) fn finding(finding: &Diagnostic) -> FindingView<'_> {
    let (class, icon) = match finding.severity {
        Severity::Error => ("bad", "bad"),
        Severity::Warning => ("warn", "warn"),
        Severity::Info => ("", "info"),
    };
    FindingView {
        code: finding.lint.code,
        class,
        icon,
        severity: finding.severity.word(),
        message: &finding.message,
        help: finding.help.as_deref(),
        place: finding.place.to_string(),
    }
}

pub(super) fn findings_summary(index: &Index, version: &Version) -> String {
    if index.input.findings.is_none() {
        return "not checked in this build".to_owned();
    }
    format!(
        "{}, {}, {} info",
        count(version.count(Severity::Error), "error"),
        count(version.count(Severity::Warning), "warning"),
        version.count(Severity::Info)
    )
}
