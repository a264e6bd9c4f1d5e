//! What another version of a pack or chart means for a layer: its old defaults, its new ones, and the layer's own values.

use std::collections::BTreeMap;

use serde_json::Value;

use super::resolved::ResolvedLayer;
use crate::template::read_values;
use crate::yaml::push_pointer;

/// The three-way difference of a layer. Keys are JSON pointers into the values of the layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// New keys and their defaults; with the layer's own value where it sets the key already.
    pub added: Vec<(String, Value, Option<Value>)>,
    /// Keys that are gone, with the default that they had; with the layer's own value where it still sets them: nobody may
    /// read it any more.
    pub gone: Vec<(String, Value, Option<Value>)>,
    /// Defaults that changed, old and new; with the layer's own value where that stays in force.
    pub changed: Vec<(String, Value, Value, Option<Value>)>,
    /// Whether the layer's values stand alone (`defaults: false`), so that no default takes effect.
    pub alone: bool,
}

impl Difference {
    /// Compares a layer with itself at another version. `None` where one of the two could not be had.
    pub fn of(old: &ResolvedLayer, new: &ResolvedLayer, alone: bool) -> Option<Self> {
        if [old, new].iter().any(|layer| layer.source.pack().is_none() && layer.source.chart().is_none()) {
            return None;
        }
        let own = new.own.as_ref().and_then(|document| read_values(document).ok()).unwrap_or_default();
        let mut difference = Self::between(&old.values.defaults, &new.values.defaults, &own);
        difference.alone = alone;
        Some(difference)
    }

    fn between(old: &Value, new: &Value, own: &Value) -> Self {
        let mut difference = Self::default();
        let (was, is) = (leaves(old), leaves(new));
        for (pointer, value) in &is {
            let own = set_by(own, pointer).cloned();
            match was.get(pointer) {
                None => difference.added.push((pointer.clone(), (*value).clone(), own)),
                Some(before) if before != value => {
                    difference.changed.push((pointer.clone(), (*before).clone(), (*value).clone(), own));
                }
                Some(_) => {}
            }
        }
        for (pointer, value) in &was {
            // A key that became a map, or stopped being one, is still there.
            if !is.contains_key(pointer) && new.pointer(pointer).is_none() {
                difference.gone.push((pointer.clone(), (*value).clone(), set_by(own, pointer).cloned()));
            }
        }
        difference
    }

    /// Whether nothing of it reaches the layer.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.changed.is_empty()
    }
}

/// Every scalar, list and empty map below a value, by its pointer.
fn leaves(value: &Value) -> BTreeMap<String, &Value> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), value)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(map) if !map.is_empty() => {
                open.extend(map.iter().map(|(key, value)| (push_pointer(&pointer, key), value)));
            }
            _ if pointer.is_empty() => {}
            leaf => {
                found.insert(pointer, leaf);
            }
        }
    }
    found
}

/// What the layer's own values say at `pointer`, or at the nearest place above it where they end the map.
fn set_by<'v>(own: &'v Value, pointer: &str) -> Option<&'v Value> {
    let mut at = own;
    for part in pointer.split('/').skip(1) {
        let Value::Object(map) = at else { return Some(at).filter(|value| !value.is_null()) };
        at = map.get(&part.replace("~1", "/").replace("~0", "~"))?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn three_ways_are_told_apart() {
        let old = json!({"a": 1, "b": {"c": 1, "d": [1]}, "gone": {"x": 1, "y": 2}, "same": true, "form": 1});
        let new = json!({"a": 2, "b": {"c": 2, "d": [2], "e": {}}, "same": true, "form": {"k": 1}});
        let own = json!({"b": {"c": 5, "e": {"z": 1}}, "gone": {"y": 3}});
        let difference = Difference::between(&old, &new, &own);
        assert_eq!(
            difference,
            Difference {
                added: vec![
                    ("/b/e".into(), json!({}), Some(json!({"z": 1}))),
                    ("/form/k".into(), json!(1), None)
                ],
                gone: vec![("/gone/x".into(), json!(1), None), ("/gone/y".into(), json!(2), Some(json!(3)))],
                changed: vec![
                    ("/a".into(), json!(1), json!(2), None),
                    ("/b/c".into(), json!(1), json!(2), Some(json!(5))),
                    ("/b/d".into(), json!([1]), json!([2]), None),
                ],
                alone: false,
            }
        );
        assert!(Difference::between(&old, &old, &own).is_empty());
        // A list or scalar of one's own stands for everything below it.
        let covered = Difference::between(&old, &new, &json!({"b": 7})).changed;
        assert_eq!(covered[1], ("/b/c".into(), json!(1), json!(2), Some(json!(7))));
    }
}
