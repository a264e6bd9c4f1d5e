//! PL0110: an image comes from a registry that is not allowed, or can become another one by itself.

use serde::Deserialize;

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{OriginKind, ResolvedLayer, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// PL0110 `allowed-images`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0110", name: "allowed-images", severity: Severity::Warning },
    docs: include_str!("../docs/PL0110.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct ImagesOptions {
    /// Images that layers may list, as globs of whole references; empty: all.
    allow: Vec<Glob>,
    /// Images that they may not list.
    deny: Vec<Glob>,
    /// What an image must be pinned by.
    pinned: Option<Pinned>,
}

/// What an image is pinned by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Pinned {
    /// A tag that is not `latest`, or a digest.
    Tag,
    /// A digest.
    Digest,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<ImagesOptions>(RULE.lint) else { return };
    for layer in &resolved.layers {
        for image in layer.values.images() {
            let allowed = options.allow.is_empty() || pattern::any(&options.allow, &image);
            let why = if !allowed || pattern::any(&options.deny, &image) {
                "is none of those that are allowed"
            } else {
                match options.pinned {
                    Some(Pinned::Digest) if !image.contains("@sha256:") => "has no digest",
                    Some(Pinned::Tag) if !tagged(&image) => "has no tag of its own",
                    _ => continue,
                }
            };
            let (place, related) = place(layer);
            let mut finding =
                Diagnostic::new(RULE.lint, place, format!("image `{image}` of layer `{}` {why}", layer.name))
                    .help(if allowed || options.allow.is_empty() {
                        "name it by a fixed tag, or by its digest".to_owned()
                    } else {
                        format!("allowed are: {}", pattern::listed(&options.allow))
                    });
            if let Some(related) = related {
                finding = finding.related(related, "the pack lists it here");
            }
            out.push(finding);
        }
    }
}

/// Where the list of images stands: in the profile, or in the pack (told beside the layer).
fn place(layer: &ResolvedLayer) -> (Place, Option<Place>) {
    let origin = layer.values.origins.get("/pack/content/images");
    match origin.map(|origin| (&origin.kind, origin.place.clone())) {
        Some((OriginKind::Layer, Some(place))) => (place, None),
        Some((_, place)) => (layer.place.clone(), place),
        None => (layer.place.clone(), None),
    }
}

fn tagged(image: &str) -> bool {
    if image.contains("@sha256:") {
        return true;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest")
}
