//! PK0262: a listed image has no tag, or `latest`.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::ImageReference;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0262 `image-tag`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0262", name: "image-tag", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0262.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for (pointer, node, text) in super::listed(&judged.pack) {
        let Ok(image) = ImageReference::parse(text) else { continue };
        if image.floats() {
            let lacks = if image.tag.is_none() {
                "has no tag, which means `latest`"
            } else {
                "is whatever is latest"
            };
            out.push(
                Diagnostic::new(RULE.lint, node.place(), format!("image `{text}` {lacks}"))
                    .pointer(pointer)
                    .help("name a tag or a digest: else two bundles of one release hold different images"),
            );
        }
    }
}
