//! KU0403: a container mounts a volume that its pod does not have.

use std::collections::BTreeSet;

use super::objects::Objects;
use super::{at, is_template, pods};
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::yaml::Node;

/// KU0403 `volume-missing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0403", name: "volume-missing", severity: Severity::Error },
    docs: include_str!("../docs/KU0403.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for object in objects.list {
        let Some(pod) = pods::pointer(object) else { continue };
        let volumes = object.root().at(&format!("{pod}/spec/volumes")).into_iter().flat_map(Node::items);
        let claims = object.root().at("/spec/volumeClaimTemplates").into_iter().flat_map(Node::items);
        let names = volumes.map(|v| v.get("name")).chain(claims.map(|claim| claim.at("/metadata/name")));
        let names: BTreeSet<&str> = names.flatten().filter_map(Node::text).collect();
        // One of them may be any.
        if names.iter().any(|name| is_template(name)) {
            continue;
        }
        for container in pods::containers(object) {
            for list in ["volumeMounts", "volumeDevices"] {
                let mounts = container.node.get(list).into_iter().flat_map(Node::items);
                for (index, mount) in mounts.enumerate() {
                    let Some(node) = mount.get("name") else { continue };
                    let Some(name) = node.text().filter(|n| !n.is_empty() && !is_template(n)) else {
                        continue;
                    };
                    if names.contains(name) {
                        continue;
                    }
                    let pointer = format!("{}/{list}/{index}/name", container.pointer);
                    let message = format!("the pod has no volume `{name}`");
                    let finding = at(RULE.lint, object, node, &pointer, message);
                    out.push(match closest(name, names.iter().copied()) {
                        Some(near) => finding.help(format!("did you mean `{near}`?")),
                        None => finding.help("add it to `volumes` of the pod, or take the mount away"),
                    });
                }
            }
        }
    }
}
