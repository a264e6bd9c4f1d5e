//! Where a layer stands in the stack.

use serde::{Deserialize, Serialize};

/// Where a layer stands in the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerType {
    /// Kernel of the operating system.
    Kernel,
    /// Operating system.
    Os,
    /// Kubernetes distribution (`k8s` in packs).
    #[serde(alias = "k8s")]
    Kubernetes,
    /// Network.
    Cni,
    /// Storage.
    Csi,
    /// Everything above.
    Addon,
}

impl LayerType {
    /// The types of core layers, lowest first.
    pub const CORE: [Self; 5] = [Self::Kernel, Self::Os, Self::Kubernetes, Self::Cni, Self::Csi];

    /// The word used in files and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::Os => "os",
            Self::Kubernetes => "kubernetes",
            Self::Cni => "cni",
            Self::Csi => "csi",
            Self::Addon => "addon",
        }
    }

    /// The type of a word in `pack.json`.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "kernel" => Some(Self::Kernel),
            "os" => Some(Self::Os),
            "kubernetes" | "k8s" => Some(Self::Kubernetes),
            "cni" => Some(Self::Cni),
            "csi" => Some(Self::Csi),
            "addon" => Some(Self::Addon),
            _ => None,
        }
    }
}
