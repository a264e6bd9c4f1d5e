//! PR0301: the values of a layer name a namespace that Kubernetes refuses.

use super::origin;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0301 `invalid-namespace`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0301", name: "invalid-namespace", severity: Severity::Error },
    docs: include_str!("../docs/PR0301.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        let mut judge = |name: &str, place, pointer: String| {
            if name.contains("{{") {
                return;
            }
            if let Some(why) = origin::label_fault(name) {
                out.push(
                    Diagnostic::new(RULE.lint, place, format!("`{name}` is no name of a namespace: {why}"))
                        .pointer(pointer)
                        .help("a namespace has 1 to 63 lower-case letters, digits and `-`"),
                );
            }
        };
        let named = layer.values.value.pointer("/pack/namespace").and_then(|name| name.as_str());
        if let Some((name, place)) = named.zip(origin::written(layer, "/pack/namespace"))
            && !name.is_empty()
        {
            judge(name, place, "/pack/namespace".to_owned());
        }
        for (name, _, place) in origin::entries(layer, "/pack/additionalNamespaces") {
            judge(name, place, crate::yaml::push_pointer("/pack/additionalNamespaces", name));
        }
    }
}
