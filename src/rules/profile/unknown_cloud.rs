//! PR0209: `spec.cloud` is no cloud type that anybody knows.

use serde::Deserialize;

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::pack::CLOUD_TYPES;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0209 `unknown-cloud`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0209", name: "unknown-cloud", severity: Severity::Warning },
    docs: include_str!("../docs/PR0209.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct CloudOptions {
    /// Custom clouds of the organisation.
    also: Vec<String>,
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(cloud) = &resolved.profile.spec.cloud else { return };
    let also = cx.options::<CloudOptions>(RULE.lint).unwrap_or_default().also;
    let of_packs = || {
        let packs = resolved.layers.iter().filter_map(|layer| layer.source.pack());
        packs.flat_map(|pack| &pack.cloud_types).map(String::as_str)
    };
    let known = || CLOUD_TYPES.iter().copied().chain(also.iter().map(String::as_str));
    if known().chain(of_packs()).any(|name| name == cloud.value) {
        return;
    }
    let finding = Diagnostic::new(
        RULE.lint,
        resolved.profile.place(cloud.span),
        format!("`{cloud}` is no known cloud type"),
    )
    .pointer("/spec/cloud");
    out.push(match closest(cloud, known()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(Fix {
            message: format!("write `{near}`"),
            safe: false,
            edits: vec![Edit { span: cloud.span, replacement: near.to_owned() }],
        }),
        None => {
            finding.help("a custom cloud is named once: `PR0209: { also: [NAME] }` below `spec.check.rules`")
        }
    });
}
