//! `edgewright template`: what Helm's command of that name prints, without Helm.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Exit;
use super::ui::Ui;
use crate::archive::{Limits, read_dir};
use crate::chart::engine::{Budget, Prepared, Random, Release, UserValues, on_large_stack};
use crate::schema::complaints;

/// Arguments of `template`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name of the release, then the chart; or the chart alone.
    #[arg(value_names = ["NAME", "CHART"], num_args = 1..=2, required = true)]
    what: Vec<String>,
    /// Values in a YAML file, or `-` for stdin; later files win.
    #[arg(short = 'f', long = "values", value_name = "FILE")]
    values: Vec<PathBuf>,
    /// A value: `a.b=c,d[0]=e,f={1,2}`.
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A value that stays a string.
    #[arg(long, value_name = "KEY=VALUE")]
    set_string: Vec<String>,
    /// A value in JSON.
    #[arg(long, value_name = "KEY=JSON")]
    set_json: Vec<String>,
    /// A value that is the text of a file.
    #[arg(long, value_name = "KEY=FILE")]
    set_file: Vec<String>,
    /// A value that is everything behind the first `=`.
    #[arg(long, value_name = "KEY=VALUE")]
    set_literal: Vec<String>,
    /// Namespace of the release.
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Version of Kubernetes that the chart is told of.
    #[arg(long, value_name = "VERSION")]
    kube_version: Option<String>,
    /// Further API versions of the cluster.
    #[arg(short, long, value_name = "VERSION", value_delimiter = ',')]
    api_versions: Vec<String>,
    /// Print the files of `crds/` as well.
    #[arg(long)]
    include_crds: bool,
    /// Print only what these templates write: `templates/deployment.yaml`.
    #[arg(short, long, value_name = "TEMPLATE")]
    show_only: Vec<String>,
    /// Leave hooks out.
    #[arg(long)]
    no_hooks: bool,
    /// Leave tests out.
    #[arg(long)]
    skip_tests: bool,
    /// As for an upgrade: `.Release.IsUpgrade` instead of `.Release.IsInstall`.
    #[arg(long)]
    is_upgrade: bool,
    /// Do not hold the values against the schemas of the charts.
    #[arg(long)]
    skip_schema_validation: bool,
    /// Take random values as Helm does: others in every run.
    #[arg(long)]
    random: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Exit {
    match on_large_stack(|| template(&args)) {
        Ok(text) => {
            ui.result(&text);
            Exit::Fine
        }
        Err(error) => {
            ui.error(&format!("{error:#}"));
            Exit::Findings
        }
    }
}

fn template(args: &Args) -> Result<String> {
    let (name, chart) = match &args.what[..] {
        [name, chart] => (name.as_str(), Path::new(chart)),
        [chart] => ("release-name", Path::new(chart)),
        _ => bail!("name a chart"),
    };
    let values = values(args)?;
    let prepared = if chart.is_dir() {
        let files = read_dir(chart, &Limits::default()).context("the chart's folder")?;
        Prepared::of_folder(&files, &chart.display().to_string(), &values)
    } else {
        let bytes = std::fs::read(chart).with_context(|| format!("path {:?} not found", chart.display()))?;
        let (_, files) = crate::chart::unpack(&bytes)?;
        Prepared::new(&files, &values)
    };
    let prepared = prepared.map_err(anyhow::Error::msg)?;
    if !args.skip_schema_validation {
        judge(&prepared)?;
    }
    let release = Release {
        name: name.to_owned(),
        namespace: args.namespace.clone(),
        is_upgrade: args.is_upgrade,
        kube_version: args.kube_version.clone(),
        api_versions: args.api_versions.clone(),
    };
    let random = if args.random { Random::of_system() } else { Random::seeded(&prepared.seed(&release)) };
    let rendered = prepared.render(&release, Budget::default(), random).map_err(anyhow::Error::msg)?;
    let all = rendered.text(args.include_crds, !args.no_hooks, args.skip_tests);
    if args.show_only.is_empty() {
        Ok(all)
    } else {
        rendered.only(&all, &args.show_only).map_err(anyhow::Error::msg)
    }
}

/// Holds the values against the schemas of the charts.
fn judge(prepared: &Prepared) -> Result<()> {
    let mut refused = String::new();
    for (name, schema, values) in prepared.schemas() {
        let lines = complaints(&schema, &values);
        if !lines.is_empty() {
            let _ = write!(refused, "{name}:\n{}\n", lines.join("\n"));
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    bail!("values don't meet the specifications of the schema(s) in the following chart(s):\n{refused}")
}

/// The values of the command line, in Helm's order.
fn values(args: &Args) -> Result<UserValues> {
    let mut values = UserValues::default();
    for path in &args.values {
        let text = if path.as_os_str() == "-" {
            std::io::read_to_string(std::io::stdin()).context("stdin")?
        } else {
            std::fs::read_to_string(path).with_context(|| path.display().to_string())?
        };
        let read = values.merge_file(&text);
        read.map_err(|why| anyhow::anyhow!("failed to parse {}: {why}", path.display()))?;
    }
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"));
    let all = |texts: &[String], put: &mut dyn FnMut(&str) -> Result<(), String>| {
        texts.iter().try_for_each(|text| put(text)).map_err(anyhow::Error::msg)
    };
    all(&args.set_json, &mut |text| values.set_json(text))?;
    all(&args.set, &mut |text| values.set(text))?;
    all(&args.set_string, &mut |text| values.set_string(text))?;
    all(&args.set_file, &mut |text| values.set_file(text, &read))?;
    all(&args.set_literal, &mut |text| values.set_literal(text))?;
    Ok(values)
}
