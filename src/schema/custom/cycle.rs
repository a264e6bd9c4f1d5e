//! Schemas that lead back to themselves without going down in the value: judging by them would never end.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::yaml::push_pointer;

/// The pointer of a reference that closes such a circle.
pub(super) fn find(root: &Value) -> Option<String> {
    let mut references = Vec::new();
    let mut anchors = HashMap::new();
    collect(root, String::new(), &mut references, &mut anchors);
    let edges = Edges { root, anchors };
    let mut done: HashSet<String> = HashSet::new();
    references.into_iter().find(|(_, holder)| edges.comes_back(holder, &mut done)).map(|(pointer, _)| pointer)
}

/// Every `$ref` with the schema that holds it, and every named anchor.
fn collect(
    value: &Value,
    pointer: String,
    references: &mut Vec<(String, String)>,
    anchors: &mut HashMap<String, String>,
) {
    match value {
        Value::Object(map) => {
            for key in ["$ref", "$dynamicRef", "$recursiveRef"] {
                if map.get(key).is_some_and(Value::is_string) {
                    references.push((push_pointer(&pointer, key), pointer.clone()));
                }
            }
            for key in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = map.get(key).and_then(Value::as_str) {
                    anchors.insert(name.to_owned(), pointer.clone());
                }
            }
            for (key, child) in map {
                collect(child, push_pointer(&pointer, key), references, anchors);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                collect(child, format!("{pointer}/{index}"), references, anchors);
            }
        }
        _ => {}
    }
}

struct Edges<'s> {
    root: &'s Value,
    anchors: HashMap<String, String>,
}

impl Edges<'_> {
    /// Whether a schema leads back to itself for the same value. `done` holds those that are known not to.
    fn comes_back(&self, start: &str, done: &mut HashSet<String>) -> bool {
        // Depth first without recursion: a schema is entered, then left when all that it leads to is known.
        let mut open: Vec<(String, Vec<String>)> = vec![(start.to_owned(), self.next(start))];
        let mut path: HashSet<String> = HashSet::from([start.to_owned()]);
        while let Some((here, rest)) = open.last_mut() {
            match rest.pop() {
                Some(next) if path.contains(&next) => return true,
                Some(next) if done.contains(&next) => {}
                Some(next) => {
                    path.insert(next.clone());
                    let after = self.next(&next);
                    open.push((next, after));
                }
                None => {
                    path.remove(here);
                    done.insert(std::mem::take(here));
                    open.pop();
                }
            }
        }
        false
    }

    /// The schemas that judge the same value as this one.
    fn next(&self, pointer: &str) -> Vec<String> {
        let Some(Value::Object(map)) = self.root.pointer(pointer) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, child) in map {
            let below = || push_pointer(pointer, key);
            match (key.as_str(), child) {
                ("$ref" | "$dynamicRef" | "$recursiveRef", Value::String(reference)) => {
                    let target = reference.split_once('#').map_or("", |(_, fragment)| fragment);
                    match self.anchors.get(target) {
                        Some(anchor) => found.push(anchor.clone()),
                        None => found.push(target.replace("%24", "$").replace("%25", "%")),
                    }
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                    found.extend((0..branches.len()).map(|index| format!("{}/{index}", below())));
                }
                ("not" | "if" | "then" | "else", Value::Object(_)) => found.push(below()),
                ("dependentSchemas" | "dependencies", Value::Object(map)) => {
                    found.extend(map.keys().map(|key| push_pointer(&below(), key)));
                }
                _ => {}
            }
        }
        found
    }
}
