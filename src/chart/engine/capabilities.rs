//! What a chart is told about a cluster that is not there (`helm:pkg/chart/common/capabilities.go`, v4.2.4).

use super::object::{Capabilities, KubeVersion};

/// Version of Kubernetes where none is given: that of the client library in Helm v4.2.4.
const DEFAULT_KUBE_VERSION: &str = "v1.36.0";

/// What a Helm v4.2 says of itself that was built from the module's sources.
const HELM_VERSION: &str = "v4.2";

/// Group versions that the client library in Helm v4.2.4 knows, in its order.
const API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

/// Reads a version as `--kube-version` takes it: `1.33`, `v1.33.4-gke.1`.
pub(super) fn kube_version(text: &str) -> Option<KubeVersion> {
    let plain = text.trim_start_matches(|first: char| !first.is_ascii_digit() && first == 'v');
    let end = plain.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(plain.len());
    let numbers: Vec<&str> = plain[..end].split('.').collect();
    let number = |text: &&str| !text.is_empty() && (*text == "0" || !text.starts_with('0'));
    if numbers.len() < 2 || !numbers.iter().all(number) {
        return None;
    }
    let (major, minor) = (numbers[0], numbers[1]);
    let version = if text.starts_with('v') { text.to_owned() } else { format!("v{text}") };
    let normalized = format!("v{major}.{minor}.{}", numbers.get(2).unwrap_or(&"0"));
    Some(KubeVersion { version, normalized, major: major.to_owned(), minor: minor.to_owned() })
}

/// A cluster of that version; further API versions follow those that every cluster has.
pub(super) fn capabilities(version: Option<KubeVersion>, more: &[String]) -> Capabilities {
    let default = || kube_version(DEFAULT_KUBE_VERSION);
    let known = API_VERSIONS.iter().map(|version| (*version).to_owned());
    Capabilities {
        kube_version: version.or_else(default).expect("the default is a version"),
        api_versions: known.chain(more.iter().cloned()).collect(),
        helm_version: HELM_VERSION.to_owned(),
    }
}
