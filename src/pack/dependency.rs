//! `constraints.dependencies` of `pack.json`.

use super::layer::LayerType;
use super::{spanned, text};
use crate::yaml::{Node, Spanned};

/// How a pack depends on another one (`pack-constraints.md` of Palette's documentation).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DependencyType {
    /// Must be in the profile, in range.
    Required,
    /// If it is there, it must be in range.
    Optional,
    /// In range is an error.
    NotSupported,
    /// A limit on upgrades in place; names the pack itself.
    Upgrade,
}

impl DependencyType {
    /// The word in `pack.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Optional => "optional",
            Self::NotSupported => "notSupported",
            Self::Upgrade => "upgrade",
        }
    }

    fn of(word: &str) -> Option<Self> {
        match word {
            "required" => Some(Self::Required),
            "optional" => Some(Self::Optional),
            "notSupported" => Some(Self::NotSupported),
            "upgrade" => Some(Self::Upgrade),
            _ => None,
        }
    }
}

/// One entry of `constraints.dependencies`.
#[derive(Clone, Debug)]
pub struct PackDependency {
    /// The other pack.
    pub pack_name: Spanned<String>,
    /// Layer of the other pack.
    pub layer: Option<LayerType>,
    /// Lowest version; `None` when empty or missing.
    pub min_version: Option<Spanned<String>>,
    /// Highest version; `None` when empty or missing.
    pub max_version: Option<Spanned<String>>,
    /// `None` where the pack does not say, or says no known word (the schema reports both).
    pub dependency_type: Option<DependencyType>,
}

/// The dependencies that have a name.
pub(super) fn read(pack: Node<'_>) -> Vec<PackDependency> {
    let list = pack.at("/constraints/dependencies");
    list.into_iter()
        .flat_map(Node::items)
        .filter_map(|node| {
            let bound = |key| spanned(node.get(key)?).filter(|version| !version.is_empty());
            Some(PackDependency {
                pack_name: spanned(node.get("packName")?)?,
                layer: text(node, "layer").and_then(|word| LayerType::of(&word)),
                min_version: bound("minVersion"),
                max_version: bound("maxVersion"),
                dependency_type: text(node, "type").and_then(|word| DependencyType::of(&word)),
            })
        })
        .collect()
}
