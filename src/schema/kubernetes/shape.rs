//! What a value must look like: the part of JSON Schema that Kubernetes' own schemas and CRDs use, ready to judge by.

use serde_json::Value;

use super::format::Format;

/// A set of JSON types; empty means any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    /// Numbers with a fraction.
    pub(super) const FRACTION: Self = Self(8);
    /// Whole numbers are numbers.
    pub(super) const NUMBER: Self = Self(8 | 4);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);

    fn of_word(word: &str) -> Self {
        match word {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::default(),
        }
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a value of this type fits.
    pub(super) fn allows(self, found: Self) -> bool {
        self.0 == 0 || self.0 & found.0 != 0
    }

    /// Whether it names this type.
    pub(super) fn has(self, wanted: Self) -> bool {
        self.0 & wanted.0 == wanted.0
    }

    /// Words for people, `null` left out.
    pub(super) fn words(self) -> String {
        let all = [
            (Self::STRING, "text"),
            (Self::NUMBER, "a number"),
            (Self::INTEGER, "a whole number"),
            (Self::BOOLEAN, "`true` or `false`"),
            (Self::ARRAY, "a list"),
            (Self::OBJECT, "a mapping"),
        ];
        let mut words: Vec<&str> = all.iter().filter(|(kind, _)| self.has(*kind)).map(|(_, w)| *w).collect();
        if self.has(Self::NUMBER) {
            words.retain(|word| *word != "a whole number");
        }
        words.join(" or ")
    }
}

/// What becomes of fields that are not listed.
#[derive(Debug, Default)]
pub(super) enum Others {
    /// Anything goes.
    #[default]
    Any,
    /// They are refused.
    Refused,
    /// The API server drops them: CRDs.
    Pruned,
    /// Each looks like this.
    Like(Box<Shape>),
}

/// One schema.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Another definition of Kubernetes' own, which judges as well.
    pub(super) reference: Option<u32>,
    pub(super) types: Types,
    /// Sorted by name.
    pub(super) properties: Vec<(Box<str>, Shape)>,
    pub(super) required: Vec<Box<str>>,
    pub(super) others: Others,
    pub(super) items: Option<Box<Shape>>,
    /// Fields that tell the items of a list apart.
    pub(super) list_keys: Vec<Box<str>>,
    /// What few schemas have.
    pub(super) more: Option<Box<More>>,
}

/// Conditions on values.
#[derive(Debug, Default)]
pub(super) struct More {
    pub(super) options: Vec<Value>,
    pub(super) format: Option<Format>,
    pub(super) pattern: Option<regex::Regex>,
    pub(super) minimum: Option<(f64, bool)>,
    pub(super) maximum: Option<(f64, bool)>,
    pub(super) multiple_of: Option<f64>,
    pub(super) min_length: Option<u64>,
    pub(super) max_length: Option<u64>,
    pub(super) min_items: Option<u64>,
    pub(super) max_items: Option<u64>,
    pub(super) min_properties: Option<u64>,
    pub(super) max_properties: Option<u64>,
    pub(super) all_of: Vec<Shape>,
    pub(super) any_of: Vec<Shape>,
    pub(super) one_of: Vec<Shape>,
    pub(super) not: Option<Shape>,
    /// An object of Kubernetes inside another one.
    pub(super) embedded: bool,
}

impl Shape {
    /// The schema of a property.
    pub(super) fn property(&self, name: &str) -> Option<&Shape> {
        let at = self.properties.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        Some(&self.properties[at].1)
    }
}

/// Whose schemas are read.
#[derive(Clone, Copy)]
pub(super) struct Dialect<'a> {
    /// Number of a definition of Kubernetes' own by its name.
    pub(super) names: &'a dyn Fn(&str) -> Option<u32>,
    /// Whether it is the schema of a CRD: its own words count, and fields that nobody lists are dropped.
    pub(super) crd: bool,
    /// Whether fields that nobody lists are dropped here.
    pub(super) prunes: bool,
}

/// How deep schemas may nest; what is deeper judges nothing.
const DEPTH: usize = 100;

impl Dialect<'_> {
    /// Reads a schema. What it does not understand judges nothing.
    pub(super) fn shape(&self, schema: &Value) -> Shape {
        self.at(schema, DEPTH)
    }

    fn at(&self, schema: &Value, depth: usize) -> Shape {
        let Some(map) = schema.as_object() else {
            let refused = schema == &Value::Bool(false);
            let others = if refused { Others::Refused } else { Others::Any };
            return Shape { others, ..Shape::default() };
        };
        let Some(depth) = depth.checked_sub(1) else { return Shape::default() };
        let flag = |key: &str| map.get(key).and_then(Value::as_bool).unwrap_or_default();
        let mut types = match map.get("type") {
            Some(Value::String(word)) => Types::of_word(word),
            Some(Value::Array(words)) => words
                .iter()
                .filter_map(Value::as_str)
                .fold(Types::default(), |all, w| all.and(Types::of_word(w))),
            _ => Types::default(),
        };
        if flag("x-kubernetes-int-or-string") || map.get("format").is_some_and(|f| f == "int-or-string") {
            types = Types::INTEGER.and(Types::STRING);
        }
        // What a client sends as null is left out by the API server where null is not allowed.
        if types != Types::default() && (self.crd || flag("nullable")) {
            types = types.and(Types::NULL);
        }
        let mut properties: Vec<(Box<str>, Shape)> = (map.get("properties").and_then(Value::as_object))
            .into_iter()
            .flatten()
            .map(|(name, child)| (name.as_str().into(), self.at(child, depth)))
            .collect();
        properties.sort_by(|a, b| a.0.cmp(&b.0));
        let free = flag("x-kubernetes-preserve-unknown-fields");
        let others = match map.get("additionalProperties") {
            Some(Value::Bool(false)) if !self.crd => Others::Refused,
            Some(like @ Value::Object(_)) => Others::Like(Box::new(self.at(like, depth))),
            None if self.crd && self.prunes && !free && types.has(Types::OBJECT) => Others::Pruned,
            Some(_) | None => Others::Any,
        };
        let strings = |key: &str| -> Vec<Box<str>> {
            let list = map.get(key).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(Into::into).collect()
        };
        let mut shape = Shape {
            reference: map.get("$ref").and_then(Value::as_str).and_then(|name| self.named(name)),
            types,
            properties,
            required: strings("required"),
            others,
            items: map
                .get("items")
                .filter(|items| items.is_object())
                .map(|items| Box::new(self.at(items, depth))),
            list_keys: strings("x-kubernetes-list-map-keys"),
            more: None,
        };
        self.conditions(map, &mut shape, depth);
        shape
    }

    fn named(&self, reference: &str) -> Option<u32> {
        (self.names)(reference.rsplit('/').next().unwrap_or(reference))
    }

    fn conditions(&self, map: &serde_json::Map<String, Value>, shape: &mut Shape, depth: usize) {
        let number = |key: &str| map.get(key).and_then(Value::as_f64);
        let count = |key: &str| map.get(key).and_then(Value::as_u64);
        // Draft 4 says `exclusiveMinimum: true`, later drafts a number.
        let bound = |key: &str, exclusive: &str| match map.get(exclusive) {
            Some(Value::Number(limit)) => limit.as_f64().map(|limit| (limit, true)),
            flag => number(key).map(|limit| (limit, flag == Some(&Value::Bool(true)))),
        };
        // Conditions judge values; which fields there are is said once, outside of them.
        let inner = Self { prunes: false, ..*self };
        let branches = |key: &str| -> Vec<Shape> {
            let list = map.get(key).and_then(Value::as_array).into_iter().flatten();
            list.map(|branch| inner.at(branch, depth)).collect()
        };
        let mut more = More {
            options: map.get("enum").and_then(Value::as_array).cloned().unwrap_or_default(),
            format: map.get("format").and_then(Value::as_str).and_then(Format::of),
            pattern: map.get("pattern").and_then(Value::as_str).and_then(|p| regex::Regex::new(p).ok()),
            minimum: bound("minimum", "exclusiveMinimum"),
            maximum: bound("maximum", "exclusiveMaximum"),
            multiple_of: number("multipleOf").filter(|step| *step > 0.0),
            min_length: count("minLength"),
            max_length: count("maxLength"),
            min_items: count("minItems"),
            max_items: count("maxItems"),
            min_properties: count("minProperties"),
            max_properties: count("maxProperties"),
            all_of: branches("allOf"),
            any_of: branches("anyOf"),
            one_of: branches("oneOf"),
            not: map.get("not").map(|not| inner.at(not, depth)),
            embedded: self.crd
                && map.get("x-kubernetes-embedded-resource").is_some_and(|v| v == &Value::Bool(true)),
        };
        if let Some(option) = map.get("const") {
            more.options = vec![option.clone()];
        }
        // Branches that only name types are types.
        for list in [&mut more.one_of, &mut more.any_of] {
            if !list.is_empty() && list.iter().all(Shape::is_plain_type) {
                let types = list.iter().fold(Types::default(), |all, branch| all.and(branch.types));
                shape.types = if shape.types == Types::default() { types } else { shape.types };
                list.clear();
            }
        }
        let some = !more.options.is_empty()
            || more.format.is_some()
            || more.pattern.is_some()
            || more.minimum.is_some()
            || more.maximum.is_some()
            || more.multiple_of.is_some()
            || [more.min_length, more.max_length, more.min_items, more.max_items].iter().any(Option::is_some)
            || more.min_properties.or(more.max_properties).is_some()
            || !(more.all_of.is_empty() && more.any_of.is_empty() && more.one_of.is_empty())
            || more.not.is_some()
            || more.embedded;
        shape.more = some.then(|| Box::new(more));
    }
}

impl Shape {
    /// Whether it says nothing but a type.
    fn is_plain_type(&self) -> bool {
        self.types != Types::default()
            && self.reference.is_none()
            && self.properties.is_empty()
            && self.required.is_empty()
            && matches!(self.others, Others::Any)
            && self.items.is_none()
            && self.more.is_none()
    }
}
