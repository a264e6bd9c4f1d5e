//! KU0405: an image whose content may change under its name.

use super::objects::Objects;
use super::{at, is_template, pods};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// KU0405 `image-without-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0405", name: "image-without-version", severity: Severity::Warning },
    docs: include_str!("../docs/KU0405.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for object in objects.list {
        for container in pods::containers(object) {
            let Some(node) = container.node.get("image") else { continue };
            let Some(image) = node.text().filter(|text| !text.is_empty() && !is_template(text)) else {
                continue;
            };
            if image.contains('@') {
                continue;
            }
            // A port of the registry comes before the last `/`.
            let tag = image.rsplit('/').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
            let message = match tag {
                None => format!("image `{image}` has no tag: whatever is `latest` will run"),
                Some("latest") => format!("image `{image}`: what `latest` is changes"),
                Some(_) => continue,
            };
            let finding = at(RULE.lint, object, node, &format!("{}/image", container.pointer), message);
            out.push(finding.help("name a version or a digest, so that every appliance runs the same"));
        }
    }
}
