//! `Chart.yaml` and `requirements.yaml` (`helm:pkg/chart/v2/{metadata,dependency}.go`, v4.2.4).

use super::value::{Map, MapType, Value};
use super::yaml_read::Decoded;
use crate::version::Version;

/// `Chart.yaml`.
#[derive(Clone, Default)]
pub(super) struct Metadata {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) kube_version: String,
    /// What only templates ask for, by Go's names.
    texts: Vec<(&'static str, String)>,
    keywords: Vec<String>,
    sources: Vec<String>,
    maintainers: Vec<[String; 3]>,
    deprecated: bool,
    annotations: Option<Vec<(String, String)>>,
    /// `None`: not a word about them, which ends Helm's search for conditions.
    pub(super) dependencies: Option<Vec<Dependency>>,
}

/// A listed dependency.
#[derive(Clone, Default)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) version: String,
    repository: String,
    pub(super) condition: String,
    pub(super) tags: Vec<String>,
    pub(super) enabled: bool,
    pub(super) import_values: Vec<Import>,
    pub(super) alias: String,
}

/// An entry of `import-values`.
#[derive(Clone)]
pub(super) enum Import {
    /// The name of an export.
    Export(String),
    /// From a table of the child to one of the parent.
    Table { child: String, parent: String },
}

/// The words for a field that is not of its type.
fn unfit(found: &Decoded, field: &str, wanted: &str) -> String {
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go struct field {field} of type \
         {wanted}",
        found.json_type()
    )
}

fn text_field(of: &Decoded, structure: &str, name: &str) -> Result<String, String> {
    match of.get(name) {
        None => Ok(String::new()),
        Some(value) => value.string().ok_or_else(|| unfit(value, &format!("{structure}.{name}"), "string")),
    }
}

fn text_list(of: &Decoded, structure: &str, name: &str) -> Result<Vec<String>, String> {
    match of.get(name) {
        None | Some(Decoded::Nil) => Ok(Vec::new()),
        Some(Decoded::List(items)) => items
            .iter()
            .map(|item| item.string().ok_or_else(|| unfit(item, &format!("{structure}.{name}"), "string")))
            .collect(),
        Some(other) => Err(unfit(other, &format!("{structure}.{name}"), "[]string")),
    }
}

fn flag(of: &Decoded, structure: &str, name: &str) -> Result<bool, String> {
    match of.get(name) {
        None | Some(Decoded::Nil) => Ok(false),
        Some(Decoded::Bool(flag)) => Ok(*flag),
        Some(other) => Err(unfit(other, &format!("{structure}.{name}"), "bool")),
    }
}

pub(super) fn dependencies_of(of: &Decoded) -> Result<Option<Vec<Dependency>>, String> {
    const IN: &str = "Metadata.dependencies";
    let items = match of.get("dependencies") {
        None | Some(Decoded::Nil) => return Ok(None),
        Some(Decoded::List(items)) => items,
        Some(other) => return Err(unfit(other, IN, "[]*v2.Dependency")),
    };
    let mut dependencies = Vec::new();
    for item in items {
        let mut import_values = Vec::new();
        if let Some(Decoded::List(imports)) = item.get("import-values") {
            for import in imports {
                let part = |name: &str| {
                    import.get(name).and_then(Decoded::string).unwrap_or_else(|| "<nil>".to_owned())
                };
                match import {
                    Decoded::Text(name) => import_values.push(Import::Export(name.str().into_owned())),
                    Decoded::Map(_) => {
                        import_values.push(Import::Table { child: part("child"), parent: part("parent") });
                    }
                    _ => {}
                }
            }
        }
        dependencies.push(Dependency {
            name: text_field(item, IN, "name")?,
            version: text_field(item, IN, "version")?,
            repository: text_field(item, IN, "repository")?,
            condition: text_field(item, IN, "condition")?,
            tags: text_list(item, IN, "tags")?,
            enabled: flag(item, IN, "enabled")?,
            import_values,
            alias: text_field(item, IN, "alias")?,
        });
    }
    Ok(Some(dependencies))
}

impl Metadata {
    pub(super) fn of(decoded: &Decoded) -> Result<Self, String> {
        const IN: &str = "Metadata";
        if !matches!(decoded, Decoded::Map(_) | Decoded::Nil) {
            return Err(format!(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of type v2.Metadata",
                decoded.json_type()
            ));
        }
        let text = |name: &str| text_field(decoded, IN, name);
        let annotations = match decoded.get("annotations") {
            None | Some(Decoded::Nil) => None,
            Some(Decoded::Map(entries)) => {
                let mut texts = Vec::new();
                for (key, value) in entries {
                    let text =
                        value.string().ok_or_else(|| unfit(value, "Metadata.annotations", "string"))?;
                    texts.push((key.string().unwrap_or_default(), text));
                }
                Some(texts)
            }
            Some(other) => return Err(unfit(other, "Metadata.annotations", "map[string]string")),
        };
        let mut maintainers = Vec::new();
        if let Some(Decoded::List(items)) = decoded.get("maintainers") {
            for item in items {
                let part = |name| text_field(item, "Metadata.maintainers", name);
                maintainers.push([part("name")?, part("email")?, part("url")?]);
            }
        }
        let api_version = text("apiVersion")?;
        Ok(Self {
            name: text("name")?,
            version: text("version")?,
            api_version: if api_version.is_empty() { "v1".to_owned() } else { api_version },
            kind: text("type")?,
            kube_version: text("kubeVersion")?,
            texts: vec![
                ("Home", text("home")?),
                ("Description", text("description")?),
                ("Icon", text("icon")?),
                ("Condition", text("condition")?),
                ("Tags", text("tags")?),
                ("AppVersion", text("appVersion")?),
            ],
            keywords: text_list(decoded, IN, "keywords")?,
            sources: text_list(decoded, IN, "sources")?,
            maintainers,
            deprecated: flag(decoded, IN, "deprecated")?,
            annotations,
            dependencies: dependencies_of(decoded)?,
        })
    }

    /// What Helm asks of every chart (`Metadata.Validate`).
    pub(super) fn check(&self) -> Result<(), String> {
        let required = |name: &str| format!("chart.metadata.{name} is required");
        if self.api_version.is_empty() {
            return Err(required("apiVersion"));
        }
        if self.name.is_empty() {
            return Err(required("name"));
        }
        if self.name.rsplit('/').next() != Some(self.name.as_str()) {
            return Err(format!("chart.metadata.name {:?} is invalid", self.name));
        }
        if self.version.is_empty() {
            return Err(required("version"));
        }
        if Version::parse(&self.version).is_err() {
            return Err(format!("chart.metadata.version {:?} is invalid", self.version));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err("chart.metadata.type must be application or library".to_owned());
        }
        for dependency in self.dependencies.iter().flatten() {
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if !dependency.alias.is_empty() && !dependency.alias.chars().all(fits) {
                return Err(format!(
                    "dependency {:?} has disallowed characters in the alias",
                    dependency.name
                ));
            }
        }
        Ok(())
    }

    pub(super) fn is_library(&self) -> bool {
        self.kind.eq_ignore_ascii_case("library")
    }

    /// `.Chart`, by Go's names.
    pub(super) fn map(&self) -> Map {
        let map = Map::new(MapType::Any);
        let text = |text: &str| Value::text(text);
        let list = |items: &[String]| Value::list(items.iter().map(|item| text(item)).collect());
        map.insert("Name", text(&self.name));
        map.insert("Version", text(&self.version));
        map.insert("APIVersion", text(&self.api_version));
        map.insert("Type", text(&self.kind));
        map.insert("KubeVersion", text(&self.kube_version));
        for (name, value) in &self.texts {
            map.insert(*name, text(value));
        }
        map.insert("Keywords", list(&self.keywords));
        map.insert("Sources", list(&self.sources));
        map.insert("Deprecated", Value::Bool(self.deprecated));
        let maintainers = self.maintainers.iter().map(|[name, email, url]| {
            let map = Map::new(MapType::Any);
            map.insert("Name", text(name));
            map.insert("Email", text(email));
            map.insert("URL", text(url));
            Value::Map(map)
        });
        map.insert("Maintainers", Value::list(maintainers.collect()));
        let annotations = match &self.annotations {
            None => Map::new(MapType::NilStrings),
            Some(entries) => {
                let map = Map::new(MapType::Strings);
                for (key, value) in entries {
                    map.insert(key.as_str(), text(value));
                }
                map
            }
        };
        map.insert("Annotations", Value::Map(annotations));
        let dependencies = self.dependencies.iter().flatten().map(|dependency| {
            let map = Map::new(MapType::Any);
            map.insert("Name", text(&dependency.name));
            map.insert("Version", text(&dependency.version));
            map.insert("Repository", text(&dependency.repository));
            map.insert("Condition", text(&dependency.condition));
            map.insert("Tags", list(&dependency.tags));
            map.insert("Enabled", Value::Bool(dependency.enabled));
            let imports = dependency.import_values.iter().map(|import| {
                let map = Map::new(MapType::Strings);
                let (child, parent) = match import {
                    Import::Export(name) => (format!("exports.{name}"), "."),
                    Import::Table { child, parent } => (child.clone(), parent.as_str()),
                };
                map.insert("child", text(&child));
                map.insert("parent", text(parent));
                Value::Map(map)
            });
            map.insert("ImportValues", Value::list(imports.collect()));
            map.insert("Alias", text(&dependency.alias));
            Value::Map(map)
        });
        map.insert("Dependencies", Value::list(dependencies.collect()));
        map
    }
}
