//! PK0105: an entry of `pack.content.images` has no `image`, but another key.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::{Kind, push_pointer};

/// PK0105 `image-key`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0105", name: "image-key", severity: Severity::Error },
    docs: include_str!("../docs/PK0105.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(values) = &judged.pack.values else { return };
    let Some(images) = values.at("/pack/content/images") else { return };
    for (index, item) in images.items().enumerate() {
        if item.get("image").is_some() {
            continue;
        }
        let pointer = format!("/pack/content/images/{index}");
        if item.kind() != Kind::Map {
            out.push(
                Diagnostic::new(RULE.lint, item.place(), "the entry of an image is no mapping")
                    .pointer(pointer)
                    .help(
                        "an entry is `- image: REFERENCE`; what is listed otherwise is missing from bundles",
                    ),
            );
            continue;
        }
        for entry in item.entries() {
            let key = entry.key.text().unwrap_or_default();
            let near = closest(key, ["image"]).is_some();
            out.push(
                Diagnostic::new(RULE.lint, entry.key.place(), format!("`{key}` is no key of an image"))
                    .pointer(push_pointer(&pointer, key))
                    .help(if near {
                        "did you mean `image`? what is listed under another key is missing from bundles"
                    } else {
                        "an entry is `- image: REFERENCE`"
                    }),
            );
        }
    }
}
