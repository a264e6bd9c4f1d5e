//! Where objects say what pods run.

use crate::render::Object;
use crate::yaml::Node;

/// JSON pointer of the pod (with `metadata` and `spec`) in an object that makes pods.
pub(super) fn pointer(object: &Object) -> Option<&'static str> {
    let own = |group: &str| object.group() == group;
    match object.kind() {
        "Pod" if own("") => Some(""),
        "PodTemplate" if own("") => Some("/template"),
        "ReplicationController" if own("") => Some("/spec/template"),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" if own("apps") => Some("/spec/template"),
        "Job" if own("batch") => Some("/spec/template"),
        "CronJob" if own("batch") => Some("/spec/jobTemplate/spec/template"),
        _ => None,
    }
}

/// A container of a pod, and its JSON pointer in the object.
pub(super) struct Container<'a> {
    pub(super) node: Node<'a>,
    pub(super) pointer: String,
}

/// All containers, those that run first and ephemeral ones included.
pub(super) fn containers(object: &Object) -> Vec<Container<'_>> {
    let Some(pod) = pointer(object) else { return Vec::new() };
    let mut found = Vec::new();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        let pointer = format!("{pod}/spec/{list}");
        let Some(node) = object.root().at(&pointer) else { continue };
        for (index, node) in node.items().enumerate() {
            found.push(Container { node, pointer: format!("{pointer}/{index}") });
        }
    }
    found
}
