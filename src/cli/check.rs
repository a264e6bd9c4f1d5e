//! `edgewright check`: find mistakes in the repository, a pack, a profile or a manifest.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Exit;
use super::ui::Ui;
use crate::check::{self, Outcome};
use crate::diagnostics::Severity;
use crate::diagnostics::render::{self, TextStyle};

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
    /// Fail too where something could not be judged for lack of its bytes.
    #[arg(long)]
    strict: bool,
    /// The day that ends of life are judged by: `2026-03-31`. Today, or that of `SOURCE_DATE_EPOCH`, unless given.
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With the lines that are meant, for people.
    Text,
    /// One line a finding.
    Concise,
    /// For machines: `edgewright schema findings`.
    Json,
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
    let outputs = outputs(&args)?;
    let started = std::time::Instant::now();
    let today = match args.date {
        Some(date) => date,
        None => super::release::now()?.to_zoned(TimeZone::UTC).date(),
    };
    let outcome = check::paths(&args.paths, check::Options { today: Some(today) })?;
    for (format, file) in &outputs {
        let color = file.is_none() && ui.color_out();
        let text = rendered(&outcome, *format, color);
        match file {
            None => ui.result(&text),
            Some(file) => {
                std::fs::write(file, text).with_context(|| format!("cannot write `{}`", file.display()))?;
                ui.detail(&format!("wrote {}", file.display()));
            }
        }
    }
    let summary = &outcome.summary;
    ui.say(&format!("{} in {:.2} s", told(&outcome), started.elapsed().as_secs_f32()));
    if args.strict && summary.unchecked > 0 {
        return Ok(Exit::Findings);
    }
    Ok(if outcome.fails_at(args.fail_on.severity()) { Exit::Findings } else { Exit::Fine })
}

/// `14 files, 1 error, 2 warnings`, with what could not be judged.
pub(super) fn told(outcome: &Outcome) -> String {
    let summary = &outcome.summary;
    let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let mut parts = vec![
        counted(summary.files, "file"),
        counted(summary.errors, "error"),
        counted(summary.warnings, "warning"),
    ];
    if summary.infos > 0 {
        parts.push(counted(summary.infos, "note"));
    }
    if summary.unchecked > 0 {
        parts.push(format!("{} unchecked", summary.unchecked));
    }
    parts.join(", ")
}

/// The findings in one form.
fn rendered(outcome: &Outcome, format: Format, color: bool) -> String {
    match format {
        Format::Text => text(outcome, color),
        Format::Concise => render::concise(&outcome.findings),
        Format::Json => render::json(&outcome.findings, &outcome.summary),
    }
}

/// The findings for people, as wide as the terminal says (`COLUMNS`), else 120.
pub(super) fn text(outcome: &Outcome, color: bool) -> String {
    let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    render::text(&outcome.findings, TextStyle { color, width })
}

fn outputs(args: &Args) -> Result<Vec<(Format, Option<PathBuf>)>> {
    let mut outputs: Vec<_> = args.format.into_iter().map(|f| (f, None)).collect();
    for output in &args.outputs {
        let (name, file) = match output.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (output.as_str(), None),
        };
        match clap::ValueEnum::from_str(name, true) {
            Ok(format) => outputs.push((format, file)),
            Err(_) => bail!("there is no output format `{name}`; there are text, concise and json"),
        }
    }
    if outputs.iter().filter(|(_, file)| file.is_none()).count() > 1 {
        bail!("two formats want stdout; give one of them a file: `--output json=findings.json`");
    }
    if !outputs.iter().any(|(_, file)| file.is_none()) {
        outputs.insert(0, (Format::Text, None));
    }
    Ok(outputs)
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
