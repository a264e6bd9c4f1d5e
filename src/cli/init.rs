//! `edgewright init`: a new repository.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::ui::Ui;
use super::{Exit, change};
use crate::workspace::{Ci, NewRepository};

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Folder of the repository; made where it is not there.
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Name of the repository [default: that of the folder].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Nothing but edgewright.yaml, a folder for packs, and .gitignore.
    #[arg(long)]
    minimal: bool,
    /// Where checks run.
    #[arg(long, value_enum, default_value_t = CiArg::Github)]
    ci: CiArg,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CiArg {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
    /// Nowhere yet.
    None,
}

const EXAMPLES: &str = "\
Examples:
  edgewright init stores
  edgewright init --name acme-edge --ci gitlab

What is there already stays as it is: files of yours are never replaced.";

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let folder = std::path::absolute(&args.folder)
        .with_context(|| format!("`{}` is no folder", args.folder.display()))?;
    // As the system knows it, as far as it is there: links and `..` do not count twice.
    let folder = folder.canonicalize().unwrap_or(folder);
    let ci = match args.ci {
        CiArg::Github => Ci::GitHub,
        CiArg::Gitlab => Ci::GitLab,
        CiArg::None => Ci::None,
    };
    let new = NewRepository { name: args.name, minimal: args.minimal, ci };
    let made = new.files(&folder)?;
    change::make(&made, args.dry_run, ui)?;
    if !args.dry_run {
        let in_git = folder.ancestors().any(|above| above.join(".git").exists());
        let go = if args.folder.as_os_str() == "." {
            String::new()
        } else {
            format!("`cd {}`, ", args.folder.display())
        };
        let git = if in_git { "" } else { "`git init`, " };
        ui.say(&format!("next: {go}{git}`edgewright new cluster-profile`"));
    }
    Ok(Exit::Fine)
}
