//! A chart with its dependencies as templates see them, and the rendering of all of its templates
//! (`helm:pkg/engine/engine.go`: `recAllTpls`, `render`, v4.2.4).

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::fault::parse_error;
use super::functions::is_function;
use super::machine::{Budget, Machine, Set, without_no_value};
use super::parse::parse;
use super::random::Random;
use super::value::{Map, MapType, Operand, Value};

/// A chart that is about to be rendered.
pub(super) struct Scope {
    pub(super) name: String,
    /// Its name behind those of the charts around it: `demo/charts/sub`.
    pub(super) path: String,
    /// `.Chart`.
    pub(super) metadata: Map,
    /// `.Files`.
    pub(super) files: Map,
    /// Files below `templates/`, by their path in the chart.
    pub(super) templates: Vec<(String, String)>,
    pub(super) is_library: bool,
    pub(super) dependencies: Vec<Scope>,
}

/// What all charts of a release share.
pub(super) struct Shared {
    /// `.Release`
    pub(super) release: Value,
    /// `.Capabilities`
    pub(super) capabilities: Value,
}

/// A template with what it is executed on.
struct Renderable {
    text: String,
    data: Map,
    base_path: String,
}

/// What the templates write, by their full names; the error is Helm's.
pub(super) fn render(
    root: &Scope,
    values: &Map,
    shared: &Shared,
    budget: Budget,
    random: Random,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut templates = HashMap::new();
    collect(root, Some(values), None, shared, &mut templates);
    let mut names: Vec<&String> = templates.keys().collect();
    names.sort_by(|a, b| order(a, b));

    let mut set = Set::default();
    for name in &names {
        let parsed = parse(name, &templates[*name].text, &is_function);
        set.add(&parsed.map_err(|why| parse_error(name, &why))?);
    }
    let mut machine = Machine::new(set, budget, random);
    let mut rendered = BTreeMap::new();
    for name in names {
        let base = name.rsplit('/').next().unwrap_or(name);
        if base.starts_with('_') {
            continue;
        }
        let template = &templates[name];
        let about = Map::new(MapType::Values);
        about.insert("Name", Value::text(name.as_str()));
        about.insert("BasePath", Value::text(template.base_path.as_str()));
        template.data.insert("Template", Value::Map(about));
        let data = Operand::plain(Value::Map(template.data.typed(MapType::Values)));
        let out = machine.execute(name, data).map_err(|fault| fault.shown())?;
        rendered.insert(name.clone(), without_no_value(&out));
    }
    Ok(rendered)
}

/// More separators first, then names backwards: dependencies run before the charts that hold them.
fn order(a: &str, b: &str) -> Ordering {
    let depth = |name: &str| name.matches('/').count();
    depth(b).cmp(&depth(a)).then_with(|| b.cmp(a))
}

/// The map that a chart's templates are executed on; its templates are added to `templates`.
fn collect(
    scope: &Scope,
    values: Option<&Map>,
    parent: Option<&Map>,
    shared: &Shared,
    templates: &mut HashMap<String, Renderable>,
) -> Map {
    let metadata = scope.metadata.clone();
    metadata.insert("IsRoot", Value::Bool(parent.is_none()));
    let subcharts = Map::new(MapType::Any);
    let data = Map::new(MapType::Any);
    let own = values.cloned().or_else(|| match parent?.get(b"Values") {
        Some(Value::Map(around)) => match around.get(scope.name.as_bytes()) {
            Some(Value::Map(own)) => Some(own),
            _ => None,
        },
        _ => None,
    });
    let own = own.unwrap_or_else(|| Map::new(MapType::Values));
    data.insert("Chart", Value::Map(metadata));
    data.insert("Files", Value::Map(scope.files.clone()));
    data.insert("Release", shared.release.clone());
    data.insert("Capabilities", shared.capabilities.clone());
    data.insert("Values", Value::Map(own.typed(MapType::Values)));
    data.insert("Subcharts", Value::Map(subcharts.clone()));
    for dependency in &scope.dependencies {
        let inner = collect(dependency, None, Some(&data), shared, templates);
        subcharts.insert(dependency.name.as_str(), Value::Map(inner));
    }
    for (name, text) in &scope.templates {
        let base = name.rsplit('/').next().unwrap_or(name);
        if scope.is_library && !base.starts_with('_') {
            continue;
        }
        let renderable = Renderable {
            text: text.clone(),
            data: data.clone(),
            base_path: format!("{}/templates", scope.path),
        };
        templates.insert(format!("{}/{name}", scope.path), renderable);
    }
    data
}
