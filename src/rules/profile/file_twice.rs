//! PR0215: a profile uses one file twice.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::source::Span;
use crate::workspace::model::LayerValues;

/// PR0215 `file-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0215", name: "file-twice", severity: Severity::Warning },
    docs: include_str!("../docs/PR0215.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let profile = &resolved.profile;
    let mut first: HashMap<&str, (Span, &str)> = HashMap::new();
    for (index, layer) in profile.spec.layers.iter().enumerate() {
        let values = layer.values.as_ref().and_then(|values| match &values.value {
            LayerValues::File(path) => {
                Some((path.as_str(), values.span, format!("/spec/layers/{index}/values"), "read as values"))
            }
            LayerValues::Inline(_) => None,
        });
        let manifests = layer.manifests.iter().enumerate().map(|(number, path)| {
            (path.value.as_str(), path.span, format!("/spec/layers/{index}/manifests/{number}"), "applied")
        });
        for (path, span, pointer, done) in values.into_iter().chain(manifests) {
            if let Some((earlier, before)) = first.insert(path, (span, done)) {
                let message = if done == before {
                    format!("`{path}` is {done} twice")
                } else {
                    format!("`{path}` is {before} and {done}")
                };
                out.push(
                    Diagnostic::new(RULE.lint, profile.place(span), message)
                        .pointer(pointer)
                        .related(profile.place(earlier), "first here")
                        .help(
                            "name it once, or give each layer a file of its own: a change would reach both",
                        ),
                );
            }
        }
    }
}
