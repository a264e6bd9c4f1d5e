//! PL0109: a layer is made of something that profiles may not be made of.

use serde::Deserialize;

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PL0109 `allowed-sources`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0109", name: "allowed-sources", severity: Severity::Warning },
    docs: include_str!("../docs/PL0109.md"),
    check: Check::Profile(check),
};

/// Options of the rule.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(in crate::rules) struct SourcesOptions {
    /// What layers may be made of; empty: anything.
    kinds: Vec<SourceKind>,
    /// Packs and charts that profiles may use, as globs of names; empty: all.
    allow: Vec<Glob>,
    /// Packs and charts that they may not use.
    deny: Vec<Glob>,
}

/// What a layer is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SourceKind {
    Pack,
    Chart,
    Manifests,
}

impl SourceKind {
    fn word(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Chart => "chart",
            Self::Manifests => "manifests",
        }
    }
}

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(options) = cx.options::<SourcesOptions>(RULE.lint) else { return };
    for layer in &resolved.layers {
        let kind = layer.source.word();
        let finding = |message: String| Diagnostic::new(RULE.lint, layer.place.clone(), message);
        if !options.kinds.is_empty() && !options.kinds.iter().any(|allowed| allowed.word() == kind) {
            let allowed: Vec<_> = options.kinds.iter().map(|kind| kind.word()).collect();
            let verb = if kind == "manifests" { "manifests alone" } else { kind };
            out.push(
                finding(format!("layer `{}` is made of {verb}, which is not allowed", layer.name))
                    .help(format!("layers are made of: {}", allowed.join(", "))),
            );
            continue;
        }
        let Some(name) = layer.source.name() else { continue };
        let allowed = options.allow.is_empty() || pattern::any(&options.allow, name);
        if !allowed || pattern::any(&options.deny, name) {
            out.push(
                finding(format!("{kind} `{name}` may not be used in profiles"))
                    .help("the policy stands below `spec.check.rules` in edgewright.yaml"),
            );
        }
    }
}
