//! What a schema says about one place of a document: what may stand there, and what it is for. Editors ask that of
//! documents that are half written, so nothing here takes a document to be right.

use serde_json::Value;

use super::Kind;
use super::walk::deref;
use crate::yaml::Step;

/// How many schemas may lead to each other at one place (`$ref`, `allOf`, branches).
const DEEPEST: usize = 16;

/// What a schema says about a place.
#[derive(Clone, Debug)]
pub struct Shape<'s> {
    root: &'s Value,
    /// All schemas that judge the value, the one nearest to its use first.
    schemas: Vec<&'s Value>,
    /// The value, as far as it is written.
    value: Value,
}

/// A key that may stand in a mapping.
#[derive(Clone, Debug)]
pub struct Property<'s> {
    /// Its name.
    pub name: &'s str,
    /// Whether the mapping must have it.
    pub required: bool,
    /// What its value is.
    pub shape: Shape<'s>,
}

impl Shape<'static> {
    /// What our schema of a kind says about the place at `path` in `document`.
    pub fn of(kind: Kind, document: &Value, path: &[Step]) -> Self {
        Self::at(&super::compiled(kind).json, document, path)
    }
}

impl<'s> Shape<'s> {
    /// What the schema `root` (draft 4 to 7, with references into itself) says about the place at `path` in `document`.
    pub fn at(root: &'s Value, document: &Value, path: &[Step]) -> Self {
        let mut shape = Self::new(root, vec![root], document.clone());
        for step in path {
            shape = shape.below(step);
        }
        shape
    }

    fn new(root: &'s Value, starts: Vec<&'s Value>, value: Value) -> Self {
        let mut schemas = Vec::new();
        for start in starts {
            expand(root, start, &value, DEEPEST, &mut schemas);
        }
        Self { root, schemas, value }
    }

    fn below(&self, step: &Step) -> Self {
        let (schemas, value) = match step {
            Step::Key(key) => {
                (self.schemas.iter().filter_map(|s| of_key(s, key)).collect(), self.value.get(key))
            }
            Step::Index(index) => {
                let item = |schema: &&'s Value| match schema.get("items")? {
                    Value::Array(items) => items.get(*index),
                    one => Some(one),
                };
                (self.schemas.iter().filter_map(item).collect(), self.value.get(index))
            }
        };
        Self::new(self.root, schemas, value.cloned().unwrap_or_default())
    }

    /// Whether the schema says anything at all.
    pub fn is_known(&self) -> bool {
        !self.schemas.is_empty()
    }

    fn first(&self, keyword: &str) -> Option<&'s Value> {
        self.schemas.iter().find_map(|schema| schema.get(keyword))
    }

    /// What the value is for.
    pub fn description(&self) -> Option<&'s str> {
        self.first("description").and_then(Value::as_str)
    }

    /// The value where nothing is given.
    pub fn default(&self) -> Option<&'s Value> {
        self.first("default")
    }

    /// What it may look like.
    pub fn examples(&self) -> &'s [Value] {
        self.first("examples").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The sentence for people about what is allowed.
    pub fn wanted(&self) -> Option<&'s str> {
        self.first("errorMessage").and_then(Value::as_str)
    }

    /// Names of the types that it may have; none where any will do.
    pub fn types(&self) -> Vec<&'s str> {
        match self.first("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ if self.schemas.iter().any(|s| s.get("properties").is_some()) => vec!["object"],
            _ if self.schemas.iter().any(|s| s.get("items").is_some()) => vec!["array"],
            _ => Vec::new(),
        }
    }

    /// The values that it may have, where they can be listed.
    pub fn choices(&self) -> Vec<Value> {
        let mut choices: Vec<Value> = Vec::new();
        for schema in &self.schemas {
            let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
            for choice in listed.chain(schema.get("const")) {
                if !choices.contains(choice) {
                    choices.push(choice.clone());
                }
            }
        }
        if choices.is_empty() && self.types() == ["boolean"] {
            choices = vec![true.into(), false.into()];
        }
        choices
    }

    /// The keys that may stand in the mapping, in the order of the schema, without those that what is there rules out.
    pub fn properties(&self) -> Vec<Property<'s>> {
        let names = |keyword: &str, schema: &'s Value| -> Vec<&'s str> {
            let list = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).collect()
        };
        let required: Vec<&str> = self.schemas.iter().flat_map(|s| names("required", s)).collect();
        // `not: { required: [a, b] }`: not both.
        let apart: Vec<Vec<&str>> =
            self.schemas.iter().filter_map(|s| Some(names("required", s.get("not")?))).collect();
        let mut found: Vec<Property<'s>> = Vec::new();
        for schema in &self.schemas {
            let Some(properties) = schema.get("properties").and_then(Value::as_object) else { continue };
            for name in properties.keys() {
                let here = |other: &&str| *other == name || self.value.get(*other).is_some();
                let ruled_out =
                    apart.iter().any(|group| group.contains(&name.as_str()) && group.iter().all(here));
                if ruled_out || found.iter().any(|property| property.name == name) {
                    continue;
                }
                let shape = self.below(&Step::Key(name.clone()));
                if shape.is_forbidden() {
                    continue;
                }
                found.push(Property { name, required: required.contains(&name.as_str()), shape });
            }
        }
        found
    }

    /// Whether nothing may stand here.
    fn is_forbidden(&self) -> bool {
        let nothing = |schema: &&Value| {
            **schema == Value::Bool(false)
                || schema.get("not").is_some_and(|not| {
                    *not == Value::Bool(true) || not.as_object().is_some_and(serde_json::Map::is_empty)
                })
        };
        self.schemas.iter().any(nothing)
    }
}

/// The schema that a schema of a mapping has for the value of a key.
fn of_key<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    if let Some(property) = schema.get("properties").and_then(|properties| properties.get(key)) {
        return Some(property);
    }
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    let matching = patterns
        .into_iter()
        .flatten()
        .find(|(pattern, _)| regex::Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(key)));
    matching
        .map(|(_, schema)| schema)
        .or_else(|| schema.get("additionalProperties").filter(|schema| schema.is_object()))
}

/// Adds a schema and all that judge the same value: what it refers to, its parts, the branches that may be meant.
fn expand<'s>(root: &'s Value, schema: &'s Value, value: &Value, depth: usize, out: &mut Vec<&'s Value>) {
    if depth == 0 || out.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    out.push(schema);
    let mut follow = |schema: &'s Value| expand(root, schema, value, depth - 1, out);
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|r| deref(root, r)) {
        follow(target);
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        follow(part);
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(branches) = schema.get(keyword).and_then(Value::as_array) else { continue };
        let meant: Vec<&Value> = branches.iter().filter(|b| may_be_meant(root, b, value)).collect();
        for branch in if meant.is_empty() { branches.iter().collect() } else { meant } {
            follow(branch);
        }
    }
    if let Some(condition) = schema.get("if") {
        let branch = if fits(root, condition, value, DEEPEST) { "then" } else { "else" };
        if let Some(branch) = schema.get(branch) {
            follow(branch);
        }
    }
}

/// Whether nothing that is written speaks against a branch.
fn may_be_meant(root: &Value, branch: &Value, value: &Value) -> bool {
    let branch = super::walk::resolved(root, branch);
    let same_kind = match branch.get("type").and_then(Value::as_str) {
        Some("object") => value.is_object() || value.is_null(),
        Some("array") => value.is_array() || value.is_null(),
        Some(_) => !value.is_object() && !value.is_array(),
        None => !(value.is_object() && (branch.get("enum").is_some() || branch.get("const").is_some())),
    };
    let fixed = branch.get("properties").and_then(Value::as_object).into_iter().flatten();
    same_kind
        && fixed.into_iter().all(|(name, schema)| {
            let wanted = schema.get("const");
            let there = value.get(name).filter(|there| !there.is_null());
            wanted.zip(there).is_none_or(|(wanted, there)| wanted == there)
        })
}

/// Whether a value fits a condition; keywords that conditions do not have are passed over.
fn fits(root: &Value, schema: &Value, value: &Value, depth: usize) -> bool {
    if depth == 0 {
        return true;
    }
    let Some(map) = schema.as_object() else { return schema != &Value::Bool(false) };
    let inner = |schema: &Value| fits(root, schema, value, depth - 1);
    let all = |list: &Value| list.as_array().is_none_or(|list| list.iter().all(inner));
    map.iter().all(|(keyword, says)| match keyword.as_str() {
        "$ref" => says.as_str().and_then(|r| deref(root, r)).is_none_or(inner),
        "const" => says == value,
        "enum" => says.as_array().is_none_or(|list| list.contains(value)),
        "required" => says
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .all(|name| value.get(name).is_some()),
        "properties" => {
            says.as_object().into_iter().flatten().all(|(name, schema)| {
                value.get(name).is_none_or(|value| fits(root, schema, value, depth - 1))
            })
        }
        "not" => !inner(says),
        "allOf" => all(says),
        "anyOf" | "oneOf" => says.as_array().is_none_or(|list| list.iter().any(inner)),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(text: &str) -> Vec<Step> {
        let step = |part: &str| part.parse().map_or_else(|_| Step::Key(part.to_owned()), Step::Index);
        text.split('/').filter(|part| !part.is_empty()).map(step).collect()
    }

    fn names(shape: &Shape<'_>) -> String {
        shape.properties().iter().map(|p| p.name).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_depend_on_what_is_there() {
        let keys = |kind, document: Value, at: &str| names(&Shape::of(kind, &document, &path(at)));
        assert_eq!(keys(Kind::Profile, json!({}), ""), "apiVersion kind metadata spec");
        let system = keys(Kind::Profile, json!({"kind": "SystemProfile"}), "spec");
        assert!(!system.contains("type") && system.contains("layers"), "{system}");
        assert!(keys(Kind::Profile, json!({"kind": "ClusterProfile"}), "spec").contains("type"));
        assert!(!keys(Kind::Profile, json!({"metadata": {}}), "metadata").contains("project"));
        let project = json!({"metadata": {"scope": "project"}});
        assert!(keys(Kind::Profile, project, "metadata").contains("project"));
        let layer = keys(Kind::Profile, json!({"spec": {"layers": [{"pack": {}}]}}), "spec/layers/0");
        assert!(!layer.contains("chart") && layer.contains("manifests"), "{layer}");
        assert_eq!(
            keys(
                Kind::Workspace,
                json!({"spec": {"registries": {"x": {"type": "git"}}}}),
                "spec/registries/x"
            ),
            "type url path ref auth tls"
        );
        let any = keys(Kind::Workspace, json!({"spec": {"registries": {"x": null}}}), "spec/registries/x");
        assert_eq!(any, "type path url ref auth tls keyring plain-http");
        assert!(keys(Kind::Appliance, json!({"kind": "Appliance"}), "spec").contains("recipient"));
        assert!(keys(Kind::Appliance, json!({"kind": "ApplianceGroup"}), "spec").contains("selector"));
        assert!(keys(Kind::Pack, json!({}), "constraints/dependencies/0").contains("packName"));
    }

    #[test]
    fn values_are_described() {
        let at = |kind, at: &str| Shape::of(kind, &json!({"kind": "ClusterProfile"}), &path(at));
        let scope = at(Kind::Profile, "metadata/scope");
        assert_eq!(scope.choices(), [json!("tenant"), json!("project"), json!("system")]);
        assert_eq!(scope.default(), Some(&json!("tenant")));
        assert!(scope.description().unwrap().starts_with("Who owns it"));
        let required = at(Kind::Profile, "spec/variables/3/required");
        assert_eq!(required.choices(), [json!(true), json!(false)]);
        let name = at(Kind::Profile, "spec/layers/0/name");
        assert_eq!(
            (name.types(), name.description()),
            (vec!["string"], Some("Name, unique in the profile."))
        );
        assert!(name.wanted().unwrap().contains("1 to 63"));
        let rule = Shape::of(Kind::Workspace, &json!({}), &path("spec/check/rules/YA0103"));
        assert!(rule.choices().contains(&json!("warning")));
        assert!(!at(Kind::Profile, "spec/nothing").is_known());
        assert_eq!(at(Kind::Profile, "metadata/version").examples(), [json!("1.0.0")]);
    }
}
