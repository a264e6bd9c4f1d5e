//! Arguments, terminal and exit codes: one file per command, no logic.
//!
//! Architecture invariant: only this room prints.

#[cfg(feature = "agent")]
mod agent;
#[cfg(feature = "authoring")]
mod ask;
#[cfg(feature = "authoring")]
mod assign;
#[cfg(feature = "authoring")]
mod baseline;
#[cfg(feature = "authoring")]
mod build;
#[cfg(feature = "authoring")]
mod cache;
#[cfg(feature = "authoring")]
mod change;
#[cfg(feature = "authoring")]
mod check;
#[cfg(feature = "authoring")]
mod clone;
#[cfg(feature = "authoring")]
mod explain;
#[cfg(feature = "authoring")]
mod export;
#[cfg(feature = "authoring")]
mod fetch;
#[cfg(feature = "authoring")]
mod fix;
#[cfg(feature = "authoring")]
mod guard;
#[cfg(feature = "authoring")]
mod import;
#[cfg(feature = "authoring")]
mod init;
#[cfg(feature = "authoring")]
mod layer;
#[cfg(feature = "authoring")]
mod list;
#[cfg(feature = "authoring")]
mod lock;
#[cfg(feature = "authoring")]
mod lsp;
#[cfg(feature = "authoring")]
mod network;
#[cfg(feature = "authoring")]
mod new;
#[cfg(feature = "authoring")]
mod outdated;
#[cfg(feature = "authoring")]
mod promote;
#[cfg(feature = "authoring")]
mod registries;
#[cfg(feature = "authoring")]
mod release;
#[cfg(feature = "authoring")]
mod render;
#[cfg(feature = "authoring")]
mod schema;
#[cfg(feature = "authoring")]
mod scope;
#[cfg(feature = "authoring")]
mod search;
mod serve;
#[cfg(feature = "authoring")]
mod show;
#[cfg(feature = "authoring")]
mod site;
#[cfg(feature = "authoring")]
mod table;
#[cfg(feature = "authoring")]
mod template;
mod ui;
#[cfg(feature = "authoring")]
mod update;
#[cfg(feature = "authoring")]
mod vendor;
#[cfg(feature = "authoring")]
mod verify;
#[cfg(feature = "authoring")]
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use ui::{Ui, When};

/// How a command ended (`docs/commands.md` lists the codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Nothing to complain about: 0.
    Fine,
    /// Findings, lock drift, a reference that resolves to nothing: 1.
    Findings,
    /// Usage, configuration, I/O, network: 2.
    Failed,
    /// Refused by trust, a wrong digest included: 3.
    Refused,
    /// Another process holds the lock: 75 (`EX_TEMPFAIL` of sysexits.h).
    Busy,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
            Exit::Refused => 3,
            Exit::Busy => 75,
        })
    }
}

/// How a command prints what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// The software stacks of edge Kubernetes appliances, from a git repository to the box.
#[derive(Debug, Parser)]
#[command(name = "edgewright", version, max_term_width = 100, arg_required_else_help = true)]
struct Cli {
    /// Run as if started in this directory.
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Say more.
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Say nothing but results and errors.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Colour of what people read.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    color: When,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant)] // There is one of it in a run.
enum Command {
    /// On the appliance: pull, run, status.
    #[cfg(feature = "agent")]
    Agent(agent::Args),
    /// Give profiles and variables to an appliance or a group.
    #[cfg(feature = "authoring")]
    Assign(assign::Args),
    /// Take today's findings as known, so that `check` shows new ones only.
    #[cfg(feature = "authoring")]
    Baseline(baseline::Args),
    /// Check, verify locks, render the catalog and write one signed tree.
    #[cfg(feature = "authoring")]
    Build(build::Args),
    /// Where the cache is, what it holds, and what can go.
    #[cfg(feature = "authoring")]
    Cache(cache::Args),
    /// Find mistakes in the repository, a pack, a profile or a manifest.
    #[cfg(feature = "authoring")]
    Check(check::Args),
    /// Copy a profile version under a new name, version, scope or project.
    #[cfg(feature = "authoring")]
    Clone(clone::Args),
    /// Explain a rule by its code or name.
    #[cfg(feature = "authoring")]
    Explain(explain::Args),
    /// Write a profile in Palette's form.
    #[cfg(feature = "authoring")]
    Export(export::Args),
    /// Fill the cache with exactly what the locks name.
    #[cfg(feature = "authoring")]
    Fetch(fetch::Args),
    /// Make the repairs that findings offer.
    #[cfg(feature = "authoring")]
    Fix(fix::Args),
    /// Read profiles in Palette's forms: exports, YAML for Terraform, app profiles, macros.
    #[cfg(feature = "authoring")]
    Import(import::Args),
    /// Make a new repository.
    #[cfg(feature = "authoring")]
    Init(init::Args),
    /// Add, remove, move and set layers of a profile.
    #[cfg(feature = "authoring")]
    Layer(layer::Args),
    /// List profiles, packs, appliances, groups, channels or registries.
    #[cfg(feature = "authoring")]
    List(list::Args),
    /// Resolve every reference and write profile.lock.
    #[cfg(feature = "authoring")]
    Lock(lock::Args),
    /// Language server for editors: findings while typing, hover, completion, fixes.
    #[cfg(feature = "authoring")]
    Lsp(lsp::Args),
    /// Create a profile, an appliance, a group or a pack.
    #[cfg(feature = "authoring")]
    New(new::Args),
    /// Move a channel of a profile to another version.
    #[cfg(feature = "authoring")]
    Promote(promote::Args),
    /// Compare what is locked with what the registries offer.
    #[cfg(feature = "authoring")]
    Outdated(outdated::Args),
    /// List registries: where they are, whose credentials are used, whether they answer.
    #[cfg(feature = "authoring")]
    Registries(registries::Args),
    /// Write and sign the bundle tree without the catalog.
    #[cfg(feature = "authoring")]
    Release(release::Args),
    /// Show what a cluster gets of a profile or an appliance: effective values and manifests.
    #[cfg(feature = "authoring")]
    Render(render::Args),
    /// Print the JSON Schema of a kind.
    #[cfg(feature = "authoring")]
    Schema(schema::Args),
    /// Look for packs and charts in all registries.
    #[cfg(feature = "authoring")]
    Search(search::Args),
    /// Serve a built tree on this machine.
    Serve(serve::Args),
    /// Show a profile with its layers pinned and its values merged.
    #[cfg(feature = "authoring")]
    Show(show::Args),
    /// Build the catalog.
    #[cfg(feature = "authoring")]
    Site(site::Args),
    /// Render a Helm chart as `helm template` does.
    #[cfg(feature = "authoring")]
    Template(template::Args),
    /// Move layers to newer versions: edit constraints, write locks, show what changes.
    #[cfg(feature = "authoring")]
    Update(update::Args),
    /// Copy what the locks name into the repository.
    #[cfg(feature = "authoring")]
    Vendor(vendor::Args),
    /// Verify a published tree, in a folder or at an address.
    #[cfg(feature = "authoring")]
    Verify(verify::Args),
}

/// Reads the arguments, runs the command, and says what went wrong.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::Failed } else { Exit::Fine }.into();
        }
    };
    let ui = Ui::new(cli.color, cli.quiet, cli.verbose);
    if let Some(directory) = &cli.directory
        && let Err(error) = std::env::set_current_dir(directory)
    {
        ui.error(&format!("{}: {error}", directory.display()));
        return Exit::Failed.into();
    }
    match run(cli.command, &ui) {
        Ok(exit) => exit.into(),
        Err(error) => {
            ui.error(&format!("{error:#}"));
            exit_of(&error).into()
        }
    }
}

fn run(command: Command, ui: &Ui) -> anyhow::Result<Exit> {
    match command {
        #[cfg(feature = "agent")]
        Command::Agent(args) => agent::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Assign(args) => assign::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Baseline(args) => baseline::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Build(args) => build::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Cache(args) => cache::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Check(args) => check::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Clone(args) => clone::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Explain(args) => explain::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Export(args) => export::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Fetch(args) => fetch::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Fix(args) => fix::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Import(args) => import::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Init(args) => init::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Layer(args) => layer::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::List(args) => list::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Lock(args) => lock::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Lsp(args) => lsp::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::New(args) => new::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Outdated(args) => outdated::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Promote(args) => promote::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Registries(args) => registries::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Release(args) => release::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Render(args) => render::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Schema(args) => schema::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Search(args) => search::run(args, ui),
        Command::Serve(args) => serve::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Show(args) => show::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Site(args) => site::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Template(args) => Ok(template::run(args, ui)),
        #[cfg(feature = "authoring")]
        Command::Update(args) => update::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Vendor(args) => vendor::run(args, ui),
        #[cfg(feature = "authoring")]
        Command::Verify(args) => verify::run(args, ui),
    }
}

/// Exit code of an error: 3 where trust or a digest refused something, 1 where the repository has to change, else 2.
fn exit_of(error: &anyhow::Error) -> Exit {
    for cause in error.chain() {
        if cause.downcast_ref::<crate::trust::TrustError>().is_some_and(crate::trust::TrustError::is_refusal)
        {
            return Exit::Refused;
        }
        #[cfg(feature = "authoring")]
        if cause
            .downcast_ref::<crate::registry::RegistryError>()
            .is_some_and(crate::registry::RegistryError::is_refusal)
        {
            return Exit::Refused;
        }
        #[cfg(feature = "authoring")]
        if let Some(crate::release::ReleaseError::Content(_)) = cause.downcast_ref() {
            return Exit::Findings;
        }
    }
    Exit::Failed
}
