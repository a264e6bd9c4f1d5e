//! `edgewright list`: what the repository has.

mod fleet;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::cli::scope::ScopeArg;
use crate::cli::table::{table, width};
use crate::cli::ui::Ui;
use crate::cli::{Exit, Format};
use crate::diagnostics::closest;
use crate::registry::{Kind, Options, Registries};
use crate::resolve::{Wanted, browse, check_locks};
use crate::workspace::model::{Channel, Profile, ProfileId, ProfileKind, ProfileType, RegistryConfig, Scope};
use crate::workspace::{Got, Workspace};

/// Arguments of `list`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// What to list.
    #[arg(value_enum, default_value_t = What::Profiles)]
    what: What,
    /// Profiles of this type: full, infrastructure, add-on, system; packs: os, kubernetes, cni, csi, addon.
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
    /// Profiles of this scope.
    #[arg(long, value_enum)]
    scope: Option<ScopeArg>,
    /// Profiles of this project.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Profiles with this tag; appliances with this label; may be repeated.
    #[arg(long = "tag", visible_alias = "label", value_name = "KEY[=VALUE]")]
    tags: Vec<String>,
    /// Profiles for this cloud.
    #[arg(long, value_name = "TYPE")]
    cloud: Option<String>,
    /// Profiles that use this pack.
    #[arg(long, value_name = "NAME")]
    pack: Option<String>,
    /// Profiles that use this chart.
    #[arg(long, value_name = "NAME")]
    chart: Option<String>,
    /// Appliances and groups that get this profile.
    #[arg(long, value_name = "ID[@VERSION]")]
    profile: Option<String>,
    /// Profiles whose lock is missing or out of date.
    #[arg(long)]
    unlocked: bool,
    /// Every version of a profile, not only the one that `stable` gives.
    #[arg(long)]
    versions: bool,
    /// Columns to show, and their order; commas between.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    columns: Vec<String>,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  edgewright list
  edgewright list --type add-on --pack k3s --versions
  edgewright list --unlocked --columns id,version,lock
  edgewright list appliances --label region=east --profile k3s-store@1.2.0
  edgewright list channels --format json

Nothing is asked over the network; `edgewright search` looks through registries.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Profiles.
    Profiles,
    /// Packs of the registries that are at hand.
    Packs,
    /// Appliances.
    Appliances,
    /// Groups of appliances.
    Groups,
    /// What the channels of profiles give.
    Channels,
    /// Registries of edgewright.yaml.
    Registries,
}

/// What is listed: columns with their values, in the order in which people are shown them.
struct Listed {
    /// Key of the list for machines.
    key: &'static str,
    /// Columns that are shown unless others are asked for.
    usual: &'static [&'static str],
    rows: Vec<Map<String, Value>>,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    misplaced(&args)?;
    let listed = match args.what {
        What::Profiles => profiles(&args, &workspace)?,
        What::Packs => packs(&args, &workspace, ui)?,
        What::Appliances => fleet::appliances(&args, &workspace)?,
        What::Groups => fleet::groups(&args, &workspace),
        What::Channels => fleet::channels(&args, &workspace),
        What::Registries => registries(&workspace),
    };
    let known: Vec<&str> = match listed.rows.first() {
        Some(row) => row.keys().map(String::as_str).collect(),
        None => listed.usual.to_vec(),
    };
    let columns: Vec<&str> = if args.columns.is_empty() {
        listed.usual.to_vec()
    } else {
        for column in &args.columns {
            if !known.contains(&column.as_str()) {
                let near = closest(column, known.iter().copied());
                let hint = near.map_or_else(
                    || format!("there are {}", known.join(", ")),
                    |n| format!("did you mean `{n}`?"),
                );
                bail!("there is no column `{column}`; {hint}");
            }
        }
        args.columns.iter().map(String::as_str).collect()
    };
    match args.format {
        Format::Json => ui.result(&format!("{:#}", json!({ "schemaVersion": 1, listed.key: listed.rows }))),
        Format::Text if listed.rows.is_empty() => ui.say(&format!("no {}", listed.key)),
        Format::Text => {
            let cells = |row: &Map<String, Value>| -> Vec<String> {
                columns.iter().map(|column| cell(row.get(*column).unwrap_or(&Value::Null))).collect()
            };
            let rows: Vec<Vec<String>> = listed.rows.iter().map(cells).collect();
            ui.result(&table(&columns, &rows, width()));
        }
    }
    for unread in &workspace.unread {
        ui.warn(&format!("{} cannot be read and is not listed; `edgewright check` says why", unread.path));
    }
    Ok(Exit::Fine)
}

/// Filters that say nothing about what is listed are a slip, not a wish.
fn misplaced(args: &Args) -> Result<()> {
    let profiles = args.what == What::Profiles;
    let targets = matches!(args.what, What::Appliances | What::Groups);
    let wrong = [
        (args.of_type.is_some() && !profiles && args.what != What::Packs, "--type"),
        (args.scope.is_some() && !profiles, "--scope"),
        (args.project.is_some() && !profiles && args.what != What::Channels, "--project"),
        (!args.tags.is_empty() && !profiles && args.what != What::Appliances, "--tag"),
        (args.cloud.is_some() && !profiles && args.what != What::Packs, "--cloud"),
        (args.pack.is_some() && !profiles, "--pack"),
        (args.chart.is_some() && !profiles, "--chart"),
        (args.profile.is_some() && !targets, "--profile"),
        (args.unlocked && !profiles, "--unlocked"),
        (args.versions && !profiles && args.what != What::Packs, "--versions"),
    ];
    match wrong.iter().find(|(wrong, _)| *wrong) {
        Some((_, flag)) => bail!("{flag} does not go with `list {}`", args.what.word()),
        None => Ok(()),
    }
}

impl What {
    fn word(self) -> &'static str {
        match self {
            Self::Profiles => "profiles",
            Self::Packs => "packs",
            Self::Appliances => "appliances",
            Self::Groups => "groups",
            Self::Channels => "channels",
            Self::Registries => "registries",
        }
    }
}

/// A value as it stands in a table.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(flag) => if *flag { "yes" } else { "" }.to_owned(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let entry = |(key, value): (&String, &Value)| match cell(value) {
                value if value.is_empty() => key.clone(),
                value => format!("{key}={value}"),
            };
            map.iter().map(entry).collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) => number.to_string(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn profiles(args: &Args, workspace: &Workspace) -> Result<Listed> {
    if let Some(wanted) = &args.of_type
        && !["full", "infrastructure", "add-on", "system"].contains(&wanted.as_str())
    {
        bail!("`{wanted}` is no type of a profile: full, infrastructure, add-on or system");
    }
    let shown = |profile: &&Arc<Profile>| {
        let versions = workspace.versions(&profile.id);
        let usual =
            workspace.stable_version(&profile.id).and_then(|stable| workspace.profile(&profile.id, stable));
        let usual = usual.or(versions.last());
        args.versions || usual.is_some_and(|usual| Arc::ptr_eq(usual, profile))
    };
    let fits: Vec<Arc<Profile>> =
        workspace.profiles.iter().filter(shown).filter(|p| fits(args, p)).cloned().collect();
    let registries = Registries::open(workspace, Options { offline: true, ..Options::default() });
    let locks = check_locks(workspace, &registries, &fits);
    let mut runs: HashMap<(ProfileId, String), usize> = HashMap::new();
    for got in workspace.appliances.iter().flat_map(|appliance| workspace.got(appliance)) {
        if let (id, Got { version: Some(version), .. }) = got {
            *runs.entry((id, version)).or_default() += 1;
        }
    }
    let mut rows = Vec::new();
    for profile in &fits {
        let lock = locks.iter().find(|check| Arc::ptr_eq(&check.profile, profile));
        let state = match lock {
            _ if profile.spec.layers.iter().all(|layer| layer.pack.is_none() && layer.chart.is_none()) => {
                "not needed"
            }
            Some(check) if check.differences.is_empty() => "current",
            _ if profile.dir.join(crate::resolve::LOCK_FILE).exists() => "out of date",
            _ => "missing",
        };
        if args.unlocked && !matches!(state, "missing" | "out of date") {
            continue;
        }
        let on = |(channel, given): (&String, &Channel)| {
            (given.version.value == profile.version()).then(|| channel.clone())
        };
        let channels: Vec<String> = match workspace.channels_of(&profile.id) {
            Some(channels) => channels.channels.iter().filter_map(on).collect(),
            None if workspace.stable_version(&profile.id) == Some(profile.version()) => {
                vec!["stable".to_owned()]
            }
            None => Vec::new(),
        };
        rows.push(object(json!({
            "id": profile.id,
            "version": profile.version(),
            "type": type_word(profile),
            "cloud": profile.spec.cloud.as_ref().map_or("all", |cloud| cloud.value.as_str()),
            "layers": profile.spec.layers.len(),
            "channels": channels,
            "appliances": runs.get(&(profile.id.clone(), profile.version().to_owned())).copied().unwrap_or_default(),
            "lock": state,
            "name": profile.metadata.display_name.as_deref().unwrap_or(&profile.metadata.name.value),
            "description": profile.metadata.description,
            "scope": profile.metadata.scope,
            "project": profile.metadata.project.as_ref().map(|project| &project.value),
            "tags": profile.metadata.tags,
            "owners": profile.metadata.owners,
            "path": profile.file.path(),
        })));
    }
    let usual = &["id", "version", "type", "cloud", "layers", "channels", "appliances", "lock", "name"];
    Ok(Listed { key: "profiles", usual, rows })
}

/// `full`, `infrastructure`, `add-on` or `system`.
pub(super) fn type_word(profile: &Profile) -> &'static str {
    match (profile.kind, profile.spec.profile_type.as_ref().map(|t| t.value)) {
        (ProfileKind::SystemProfile, _) | (_, None) => "system",
        (_, Some(ProfileType::Full)) => "full",
        (_, Some(ProfileType::Infrastructure)) => "infrastructure",
        (_, Some(ProfileType::AddOn)) => "add-on",
    }
}

fn fits(args: &Args, profile: &Profile) -> bool {
    let metadata = &profile.metadata;
    let of_type = args.of_type.as_deref().is_none_or(|wanted| type_word(profile) == wanted);
    let scope = args.scope.is_none_or(|scope| metadata.scope == Scope::from(scope));
    let project = metadata.project.as_ref().map(|project| project.value.as_str());
    let project = args.project.as_deref().is_none_or(|wanted| project == Some(wanted));
    let tags = args.tags.iter().all(|tag| match tag.split_once('=') {
        Some((key, value)) => {
            metadata.tags.get(key).is_some_and(|own| own.as_deref().unwrap_or_default() == value)
        }
        None => metadata.tags.contains_key(tag),
    });
    let cloud = profile.spec.cloud.as_ref().map_or("all", |cloud| cloud.value.as_str());
    let cloud = args.cloud.as_deref().is_none_or(|wanted| cloud == wanted);
    let layers = &profile.spec.layers;
    let pack = args.pack.as_ref().is_none_or(|wanted| {
        layers.iter().any(|layer| layer.pack.as_ref().is_some_and(|pack| pack.name.value == *wanted))
    });
    let chart = args.chart.as_ref().is_none_or(|wanted| {
        layers.iter().any(|layer| layer.chart.as_ref().is_some_and(|chart| chart.name.value == *wanted))
    });
    of_type && scope && project && tags && cloud && pack && chart
}

fn packs(args: &Args, workspace: &Workspace, ui: &Ui) -> Result<Listed> {
    let registries = Registries::open(workspace, Options { offline: true, ..Options::default() });
    let layer_type = match &args.of_type {
        None => None,
        Some(word) => match crate::pack::LayerType::of(word) {
            None => bail!("`{word}` is no type of a pack: os, kubernetes, cni, csi or addon"),
            found => found,
        },
    };
    let wanted =
        Wanted { kind: Some(Kind::Pack), layer_type, cloud: args.cloud.clone(), ..Wanted::default() };
    let browsed = browse(&registries, &wanted)?;
    for (registry, why) in &browsed.silent {
        ui.warn(&format!("registry `{registry}`: {why}"));
    }
    let mut rows = Vec::new();
    for found in &browsed.found {
        let used = |version: &str| {
            let uses = |profile: &&Arc<Profile>| {
                let layers = profile.spec.layers.iter().filter_map(|layer| layer.pack.as_ref());
                layers.into_iter().any(|pack| {
                    pack.name.value == found.name && (!args.versions || pack.version.value == version)
                })
            };
            workspace.profiles.iter().filter(uses).map(|profile| profile.label()).collect::<Vec<_>>()
        };
        let versions: Vec<_> = if args.versions {
            found.versions.iter().collect()
        } else {
            found.newest().into_iter().collect()
        };
        for candidate in versions {
            let label = candidate.pack.as_deref();
            rows.push(object(json!({
                "name": found.name,
                "version": candidate.version,
                "type": label.and_then(|label| label.layer_type).map(crate::pack::LayerType::word),
                "addon-type": label.and_then(|label| label.addon_type.as_ref()),
                "clouds": label.map(|label| &label.cloud_types),
                "registry": found.registry,
                "versions": found.versions.len(),
                "profiles": used(&candidate.version),
                "state": label.and_then(|label| label.state.as_ref()),
                "display-name": label.and_then(|label| label.display_name.as_ref()),
                "description": candidate.description,
            })));
        }
    }
    let usual = &["name", "version", "type", "addon-type", "registry", "versions", "state", "display-name"];
    Ok(Listed { key: "packs", usual, rows })
}

fn registries(workspace: &Workspace) -> Listed {
    let row = |(name, config): (&String, &RegistryConfig)| {
        let used = |profile: &&Arc<Profile>| {
            profile.spec.layers.iter().any(|layer| {
                let pack = layer.pack.as_ref().and_then(|pack| pack.registry.as_ref());
                let chart = layer.chart.as_ref().and_then(|chart| chart.registry.as_ref());
                pack.into_iter().chain(chart).any(|registry| registry.value == *name)
            })
        };
        let (kind, holds, from) = described(config);
        object(json!({
            "name": name,
            "type": kind,
            "holds": holds,
            "from": from,
            "profiles": workspace.profiles.iter().filter(used).count(),
        }))
    };
    let rows = workspace.config.spec.registries.iter().map(row).collect();
    Listed { key: "registries", usual: &["name", "type", "holds", "from", "profiles"], rows }
}

/// Type, what it holds, and where it is.
fn described(config: &RegistryConfig) -> (&'static str, &'static str, String) {
    use crate::transport::shown;
    match config {
        RegistryConfig::Directory { path, .. } => ("directory", "packs", path.clone()),
        RegistryConfig::Git { url, .. } => ("git", "packs", shown(url)),
        RegistryConfig::Helm { url, .. } => ("helm", "charts", shown(url)),
        RegistryConfig::Oci { url, .. } => ("oci", "packs, charts", shown(url)),
    }
}
