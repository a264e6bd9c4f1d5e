//! Where a pack or a profile can run.

/// Cloud types: everything that Palette's API, its schema of packs and its Terraform provider name; the three lists disagree.
pub const CLOUD_TYPES: &[&str] = &[
    "aks",
    "all",
    "apache-cloudstack",
    "aws",
    "azure",
    "baremetal",
    "coxedge",
    "custom",
    "edge",
    "edge-native",
    "eks",
    "gcp",
    "generic",
    "gke",
    "libvirt",
    "maas",
    "nested",
    "nutanix",
    "openstack",
    "tencent",
    "tke",
    "virtual",
    "vsphere",
];
