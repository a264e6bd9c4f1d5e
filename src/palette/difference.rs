//! What a document of Palette says beyond what our files do: kept small and readable, and said again where it still fits.
//!
//! A difference names, key by key, what stands there instead of what we would write: `version: {1.33.x: 1.33.9}` is said
//! again as long as we would write `1.33.x`, so that whoever edits the profile wins over what was imported. Keys that we
//! never write (`uid`) are carried along, and `(absent)` lists those that the document leaves out.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Stands for a key that is not there.
pub(super) const ABSENT: &str = "(absent)";

/// What is known of an object of Palette's.
pub(super) struct Shape {
    /// Keys that we write ourselves; `None`: all of them.
    made: Option<&'static [&'static str]>,
    /// Objects inside it.
    inner: &'static [(&'static str, &'static Shape)],
    /// What a key that is left out means, beside nothing at all.
    meant: &'static [(&'static str, &'static str)],
    /// Keys that may be left out whatever they would say.
    free: &'static [&'static str],
}

const OPEN: Shape = Shape { made: None, inner: &[], meant: &[], free: &[] };

const fn shape(made: &'static [&'static str]) -> Shape {
    Shape { made: Some(made), ..OPEN }
}

pub(super) const ROOT: Shape = shape(&["metadata", "spec"]);
pub(super) const METADATA: Shape =
    Shape { inner: &[("labels", &OPEN)], ..shape(&["name", "description", "labels"]) };
pub(super) const SPEC: Shape =
    Shape { meant: &[("version", "1.0.0")], ..shape(&["version", "template", "variables"]) };
pub(super) const TEMPLATE: Shape =
    Shape { meant: &[("type", "cluster"), ("cloudType", "all")], ..shape(&["type", "cloudType", "packs"]) };
pub(super) const PACK: Shape = Shape {
    inner: &[("registry", &REGISTRY)],
    meant: &[("layer", "addon")],
    free: &["type", "version", "tag"],
    ..shape(&["name", "type", "layer", "version", "tag", "values", "manifests", "registry"])
};
const REGISTRY: Shape = Shape { inner: &[("metadata", &OPEN)], ..shape(&["metadata"]) };
pub(super) const MANIFEST: Shape = shape(&["name", "content"]);
pub(super) const VARIABLE: Shape = Shape {
    meant: &[("format", "string"), ("inputType", "text")],
    ..shape(&[
        "name",
        "displayName",
        "description",
        "format",
        "inputType",
        "options",
        "required",
        "defaultValue",
        "regex",
        "hidden",
        "immutable",
        "isSensitive",
    ])
};
pub(super) const OPTION: Shape = shape(&["value", "label", "description", "default"]);

impl Shape {
    fn makes(&self, key: &str) -> bool {
        self.made.is_none_or(|made| made.contains(&key))
    }

    fn inner(&self, key: &str) -> Option<&'static Shape> {
        self.inner.iter().find(|(name, _)| *name == key).map(|(_, shape)| *shape)
    }

    /// Whether leaving `key` out says the same as `value`.
    fn may_be_left_out(&self, key: &str, value: &Value) -> bool {
        let nothing = match value {
            Value::Null | Value::Bool(false) => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        let meant = self.meant.iter().any(|(name, meant)| *name == key && value == meant);
        nothing || meant || self.free.contains(&key)
    }
}

/// What `theirs` says that `ours` does not. Keys that `theirs` leaves out count only with `absences`.
pub(super) fn difference(
    shape: &Shape,
    ours: &Map<String, Value>,
    theirs: &Map<String, Value>,
    absences: bool,
) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, theirs) in theirs {
        let said = match (ours.get(key), shape.inner(key), theirs) {
            (Some(ours), ..) if ours == theirs => continue,
            (Some(Value::Object(ours)), Some(inner), Value::Object(theirs)) => {
                let inner = difference(inner, ours, theirs, absences);
                if inner.is_empty() {
                    continue;
                }
                Value::Object(inner)
            }
            (Some(ours), ..) => instead(&text(ours), theirs),
            (None, ..) if shape.makes(key) => instead(ABSENT, theirs),
            (None, ..) => theirs.clone(),
        };
        out.insert(key.clone(), said);
    }
    let mut absent = Vec::new();
    for (key, ours) in ours.iter().filter(|(key, _)| absences && !theirs.contains_key(*key)) {
        if shape.may_be_left_out(key, ours) {
            absent.push(Value::String(key.clone()));
        } else {
            out.insert(key.clone(), instead(&text(ours), &Value::String(ABSENT.to_owned())));
        }
    }
    if !absent.is_empty() {
        out.insert(ABSENT.to_owned(), Value::Array(absent));
    }
    out
}

/// Says again what a difference says, as far as it still fits; `free` may be left out as well.
pub(super) fn apply(
    shape: &Shape,
    ours: &mut Map<String, Value>,
    difference: &Map<String, Value>,
    free: &[&str],
) {
    for (key, said) in difference {
        if key == ABSENT {
            continue;
        }
        match (ours.get_mut(key), said) {
            (Some(value), Value::Object(said)) => {
                if let Some(theirs) = said.get(&*text(value)) {
                    if theirs == ABSENT {
                        ours.shift_remove(key);
                    } else {
                        *value = theirs.clone();
                    }
                } else if let (Some(inner), Value::Object(value)) = (shape.inner(key), value) {
                    apply(inner, value, said, &[]);
                }
            }
            // What we write counts: it was edited.
            (Some(_), _) => {}
            (None, Value::Object(said)) if shape.makes(key) => match said.get(ABSENT) {
                Some(Value::Array(_)) if shape.inner(key).is_some() => {}
                Some(theirs) => drop(ours.insert(key.clone(), theirs.clone())),
                None => {}
            },
            (None, said) => drop(ours.insert(key.clone(), said.clone())),
        }
    }
    for key in difference.get(ABSENT).and_then(Value::as_array).into_iter().flatten() {
        let Some(key) = key.as_str() else { continue };
        if ours.get(key).is_some_and(|value| shape.may_be_left_out(key, value) || free.contains(&key)) {
            ours.shift_remove(key);
        }
    }
}

fn instead(ours: &str, theirs: &Value) -> Value {
    Value::Object(Map::from_iter([(ours.to_owned(), theirs.clone())]))
}

/// A value as a key: the text itself, or JSON.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn map(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(map) => map,
            other => panic!("{other} is no map"),
        }
    }

    #[test]
    fn what_is_kept_reads_well_and_gives_way_to_edits() {
        let ours = map(json!({"name": "k", "version": "1.33.x", "tag": "1.33.x", "layer": "addon"}));
        let theirs =
            map(json!({"name": "k", "version": "1.33.9", "tag": "1.33.x", "uid": "u", "values": ""}));
        let kept = difference(&PACK, &ours, &theirs, true);
        let expected = json!({"version": {"1.33.x": "1.33.9"}, "uid": "u", "values": {"(absent)": ""}, "(absent)": ["layer"]});
        assert_eq!(Value::Object(kept.clone()), expected);
        let mut edited = map(
            json!({"name": "k", "version": "1.34.x", "tag": "1.34.x", "layer": "k8s", "values": "a: 1", "uid": "v"}),
        );
        let before = edited.clone();
        apply(&PACK, &mut edited, &kept, &[]);
        assert_eq!(edited, before);
    }

    fn object() -> impl Strategy<Value = Map<String, Value>> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(Value::from),
            any::<i8>().prop_map(Value::from),
            "[a-c]{0,2}".prop_map(Value::from),
            Just(json!(["a", {"b": 1}])),
        ];
        let keys = "name|type|layer|version|tag|values|uid|logo";
        let flat = prop::collection::vec((keys, leaf.clone()), 0..6);
        let inner = prop::collection::vec(("uid|name|kind", leaf), 0..3);
        (flat, prop::option::of(inner)).prop_map(|(flat, inner)| {
            let mut map: Map<String, Value> = flat.into_iter().collect();
            if let Some(inner) = inner {
                map.insert("registry".into(), json!({ "metadata": Map::from_iter(inner) }));
            }
            map
        })
    }

    proptest! {
        #[test]
        fn what_was_different_comes_back(ours in object(), theirs in object()) {
            let mut ours = ours;
            // What we would never write.
            ours.retain(|key, _| PACK.makes(key));
            let kept = difference(&PACK, &ours, &theirs, true);
            let mut again = ours;
            apply(&PACK, &mut again, &kept, &[]);
            prop_assert_eq!(again, theirs);
        }
    }
}
