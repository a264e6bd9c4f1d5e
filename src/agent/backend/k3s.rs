//! k3s: files in `server/manifests`, which its deploy controller applies within 15 seconds of a change.
//!
//! Rules of that controller (k3s-io/k3s `pkg/deploy/controller.go`) that decide how files are named and removed:
//!
//! * One file is one `AddOn`, named by the file's name up to its first dot; the names must be unique.
//! * Objects that disappear from *inside* a file are deleted; a file that disappears deletes nothing. So a file that is no longer
//!   wanted is emptied, not removed: k3s then deletes its objects, and a deleted `HelmChart` uninstalls its release. The empty
//!   file stays, since nothing tells when k3s, perhaps switched off, has seen it.
//! * An object that moves from one file to another may be deleted by the first after it was written by the second. So a file
//!   is named by what it holds, never by its place in the order: a chart by its release, which is unique in the cluster, a manifest
//!   by profile, layer and name.
//!
//! Namespaces stay when the last layer that needs them goes, as they do in Helm: with them would go everything in them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Applied;
use crate::agent::content::{Layer, Profile};
use crate::agent::durable::{self, PRIVATE};
use crate::agent::error::AgentError;
use crate::agent::state::{STATE_VERSION, State};
use crate::archive::{Digest, write_tgz};
use crate::bundle::LayerDocumentChart;
use crate::source::SourceFile;
use crate::yaml::{self, Node};

/// What was ever written, below the state.
const INVENTORY: &str = "k3s-inventory.json";
/// Where charts lie that are too large for an object, below the server's folder.
const CHARTS: &str = "static/charts/edgewright";
/// Largest chart, in base64, that travels inside its object: etcd takes requests of 1.5 MiB, and helm-controller copies the
/// chart into a `ConfigMap`, which takes 1 MiB.
const INLINE: usize = 900_000;
/// A file whose objects k3s is to delete.
const EMPTY: &[u8] = b"# Emptied by edgewright: k3s deletes what this file held before.\n";
/// Label that keeps k3s from deleting an object that disappears from a file (rancher/wrangler, `pkg/apply`).
const KEEP: &str = "objectset.rio.cattle.io/prune";

/// Files for k3s, in the order in which they are written.
#[derive(Debug)]
pub(in crate::agent) struct Plan {
    folder: PathBuf,
    files: Vec<(String, Vec<u8>)>,
}

/// Paths below the server's folder.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Inventory {
    schema_version: u32,
    folder: PathBuf,
    files: BTreeSet<String>,
}

/// Plans the files of all profiles. Two releases of one name are an error: k3s keeps all `HelmChart`s in one namespace.
pub(super) fn plan(folder: PathBuf, profiles: &[Profile]) -> Result<Plan, AgentError> {
    let mut charts = Vec::new();
    let mut manifests = Vec::new();
    let mut namespaces: BTreeMap<&str, Value> = BTreeMap::new();
    let mut releases: BTreeMap<&str, String> = BTreeMap::new();
    for (profile, layer) in in_order(profiles) {
        let owner = format!("{} of {}", layer.document.name, profile.id);
        for namespace in &layer.document.namespaces {
            let held = namespaces.entry(&namespace.name).or_insert_with(|| json!({}));
            for (key, values) in [("labels", &namespace.labels), ("annotations", &namespace.annotations)] {
                for (name, value) in values {
                    held[key][name] = json!(value);
                }
            }
        }
        for chart in &layer.document.charts {
            if let Some(other) = releases.insert(&chart.release, owner.clone()) {
                return Err(AgentError::Failed(format!(
                    "the release `{}` is in {other} and in {owner}; k3s takes one release of a name: give one layer another `release`",
                    chart.release
                )));
            }
            charts.extend(helm_chart(layer, chart, &owner)?);
        }
        manifests.extend(layer_manifests(profile, layer, &owner));
    }
    let declared = declared_namespaces(&manifests);
    namespaces.retain(|name, more| {
        // One object in two files has two owners, of which either may delete it; those of Kubernetes itself need no owner.
        let of_kubernetes = matches!(*name, "default" | "kube-system" | "kube-public" | "kube-node-lease");
        !(declared.contains(*name) || of_kubernetes && *more == json!({}))
    });
    let mut files = Vec::new();
    if !namespaces.is_empty() {
        files.push((manifest_path("edgewright-namespaces"), namespace_file(&namespaces)));
    }
    files.extend(charts);
    files.extend(manifests);
    Ok(Plan { folder, files })
}

/// Writes what differs, then empties what is no longer wanted.
pub(super) fn apply(state: &State, plan: &Plan) -> Result<Applied, AgentError> {
    let wanted: BTreeSet<String> = plan.files.iter().map(|(path, _)| path.clone()).collect();
    let held = read_inventory(state)?;
    // Files in another folder than now are somebody else's k3s: they are left alone.
    let known = if held.folder == plan.folder { held.files } else { BTreeSet::new() };
    // Noted before it is written: a crash must not leave files that nobody knows.
    write_inventory(state, plan, known.union(&wanted).cloned().collect())?;
    let mut applied = Applied::default();
    for (path, bytes) in &plan.files {
        applied.written += usize::from(put(&plan.folder.join(path), bytes)?);
    }
    for path in known.difference(&wanted) {
        let file = plan.folder.join(path);
        if path.starts_with(CHARTS) {
            durable::remove(&file)?;
        } else {
            applied.removed += usize::from(put(&file, EMPTY)?);
        }
    }
    let kept = known.into_iter().filter(|path| !path.starts_with(CHARTS)).chain(wanted).collect();
    write_inventory(state, plan, kept)?;
    Ok(applied)
}

/// Layers of all profiles in the order of installation: those of a profile by priority, as its descriptor says.
fn in_order(profiles: &[Profile]) -> impl Iterator<Item = (&Profile, &Layer)> {
    profiles.iter().flat_map(|profile| profile.layers.iter().map(move |layer| (profile, layer)))
}

/// The file of a chart, and the chart itself where it is too large to lie in it.
fn helm_chart(
    layer: &Layer,
    chart: &LayerDocumentChart,
    owner: &str,
) -> Result<Vec<(String, Vec<u8>)>, AgentError> {
    let tgz = match layer.files.get(&chart.path) {
        Some(opaque) => opaque.to_vec(),
        None => write_tgz(&layer.files.under(&chart.path), &chart.name)
            .map_err(|error| AgentError::refused(&chart.path, error.to_string()))?,
    };
    let values = layer
        .files
        .text(&chart.values)
        .ok_or_else(|| AgentError::refused(&chart.values, "it is not UTF-8"))?;
    let mut files = Vec::new();
    let mut spec = json!({
        "targetNamespace": chart.namespace,
        "createNamespace": true,
        // The default, `reinstall`, uninstalls a release whose upgrade fails (k3s-io/helm-controller#246).
        "failurePolicy": "abort",
        "valuesContent": values,
    });
    // The network must come up before there is a network.
    if layer.document.layer_type == "cni" {
        spec["bootstrap"] = json!(true);
    }
    let content = BASE64.encode(&tgz);
    if content.len() <= INLINE {
        spec["chartContent"] = json!(content);
    } else {
        let path = format!("{CHARTS}/{}.tgz", Digest::of(&tgz));
        spec["chart"] = json!(format!("https://%{{KUBERNETES_API}}%/{path}"));
        files.push((path, tgz));
    }
    let object = json!({
        "apiVersion": "helm.cattle.io/v1",
        "kind": "HelmChart",
        "metadata": { "name": chart.release, "namespace": "kube-system" },
        "spec": spec,
    });
    let path = manifest_path(&format!("edgewright-chart-{}", chart.release));
    files.push((path, file(&format!("chart {} {}, {owner}", chart.name, chart.version), &[object])));
    Ok(files)
}

/// The files of a layer's manifests.
fn layer_manifests(profile: &Profile, layer: &Layer, owner: &str) -> Vec<(String, Vec<u8>)> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut files = Vec::new();
    for path in &layer.document.manifests {
        let Some(bytes) = layer.files.get(path) else { continue };
        let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default();
        // `00-quota` without its place, so that a manifest before it does not rename it.
        let stem = stem.split_once('-').filter(|(place, _)| place.bytes().all(|b| b.is_ascii_digit()));
        let name = stem.map_or("manifest", |(_, name)| name).to_owned();
        let count = names.entry(name.clone()).or_default();
        *count += 1;
        let identity = format!("{}\n{}\n{name}\n{count}", profile.id, layer.document.name);
        let readable: String = format!("{}-{}-{name}", profile.id, layer.document.name)
            .chars()
            .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '-' })
            .take(180)
            .collect();
        // Different parts can make the same readable name; the digest keeps them apart.
        let digest = Digest::of(identity.as_bytes()).to_string();
        let path = manifest_path(&format!("edgewright-{readable}-{}", &digest[..8]));
        let mut text = format!("# {owner}\n").into_bytes();
        text.extend_from_slice(bytes);
        files.push((path, text));
    }
    files
}

/// Names of namespaces that manifests bring themselves.
fn declared_namespaces(manifests: &[(String, Vec<u8>)]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (path, bytes) in manifests {
        let file = SourceFile::new(path.as_str(), String::from_utf8_lossy(bytes));
        for document in &yaml::parse(&file).documents {
            let root = document.root();
            if root.at("/kind").and_then(Node::as_str) == Some("Namespace") {
                names.extend(root.at("/metadata/name").and_then(Node::as_str).map(str::to_owned));
            }
        }
    }
    names
}

fn namespace_file(namespaces: &BTreeMap<&str, Value>) -> Vec<u8> {
    let objects: Vec<Value> = namespaces
        .iter()
        .map(|(name, more)| {
            let mut metadata = json!({ "name": name, "labels": { KEEP: "false" } });
            for (name, value) in more["labels"].as_object().into_iter().flatten() {
                metadata["labels"][name] = value.clone();
            }
            if let Some(annotations) = more.get("annotations") {
                metadata["annotations"] = annotations.clone();
            }
            json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata })
        })
        .collect();
    file("namespaces of all layers", &objects)
}

fn manifest_path(name: &str) -> String {
    format!("manifests/{name}.yaml")
}

/// Objects as YAML documents.
fn file(about: &str, objects: &[Value]) -> Vec<u8> {
    let mut text = format!("# {about}\n");
    for object in objects {
        text.push_str("---\n");
        text.push_str(&yaml::write(object));
    }
    text.into_bytes()
}

/// Writes a file unless it has these bytes; `true` if it was written. Nobody but root reads it: values may be secrets.
fn put(path: &Path, bytes: &[u8]) -> Result<bool, AgentError> {
    if durable::read(path)?.is_some_and(|held| held == bytes) {
        return Ok(false);
    }
    if let Some(parent) = path.parent() {
        durable::create_folder(parent, 0o700)?;
    }
    durable::write(path, bytes, PRIVATE)?;
    Ok(true)
}

fn read_inventory(state: &State) -> Result<Inventory, AgentError> {
    let path = state.at(INVENTORY);
    let Some(bytes) = durable::read(&path)? else { return Ok(Inventory::default()) };
    serde_json::from_slice(&bytes).map_err(|error| {
        AgentError::Failed(format!(
            "{}: {error}; without it nobody knows what to remove from k3s",
            path.display()
        ))
    })
}

fn write_inventory(state: &State, plan: &Plan, files: BTreeSet<String>) -> Result<(), AgentError> {
    let inventory = Inventory { schema_version: STATE_VERSION, folder: plan.folder.clone(), files };
    let bytes =
        serde_json::to_vec_pretty(&inventory).map_err(|error| AgentError::Failed(error.to_string()))?;
    if durable::read(&state.at(INVENTORY))?.is_some_and(|held| held == bytes) {
        return Ok(());
    }
    durable::write(&state.at(INVENTORY), &bytes, PRIVATE)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::agent::content::{self, tests as content_tests};
    use crate::archive::{Files, Limits, read_tgz};

    fn profiles(id: &str, layers: &[(&str, Files)]) -> Vec<Profile> {
        let (descriptor, bytes, deployment) = content_tests::profile(id, layers);
        let mut all = Files::new();
        let files: Vec<Files> = layers.iter().map(|(_, files)| files.clone()).collect();
        content::put(&mut all, &descriptor, &bytes, &files);
        content::read(&deployment, &all).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        durable::names(&folder.join("manifests")).unwrap()
    }

    fn object(folder: &Path, name: &str) -> Value {
        let text = fs::read_to_string(folder.join("manifests").join(name)).unwrap();
        serde_yaml::from_str(text.split("---\n").nth(1).unwrap()).unwrap()
    }

    #[test]
    fn a_chart_travels_inside_its_object() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state")).unwrap();
        let k3s = folder.path().join("server");
        let files = content_tests::layer("podinfo", "web", "name: podinfo\n");
        let plan = plan(k3s.clone(), &profiles("retail/vm", &[("podinfo", files)])).unwrap();
        assert_eq!(apply(&state, &plan).unwrap(), Applied { written: 3, removed: 0 });
        assert_eq!(apply(&state, &plan).unwrap(), Applied::default());
        let chart = object(&k3s, "edgewright-chart-web.yaml");
        assert_eq!(chart["spec"]["targetNamespace"], "apps");
        assert_eq!(chart["spec"]["failurePolicy"], "abort");
        assert_eq!(chart["spec"]["valuesContent"], "replicas: 2\n");
        let tgz = BASE64.decode(chart["spec"]["chartContent"].as_str().unwrap()).unwrap();
        let unpacked = read_tgz(&tgz, &Limits::default()).unwrap();
        assert_eq!(unpacked.text("podinfo/Chart.yaml"), Some("name: podinfo\n"));
        let namespace = object(&k3s, "edgewright-namespaces.yaml");
        assert_eq!(namespace["metadata"]["labels"]["team"], "edge");
        assert_eq!(namespace["metadata"]["labels"][KEEP], "false");
        assert!(names(&k3s).iter().any(|name| name.starts_with("edgewright-retail-vm-podinfo-quota-")));
    }

    #[test]
    fn a_namespace_has_one_owner() {
        let mut files = content_tests::layer("podinfo", "web", "name: podinfo\n");
        files.insert(
            "manifests/00-quota.yaml",
            &b"kind: Namespace\nmetadata: { name: apps }\n---\nkind: Secret\n"[..],
        );
        let plan = plan(PathBuf::new(), &profiles("edge", &[("podinfo", files)])).unwrap();
        assert!(plan.files.iter().all(|(path, _)| !path.contains("namespaces")), "{:?}", plan.files);
    }

    #[test]
    fn a_layer_that_goes_leaves_empty_files_so_that_k3s_deletes_its_objects() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state")).unwrap();
        let k3s = folder.path().join("server");
        let (a, b) =
            (content_tests::layer("a", "a", "name: a\n"), content_tests::layer("b", "b", "name: b\n"));
        let both = plan(k3s.clone(), &profiles("edge", &[("a", a.clone()), ("b", b)])).unwrap();
        apply(&state, &both).unwrap();
        let one = plan(k3s.clone(), &profiles("edge", &[("a", a)])).unwrap();
        assert_eq!(apply(&state, &one).unwrap(), Applied { written: 0, removed: 2 });
        assert_eq!(apply(&state, &one).unwrap(), Applied::default());
        assert_eq!(fs::read(k3s.join("manifests/edgewright-chart-b.yaml")).unwrap(), EMPTY);
        // And it comes back.
        assert_eq!(apply(&state, &both).unwrap(), Applied { written: 2, removed: 0 });
    }

    #[test]
    fn a_chart_too_large_for_an_object_is_served_by_k3s_itself() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(&folder.path().join("state")).unwrap();
        let k3s = folder.path().join("server");
        // Text that gzip cannot make small.
        let mut noise = String::new();
        while noise.len() < 2_000_000 {
            noise.push_str(&Digest::of(noise.len().to_string().as_bytes()).to_string());
        }
        let files = content_tests::layer("big", "big", &noise);
        let large = plan(k3s.clone(), &profiles("edge", &[("big", files)])).unwrap();
        apply(&state, &large).unwrap();
        let chart = object(&k3s, "edgewright-chart-big.yaml");
        let address = chart["spec"]["chart"].as_str().unwrap();
        let path = address.strip_prefix("https://%{KUBERNETES_API}%/").unwrap();
        assert!(fs::metadata(k3s.join(path)).unwrap().len() > 900_000);
        assert!(chart["spec"].get("chartContent").is_none());
        let small = plan(k3s.clone(), &profiles("edge", &[])).unwrap();
        apply(&state, &small).unwrap();
        assert!(!k3s.join(path).exists());
    }

    #[test]
    fn two_releases_of_one_name_are_said_before_anything_is_written() {
        let (a, b) = (content_tests::layer("a", "web", "x"), content_tests::layer("b", "web", "x"));
        let error = plan(PathBuf::from("/nowhere"), &profiles("edge", &[("a", a), ("b", b)])).unwrap_err();
        assert!(error.to_string().contains("`web` is in a of edge and in b of edge"), "{error}");
    }
}
