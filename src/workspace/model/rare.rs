//! Maps that few layers have.

use std::ops::Deref;
use std::sync::LazyLock;

use indexmap::IndexMap;
use indexmap::map::Iter;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::yaml::Spanned;

/// A map by name that takes no place where it is empty: each profile of a large repository has dozens of them.
#[derive(Clone, Debug)]
pub struct Rare<V>(Option<Box<IndexMap<String, V>>>);

/// What an empty map of these values is borrowed from.
pub trait Empty: Sized + 'static {
    /// The empty map.
    fn empty() -> &'static IndexMap<String, Self>;
}

macro_rules! empty {
    ($($value:ty),* $(,)?) => {
        $(impl Empty for $value {
            fn empty() -> &'static IndexMap<String, Self> {
                static EMPTY: LazyLock<IndexMap<String, $value>> = LazyLock::new(IndexMap::new);
                &EMPTY
            }
        })*
    };
}

empty!(String, Spanned<String>, Value);

impl<V> Default for Rare<V> {
    fn default() -> Self {
        Self(None)
    }
}

impl<V: Empty> Deref for Rare<V> {
    type Target = IndexMap<String, V>;

    fn deref(&self) -> &IndexMap<String, V> {
        self.0.as_deref().unwrap_or_else(|| V::empty())
    }
}

impl<'m, V: Empty> IntoIterator for &'m Rare<V> {
    type Item = (&'m String, &'m V);
    type IntoIter = Iter<'m, String, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Rare<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = IndexMap::deserialize(deserializer)?;
        Ok(Self((!map.is_empty()).then(|| Box::new(map))))
    }
}

impl<V: Empty + Serialize> Serialize for Rare<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.deref().serialize(serializer)
    }
}
