//! `edgewright check`: find mistakes in the repository, a pack, a profile or a manifest.

mod output;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::ui::Ui;
use super::{Exit, watch};
use crate::check::{self, Baseline, Outcome};
use crate::diagnostics::Severity;
use crate::diagnostics::render::{self, Report, TextStyle};
use crate::rules::{self, Only};
use crate::schema::kubernetes::{Known, Location, Minor, Schemas, shown};
use crate::workspace::Workspace;

use output::Format;

pub(super) use output::write as write_file;

/// Arguments of `check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to check: files or folders. Without it, the whole repository.
    paths: Vec<PathBuf>,
    /// How to print: the same as `--output FORMAT`.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Format>,
    /// Print or write another form too: `FORMAT`, or `FORMAT=FILE`; may be repeated.
    #[arg(long = "output", value_name = "FORMAT[=FILE]")]
    outputs: Vec<String>,
    /// Lowest severity that makes the command fail.
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// Baseline whose findings are not shown; `check.baseline` of edgewright.yaml unless given.
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    baseline: Option<PathBuf>,
    /// Show everything, also what the baseline has.
    #[arg(long)]
    no_baseline: bool,
    /// Fail too where something could not be judged for lack of its bytes.
    #[arg(long)]
    strict: bool,
    /// Check what differs from a revision (a branch, a tag, a commit), committed or not, and what that reaches. What
    /// nothing uses any more (macros, registries) is for whole checks to say.
    #[arg(long, value_name = "REV", conflicts_with = "paths")]
    since: Option<String>,
    /// The day that ends of life are judged by: `2026-03-31`. Today, or that of `SOURCE_DATE_EPOCH`, unless given.
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// Judge by these rules alone: codes, names, or letters that codes begin with (`SC`: schemas); may be repeated. What
    /// no rule asked for needs is not read, so that `--rule SC` takes a fraction of the time. Text that cannot be read
    /// is told in any case.
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',')]
    rules: Vec<String>,
    /// Check again whenever a file changes, until it is interrupted. JSON comes as one line a check.
    #[arg(long)]
    watch: bool,
    /// Kubernetes version that objects are judged by, instead of those of edgewright.yaml: `1.33`; may be repeated.
    #[arg(long, value_name = "VERSION", value_delimiter = ',')]
    kubernetes_version: Vec<String>,
    /// Folder of JSON schemas to judge objects by, as kubeconform has them; may be repeated.
    #[arg(long, value_name = "DIR")]
    schema_location: Vec<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Errors.
    Error,
    /// Warnings and errors.
    Warning,
    /// Any finding.
    Info,
    /// Nothing.
    Never,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    if args.watch { watch::run(&args.paths, ui, || once(&args, ui)) } else { once(&args, ui) }
}

fn once(args: &Args, ui: &Ui) -> Result<Exit> {
    let outputs = output::wanted(args.format, &args.outputs)?;
    let started = std::time::Instant::now();
    let today = match args.date {
        Some(date) => date,
        None => super::release::now()?.to_zoned(TimeZone::UTC).date(),
    };
    let baseline = match &args.baseline {
        _ if args.no_baseline => Baseline::Ignored,
        // One that was asked for by name and is not there is no finding in a file.
        Some(file) if !file.is_file() => bail!("there is no `{}`", file.display()),
        Some(file) => Baseline::Given(file.clone()),
        None => Baseline::Configured,
    };
    let schemas = schemas(&args.kubernetes_version, &args.schema_location)?;
    let only = Only::named(&args.rules).map_err(anyhow::Error::msg)?;
    let options = check::Options { today: Some(today), baseline, schemas, only };
    let outcome = match &args.since {
        Some(rev) => since(rev, &options, ui)?,
        None => check::paths(&args.paths, options)?,
    };
    let rules: Vec<_> = rules::all().collect();
    let prefix = output::prefix(args.paths.first().map(PathBuf::as_path));
    let mut report = Report::new(&outcome.findings, &outcome.suppressed, outcome.summary);
    report.rules = &rules;
    report.fail_at = args.fail_on.severity();
    report.catalog = outcome.catalog.as_deref();
    report.prefix = &prefix;
    for (format, file) in &outputs {
        match file {
            None => {
                let text = format.rendered(&report, style(ui.color_out()));
                ui.result(&if args.watch { watch::line(*format == Format::Json, text) } else { text });
            }
            Some(file) => {
                output::write(file, &format.rendered(&report, style(false)))?;
                ui.detail(&format!("wrote {}", file.display()));
            }
        }
    }
    let clock = if args.watch { watch::clock() } else { String::new() };
    ui.say(&format!("{clock}{} in {:.2} s", outcome.summary.words(), started.elapsed().as_secs_f32()));
    if args.strict && outcome.summary.unchecked > 0 {
        return Ok(Exit::Findings);
    }
    Ok(if outcome.fails_at(args.fail_on.severity()) { Exit::Findings } else { Exit::Fine })
}

/// Checks what changes since `rev` reach, and says how much that was.
fn since(rev: &str, options: &check::Options, ui: &Ui) -> Result<Outcome> {
    let (outcome, reached) = check::since(&Workspace::find(Path::new("."))?, rev, options)?;
    if reached.is_all() {
        ui.say(&format!("what changed since {rev} may concern everything: all of it was judged"));
    } else {
        let of = |count: check::Count, what: &str| format!("{} of {} {what}", count.judged, count.all);
        let judged = [
            of(reached.profiles, "profiles"),
            of(reached.appliances, "files of appliances"),
            of(reached.pack_count, "packs"),
        ];
        ui.say(&format!("judged what changes since {rev} reach: {}", judged.join(", ")));
    }
    Ok(outcome)
}

/// The findings for people, as wide as the terminal says.
pub(super) fn text(outcome: &Outcome, color: bool) -> String {
    render::text(&Report::new(&outcome.findings, &outcome.suppressed, outcome.summary), style(color))
}

/// As wide as `COLUMNS` or the terminal say, else what the renderer takes.
fn style(color: bool) -> TextStyle {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || Some(usize::from(rustix::termios::tcgetwinsize(std::io::stdout()).ok()?.ws_col));
    TextStyle { color, width: columns.or_else(terminal).filter(|width| *width > 0) }
}

/// What objects are judged by.
fn schemas(versions: &[String], folders: &[PathBuf]) -> Result<Schemas> {
    let mut minors = Vec::new();
    for version in versions {
        match Minor::read(version) {
            Ok(Known::Exactly(minor)) => minors.push(minor),
            Ok(Known::Nearest(_)) => {
                bail!("there are no schemas of Kubernetes {version}; there are {}", shown(&Minor::all()))
            }
            Err(why) => bail!(why),
        }
    }
    minors.sort_unstable();
    minors.dedup();
    if let Some(folder) = folders.iter().find(|folder| !folder.is_dir()) {
        bail!("there is no folder `{}`", folder.display());
    }
    let locations = folders.iter().map(|folder| Arc::new(Location::new(folder))).collect();
    Ok(Schemas { minors, locations })
}

impl FailOn {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}
