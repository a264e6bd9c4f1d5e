//! `edgewright agent`: on the appliance: pull, run, status, rollback, recover.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::ui::Ui;
use super::{Exit, Format};
use crate::agent::{
    self, AgentError, ApplyKind, Change, DeployedProfile, Outcome, Report, Request, Settings, State,
};
use crate::trust::RootSource;

/// Arguments of `agent`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Look once for something newer, verify it, and switch to it.
    Pull(PullArgs),
    /// Pull again and again.
    Run(RunArgs),
    /// Show what runs here and how it got here.
    Status(StatusArgs),
    /// Go back to the previous deployment; the one that is left is not taken again.
    Rollback(StateArgs),
    /// Derive lost floors again from the deployments that are here.
    Recover(StateArgs),
}

#[derive(Debug, clap::Args)]
struct StateArgs {
    /// Where the appliance remembers everything.
    #[arg(long, value_name = "DIR", default_value = "/var/lib/edgewright")]
    state: PathBuf,
}

/// What is said once and remembered in the state.
#[derive(Debug, clap::Args)]
struct PullArgs {
    #[command(flatten)]
    state: StateArgs,
    /// Published tree: an address, or a folder (a USB stick).
    #[arg(long, value_name = "URL|DIR")]
    url: Option<String>,
    /// Where trust begins: a root.json, or sha256:<64 hex> of one. Needed once.
    #[arg(long, value_name = "FILE|sha256:HEX")]
    root: Option<RootSource>,
    /// Id of this appliance, as the assignments know it; with --profile, its host name where nothing is said.
    #[arg(long, value_name = "ID")]
    appliance: Option<String>,
    /// Profile to run while nobody has listed this appliance, from its channel `stable`. May be repeated.
    #[arg(long = "profile", value_name = "ID")]
    profiles: Vec<String>,
    /// What to do with a deployment.
    #[arg(long, value_enum, value_name = "HOW")]
    apply: Option<How>,
    /// With `--apply directory`: put a link to the current deployment here.
    #[arg(long, value_name = "PATH")]
    target: Option<PathBuf>,
    /// With `--apply k3s`: folder of the k3s server [default: /var/lib/rancher/k3s/server]
    #[arg(long, value_name = "DIR")]
    k3s_dir: Option<PathBuf>,
    /// Set a variable on this appliance; it wins over the assignment. May be repeated.
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// Set a variable to what a file holds (without its last line break): a secret that no process list shows.
    #[arg(long = "variable-file", value_name = "NAME=FILE", value_parser = variable_file)]
    variable_files: Vec<(String, String)>,
}

#[derive(Debug, clap::Args)]
struct RunArgs {
    #[command(flatten)]
    pull: PullArgs,
    /// Time between two pulls: 90s, 15m, 1h.
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    interval: Duration,
    /// Spread around the interval, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=100))]
    jitter: u32,
    /// Stop after this many pulls.
    #[arg(long, value_name = "N")]
    max_runs: Option<u64>,
}

#[derive(Debug, clap::Args)]
struct StatusArgs {
    #[command(flatten)]
    state: StateArgs,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
}

/// What is done with a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum How {
    /// `current/` in the state is the result.
    Directory,
    /// Written into the manifest folder of k3s.
    K3s,
    /// Nothing besides building and switching the slot.
    None,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    match args.command {
        Command::Pull(args) => Ok(pull(&args, ui)),
        Command::Run(args) => run_forever(&args, ui),
        Command::Status(args) => status(&args, ui),
        Command::Rollback(args) => Ok(rollback(&args, ui)),
        Command::Recover(args) => Ok(recover(&args, ui)),
    }
}

fn pull(args: &PullArgs, ui: &Ui) -> Exit {
    match agent::run_once(&args.state.state, &args.request(), &mut |text| ui.say(text)) {
        Ok(outcome) => {
            say_outcome(&outcome, ui);
            Exit::Fine
        }
        Err(error) => {
            ui.error(&error.to_string());
            exit_of(&error)
        }
    }
}

fn run_forever(args: &RunArgs, ui: &Ui) -> Result<Exit> {
    if args.interval.is_zero() {
        anyhow::bail!("--interval must be longer than 0");
    }
    let mut runs = 0;
    loop {
        let exit = pull(&args.pull, ui);
        runs += 1;
        if args.max_runs.is_some_and(|max| runs >= max) {
            return Ok(exit);
        }
        // Another agent that is at work is no failure of this appliance: the usual interval is right.
        let failures = match exit {
            Exit::Fine | Exit::Busy => 0,
            _ => agent::failures(&args.pull.state.state).max(1),
        };
        let pause = agent::pause(args.interval, args.jitter, failures);
        ui.detail(&format!("next pull in {} s", pause.as_secs()));
        std::thread::sleep(pause);
    }
}

fn status(args: &StatusArgs, ui: &Ui) -> Result<Exit> {
    let report = agent::report(&args.state.state)
        .context("there is no state to look at; `edgewright agent pull` makes one")?;
    match args.format {
        Format::Text => ui.result(&text(&report)),
        Format::Json => ui.result(&format!("{:#}", json_report(&report))),
    }
    Ok(Exit::Fine)
}

fn rollback(args: &StateArgs, ui: &Ui) -> Exit {
    let back = State::open(&args.state).and_then(|state| agent::rollback(&state, &mut |text| ui.say(text)));
    match back {
        Ok(deployment) => {
            ui.say(&format!("went back to {}", listed(&deployment.profiles)));
            Exit::Fine
        }
        Err(error) => {
            ui.error(&error.to_string());
            exit_of(&error)
        }
    }
}

fn recover(args: &StateArgs, ui: &Ui) -> Exit {
    match State::open(&args.state).and_then(|state| agent::recover(&state)) {
        Ok(floors) => {
            ui.say(&format!(
                "floors written again: root {}, {} roles, {} targets; an older state than the newest slot here may have been \
                 forgotten, so pull from a trusted host next",
                floors.root,
                floors.roles.len(),
                floors.serials.len()
            ));
            Exit::Fine
        }
        Err(error) => {
            ui.error(&error.to_string());
            exit_of(&error)
        }
    }
}

impl PullArgs {
    fn request(&self) -> Request {
        let apply = self.apply.map(|how| match how {
            How::Directory => ApplyKind::Directory,
            How::K3s => ApplyKind::K3s,
            How::None => ApplyKind::None,
        });
        let variables = self
            .variables
            .iter()
            .chain(&self.variable_files)
            .map(|(name, value)| (name.clone(), Value::from(value.clone())));
        Request {
            settings: Settings {
                url: self.url.as_deref().map(absolute),
                appliance: self.appliance.clone(),
                profiles: self.profiles.clone(),
                apply,
                target: self.target.as_deref().map(absolute_path),
                k3s_dir: self.k3s_dir.as_deref().map(absolute_path),
                variables: variables.collect(),
            },
            root: self.root.clone(),
        }
    }
}

/// A remembered folder must mean the same wherever the next run is started.
fn absolute(url: &str) -> String {
    if url.contains("://") { url.to_owned() } else { absolute_path(Path::new(url)).display().to_string() }
}

fn absolute_path(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn say_outcome(outcome: &Outcome, ui: &Ui) {
    for note in &outcome.notes {
        ui.warn(note);
    }
    let cost = format!("{}, {}", counted(outcome.requests as usize, "request"), bytes(outcome.bytes));
    match &outcome.change {
        Change::Unchanged => ui.say(&format!("nothing new ({cost}): {}", listed(&outcome.profiles))),
        Change::Held(why) => ui.say(&format!("held: {why} ({cost}); running: {}", listed(&outcome.profiles))),
        Change::Updated(slot) => {
            for line in changes(&outcome.before, &outcome.profiles) {
                ui.say(&line);
            }
            ui.say(&format!("switched to slot {slot} ({cost})"));
        }
    }
    if !outcome.applied.is_nothing() {
        let (written, removed) = (outcome.applied.written, outcome.applied.removed);
        ui.say(&format!("applied: {} written, {removed} emptied or removed", counted(written, "file")));
    }
}

/// One line for each profile that came, went or changed.
fn changes(before: &[DeployedProfile], after: &[DeployedProfile]) -> Vec<String> {
    let mut lines = Vec::new();
    for new in after {
        match before.iter().find(|old| old.id == new.id) {
            None => lines.push(format!("+ {}", shown(new))),
            Some(old) if old.descriptor != new.descriptor => {
                lines.push(format!("~ {}, before: {}", shown(new), old.version));
            }
            Some(_) => lines.push(format!("= {}, the same release", shown(new))),
        }
    }
    let gone = before.iter().filter(|old| after.iter().all(|new| new.id != old.id));
    lines.extend(gone.map(|old| format!("- {} {}", old.id, old.version)));
    lines
}

fn shown(profile: &DeployedProfile) -> String {
    match (&profile.channel, profile.serial) {
        (Some(channel), Some(serial)) => {
            format!("{} {} ({}, serial {serial})", profile.id, profile.version, channel.escape_debug())
        }
        _ => format!("{} {}", profile.id, profile.version),
    }
}

fn listed(profiles: &[DeployedProfile]) -> String {
    if profiles.is_empty() {
        return "no profile".to_owned();
    }
    profiles.iter().map(|p| format!("{} {}", p.id, p.version)).collect::<Vec<_>>().join(", ")
}

fn text(report: &Report) -> String {
    let status = &report.status;
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<14}{value}");
    };
    line("appliance", status.appliance.as_deref().unwrap_or("not told yet"));
    line("tree", status.url.as_deref().unwrap_or("not told yet"));
    for profile in &status.profiles {
        line("runs", &shown(profile));
    }
    if let Some(slot) = status.slot {
        line("slot", &slot.to_string());
    }
    let result = if status.result.is_empty() { "none" } else { &status.result };
    line("last result", result);
    if !status.message.is_empty() {
        line("", &status.message.escape_debug().to_string());
    }
    let time = |time: Option<jiff::Timestamp>| time.map_or("never".to_owned(), |time| time.to_string());
    line("last run", &time(status.last_run));
    line("last success", &time(status.last_success));
    if status.failures > 0 {
        line("failures", &format!("{} in a row", status.failures));
    }
    if status.expires.is_some() {
        line("expires", &time(status.expires));
    }
    line("clock", clock_word(report));
    match &report.floors {
        None => line("floors", "damaged: run `edgewright agent recover`"),
        Some(floors) => {
            let version = |role: &str| floors.roles.get(role).copied().unwrap_or_default();
            line(
                "floors",
                &format!(
                    "root {}, timestamp {}, snapshot {}",
                    floors.root,
                    version("timestamp"),
                    version("snapshot")
                ),
            );
            if let Some(time) = floors.time {
                line("not before", &time.to_string());
            }
        }
    }
    out
}

fn clock_word(report: &Report) -> &'static str {
    match report.clock {
        agent::ClockState::Good => "good",
        agent::ClockState::Behind => "behind what was signed",
        agent::ClockState::Suspect => "not synchronised",
    }
}

fn json_report(report: &Report) -> Value {
    let mut value = json!(report.status);
    value["clock"] = json!(report.clock);
    value["floors"] = json!(report.floors);
    value
}

fn exit_of(error: &AgentError) -> Exit {
    match error {
        AgentError::Busy(_) => Exit::Busy,
        AgentError::Unresolved(_) => Exit::Findings,
        error if error.is_refusal() => Exit::Refused,
        _ => Exit::Failed,
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn bytes(number: u64) -> String {
    match number {
        0..1_000 => format!("{number} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", number as f64 / 1e3),
        _ => format!("{:.1} MB", number as f64 / 1e6),
    }
}

/// `NAME=VALUE`.
fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

/// `NAME=FILE`, as the variable's name and the file's text.
fn variable_file(text: &str) -> Result<(String, String), String> {
    let Some((name, path)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err("write NAME=FILE".to_owned());
    };
    let value = std::fs::read_to_string(path).map_err(|error| format!("cannot read `{path}`: {error}"))?;
    let value = value.strip_suffix('\n').unwrap_or(&value);
    Ok((name.to_owned(), value.strip_suffix('\r').unwrap_or(value).to_owned()))
}

/// `90s`, `15m`, `1h`, `2d`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number and s, m, h or d: 90s, 15m, 1h".to_owned();
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(number.saturating_mul(unit)))
}
