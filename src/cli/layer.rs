//! `edgewright layer`: add, remove, move and set layers of a profile.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};

use super::network::Network;
use super::ui::Ui;
use super::{Exit, change};
use crate::diagnostics::closest;
use crate::pack::{LayerType, Pack};
use crate::registry::{Kind, Options, Registries};
use crate::resolve::{self, Offer};
use crate::workspace::model::Profile;
use crate::workspace::{LayerEdit, NewLayer, NewReference, NewSource, Position, Typing, Workspace};

/// Arguments of `layer`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)] // There is one of it in a run.
enum What {
    /// Add a layer: a pack, a chart, or manifests.
    #[command(after_help = ADD_EXAMPLES)]
    Add(AddArgs),
    /// Take a layer out.
    #[command(visible_alias = "rm", after_help = REMOVE_EXAMPLES)]
    Remove(RemoveArgs),
    /// Move a layer up or down the stack.
    #[command(visible_alias = "mv", after_help = MOVE_EXAMPLES)]
    Move(MoveArgs),
    /// Set and take out keys and values of a layer.
    #[command(after_help = SET_EXAMPLES)]
    Set(SetArgs),
}

const ADD_EXAMPLES: &str = "\
Examples:
  edgewright layer add monitoring --pack metrics-agent
  edgewright layer add monitoring --pack vm-orchestrator --version '>=1.0' --preset access=proxied
  edgewright layer add monitoring --chart podinfo --version ^6.5 --registry charts --namespace apps
  edgewright layer add monitoring --manifest quota.yaml --before podinfo

A pack goes above the last layer of its type: os, kubernetes, cni, csi, addon. Values and manifests from outside of the
profile's folder are copied into it.";

const REMOVE_EXAMPLES: &str = "\
Examples:
  edgewright layer remove monitoring podinfo
  edgewright layer remove monitoring@1.2.0 podinfo --delete-files --dry-run

Comments directly above the layer go with it.";

const MOVE_EXAMPLES: &str = "\
Examples:
  edgewright layer move monitoring podinfo --before metrics-agent
  edgewright layer move monitoring podinfo --to 1

Comments directly above the layer move with it.";

const SET_EXAMPLES: &str = "\
Keys: name, display-name, type, pack, chart, version, registry, namespace, namespace-labels.KEY, namespace-annotations.KEY,
release, priority, presets.GROUP, defaults, opaque, values=FILE, and values.PATH.

A PATH is read as `helm --set` reads it: dots lead into maps, `\\.` is a dot in a name, `[0]` is an item of a list. true,
false, null and whole numbers are what they look like, anything else is text. Other than in Helm a comma is a comma.
`values.a.b=null` takes the default of the pack or chart away; `--unset values.a.b` takes the profile's own value out.

Examples:
  edgewright layer set k3s-store k3s version=1.33.x
  edgewright layer set k3s-store storage values.charts.local-path.storageClass.reclaimPolicy=Retain
  edgewright layer set retail/virtual-machines vm-orchestrator presets.access=direct
  edgewright layer set monitoring podinfo --set-string values.tag=1.10 --set-json 'values.hosts=[\"a\",\"b\"]'
  edgewright layer set monitoring podinfo 'values.replicas=${{ var.replicas }}'
  edgewright layer set monitoring podinfo --unset namespace --unset values.ingress";

#[derive(Debug, clap::Args)]
struct AddArgs {
    /// The profile: ID, ID@VERSION, or the path of its folder.
    profile: String,
    /// Pack to take from a pack registry.
    #[arg(long, value_name = "NAME", conflicts_with = "chart")]
    pack: Option<String>,
    /// Chart to take from a chart registry.
    #[arg(long, value_name = "NAME")]
    chart: Option<String>,
    /// Manifest: a layer of its own, or attached to the pack; may be repeated. A file from elsewhere is copied.
    #[arg(long = "manifest", value_name = "FILE", required_unless_present_any = ["pack", "chart"])]
    manifests: Vec<PathBuf>,
    /// Version or constraint of the pack or chart [default: the newest release].
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Registry of edgewright.yaml [default: the one that has it].
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,
    /// Name of the layer [default: that of the pack, chart or manifest].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Name of the layer for people.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Choice of a preset; may be repeated.
    #[arg(long = "preset", value_name = "GROUP=PRESET", requires = "pack")]
    presets: Vec<String>,
    /// Values file; a file from elsewhere is copied.
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// Namespace of the releases.
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Helm release name of a chart [default: the name of the layer].
    #[arg(long, value_name = "NAME", requires = "chart")]
    release: Option<String>,
    /// Order of installation: lower is first [default: 0].
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    priority: Option<i64>,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    network: Network,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Place {
    /// Directly below this layer.
    #[arg(long, value_name = "LAYER")]
    before: Option<String>,
    /// Directly above this layer.
    #[arg(long, value_name = "LAYER")]
    after: Option<String>,
    /// At this place of the stack; 1 is the lowest.
    #[arg(long, visible_alias = "to", value_name = "NUMBER")]
    at: Option<usize>,
}

impl Place {
    fn position(self) -> Position {
        match (self.before, self.after, self.at) {
            (Some(layer), ..) => Position::Before(layer),
            (_, Some(layer), _) => Position::After(layer),
            (.., Some(number)) => Position::At(number),
            _ => Position::ByType,
        }
    }
}

#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// The profile: ID, ID@VERSION, or the path of its folder.
    profile: String,
    /// The layer.
    layer: String,
    /// Delete the values and manifests that only this layer names.
    #[arg(long)]
    delete_files: bool,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct MoveArgs {
    /// The profile: ID, ID@VERSION, or the path of its folder.
    profile: String,
    /// The layer.
    layer: String,
    #[command(flatten)]
    place: Place,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
struct SetArgs {
    /// The profile: ID, ID@VERSION, or the path of its folder.
    profile: String,
    /// The layer.
    layer: String,
    /// What to set.
    #[arg(value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Set text, whatever it looks like; may be repeated.
    #[arg(long, value_name = "KEY=TEXT")]
    set_string: Vec<String>,
    /// Set a JSON value; may be repeated.
    #[arg(long, value_name = "KEY=JSON")]
    set_json: Vec<String>,
    /// Set what a file says, as text; may be repeated.
    #[arg(long, value_name = "KEY=FILE")]
    set_file: Vec<String>,
    /// Take a key out; may be repeated.
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// Show what would change, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = Workspace::load(&Workspace::find(Path::new("."))?)?;
    let (made, dry_run, lock) = match args.what {
        What::Add(args) => return add(args, &workspace, ui),
        What::Remove(args) => {
            let profile = workspace.named(&args.profile)?;
            (workspace.remove_layer(profile, &args.layer, args.delete_files)?, args.dry_run, true)
        }
        What::Move(args) => {
            let profile = workspace.named(&args.profile)?;
            let types = types(&workspace, &offline(&workspace), profile);
            let position = args.place.position();
            (workspace.move_layer(profile, &args.layer, &position, &types)?, args.dry_run, false)
        }
        What::Set(args) => {
            let profile = workspace.named(&args.profile)?;
            let settings = settings(&args)?;
            let locked = ["version", "registry", "pack", "chart", "presets", "name"];
            let keys = args.set.iter().chain(&args.set_string).chain(&args.set_json).chain(&args.unset);
            let lock = keys.into_iter().any(|key| locked.iter().any(|word| key.starts_with(word)));
            (workspace.set_layer(profile, &args.layer, &settings)?, args.dry_run, lock)
        }
    };
    change::make(&made, dry_run, ui)?;
    if !dry_run && !made.is_empty() {
        ui.say(next(lock));
    }
    Ok(Exit::Fine)
}

fn next(lock: bool) -> &'static str {
    if lock { "next: `edgewright lock`, then `edgewright check`" } else { "next: `edgewright check`" }
}

fn offline(workspace: &Workspace) -> Registries {
    Registries::open(workspace, Options { offline: true, ..Options::default() })
}

/// The types of a profile's written layers, as far as packs say them; else as the profile does.
pub(super) fn types(
    workspace: &Workspace,
    registries: &Registries,
    profile: &Arc<Profile>,
) -> Vec<LayerType> {
    let resolved = resolve::resolve_some(workspace, registries, &[Arc::clone(profile)]);
    let layers = resolved.first().map(|resolved| &resolved.layers[..]).unwrap_or_default();
    let written = profile.spec.layers.iter().enumerate();
    written
        .map(|(index, layer)| {
            let said = layer.layer_type.as_ref().map_or(LayerType::Addon, |said| said.value);
            layers.iter().find(|layer| layer.index == Some(index)).map_or(said, |layer| layer.layer_type)
        })
        .collect()
}

fn add(args: AddArgs, workspace: &Workspace, ui: &Ui) -> Result<Exit> {
    let profile = workspace.named(&args.profile)?;
    let registries = Registries::open(workspace, args.network.options(ui));
    let kind = match (&args.pack, &args.chart) {
        (Some(name), _) => Some((Kind::Pack, name.clone())),
        (None, Some(name)) => Some((Kind::Chart, name.clone())),
        (None, None) => None,
    };
    if kind.is_none() && (args.version.is_some() || args.registry.is_some()) {
        bail!("--version and --registry belong to --pack or --chart");
    }
    let mut presets = Vec::new();
    for choice in &args.presets {
        match choice.split_once('=') {
            Some((group, preset)) => presets.push((group.to_owned(), preset.to_owned())),
            None => bail!("--preset {choice}: write GROUP=PRESET"),
        }
    }
    let mut notes = Vec::new();
    let mut layer_type = None;
    let source = match kind {
        None => NewSource::Manifests,
        Some((kind, name)) => {
            let Offer { registry, version, pack, notes: told, .. } =
                resolve::offer(&registries, kind, &name, args.registry.as_deref(), args.version.as_deref())?;
            notes.extend(told);
            if let Some(pack) = &pack {
                layer_type = Some(pack.layer);
                judge_presets(pack, &presets, &mut notes)?;
            }
            let reference = NewReference { name, version, registry: Some(registry) };
            if kind == Kind::Pack { NewSource::Pack(reference) } else { NewSource::Chart(reference) }
        }
    };
    let reference = source != NewSource::Manifests;
    let new = NewLayer {
        source,
        layer_type,
        position: args.place.position(),
        name: args.name,
        display_name: args.display_name,
        presets,
        values: args.values,
        manifests: args.manifests,
        namespace: args.namespace,
        release: args.release,
        priority: args.priority,
    };
    let types = types(workspace, &registries, profile);
    let mut made = workspace.add_layer(profile, &new, &types)?;
    made.notes.splice(0..0, notes);
    change::make(&made, args.dry_run, ui)?;
    if !args.dry_run {
        ui.say(next(reference));
    }
    Ok(Exit::Fine)
}

/// Refuses presets that the pack does not have, and tells of layers that the chosen ones bring.
fn judge_presets(pack: &Pack, chosen: &[(String, String)], notes: &mut Vec<String>) -> Result<()> {
    for (group, name) in chosen {
        let offered: Vec<&str> =
            pack.presets.iter().filter(|p| p.group == *group).map(|p| p.name.as_str()).collect();
        if offered.is_empty() {
            let mut groups: Vec<&str> = pack.presets.iter().map(|p| p.group.as_str()).collect();
            groups.dedup();
            match closest(group, groups.iter().copied()) {
                Some(near) => {
                    bail!("pack `{}` has no presets of a group `{group}`; did you mean `{near}`?", pack.name)
                }
                None if groups.is_empty() => bail!("pack `{}` has no presets", pack.name),
                None => bail!(
                    "pack `{}` has no presets of a group `{group}`; it has {}",
                    pack.name,
                    groups.join(", ")
                ),
            }
        }
        if !offered.contains(&name.as_str()) {
            bail!(
                "group `{group}` of pack `{}` has no preset `{name}`; it has {}",
                pack.name,
                offered.join(", ")
            );
        }
    }
    let in_force =
        |preset: &&crate::pack::Preset| match chosen.iter().find(|(group, _)| *group == preset.group) {
            Some((_, name)) => *name == preset.name,
            None => preset.default,
        };
    for preset in pack.presets.iter().filter(in_force) {
        for brought in &preset.layers {
            notes.push(format!(
                "preset {}={} brings the layer `{}` (pack {})",
                preset.group, preset.name, brought.name, brought.pack
            ));
        }
    }
    Ok(())
}

fn settings(args: &SetArgs) -> Result<Vec<LayerEdit>> {
    let mut settings = Vec::new();
    for text in &args.set {
        settings.push(LayerEdit::read(text, Typing::Guess)?);
    }
    for text in &args.set_string {
        settings.push(LayerEdit::read(text, Typing::Text)?);
    }
    for text in &args.set_json {
        settings.push(LayerEdit::read(text, Typing::Json)?);
    }
    for text in &args.set_file {
        let setting = LayerEdit::read(text, Typing::Text)?;
        let path = text.split_once('=').map_or("", |(_, path)| path);
        match std::fs::read_to_string(path) {
            Ok(text) => settings.push(setting.with(text.into())),
            Err(error) => bail!("cannot read `{path}`: {error}"),
        }
    }
    for key in &args.unset {
        settings.push(LayerEdit::unset(key)?);
    }
    if settings.is_empty() {
        bail!("say what to set: KEY=VALUE, --set-string, --set-json, --set-file or --unset");
    }
    Ok(settings)
}
