//! `new appliance` and `new group`.

use anyhow::{Context as _, Result, bail};
use indexmap::IndexMap;

use super::profile::name_like;
use crate::cli::ui::Ui;
use crate::cli::{Exit, assign, change, guard};
use crate::workspace::NewTarget;

#[derive(Debug, clap::Args)]
pub(super) struct ApplianceArgs {
    /// Name: lower-case letters, digits and `-`.
    name: Option<String>,
    /// Label that groups select by; may be repeated.
    #[arg(long = "label", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// What the box calls itself [default: its name].
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// age recipient that its secrets are encrypted to.
    #[arg(long, value_name = "age1…")]
    recipient: Option<String>,
    /// Somebody else runs its Kubernetes: add-ons may stand alone.
    #[arg(long)]
    provided: bool,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, clap::Args)]
pub(super) struct GroupArgs {
    /// Name: lower-case letters, digits and `-`.
    name: Option<String>,
    /// Label that its appliances have; may be repeated. None selects every appliance.
    #[arg(long = "match", value_name = "KEY=VALUE")]
    labels: Vec<String>,
    /// Where two groups set one thing, the higher priority wins [default: 0].
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    priority: Option<i64>,
    #[command(flatten)]
    common: CommonArgs,
}

#[derive(Debug, clap::Args)]
struct CommonArgs {
    /// Profile: ID, ID@VERSION or ID:CHANNEL; may be repeated.
    #[arg(long = "profile", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Variable; may be repeated.
    #[arg(long = "set", value_name = "VARIABLE=VALUE")]
    set: Vec<String>,
    /// File below `appliances/`, new or with others in it.
    #[arg(long, value_name = "FILE")]
    file: Option<String>,
    /// Write although appliances break a rule then.
    #[arg(long)]
    force: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn appliance(args: ApplianceArgs, ui: &Ui) -> Result<Exit> {
    let asks = args.name.is_none();
    let name = name(args.name, "appliance", ui)?;
    let mut labels = args.labels;
    let mut id = args.id;
    if asks && ui.can_ask() {
        if id.is_none() {
            id = ui.ask_optional("what the box calls itself, where that is not its name")?;
        }
        if labels.is_empty() {
            labels = more("label, KEY=VALUE", ui)?;
        }
    }
    let new = NewTarget {
        group: false,
        name,
        labels: pairs(&labels, "--label")?,
        id,
        recipient: args.recipient,
        provided: args.provided,
        priority: None,
        file: args.common.file.clone(),
        given: crate::workspace::Given::default(),
    };
    write(new, args.common, ui)
}

pub(super) fn group(args: GroupArgs, ui: &Ui) -> Result<Exit> {
    let asks = args.name.is_none();
    let name = name(args.name, "group", ui)?;
    let mut labels = args.labels;
    if asks && ui.can_ask() && labels.is_empty() {
        labels = more("label that its appliances have, KEY=VALUE", ui)?;
    }
    let new = NewTarget {
        group: true,
        name,
        labels: pairs(&labels, "--match")?,
        id: None,
        recipient: None,
        provided: false,
        priority: args.priority,
        file: args.common.file.clone(),
        given: crate::workspace::Given::default(),
    };
    write(new, args.common, ui)
}

fn write(mut new: NewTarget, args: CommonArgs, ui: &Ui) -> Result<Exit> {
    let workspace = guard::workspace()?;
    new.given = assign::given(&args.profiles, None, &args.set, &workspace)?;
    let made = workspace.new_target(&new)?;
    let after = guard::after(&workspace, &made)?;
    let moved = workspace.moved(&after);
    let errors = guard::new_errors(&workspace, &after);
    let refused = !errors.is_empty() && !args.force;
    if !errors.is_empty() {
        guard::show(errors, ui);
    }
    if !moved.is_empty() {
        ui.result(&guard::moves_text(&moved, ui.is_verbose()));
    }
    if refused {
        assign::tell_missing(&after, &moved, ui);
        ui.error("nothing was written: appliances would break these rules; --force writes all the same");
        return Ok(Exit::Findings);
    }
    change::make(&made, args.dry_run, ui)?;
    if !args.dry_run && new.given.profiles.is_empty() {
        ui.say(&format!("next: `edgewright assign {} PROFILE`", new.name));
    }
    Ok(Exit::Fine)
}

fn name(given: Option<String>, what: &str, ui: &Ui) -> Result<String> {
    match given {
        Some(name) => Ok(name),
        None => match ui.ask_valid("name (lower-case letters, digits and `-`)", None, &name_like)? {
            Some(name) => Ok(name),
            None => bail!("the {what} needs a name: `edgewright new {what} NAME`"),
        },
    }
}

/// Asks until the answer is empty.
fn more(question: &str, ui: &Ui) -> Result<Vec<String>> {
    let mut all = Vec::new();
    let valid = |text: &str| {
        if text.is_empty() || text.contains('=') { Ok(()) } else { Err("write KEY=VALUE".to_owned()) }
    };
    loop {
        match ui.ask_valid(&format!("{question} (empty: no more)"), Some(""), &valid)? {
            Some(answer) if !answer.is_empty() => all.push(answer),
            _ => return Ok(all),
        }
    }
}

fn pairs(given: &[String], flag: &str) -> Result<IndexMap<String, String>> {
    let split = |text: &String| -> Result<(String, String)> {
        let (key, value) = text.split_once('=').with_context(|| format!("{flag} {text}: write KEY=VALUE"))?;
        Ok((key.to_owned(), value.to_owned()))
    };
    given.iter().map(split).collect()
}
