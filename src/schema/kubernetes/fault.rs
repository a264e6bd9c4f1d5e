//! Faults of an object, in words, at the key or value that has to change.

use std::borrow::Cow;

use serde_json::Value;

use super::judge::{Found, Step};
use super::shape::{Shape, Types};
use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::schema::explain::{quoted, shortened, word};
use crate::source::Place;
use crate::yaml::{Node, Resolver, Style, push_pointer, resolve_plain};

/// A field that the schema does not know.
pub const UNKNOWN_FIELD: Lint = Lint { code: "KU0101", name: "unknown-field", severity: Severity::Error };
/// A field that must be there and is not.
pub const MISSING_FIELD: Lint = Lint { code: "KU0102", name: "missing-field", severity: Severity::Error };
/// A value of another type than the field has.
pub const WRONG_TYPE: Lint = Lint { code: "KU0103", name: "wrong-field-type", severity: Severity::Error };
/// A value that the field does not take.
pub const NOT_ALLOWED: Lint =
    Lint { code: "KU0104", name: "field-value-not-allowed", severity: Severity::Error };
/// Something that is no Kubernetes object.
pub const NO_OBJECT: Lint = Lint { code: "KU0105", name: "no-kubernetes-object", severity: Severity::Error };

/// An entry of a list that the cluster cannot tell from another.
pub const TWICE: Lint = Lint { code: "KU0106", name: "duplicate-entry", severity: Severity::Error };

/// Findings of one object; a longer list helps nobody.
const MOST: usize = 200;

/// A value and the way to it.
pub(super) struct Site<'a, 'p> {
    pub(super) path: &'p [Step<'a>],
    pub(super) node: Node<'a>,
}

/// The faults found so far.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) list: Vec<Diagnostic>,
    /// How deep in the object the deepest one is.
    depth: usize,
    /// Whether one says that the very value has the wrong type.
    type_at_depth: bool,
}

impl Faults {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether the value that these are about was nearer to what was wanted: deeper, not of the wrong type, fewer faults
    /// (after python-jsonschema's `best_match`).
    pub(super) fn is_nearer(&self, other: &Self) -> bool {
        let rank =
            |faults: &Self| (faults.depth, !faults.type_at_depth, std::cmp::Reverse(faults.list.len()));
        rank(self) > rank(other)
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.depth = self.depth.max(other.depth);
        self.list.extend(other.list);
        self.list.truncate(MOST);
    }

    fn add(&mut self, site: &Site<'_, '_>, finding: Diagnostic) {
        let depth = site.path.len();
        let wrong_type = finding.lint == WRONG_TYPE;
        self.type_at_depth = if depth > self.depth { wrong_type } else { self.type_at_depth || wrong_type };
        self.depth = self.depth.max(depth);
        if self.list.len() < MOST {
            self.list.push(finding);
        }
    }

    /// `site` is the value of a key that nobody knows, in `parent`.
    pub(super) fn unknown(
        &mut self,
        site: &Site<'_, '_>,
        key: &str,
        shape: &Shape,
        parent: Node<'_>,
        pruned: bool,
    ) {
        let place = site.key_place();
        let free =
            || shape.properties.iter().map(|(name, _)| &**name).filter(|name| parent.get(name).is_none());
        let above = Site { path: &site.path[..site.path.len() - 1], node: parent };
        let drops = if pruned { ": the API server drops it" } else { "" };
        let message = format!("unknown field `{}`{}{drops}", shortened(key), above.inside());
        let mut finding = Diagnostic::new(UNKNOWN_FIELD, place.clone(), message).pointer(site.pointer());
        if pruned {
            finding.severity = Severity::Warning;
        }
        if let Some(near) = closest(key, free()) {
            let edits = vec![Edit { span: place.span, replacement: near.to_owned() }];
            let fix = Fix { message: format!("rename it to `{near}`"), safe: false, edits };
            finding = finding.help(format!("did you mean `{near}`?")).fix(fix);
        } else {
            let known: Vec<String> = free().take(30).map(|name| format!("`{name}`")).collect();
            if !known.is_empty() {
                finding = finding.help(format!("known fields: {}", known.join(", ")));
            }
        }
        self.add(site, finding);
    }

    pub(super) fn missing(&mut self, site: &Site<'_, '_>, name: &str, shape: &Shape, seen: &[Cow<'_, str>]) {
        // A misspelt key is one fault, not two: its right spelling is not missing.
        let misspelt = |key: &&Cow<'_, str>| {
            shape.property(key).is_none()
                && closest(key, shape.properties.iter().map(|(n, _)| &**n)) == Some(name)
        };
        let said = !matches!(shape.others, super::shape::Others::Any | super::shape::Others::Like(_));
        if said && seen.iter().any(|key| misspelt(&key)) {
            return;
        }
        let message = format!("{} lacks `{name}`", site.title());
        let finding = Diagnostic::new(MISSING_FIELD, site.owner_place(), message).pointer(site.pointer());
        self.add(site, finding);
    }

    pub(super) fn wrong_type(&mut self, site: &Site<'_, '_>, wanted: Types, found: &Found<'_>) {
        let place = site.node.place();
        let finding = match (site.node.scalar(), found) {
            (Some((text, Style::Plain)), Found::Whole(_) | Found::Fraction(_) | Found::Boolean(_))
                if wanted.has(Types::STRING) =>
            {
                let what = if matches!(found, Found::Boolean(_)) { "a boolean" } else { "a number" };
                let text_in_quotes = quoted(text);
                let edits = vec![Edit { span: place.span, replacement: text_in_quotes.clone() }];
                let fix = Fix { message: "put it in quotes".to_owned(), safe: true, edits };
                let message =
                    format!("`{}` is {what} to Kubernetes; write {text_in_quotes}", shortened(text));
                Diagnostic::new(WRONG_TYPE, place, message).fix(fix)
            }
            (Some((text, style)), Found::Text(_)) if fits_without_quotes(text, wanted) => {
                let meant = resolve_plain(text, Resolver::Go);
                let why = if style == Style::Plain { "" } else { " because of its quotes" };
                let message = format!("`{}` is text{why}; write {meant}", shortened(text));
                let edits = vec![Edit { span: place.span, replacement: meant.to_string() }];
                let fix = Fix { message: "take the quotes away".to_owned(), safe: false, edits };
                Diagnostic::new(WRONG_TYPE, place, message).fix(fix)
            }
            (_, Found::Some(types)) => {
                let text = site.node.text().unwrap_or_default();
                let message = format!(
                    "`{}` becomes {}, but this must be {}",
                    shortened(text.trim()),
                    found.word(),
                    wanted.words()
                );
                let finding = Diagnostic::new(WRONG_TYPE, place, message);
                let quotes = site.node.scalar().is_some_and(|(_, style)| style != Style::Plain);
                match (quotes, *types == Types::STRING) {
                    (true, true) => {
                        finding.help("a reference in quotes is always text: take the quotes away")
                    }
                    (false, true) => {
                        finding.help("give the variable the `format` that fits: `number` or `boolean`")
                    }
                    (_, false) if wanted.has(Types::STRING) => finding.help("put the reference in quotes"),
                    _ => finding,
                }
            }
            _ => {
                let message = format!("expected {}, found {}", wanted.words(), found.word());
                Diagnostic::new(WRONG_TYPE, place, message)
            }
        };
        self.add(site, finding.pointer(site.pointer()));
    }

    /// Two entries of a list have the same keys.
    pub(super) fn twice(
        &mut self,
        site: &Site<'_, '_>,
        names: &[Box<str>],
        keys: &[&str],
        earlier: Node<'_>,
        custom: bool,
    ) {
        /// Lists in which Kubernetes refuses such entries; elsewhere the last one counts, or both are kept until someone
        /// applies the object server-side.
        const REFUSED: &[&str] = &[
            "containers",
            "initContainers",
            "volumes",
            "volumeMounts",
            "volumeDevices",
            "ephemeralContainers",
        ];
        let list = site.name().map(|(name, _)| name).unwrap_or_default();
        let told: Vec<String> =
            names.iter().zip(keys).map(|(name, key)| format!("{name} `{}`", shortened(key))).collect();
        let at = |node: Node<'_>| names.first().and_then(|name| node.get(name)).unwrap_or(node).place();
        let message = format!("{} stands twice in `{list}`", told.join(" and "));
        let mut finding = Diagnostic::new(TWICE, at(site.node), message)
            .pointer(site.pointer())
            .related(at(earlier), "first here");
        if !custom && !REFUSED.contains(&list.as_str()) {
            finding.severity = Severity::Warning;
        }
        self.add(site, finding);
    }

    pub(super) fn not_an_option(&mut self, site: &Site<'_, '_>, found: &Found<'_>, options: &[Value]) {
        let allowed: Vec<String> = options.iter().map(word).collect();
        let quoted: Vec<String> = allowed.iter().take(30).map(|option| format!("`{option}`")).collect();
        let list = match &quoted[..] {
            [one] => format!("it must be {one}"),
            many => format!("it is one of {}", many.join(", ")),
        };
        let place = site.node.place();
        let message = format!("{} is not allowed here: {list}", shown(site, found));
        let mut finding = Diagnostic::new(NOT_ALLOWED, place.clone(), message).pointer(site.pointer());
        let text = site.node.text().unwrap_or_default();
        if let Some(near) = closest(text, allowed.iter().map(String::as_str)) {
            let edits = vec![Edit { span: place.span, replacement: near.to_owned() }];
            let fix = Fix { message: format!("replace it by `{near}`"), safe: false, edits };
            finding = finding.help(format!("did you mean `{near}`?")).fix(fix);
        }
        self.add(site, finding);
    }

    pub(super) fn refused(&mut self, site: &Site<'_, '_>, found: &Found<'_>, why: &str) {
        let collection = matches!(found, Found::List | Found::Map);
        let (place, message) = if collection {
            (site.owner_place(), format!("{}: {why}", site.title()))
        } else {
            (site.node.place(), format!("{}: {why}", shown(site, found)))
        };
        self.add(site, Diagnostic::new(NOT_ALLOWED, place, message).pointer(site.pointer()));
    }
}

fn fits_without_quotes(text: &str, wanted: Types) -> bool {
    match resolve_plain(text, Resolver::Go) {
        Value::Bool(_) => wanted.has(Types::BOOLEAN) && matches!(text, "true" | "false"),
        Value::Number(number) => wanted.has(Types::NUMBER) || wanted.has(Types::INTEGER) && !number.is_f64(),
        _ => false,
    }
}

fn shown(site: &Site<'_, '_>, found: &Found<'_>) -> String {
    match site.node.text() {
        Some(text) if !text.is_empty() => format!("`{}`", shortened(text)),
        _ if matches!(found, Found::Text(_)) => "the text is empty".to_owned(),
        _ => found.word().to_owned(),
    }
}

impl Site<'_, '_> {
    /// JSON pointer from the object's root.
    pub(super) fn pointer(&self) -> String {
        self.path.iter().fold(String::new(), |pointer, step| match step {
            Step::Key(key) => push_pointer(&pointer, &key.go_key()),
            Step::Index(index) => format!("{pointer}/{index}"),
        })
    }

    /// The key of the value.
    fn key_place(&self) -> Place {
        match self.path.last() {
            Some(Step::Key(key)) => key.place(),
            _ => self.node.place(),
        }
    }

    /// Where something that is missing from a mapping is missed: at its key; in a list and at the top at its first key.
    fn owner_place(&self) -> Place {
        match (self.path.last(), self.node.entries().next()) {
            (Some(Step::Key(key)), _) => key.place(),
            (_, Some(entry)) => entry.key.place(),
            _ => self.node.place(),
        }
    }

    /// The name of the nearest key above, and whether the value is an entry of a list there.
    fn name(&self) -> Option<(String, bool)> {
        let key = self.path.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(shortened(&key.go_key())),
            Step::Index(_) => None,
        })?;
        Some((key, matches!(self.path.last(), Some(Step::Index(_)))))
    }

    /// What the value is called: the key above it, or an entry of the list above it.
    fn title(&self) -> String {
        match self.name() {
            Some((key, true)) => format!("an entry of `{key}`"),
            Some((key, false)) => format!("`{key}`"),
            None => "the object".to_owned(),
        }
    }

    /// ` in …`, or nothing at the top.
    fn inside(&self) -> String {
        self.name().map_or_else(String::new, |_| format!(" in {}", self.title()))
    }
}
