//! PL0105: a profile lacks a tag, or has one with a value that is not allowed.

use indexmap::IndexMap;
use serde::Deserialize;

use super::pattern::Pattern;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// PL0105 `required-tags`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0105", name: "required-tags", severity: Severity::Warning },
    docs: include_str!("../docs/PL0105.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct TagsOptions {
    /// Tags that every profile has, and what their whole values match.
    tags: IndexMap<String, Pattern>,
    /// Tags that a profile may have or not, and what their whole values match.
    optional: IndexMap<String, Pattern>,
    /// Whether other tags are refused.
    closed: bool,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<TagsOptions>(RULE.lint) else { return };
    let profile = &resolved.profile;
    let given = &profile.metadata.tags;
    let known = || options.tags.keys().chain(options.optional.keys()).map(String::as_str);
    for (name, pattern) in &options.tags {
        if !given.contains_key(name) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.document.key_place("/metadata/tags"),
                    format!("profile {} has no tag `{name}`", profile.id),
                )
                .pointer("/metadata/tags")
                .help(format!("add it below `metadata.tags`; its value matches `{}`", pattern.written())),
            );
        }
    }
    for (name, value) in given {
        let pointer = push_pointer("/metadata/tags", name);
        let value = value.as_deref().unwrap_or_default();
        match options.tags.get(name).or_else(|| options.optional.get(name)) {
            Some(pattern) if !pattern.matches(value) => out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.document.place(&pointer),
                    format!("the value `{value}` of tag `{name}` does not match `{}`", pattern.written()),
                )
                .pointer(pointer)
                .help("the policy stands below `spec.check.rules` in edgewright.yaml"),
            ),
            None if options.closed => out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.document.key_place(&pointer),
                    format!("`{name}` is none of the tags that profiles may have"),
                )
                .pointer(pointer)
                .help(match closest(name, known()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("tags are: {}", known().collect::<Vec<_>>().join(", ")),
                }),
            ),
            _ => {}
        }
    }
}
