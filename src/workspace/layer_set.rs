//! Single keys and values of a layer set and taken out, with every comment kept.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use super::Workspace;
use super::beside::FileError;
use super::change::Change;
use super::draft::Draft;
use super::layers::{files_of, finish, index_of, must_be_free};
use super::model::{Layer, LayerValues, Profile};
use crate::diagnostics::closest;
use crate::yaml::{self, Document, Kind, Node, edit, push_pointer};

/// How the text behind `=` becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// As `helm --set`: `true`, `false`, `null` and whole numbers without leading zeros are what they look like, anything
    /// else is text.
    Guess,
    /// Text, whatever it looks like.
    Text,
    /// JSON.
    Json,
}

/// One thing to set or to take out.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerEdit {
    /// The key as it was given.
    key: String,
    steps: Vec<Step>,
    /// `None`: to be taken out.
    value: Option<Value>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

impl LayerEdit {
    /// Reads `KEY=VALUE`: dots lead into maps, `\.` is a dot, `[0]` is an item of a list.
    ///
    /// # Errors
    /// It has no `=`, the key is none, or the value is no JSON where that is asked for.
    pub fn read(text: &str, typing: Typing) -> Result<Self> {
        let (key, text) = split(text)?;
        let value = match typing {
            Typing::Guess => guess(text),
            Typing::Text => json!(text),
            Typing::Json => {
                serde_json::from_str(text).with_context(|| format!("the value of `{key}` is no JSON"))?
            }
        };
        Ok(Self { key: key.to_owned(), steps: steps(key)?, value: Some(value) })
    }

    /// A key that is to be taken out.
    ///
    /// # Errors
    /// It is none.
    pub fn unset(key: &str) -> Result<Self> {
        Ok(Self { key: key.to_owned(), steps: steps(key)?, value: None })
    }

    /// The same key with another value.
    #[must_use]
    pub fn with(self, value: Value) -> Self {
        Self { value: Some(value), ..self }
    }
}

fn split(text: &str) -> Result<(&str, &str)> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key, value)),
        _ => bail!("`{text}`: write KEY=VALUE, for example `values.replicas=2`"),
    }
}

/// What Helm takes a text behind `--set` for (helm.sh/helm `pkg/strvals`, `typedVal`).
fn guess(text: &str) -> Value {
    match text {
        "true" => json!(true),
        "false" => json!(false),
        "null" => Value::Null,
        "0" => json!(0),
        _ if text.starts_with('0') => json!(text),
        _ => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
    }
}

fn steps(key: &str) -> Result<Vec<Step>> {
    let mut steps = Vec::new();
    let mut word = String::new();
    let mut chars = key.chars().peekable();
    let wrong =
        || anyhow::anyhow!("`{key}` is no key: write a.b.c, `\\.` for a dot inside a name, a[0] for an item");
    let mut after_index = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.push(chars.next().ok_or_else(wrong)?),
            '.' if after_index && word.is_empty() => after_index = false,
            '.' if word.is_empty() => return Err(wrong()),
            '.' => steps.push(Step::Key(std::mem::take(&mut word))),
            '[' => {
                if !word.is_empty() {
                    steps.push(Step::Key(std::mem::take(&mut word)));
                }
                let digits: String = chars.by_ref().take_while(|c| *c != ']').collect();
                steps.push(Step::Index(digits.parse().map_err(|_| wrong())?));
                after_index = true;
            }
            _ if after_index => return Err(wrong()),
            c => word.push(c),
        }
    }
    match word.is_empty() {
        false => steps.push(Step::Key(word)),
        true if !after_index => return Err(wrong()),
        true => {}
    }
    if !matches!(steps.first(), Some(Step::Key(_))) {
        return Err(wrong());
    }
    Ok(steps)
}

/// Keys that a layer has besides its values: as they are given, and the pointer below the layer.
const KEYS: &[(&str, &str)] = &[
    ("name", "/name"),
    ("display-name", "/displayName"),
    ("type", "/type"),
    ("pack", "/pack/name"),
    ("chart", "/chart/name"),
    ("version", "/version"),
    ("registry", "/registry"),
    ("namespace", "/namespace"),
    ("namespace-labels", "/namespaceLabels"),
    ("namespace-annotations", "/namespaceAnnotations"),
    ("release", "/release"),
    ("priority", "/installPriority"),
    ("presets", "/presets"),
    ("defaults", "/defaults"),
    ("opaque", "/opaque"),
    ("manifests", "/manifests"),
    ("values", "/values"),
];

impl Workspace {
    /// Sets and takes out keys and values of a layer. Values are written where they stand: in `profile.yaml` or in the
    /// layer's file, which is made where the layer has no values yet.
    ///
    /// # Errors
    /// There is no such layer or key, or the layer would be no valid one.
    pub fn set_layer(&self, profile: &Profile, name: &str, settings: &[LayerEdit]) -> Result<Change> {
        let index = index_of(profile, name)?;
        let layer = &profile.spec.layers[index];
        let base = format!("/spec/layers/{index}");
        let mut change = Change::new(&self.root);
        let mut own = Draft::new(profile.file.path(), profile.file.text());
        let mut values: Option<ValuesFile> = None;
        for setting in settings {
            let (first, rest) = match setting.steps.split_first() {
                Some((Step::Key(first), rest)) => (first.as_str(), rest),
                _ => bail!("`{}` is no key", setting.key),
            };
            let pointer = pointer_of(layer, first, &setting.key)?;
            if pointer != "/values" || rest.is_empty() {
                let value = setting.value.clone().map(|value| typed(first, rest, value)).transpose()?;
                if let (Some(Value::String(new)), "name") = (&value, first)
                    && new != name
                {
                    must_be_free(profile, new)?;
                }
                // `null` stands for nothing in our own format.
                let value = value.filter(|value| !value.is_null());
                put(&mut own, &format!("{base}{pointer}"), rest, value.as_ref(), &setting.key)?;
                continue;
            }
            let inline = matches!(layer.values.as_ref().map(|v| &v.value), Some(LayerValues::Inline(_)));
            if inline {
                put(&mut own, &format!("{base}/values"), rest, setting.value.as_ref(), &setting.key)?;
                continue;
            }
            let file = match &mut values {
                Some(file) => file,
                none => none.insert(ValuesFile::of(profile, index, layer)?),
            };
            put(&mut file.draft, "", rest, setting.value.as_ref(), &setting.key)?;
        }
        if let Some(file) = values {
            let shown = profile.shown(&file.path);
            if let Some(before) = &file.before {
                change.edit(&shown, before, file.draft.text());
            } else {
                own.make(|document| edit::insert_entry(document, &base, "values", &json!(file.path)))?;
                change.create(shown.clone(), file.draft.text());
            }
            let many = profile.spec.layers.len();
            let others =
                (0..many).filter(|other| *other != index && files_of(profile, *other).contains(&file.path));
            for other in others {
                let other = &profile.spec.layers[other].name;
                change.notes.push(format!("`{shown}` is what layer `{other}` has for values, too"));
            }
        }
        finish(profile, &own, &mut change)?;
        Ok(change)
    }
}

/// The values file of a layer under edit.
struct ValuesFile {
    path: String,
    /// `None` where it is new.
    before: Option<String>,
    draft: Draft,
}

impl ValuesFile {
    fn of(profile: &Profile, index: usize, layer: &Layer) -> Result<Self> {
        if let Some(LayerValues::File(path)) = layer.values.as_ref().map(|values| &values.value) {
            let file = profile.read(path)?;
            let draft = Draft::new(file.path(), file.text());
            return Ok(Self { path: path.clone(), before: Some(file.text().to_owned()), draft });
        }
        let path = format!("values/{}.yaml", profile.spec.layers[index].name);
        match profile.read(&path) {
            Err(FileError::Missing(_)) => {
                let draft = Draft::new(&profile.shown(&path), "");
                Ok(Self { path, before: None, draft })
            }
            Err(other) => Err(other.into()),
            Ok(_) => bail!(
                "the layer has no values, and `{path}` is there already: name it first, with values={path}"
            ),
        }
    }
}

/// Where a key of a layer stands below it.
fn pointer_of(layer: &Layer, first: &str, key: &str) -> Result<String> {
    let kebab = |text: &str| -> String {
        let mut out = String::new();
        for c in text.chars() {
            if c.is_ascii_uppercase() {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        }
        if out == "install-priority" { "priority".to_owned() } else { out }
    };
    let first = kebab(first);
    let Some((_, pointer)) = KEYS.iter().find(|(name, _)| *name == first) else {
        let names: Vec<&str> = KEYS.iter().map(|(name, _)| *name).collect();
        let hint = match closest(&first, names.iter().copied()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => format!(
                "; there are: {}; a pack's or chart's own values are below `values.`",
                names.join(", ")
            ),
        };
        bail!("a layer has no key `{key}`{hint}")
    };
    let source = match (&layer.pack, &layer.chart) {
        (Some(_), _) => "/pack",
        (None, Some(_)) => "/chart",
        (None, None) => "",
    };
    match first.as_str() {
        "version" | "registry" if source.is_empty() => {
            bail!("layer `{}` has neither pack nor chart, so that it has no {first}", layer.name)
        }
        "version" | "registry" => Ok(format!("{source}{pointer}")),
        "pack" | "chart" if source != format!("/{first}") => {
            bail!("layer `{}` has no {first}; take it out and add another one", layer.name)
        }
        _ => Ok((*pointer).to_owned()),
    }
}

/// The value as the format wants it: a version is text even where it looks like a number.
fn typed(first: &str, rest: &[Step], value: Value) -> Result<Value> {
    let nested = matches!(first, "presets" | "namespace-labels" | "namespaceLabels")
        || matches!(first, "namespace-annotations" | "namespaceAnnotations");
    if nested && rest.is_empty() && !value.is_object() && !value.is_null() {
        bail!("`{first}` is a map: write {first}.KEY=VALUE");
    }
    Ok(match value {
        Value::Number(number) if !matches!(first, "priority" | "installPriority" | "install-priority") => {
            json!(number.to_string())
        }
        Value::Bool(flag) if !matches!(first, "defaults" | "opaque") => json!(flag.to_string()),
        other => other,
    })
}

/// Puts a value at the place that the steps lead to from `base`, or takes it out.
pub(super) fn put_at(draft: &mut Draft, base: &str, key: &str, value: Option<&Value>) -> Result<()> {
    put(draft, base, &[Step::Key(key.to_owned())], value, key)
}

fn put(draft: &mut Draft, base: &str, steps: &[Step], value: Option<&Value>, key: &str) -> Result<()> {
    let document = draft.document()?;
    let pointers = pointers(base, steps);
    let target = pointers.last().map_or("", String::as_str);
    let Some(value) = value else {
        if document.at(target).is_none() || target.is_empty() {
            bail!("nothing is set at `{key}`");
        }
        // A map that would be left empty goes with its last entry, but for the one that everything stands in.
        let alone = |pointer: &&String| {
            document.at(pointer).is_some_and(|node| node.entries().count() + node.items().count() == 1)
        };
        let parents = &pointers[..pointers.len() - 1];
        let kept = parents.iter().rposition(|pointer| !alone(&pointer)).map_or(0, |index| index + 1);
        // The first of the pointers is the base: it stays.
        let out = pointers[kept.max(1).min(pointers.len() - 1)].clone();
        return draft.make(|document| edit::remove(document, &out));
    };
    if document.at(target).is_none() {
        return grow(draft, &document, &pointers, steps, value, key);
    }
    set(draft, target, value)
}

/// The pointers on the way, `base` first.
fn pointers(base: &str, steps: &[Step]) -> Vec<String> {
    let mut pointers = vec![base.to_owned()];
    for step in steps {
        let above = pointers.last().map_or("", String::as_str);
        let next = match step {
            Step::Key(key) => push_pointer(above, key),
            Step::Index(index) => format!("{above}/{index}"),
        };
        pointers.push(next);
    }
    pointers
}

/// Adds what is not there yet, with the maps and lists that lead to it.
fn grow(
    draft: &mut Draft,
    document: &Document,
    pointers: &[String],
    steps: &[Step],
    value: &Value,
    key: &str,
) -> Result<()> {
    let there = |pointer: &String| document.at(pointer).is_some();
    let Some(last) = pointers.iter().rposition(there) else {
        // The base itself is new: `/presets` of a layer that has none.
        let base = pointers.first().map_or("", String::as_str);
        let Some((above, name)) = base.rsplit_once('/') else { bail!("nothing stands at `{base}`") };
        let whole = nest(steps, value, key)?;
        return draft.make(|document| edit::insert_entry(document, above, name, &whole));
    };
    let node = document.at(&pointers[last]).unwrap_or_else(|| document.root());
    let (step, rest) = (&steps[last], &steps[last + 1..]);
    let new = nest(rest, value, key)?;
    let nothing = node.scalar().is_some_and(|(text, _)| matches!(text, "" | "~" | "null"));
    let at = pointers[last].clone();
    match (step, node.kind()) {
        (Step::Key(_) | Step::Index(0), Kind::Scalar) if nothing => {
            let whole = nest(&steps[last..], value, key)?;
            if at.is_empty() && blank(node) {
                return draft.append(&yaml::write(&whole));
            }
            draft.make(|document| edit::set(document, &at, &whole))
        }
        (Step::Key(name), Kind::Map) => insert(draft, &at, name, &new),
        (Step::Index(index), Kind::Seq) if node.items().count() == *index => {
            draft.make(|document| edit::append_item(document, &at, &new))
        }
        (Step::Index(_), Kind::Seq) => bail!("`{key}`: the list has {} items", node.items().count()),
        (Step::Key(name), _) => bail!("`{key}`: what `{name}` would stand in is no map"),
        (Step::Index(_), _) => bail!("`{key}`: what the item would stand in is no list"),
    }
}

/// Whether the file says nothing at all: comments may be there.
fn blank(node: Node<'_>) -> bool {
    node.scalar().is_some_and(|(text, _)| text.is_empty())
}

/// A value with the maps and lists that lead to it.
fn nest(steps: &[Step], value: &Value, key: &str) -> Result<Value> {
    let mut whole = value.clone();
    for step in steps.iter().rev() {
        whole = match step {
            Step::Key(key) => Value::Object(Map::from_iter([(key.clone(), whole)])),
            Step::Index(0) => json!([whole]),
            Step::Index(_) => bail!("`{key}`: there is no list with so many items"),
        };
    }
    Ok(whole)
}

fn set(draft: &mut Draft, at: &str, value: &Value) -> Result<()> {
    draft.make_plain(value, |document| edit::set(document, at, value))
}

fn insert(draft: &mut Draft, at: &str, name: &str, value: &Value) -> Result<()> {
    draft.make_plain(value, |document| edit::insert_entry(document, at, name, value))
}
