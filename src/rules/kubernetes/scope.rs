//! Which kinds of Kubernetes' own lie in namespaces.

use crate::schema::kubernetes::{Served, served};

/// Kinds that lie in none. The schemas do not say; `kubectl api-resources --namespaced=false` does.
const CLUSTER: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "ComponentStatus",
    "CustomResourceDefinition",
    "DeviceClass",
    "DeviceTaintRule",
    "FlowSchema",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourceClass",
    "ResourceSlice",
    "RuntimeClass",
    "SelfSubjectAccessReview",
    "SelfSubjectReview",
    "SelfSubjectRulesReview",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersion",
    "StorageVersionMigration",
    "SubjectAccessReview",
    "TokenReview",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
];

/// Whether objects of a kind lie in namespaces; `None` for kinds that are none of Kubernetes' own. New kinds of an API that
/// is not stable yet are left open.
pub(super) fn namespaced(api_version: &str, kind: &str) -> Option<bool> {
    if !matches!(served(api_version, kind), Served::In(_) | Served::GoneIn(_)) {
        return None;
    }
    if CLUSTER.contains(&kind) {
        return Some(false);
    }
    (!api_version.contains("alpha") && !api_version.contains("beta")).then_some(true)
}
