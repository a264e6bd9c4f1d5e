//! `edgewright schema`: print the JSON Schema of a kind.

use anyhow::Result;

use super::Exit;
use super::ui::Ui;
use crate::diagnostics::closest;
use crate::schema::{self, Kind};

/// Arguments of `schema`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the schema is for: workspace, profile, channels, appliance, pack, presets, pack-schema, profile-lock,
    /// findings, baseline; or a document's `kind`.
    #[arg(required_unless_present = "list", value_name = "KIND")]
    kind: Option<String>,
    /// List the kinds instead, with the files that each is for.
    #[arg(long, conflicts_with = "kind")]
    list: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Some(name) = args.kind else {
        let lines: Vec<_> =
            Kind::ALL.iter().map(|kind| format!("{:<13} {}", kind.name(), kind.about())).collect();
        ui.result(&lines.join("\n"));
        return Ok(Exit::Fine);
    };
    match Kind::named(&name) {
        Some(kind) => {
            ui.result(schema::of(kind));
            Ok(Exit::Fine)
        }
        None => match closest(&name, Kind::ALL.map(Kind::name)) {
            Some(near) => anyhow::bail!("there is no schema `{name}`; did you mean `{near}`?"),
            None => anyhow::bail!("there is no schema `{name}`; `edgewright schema --list` names them"),
        },
    }
}
