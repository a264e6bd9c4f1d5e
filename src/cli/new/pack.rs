//! `new pack`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::chart::Chart;
use crate::cli::ui::Ui;
use crate::cli::{Exit, change, guard};
use crate::pack::LayerType;
use crate::workspace::NewPack;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Name; that of its first chart unless given.
    name: Option<String>,
    /// Version [default: that of its first chart, or 1.0.0].
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Name for people.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// What it is for.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Place in the stack.
    #[arg(long = "type", value_enum, value_name = "TYPE", default_value_t = TypeArg::Addon)]
    layer_type: TypeArg,
    /// What kind of add-on: `monitoring`, `logging`, `security`, … [default: app services].
    #[arg(long, value_name = "TEXT")]
    addon_type: Option<String>,
    /// Cloud type; may be repeated [default: all].
    #[arg(long = "cloud", value_name = "TYPE")]
    clouds: Vec<String>,
    /// Chart, as `helm package` makes it; may be repeated. It is copied.
    #[arg(long = "chart", value_name = "FILE.tgz")]
    charts: Vec<PathBuf>,
    /// Manifest, with Helm's template language or without; may be repeated. It is copied.
    #[arg(long = "manifest", value_name = "FILE")]
    manifests: Vec<PathBuf>,
    /// Namespace of its releases [default: its name].
    #[arg(long, value_name = "NAME")]
    namespace: Option<String>,
    /// Directory registry of edgewright.yaml [default: the only one].
    #[arg(long, value_name = "NAME")]
    registry: Option<String>,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum TypeArg {
    /// Operating system.
    Os,
    /// Kubernetes distribution.
    Kubernetes,
    /// Network.
    Cni,
    /// Storage.
    Csi,
    /// Everything above.
    Addon,
}

impl From<TypeArg> for LayerType {
    fn from(given: TypeArg) -> Self {
        match given {
            TypeArg::Os => Self::Os,
            TypeArg::Kubernetes => Self::Kubernetes,
            TypeArg::Cni => Self::Cni,
            TypeArg::Csi => Self::Csi,
            TypeArg::Addon => Self::Addon,
        }
    }
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let workspace = guard::workspace()?;
    let charts = args.charts.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
    let mut metadata = Vec::new();
    for (name, bytes) in &charts {
        let chart = Chart::from_tgz(bytes, name).map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
        metadata.push(chart.metadata);
    }
    let first = metadata.first();
    let name = match (args.name, first) {
        (Some(name), _) => name,
        (None, Some(first)) => first.name.clone(),
        (None, None) => match ui.ask_valid("name of the pack", None, &super::profile::name_like)? {
            Some(name) => name,
            None => bail!("the pack needs a name: `edgewright new pack NAME`, or a --chart to take it from"),
        },
    };
    let new = NewPack {
        name,
        version: args
            .version
            .or_else(|| first.map(|f| f.version.clone()))
            .unwrap_or_else(|| "1.0.0".to_owned()),
        display_name: args.display_name,
        description: args.description.or_else(|| first.and_then(|first| first.description.clone())),
        layer_type: args.layer_type.into(),
        addon_type: args.addon_type,
        clouds: args.clouds,
        registry: args.registry,
        namespace: args.namespace,
        charts,
        chart_names: metadata.iter().map(|metadata| metadata.name.clone()).collect(),
        manifests: args.manifests.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?,
    };
    let made = workspace.new_pack(&new)?;
    change::make(&made, args.dry_run, ui)?;
    if !args.dry_run {
        ui.say(&format!(
            "next: write values.yaml, then `edgewright check` and `edgewright layer add PROFILE --pack {}`",
            new.name
        ));
    }
    Ok(Exit::Fine)
}

fn read(path: &Path) -> Result<(String, Vec<u8>)> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.with_context(|| format!("`{}` is no file", path.display()))?;
    let bytes = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok((name, bytes))
}
