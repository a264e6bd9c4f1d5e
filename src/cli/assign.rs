//! `edgewright assign`: give profiles and variables to an appliance or a group.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::ui::Ui;
use super::{Exit, Format, change, guard};
use crate::workspace::model::ProfileId;
use crate::workspace::{Assigned, Given, Target, Workspace};

/// Arguments of `assign`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The appliance or group; `appliance/NAME` or `group/NAME` where both have that name.
    target: String,
    /// Profiles: ID (its channel `stable`), ID@VERSION (fixed) or ID:CHANNEL.
    #[arg(value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Channel of the profiles that are named without one.
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Take a profile away; may be repeated.
    #[arg(long, value_name = "ID")]
    remove: Vec<String>,
    /// Set a variable; may be repeated.
    #[arg(long, value_name = "VARIABLE=VALUE")]
    set: Vec<String>,
    /// Take a variable away; may be repeated.
    #[arg(long, value_name = "VARIABLE")]
    unset: Vec<String>,
    /// Write although appliances break a rule then.
    #[arg(long)]
    force: bool,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  edgewright assign stores-east k3s-store observability
  edgewright assign stores-east retail/point-of-sale:canary
  edgewright assign store-501 retail/virtual-machines@1.1.0 --set vmNetwork=10.20.0.0/16
  edgewright assign store-501 --remove observability --unset bufferSize

Before anything is written the rules for appliances are checked (one infrastructure or full profile, no layer twice, required
variables), and it is shown what each appliance gets. A required variable that an appliance lacks is asked for on a terminal.";

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = guard::workspace()?;
    let target = workspace.target(&args.target)?;
    let mut given = given(&args.profiles, args.channel.as_deref(), &args.set, &workspace)?;
    given.remove = args.remove.iter().map(|id| ProfileId(id.clone())).collect();
    given.unset.clone_from(&args.unset);
    let nothing = given.profiles.is_empty() && given.remove.is_empty();
    if nothing && given.set.is_empty() && given.unset.is_empty() {
        bail!("say what to give: PROFILE, --remove, --set or --unset");
    }
    let mut made = workspace.assign(target, &given)?;
    let mut after = guard::after(&workspace, &made)?;
    if let Target::Appliance(appliance) = target
        && args.format == Format::Text
    {
        let asked = ask(&after, &appliance.name, ui)?;
        if !asked.is_empty() {
            given.set.extend(asked);
            made = workspace.assign(target, &given)?;
            after = guard::after(&workspace, &made)?;
        }
    }
    let moved = workspace.moved(&after);
    let errors = guard::new_errors(&workspace, &after);
    let refused = !errors.is_empty() && !args.force;
    if !errors.is_empty() {
        guard::show(errors, ui);
    }
    if args.format == Format::Json {
        ui.result(&format!(
            "{:#}",
            json!({
                "schemaVersion": 1,
                "target": args.target,
                "appliances": guard::moves_json(&moved),
                "files": made.files().iter().map(|file| &file.path).collect::<Vec<_>>(),
                "written": !args.dry_run && !refused,
            })
        ));
    } else {
        ui.result(&guard::moves_text(&moved, ui.is_verbose()));
    }
    if refused {
        tell_missing(&after, &moved, ui);
        ui.error("nothing was written: appliances would break these rules; --force writes all the same");
        return Ok(Exit::Findings);
    }
    if args.format == Format::Json {
        if !args.dry_run {
            made.write()?;
        }
        return Ok(Exit::Fine);
    }
    change::make(&made, args.dry_run, ui)?;
    Ok(Exit::Fine)
}

/// Profiles and variables as they are written on a command line.
pub(super) fn given(
    profiles: &[String],
    channel: Option<&str>,
    set: &[String],
    workspace: &Workspace,
) -> Result<Given> {
    let mut given = Given::default();
    for text in profiles {
        let usual = || channel.unwrap_or("stable").to_owned();
        let (id, assigned) = match (text.split_once('@'), text.split_once(':')) {
            (Some(_), _) if channel.is_some() => {
                bail!("`{text}` is a fixed version: leave --channel out, or the version")
            }
            (Some((id, version)), _) => (id, Assigned::Version(version.to_owned())),
            (None, Some((id, channel))) => (id, Assigned::Channel(channel.to_owned())),
            (None, None) => (text.as_str(), Assigned::Channel(usual())),
        };
        given.profiles.push((ProfileId(id.to_owned()), assigned));
    }
    for text in set {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .with_context(|| "--set: write VARIABLE=VALUE, for example --set storeId=501")?;
        given.set.push((name.to_owned(), workspace.variable_value(name, value)?));
    }
    Ok(given)
}

/// Asks for the required variables that an appliance lacks, where somebody is there to answer.
fn ask(after: &Workspace, name: &str, ui: &Ui) -> Result<Vec<(String, Value)>> {
    let mut answers: Vec<(String, Value)> = Vec::new();
    let Some(appliance) = after.appliances.iter().find(|a| a.name.value == name) else { return Ok(answers) };
    for (profile, variable) in after.missing_variables(appliance) {
        let wanted = &variable.name.value;
        if answers.iter().any(|(name, _)| name == wanted) {
            continue;
        }
        let what = variable.display_name.as_deref().map_or_else(String::new, |what| format!(" ({what})"));
        let question = format!("{wanted}{what}, required by {}", profile.label());
        let valid = |text: &str| after.variable_value(wanted, text).map_err(|why| why.to_string()).map(drop);
        let Some(text) = ui.ask_valid(&question, None, &valid)? else { break };
        answers.push((wanted.clone(), after.variable_value(wanted, &text)?));
    }
    Ok(answers)
}

/// Names the variables that appliances lack, with the commands that set them.
pub(super) fn tell_missing(after: &Workspace, moved: &[crate::workspace::Moved], ui: &Ui) {
    let concerned = after.appliances.iter().filter(|a| moved.iter().any(|m| m.appliance == a.name.value));
    for appliance in concerned.take(10) {
        let mut names: Vec<&str> =
            after.missing_variables(appliance).into_iter().map(|(_, v)| v.name.as_str()).collect();
        names.dedup();
        if !names.is_empty() {
            let flags: Vec<String> = names.iter().map(|name| format!("--set {name}=…")).collect();
            ui.say(&format!(
                "{} needs {}: `edgewright assign {} {}`, in this command or before it",
                appliance.name,
                names.join(", "),
                appliance.name,
                flags.join(" ")
            ));
        }
    }
}
