//! What a node hands to serde piece by piece: keys, values, items, variants, places.

use std::cell::Cell;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, U32Deserializer};
use serde::de::{
    self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::{Error, Path, Reader};
use crate::source::Span;
use crate::yaml::spanned;
use crate::yaml::tree::{Entry, Node};

/// Hands the text of a unit variant to a visitor of enums.
pub(super) struct VariantName<V>(pub(super) V);

impl<'de, V: Visitor<'de>> Visitor<'de> for VariantName<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of the known words")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<V::Value, E> {
        self.0.visit_enum(BorrowedStrDeserializer::new(text))
    }
}

/// The entries of a mapping.
pub(super) struct Entries<'de, 'p, I> {
    pub(super) reader: Reader<'de, 'p>,
    pub(super) rest: I,
    pub(super) value: Option<(Option<&'de str>, Node<'de>)>,
}

impl<'de, I: Iterator<Item = Entry<'de>>> MapAccess<'de> for Entries<'de, '_, I> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.rest.next() else { return Ok(None) };
        let text = entry.key.text();
        self.value = Some((text, entry.value));
        let path = Path::Key(self.reader.path, text.unwrap_or_default());
        let Some(text) = text else {
            let at = Some((entry.key.span(), self.reader.path.pointer()));
            return Err(Error { message: "a key must be a single word or text here".to_owned(), at });
        };
        let key = Key { node: entry.key, text, path: &path };
        seed.deserialize(key).map(Some).map_err(|mut error| {
            error.at.get_or_insert_with(|| (entry.key.span(), path.pointer()));
            error
        })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (key, node) = self.value.take().ok_or_else(|| de::Error::custom("a value is read twice"))?;
        let path = Path::Key(self.reader.path, key.unwrap_or_default());
        seed.deserialize(Reader { node, path: &path, ..self.reader })
    }
}

/// A key: text as it is written, whatever type it would have as a value.
struct Key<'de, 'p> {
    node: Node<'de>,
    text: &'de str,
    path: &'p Path<'p>,
}

impl<'de> de::Deserializer<'de> for Key<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let budget = Cell::new(usize::MAX);
        Reader { node: self.node, path: self.path, budget: &budget, depth: 0 }.deserialize_any(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.text))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == spanned::NAME {
            return visitor.visit_map(SpannedParts { span: self.node.span(), next: 0, value: Some(self) });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

/// The items of a sequence.
pub(super) struct Items<'de, 'p, I> {
    pub(super) reader: Reader<'de, 'p>,
    pub(super) items: I,
}

impl<'de, I: Iterator<Item = (usize, Node<'de>)>> SeqAccess<'de> for Items<'de, '_, I> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        let path = Path::Index(self.reader.path, index);
        seed.deserialize(Reader { node, path: &path, ..self.reader }).map(Some)
    }
}

/// A value with its place, as [`spanned::Spanned`] wants it: start, end, value.
pub(super) struct SpannedParts<D> {
    pub(super) span: Span,
    pub(super) next: usize,
    pub(super) value: Option<D>,
}

impl<'de, D: de::Deserializer<'de, Error = Error>> MapAccess<'de> for SpannedParts<D> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(field) = spanned::FIELDS.get(self.next) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(BorrowedStrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let number = |n: u32| -> U32Deserializer<Error> { n.into_deserializer() };
        match (self.next, self.value.take()) {
            (3, Some(value)) => seed.deserialize(value),
            (next, value) => {
                self.value = value;
                seed.deserialize(number(if next == 1 { self.span.start } else { self.span.end }))
            }
        }
    }
}

/// A variant written as a mapping with one key.
pub(super) struct Variant<'de, 'p> {
    pub(super) reader: Reader<'de, 'p>,
    pub(super) key: Node<'de>,
    pub(super) name: &'de str,
    pub(super) value: Node<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'de, '_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let name =
            seed.deserialize(BorrowedStrDeserializer::new(self.name)).map_err(|mut error: Error| {
                error.at.get_or_insert_with(|| (self.key.span(), self.reader.path.pointer()));
                error
            })?;
        Ok((name, self))
    }
}

impl<'de> Variant<'de, '_> {
    fn content<T>(self, read: impl FnOnce(Reader<'de, '_>) -> Result<T, Error>) -> Result<T, Error> {
        let path = Path::Key(self.reader.path, self.name);
        read(Reader { node: self.value, path: &path, ..self.reader })
    }
}

impl<'de> VariantAccess<'de> for Variant<'de, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.content(|reader| de::Deserialize::deserialize(reader))
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        self.content(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        self.content(|reader| de::Deserializer::deserialize_seq(reader, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content(|reader| de::Deserializer::deserialize_map(reader, visitor))
    }
}
