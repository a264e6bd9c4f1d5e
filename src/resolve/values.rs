//! Effective values: defaults, presets and a layer's values merged as Helm merges them, with the origin of each leaf.
//!
//! Maps merge, everything else replaces, `null` takes a key away (Helm: `pkg/chart/common/util/coalesce.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::origins::{Origins, drop_below};
use super::resolved::{EffectiveValues, Origin, OriginKind};
use crate::pack::Preset;
use crate::source::Place;
use crate::template::read_values;
use crate::yaml::{BudgetError, Document, Entry, Kind, Node, push_pointer};

/// Where the values of one step stand.
#[derive(Clone, Copy)]
pub(super) enum Written<'a> {
    /// In YAML text, at this node.
    Node(Node<'a>),
    /// All at one place.
    Place(&'a Place),
}

impl EffectiveValues {
    /// The defaults of a pack or chart; none where `document` is missing, empty or no mapping.
    pub(super) fn defaults(document: Option<&Document>) -> Result<Self, BudgetError> {
        let mut values = Self { value: Value::Object(Map::new()), ..Self::default() };
        if let Some(document) = document {
            values.stand_alone(&read_values(document)?, Written::Node(document.root()), OriginKind::Default);
        }
        values.origins.share();
        values.defaults = Arc::new(values.value.clone());
        Ok(values)
    }

    /// The same values at `pointer` of a larger tree that has nothing else; nothing at all where they are empty.
    pub(super) fn below(self, pointer: &str) -> Self {
        let lift = |value: &Value| {
            let empty = value.as_object().is_some_and(Map::is_empty);
            pointer.rsplit('/').filter(|part| !part.is_empty() && !empty).fold(
                value.clone(),
                |inner, part| {
                    Value::Object(Map::from_iter([(part.replace("~1", "/").replace("~0", "~"), inner)]))
                },
            )
        };
        let at = |below: &str| format!("{pointer}{below}");
        let mut origins = Origins::default();
        for (below, origin) in self.origins.iter() {
            origins.insert(at(below), origin.clone());
        }
        origins.share();
        Self {
            value: lift(&self.value),
            defaults: Arc::new(lift(&self.defaults)),
            origins,
            removed: self.removed.into_iter().map(|(below, origin)| (at(&below), origin)).collect(),
        }
    }

    /// Replaces everything by `over`, in which a `null` is a value like any other.
    pub(super) fn stand_alone(&mut self, over: &Value, at: Written<'_>, kind: OriginKind) {
        self.value = Value::Object(Map::new());
        self.origins.clear();
        self.removed.clear();
        Step { kind, nulls_remove: false }.run(self, over, at);
    }

    /// Merges `over` (anything but a map counts as empty).
    pub(super) fn merge(&mut self, over: &Value, at: Written<'_>, kind: OriginKind) {
        Step { kind, nulls_remove: true }.run(self, over, at);
    }

    /// Applies a preset: takes its `remove` paths away, then merges its `add`.
    pub(super) fn apply(&mut self, preset: &Preset) -> Result<(), BudgetError> {
        let kind = OriginKind::Preset(preset.group.clone(), preset.name.clone());
        for path in &preset.remove {
            let parts = dotted(path);
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            if let Some(pointer) = remove(&mut self.value, &parts, "") {
                self.origins.forget(&pointer);
                let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                let emptied = || self.value.pointer(parent).is_some_and(is_leaf);
                if !parent.is_empty() && self.origins.get(parent).is_none() && emptied() {
                    let origin = Origin { kind: kind.clone(), place: Some(preset.place.clone()) };
                    self.origins.insert(parent.to_owned(), origin);
                }
            }
        }
        if let Some(add) = &preset.add {
            self.merge(&read_values(add)?, Written::Node(add.root()), kind);
        }
        Ok(())
    }
}

fn is_leaf(value: &Value) -> bool {
    value.as_object().is_none_or(Map::is_empty)
}

/// One merge.
struct Step {
    kind: OriginKind,
    nulls_remove: bool,
}

impl Step {
    fn run(&self, values: &mut EffectiveValues, over: &Value, at: Written<'_>) {
        let (Value::Object(base), Value::Object(over)) = (&mut values.value, over) else { return };
        let mut origins = Marks { leaves: &mut values.origins, removed: &mut values.removed };
        self.map(base, over, at, "", &mut origins);
    }

    fn map(
        &self,
        base: &mut Map<String, Value>,
        over: &Map<String, Value>,
        at: Written<'_>,
        pointer: &str,
        origins: &mut Marks<'_>,
    ) {
        let mut entries = Entries::of(at);
        for (key, value) in over {
            let below = push_pointer(pointer, key);
            let at = entries.at(key);
            match value {
                Value::Null if self.nulls_remove => {
                    base.shift_remove(key);
                    origins.forget(&below);
                    origins.removed.insert(below, self.origin(at));
                }
                Value::Object(inner) => {
                    let slot = base.entry(key.clone()).or_insert(Value::Null);
                    if slot.as_object().is_none_or(Map::is_empty) {
                        origins.forget(&below);
                        if !slot.is_object() {
                            *slot = Value::Object(Map::new());
                        }
                    }
                    let Value::Object(slot) = slot else { continue };
                    self.map(slot, inner, at, &below, origins);
                    if slot.is_empty() {
                        origins.leaves.insert(below, self.origin(at));
                    }
                }
                other => {
                    base.insert(key.clone(), other.clone());
                    origins.forget(&below);
                    origins.leaves.insert(below, self.origin(at));
                }
            }
        }
    }

    fn origin(&self, at: Written<'_>) -> Origin {
        let place = match at {
            Written::Node(node) => node.place(),
            Written::Place(place) => place.clone(),
        };
        Origin { kind: self.kind.clone(), place: Some(place) }
    }
}

/// What is noted down on the way.
struct Marks<'a> {
    leaves: &'a mut Origins,
    removed: &'a mut BTreeMap<String, Origin>,
}

impl Marks<'_> {
    fn forget(&mut self, pointer: &str) {
        self.leaves.forget(pointer);
        drop_below(self.removed, pointer);
    }
}

/// Finds the places of a mapping's keys, which are asked for in nearly the order in which they stand.
struct Entries<'a> {
    whole: Written<'a>,
    list: Vec<Entry<'a>>,
    next: usize,
}

impl<'a> Entries<'a> {
    fn of(at: Written<'a>) -> Self {
        let list = match at {
            Written::Node(node) if node.kind() == Kind::Map => node.entries().collect(),
            _ => Vec::new(),
        };
        Self { whole: at, list, next: 0 }
    }

    fn at(&mut self, key: &str) -> Written<'a> {
        let is_key = |entry: &Entry<'_>| entry.key.text() == Some(key);
        let index = match self.list.get(self.next) {
            Some(entry) if is_key(entry) => Some(self.next),
            _ => self.list.iter().position(is_key),
        };
        match index {
            Some(index) => {
                self.next = index + 1;
                Written::Node(self.list[index].value)
            }
            // A merge key (`<<`) or a key that is no string: the mapping is the nearest place.
            None => self.whole,
        }
    }
}

/// Splits `charts.podinfo."a.b/c"` at its dots; quotes keep a key together.
fn dotted(path: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quote = None;
    for c in path.trim().chars() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            (None, '.') => parts.push(String::new()),
            (_, c) => parts.last_mut().expect("it starts with one part").push(c),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Removes the value at dotted `parts` and returns its pointer. A key that holds dots itself is found as well.
fn remove(value: &mut Value, parts: &[&str], pointer: &str) -> Option<String> {
    match value {
        Value::Object(map) => {
            let (taken, key) = (1..=parts.len())
                .map(|n| (n, parts[..n].join(".")))
                .find(|(_, key)| map.contains_key(key.as_str()))?;
            let below = push_pointer(pointer, &key);
            if taken == parts.len() {
                map.shift_remove(&key)?;
                return Some(below);
            }
            remove(map.get_mut(&key)?, &parts[taken..], &below)
        }
        Value::Array(list) => {
            let index: usize = parts.first()?.trim_matches(['[', ']']).parse().ok()?;
            let below = push_pointer(pointer, &index.to_string());
            if parts.len() == 1 {
                (index < list.len()).then(|| list.remove(index))?;
                return Some(below);
            }
            remove(list.get_mut(index)?, &parts[1..], &below)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;
    use crate::yaml::{self, Resolver};
    use proptest::prelude::*;
    use serde_json::json;

    fn document(path: &str, text: &str) -> Document {
        yaml::parse(&SourceFile::new(path, text)).documents.remove(0)
    }

    fn values(text: &str) -> EffectiveValues {
        EffectiveValues::defaults(Some(&document("values.yaml", text))).unwrap()
    }

    fn layer(values: &mut EffectiveValues, text: &str) {
        let over = document("layer.yaml", text);
        values.merge(
            &over.root().to_json(Resolver::Go).unwrap(),
            Written::Node(over.root()),
            OriginKind::Layer,
        );
    }

    fn origin(values: &EffectiveValues, pointer: &str) -> String {
        let origin = values.origins.get(pointer).unwrap();
        format!("{:?} {}", origin.kind, origin.place.as_ref().unwrap())
    }

    #[test]
    fn maps_merge_and_everything_else_replaces() {
        let mut v = values("a:\n  b: 1\n  c: [1, 2]\nd: x\n");
        layer(&mut v, "a:\n  c: [3]\n  e: yes\nd:\n  f: 1\n");
        assert_eq!(v.value, json!({"a": {"b": 1, "c": [3], "e": true}, "d": {"f": 1}}));
        assert_eq!(*v.defaults, json!({"a": {"b": 1, "c": [1, 2]}, "d": "x"}));
        assert_eq!(origin(&v, "/a/b"), "Default values.yaml:2:6");
        assert_eq!(origin(&v, "/a/c"), "Layer layer.yaml:2:6");
        assert_eq!(origin(&v, "/d/f"), "Layer layer.yaml:5:6");
        assert_eq!(
            v.origins.iter().map(|(pointer, _)| pointer).collect::<Vec<_>>(),
            ["/a/b", "/a/c", "/a/e", "/d/f"]
        );
    }

    #[test]
    fn null_removes_and_is_kept_for_the_chart() {
        let mut v = values("charts:\n  x:\n    a: 1\n    b: {c: 1}\n    a-b: 2\n");
        layer(&mut v, "charts:\n  x:\n    a: null\n    b: ~\n    k: {m: null}\n");
        assert_eq!(v.value, json!({"charts": {"x": {"a-b": 2, "k": {}}}}));
        assert_eq!(
            v.origins.iter().map(|(pointer, _)| pointer).collect::<Vec<_>>(),
            ["/charts/x/a-b", "/charts/x/k"]
        );
        assert_eq!(v.for_chart("/charts/x"), json!({"a-b": 2, "k": {"m": null}, "a": null, "b": null}));
        layer(&mut v, "charts: {x: {b: {d: 1}}}\n");
        assert_eq!(v.for_chart("/charts/x"), json!({"a-b": 2, "k": {"m": null}, "b": {"d": 1}, "a": null}));
        assert_eq!(v.for_chart("/charts/y"), json!({}));
    }

    #[test]
    fn values_that_stand_alone_keep_their_nulls() {
        let mut v = values("a: 1\n");
        let own = document("own.yaml", "b: ~\nc: {}\n");
        v.stand_alone(
            &own.root().to_json(Resolver::Go).unwrap(),
            Written::Node(own.root()),
            OriginKind::Layer,
        );
        assert_eq!(v.value, json!({"b": null, "c": {}}));
        assert_eq!(v.origins.iter().map(|(pointer, _)| pointer).collect::<Vec<_>>(), ["/b", "/c"]);
        assert!(v.removed.is_empty());
    }

    #[test]
    fn a_preset_removes_dotted_paths_and_adds() {
        let mut v =
            values("pack:\n  spectrocloud.com/install-priority: \"1\"\ncharts:\n  x: {a: 1}\n  z: {b: 1}\n");
        let preset = Preset {
            name: "p".into(),
            display_name: "P".into(),
            group: "g".into(),
            remove: vec![
                "charts.x.a".into(),
                "charts.z".into(),
                "no.such".into(),
                "pack.spectrocloud.com/install-priority".into(),
            ],
            add: Some(document("presets.yaml", "charts:\n  z:\n    c: 2\n")),
            default: false,
            layers: Vec::new(),
            place: Place::whole("presets.yaml"),
        };
        v.apply(&preset).unwrap();
        assert_eq!(v.value, json!({"pack": {}, "charts": {"x": {}, "z": {"c": 2}}}));
        assert_eq!(origin(&v, "/charts/z/c"), "Preset(\"g\", \"p\") presets.yaml:3:8");
        assert_eq!(
            v.origins.iter().map(|(pointer, _)| pointer).collect::<Vec<_>>(),
            ["/charts/x", "/charts/z/c", "/pack"]
        );
        assert!(v.removed.is_empty(), "a preset shapes the pack's values; the chart's own defaults stay");
    }

    #[test]
    fn values_move_below_a_pointer_with_their_origins() {
        let mut v = values("a: {b: 1}\n").below("/charts/x~1y");
        assert_eq!(*v.defaults, json!({"charts": {"x/y": {"a": {"b": 1}}}}));
        layer(&mut v, "charts: {x/y: {a: {b: 2}}}\npack: {namespace: n}\n");
        assert_eq!(v.for_chart("/charts/x~1y"), json!({"a": {"b": 2}}));
        let origins: Vec<_> = v.origins.iter().map(|(pointer, _)| pointer).collect();
        assert_eq!(origins, ["/charts/x~1y/a/b", "/pack/namespace"]);
        assert_eq!(
            EffectiveValues::defaults(None).unwrap().below("/charts/x").value,
            json!({}),
            "every leaf keeps an origin"
        );
    }

    #[test]
    fn dotted_paths_keep_quoted_keys_together() {
        assert_eq!(dotted("a.\"b.c\".d"), ["a", "b.c", "d"]);
        assert_eq!(dotted(" a..b. "), ["a", "b"]);
        assert!(dotted("").is_empty());
    }

    #[test]
    fn merge_keys_have_the_place_of_their_mapping() {
        let v = values("base: &b {a: 1}\nx:\n  <<: *b\n  c: 2\n");
        assert_eq!(v.value["x"], json!({"a": 1, "c": 2}));
        assert!(v.origins.get("/x/a").is_some());
    }

    #[test]
    fn images_are_sorted_and_unique() {
        let v = values(
            "pack:\n  content:\n    images:\n    - image: b:1\n    - image: a:1\n    - iamge: c\n    - image: b:1\n",
        );
        assert_eq!(v.images(), ["a:1", "b:1"]);
    }

    fn tree() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<u8>().prop_map(Value::from), Just(json!([null, 1]))];
        let map = leaf.prop_recursive(4, 24, 4, |inner| {
            prop::collection::vec(("[abc]|a/b|a~", inner), 0..4).prop_map(|list| list.into_iter().collect())
        });
        prop::collection::vec(("[abc]|a/b|a~", map), 0..4).prop_map(|list| list.into_iter().collect())
    }

    fn without_nulls(value: &mut Value) {
        if let Value::Object(map) = value {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(without_nulls);
        }
    }

    fn leaves(value: &Value, pointer: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    leaves(value, &push_pointer(pointer, key), found);
                }
            }
            _ if pointer.is_empty() => {}
            _ => found.push(pointer.to_owned()),
        }
    }

    proptest! {
        #[test]
        fn merging_is_helms_and_every_leaf_has_an_origin(base in tree(), overs in prop::collection::vec(tree(), 0..3)) {
            let place = Place::whole("x");
            let mut ours = EffectiveValues::default();
            ours.stand_alone(&base, Written::Place(&place), OriginKind::Default);
            ours.origins.share();
            let mut theirs = base;
            for over in overs {
                ours.merge(&over, Written::Place(&place), OriginKind::Layer);
                crate::chart::values::merge(&mut theirs, &over);
                let mut expected = Vec::new();
                leaves(&ours.value, "", &mut expected);
                expected.sort();
                prop_assert_eq!(ours.origins.iter().map(|(pointer, _)| pointer.to_owned()).collect::<Vec<_>>(), expected);
                let (mut a, mut b) = (ours.value.clone(), theirs.clone());
                without_nulls(&mut a);
                without_nulls(&mut b);
                prop_assert_eq!(a, b);
                for removed in ours.removed.keys() {
                    prop_assert!(ours.value.pointer(removed).is_none(), "{} is there again", removed);
                }
            }
        }
    }
}
