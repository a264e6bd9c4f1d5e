//! Where each effective value comes from: the origins of the defaults, which all layers of a pack share, and what a layer
//! changes in them.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::iter::Peekable;
use std::ops::Bound;
use std::sync::Arc;

use super::resolved::{Origin, OriginKind};

/// JSON pointer of each leaf (scalar, list or empty map) → its origin, in the order of the pointers.
///
/// A pack has hundreds of defaults, and a layer changes a few: the first are held once, however many layers there are.
#[derive(Clone, Debug, Default)]
pub struct Origins {
    shared: Arc<BTreeMap<String, Origin>>,
    /// What is otherwise here; `None`: no leaf any more.
    own: BTreeMap<String, Option<Origin>>,
}

impl Origins {
    /// The origin of the leaf at `pointer`.
    pub fn get(&self, pointer: &str) -> Option<&Origin> {
        match self.own.get(pointer) {
            Some(own) => own.as_ref(),
            None => self.shared.get(pointer),
        }
    }

    /// All leaves.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Origin)> {
        self.between(Bound::Unbounded)
    }

    /// The leaves below `pointer`, itself not among them.
    pub fn below(&self, pointer: &str) -> impl Iterator<Item = (&str, &Origin)> {
        let prefix = format!("{pointer}/");
        self.between(Bound::Included(prefix.as_str())).take_while(move |(at, _)| at.starts_with(&prefix))
    }

    /// The leaves that the layer's own values write.
    pub fn of_layer(&self) -> impl Iterator<Item = (&str, &Origin)> {
        let own = self.own.iter().filter_map(|(pointer, origin)| Some((pointer.as_str(), origin.as_ref()?)));
        own.filter(|(_, origin)| origin.kind == OriginKind::Layer)
    }

    /// How many leaves there are.
    pub fn count(&self) -> usize {
        self.iter().count()
    }

    fn between(&self, from: Bound<&str>) -> Both<'_> {
        Both {
            shared: self.shared.range::<str, _>((from, Bound::Unbounded)).peekable(),
            own: self.own.range::<str, _>((from, Bound::Unbounded)).peekable(),
        }
    }

    /// Makes what is here the part that clones share.
    pub(super) fn share(&mut self) {
        let all = self.iter().map(|(pointer, origin)| (pointer.to_owned(), origin.clone())).collect();
        *self = Self { shared: Arc::new(all), own: BTreeMap::new() };
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn insert(&mut self, pointer: String, origin: Origin) {
        self.own.insert(pointer, Some(origin));
    }

    /// Takes away `pointer` and everything below it.
    pub(super) fn forget(&mut self, pointer: &str) {
        drop_below(&mut self.own, pointer);
        if self.shared.contains_key(pointer) {
            // Nothing lies below a leaf.
            self.own.insert(pointer.to_owned(), None);
            return;
        }
        let prefix = format!("{pointer}/");
        let below = self.shared.range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded));
        let below = below.map(|(at, _)| at).take_while(|at| at.starts_with(&prefix));
        self.own.extend(below.map(|at| (at.clone(), None)));
    }
}

/// Takes away a pointer and everything below it.
pub(super) fn drop_below<T>(map: &mut BTreeMap<String, T>, pointer: &str) {
    if map.is_empty() {
        return;
    }
    map.remove(pointer);
    let prefix = format!("{pointer}/");
    let below: Vec<String> = map
        .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
        .take_while(|(p, _)| p.starts_with(&prefix))
        .map(|(p, _)| p.clone())
        .collect();
    for pointer in below {
        map.remove(&pointer);
    }
}

/// Both parts in one order; what is a layer's own counts.
struct Both<'a> {
    shared: Peekable<Range<'a, String, Origin>>,
    own: Peekable<Range<'a, String, Option<Origin>>>,
}

impl<'a> Iterator for Both<'a> {
    type Item = (&'a str, &'a Origin);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let shared = match (self.shared.peek(), self.own.peek()) {
                (Some((shared, _)), Some((own, _))) if shared == own => {
                    self.shared.next();
                    false
                }
                (Some((shared, _)), Some((own, _))) => shared < own,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if shared {
                return self.shared.next().map(|(pointer, origin)| (pointer.as_str(), origin));
            }
            if let (pointer, Some(origin)) = self.own.next()? {
                return Some((pointer, origin));
            }
        }
    }
}
