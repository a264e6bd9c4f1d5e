//! `edgewright new`: create a profile.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use super::scope::ScopeArg;
use super::ui::Ui;
use super::{Exit, change};
use crate::workspace::model::{ProfileKind, ProfileType, Scope};
use crate::workspace::{NewProfile, Workspace};

/// Arguments of `new`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// A cluster profile: a full stack, its infrastructure, or add-ons.
    #[command(visible_alias = "profile")]
    ClusterProfile(ClusterArgs),
    /// A system profile: the add-ons of an appliance's own base.
    SystemProfile(CommonArgs),
}

#[derive(Debug, clap::Args)]
struct ClusterArgs {
    /// What the stack has: all layers, the core layers alone, or add-ons alone.
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    profile_type: Option<TypeArg>,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum TypeArg {
    Full,
    Infrastructure,
    AddOn,
}

#[derive(Debug, clap::Args)]
struct CommonArgs {
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
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let (kind, given_type, mut args) = match args.what {
        What::ClusterProfile(args) => (ProfileKind::ClusterProfile, args.profile_type, args.common),
        What::SystemProfile(args) => (ProfileKind::SystemProfile, None, args),
    };
    // Whoever leaves the name out is asked for everything that was left out.
    let ask = args.name.is_none();
    let name = match args.name.take() {
        Some(name) => name,
        None => ui
            .ask("name (lower-case letters, digits and `-`)", None)
            .context("the profile needs a name: `edgewright new cluster-profile NAME --type TYPE`")?,
    };
    let optional = |value: Option<String>, question: &str, default: &str| match value {
        None if ask => ui.ask(question, Some(default)).filter(|answer| !answer.is_empty()),
        value => value,
    };
    let display_name = optional(args.display_name, "name for people (optional)", "");
    let version = optional(args.version, "version", "1.0.0").unwrap_or_else(|| "1.0.0".to_owned());
    let description = optional(args.description, "description (optional)", "");
    let profile_type = match kind {
        ProfileKind::ClusterProfile => Some(profile_type(given_type, ui)?),
        ProfileKind::SystemProfile => None,
    };
    let cloud = match (kind, profile_type) {
        (ProfileKind::SystemProfile, _) => args.cloud,
        (_, Some(ProfileType::AddOn)) => {
            Some(optional(args.cloud, "cloud type", "all").unwrap_or_else(|| "all".into()))
        }
        _ => Some(optional(args.cloud, "cloud type", "edge-native").unwrap_or_else(|| "edge-native".into())),
    };
    let scope = match (args.scope, &args.project, kind) {
        (Some(scope), _, _) => scope.into(),
        (None, Some(_), _) => Scope::Project,
        (None, None, ProfileKind::SystemProfile) => Scope::System,
        (None, None, ProfileKind::ClusterProfile) => Scope::Tenant,
    };
    match (scope, &args.project) {
        (Scope::Project, None) => bail!("--scope project needs to know which: give --project NAME"),
        (Scope::Tenant | Scope::System, Some(_)) => bail!("--project belongs to --scope project"),
        _ => {}
    }
    let new = NewProfile {
        kind,
        name,
        display_name,
        version,
        description,
        tags: tags(&args.tags),
        scope,
        project: args.project,
        owners: args.owners,
        profile_type,
        cloud,
    };
    let made = workspace.new_profile(&new)?;
    change::make(&made.change, args.dry_run, ui)?;
    if !args.dry_run {
        ui.say(&format!(
            "next: `edgewright layer add {} --pack NAME` (or --chart NAME, --manifest FILE)",
            made.id
        ));
    }
    Ok(Exit::Fine)
}

fn profile_type(given: Option<TypeArg>, ui: &Ui) -> Result<ProfileType> {
    match given {
        Some(TypeArg::Full) => return Ok(ProfileType::Full),
        Some(TypeArg::Infrastructure) => return Ok(ProfileType::Infrastructure),
        Some(TypeArg::AddOn) => return Ok(ProfileType::AddOn),
        None => {}
    }
    let answer = ui
        .ask("type (full, infrastructure, add-on)", Some("add-on"))
        .context("a cluster profile needs a type: --type full, infrastructure or add-on")?;
    match answer.as_str() {
        "full" => Ok(ProfileType::Full),
        "infrastructure" => Ok(ProfileType::Infrastructure),
        "add-on" => Ok(ProfileType::AddOn),
        other => bail!("`{other}` is no type of a profile: full, infrastructure or add-on"),
    }
}

fn tags(given: &[String]) -> BTreeMap<String, String> {
    let split = |tag: &String| match tag.split_once('=') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (tag.clone(), String::new()),
    };
    given.iter().map(split).collect()
}
