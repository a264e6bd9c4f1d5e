//! PL0104: a layer comes from a registry that is not allowed.

use indexmap::IndexMap;
use serde::Deserialize;

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::workspace::model::RegistryConfig;

/// PL0104 `allowed-registries`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0104", name: "allowed-registries", severity: Severity::Warning },
    docs: include_str!("../docs/PL0104.md"),
    check: Check::Profile(check),
};

/// Options of the rule: globs of names or addresses.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct RegistriesOptions {
    /// Those that profiles may use; empty: all.
    allow: Vec<Glob>,
    /// Those that they may not use.
    deny: Vec<Glob>,
    /// Instead of `allow`, for the profiles of one project.
    projects: IndexMap<String, Vec<Glob>>,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<RegistriesOptions>(RULE.lint) else { return };
    let Some(workspace) = cx.workspace else { return };
    let profile = &resolved.profile;
    let project = profile.metadata.project.as_ref();
    let own = project.and_then(|project| options.projects.get(&project.value));
    let allow = own.unwrap_or(&options.allow);
    for layer in &resolved.layers {
        let Some(registry) = &layer.registry else { continue };
        let address = workspace.config.spec.registry(registry).map_or("", address);
        let named = |globs: &[Glob]| pattern::any(globs, registry) || pattern::any(globs, address);
        let allowed = (allow.is_empty() && own.is_none()) || named(allow);
        if allowed && !named(&options.deny) {
            continue;
        }
        let written = layer.index.map(|index| &profile.spec.layers[index]);
        let reference = written.and_then(|layer| match (&layer.pack, &layer.chart) {
            (Some(pack), _) => pack.registry.as_ref(),
            (None, Some(chart)) => chart.registry.as_ref(),
            (None, None) => None,
        });
        let place = reference.map_or_else(|| layer.place.clone(), |name| profile.place(name.span));
        let of = project.map_or_else(String::new, |project| format!(" for project `{project}`"));
        out.push(
            Diagnostic::new(
                RULE.lint,
                place,
                format!("layer `{}` comes from registry `{registry}`, which is not allowed{of}", layer.name),
            )
            .help(if allow.is_empty() {
                "take it from another registry".to_owned()
            } else {
                format!("allowed are: {}", pattern::listed(allow))
            }),
        );
    }
}

/// What people know a registry by, beside its name.
fn address(registry: &RegistryConfig) -> &str {
    match registry {
        RegistryConfig::Directory { path } => path,
        other => other.url().unwrap_or_default(),
    }
}
