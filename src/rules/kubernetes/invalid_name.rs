//! KU0401: a name that the API server refuses.

use super::objects::Objects;
use super::{at, is_template, pods};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::Object;
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Served, served};
use crate::yaml::Node;

/// KU0401 `invalid-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0401", name: "invalid-name", severity: Severity::Error },
    docs: include_str!("../docs/KU0401.md"),
    check: Check::Objects(check),
};

/// Kinds whose names may be more than a DNS name.
const FREE: &[&str] = &[
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "CertificateSigningRequest",
    "IPAddress",
    "Event",
    "ClusterTrustBundle",
];

const SUBDOMAIN: &str =
    "lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part";
const LABEL: &str = "at most 63 lower-case letters, digits and `-`, with a letter or digit at both ends";

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for object in objects.list {
        let api = served(object.api_version(), object.kind());
        let known = matches!(api, Served::In(_) | Served::GoneIn(_)) || objects.namespaced(object).is_some();
        if known && !FREE.contains(&object.kind()) {
            of_object(object, out);
        }
        let namespace = "/metadata/namespace";
        if let Some((node, text)) = text_at(object, object.root(), namespace)
            && !is_label(text)
        {
            tell(object, node, namespace, text, "a namespace", LABEL, out);
        }
        of_pods(object, out);
    }
}

fn of_object(object: &Object, out: &mut Vec<Diagnostic>) {
    let Some((node, name)) = text_at(object, object.root(), "/metadata/name") else { return };
    let own = object.group();
    let kind = object.kind();
    let label = own.is_empty() && matches!(kind, "Namespace" | "Service");
    let (fits, wanted) = if label { (is_label(name), LABEL) } else { (is_subdomain(name), SUBDOMAIN) };
    if !fits {
        tell(object, node, "/metadata/name", name, &format!("a {kind}"), wanted, out);
    } else if own == "batch" && kind == "CronJob" && name.len() > 52 {
        tell(object, node, "/metadata/name", name, "a CronJob", "at most 52 characters", out);
    } else if object.is_crd() {
        let text = |pointer: &str| object.root().at(pointer).and_then(Node::text);
        let (Some(plural), Some(group)) = (text("/spec/names/plural"), text("/spec/group")) else { return };
        let wanted = format!("{plural}.{group}");
        if name != wanted && !is_template(&wanted) {
            let wanted = format!("`{wanted}`: plural and group of what it defines");
            tell(object, node, "/metadata/name", name, "this CustomResourceDefinition", &wanted, out);
        }
    }
}

fn of_pods(object: &Object, out: &mut Vec<Diagnostic>) {
    for container in pods::containers(object) {
        let pointer = format!("{}/name", container.pointer);
        if let Some((node, name)) = text_at(object, container.node, "/name")
            && !is_label(name)
        {
            tell(object, node, &pointer, name, "a container", LABEL, out);
        }
        for (index, port) in container.node.get("ports").into_iter().flat_map(Node::items).enumerate() {
            let Some((node, name)) = text_at(object, port, "/name") else { continue };
            if !is_port_name(name) {
                let pointer = format!("{}/ports/{index}/name", container.pointer);
                let wanted = "at most 15 lower-case letters, digits and single `-`, with at least one letter";
                tell(object, node, &pointer, name, "a port", wanted, out);
            }
        }
    }
    let Some(pod) = pods::pointer(object) else { return };
    let volumes = format!("{pod}/spec/volumes");
    for (index, volume) in object.root().at(&volumes).into_iter().flat_map(Node::items).enumerate() {
        if let Some((node, name)) = text_at(object, volume, "/name")
            && !is_label(name)
        {
            tell(object, node, &format!("{volumes}/{index}/name"), name, "a volume", LABEL, out);
        }
    }
}

/// The text at a pointer, unless it is empty or made of references.
fn text_at<'o>(_: &'o Object, node: Node<'o>, pointer: &str) -> Option<(Node<'o>, &'o str)> {
    let node = node.at(pointer)?;
    let text = node.text().filter(|text| !text.is_empty() && !is_template(text))?;
    Some((node, text))
}

fn tell(
    object: &Object,
    node: Node<'_>,
    pointer: &str,
    name: &str,
    of: &str,
    wanted: &str,
    out: &mut Vec<Diagnostic>,
) {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    let message = format!("`{shown}` is no name for {of}: it must be {wanted}");
    let finding = at(RULE.lint, object, node, pointer, message);
    let better = name.to_lowercase().replace(['_', ' '], "-");
    out.push(if better != name && is_label(&better) {
        finding.help(format!("`{better}` would do"))
    } else {
        finding
    });
}

/// RFC 1123: a label.
pub(super) fn is_label(text: &str) -> bool {
    let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|b| inner(b) || *b == b'-')
        && bytes.first().is_some_and(inner)
        && bytes.last().is_some_and(inner)
}

/// RFC 1123: labels with dots between them, whose length only the whole limits.
pub(super) fn is_subdomain(text: &str) -> bool {
    let inner = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        let bytes = part.as_bytes();
        bytes.iter().all(|b| inner(b) || *b == b'-')
            && bytes.first().is_some_and(inner)
            && bytes.last().is_some_and(inner)
    };
    text.len() <= 253 && text.split('.').all(part)
}

/// RFC 6335: a service name.
fn is_port_name(text: &str) -> bool {
    is_label(text) && text.len() <= 15 && text.bytes().any(|b| b.is_ascii_lowercase()) && !text.contains("--")
}
