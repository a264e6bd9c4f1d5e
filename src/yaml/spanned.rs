//! A value together with the place where it stands.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::source::Span;

/// Name by which [`super::from_node`] recognises the wish for a span.
pub(super) const NAME: &str = "$edgewright::Spanned";
/// Its fields, in the order in which they are handed over.
pub(super) const FIELDS: &[&str] = &["start", "end", "value"];

/// A value read from YAML, and the bytes that it was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its bytes in the file of its document.
    pub span: Span,
}

impl<T> Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its place")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Spanned<T>, A::Error> {
                let missing =
                    || serde::de::Error::custom("a value with its place can be read from YAML only");
                let start = map.next_entry::<String, u32>()?.ok_or_else(missing)?.1;
                let end = map.next_entry::<String, u32>()?.ok_or_else(missing)?.1;
                let value = map.next_entry::<String, T>()?.ok_or_else(missing)?.1;
                Ok(Spanned { value, span: Span { start, end } })
            }
        }

        deserializer.deserialize_struct(NAME, FIELDS, SpannedVisitor(PhantomData))
    }
}
