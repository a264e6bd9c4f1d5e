//! `constraints.resources` of `pack.json`: what a pack needs of the machines that it runs on.

use super::text;
use crate::yaml::{Node, Resolver};

/// What is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceKind {
    /// Processor, in millicores.
    Cpu,
    /// Memory, in MiB.
    Memory,
    /// Disk, in GB.
    Disk,
}

impl ResourceKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Memory, Self::Disk];

    /// `cpu`, `memory` or `disk`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Disk => "disk",
        }
    }
}

/// A part of a pack that requests a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceComponent {
    /// Dotted path of its request in the values.
    pub request: Option<String>,
    /// Dotted path of its number of replicas in the values.
    pub replicas: Option<String>,
    /// `all` (one on each node), `worker`, `control-plane` or `master`.
    pub schedule: String,
}

/// One entry of `constraints.resources`.
#[derive(Clone, Debug, PartialEq)]
pub struct PackResource {
    /// What is needed.
    pub kind: ResourceKind,
    /// The least that there must be, in the unit of the kind; it does not count where there are components.
    pub least: Option<f64>,
    /// Parts that request it.
    pub components: Vec<ResourceComponent>,
}

/// The resources with a known type.
pub(super) fn read(pack: Node<'_>) -> Vec<PackResource> {
    let list = pack.at("/constraints/resources");
    list.into_iter()
        .flat_map(Node::items)
        .filter_map(|node| {
            let kind = match text(node, "type")?.as_str() {
                "cpu" => ResourceKind::Cpu,
                "memory" => ResourceKind::Memory,
                "diskSize" => ResourceKind::Disk,
                _ => return None,
            };
            let least = node.get("minLimit").and_then(|node| node.to_json(Resolver::Core).ok()?.as_f64());
            let components = node.get("components").into_iter().flat_map(Node::items);
            let component = |node: Node<'_>| ResourceComponent {
                request: text(node, "resourceRequestParamRef").filter(|path| !path.is_empty()),
                replicas: text(node, "replicaCountParamRef").filter(|path| !path.is_empty()),
                schedule: text(node, "scheduleType").unwrap_or_default(),
            };
            Some(PackResource { kind, least, components: components.map(component).collect() })
        })
        .collect()
}
