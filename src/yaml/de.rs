//! Typed reading: a serde deserializer over the spanned tree, with YAML 1.2's core meaning of plain scalars.
//!
//! Errors carry the place and the JSON pointer of the innermost node that they are about. Texts are never made from
//! numbers: `version: 1.10` is an error that says to quote it, not the version `1.1`.

mod parts;

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeOwned, Unexpected, Visitor};
use serde_json::Value;

use self::parts::{Entries, Items, SpannedParts, Variant, VariantName};
use super::pointer::push_pointer;
use super::scalar::{self, Resolver};
use super::spanned;
use super::tree::{BudgetError, Kind, Node, Style};
use crate::source::Span;

/// A node that does not have the form that a type wants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// What is wrong, lower case, without a full stop.
    pub message: String,
    /// The bytes meant: of a value, or of a key that is not known.
    pub span: Span,
    /// JSON pointer of the node, from the node that was read.
    pub pointer: String,
}

/// Reads a node as a `T`, aliases expanded under a budget.
///
/// Keys of mappings count as text as they are written. A `Value` inside `T` gets what
/// [`Node::to_json`] with [`Resolver::Core`] gives. [`spanned::Spanned`] is filled where the tree is at hand: not inside
/// untagged, internally tagged or flattened types, which serde reads from a copy.
pub fn from_node<T: DeserializeOwned>(node: Node<'_>) -> Result<T, ReadError> {
    let budget = Cell::new(node.budget());
    let reader = Reader { node, path: &Path::Root, budget: &budget, depth: 0 };
    T::deserialize(reader).map_err(|error| {
        let (span, pointer) = error.at.unwrap_or_else(|| (node.span(), String::new()));
        ReadError { message: error.message, span, pointer }
    })
}

/// An error on its way up: the innermost node that sees it gives it its place.
#[derive(Debug)]
struct Error {
    message: String,
    at: Option<(Span, String)>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let mut message = message.to_string();
        if message.starts_with("data did not match any variant of untagged enum") {
            "the value has none of the forms that are allowed here".clone_into(&mut message);
        }
        Self { message, at: None }
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn de::Expected) -> Self {
        let found = match found {
            Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            Unexpected::Map => "a mapping".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            other => other.to_string(),
        };
        let wanted = wanted.to_string();
        let wanted = match wanted.split(' ').next() {
            Some("struct" | "internally") => "a mapping",
            Some("enum" | "variant") => "one of the known words",
            _ if wanted == "a sequence" => "a list",
            _ if wanted == "a map" => "a mapping",
            _ => &wanted,
        };
        Self::custom(format_args!("expected {wanted}, found {found}"))
    }
}

/// The way from the node that is read to the present one, on the stack.
enum Path<'p> {
    Root,
    Key(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl Path<'_> {
    fn pointer(&self) -> String {
        match self {
            Path::Root => String::new(),
            Path::Key(parent, key) => push_pointer(&parent.pointer(), key),
            Path::Index(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// A node about to be read.
#[derive(Clone, Copy)]
struct Reader<'de, 'p> {
    node: Node<'de>,
    path: &'p Path<'p>,
    budget: &'p Cell<usize>,
    depth: usize,
}

impl<'de> Reader<'de, '_> {
    /// Counts the node, then runs `read`; an error without a place gets this one.
    fn at_node<T>(self, read: impl FnOnce(Self) -> Result<T, Error>) -> Result<T, Error> {
        let cost = super::tree::cost(self.node.scalar().map_or(0, |(text, _)| text.len()));
        let affordable =
            self.budget.get().checked_sub(cost).filter(|_| self.depth <= super::tree::DEPTH_BUDGET);
        let result = match affordable {
            Some(left) => {
                self.budget.set(left);
                read(Self { depth: self.depth + 1, ..self })
            }
            None => Err(de::Error::custom(BudgetError)),
        };
        result.map_err(|error| self.placed(error))
    }

    fn placed(self, mut error: Error) -> Error {
        error.at.get_or_insert_with(|| (self.node.span(), self.path.pointer()));
        error
    }

    /// A scalar's value; `None` where it is text, or no scalar.
    fn not_text(self) -> Option<Value> {
        let (text, style) = self.node.scalar()?;
        scalar::not_text(text, style, self.node.tag(), Resolver::Core)
    }

    fn any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Some(template) = self.node.unquoted_template() {
            return visitor.visit_borrowed_str(template);
        }
        match self.node.kind() {
            Kind::Map => self.map(visitor),
            Kind::Seq => self.seq(visitor),
            Kind::Scalar => {
                let text = self.node.text().unwrap_or_default();
                match self.not_text() {
                    Some(Value::Null) => visitor.visit_unit(),
                    Some(Value::Bool(value)) => visitor.visit_bool(value),
                    Some(Value::Number(number)) => match (number.as_u64(), number.as_i64()) {
                        (Some(value), _) => visitor.visit_u64(value),
                        (_, Some(value)) => visitor.visit_i64(value),
                        _ => visitor.visit_f64(number.as_f64().unwrap_or_default()),
                    },
                    _ => visitor.visit_borrowed_str(text),
                }
            }
        }
    }

    /// A mapping; serde would read a list as the fields of a struct in their order.
    fn mapping<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.kind() {
            Kind::Seq => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.any(visitor),
        }
    }

    fn map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { reader: self, rest: self.node.entries(), value: None })
    }

    fn seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items { reader: self, items: self.node.items().enumerate() })
    }

    /// Text, and nothing that only looks like text.
    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some((text, _)) = self.node.scalar() else { return self.any(visitor) };
        match self.not_text() {
            None | Some(Value::String(_)) => visitor.visit_borrowed_str(text),
            Some(Value::Number(number)) => {
                let loss = match (text.contains('.') && text.ends_with('0'), number.to_string() == text) {
                    (true, _) => " and would lose its zero",
                    (_, false) => " and would not stay as it is written",
                    _ => "",
                };
                Err(de::Error::custom(format_args!("`{text}` is a number here{loss}; write it in quotes")))
            }
            Some(Value::Bool(_)) => {
                Err(de::Error::custom(format_args!("`{text}` is a boolean here; write it in quotes")))
            }
            _ if text.is_empty() => Err(de::Error::custom("expected text, found nothing")),
            _ => Err(de::Error::custom(format_args!("`{text}` is null here; write it in quotes"))),
        }
    }

    fn boolean<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if let Some((text, Style::Plain)) = self.node.scalar()
            && let (None, Some(Value::Bool(meant))) =
                (self.not_text(), scalar::plain_not_text(text, Resolver::Go))
        {
            return Err(de::Error::custom(format_args!("`{text}` is text here; write `{meant}`")));
        }
        self.any(visitor)
    }
}

macro_rules! forward {
    ($($method:ident => $read:ident),* $(,)?) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.at_node(|reader| reader.$read(visitor))
        })*
    };
}

impl<'de> de::Deserializer<'de> for Reader<'de, '_> {
    type Error = Error;

    forward! {
        deserialize_any => any, deserialize_bool => boolean,
        deserialize_i8 => any, deserialize_i16 => any, deserialize_i32 => any, deserialize_i64 => any,
        deserialize_u8 => any, deserialize_u16 => any, deserialize_u32 => any, deserialize_u64 => any,
        deserialize_i128 => any, deserialize_u128 => any, deserialize_f32 => any, deserialize_f64 => any,
        deserialize_char => text, deserialize_str => text, deserialize_string => text,
        deserialize_identifier => text, deserialize_bytes => any, deserialize_byte_buf => any,
        deserialize_unit => any, deserialize_seq => any, deserialize_map => mapping,
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.not_text() == Some(Value::Null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self).map_err(|error| self.placed(error))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == spanned::NAME {
            let span = self.node.span();
            return visitor.visit_map(SpannedParts { span, next: 0, value: Some(self) });
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.at_node(|reader| {
            if reader.node.kind() == Kind::Scalar {
                return reader.text(VariantName(visitor));
            }
            let mut entries = reader.node.entries();
            match (entries.next(), entries.next()) {
                (Some(entry), None) => {
                    let name = entry.key.text().unwrap_or_default();
                    visitor.visit_enum(Variant { reader, key: entry.key, name, value: entry.value })
                }
                _ => Err(de::Error::custom("expected a word, or a mapping with one key")),
            }
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

#[cfg(test)]
mod tests;
