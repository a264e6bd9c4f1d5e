//! How the values of a chart, of its dependencies and of the user become one table
//! (`helm:pkg/chart/common/util/coalesce.go`, v4.2.4).

use super::load::Loaded;
use super::value::{Map, MapType, Value};

/// A table that shares nothing with this one.
pub(super) fn copy(map: &Map) -> Map {
    let out = Map::new(map.kind);
    for (key, value) in map.entries() {
        out.insert(key, copy_value(&value));
    }
    out
}

fn copy_value(value: &Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(copy(map)),
        Value::List(list) => Value::list(list.items.iter().map(copy_value).collect()),
        other => other.clone(),
    }
}

fn table(value: &Value) -> Option<&Map> {
    match value {
        Value::Map(map) => Some(map),
        _ => None,
    }
}

/// The values of `chart` and of all below it under those of the user. `merge` keeps nulls, which otherwise take keys away.
pub(super) fn coalesce(chart: &Loaded, user: &Map, merge: bool) -> Result<Map, String> {
    let values = copy(user);
    coalesce_chart(chart, &values, merge)?;
    Ok(values)
}

fn coalesce_chart(chart: &Loaded, dest: &Map, merge: bool) -> Result<(), String> {
    coalesce_values(chart, dest, merge);
    for dependency in &chart.dependencies {
        let name = dependency.metadata.name.as_str();
        let inner = match dest.get(name.as_bytes()) {
            None => Map::new(MapType::Any),
            Some(Value::Map(map)) => map,
            Some(other) => {
                // Helm's own words have a verb that does not fit.
                let shown = super::printf::printf(b"%t", &[other]);
                return Err(format!("type mismatch on {name}: {}", String::from_utf8_lossy(&shown)));
            }
        };
        dest.insert(name, Value::Map(inner.clone()));
        coalesce_globals(&inner, dest);
        coalesce_chart(dependency, &inner, merge)?;
    }
    Ok(())
}

/// The globals of a parent win over those of its child, which has its own table of them.
fn coalesce_globals(dest: &Map, src: &Map) {
    const KEY: &[u8] = b"global";
    let of = |map: &Map| match map.get(KEY) {
        None => Some(Map::new(MapType::Any)),
        Some(Value::Map(map)) => Some(map),
        Some(_) => None,
    };
    let (Some(into), Some(from)) = (of(dest), of(src)) else { return };
    for (key, value) in from.entries() {
        match (&value, into.get(key.bytes())) {
            (Value::Map(inner), None) => into.insert(key, Value::Map(shallow(inner))),
            (Value::Map(inner), Some(Value::Map(old))) => {
                let new = shallow(inner);
                coalesce_tables(&new, &old, true);
                into.insert(key, Value::Map(new));
            }
            (Value::Map(_), Some(_)) | (_, Some(Value::Map(_))) => {}
            _ => into.insert(key, value),
        }
    }
    dest.insert("global", Value::Map(into));
}

/// A table of its own with the same values in it.
fn shallow(map: &Map) -> Map {
    let out = Map::new(map.kind);
    for (key, value) in map.entries() {
        out.insert(key, value);
    }
    out
}

fn coalesce_values(chart: &Loaded, values: &Map, merge: bool) {
    for (key, default) in copy(&chart.values).entries() {
        match values.get(key.bytes()) {
            Some(Value::Nil) if !merge => values.remove(key.bytes()),
            Some(Value::Map(dest)) => {
                if let Some(src) = table(&default) {
                    let name = key.str();
                    let merge = merge || chart.dependencies.iter().any(|sub| sub.metadata.name == *name);
                    if !merge {
                        drop_nulls(src);
                    }
                    coalesce_tables(&dest, src, merge);
                }
            }
            Some(_) => {}
            None => {
                if !merge {
                    if default.is_nil() {
                        continue;
                    }
                    if let Some(inner) = table(&default) {
                        drop_nulls(inner);
                    }
                }
                values.insert(key, default);
            }
        }
    }
}

/// What `src` has goes into `dst`, which wins.
pub(super) fn coalesce_tables(dst: &Map, src: &Map, merge: bool) {
    let given: std::collections::BTreeSet<_> =
        src.entries().into_iter().filter(|(_, value)| !value.is_nil()).map(|(key, _)| key).collect();
    for (key, value) in dst.entries() {
        if value.is_nil() {
            src.insert(key, Value::Nil);
        }
    }
    for (key, value) in src.entries() {
        match dst.get(key.bytes()) {
            Some(Value::Nil) if !merge && given.contains(&key) => dst.remove(key.bytes()),
            None => dst.insert(key, value),
            Some(Value::Map(inner)) => {
                if let Some(value) = table(&value) {
                    coalesce_tables(&inner, value, merge);
                }
            }
            Some(_) => {}
        }
    }
}

fn drop_nulls(map: &Map) {
    for (key, value) in map.entries() {
        match value {
            Value::Nil => map.remove(key.bytes()),
            Value::Map(inner) => drop_nulls(&inner),
            _ => {}
        }
    }
}
