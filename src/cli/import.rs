//! `edgewright import`: read profiles in Palette's forms.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::scope::ScopeArg;
use super::ui::Ui;
use super::{Exit, change};
use crate::palette::{self, ImportOptions, ImportedProfile, ImportedRegistry, MacroList, import};
use crate::source::SourceFile;
use crate::workspace::model::Profile;
use crate::workspace::{CONFIG_FILE, Change, FileError, MAX_TEXT, Workspace};

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Values and manifests become files, byte for byte. What has no place here is kept in annotations, so that
`edgewright export` gives the same document again. Secrets are never written: a masked one becomes a sensitive
variable that every appliance must be given.

  edgewright import profile.json --dry-run
  edgewright import exports/ --project retail --registry-map 64eaff5630402973c4e1856a=community")]
pub(super) struct Args {
    /// Exports, JSON or YAML; folders of such files; `-` reads stdin.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Name of the profile here; else made from its name in the export.
    #[arg(long)]
    name: Option<String>,
    /// Who owns it; else `system` for a system profile, `tenant` for any other.
    #[arg(long, value_enum)]
    scope: Option<ScopeArg>,
    /// Project that owns it; implies `--scope project`.
    #[arg(long)]
    project: Option<String>,
    /// Folder below which the profiles' folders are made.
    #[arg(long, value_name = "DIR", default_value = "profiles")]
    into: String,
    /// What one of Palette's registries, by uid or name, is called in edgewright.yaml; may be repeated.
    #[arg(long, value_name = "THEIRS=OURS")]
    registry_map: Vec<String>,
    /// Add the registries that are missing to edgewright.yaml, as far as their address is known.
    #[arg(long)]
    add_registries: bool,
    /// Leave asterisks in values where they are, instead of putting sensitive variables in their place.
    #[arg(long)]
    keep_masked: bool,
    /// Replace a profile of the same name and version; comments of profile.yaml stay.
    #[arg(long)]
    update: bool,
    /// Ask nothing.
    #[arg(short, long)]
    yes: bool,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What one file says.
enum Input {
    Profile(Box<ImportedProfile>),
    Macros(MacroList),
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let root = Workspace::find(Path::new("."))?;
    let workspace = Workspace::load(&root)?;
    let files = files(&args.files)?;
    if args.name.is_some() && files.len() > 1 {
        bail!("--name names one profile, but there are {} files", files.len());
    }
    // Everything is read before anything is written.
    let mut all = Change::new(&root);
    let mut names: Vec<String> = Vec::new();
    let mut registries = BTreeMap::new();
    let mut macros = Vec::new();
    for path in &files {
        let profile = match one(path, &args, ui)? {
            Input::Profile(profile) => profile,
            Input::Macros(list) => {
                macros.push(list);
                continue;
            }
        };
        let name = format!("{}@{}", profile.id, profile.version);
        if names.contains(&name) {
            bail!("`{}` is the second file with {name}", path.display());
        }
        names.push(name);
        add(&workspace, &profile, &args, &mut all)?;
        registries.extend(profile.registries.clone());
    }
    registries.retain(|name, _| workspace.config.spec.registry(name).is_none());
    configure(&workspace, &registries, &macros, &args, &mut all, ui)?;
    change::make(&all, args.dry_run, ui)?;
    if !args.dry_run && !names.is_empty() {
        ui.say(&format!("imported {}; next: `edgewright lock`, `edgewright check`", names.join(", ")));
    }
    Ok(Exit::Fine)
}

/// The files meant: those of a folder are its JSON and YAML files, by name.
fn files(given: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in given {
        if !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let folder = path.read_dir().with_context(|| format!("cannot read `{}`", path.display()))?;
        let wanted = |path: &PathBuf| {
            let extension = path.extension().and_then(|extension| extension.to_str());
            path.is_file() && matches!(extension, Some("json" | "yaml" | "yml"))
        };
        let mut found: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).filter(wanted).collect();
        if found.is_empty() {
            bail!("`{}` has no JSON or YAML file", path.display());
        }
        found.sort();
        out.append(&mut found);
    }
    Ok(out)
}

fn one(path: &Path, args: &Args, ui: &Ui) -> Result<Input> {
    let shown = path.display().to_string();
    let file = SourceFile::new(&*shown, read(path)?);
    if let Some(list) = palette::macros(&file) {
        return Ok(Input::Macros(list));
    }
    let mut options = ImportOptions {
        name: args.name.clone(),
        scope: args.scope.map(Into::into),
        project: args.project.clone(),
        ..ImportOptions::default()
    };
    for pair in &args.registry_map {
        let Some((theirs, ours)) =
            pair.split_once('=').filter(|(theirs, ours)| !theirs.is_empty() && !ours.is_empty())
        else {
            bail!(
                "--registry-map `{pair}` is not THEIRS=OURS: a uid or a name of Palette's, and a name of edgewright.yaml"
            );
        };
        options.registries.insert(theirs.to_owned(), ours.to_owned());
    }
    let read =
        |options: &ImportOptions| import(&file, options).with_context(|| format!("cannot import `{shown}`"));
    let mut profile = read(&options)?;
    if !profile.masked.is_empty() {
        options.masked = variables(&profile, args, ui);
        profile = read(&options)?;
    }
    for note in &profile.notes {
        ui.warn(note);
    }
    Ok(Input::Profile(Box::new(profile)))
}

/// The variables that take the place of masked secrets: as people say it, else as proposed.
fn variables(profile: &ImportedProfile, args: &Args, ui: &Ui) -> BTreeMap<(String, u32), String> {
    let mut out = BTreeMap::new();
    for masked in &profile.masked {
        let place = format!("{}:{}", masked.path, masked.line);
        let what = if masked.pointer.len() < 2 { "a secret" } else { &masked.pointer };
        let answer = match (args.keep_masked, args.yes) {
            (true, _) => Some("-".to_owned()),
            (false, true) => None,
            (false, false) => ui.ask(
                &format!(
                    "{place}: {what} is masked; sensitive variable in its place (`-` keeps the asterisks)"
                ),
                Some(&masked.variable),
            ),
        };
        let name = answer.unwrap_or_else(|| masked.variable.clone());
        if name == "-" {
            ui.warn(&format!(
                "{place}: {what} is masked, and is deployed as asterisks: put a variable in its place"
            ));
        } else {
            ui.warn(&format!(
                "{place}: {what} is masked in the export; the sensitive variable `{name}` is in its place: give its value on \
                 the appliance, or encrypt it to its recipient"
            ));
            out.insert((masked.path.clone(), masked.line), name);
        }
    }
    out
}

/// Adds the files of a profile: versions of one profile live side by side.
fn add(workspace: &Workspace, profile: &ImportedProfile, args: &Args, change: &mut Change) -> Result<()> {
    let into = args.into.trim_end_matches('/');
    if into.is_empty() || !into.split('/').all(|part| !matches!(part, "" | "." | ".." | ".git")) {
        bail!("--into `{}` is no folder below the repository", args.into);
    }
    let mut folder = format!("{into}/{}", profile.id);
    let mut others = workspace.profiles.iter().filter(|other| other.id == profile.id).peekable();
    if others.peek().is_some() {
        if let Some(same) = others.find(|other| other.version() == profile.version) {
            if args.update {
                return update(same, profile, change);
            }
            bail!(
                "{}@{} is here already: {}; give --update to replace it, another --name, or change the version in the file",
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
    for file in &profile.files {
        change.create(format!("{folder}/{}", file.path), file.text.as_bytes());
    }
    Ok(())
}

/// Replaces what was imported before; comments of `profile.yaml` stay, and so do files that nothing names any more.
fn update(same: &Profile, profile: &ImportedProfile, change: &mut Change) -> Result<()> {
    for file in &profile.files {
        let shown = same.shown(&file.path);
        if file.path == "profile.yaml" {
            change.edit(&shown, same.file.text(), &palette::revised(same.file.text(), &file.text));
            continue;
        }
        match same.read(&file.path) {
            Ok(there) => change.edit(&shown, there.text(), &file.text),
            Err(FileError::Missing(_)) => change.create(shown, file.text.as_bytes()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Adds macros and, where that is asked for, registries to edgewright.yaml; what is missing is said.
fn configure(
    workspace: &Workspace,
    registries: &BTreeMap<String, ImportedRegistry>,
    macros: &[MacroList],
    args: &Args,
    change: &mut Change,
    ui: &Ui,
) -> Result<()> {
    let path = workspace.root.join(CONFIG_FILE);
    let before = std::fs::read_to_string(&path).context("cannot read edgewright.yaml")?;
    let mut text = before.clone();
    for list in macros {
        let (with, kept) = palette::with_macros(&text, list)
            .with_context(|| format!("edgewright.yaml has no place for the macros of `{}`", list.path))?;
        for name in kept {
            ui.warn(&format!("macro `{name}` has another value in edgewright.yaml, which stays"));
        }
        text = with;
    }
    let mut missing = BTreeSet::new();
    for (name, theirs) in registries {
        match palette::known_registry(theirs).filter(|_| args.add_registries) {
            Some(config) => {
                text = palette::with_registry(&text, name, &config)
                    .with_context(|| format!("edgewright.yaml has no place for the registry `{name}`"))?;
            }
            None => drop(missing.insert(name)),
        }
    }
    if !missing.is_empty() {
        let lines: Vec<String> = missing
            .iter()
            .map(|name| {
                let theirs = &registries[*name];
                let comment = if theirs.name.is_empty() { &theirs.uid } else { &theirs.name };
                format!("    {name}: {}  # {comment}", palette::proposed_registry(theirs))
            })
            .collect();
        ui.warn(&format!(
            "edgewright.yaml lacks registries; add them below `spec.registries`, with their addresses:\n{}",
            lines.join("\n")
        ));
    }
    change.edit(CONFIG_FILE, &before, &text);
    Ok(())
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
