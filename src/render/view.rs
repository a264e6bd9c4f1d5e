//! A profile, or all that an appliance runs, rendered for people and machines.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::fill::Filling;
use super::layer::{ChartContent, RenderedLayer, RenderedNamespace, RenderedValues, layer};
use super::origin::{ValueOrigin, commented, origins};
use super::references::References;
use super::variables::{SYSTEM, Variables};
use crate::archive::Files;
use crate::diagnostics::Diagnostic;
use crate::resolve::{ResolvedLayer, ResolvedProfile};
use crate::source::SourceFile;
use crate::template::{self, Ground, system_values};
use crate::workspace::{Config, Settings};
use crate::yaml::{self, Resolver};

/// Name of the document beside the files of a written tree.
pub const INDEX: &str = "render.json";

/// How to render.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `edgewright.yaml`.
    pub config: &'a Config,
    /// The appliance that runs the profiles: its id, and what it is given.
    pub appliance: Option<(&'a str, &'a Settings)>,
    /// Values of variables, and of system names behind `system.`, that win over all others.
    pub set: &'a BTreeMap<String, String>,
    /// Names of layers; none: all.
    pub layers: &'a [String],
    /// Whether values are wanted.
    pub values: bool,
    /// Whether manifests are wanted.
    pub manifests: bool,
    /// Whether a layer's values are wanted as one, with the keys of a pack, instead of chart by chart.
    pub whole: bool,
    /// Whether the origin of each value is wanted.
    pub origin: bool,
    /// Whether references to variables stay, as in a release.
    pub references: bool,
    /// Whether values of sensitive variables are shown.
    pub show_secrets: bool,
}

/// One profile, rendered.
#[derive(Debug)]
pub struct ProfileView {
    /// `id@version`.
    pub label: String,
    /// What is known of it, its layers included.
    pub document: Value,
    /// Files in the order of the stack.
    pub files: Vec<FileView>,
    /// References without a value: `var.token`.
    pub open: BTreeSet<String>,
    /// What an appliance would refuse, and layers that cannot be rendered.
    pub problems: Vec<String>,
    /// What is doubtful.
    pub warnings: Vec<String>,
    /// References that stand for nothing.
    pub faults: Vec<Diagnostic>,
}

/// Values or a manifest, as a file.
#[derive(Debug)]
pub struct FileView {
    /// Path below the folder of the profile.
    pub path: String,
    /// What it is: `values of chart podinfo 6.5.1, release web in namespace apps`.
    pub title: String,
    /// The text.
    pub text: String,
}

/// Renders the profiles of a request, in the given order.
pub fn view(request: &Request<'_>, profiles: &[ResolvedProfile]) -> Vec<ProfileView> {
    let system = system(request, profiles);
    profiles.iter().map(|resolved| one(request, resolved, &system)).collect()
}

/// The system names that are known.
fn system(request: &Request<'_>, profiles: &[ResolvedProfile]) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    if let Some((id, _)) = request.appliance {
        let ground = profiles
            .iter()
            .find(|profile| matches!(crate::resolve::profile_type(profile), "infrastructure" | "full"));
        let ground = ground.map(|profile| Ground {
            profile: &profile.profile.id.0,
            version: profile.profile.version(),
            kubernetes: profile
                .layers
                .iter()
                .find(|layer| layer.layer_type == crate::pack::LayerType::Kubernetes)
                .and_then(|layer| layer.pin.as_ref().map(|pin| pin.version.as_str())),
        });
        known.extend(system_values(id, ground).into_iter().map(|(name, value)| (name.to_owned(), value)));
    }
    let set = request.set.iter().filter_map(|(name, value)| Some((name.strip_prefix(SYSTEM)?, value)));
    known.extend(set.map(|(name, value)| (name.to_owned(), value.clone())));
    known
}

fn one(request: &Request<'_>, resolved: &ResolvedProfile, system: &BTreeMap<String, String>) -> ProfileView {
    let profile = &resolved.profile;
    let settings = request.appliance.map(|(_, settings)| settings);
    let variables = Variables::of(profile, settings, request.set, request.show_secrets);
    let filling = Filling::new(&variables, system, request.appliance.is_some());
    let references = References::new(request.config, resolved);
    let mut view = ProfileView {
        label: profile.label(),
        document: Value::Null,
        files: Vec::new(),
        open: BTreeSet::new(),
        problems: variables.problems.clone(),
        warnings: Vec::new(),
        faults: Vec::new(),
    };
    let mut order: Vec<usize> = (0..resolved.layers.len()).collect();
    order.sort_by_key(|index| (resolved.layers[*index].priority, *index));
    let mut layers = Vec::new();
    for (index, of) in resolved.layers.iter().enumerate() {
        if !request.layers.is_empty() && !request.layers.contains(&of.name) {
            continue;
        }
        if let Some(why) = &of.unresolved {
            let message = format!("{}: layer `{}` {why}", view.label, of.name);
            if of.source.pack().is_none() && of.source.chart().is_none() {
                view.problems.push(message);
                continue;
            }
            view.warnings.push(message);
        }
        let mut rendered = match layer(resolved, of, &references) {
            Ok(rendered) => rendered,
            Err(faults) => {
                view.faults.extend(faults);
                continue;
            }
        };
        if request.whole {
            match whole(of, &references) {
                Ok(values) => rendered.values = Some(values),
                Err(faults) => {
                    view.faults.extend(faults);
                    continue;
                }
            }
        }
        let found = if request.origin { all_origins(of, &rendered, &variables) } else { BTreeMap::new() };
        if !request.references {
            view.faults.extend(filling.fill(&mut rendered));
        }
        let folder = format!("{index:02}-{}", of.name);
        let place = order.iter().position(|at| *at == index).unwrap_or_default();
        let layer = Part { request, of, folder: &folder, place, origins: &found };
        layers.push(layer.add(&rendered, &mut view.files));
    }
    if !request.references {
        view.open = filling.open();
    }
    let given = variables.values.iter().map(|(name, known)| {
        let mut map = json!({ "value": known.value, "from": known.from.words() });
        if let Some(place) = known.from.place() {
            map["path"] = Value::from(place.file.path());
            map["line"] = Value::from(place.start().line);
        }
        (name.clone(), map)
    });
    view.document = json!({
        "id": profile.id,
        "version": profile.version(),
        "type": crate::resolve::profile_type(resolved),
        "variables": given.collect::<Map<_, _>>(),
        "open": view.open,
        "layers": layers,
    });
    view
}

/// All effective values of a layer, with the keys of a pack.
fn whole(of: &ResolvedLayer, references: &References<'_>) -> Result<RenderedValues, Vec<Diagnostic>> {
    let text = template::write_values(&references.values(of, "")?);
    Ok(RenderedValues { path: "values.yaml".to_owned(), pointer: String::new(), text })
}

/// The origins of all values of a layer, by the path of their file.
fn all_origins(
    of: &ResolvedLayer,
    rendered: &RenderedLayer<'_>,
    variables: &Variables,
) -> BTreeMap<String, Vec<ValueOrigin>> {
    let files = rendered.charts.iter().map(|chart| &chart.values).chain(&rendered.values);
    files.map(|values| (values.path.clone(), origins(of, values, variables))).collect()
}

/// One layer on its way into files and the document.
struct Part<'a> {
    request: &'a Request<'a>,
    of: &'a ResolvedLayer,
    folder: &'a str,
    /// Its place in the order of installation.
    place: usize,
    origins: &'a BTreeMap<String, Vec<ValueOrigin>>,
}

impl Part<'_> {
    fn add(&self, rendered: &RenderedLayer<'_>, files: &mut Vec<FileView>) -> Value {
        let of = self.of;
        let mut document = json!({
            "name": of.name,
            "type": of.layer_type.word(),
            "source": { "kind": of.source.word() },
            "namespace": of.namespace,
            "installPriority": of.priority,
            "installOrder": self.place,
            "namespaces": rendered.namespaces.iter().map(namespace).collect::<Vec<_>>(),
        });
        for (key, value) in
            [("name", of.source.name()), ("version", of.pin.as_ref().map(|pin| pin.version.as_str()))]
        {
            if let Some(value) = value {
                document["source"][key] = Value::from(value);
            }
        }
        if let Some(by) = &of.added_by {
            document["addedBy"] = json!(by);
        }
        if self.request.values {
            if let Some(values) = &rendered.values {
                let title = format!("values of layer {}", of.name);
                document["values"] = self.values(values, title, files);
            }
            // All values as one, or those of each chart.
            let charts = rendered.charts.iter().filter(|_| !self.request.whole);
            let charts: Vec<Value> = charts
                .map(|chart| {
                    let what = match chart.content {
                        ChartContent::Template(file) => format!("the template {}", file.path()),
                        ChartContent::Files(_) | ChartContent::Archive(_) => {
                            format!("chart {} {}", chart.name, chart.version)
                        }
                    };
                    let title = format!(
                        "values of {what}, release {} in namespace {}",
                        chart.release, chart.namespace
                    );
                    let mut entry = json!({
                        "name": chart.name,
                        "version": chart.version,
                        "release": chart.release,
                        "namespace": chart.namespace,
                    });
                    if let ChartContent::Template(file) = chart.content {
                        entry["template"] = Value::from(file.path());
                    }
                    entry["values"] = self.values(&chart.values, title, files);
                    entry
                })
                .collect();
            document["charts"] = Value::from(charts);
        }
        if self.request.manifests {
            let manifests = rendered.manifests.iter().map(|manifest| {
                let path = format!("{}/{}", self.folder, manifest.path);
                let title = format!("manifest {}", manifest.file.path());
                files.push(FileView { path: path.clone(), title, text: manifest.text.clone() });
                let objects = objects(&manifest.text, manifest.file.path());
                json!({ "name": manifest.name, "file": path, "source": manifest.file.path(), "objects": objects })
            });
            document["manifests"] = manifests.collect();
        }
        document
    }

    fn values(&self, values: &RenderedValues, title: String, files: &mut Vec<FileView>) -> Value {
        let path = format!("{}/{}", self.folder, values.path);
        let origins = self.origins.get(&values.path).map(Vec::as_slice).unwrap_or_default();
        let text = if self.request.origin { commented(&values.text, origins) } else { values.text.clone() };
        let stream = yaml::parse(&SourceFile::new(path.as_str(), values.text.as_str()));
        let value = stream.documents.first().and_then(|d| d.root().to_json(Resolver::Go).ok());
        let mut document = json!({ "file": path, "value": value });
        if self.request.origin {
            document["origins"] =
                origins.iter().map(|origin| (origin.pointer.clone(), origin.document.clone())).collect();
        }
        files.push(FileView { path, title, text });
        document
    }
}

fn namespace(namespace: &RenderedNamespace) -> Value {
    json!({ "name": namespace.name, "labels": namespace.labels, "annotations": namespace.annotations })
}

fn objects(text: &str, path: &str) -> Vec<Value> {
    let stream = yaml::parse(&SourceFile::new(path, text));
    let filled =
        stream.documents.iter().filter(|d| d.root().scalar().is_none_or(|(text, _)| !text.is_empty()));
    filled.filter_map(|document| document.root().to_json(Resolver::Go).ok()).collect()
}

/// Everything as one document for machines.
pub fn document(request: &Request<'_>, profiles: &[ProfileView]) -> Value {
    let list: Vec<&Value> = profiles.iter().map(|view| &view.document).collect();
    let mut document = json!({ "schemaVersion": 1 });
    if let Some((id, _)) = request.appliance {
        document["appliance"] = Value::from(id);
    }
    document["profiles"] = json!(list);
    document
}

/// Everything as a stream of YAML documents, each with a comment that says what it is.
pub fn stream(profiles: &[ProfileView]) -> String {
    let mut out = String::new();
    for view in profiles {
        for file in &view.files {
            let title = format!("# {}: {}\n# {}\n", view.label, file.title, file.path);
            out.push_str("---\n");
            out.extend(title.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }));
            out.push_str(file.text.strip_prefix("---\n").unwrap_or(&file.text));
            if !out.ends_with('\n') {
                out.push('\n');
            }
        }
    }
    out
}

/// Everything as files: those of a profile at the top, those of an appliance in a folder for each profile.
pub fn tree(request: &Request<'_>, profiles: &[ProfileView]) -> Files {
    let mut files = Files::new();
    for (view, id) in profiles.iter().zip(profiles.iter().map(|view| view.document["id"].as_str())) {
        let folder = match request.appliance {
            Some(_) => format!("{}/", id.unwrap_or_default()),
            None => String::new(),
        };
        for file in &view.files {
            files.insert(format!("{folder}{}", file.path), file.text.as_bytes());
        }
    }
    let mut index = serde_json::to_string_pretty(&document(request, profiles)).unwrap_or_default();
    index.push('\n');
    files.insert(INDEX, index.into_bytes());
    files
}
