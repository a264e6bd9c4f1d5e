//! Values as templates see them: Go's, with their types, because templates ask for them (`typeOf`, `printf "%T"`), print
//! by them and fail by them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::object::Object;

/// A string of Go: bytes, mostly UTF-8. Functions cut it inside characters, and files need not be text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Text(Rc<[u8]>);

impl Text {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As text; bytes that are none show as U+FFFD.
    pub(super) fn str(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl From<Vec<u8>> for Text {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<Rc<[u8]>> for Text {
    fn from(bytes: Rc<[u8]>) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::quote::quoted(&self.0))
    }
}

/// The Go type of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListType {
    /// `[]interface {}`
    Any,
    /// `[]string`
    Strings,
    /// `[]int`
    Ints,
    /// `[][]interface {}`
    Lists,
    /// `common.VersionSet`
    Versions,
}

impl ListType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::Strings => "[]string",
            Self::Ints => "[]int",
            Self::Lists => "[][]interface {}",
            Self::Versions => "common.VersionSet",
        }
    }
}

/// The Go type of a map; its keys are always strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MapType {
    /// `map[string]interface {}`
    Any,
    /// `common.Values`, which has methods.
    Values,
    /// `map[string]string`
    Strings,
    /// `map[string]string` that was never made: `null` in JSON.
    NilStrings,
    /// `engine.files`, which has methods.
    Files,
}

impl MapType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "map[string]interface {}",
            Self::Values => "common.Values",
            Self::Strings | Self::NilStrings => "map[string]string",
            Self::Files => "engine.files",
        }
    }

    /// Whether its values are of the type `interface {}`.
    pub(super) fn holds_any(self) -> bool {
        matches!(self, Self::Any | Self::Values)
    }
}

/// A map that many may hold and change.
#[derive(Clone)]
pub(super) struct Map {
    pub(super) kind: MapType,
    entries: Rc<RefCell<BTreeMap<Text, Value>>>,
}

impl Map {
    pub(super) fn new(kind: MapType) -> Self {
        Self { kind, entries: Rc::default() }
    }

    pub(super) fn of(entries: BTreeMap<Text, Value>) -> Self {
        Self { kind: MapType::Any, entries: Rc::new(RefCell::new(entries)) }
    }

    /// The same entries under another type.
    pub(super) fn typed(&self, kind: MapType) -> Self {
        Self { kind, entries: Rc::clone(&self.entries) }
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow().get(key).cloned()
    }

    pub(super) fn insert(&self, key: impl Into<Text>, value: Value) {
        self.entries.borrow_mut().insert(key.into(), value);
    }

    pub(super) fn remove(&self, key: &[u8]) {
        self.entries.borrow_mut().remove(key);
    }

    pub(super) fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// All entries, sorted by key: as Go ranges over a map in a template.
    pub(super) fn entries(&self) -> Vec<(Text, Value)> {
        self.entries.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    pub(super) fn keys(&self) -> Vec<Text> {
        self.entries.borrow().keys().cloned().collect()
    }

    /// Whether both are the very same map.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

impl std::borrow::Borrow<[u8]> for Text {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

/// A list; nothing that templates can call changes one in place.
#[derive(Clone)]
pub(super) struct List {
    pub(super) kind: ListType,
    pub(super) items: Rc<[Value]>,
    /// Whether it was never made (`concat` of nothing): `null` in JSON.
    pub(super) is_nil: bool,
}

/// A value.
#[derive(Clone)]
pub(super) enum Value {
    /// Nothing. Whether it has the type `interface {}` or none at all is said by [`Operand::boxed`].
    Nil,
    Bool(bool),
    /// `int`
    Int(i64),
    /// `int64`
    Int64(i64),
    /// `uint8`: what a string is made of.
    Byte(u8),
    /// `uint64`
    Uint64(u64),
    /// `float64`: every number of a YAML or JSON text.
    Float(f64),
    /// `complex128`: a constant like `2i`, of which nothing takes more than its text.
    Complex(f64, f64),
    Text(Text),
    /// `[]uint8`
    Bytes(Rc<[u8]>),
    List(List),
    Map(Map),
    Object(Rc<Object>),
}

impl Value {
    pub(super) fn text(text: impl Into<Text>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn list(items: Vec<Self>) -> Self {
        Self::List(List { kind: ListType::Any, items: items.into(), is_nil: false })
    }

    pub(super) fn list_of(kind: ListType, items: Vec<Self>) -> Self {
        Self::List(List { kind, items: items.into(), is_nil: false })
    }

    pub(super) fn strings<T: Into<Text>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::list_of(ListType::Strings, items.into_iter().map(Self::text).collect())
    }

    pub(super) fn object(object: Object) -> Self {
        Self::Object(Rc::new(object))
    }

    pub(super) fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    /// Go's name of its type, as `%T` prints it.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Byte(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Complex(..) => "complex128",
            Self::Text(_) => "string",
            Self::Bytes(_) => "[]uint8",
            Self::List(list) => list.kind.name(),
            Self::Map(map) => map.kind.name(),
            Self::Object(object) => object.type_name(),
        }
    }

    /// Go's name of its kind.
    pub(super) fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::List(_) | Self::Bytes(_) => "slice",
            Self::Map(_) => "map",
            Self::Object(object) => object.kind_name(),
            other => other.type_name(),
        }
    }

    /// Go's `text/template.IsTrue`.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Byte(value) => *value != 0,
            Self::Uint64(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Self::Text(text) => !text.bytes().is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::List(list) => !list.items.is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(object) => object.is_true(),
        }
    }

    /// sprig's `empty`: what `default` replaces. As truth, but that structures are never empty, nor are they ever false.
    pub(super) fn is_empty(&self) -> bool {
        !self.is_true()
    }

    /// Its elements if it is a list of any type.
    pub(super) fn elements(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(list) => Some(list.items.to_vec()),
            Self::Bytes(bytes) => Some(bytes.iter().map(|byte| Self::Byte(*byte)).collect()),
            _ => None,
        }
    }

    /// Go's `reflect.DeepEqual` of two values of the type `interface {}`.
    pub(super) fn deep_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) | (Self::Int64(a), Self::Int64(b)) => a == b,
            (Self::Byte(a), Self::Byte(b)) => a == b,
            (Self::Uint64(a), Self::Uint64(b)) => a == b,
            #[allow(clippy::float_cmp, reason = "Go compares them so")]
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.kind == b.kind
                    && a.is_nil == b.is_nil
                    && a.items.len() == b.items.len()
                    && a.items.iter().zip(b.items.iter()).all(|(a, b)| a.deep_equal(b))
            }
            (Self::Map(a), Self::Map(b)) => {
                a.kind == b.kind
                    && (a.is(b)
                        || (a.len() == b.len()
                            && a.entries()
                                .iter()
                                .zip(b.entries())
                                .all(|((a, x), (b, y))| *a == b && x.deep_equal(&y))))
            }
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

/// A value together with what Go knows of where it was found.
#[derive(Clone)]
pub(super) struct Operand {
    pub(super) value: Value,
    /// Whether it was taken from a place of the type `interface {}`: nothing from there can be asked for its fields,
    /// whereas nothing at all has fields that are nothing.
    pub(super) boxed: bool,
}

impl Operand {
    pub(super) fn plain(value: Value) -> Self {
        Self { value, boxed: false }
    }

    pub(super) fn boxed(value: Value) -> Self {
        Self { value, boxed: true }
    }

    /// Nothing, of no type: Go's zero `reflect.Value`.
    pub(super) fn invalid() -> Self {
        Self::plain(Value::Nil)
    }

    pub(super) fn is_invalid(&self) -> bool {
        self.value.is_nil() && !self.boxed
    }

    /// Name of its type as messages say it: that of the place where it was found.
    pub(super) fn type_name(&self) -> &'static str {
        if self.boxed { "interface {}" } else { self.value.type_name() }
    }
}
