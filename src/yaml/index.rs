//! The keys of wide mappings: asking a mapping for each of its keys must not cost their square.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use super::tree::{Entry, Node, NodeId, RawData, Tree, behind};

/// Keys of a mapping that are looked through one by one.
pub(super) const LOOKED_THROUGH: usize = 32;

/// The keys of wide mappings, made when the first of them is asked for a key.
#[derive(Debug, Default)]
pub(super) struct Index {
    hasher: RandomState,
    /// Mapping and hash of a key → the key's node.
    keys: HashMap<(NodeId, u64), NodeId>,
}

impl Index {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut index = Self::default();
        for id in 0..tree.nodes.len() as NodeId {
            if !matches!(tree.nodes[id as usize].data, RawData::Map(_)) {
                continue;
            }
            let map = Node { tree, id };
            if map.entries().nth(LOOKED_THROUGH).is_none() {
                continue;
            }
            for key in map.entries().map(|entry| entry.key) {
                if let Some(text) = key.text() {
                    index.keys.entry((id, index.hasher.hash_one(text))).or_insert(key.id);
                }
            }
        }
        index
    }

    /// The entry of a wide mapping with this key.
    pub(super) fn find<'a>(&self, map: Node<'a>, key: &str) -> Option<Entry<'a>> {
        let tree = map.tree;
        let id = *self.keys.get(&(map.id, self.hasher.hash_one(key)))?;
        let found = Node { tree, id };
        if found.text() != Some(key) {
            // Another key with the same hash: chances are that nobody ever gets here.
            return map.entries().find(|entry| entry.key.text() == Some(key));
        }
        Some(Entry { key: found, value: Node { tree, id: behind(&tree.nodes, id) } })
    }
}
