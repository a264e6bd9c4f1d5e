//! Walks an object along its schema; every fault is a finding at its own key or value.
//!
//! The tree is judged as it was parsed, not as JSON: places need no search, and nothing is copied.

use std::collections::HashMap;

use serde_json::Value;

use super::fault::{Faults, Site};
use super::shape::{More, Others, Shape, Types};
use crate::template::{self, Reference};
use crate::yaml::{Kind, Node, Resolver, Style};

/// What a reference to a variable stands for, as far as that is known before it has a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// Nothing is known: whatever it is judged by fits.
    Unknown,
    /// Some text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
}

/// What a node is, read as Go's library reads it.
#[derive(Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// A value of this type whose text is not known.
    Some(Types),
    Null,
    Boolean(bool),
    Whole(f64),
    Fraction(f64),
    Text(&'a str),
    List,
    Map,
    /// It cannot be judged.
    Unknown,
}

impl Found<'_> {
    pub(super) fn types(&self) -> Types {
        match self {
            Self::Some(types) => *types,
            Self::Null => Types::NULL,
            Self::Boolean(_) => Types::BOOLEAN,
            Self::Whole(_) => Types::INTEGER,
            // The bit of fractions alone.
            Self::Fraction(_) => Types::FRACTION,
            Self::Text(_) => Types::STRING,
            Self::List => Types::ARRAY,
            Self::Map => Types::OBJECT,
            Self::Unknown => Types::default(),
        }
    }

    /// The word for people.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Some(types) if *types == Types::NUMBER => "a number",
            Self::Some(types) if *types == Types::BOOLEAN => "a boolean",
            Self::Some(_) | Self::Text(_) => "text",
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Whole(_) => "a number",
            Self::Fraction(_) => "a fraction",
            Self::List => "a list",
            Self::Map => "a mapping",
            Self::Unknown => "something",
        }
    }
}

/// One step from the root to a value.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    Key(Node<'a>),
    Index(usize),
}

/// Judges one object.
pub(super) struct Judge<'a, 's> {
    /// Definitions of Kubernetes' own, by number.
    pub(super) named: &'s dyn Fn(u32) -> Option<&'s Shape>,
    /// What references stand for.
    pub(super) meaning: &'s dyn Fn(&Reference) -> Meaning,
    /// Definition of an object's metadata.
    pub(super) metadata: Option<u32>,
    /// Whether it is a custom resource.
    pub(super) custom: bool,
    pub(super) path: Vec<Step<'a>>,
    pub(super) faults: Faults,
    /// How many nodes may still be visited: aliases can make more of them than there are.
    pub(super) budget: usize,
}

/// Deeper than this nothing is judged: an alias may stand in its own like.
const DEPTH: usize = 192;

impl<'a, 's> Judge<'a, 's> {
    /// Judges a node by a schema.
    pub(super) fn value(&mut self, node: Node<'a>, shape: &'s Shape) {
        if self.budget == 0 || self.path.len() > DEPTH {
            return;
        }
        self.budget -= 1;
        if let Some(other) = shape.reference.and_then(self.named) {
            self.value(node, other);
        }
        let found = self.found(node);
        if found == Found::Unknown {
            return;
        }
        if !shape.types.allows(found.types()) {
            self.faults.wrong_type(&Site { path: &self.path, node }, shape.types, &found);
            return;
        }
        match found {
            Found::Map => self.map(node, shape),
            Found::List => self.list(node, shape),
            _ => {}
        }
        if let Some(more) = &shape.more {
            self.conditions(node, &found, more);
        }
    }

    fn map(&mut self, node: Node<'a>, shape: &'s Shape) {
        let plain =
            shape.properties.is_empty() && shape.required.is_empty() && matches!(shape.others, Others::Any);
        if plain {
            return;
        }
        let mut seen = Vec::new();
        self.entries(node, shape, &mut seen, 0);
        for name in &shape.required {
            if !seen.iter().any(|key: &std::borrow::Cow<'_, str>| **key == **name) {
                self.faults.missing(&Site { path: &self.path, node }, name, shape, &seen);
            }
        }
    }

    fn entries(
        &mut self,
        node: Node<'a>,
        shape: &'s Shape,
        seen: &mut Vec<std::borrow::Cow<'a, str>>,
        depth: usize,
    ) {
        for entry in node.entries() {
            if entry.key.is_merge() && depth < DEPTH {
                let merged = entry.value;
                let sources = merged.items().chain(std::iter::once(merged).filter(|m| m.kind() == Kind::Map));
                for source in sources {
                    self.entries(source, shape, seen, depth + 1);
                }
                continue;
            }
            let key = entry.key.go_key();
            self.path.push(Step::Key(entry.key));
            match (shape.property(&key), &shape.others) {
                (Some(child), _) => self.value(entry.value, child),
                (None, Others::Like(child)) => self.value(entry.value, child),
                (None, Others::Any) => {}
                (None, others) => {
                    // A key made of template text is whatever it becomes.
                    if !key.contains("{{") {
                        let pruned = matches!(others, Others::Pruned);
                        self.faults.unknown(
                            &Site { path: &self.path, node: entry.value },
                            &key,
                            shape,
                            node,
                            pruned,
                        );
                    }
                }
            }
            self.path.pop();
            seen.push(key);
        }
    }

    fn list(&mut self, node: Node<'a>, shape: &'s Shape) {
        if !shape.list_keys.is_empty() {
            self.twice(node, shape);
        }
        let Some(items) = &shape.items else { return };
        for (index, item) in node.items().enumerate() {
            self.path.push(Step::Index(index));
            self.value(item, items);
            self.path.pop();
        }
    }

    /// Items that have the same keys: the cluster cannot tell them apart.
    fn twice(&mut self, node: Node<'a>, shape: &'s Shape) {
        let mut first: HashMap<Vec<&str>, Node<'a>> = HashMap::new();
        for (index, item) in node.items().enumerate() {
            let key: Option<Vec<&str>> = shape
                .list_keys
                .iter()
                .map(|name| match item.get(name) {
                    Some(value) => value.text().filter(|text| !text.contains("{{")),
                    // The one key that has a default.
                    None => Some("TCP").filter(|_| **name == *"protocol"),
                })
                .collect();
            let Some(key) = key else { continue };
            if let Some(earlier) = first.get(&key) {
                self.path.push(Step::Index(index));
                self.faults.twice(
                    &Site { path: &self.path, node: item },
                    &shape.list_keys,
                    &key,
                    *earlier,
                    self.custom,
                );
                self.path.pop();
            } else {
                first.insert(key, item);
            }
        }
    }

    fn conditions(&mut self, node: Node<'a>, found: &Found<'a>, more: &'s More) {
        let known = !matches!(found, Found::Some(_) | Found::Null);
        if known && !more.options.is_empty() && !more.options.iter().any(|option| equal(option, found, node))
        {
            self.faults.not_an_option(&Site { path: &self.path, node }, found, &more.options);
        }
        if let Some(why) = refusal(found, more) {
            self.faults.refused(&Site { path: &self.path, node }, found, &why);
        }
        let sized = |least: Option<u64>, most: Option<u64>, count: u64, what: &str| {
            let few =
                least.filter(|least| count < *least).map(|least| format!("it needs at least {least} {what}"));
            few.or_else(|| {
                most.filter(|most| count > *most).map(|most| format!("it may have at most {most} {what}"))
            })
        };
        let size = match found {
            Found::List => sized(more.min_items, more.max_items, node.items().count() as u64, "items"),
            Found::Map => {
                sized(more.min_properties, more.max_properties, node.entries().count() as u64, "fields")
            }
            _ => None,
        };
        if let Some(why) = size {
            self.faults.refused(&Site { path: &self.path, node }, found, &why);
        }
        for shape in &more.all_of {
            self.value(node, shape);
        }
        if !more.any_of.is_empty() {
            self.branches(node, &more.any_of, false);
        }
        if !more.one_of.is_empty() {
            self.branches(node, &more.one_of, true);
        }
        if let Some(not) = &more.not
            && known
            && self.attempt(node, not).is_empty()
        {
            self.faults.refused(&Site { path: &self.path, node }, found, "this is not allowed here");
        }
        if more.embedded && matches!(found, Found::Map) {
            self.embedded(node);
        }
    }

    /// An object in an object must say what it is.
    fn embedded(&mut self, node: Node<'a>) {
        for name in ["apiVersion", "kind"] {
            if node.get(name).is_none() {
                self.faults.missing(&Site { path: &self.path, node }, name, &Shape::default(), &[]);
            }
        }
        if let (Some(entry), Some(shape)) = (node.entry("metadata"), self.metadata.and_then(self.named)) {
            self.path.push(Step::Key(entry.key));
            self.value(entry.value, shape);
            self.path.pop();
        }
    }

    /// At least one branch must fit, or exactly one.
    fn branches(&mut self, node: Node<'a>, branches: &'s [Shape], exactly: bool) {
        let mut best: Option<Faults> = None;
        let mut fit = 0;
        for branch in branches {
            let faults = self.attempt(node, branch);
            if faults.is_empty() {
                fit += 1;
            } else if best.as_ref().is_none_or(|best| faults.is_nearer(best)) {
                best = Some(faults);
            }
        }
        match (fit, best) {
            (0, Some(best)) => self.faults.extend(best),
            // With a reference in it, several branches may fit only because nothing is known.
            (2.., _) if exactly && !has_reference(node, DEPTH) => {
                let why = "it fits several of the forms of which just one is allowed";
                let found = self.found(node);
                self.faults.refused(&Site { path: &self.path, node }, &found, why);
            }
            _ => {}
        }
    }

    fn attempt(&mut self, node: Node<'a>, shape: &'s Shape) -> Faults {
        let outer = std::mem::take(&mut self.faults);
        self.value(node, shape);
        std::mem::replace(&mut self.faults, outer)
    }

    /// What a node is to the cluster.
    pub(super) fn found(&self, node: Node<'a>) -> Found<'a> {
        if let Some(text) = node.unquoted_template() {
            return self.reference(text, true);
        }
        let Some((text, style)) = node.scalar() else {
            return if node.kind() == Kind::Seq { Found::List } else { Found::Map };
        };
        if text.contains("{{") {
            return self.reference(text, style == Style::Plain);
        }
        if template::is_placeholder(text) {
            // `envsubst` and its like write what they please where no quotes stand.
            return if style == Style::Plain { Found::Unknown } else { Found::Some(Types::STRING) };
        }
        if node.tag().is_none() {
            if style != Style::Plain {
                return Found::Text(text);
            }
            let first = text.as_bytes().first().copied().unwrap_or_default();
            if first.is_ascii_alphabetic() && (text.len() > 5 || !b"yYnNtTfFoO".contains(&first)) {
                return Found::Text(text);
            }
        }
        match node.to_json(Resolver::Go) {
            Ok(Value::Null) => Found::Null,
            Ok(Value::Bool(flag)) => Found::Boolean(flag),
            Ok(Value::Number(number)) if number.is_f64() => {
                Found::Fraction(number.as_f64().unwrap_or_default())
            }
            Ok(Value::Number(number)) => Found::Whole(number.as_f64().unwrap_or_default()),
            Ok(Value::String(value)) if value == text => Found::Text(text),
            Ok(Value::String(_)) => Found::Some(Types::STRING),
            Ok(_) | Err(_) => Found::Unknown,
        }
    }

    /// What a text with references in it will be.
    fn reference(&self, text: &'a str, plain: bool) -> Found<'a> {
        if plain && let Some(reference) = template::whole(text) {
            if text.contains('|') || reference.error.is_some() {
                return Found::Unknown;
            }
            return match (self.meaning)(&reference) {
                Meaning::Unknown => Found::Unknown,
                Meaning::Text => Found::Some(Types::STRING),
                Meaning::Number => Found::Some(Types::NUMBER),
                Meaning::Boolean => Found::Some(Types::BOOLEAN),
            };
        }
        if !template::references(text).is_empty() {
            return Found::Some(Types::STRING);
        }
        // Somebody else's template: text in quotes is text, anything else is not for us to read.
        if plain && text.starts_with("{{") { Found::Unknown } else { Found::Text(text) }
    }
}

fn has_reference(node: Node<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return true };
    node.text().is_some_and(|text| text.contains("{{"))
        || node.items().any(|item| has_reference(item, depth))
        || node.entries().any(|entry| has_reference(entry.value, depth))
}

fn equal(option: &Value, found: &Found<'_>, node: Node<'_>) -> bool {
    match (option, found) {
        (Value::String(option), Found::Text(text)) => option == text,
        (Value::Bool(option), Found::Boolean(flag)) => option == flag,
        (Value::Number(option), Found::Whole(number) | Found::Fraction(number)) => {
            option.as_f64() == Some(*number)
        }
        (Value::Array(_) | Value::Object(_), _) => {
            node.to_json(Resolver::Go).is_ok_and(|value| value == *option)
        }
        _ => false,
    }
}

/// Why a scalar is refused.
fn refusal(found: &Found<'_>, more: &More) -> Option<String> {
    match found {
        Found::Text(text) => {
            if let Some(why) = more.format.and_then(|format| format.refuses_text(text)) {
                return Some(why.to_owned());
            }
            if let Some(pattern) = more.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
                return Some(format!("it must match `{pattern}`"));
            }
            let length = || text.chars().count() as u64;
            if let Some(least) = more.min_length.filter(|least| length() < *least) {
                let empty = "it must not be empty".to_owned();
                return Some(if least == 1 {
                    empty
                } else {
                    format!("it needs at least {least} characters")
                });
            }
            more.max_length
                .filter(|most| length() > *most)
                .map(|most| format!("it may have at most {most} characters"))
        }
        Found::Whole(number) | Found::Fraction(number) => {
            if let Some(why) = more.format.and_then(|format| format.refuses_number(*number)) {
                return Some(why.to_owned());
            }
            if let Some((limit, exclusive)) = more.minimum
                && (*number < limit || exclusive && *number <= limit)
            {
                let word = if exclusive { "more than" } else { "at least" };
                return Some(format!("it must be {word} {limit}"));
            }
            if let Some((limit, exclusive)) = more.maximum
                && (*number > limit || exclusive && *number >= limit)
            {
                let word = if exclusive { "less than" } else { "at most" };
                return Some(format!("it must be {word} {limit}"));
            }
            let step = more.multiple_of.filter(|step| (number / step).fract().abs() > 1e-9);
            step.map(|step| format!("it must be a multiple of {step}"))
        }
        _ => None,
    }
}
