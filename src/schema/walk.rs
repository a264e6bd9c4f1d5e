//! From a validator's path to the schemas on the way: for messages and descriptions.

use serde_json::Value;

/// The schemas that led to a failing keyword.
pub(super) struct Site<'s> {
    /// The schema that the failing keyword stands in.
    pub(super) schema: &'s Value,
    /// Schemas on the way that judge the same value (through `$ref` and `allOf`), innermost first, `schema` included.
    same: Vec<&'s Value>,
}

impl<'s> Site<'s> {
    /// The site of the keyword at `evaluation_path`, a JSON pointer that goes through `$ref`s.
    pub(super) fn new(root: &'s Value, evaluation_path: &str) -> Self {
        let (parent, _) = evaluation_path.rsplit_once('/').unwrap_or(("", ""));
        let mut schema = root;
        let mut same = vec![root];
        let mut parts = parent.split('/').skip(1).map(unescape);
        while let Some(part) = parts.next() {
            let next = match part.as_str() {
                "$ref" => schema.get("$ref").and_then(Value::as_str).and_then(|r| deref(root, r)),
                index if schema.is_array() => index.parse::<usize>().ok().and_then(|i| schema.get(i)),
                key => schema.get(key),
            };
            let Some(next) = next else { break };
            schema = next;
            match part.as_str() {
                "$ref" => same.push(schema),
                "allOf" | "anyOf" | "oneOf" => {
                    // Their items judge the same value: the index belongs to the step.
                    if let Some(branch) =
                        parts.next().and_then(|i| schema.get(i.parse::<usize>().unwrap_or_default()))
                    {
                        schema = branch;
                        same.push(schema);
                    }
                }
                "then" | "else" | "if" | "not" if schema.is_object() => same.push(schema),
                "properties" | "dependencies" | "patternProperties" => {
                    if let Some(child) = parts.next().and_then(|key| schema.get(&key)) {
                        schema = child;
                        same = vec![schema];
                    }
                }
                _ => same = vec![schema],
            }
        }
        same.reverse();
        Self { schema, same }
    }

    /// The sentence for people where the schema refuses a value.
    pub(super) fn error_message(&self) -> Option<&'s str> {
        let own = self.schema.get("errorMessage");
        own.or_else(|| self.same.first().and_then(|s| s.get("errorMessage"))).and_then(Value::as_str)
    }

    /// What the value is for: the description nearest to the place where it is used.
    pub(super) fn description(&self) -> Option<&'s str> {
        self.same.iter().rev().find_map(|schema| schema.get("description")).and_then(Value::as_str)
    }

    /// Names of the properties that the schema knows.
    pub(super) fn properties(&self) -> impl Iterator<Item = &'s str> + use<'s> {
        let map = self.schema.get("properties").and_then(Value::as_object);
        map.into_iter().flat_map(|map| map.keys().map(String::as_str))
    }

    /// Description of a property of the schema.
    pub(super) fn property_description(&self, name: &str) -> Option<&'s str> {
        let described =
            |schema: &&'s Value| schema.get("properties")?.get(name)?.get("description")?.as_str();
        self.same.iter().find_map(described)
    }
}

/// The schema that a reference within the same document means.
pub(super) fn deref<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    root.pointer(reference.strip_prefix('#')?)
}

/// A schema with its `$ref` followed.
pub(super) fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    schema.get("$ref").and_then(Value::as_str).and_then(|r| deref(root, r)).unwrap_or(schema)
}

fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
