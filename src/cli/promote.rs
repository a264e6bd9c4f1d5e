//! `edgewright promote`: move a channel of a profile to another version.

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::ui::Ui;
use super::{Exit, Format, change, guard};
use crate::registry::{Options, Registries};
use crate::resolve::check_locks;
use crate::workspace::Promotion;
use crate::workspace::model::{ProfileId, Wave};

/// Arguments of `promote`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The profile, by its id.
    profile: String,
    /// Version that the channel gives from now on; also as ID@VERSION.
    version: Option<String>,
    /// The channel.
    #[arg(long, value_name = "NAME", default_value = "stable")]
    channel: String,
    /// Take the version that this channel gives.
    #[arg(long, value_name = "CHANNEL", conflicts_with = "version")]
    from: Option<String>,
    /// Version below which no appliance goes, on whatever channel.
    #[arg(long, value_name = "X.Y.Z")]
    min_version: Option<String>,
    /// Appliances stay where they are.
    #[arg(long, conflicts_with = "resume")]
    pause: bool,
    /// Appliances move again.
    #[arg(long)]
    resume: bool,
    /// Steps of the rollout: percentage by time after the move; commas between.
    #[arg(long, value_name = "AFTER=PERCENT", value_delimiter = ',', conflicts_with = "no_waves")]
    waves: Vec<String>,
    /// All appliances move at once.
    #[arg(long)]
    no_waves: bool,
    /// Go back to a lower version.
    #[arg(long)]
    allow_downgrade: bool,
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
  edgewright promote retail/point-of-sale 2.2.0-rc.1 --channel canary
  edgewright promote retail/point-of-sale 2.2.0 --waves 0h=5,24h=50,48h=100
  edgewright promote retail/point-of-sale --from canary
  edgewright promote k3s-store --pause
  edgewright promote k3s-store 1.1.0 --allow-downgrade

Appliances move once the change is merged, built and published.";

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = guard::workspace()?;
    let (id, version) = match (args.profile.split_once('@'), args.version) {
        (Some(_), Some(_)) => bail!("`{}` names a version already: leave the second one out", args.profile),
        (Some((id, version)), None) => (id.to_owned(), Some(version.to_owned())),
        (None, version) => (args.profile.clone(), version),
    };
    // Also says what there is, where there is no such profile.
    let id = workspace.named(&id)?.id.clone();
    let version = match &args.from {
        None => version,
        Some(_) if version.is_some() => bail!("--from and a version: one of them"),
        Some(from) => Some(
            workspace
                .channel_version(&id, from)
                .with_context(|| format!("{id} has no channel `{from}` to take the version from"))?
                .to_owned(),
        ),
    };
    let asks =
        args.pause || args.resume || args.no_waves || !args.waves.is_empty() || args.min_version.is_some();
    if version.is_none() && !asks {
        bail!("say which version: `edgewright promote {id} VERSION`, or --from CHANNEL");
    }
    let waves = if args.no_waves { Some(Vec::new()) } else { waves(&args.waves)? };
    let promotion = Promotion {
        channel: args.channel.clone(),
        version,
        min_version: args.min_version,
        paused: if args.pause { Some(true) } else { args.resume.then_some(false) },
        waves,
        allow_downgrade: args.allow_downgrade,
    };
    let promoted = workspace.promote(&id, &promotion)?;
    warn_of_lock(&workspace, &id, &promoted.after, ui);
    let after = guard::after(&workspace, &promoted.change)?;
    let moved = workspace.moved(&after);
    let errors = guard::new_errors(&workspace, &after);
    let refused = !errors.is_empty() && !args.force;
    if !errors.is_empty() {
        guard::show(errors, ui);
    }
    let rollout = after.channels_of(&id).and_then(|channels| channels.rollout(&args.channel));
    let paused = after
        .channels_of(&id)
        .and_then(|channels| channels.channels.get(&args.channel))
        .is_some_and(|channel| channel.paused);
    if args.format == Format::Json {
        ui.result(&format!(
            "{:#}",
            json!({
                "schemaVersion": 1,
                "profile": id,
                "channel": args.channel,
                "before": promoted.before,
                "after": promoted.after,
                "paused": paused,
                "appliances": guard::moves_json(&moved),
                "files": promoted.change.files().iter().map(|file| &file.path).collect::<Vec<_>>(),
                "written": !args.dry_run && !refused,
            })
        ));
    } else {
        let from = promoted.before.as_deref().unwrap_or("nothing");
        if from == promoted.after {
            ui.result(&format!("{id} {}: {from}", args.channel));
        } else {
            ui.result(&format!("{id} {}: {from} → {}", args.channel, promoted.after));
        }
        if paused {
            ui.result("paused: appliances stay where they are until --resume");
        } else if let Some(rollout) = rollout.filter(|_| !moved.is_empty()) {
            ui.result(&format!("in waves: {rollout}"));
        }
        ui.result(&guard::moves_text(&moved, ui.is_verbose()));
    }
    if refused {
        ui.error("nothing was written: appliances would break these rules; --force writes all the same");
        return Ok(Exit::Findings);
    }
    if args.format == Format::Json {
        if !args.dry_run {
            promoted.change.write()?;
        }
        return Ok(Exit::Fine);
    }
    change::make(&promoted.change, args.dry_run, ui)?;
    Ok(Exit::Fine)
}

/// Steps of a rollout: `0h=5`, `24h=100`.
fn waves(given: &[String]) -> Result<Option<Vec<Wave>>> {
    let one = |text: &String| -> Result<Wave> {
        let wrong = || format!("--waves {text}: write AFTER=PERCENT, for example 0h=5,24h=50,48h=100");
        let (after, percent) = text.split_once('=').with_context(wrong)?;
        let percent: u8 =
            percent.trim_end_matches('%').parse().ok().filter(|p| *p <= 100).with_context(wrong)?;
        Ok(Wave { after: after.to_owned(), percent })
    };
    let waves = given.iter().map(one).collect::<Result<Vec<_>>>()?;
    Ok((!waves.is_empty()).then_some(waves))
}

/// What is not locked cannot be released: better known now than in the pipeline.
fn warn_of_lock(workspace: &crate::workspace::Workspace, id: &ProfileId, version: &str, ui: &Ui) {
    let Some(profile) = workspace.profile(id, version) else { return };
    let registries = Registries::open(workspace, Options { offline: true, ..Options::default() });
    let checks = check_locks(workspace, &registries, std::slice::from_ref(profile));
    if checks.iter().any(|check| !check.differences.is_empty()) {
        ui.warn(&format!(
            "the lock of {} is not up to date: `edgewright lock {id}` before it is released",
            profile.label()
        ));
    }
}
