//! `edgewright render`: what a cluster will get of a profile, or an appliance of all its profiles.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use serde_json::json;

use super::Exit;
use super::ui::Ui;
use crate::archive::Files;
use crate::diagnostics::{closest, render as texts};
use crate::registry::{Options, Registries};
use crate::render;
use crate::resolve;
use crate::workspace::model::{Appliance, Profile};
use crate::workspace::{Assigned, Settings, Workspace};

/// Longest file that a variable is read from.
const LONGEST_VALUE: u64 = 1 << 20;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RenderFormat {
    /// A stream of YAML documents.
    Yaml,
    /// One JSON document.
    Json,
}

/// Arguments of `render`.
///
/// Templates of charts are not rendered: values are what each chart is installed with, manifests are applied as they are.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Values of charts are those of a release, byte for byte where no variable stands in them. References to variables are \
replaced by the profile's defaults, or by what the appliance and its groups give; those without a value stay, and are \
named on stderr.

Examples:
  edgewright render k3s-store                              everything, as one YAML stream
  edgewright render k3s-store --layer podinfo --values     values for `helm template -f`
  edgewright render store-501 --output rendered            an appliance, as files
  edgewright render retail/vm --origin                     where each value comes from")]
pub(super) struct Args {
    /// A profile (`ID`, `ID@VERSION`, its folder), or an appliance by its name or id.
    #[arg(value_name = "PROFILE|APPLIANCE")]
    what: String,
    /// The name is that of an appliance, also where a profile has it.
    #[arg(long)]
    appliance: bool,
    /// Only this layer; may be repeated.
    #[arg(long = "layer", value_name = "NAME")]
    layers: Vec<String>,
    /// Only values.
    #[arg(long, conflicts_with = "manifests")]
    values: bool,
    /// Only manifests.
    #[arg(long)]
    manifests: bool,
    /// The values of a layer as one, with the keys of its pack, instead of chart by chart.
    #[arg(long, conflicts_with = "manifests")]
    whole: bool,
    /// Write behind each value where it comes from.
    #[arg(long, conflicts_with = "manifests")]
    origin: bool,
    /// Value of a variable, or of `system.NAME`; wins over everything else; may be repeated.
    #[arg(long = "set", value_name = "VARIABLE=VALUE")]
    set: Vec<String>,
    /// The same, with what a file holds (without its last line break); may be repeated.
    #[arg(long = "set-file", value_name = "VARIABLE=FILE")]
    set_file: Vec<String>,
    /// Only what the packs need of the machine: processor, memory, disk, as far as they say it.
    #[arg(long, conflicts_with_all = ["values", "manifests", "whole", "origin", "output", "layers", "set", "set_file", "references"])]
    resources: bool,
    /// Leave references to variables as they are in a release.
    #[arg(long, conflicts_with_all = ["set", "set_file"])]
    references: bool,
    /// Show values of sensitive variables.
    #[arg(long)]
    show_secrets: bool,
    /// Write files into this folder instead of stdout. What `render` wrote there before is replaced.
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// What stdout gets.
    #[arg(long, value_enum, default_value_t = RenderFormat::Yaml)]
    format: RenderFormat,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let set = given(&args)?;
    let (profiles, appliance) = chosen(&workspace, &args)?;
    let references: Vec<&Profile> = profiles.iter().map(|profile| &**profile).collect();
    let unknown = render::unknown_variables(&set, &references);
    if !unknown.is_empty() {
        bail!("--set: {}", unknown.join("; "));
    }
    let registries = Registries::open(&workspace, Options { offline: true, ..Options::default() });
    let resolved = resolve::resolve_some(&workspace, &registries, &profiles);
    if args.resources {
        ui.result(&needs(&resolved, args.format));
        return Ok(Exit::Fine);
    }
    check_layers(&args.layers, &resolved)?;
    let request = render::Request {
        config: &workspace.config,
        appliance: appliance.as_ref().map(|(appliance, settings)| (appliance.id(), settings)),
        set: &set,
        layers: &args.layers,
        values: !args.manifests,
        manifests: !args.values,
        whole: args.whole,
        origin: args.origin,
        references: args.references,
        show_secrets: args.show_secrets,
    };
    let views = render::view(&request, &resolved);
    let exit = say(&views, &resolved, ui);
    if let Some(folder) = &args.output {
        let tree = render::tree(&request, &views);
        write(&tree, folder)?;
        let files: Vec<&str> = tree.iter().map(|(path, _)| path).collect();
        if args.format == RenderFormat::Json {
            let shown = folder.display().to_string();
            ui.result(&format!("{:#}", json!({ "schemaVersion": 1, "output": shown, "files": files })));
        } else {
            for path in files {
                ui.result(&format!("wrote {}", folder.join(path).display()));
            }
        }
    } else if args.format == RenderFormat::Json {
        ui.result(&format!("{:#}", render::document(&request, &views)));
    } else {
        let stream = render::stream(&views);
        // A terminal gets no control characters of strangers; a file gets the bytes.
        ui.result(&if ui.is_terminal() { shown(&stream) } else { stream });
    }
    Ok(exit)
}

/// What the packs of all these profiles need together.
fn needs(resolved: &[resolve::ResolvedProfile], format: RenderFormat) -> String {
    let mut sum = resolve::Resources::default();
    let mut profiles = Vec::new();
    let mut lines = Vec::new();
    for profile in resolved {
        let of = resolve::resources(profile);
        let (label, needs) = (profile.profile.label(), resolve::needs_in_words(&of.sum));
        lines.push(format!("{label}: {}", if needs.is_empty() { "nothing is known" } else { &needs }));
        for layer in &of.layers {
            let unknown = match layer.unknown.as_slice() {
                [] => String::new(),
                paths => format!(" (unknown: {})", paths.join(", ")),
            };
            lines.push(format!("  {}: {}{unknown}", layer.layer, resolve::needs_in_words(&layer.needs)));
        }
        sum.add(&of.sum);
        profiles.push(json!({ "id": profile.profile.id, "version": profile.profile.version(), "resources": of.document() }));
    }
    if format == RenderFormat::Json {
        return format!(
            "{:#}",
            json!({ "schemaVersion": 1, "resources": sum.document(), "profiles": profiles })
        );
    }
    if resolved.len() > 1 {
        lines.push(format!("in all: {}", resolve::needs_in_words(&sum.sum)));
    }
    shown(&lines.join("\n"))
}

/// Text as a terminal may get it: what strangers wrote must not move its cursor.
fn shown(text: &str) -> String {
    text.lines().map(texts::visible).collect::<Vec<_>>().join("\n")
}

/// The values of `--set` and `--set-file`.
fn given(args: &Args) -> Result<BTreeMap<String, String>> {
    let mut set = BTreeMap::new();
    for pair in &args.set {
        let (name, value) =
            pair.split_once('=').with_context(|| format!("--set {pair}: write VARIABLE=VALUE"))?;
        set.insert(name.to_owned(), value.to_owned());
    }
    for pair in &args.set_file {
        let (name, path) =
            pair.split_once('=').with_context(|| format!("--set-file {pair}: write VARIABLE=FILE"))?;
        let size = fs::metadata(path).with_context(|| path.to_owned())?.len();
        if size > LONGEST_VALUE {
            bail!("{path}: {size} bytes are too many for a variable");
        }
        let text = fs::read_to_string(path).with_context(|| path.to_owned())?;
        let text = text.strip_suffix('\n').map_or(text.as_str(), |t| t.strip_suffix('\r').unwrap_or(t));
        set.insert(name.to_owned(), text.to_owned());
    }
    Ok(set)
}

type Chosen<'w> = (Vec<Arc<Profile>>, Option<(&'w Appliance, Settings)>);

/// The profiles that are meant; with the appliance where one is.
fn chosen<'w>(workspace: &'w Workspace, args: &Args) -> Result<Chosen<'w>> {
    let name = args.what.as_str();
    let meant = |appliance: &&Appliance| appliance.name.value == name || appliance.id() == name;
    let appliance = workspace.appliances.iter().find(meant);
    if !args.appliance {
        match (workspace.named(name), appliance) {
            (Ok(profile), _) => return Ok((vec![Arc::clone(profile)], None)),
            (Err(error), None) => {
                let names = workspace.appliances.iter().map(|appliance| appliance.name.as_str());
                return match closest(name, names) {
                    Some(near) => Err(error.context(format!("nor an appliance; did you mean `{near}`?"))),
                    None => Err(error),
                };
            }
            (Err(_), Some(_)) => {}
        }
    }
    let Some(appliance) = appliance else { bail!("there is no appliance `{name}` in this workspace") };
    let settings = workspace.settings(appliance);
    let mut profiles = Vec::new();
    for (id, setting) in &settings.profiles {
        let version = match &setting.value {
            Assigned::Version(version) => version.as_str(),
            Assigned::Channel(channel) => workspace.channel_version(id, channel).with_context(|| {
                format!("{}: profile `{id}` gives nothing in the channel `{channel}`", setting.place)
            })?,
        };
        let profile = workspace
            .profile(id, version)
            .with_context(|| format!("{}: there is no profile `{id}@{version}`", setting.place))?;
        profiles.push(Arc::clone(profile));
    }
    if profiles.is_empty() {
        bail!("nothing is assigned to the appliance `{name}`; `edgewright render PROFILE` shows a profile");
    }
    // Profiles that others stand on come first, as on the appliance.
    profiles.sort_by_key(|profile| match (profile.kind, &profile.spec.profile_type) {
        (crate::workspace::model::ProfileKind::SystemProfile, _) => 0,
        (_, Some(kind)) if kind.value != crate::workspace::model::ProfileType::AddOn => 1,
        _ => 2,
    });
    Ok((profiles, Some((appliance, settings))))
}

fn check_layers(wanted: &[String], resolved: &[resolve::ResolvedProfile]) -> Result<()> {
    let names = || resolved.iter().flat_map(|profile| &profile.layers).map(|layer| layer.name.as_str());
    for name in wanted {
        if names().any(|layer| layer == name) {
            continue;
        }
        match closest(name, names()) {
            Some(near) => bail!("there is no layer `{name}`; did you mean `{near}`?"),
            None => bail!("there is no layer `{name}`; there is {}", names().collect::<Vec<_>>().join(", ")),
        }
    }
    Ok(())
}

/// Says what is missing or wrong; findings are an exit of 1.
fn say(views: &[render::ProfileView], resolved: &[resolve::ResolvedProfile], ui: &Ui) -> Exit {
    let mut exit = Exit::Fine;
    for view in views {
        for warning in &view.warnings {
            ui.warn(&texts::visible(warning));
        }
        if !view.open.is_empty() {
            let names: Vec<&str> = view.open.iter().map(String::as_str).collect();
            let first = names[0].strip_prefix("var.").unwrap_or(names[0]);
            ui.say(&texts::visible(&format!(
                "{}: without a value: {} (--set {first}=VALUE)",
                view.label,
                names.join(", ")
            )));
        }
        for problem in &view.problems {
            ui.error(&texts::visible(problem));
            exit = Exit::Findings;
        }
    }
    let reported = resolved.iter().flat_map(|profile| &profile.reported);
    for finding in reported.chain(views.iter().flat_map(|view| &view.faults)) {
        ui.error(&texts::visible(&format!("{}: {}", finding.place, finding.message)));
        exit = Exit::Findings;
    }
    exit
}

/// Writes the tree whole: beside its place, then renamed.
fn write(tree: &Files, folder: &Path) -> Result<()> {
    let there = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(error) => return Err(error).with_context(|| folder.display().to_string()),
    };
    if there && !folder.join(render::INDEX).is_file() {
        bail!("{} holds files that are not of `edgewright render`; choose another folder", folder.display());
    }
    let absolute = std::path::absolute(folder)?;
    let parent = absolute.parent().context("the root of a file system is no folder to write to")?;
    fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    let stage = tempfile::Builder::new()
        .prefix(".edgewright-render-")
        .tempdir_in(parent)
        .with_context(|| parent.display().to_string())?;
    let (new, old) = (stage.path().join("new"), stage.path().join("old"));
    fs::create_dir(&new)?;
    for (path, file) in tree.iter() {
        let target = new.join(path);
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&target, &file.bytes).with_context(|| target.display().to_string())?;
    }
    if folder.exists() {
        fs::rename(&absolute, &old).with_context(|| absolute.display().to_string())?;
    }
    if let Err(error) = fs::rename(&new, &absolute) {
        let _ = fs::rename(&old, &absolute);
        return Err(error).with_context(|| absolute.display().to_string());
    }
    Ok(())
}
