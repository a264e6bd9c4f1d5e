//! PL0108: a layer installs into a namespace that profiles may not use.

use indexmap::IndexMap;
use serde::Deserialize;

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::{LayerSource, ResolvedProfile};
use crate::rules::{Check, Context, Rule, profile};

/// PL0108 `allowed-namespaces`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0108", name: "allowed-namespaces", severity: Severity::Warning },
    docs: include_str!("../docs/PL0108.md"),
    check: Check::Profile(check),
};

/// Options of the rule: globs of namespaces.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct NamespacesOptions {
    /// Those that add-on layers may install into; empty: all.
    allow: Vec<Glob>,
    /// Those that they may not install into.
    deny: Vec<Glob>,
    /// Instead of `allow`, for the profiles of one project.
    projects: IndexMap<String, Vec<Glob>>,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<NamespacesOptions>(RULE.lint) else { return };
    let project = resolved.profile.metadata.project.as_ref();
    let allow = project.and_then(|p| options.projects.get(&p.value)).unwrap_or(&options.allow);
    for layer in &resolved.layers {
        // The namespace of a pack that is not here is not known; manifests alone say theirs themselves.
        let unknown = layer.unresolved.is_some() && layer.source.pack().is_none();
        let own = layer.index.and_then(|i| resolved.profile.spec.layers[i].namespace.as_ref());
        let silent = matches!(layer.source, LayerSource::Manifests) && own.is_none();
        if layer.layer_type != LayerType::Addon || silent || (unknown && own.is_none()) {
            continue;
        }
        let namespace = layer.namespace.as_str();
        let allowed = allow.is_empty() || pattern::any(allow, namespace);
        if namespace.contains("{{") || (allowed && !pattern::any(&options.deny, namespace)) {
            continue;
        }
        let (place, pointer) = profile::namespace_place(resolved, layer);
        out.push(
            Diagnostic::new(
                RULE.lint,
                place,
                format!("layer `{}` installs into namespace `{namespace}`, which is not allowed", layer.name),
            )
            .pointer(pointer)
            .help(if allow.is_empty() {
                "give the layer a `namespace` of its own".to_owned()
            } else {
                format!("allowed are: {}", pattern::listed(allow))
            }),
        );
    }
}
