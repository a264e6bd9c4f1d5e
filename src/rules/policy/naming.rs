//! PL0102: a profile, layer or variable is not named as the organisation names them.

use serde::Deserialize;

use super::pattern::Pattern;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::source::Span;

/// PL0102 `naming`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0102", name: "naming", severity: Severity::Warning },
    docs: include_str!("../docs/PL0102.md"),
    check: Check::Profile(check),
};

/// Options of the rule: expressions that whole names must match.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct NamingOptions {
    /// Names of profiles, without their project.
    profile: Option<Pattern>,
    /// Names of projects.
    project: Option<Pattern>,
    /// Names of layers.
    layer: Option<Pattern>,
    /// Names of variables.
    variable: Option<Pattern>,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<NamingOptions>(RULE.lint) else { return };
    let profile = &resolved.profile;
    let mut judge = |pattern: &Option<Pattern>, what: &str, name: &str, span: Span, pointer: String| {
        if let Some(pattern) = pattern.as_ref().filter(|pattern| !pattern.matches(name)) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    profile.place(span),
                    format!("the name of {what} `{name}` does not match `{}`", pattern.written()),
                )
                .pointer(pointer)
                .help("rename it; the policy stands below `spec.check.rules` in edgewright.yaml"),
            );
        }
    };
    let name = &profile.metadata.name;
    judge(&options.profile, "profile", name, name.span, "/metadata/name".to_owned());
    if let Some(project) = &profile.metadata.project {
        judge(&options.project, "project", project, project.span, "/metadata/project".to_owned());
    }
    for (index, layer) in profile.spec.layers.iter().enumerate() {
        let name = &layer.name;
        judge(&options.layer, "layer", name, name.span, format!("/spec/layers/{index}/name"));
    }
    for (index, variable) in profile.spec.variables.iter().enumerate() {
        let name = &variable.name;
        judge(&options.variable, "variable", name, name.span, format!("/spec/variables/{index}/name"));
    }
}
