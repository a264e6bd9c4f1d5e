//! `new cluster-profile` and `new system-profile`.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::first_layers;
use crate::cli::network::Network;
use crate::cli::scope::ScopeArg;
use crate::cli::ui::Ui;
use crate::cli::{Exit, change, guard};
use crate::pack::CLOUD_TYPES;
use crate::workspace::model::{ProfileKind, ProfileType, Scope};
use crate::workspace::{NewProfile, Workspace};

#[derive(Debug, clap::Args)]
pub(super) struct ClusterArgs {
    /// What the stack has: all layers, the core layers alone, or add-ons alone.
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    profile_type: Option<TypeArg>,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum TypeArg {
    /// Operating system, Kubernetes, network, storage and add-ons.
    Full,
    /// The core layers alone.
    Infrastructure,
    /// Add-ons alone.
    AddOn,
}

impl From<TypeArg> for ProfileType {
    fn from(given: TypeArg) -> Self {
        match given {
            TypeArg::Full => Self::Full,
            TypeArg::Infrastructure => Self::Infrastructure,
            TypeArg::AddOn => Self::AddOn,
        }
    }
}

#[derive(Debug, clap::Args)]
pub(super) struct CommonArgs {
    /// Name: lower-case letters, digits and `-`.
    name: Option<String>,
    /// Name for people.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Version, strict semver [default: 1.0.0].
    #[arg(long, value_name = "X.Y.Z")]
    version: Option<String>,
    /// What the profile is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Tag, with or without a value; may be repeated.
    #[arg(long = "tag", value_name = "KEY[=VALUE]")]
    tags: Vec<String>,
    /// Who owns it [default: tenant; system for a system profile].
    #[arg(long, value_enum)]
    scope: Option<ScopeArg>,
    /// Project that owns it; implies `--scope project`.
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
    /// Team or person that looks after it; may be repeated.
    #[arg(long = "owner", value_name = "NAME")]
    owners: Vec<String>,
    /// Cloud type [default: all for add-ons, edge-native for others].
    #[arg(long, value_name = "TYPE")]
    cloud: Option<String>,
    /// A pack to start with, lowest first; may be repeated.
    #[arg(long = "pack", value_name = "NAME[@VERSION]")]
    packs: Vec<String>,
    /// A chart to start with; may be repeated.
    #[arg(long = "chart", value_name = "NAME[@VERSION]")]
    charts: Vec<String>,
    #[command(flatten)]
    network: Network,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn cluster(args: ClusterArgs, ui: &Ui) -> Result<Exit> {
    make(ProfileKind::ClusterProfile, args.profile_type.map(Into::into), args.common, ui)
}

pub(super) fn system(args: CommonArgs, ui: &Ui) -> Result<Exit> {
    make(ProfileKind::SystemProfile, None, args, ui)
}

fn make(kind: ProfileKind, given_type: Option<ProfileType>, args: CommonArgs, ui: &Ui) -> Result<Exit> {
    let workspace = guard::workspace()?;
    // Whoever leaves the name out is asked for everything that was left out.
    let asks = args.name.is_none() && ui.can_ask();
    let (packs, charts, network, dry_run) =
        (args.packs.clone(), args.charts.clone(), args.network, args.dry_run);
    let new = describe(kind, given_type, args, asks, &workspace, ui)?;
    let mut made = workspace.new_profile(&new)?;
    let starts_with = first_layers::Given { packs: &packs, charts: &charts, asks, network };
    let layers = first_layers::add(&workspace, &mut made, &new, &starts_with, ui)?;
    if asks && !dry_run {
        for file in made.change.files() {
            ui.say(&format!("  {}", file.path));
        }
        if !ui.ask_yes("write these files?", true)? {
            bail!("nothing was written");
        }
    }
    change::make(&made.change, dry_run, ui)?;
    if !dry_run {
        ui.say(&match layers {
            0 => format!(
                "next: `edgewright layer add {} --pack NAME` (or --chart NAME, --manifest FILE)",
                made.id
            ),
            _ => format!("next: `edgewright lock {}`, then `edgewright check`", made.id),
        });
    }
    Ok(Exit::Fine)
}

/// What the profile is to be, from flags and answers.
fn describe(
    kind: ProfileKind,
    given_type: Option<ProfileType>,
    args: CommonArgs,
    asks: bool,
    workspace: &Workspace,
    ui: &Ui,
) -> Result<NewProfile> {
    let name = match args.name {
        Some(name) => name,
        None => match ui.ask_valid("name (lower-case letters, digits and `-`)", None, &name_like)? {
            Some(name) => name,
            None => bail!("the profile needs a name: `edgewright new {} NAME`", word(kind)),
        },
    };
    let profile_type = match (kind, given_type) {
        (ProfileKind::SystemProfile, _) => None,
        (_, Some(given)) => Some(given),
        (_, None) => Some(ask_type(ui)?),
    };
    let version = match args.version {
        None if asks => ui.ask_valid("version", Some("1.0.0"), &strict_semver)?,
        version => version,
    };
    let display_name = match args.display_name {
        None if asks => ui.ask_optional("name for people")?,
        given => given,
    };
    let description = match args.description {
        None if asks => ui.ask_optional("what it is for, in one sentence")?,
        given => given,
    };
    let usual = match (kind, profile_type) {
        (ProfileKind::SystemProfile, _) => None,
        (_, Some(ProfileType::AddOn)) => Some("all"),
        _ => Some("edge-native"),
    };
    let cloud = match (args.cloud, usual) {
        (None, Some(usual)) if asks => {
            let choices: Vec<_> =
                CLOUD_TYPES.iter().map(|cloud| ((*cloud).to_owned(), String::new())).collect();
            let default = CLOUD_TYPES.iter().position(|cloud| *cloud == usual);
            let chosen = ui.ask_choice("cloud", &choices, default)?;
            chosen.map(|index| choices[index].0.clone())
        }
        (None, usual) => usual.map(str::to_owned),
        (given, _) => given,
    };
    let mut project = args.project;
    if asks && project.is_none() && args.scope.is_none() && kind == ProfileKind::ClusterProfile {
        let known = projects(workspace);
        let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
        project =
            ui.ask_optional(&format!("project that owns it{known}, else the whole organisation does"))?;
    }
    let scope = match (args.scope, &project, kind) {
        (Some(scope), _, _) => scope.into(),
        (None, Some(_), _) => Scope::Project,
        (None, None, ProfileKind::SystemProfile) => Scope::System,
        (None, None, ProfileKind::ClusterProfile) => Scope::Tenant,
    };
    match (scope, &project) {
        (Scope::Project, None) => bail!("--scope project needs to know which: give --project NAME"),
        (Scope::Tenant | Scope::System, Some(_)) => bail!("--project belongs to --scope project"),
        _ => {}
    }
    Ok(NewProfile {
        kind,
        name,
        display_name,
        version: version.unwrap_or_else(|| "1.0.0".to_owned()),
        description,
        tags: tags(&args.tags),
        scope,
        project,
        owners: args.owners,
        profile_type,
        cloud,
    })
}

fn word(kind: ProfileKind) -> &'static str {
    match kind {
        ProfileKind::ClusterProfile => "cluster-profile",
        ProfileKind::SystemProfile => "system-profile",
    }
}

/// The projects that profiles belong to, sorted.
fn projects(workspace: &Workspace) -> Vec<String> {
    let all = workspace.profiles.iter().filter_map(|p| p.metadata.project.as_ref().map(|p| p.value.clone()));
    let mut projects: Vec<String> = all.collect();
    projects.sort();
    projects.dedup();
    projects
}

pub(super) fn name_like(text: &str) -> Result<(), String> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fits = !text.is_empty() && text.len() <= 63 && text.chars().all(inner);
    if fits && !text.starts_with('-') && !text.ends_with('-') {
        return Ok(());
    }
    Err("1 to 63 lower-case letters, digits and `-`, with a letter or digit at both ends".to_owned())
}

fn strict_semver(text: &str) -> Result<(), String> {
    semver::Version::parse(text)
        .map(drop)
        .map_err(|_| format!("`{text}` is no version: write major.minor.patch"))
}

fn ask_type(ui: &Ui) -> Result<ProfileType> {
    let choices = [
        ("add-on", "add-ons for a cluster that other profiles bring"),
        ("infrastructure", "operating system, Kubernetes, network and storage"),
        ("full", "infrastructure and add-ons in one"),
    ];
    let choices: Vec<_> = choices.map(|(word, about)| (word.to_owned(), about.to_owned())).into();
    match ui.ask_choice("type", &choices, Some(0))? {
        Some(0) => Ok(ProfileType::AddOn),
        Some(1) => Ok(ProfileType::Infrastructure),
        Some(_) => Ok(ProfileType::Full),
        None => bail!("a cluster profile needs a type: --type full, infrastructure or add-on"),
    }
}

fn tags(given: &[String]) -> BTreeMap<String, String> {
    let split = |tag: &String| match tag.split_once('=') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (tag.clone(), String::new()),
    };
    given.iter().map(split).collect()
}
