//! `edgewright registries`: where references may lead, and how they are reached from this machine.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};
use rayon::prelude::*;
use serde_json::{Value, json};

use super::network::Network;
use super::ui::Ui;
use super::{Exit, Format};
use crate::diagnostics::closest;
use crate::registry::{Registries, Way};
use crate::resolve;
use crate::transport::shown;
use crate::workspace::Workspace;
use crate::workspace::model::{RegistryConfig, well_known};

/// Registries that are asked at a time.
const AT_ONCE: usize = 6;

/// Arguments of `registries`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Well-known public registries need no entry in edgewright.yaml: `registry: jetstack` is enough. One of \
the same name in edgewright.yaml wins.

CREDENTIALS says where they are found, never what they are. In this order: EDGEWRIGHT_REGISTRY_NAME_TOKEN, or _USERNAME and \
_PASSWORD; what `auth` names in edgewright.yaml; Helm's repositories.yaml (type helm) or registry/config.json (type oci); \
Docker's and podman's configurations and their credential helpers (type oci); .netrc.

Exit codes: 0 fine; 1 with --check, a registry that cannot be reached or does not let us in; 2 a file with credentials that \
cannot be read."
)]
pub(super) struct Args {
    /// Registries by name; none: those of edgewright.yaml and those that layers come from.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// The well-known ones that nothing uses as well.
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Ask each whether it is there and lets us in.
    #[arg(long)]
    check: bool,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    network: Network,
}

/// One registry, as it is shown.
struct Row<'a> {
    name: &'a str,
    config: &'a RegistryConfig,
    declared: bool,
    used: bool,
    way: Way,
    /// `None`: not asked.
    answer: Option<Result<(), String>>,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { names, all, check, format, network } = args;
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let config = &workspace.config.spec;
    let used: BTreeSet<String> = (workspace.profiles.iter())
        .flat_map(|profile| &profile.spec.layers)
        .filter_map(|layer| resolve::reference(layer, config))
        .map(|reference| reference.registry)
        .collect();
    let declared = config.registries.iter();
    let others = well_known::registries().iter().filter(|(name, _)| !config.registries.contains_key(*name));
    let mut chosen: Vec<(&String, &RegistryConfig)> = declared.chain(others).collect();
    for name in &names {
        if !chosen.iter().any(|(known, _)| *known == name) {
            let near = closest(name, chosen.iter().map(|(known, _)| known.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            bail!(
                "there is no registry `{name}`, neither in edgewright.yaml nor among the well-known ones{hint}"
            );
        }
    }
    let known = chosen.len();
    chosen.retain(|(name, _)| {
        let wanted = config.registries.contains_key(*name) || used.contains(*name);
        all || if names.is_empty() { wanted } else { names.contains(name) }
    });
    let options = network.options(ui);
    if check && options.offline {
        bail!("--check asks registries, --offline asks nobody: one of them is meant");
    }
    let registries = Registries::open(&workspace, options);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(AT_ONCE).build()?;
    let rows: Vec<Row<'_>> = pool.install(|| {
        chosen
            .par_iter()
            .map(|&(name, settings)| Row {
                name,
                config: settings,
                declared: config.registries.contains_key(name),
                used: used.contains(name),
                way: registries.way(name, settings),
                answer: check.then(|| {
                    let asked = registries.get(name).and_then(crate::registry::Registry::ask);
                    asked.map_err(|error| error.to_string())
                }),
            })
            .collect()
    });
    match format {
        Format::Json => {
            let list: Vec<Value> = rows.iter().map(Row::as_json).collect();
            ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "registries": list })));
        }
        Format::Text => {
            if !rows.is_empty() {
                ui.result(&table(&rows, check));
            }
            if rows.len() < known && names.is_empty() {
                let more = known - rows.len();
                ui.say(&format!("{more} well-known ones need no entry in edgewright.yaml: --all lists them"));
            }
        }
    }
    let mut exit = Exit::Fine;
    for row in &rows {
        if let Some(Err(why)) = &row.answer {
            ui.error(why);
            exit = Exit::Findings;
        }
    }
    for why in rows.iter().filter_map(|row| row.way.credentials.as_ref().err()) {
        ui.error(why);
        exit = Exit::Failed;
    }
    Ok(exit)
}

impl Row<'_> {
    fn url(&self) -> String {
        match self.config {
            RegistryConfig::Directory { path } => path.clone(),
            other => shown(other.url().unwrap_or_default()),
        }
    }

    fn as_json(&self) -> Value {
        json!({
            "name": self.name,
            "type": self.config.kind(),
            "url": self.url(),
            "predefined": !self.declared,
            "used": self.used,
            "mirror": self.way.mirror,
            "credentials": self.way.credentials.as_ref().ok().cloned().flatten(),
            "problem": self.way.credentials.as_ref().err(),
            "reachable": self.answer.as_ref().map(Result::is_ok),
            "answer": self.answer.as_ref().and_then(|answer| answer.as_ref().err()),
        })
    }

    fn cells(&self, check: bool) -> Vec<String> {
        let from = match (self.declared, self.used) {
            (true, _) => "edgewright.yaml",
            (false, true) => "well-known, used",
            (false, false) => "well-known",
        };
        let credentials = match &self.way.credentials {
            Ok(Some(source)) => source.clone(),
            Ok(None) if self.config.kind() == "git" => "git's own".to_owned(),
            Ok(None) => "-".to_owned(),
            Err(_) => "broken".to_owned(),
        };
        let url = match &self.way.mirror {
            Some(mirror) => format!("{} → {mirror}", self.url()),
            None => self.url(),
        };
        let mut cells =
            vec![self.name.to_owned(), self.config.kind().to_owned(), from.to_owned(), credentials];
        if check {
            cells.push(if matches!(self.answer, Some(Ok(()))) { "yes" } else { "no" }.to_owned());
        }
        cells.push(url);
        cells
    }
}

fn table(rows: &[Row<'_>], check: bool) -> String {
    let mut head = vec!["NAME", "TYPE", "FROM", "CREDENTIALS"];
    if check {
        head.push("REACHABLE");
    }
    head.push("ADDRESS");
    let mut lines: Vec<Vec<String>> = vec![head.into_iter().map(str::to_owned).collect()];
    lines.extend(rows.iter().map(|row| row.cells(check)));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let line = |line: &Vec<String>| {
        let cells: Vec<String> =
            line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
