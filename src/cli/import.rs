//! `edgewright import`: read a profile in Palette's JSON form.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::Exit;
use super::scope::ScopeArg;
use super::ui::Ui;
use crate::palette::{ImportOptions, ImportedProfile, import};
use crate::source::SourceFile;
use crate::workspace::{MAX_TEXT, Workspace};

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Export of a profile, JSON or YAML; `-` reads stdin.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Name of the profile here; else made from its name in the export.
    #[arg(long)]
    name: Option<String>,
    /// Who owns it; else `system` for a system profile, `tenant` for any other.
    #[arg(long, value_enum)]
    scope: Option<ScopeArg>,
    /// Project that owns it; implies `--scope project`.
    #[arg(long)]
    project: Option<String>,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let root = Workspace::find(Path::new("."))?;
    let workspace = Workspace::load(&root)?;
    let options = ImportOptions { name: args.name, scope: args.scope.map(Into::into), project: args.project };
    let shown = args.file.display().to_string();
    let profile = import(&SourceFile::new(&*shown, read(&args.file)?), &options)
        .with_context(|| format!("cannot import `{shown}`"))?;

    let folder = folder(&workspace, &profile)?;
    for note in &profile.notes {
        ui.warn(note);
    }
    for (name, theirs) in &profile.registries {
        if !workspace.config.spec.registries.contains_key(name) {
            ui.warn(&format!(
                "registry `{name}` (`{theirs}`) is not in edgewright.yaml: add it below `spec.registries`"
            ));
        }
    }
    for file in &profile.files {
        let path = format!("{folder}/{}", file.path);
        if args.dry_run {
            ui.result(&format!("would write {path}"));
        } else {
            write(&root.join(&path), &file.text).with_context(|| format!("cannot write `{path}`"))?;
            ui.result(&format!("wrote {path}"));
        }
    }
    if !args.dry_run {
        ui.say(&format!(
            "imported {}@{}; next: `edgewright lock`, `edgewright check`",
            profile.id, profile.version
        ));
    }
    Ok(Exit::Fine)
}

/// Folder for the profile, relative to the workspace: versions of one profile live side by side.
fn folder(workspace: &Workspace, profile: &ImportedProfile) -> Result<String> {
    let mut others = workspace.profiles.iter().filter(|other| other.id == profile.id).peekable();
    let mut folder = format!("profiles/{}", profile.id);
    if others.peek().is_some() {
        if let Some(same) = others.find(|other| other.version() == profile.version) {
            bail!(
                "{}@{} is here already: {}; give another --name, or change the version in the file",
                profile.id,
                profile.version,
                same.file.path()
            );
        }
        folder = format!("{folder}/{}", profile.version);
    }
    if workspace.root.join(&folder).join("profile.yaml").exists() {
        bail!("`{folder}/profile.yaml` is here already; give another --name, or move it away");
    }
    Ok(folder)
}

fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().take(MAX_TEXT + 1).read_to_end(&mut bytes).context("cannot read stdin")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        file.take(MAX_TEXT + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read `{}`", path.display()))?;
    }
    if bytes.len() as u64 > MAX_TEXT {
        bail!("`{}` is larger than {} MiB", path.display(), MAX_TEXT >> 20);
    }
    String::from_utf8(bytes).with_context(|| format!("`{}` is not UTF-8 text", path.display()))
}

/// Writes a new file; one that is there already is left alone.
fn write(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;

    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
