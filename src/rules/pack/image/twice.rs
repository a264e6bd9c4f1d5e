//! PK0263: an image is listed twice.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::ImageReference;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0263 `image-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0263", name: "image-twice", severity: Severity::Info },
    docs: include_str!("../../docs/PK0263.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for (pointer, node, text) in super::listed(&judged.pack) {
        let Ok(image) = ImageReference::parse(text) else { continue };
        if let Some(earlier) = first.insert(image.full(), node) {
            out.push(
                Diagnostic::new(RULE.lint, node.place(), format!("image `{text}` is listed twice"))
                    .pointer(pointer)
                    .related(earlier.place(), "first here")
                    .help("remove one of the two; a second one that was meant to be another is missing"),
            );
        }
    }
}
