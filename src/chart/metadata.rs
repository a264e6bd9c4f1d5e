//! `Chart.yaml` (Helm: `pkg/chart/v2/metadata.go`, `dependency.go`).

use serde_json::Value;

use super::{ChartErrorKind, documents, source};
use crate::archive::Files;
use crate::version::Version;
use crate::yaml::Resolver;

/// `Chart.yaml`, as far as it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartMetadata {
    /// `apiVersion`: `v1` or `v2`; empty where it is missing.
    pub api_version: String,
    /// Name.
    pub name: String,
    /// Version, loose semver.
    pub version: String,
    /// Version of the application inside.
    pub app_version: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Constraint on the cluster's version.
    pub kube_version: Option<String>,
    /// `application` or `library`.
    pub chart_type: Option<String>,
    /// Home page.
    pub home: Option<String>,
    /// Whether its makers gave it up.
    pub deprecated: bool,
    /// Its subcharts, in order; with `apiVersion: v1` those of `requirements.yaml`.
    pub dependencies: Vec<ChartDependency>,
}

/// A subchart as `Chart.yaml` lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartDependency {
    /// Name.
    pub name: String,
    /// Version constraint.
    pub version: String,
    /// Key of its values in the parent's.
    pub alias: Option<String>,
    /// Where it comes from; empty: from the chart's own `charts` folder.
    pub repository: String,
    /// Paths in the values, with commas between them: the first that is a boolean switches it.
    pub condition: Option<String>,
    /// Words below `tags` in the values that switch it.
    pub tags: Vec<String>,
    /// Whether `import-values` puts values of it into the parent's.
    pub has_imports: bool,
    /// Paths in the parent's values that `import-values` fills.
    pub imports: Vec<String>,
}

impl ChartMetadata {
    /// Reads `Chart.yaml` and, over it, `requirements.yaml`. What Helm refuses is refused: no name, a name with a path in
    /// it, a version that is none, an unknown type, two dependencies of one name.
    pub(super) fn read(files: &Files, shown_path: &str) -> Result<Self, ChartErrorKind> {
        let json = |name: &str| -> Result<Option<Value>, ChartErrorKind> {
            let Some(file) = source(files, name, shown_path)? else { return Ok(None) };
            let Some(document) = documents(&file)?.into_iter().next() else { return Ok(Some(Value::Null)) };
            let value = document.root().to_json(Resolver::Go);
            value.map(Some).map_err(|error| ChartErrorKind::File(format!("{}: {error}", file.path())))
        };
        let chart = json("Chart.yaml")?.ok_or(ChartErrorKind::NoMetadata)?;
        let mut metadata = Self::from_json(&chart);
        if let Some(requirements) = json("requirements.yaml")?
            && requirements.get("dependencies").is_some()
        {
            metadata.dependencies = dependencies(&requirements);
        }
        metadata.check().map_err(|why| ChartErrorKind::File(format!("{shown_path}/Chart.yaml: {why}")))?;
        Ok(metadata)
    }

    /// Metadata from the JSON form of `Chart.yaml` or of an index entry; whatever is missing or of another type is empty.
    pub fn from_json(json: &Value) -> Self {
        let optional = |key: &str| text(json.get(key)?).filter(|text| !text.is_empty());
        Self {
            api_version: optional("apiVersion").unwrap_or_default(),
            name: optional("name").unwrap_or_default(),
            version: optional("version").unwrap_or_default(),
            app_version: optional("appVersion"),
            description: optional("description"),
            kube_version: optional("kubeVersion"),
            chart_type: optional("type"),
            home: optional("home"),
            deprecated: json.get("deprecated").and_then(Value::as_bool).unwrap_or_default(),
            dependencies: dependencies(json),
        }
    }

    /// What Helm refuses in an index entry: everything that it refuses in a chart but doubled dependencies.
    pub fn check_entry(&self) -> Result<(), String> {
        if self.name.is_empty() {
            return Err("`name` is missing".to_owned());
        }
        if matches!(self.name.as_str(), "." | "..") || self.name.contains(['/', '\\']) {
            return Err(format!("the name `{}` is a path", self.name.escape_debug()));
        }
        if self.version.is_empty() {
            return Err("`version` is missing".to_owned());
        }
        Version::parse(&self.version).map_err(|error| error.to_string())?;
        if let Some(other) =
            self.chart_type.as_deref().filter(|kind| !matches!(*kind, "application" | "library"))
        {
            return Err(format!("the type `{}` is neither application nor library", other.escape_debug()));
        }
        Ok(())
    }

    /// What Helm's `Metadata.Validate` refuses in a chart, as far as it is read here.
    fn check(&self) -> Result<(), String> {
        self.check_entry()?;
        for (index, dependency) in self.dependencies.iter().enumerate() {
            if self.dependencies[..index].iter().any(|earlier| earlier.key() == dependency.key()) {
                return Err(format!("there are two dependencies `{}`", dependency.key().escape_debug()));
            }
        }
        Ok(())
    }
}

impl ChartDependency {
    /// Key of its values in the parent's: the alias, or the name.
    pub fn key(&self) -> &str {
        self.alias.as_deref().unwrap_or(&self.name)
    }
}

fn dependencies(json: &Value) -> Vec<ChartDependency> {
    let list = json.get("dependencies").and_then(Value::as_array);
    let field = |entry: &Value, key: &str| entry.get(key).and_then(text).unwrap_or_default();
    list.into_iter()
        .flatten()
        .map(|entry| ChartDependency {
            name: field(entry, "name"),
            version: field(entry, "version"),
            alias: Some(field(entry, "alias")).filter(|alias| !alias.is_empty()),
            repository: field(entry, "repository"),
            condition: Some(field(entry, "condition")).filter(|condition| !condition.is_empty()),
            tags: entry
                .get("tags")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(text)
                .collect(),
            has_imports: entry
                .get("import-values")
                .and_then(Value::as_array)
                .is_some_and(|list| !list.is_empty()),
            imports: entry
                .get("import-values")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|import| text(import.get("parent")?))
                .collect(),
        })
        .collect()
}

/// A scalar as the string that Helm makes of it where it wants one (sigs.k8s.io/yaml, `convertToJSONableObject`): the
/// number 1.10 becomes `1.1`.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => Some(float.to_string()),
            _ => Some(number.to_string()),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(chart: &str, requirements: Option<&str>) -> Result<ChartMetadata, String> {
        let mut files = Files::new();
        files.insert("Chart.yaml", chart.as_bytes());
        if let Some(requirements) = requirements {
            files.insert("requirements.yaml", requirements.as_bytes());
        }
        ChartMetadata::read(&files, "web").map_err(|error| error.to_string())
    }

    #[test]
    fn old_and_new_charts_list_their_dependencies() {
        let new = "apiVersion: v2\nname: web\nversion: v1.2\ntype: library\ndeprecated: true\ndependencies:\n\
                   - {name: db, version: ^1, alias: store}\n- {name: db, version: ^1}\n";
        let metadata = read(new, None).unwrap();
        assert!(metadata.deprecated);
        assert_eq!(
            metadata.dependencies.iter().map(ChartDependency::key).collect::<Vec<_>>(),
            ["store", "db"]
        );
        let old =
            read("name: web\nversion: 1.0.0\n", Some("dependencies:\n- {name: db, version: 1}\n")).unwrap();
        assert_eq!(old.dependencies[0].version, "1");
    }

    #[test]
    fn what_helm_refuses_is_refused() {
        for (chart, why) in [
            ("version: 1.0.0\n", "`name` is missing"),
            ("name: web\n", "`version` is missing"),
            ("name: ../web\nversion: 1.0.0\n", "is a path"),
            ("name: web\nversion: one\n", "`one` is not a version"),
            ("name: web\nversion: 1.0.0\ntype: app\n", "neither application nor library"),
            ("name: web\nversion: 1.0.0\ndependencies: [{name: a}, {name: a}]\n", "two dependencies `a`"),
            ("", "`name` is missing"),
            ("a: [", "Chart.yaml:"),
        ] {
            let error = read(chart, None).unwrap_err();
            assert!(error.contains(why), "{chart}: {error}");
        }
    }

    #[test]
    fn numbers_become_the_strings_that_helm_makes_of_them() {
        let metadata = read("name: 7\nversion: 2\nappVersion: 2.50\n", None).unwrap();
        assert_eq!((metadata.name.as_str(), metadata.version.as_str()), ("7", "2"));
        assert_eq!(metadata.app_version.as_deref(), Some("2.5"));
    }
}
