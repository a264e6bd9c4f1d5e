//! Which dependencies of a chart are there, under which names, and what of their values goes up to it
//! (`helm:pkg/chart/v2/util/dependencies.go`, v4.2.4).

use super::load::Loaded;
use super::metadata::{Dependency, Import};
use super::tables::{coalesce, coalesce_tables, copy};
use super::value::{Map, MapType, Value};
use crate::version::{Constraint, Version};

/// Whether a version fits a range; what cannot be read never fits.
pub(super) fn is_compatible(range: &str, version: &str) -> bool {
    if range.trim().is_empty() {
        return false;
    }
    match (Version::parse(version), Constraint::parse(range)) {
        (Ok(version), Ok(constraint)) => constraint.matches(&version),
        _ => false,
    }
}

/// Leaves the dependencies that the values enable, named by their aliases, and takes up what they export.
pub(super) fn process(chart: &mut Loaded, user: &Map) -> Result<(), String> {
    enable(chart, user, "")?;
    import_all(chart)
}

/// What lies at a path of keys.
fn at(values: &Map, path: &str) -> Option<Value> {
    let mut value = Value::Map(values.clone());
    for key in path.split('.') {
        value = match value {
            Value::Map(map) => map.get(key.as_bytes())?,
            _ => return None,
        };
    }
    Some(value)
}

fn table_at(values: &Map, path: &str) -> Option<Map> {
    match at(values, path) {
        Some(Value::Map(map)) => Some(map),
        _ => None,
    }
}

fn enable(chart: &mut Loaded, user: &Map, path: &str) -> Result<(), String> {
    let Some(mut listed) = chart.metadata.dependencies.take() else { return Ok(()) };
    let all = std::mem::take(&mut chart.dependencies);
    let fits = |entry: &Dependency, chart: &Loaded| {
        entry.name == chart.metadata.name && is_compatible(&entry.version, &chart.metadata.version)
    };
    let mut kept: Vec<Loaded> =
        all.iter().filter(|chart| !listed.iter().any(|entry| fits(entry, chart))).cloned().collect();
    for entry in &mut listed {
        if let Some(found) = all.iter().find(|chart| fits(entry, chart)) {
            let mut named = found.clone();
            if !entry.alias.is_empty() {
                named.metadata.name.clone_from(&entry.alias);
            }
            kept.push(named);
        }
        if !entry.alias.is_empty() {
            entry.name.clone_from(&entry.alias);
        }
        entry.enabled = true;
    }
    chart.dependencies = kept;
    let values = coalesce(chart, user, false)?;
    by_tags(&mut listed, &values);
    by_conditions(&mut listed, &values, path);
    let off: Vec<String> =
        listed.iter().filter(|entry| !entry.enabled).map(|entry| entry.name.clone()).collect();
    chart.dependencies.retain(|chart| !off.contains(&chart.metadata.name));
    listed.retain(|entry| !off.contains(&entry.name));
    for dependency in &mut chart.dependencies {
        let path = format!("{path}{}.", dependency.metadata.name);
        enable(dependency, &values, &path)?;
    }
    // A list that became empty is nil afterwards.
    chart.metadata.dependencies = Some(listed).filter(|listed| !listed.is_empty());
    Ok(())
}

fn by_tags(listed: &mut [Dependency], values: &Map) {
    let Some(tags) = table_at(values, "tags") else { return };
    for entry in listed {
        let flags = entry.tags.iter().filter_map(|tag| match tags.get(tag.as_bytes()) {
            Some(Value::Bool(flag)) => Some(flag),
            _ => None,
        });
        let flags: Vec<bool> = flags.collect();
        entry.enabled = flags.is_empty() || flags.contains(&true);
    }
}

fn by_conditions(listed: &mut [Dependency], values: &Map, path: &str) {
    for entry in listed {
        let found = entry.condition.trim().split(',').filter(|condition| !condition.is_empty()).find_map(
            |condition| match at(values, &format!("{path}{condition}")) {
                Some(Value::Bool(flag)) => Some(flag),
                _ => None,
            },
        );
        if let Some(flag) = found {
            entry.enabled = flag;
        }
    }
}

/// From the charts deepest down: what a chart imports may have been imported by its child.
fn import_all(chart: &mut Loaded) -> Result<(), String> {
    for dependency in &mut chart.dependencies {
        import_all(dependency)?;
    }
    let Some(listed) = &chart.metadata.dependencies else { return Ok(()) };
    let values = coalesce(chart, &Map::new(MapType::Any), true)?;
    let imported = Map::new(MapType::Any);
    for entry in listed {
        for import in &entry.import_values {
            let (child, parent) = match import {
                Import::Export(name) => (format!("exports.{name}"), "."),
                Import::Table { child, parent } => (child.clone(), parent.as_str()),
            };
            if let Some(table) = table_at(&values, &format!("{}.{child}", entry.name)) {
                coalesce_tables(&imported, &below(parent, table), true);
            }
        }
    }
    let own = copy(&values);
    coalesce_tables(&own, &imported, true);
    chart.values = own;
    Ok(())
}

/// A table put below a path of keys.
fn below(path: &str, table: Map) -> Map {
    if path == "." {
        return table;
    }
    path.split('.').rev().fold(table, |inner, key| {
        let outer = Map::new(MapType::Any);
        outer.insert(key, Value::Map(inner));
        outer
    })
}
