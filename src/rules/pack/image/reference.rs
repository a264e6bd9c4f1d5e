//! PK0261: a listed image is no reference to an image.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::ImageReference;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0261 `image-reference`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0261", name: "image-reference", severity: Severity::Error },
    docs: include_str!("../../docs/PK0261.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for (pointer, node, text) in super::listed(&judged.pack) {
        let Err(why) = ImageReference::parse(text) else { continue };
        let message = if text.is_empty() {
            "the image is empty".to_owned()
        } else {
            format!("`{text}` is no image: {why}")
        };
        out.push(
            Diagnostic::new(RULE.lint, node.place(), message)
                .pointer(pointer)
                .help("write `host/path:tag`, or `host/path@sha256:…`; nothing else can be pulled"),
        );
    }
}
