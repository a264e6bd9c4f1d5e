//! Where a walk over a document is.

use crate::yaml::push_pointer;

/// Where a node is: what leads to it is spelled out only for what is found.
#[derive(Clone, Copy)]
pub(super) struct Way<'w> {
    above: Option<&'w Way<'w>>,
    part: Part<'w>,
}

#[derive(Clone, Copy)]
enum Part<'w> {
    Start(&'w str),
    Key(&'w str),
    Index(usize),
}

impl<'w> Way<'w> {
    /// The way of the node at this pointer.
    pub(super) fn from(pointer: &'w str) -> Self {
        Self { above: None, part: Part::Start(pointer) }
    }

    /// The way on to the value of a key.
    pub(super) fn key_of(&'w self, key: &'w str) -> Self {
        Self { above: Some(self), part: Part::Key(key) }
    }

    /// The way on to an item.
    pub(super) fn item(&'w self, index: usize) -> Self {
        Self { above: Some(self), part: Part::Index(index) }
    }

    /// JSON pointer of the node.
    pub(super) fn pointer(&self) -> String {
        let above = self.above.map_or_else(String::new, Way::pointer);
        match self.part {
            Part::Start(pointer) => pointer.to_owned(),
            Part::Key(key) => push_pointer(&above, key),
            Part::Index(index) => format!("{above}/{index}"),
        }
    }

    /// The key that the node is the value of, or an item below.
    pub(super) fn key(&self) -> Option<&str> {
        match self.part {
            Part::Start(_) => None,
            Part::Key(key) => Some(key),
            Part::Index(_) => self.above.and_then(Way::key),
        }
    }
}
