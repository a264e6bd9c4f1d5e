//! Kubernetes' own schemas, as they are embedded: every definition once, and which minor has which.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Mutex, OnceLock};

use serde::Deserialize;
use serde_json::Value;

use super::format::Format;
use super::minor::Minor;
use super::shape::{Dialect, More, Shape, Types};

/// `schemas/kubernetes/README.md` says where it is from and how it is made.
static DEFINITIONS: &[u8] = include_bytes!("../../../schemas/kubernetes/definitions.json.gz");
static DESCRIPTIONS: &[u8] = include_bytes!("../../../schemas/kubernetes/descriptions.json.gz");

/// Definition → field → text.
type Descriptions = HashMap<Box<str>, HashMap<Box<str>, Box<str>>>;
/// Group, version and kind.
type Gvk = (Box<str>, Box<str>, Box<str>);

/// All schemas of all minors.
pub(super) struct Catalog {
    names: HashMap<Box<str>, u32>,
    listed: Vec<Box<str>>,
    /// For each name, for each minor: which definition.
    table: Vec<Vec<i32>>,
    shapes: Vec<Shape>,
    kinds: HashMap<Gvk, u32>,
    closures: Mutex<HashMap<(u32, usize), u64>>,
}

#[derive(Deserialize)]
struct Stored {
    /// Minor numbers, ascending.
    minors: Vec<u8>,
    names: HashMap<Box<str>, Vec<i32>>,
    definitions: Vec<Value>,
}

/// The catalog, unpacked when it is first asked for.
pub(super) fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::read(&unpacked(DEFINITIONS)))
}

/// Descriptions of the newest minor: definition → field (or nothing: its own) → text.
pub(super) fn descriptions() -> &'static Descriptions {
    static TEXTS: OnceLock<Descriptions> = OnceLock::new();
    TEXTS.get_or_init(|| serde_json::from_slice(&unpacked(DESCRIPTIONS)).expect("embedded and tested"))
}

fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut text).expect("embedded and tested");
    text
}

impl Catalog {
    fn read(text: &[u8]) -> Self {
        let stored: Stored = serde_json::from_slice(text).expect("embedded and tested");
        debug_assert!(stored.minors.into_iter().eq(Minor::all().into_iter().map(Minor::number)));
        let mut listed: Vec<(Box<str>, Vec<i32>)> = stored.names.into_iter().collect();
        listed.sort_by(|a, b| a.0.cmp(&b.0));
        let names: HashMap<Box<str>, u32> =
            listed.iter().enumerate().map(|(index, (name, _))| (name.clone(), index as u32)).collect();
        let dialect = Dialect { names: &|name| names.get(name).copied(), crd: false, prunes: false };
        let mut shapes: Vec<Shape> =
            stored.definitions.iter().map(|definition| dialect.shape(definition)).collect();
        let mut kinds = HashMap::new();
        for (number, (name, table)) in listed.iter().enumerate() {
            for index in table.iter().filter_map(|index| usize::try_from(*index).ok()) {
                let definition = &stored.definitions[index];
                if let Some(gvk) = gvk(definition) {
                    kinds.insert(gvk, number as u32);
                }
                // The schemas know these as texts; Kubernetes reads them.
                if name.ends_with(".api.resource.Quantity") {
                    shapes[index].types = Types::STRING.and(Types::NUMBER).and(Types::NULL);
                    shapes[index].more =
                        Some(Box::new(More { format: Some(Format::Quantity), ..More::default() }));
                }
            }
        }
        let (listed, table) = listed.into_iter().unzip();
        Self { names, listed, table, shapes, kinds, closures: Mutex::default() }
    }

    /// Name of a definition by its number.
    pub(super) fn name_of(&self, name: u32) -> &str {
        self.listed.get(name as usize).map_or("", |name| name)
    }

    /// Number of a definition by its name.
    pub(super) fn name(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// The schema of a definition in a minor (by its index in `minors`).
    pub(super) fn shape(&self, name: u32, minor: usize) -> Option<&Shape> {
        let index = *self.table.get(name as usize)?.get(minor)?;
        self.shapes.get(usize::try_from(index).ok()?)
    }

    /// Number of the definition of a kind, in whatever minor.
    pub(super) fn kind(&self, group: &str, version: &str, kind: &str) -> Option<u32> {
        self.kinds.get(&(group.into(), version.into(), kind.into())).copied()
    }

    /// Every kind: group, version and kind, and the number of its definition.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (&str, &str, &str, u32)> {
        self.kinds.iter().map(|((group, version, kind), number)| (&**group, &**version, &**kind, *number))
    }

    /// A number that is the same where a definition and all that it refers to are the same.
    pub(super) fn closure(&self, name: u32, minor: usize) -> u64 {
        if let Some(known) = self.closures.lock().ok().and_then(|known| known.get(&(name, minor)).copied()) {
            return known;
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            let Some(index) = self.table.get(next as usize).and_then(|table| table.get(minor)) else {
                continue;
            };
            if seen.insert((next, *index))
                && let Some(shape) = usize::try_from(*index).ok().and_then(|index| self.shapes.get(index))
            {
                references(shape, &mut open);
            }
        }
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&seen, &mut hasher);
        let closure = std::hash::Hasher::finish(&hasher);
        if let Ok(mut known) = self.closures.lock() {
            known.insert((name, minor), closure);
        }
        closure
    }
}

fn references(shape: &Shape, into: &mut Vec<u32>) {
    into.extend(shape.reference);
    shape.properties.iter().for_each(|(_, child)| references(child, into));
    if let Some(items) = &shape.items {
        references(items, into);
    }
    if let super::shape::Others::Like(like) = &shape.others {
        references(like, into);
    }
}

fn gvk(definition: &Value) -> Option<Gvk> {
    let gvk = definition.get("x-kubernetes-group-version-kind")?.get(0)?;
    // Options of requests have a kind too, but are no objects.
    definition.pointer("/properties/apiVersion")?;
    let text = |key: &str| Some(Box::<str>::from(gvk.get(key)?.as_str()?));
    Some((text("group")?, text("version")?, text("kind")?))
}
