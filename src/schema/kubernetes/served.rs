//! Which minor serves which API, and what replaces one that is gone.

use super::embedded::catalog;
use super::minor::Minor;

/// What is known of an API: a group, a version and a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    /// These minors have it, oldest first.
    In(Vec<Minor>),
    /// It was gone before the oldest minor that is known, in this one.
    GoneIn(&'static str),
    /// Kubernetes never had this kind in this version of a group of its own.
    Never,
    /// The group is none of Kubernetes' own.
    Foreign,
}

/// APIs that were gone when the oldest schemas were made: group and version, kind, gone in, replacement
/// (Kubernetes' "Deprecated API Migration Guide").
const GONE: &[(&str, &str, &str, &str)] = &[
    ("extensions/v1beta1", "Deployment", "1.16", "apps/v1"),
    ("extensions/v1beta1", "DaemonSet", "1.16", "apps/v1"),
    ("extensions/v1beta1", "ReplicaSet", "1.16", "apps/v1"),
    ("extensions/v1beta1", "NetworkPolicy", "1.16", "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy", "1.16", "Pod Security admission"),
    ("extensions/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
    ("apps/v1beta1", "Deployment", "1.16", "apps/v1"),
    ("apps/v1beta1", "StatefulSet", "1.16", "apps/v1"),
    ("apps/v1beta1", "ControllerRevision", "1.16", "apps/v1"),
    ("apps/v1beta2", "Deployment", "1.16", "apps/v1"),
    ("apps/v1beta2", "StatefulSet", "1.16", "apps/v1"),
    ("apps/v1beta2", "DaemonSet", "1.16", "apps/v1"),
    ("apps/v1beta2", "ReplicaSet", "1.16", "apps/v1"),
    ("apps/v1beta2", "ControllerRevision", "1.16", "apps/v1"),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration",
        "1.22",
        "admissionregistration.k8s.io/v1",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        "1.22",
        "admissionregistration.k8s.io/v1",
    ),
    ("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "1.22", "apiextensions.k8s.io/v1"),
    ("apiregistration.k8s.io/v1beta1", "APIService", "1.22", "apiregistration.k8s.io/v1"),
    ("authentication.k8s.io/v1beta1", "TokenReview", "1.22", "authentication.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "SubjectAccessReview", "1.22", "authorization.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "LocalSubjectAccessReview", "1.22", "authorization.k8s.io/v1"),
    ("authorization.k8s.io/v1beta1", "SelfSubjectAccessReview", "1.22", "authorization.k8s.io/v1"),
    ("certificates.k8s.io/v1beta1", "CertificateSigningRequest", "1.22", "certificates.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease", "1.22", "coordination.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "Ingress", "1.22", "networking.k8s.io/v1"),
    ("networking.k8s.io/v1beta1", "IngressClass", "1.22", "networking.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRole", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "ClusterRoleBinding", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "Role", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "RoleBinding", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRole", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "ClusterRoleBinding", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "Role", "1.22", "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "RoleBinding", "1.22", "rbac.authorization.k8s.io/v1"),
    ("scheduling.k8s.io/v1alpha1", "PriorityClass", "1.22", "scheduling.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", "1.22", "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver", "1.22", "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSINode", "1.22", "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "StorageClass", "1.22", "storage.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "VolumeAttachment", "1.22", "storage.k8s.io/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", "1.25", "autoscaling/v2"),
    ("batch/v1beta1", "CronJob", "1.25", "batch/v1"),
    ("batch/v2alpha1", "CronJob", "1.21", "batch/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", "1.25", "discovery.k8s.io/v1"),
    ("events.k8s.io/v1beta1", "Event", "1.25", "events.k8s.io/v1"),
    ("node.k8s.io/v1alpha1", "RuntimeClass", "1.22", "node.k8s.io/v1"),
    ("node.k8s.io/v1beta1", "RuntimeClass", "1.25", "node.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", "1.25", "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", "1.25", "Pod Security admission"),
    ("settings.k8s.io/v1alpha1", "PodPreset", "1.20", "a mutating admission policy"),
];

/// What is known of an API.
pub fn served(api_version: &str, kind: &str) -> Served {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let catalog = catalog();
    if let Some(name) = catalog.kind(group, version, kind) {
        let minors = Minor::all().into_iter().filter(|minor| catalog.shape(name, minor.index()).is_some());
        return Served::In(minors.collect());
    }
    if let Some((.., gone, _)) = GONE.iter().find(|(api, k, ..)| *api == api_version && *k == kind) {
        return Served::GoneIn(gone);
    }
    let own = catalog.kinds().any(|(known, ..)| known == group);
    if own { Served::Never } else { Served::Foreign }
}

/// What to write instead of an API in some minors: another version that all of them have (the most stable one), or what
/// the migration guide says.
pub fn replacement(api_version: &str, kind: &str, minors: &[Minor]) -> Option<String> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    if let Some((.., new)) = GONE.iter().find(|(api, k, ..)| *api == api_version && *k == kind) {
        return Some((*new).to_owned());
    }
    versions_of(group, kind, minors)
        .into_iter()
        .find(|other| other != version)
        .map(|version| if group.is_empty() { version } else { format!("{group}/{version}") })
}

/// The versions of a kind that all of some minors have, the most stable first.
pub fn versions_of(group: &str, kind: &str, minors: &[Minor]) -> Vec<String> {
    let catalog = catalog();
    let in_all = |name: u32| minors.iter().all(|minor| catalog.shape(name, minor.index()).is_some());
    let mut versions: Vec<String> = catalog
        .kinds()
        .filter(|(g, _, k, name)| *g == group && *k == kind && in_all(*name))
        .map(|(_, version, ..)| version.to_owned())
        .collect();
    versions.sort_by_key(|version| {
        let rank = if version.contains("alpha") { 2 } else { usize::from(version.contains("beta")) };
        (rank, std::cmp::Reverse(version.clone()))
    });
    versions
}

/// The kinds of Kubernetes' own in a group and version, sorted.
pub fn kinds_in(api_version: &str) -> Vec<String> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let in_it = catalog().kinds().filter(|(g, v, ..)| *g == group && *v == version);
    let mut kinds: Vec<String> = in_it.map(|(_, _, kind, _)| kind.to_owned()).collect();
    kinds.sort();
    kinds
}

/// Groups and versions of Kubernetes' own that have a kind, sorted.
pub fn groups_of(kind: &str) -> Vec<String> {
    let with = catalog().kinds().filter(|(_, _, known, _)| *known == kind);
    let mut found: Vec<String> = with
        .map(
            |(group, version, ..)| {
                if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
            },
        )
        .collect();
    found.sort();
    found
}
