//! The values of a chart and its subcharts as its templates and its schema see them (Helm:
//! `pkg/chart/common/util/coalesce.go`, `pkg/chart/v2/util/dependencies.go`).

use serde_json::{Map, Value};

use super::Chart;
use crate::yaml::{BudgetError, push_pointer};

/// A chart of a tree and where its values stand in those of the whole.
#[derive(Clone, Debug)]
pub struct ChartAt<'a> {
    /// The chart.
    pub chart: &'a Chart,
    /// JSON pointer of its values.
    pub pointer: String,
}

impl Chart {
    /// A user's values over the chart's defaults, those of its subcharts and its globals: a null of the user takes a
    /// default away, and a null among defaults counts for nothing.
    ///
    /// # Errors
    /// Defaults that are too large once their aliases are expanded.
    pub fn coalesce(&self, user: &Value) -> Result<Value, BudgetError> {
        let mut values = match user {
            Value::Object(map) => map.clone(),
            _ => Map::new(),
        };
        self.coalesce_into(&mut values)?;
        Ok(Value::Object(values))
    }

    fn coalesce_into(&self, values: &mut Map<String, Value>) -> Result<(), BudgetError> {
        if let Value::Object(defaults) = self.default_values()? {
            fill(values, defaults);
        }
        for (key, chart) in self.subchart_keys() {
            let globals = values.get("global").cloned();
            let below = values.entry(key).or_insert_with(|| Value::Object(Map::new()));
            // A value of another kind is refused by Helm, and said by the rule on kinds.
            let Value::Object(below) = below else { continue };
            if let Some(Value::Object(globals)) = globals {
                let own = below.entry("global").or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(own) = own {
                    share(own, globals);
                }
            }
            chart.coalesce_into(below)?;
        }
        Ok(())
    }

    /// The chart and those of its subcharts that `values` (coalesced) leave switched on, parents first.
    pub fn enabled<'a>(&'a self, values: &Value) -> Vec<ChartAt<'a>> {
        let mut found = Vec::new();
        self.add_enabled(values, values, String::new(), &mut found);
        found
    }

    fn add_enabled<'a>(&'a self, all: &Value, own: &Value, pointer: String, found: &mut Vec<ChartAt<'a>>) {
        found.push(ChartAt { chart: self, pointer: pointer.clone() });
        for (key, chart) in self.subchart_keys() {
            if self.is_on(key, all, own) {
                let Some(below) = own.get(key) else { continue };
                chart.add_enabled(all, below, push_pointer(&pointer, key), found);
            }
        }
    }

    /// Whether conditions and tags leave a subchart on; conditions beat tags, and the first that is a boolean decides.
    fn is_on(&self, key: &str, all: &Value, own: &Value) -> bool {
        let Some(dependency) = self.metadata.dependencies.iter().find(|d| d.key() == key) else {
            return true;
        };
        let conditions = dependency.condition.iter().flat_map(|condition| condition.trim().split(','));
        for path in conditions {
            let value = path.split('.').try_fold(own, |value, part| value.get(part));
            if let Some(Value::Bool(on)) = value {
                return *on;
            }
        }
        let tags: Vec<bool> =
            dependency.tags.iter().filter_map(|tag| all.get("tags")?.get(tag)?.as_bool()).collect();
        tags.is_empty() || tags.contains(&true)
    }
}

/// Puts a parent's globals over those of a subchart. Where one has a map and the other has not, the subchart keeps its own.
fn share(own: &mut Map<String, Value>, globals: Map<String, Value>) {
    for (key, global) in globals {
        match (own.get_mut(&key), global) {
            (Some(Value::Object(own)), Value::Object(mut global)) => {
                fill(&mut global, std::mem::take(own));
                *own = global;
            }
            (Some(Value::Object(_)), _) | (Some(_), Value::Object(_)) => {}
            (_, global) => {
                own.insert(key, global);
            }
        }
    }
}

/// Puts defaults where nothing is set; a null that is set takes the default away.
fn fill(values: &mut Map<String, Value>, defaults: Map<String, Value>) {
    for (key, default) in defaults {
        match (values.get_mut(&key), default) {
            (Some(Value::Null), default) => {
                if !default.is_null() {
                    values.shift_remove(&key);
                }
            }
            (Some(Value::Object(set)), Value::Object(default)) => fill(set, default),
            (Some(_), _) | (None, Value::Null) => {}
            (None, Value::Object(default)) => {
                let mut filled = Map::new();
                fill(&mut filled, default);
                values.insert(key, Value::Object(filled));
            }
            (None, default) => {
                values.insert(key, default);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::archive::Files;

    fn chart() -> Chart {
        let mut files = Files::new();
        for (path, text) in [
            (
                "Chart.yaml",
                "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: db, condition: db.enabled}\n- {name: ui, tags: [front]}\n",
            ),
            (
                "values.yaml",
                "a: 1\nnone: null\nglobal: {zone: x}\ndb: {enabled: true, size: 2, gone: null}\n",
            ),
            ("charts/db/Chart.yaml", "apiVersion: v2\nname: db\nversion: 1.0.0\n"),
            ("charts/db/values.yaml", "size: 1\ngone: 3\nname: db\nglobal: {zone: y, b: 1}\n"),
            ("charts/ui/Chart.yaml", "apiVersion: v2\nname: ui\nversion: 1.0.0\n"),
        ] {
            files.insert(path, text.as_bytes());
        }
        Chart::from_files(files, "web").unwrap()
    }

    #[test]
    fn values_reach_subcharts_as_helm_hands_them_on() {
        let chart = chart();
        let values = chart.coalesce(&json!({"db": {"name": null}, "own": null})).unwrap();
        assert_eq!(
            values,
            json!({
                "db": {"enabled": true, "size": 2, "gone": 3, "global": {"zone": "x", "b": 1}},
                "own": null, "a": 1, "global": {"zone": "x"}, "ui": {"global": {"zone": "x"}}
            })
        );
    }

    #[test]
    fn globals_go_down_unless_their_kinds_differ() {
        let mut own = json!({"a": 1, "b": {"x": 1, "y": 1}, "c": {"x": 1}, "d": 1});
        let globals = json!({"a": 2, "b": {"x": 2}, "c": 2, "d": {"x": 2}, "e": 2});
        if let (Value::Object(own), Value::Object(globals)) = (&mut own, globals) {
            share(own, globals);
        }
        assert_eq!(own, json!({"a": 2, "b": {"x": 2, "y": 1}, "c": {"x": 1}, "d": 1, "e": 2}));
    }

    #[test]
    fn conditions_and_tags_switch_subcharts() {
        let chart = chart();
        let on = |user: Value| -> Vec<String> {
            let values = chart.coalesce(&user).unwrap();
            chart.enabled(&values).into_iter().map(|at| at.pointer).collect()
        };
        assert_eq!(on(json!({})), ["", "/db", "/ui"]);
        assert_eq!(on(json!({"db": {"enabled": false}})), ["", "/ui"]);
        assert_eq!(on(json!({"tags": {"front": false}})), ["", "/db"]);
    }
}
