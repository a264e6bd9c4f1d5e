//! A chart rendered as `helm template` does it: dependencies, values, templates, documents
//! (`helm:pkg/action/install.go`, `helm:pkg/cmd/template.go`, v4.2.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::capabilities::{capabilities, kube_version};
use super::dependencies::{is_compatible, process};
use super::load::Loaded;
use super::machine::Budget;
use super::manifests::{Manifest, sorted, split};
use super::object::Object;
use super::random::Random;
use super::scope::{Scope, Shared, render};
use super::tables::coalesce;
use super::value::{Map, MapType, Value};
use super::values::UserValues;
use crate::archive::Files;

/// What a release is besides its chart and its values.
#[derive(Clone, Debug)]
pub struct Release {
    /// `.Release.Name`
    pub name: String,
    /// `.Release.Namespace`
    pub namespace: String,
    /// `.Release.IsUpgrade` instead of `.Release.IsInstall`.
    pub is_upgrade: bool,
    /// Version of Kubernetes; a default where there is none.
    pub kube_version: Option<String>,
    /// API versions of the cluster besides those that every cluster has.
    pub api_versions: Vec<String>,
}

/// A chart with its dependencies and values, before its templates run.
pub struct Prepared {
    chart: Loaded,
    values: Map,
}

/// What came out.
pub struct Rendered {
    /// Files of `crds/`: path and text.
    pub crds: Vec<(String, String)>,
    /// Documents in the order of their installation.
    pub manifests: Vec<Manifest>,
    /// Hooks by kind.
    pub hooks: Vec<Manifest>,
    /// `NOTES.txt` of the chart itself.
    pub notes: String,
}

impl Prepared {
    /// The chart in an archive's files with values of the user; the error is Helm's.
    pub fn new(files: &Files, user: &UserValues) -> Result<Self, String> {
        Self::of(Loaded::read(files)?, &user.0)
    }

    /// The chart in a folder with values of the user; the error is Helm's.
    pub fn of_folder(files: &Files, shown: &str, user: &UserValues) -> Result<Self, String> {
        Self::of(Loaded::read_folder(files, shown)?, &user.0)
    }

    fn of(mut chart: Loaded, user: &Map) -> Result<Self, String> {
        if chart.metadata.is_library() {
            return Err("library charts are not installable".to_owned());
        }
        let missing: Vec<&str> = chart
            .metadata
            .dependencies
            .iter()
            .flatten()
            .map(|listed| listed.name.as_str())
            .filter(|name| !chart.dependencies.iter().any(|chart| chart.metadata.name == **name))
            .collect();
        if !missing.is_empty() {
            return Err(format!(
                "an error occurred while checking for chart dependencies. You may need to run `helm dependency build` \
                 to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
                missing.join(", ")
            ));
        }
        process(&mut chart, user)?;
        let values = coalesce(&chart, user, false)?;
        Ok(Self { chart, values })
    }

    /// The charts with a schema: name, schema, values as JSON, in Helm's order.
    pub fn schemas(&self) -> Vec<(String, Vec<u8>, serde_json::Value)> {
        fn collect(chart: &Loaded, values: &Map, found: &mut Vec<(String, Vec<u8>, serde_json::Value)>) {
            if let Some(schema) = &chart.schema {
                let json = super::json::write(&Value::Map(values.clone()), super::json::PLAIN);
                let json = json.ok().and_then(|text| serde_json::from_str(&text).ok());
                found.push((chart.metadata.name.clone(), schema.to_vec(), json.unwrap_or_default()));
            }
            for dependency in &chart.dependencies {
                if let Some(Value::Map(inner)) = values.get(dependency.metadata.name.as_bytes()) {
                    collect(dependency, &inner, found);
                }
            }
        }
        let mut found = Vec::new();
        collect(&self.chart, &self.values, &mut found);
        found
    }

    /// Name of the chart.
    pub fn name(&self) -> &str {
        &self.chart.metadata.name
    }

    /// What random values follow from: the chart, its values and the release, and nothing else.
    pub fn seed(&self, release: &Release) -> [u8; 32] {
        fn chart(hash: &mut Sha256, of: &Loaded) {
            let texts = of.templates.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
            let files = of.files.iter().map(|(path, bytes)| (path.as_str(), &**bytes));
            for (path, bytes) in texts.chain(files) {
                hash.update((path.len() as u64).to_le_bytes());
                hash.update(path);
                hash.update((bytes.len() as u64).to_le_bytes());
                hash.update(bytes);
            }
            for dependency in &of.dependencies {
                chart(hash, dependency);
            }
        }
        let mut hash = Sha256::new();
        chart(&mut hash, &self.chart);
        // What JSON cannot hold, no values file can.
        let values =
            super::json::write(&Value::Map(self.values.clone()), super::json::PLAIN).unwrap_or_default();
        for text in [&values, &release.name, &release.namespace] {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }

    /// What the templates write, by their full names; the error is Helm's.
    pub(super) fn write(
        &self,
        release: &Release,
        budget: Budget,
        random: Random,
    ) -> Result<BTreeMap<String, String>, String> {
        let version = match &release.kube_version {
            Some(text) => Some(kube_version(text).ok_or_else(|| format!("invalid kube version '{text}'"))?),
            None => None,
        };
        let capabilities = capabilities(version, &release.api_versions);
        let range = &self.chart.metadata.kube_version;
        if !range.is_empty() && !is_compatible(range, &capabilities.kube_version.normalized) {
            return Err(format!(
                "chart requires kubeVersion: {range} which is incompatible with Kubernetes {}",
                capabilities.kube_version.version
            ));
        }
        let about = Map::new(MapType::Any);
        about.insert("Name", Value::text(release.name.as_str()));
        about.insert("Namespace", Value::text(release.namespace.as_str()));
        about.insert("Service", Value::text("Helm"));
        about.insert("Revision", Value::Int(1));
        about.insert("IsUpgrade", Value::Bool(release.is_upgrade));
        about.insert("IsInstall", Value::Bool(!release.is_upgrade));
        let shared = Shared {
            release: Value::Map(about),
            capabilities: Value::object(Object::Capabilities(capabilities)),
        };
        let root = scope(&self.chart, "");
        let files = render(&root, &self.values, &shared, budget, random)?;
        Ok(files
            .into_iter()
            .map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned()))
            .collect())
    }

    /// Runs the templates; the error is Helm's.
    pub fn render(&self, release: &Release, budget: Budget, random: Random) -> Result<Rendered, String> {
        let mut files = self.write(release, budget, random)?;
        let own = format!("{}/templates/NOTES.txt", self.chart.metadata.name);
        let notes = files.get(&own).cloned().unwrap_or_default();
        files.retain(|path, _| !path.ends_with("NOTES.txt"));
        let (manifests, hooks) = sorted(&files)?;
        let mut crds = Vec::new();
        crds_of(&self.chart, "", &mut crds);
        Ok(Rendered { crds, manifests, hooks, notes })
    }
}

/// Where a chart stands behind those around it.
fn path(chart: &Loaded, around: &str) -> String {
    let name = &chart.metadata.name;
    if around.is_empty() { name.clone() } else { format!("{around}/charts/{name}") }
}

fn scope(chart: &Loaded, around: &str) -> Scope {
    let path = path(chart, around);
    let files = Map::new(MapType::Files);
    for (name, bytes) in &chart.files {
        files.insert(name.as_str(), Value::Bytes(bytes.clone()));
    }
    Scope {
        name: chart.metadata.name.clone(),
        metadata: chart.metadata.map(),
        files,
        templates: chart.templates.clone(),
        is_library: chart.metadata.is_library(),
        dependencies: chart.dependencies.iter().map(|dependency| scope(dependency, &path)).collect(),
        path,
    }
}

fn crds_of(chart: &Loaded, around: &str, found: &mut Vec<(String, String)>) {
    let path = path(chart, around);
    for (name, bytes) in &chart.files {
        let manifest = name.rsplit_once('.').is_some_and(|(_, end)| matches!(end, "yaml" | "yml" | "json"));
        if name.starts_with("crds/") && manifest {
            found.push((format!("{path}/{name}"), String::from_utf8_lossy(bytes).into_owned()));
        }
    }
    for dependency in &chart.dependencies {
        crds_of(dependency, &path, found);
    }
}

impl Rendered {
    /// The documents of the templates that `pattern` names (`templates/x.yaml`, with `*`), as `--show-only` prints them;
    /// the error is Helm's.
    pub fn only(&self, all: &str, patterns: &[String]) -> Result<String, String> {
        let mut out = String::new();
        let documents = split(all);
        for pattern in patterns {
            let glob: Vec<char> = pattern.replace('\\', "/").chars().collect();
            let fits = |document: &&String| {
                let source =
                    document.lines().find_map(|line| line.split_once("# Source: ").map(|(_, path)| path));
                let path = source.and_then(|path| path.split_once('/')).map(|(_, path)| path);
                path.is_some_and(|path| super::ignore::fits(&glob, &path.chars().collect::<Vec<_>>()))
            };
            let found: Vec<&String> = documents.iter().filter(fits).collect();
            if found.is_empty() {
                return Err(format!("could not find template {pattern} in chart"));
            }
            for document in found {
                let _ = write!(out, "---\n{document}\n");
            }
        }
        Ok(out)
    }

    /// As `helm template` prints it.
    pub fn text(&self, include_crds: bool, hooks: bool, skip_tests: bool) -> String {
        let mut out = String::new();
        if include_crds {
            for (path, text) in &self.crds {
                let _ = write!(out, "---\n# Source: {path}\n{text}\n");
            }
        }
        for manifest in &self.manifests {
            let _ = write!(out, "---\n# Source: {}\n{}\n", manifest.path, manifest.text);
        }
        let mut out = format!("{}\n", out.trim());
        let shown =
            |hook: &&Manifest| !(skip_tests && hook.events.iter().any(|event| event.starts_with("test")));
        for hook in self.hooks.iter().filter(|_| hooks).filter(shown) {
            let _ = write!(out, "---\n# Source: {}\n{}\n", hook.path, hook.text);
        }
        out
    }
}
