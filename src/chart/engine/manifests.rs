//! From what templates wrote to documents in the order of their installation
//! (`helm:pkg/release/v1/util/{manifest,manifest_sorter,kind_sorter}.go`, v4.2.4).

use std::collections::BTreeMap;

use super::yaml_read::{self, Decoded};

/// A document.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// Template that wrote it.
    pub path: String,
    /// Its text, blanks at its start taken off.
    pub text: String,
    /// Its `kind`, empty where it has none.
    pub kind: String,
    /// Events of a hook, in lower case; none for what is no hook.
    pub events: Vec<String>,
}

/// Kinds in the order of their installation; others follow by name.
const ORDER: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

const EVENTS: &[&str] = &[
    "pre-install",
    "post-install",
    "pre-delete",
    "post-delete",
    "pre-upgrade",
    "post-upgrade",
    "pre-rollback",
    "post-rollback",
    "test",
    "test-success",
];

/// The documents of all files: what is no hook, and the hooks; the error is Helm's.
pub(super) fn sorted(files: &BTreeMap<String, String>) -> Result<(Vec<Manifest>, Vec<Manifest>), String> {
    let (mut plain, mut hooks) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let base = path.rsplit('/').next().unwrap_or(path);
        if base.starts_with('_') || text.trim().is_empty() {
            continue;
        }
        for document in split(text) {
            let head = head(&document).map_err(|why| format!("YAML parse error on {path}: {why}"))?;
            let manifest =
                Manifest { path: path.clone(), text: document, kind: head.kind, events: Vec::new() };
            match head.hook {
                None => plain.push(manifest),
                Some(hook) => {
                    let events: Vec<String> =
                        hook.split(',').map(|event| event.trim().to_lowercase()).collect();
                    // A hook of an event that Helm does not know is nothing at all.
                    if events.iter().all(|event| EVENTS.contains(&event.as_str())) {
                        hooks.push(Manifest { events, ..manifest });
                    }
                }
            }
        }
    }
    plain.sort_by_cached_key(rank);
    hooks.sort_by_cached_key(rank);
    Ok((plain, hooks))
}

fn rank(manifest: &Manifest) -> (usize, String) {
    match ORDER.iter().position(|kind| *kind == manifest.kind) {
        Some(rank) => (rank, String::new()),
        None => (ORDER.len(), manifest.kind.clone()),
    }
}

/// The documents of a text: a line that begins with `---` ends one, and what follows the dashes begins the next.
pub(super) fn split(text: &str) -> Vec<String> {
    let text = text.trim_start();
    let mut documents = vec![String::new()];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix("---") {
            Some(rest) => documents.push(rest.trim_start_matches([' ', '\t']).to_owned()),
            None => documents.last_mut().expect("there is one from the start").push_str(line),
        }
    }
    documents.retain(|document| !document.trim().is_empty());
    documents.into_iter().map(|document| document.trim_start().to_owned()).collect()
}

/// What Helm reads of a document before it knows what it is.
struct Head {
    kind: String,
    /// Value of the annotation that makes a hook.
    hook: Option<String>,
}

fn head(document: &str) -> Result<Head, String> {
    let decoded = yaml_read::decode(document)?;
    let unfit = |found: &Decoded, wanted: &str| {
        let found = found.json_type();
        format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into {wanted}")
    };
    let none = || Ok(Head { kind: String::new(), hook: None });
    match &decoded {
        Decoded::Nil => return none(),
        Decoded::Map(_) => {}
        other => return Err(unfit(other, "Go value of type util.SimpleHead")),
    }
    let text = |of: &Decoded, name: &str, field: &str| match of.get(name) {
        None => Ok(String::new()),
        Some(value) => {
            value.string().ok_or_else(|| unfit(value, &format!("Go struct field {field} of type string")))
        }
    };
    // The reader goes through all values, also those that nobody asks for.
    yaml_read::check(&decoded)?;
    text(&decoded, "apiVersion", "SimpleHead.apiVersion")?;
    let kind = text(&decoded, "kind", "SimpleHead.kind")?;
    let mut hook = None;
    match decoded.get("metadata") {
        None | Some(Decoded::Nil) => {}
        Some(metadata @ Decoded::Map(_)) => {
            text(metadata, "name", "SimpleHead.metadata.name")?;
            match metadata.get("annotations") {
                None | Some(Decoded::Nil) => {}
                Some(Decoded::Map(entries)) => {
                    for (key, value) in entries {
                        let Some(text) = value.string() else {
                            return Err(unfit(
                                value,
                                "Go struct field SimpleHead.metadata.annotations of type string",
                            ));
                        };
                        if key.string().as_deref() == Some("helm.sh/hook") {
                            hook = Some(text);
                        }
                    }
                }
                Some(other) => {
                    return Err(unfit(
                        other,
                        "Go struct field SimpleHead.metadata.annotations of type map[string]string",
                    ));
                }
            }
        }
        Some(other) => return Err(unfit(other, "Go struct field SimpleHead.metadata of type struct")),
    }
    Ok(Head { kind, hook })
}
