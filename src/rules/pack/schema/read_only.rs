//! PK0283: a profile changes a value that the pack does not let it change.

use super::{each, shown};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::{Pack, at_dotted_path};
use crate::resolve::{OriginKind, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::yaml::Resolver;

/// PK0283 `read-only-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0283", name: "read-only-value", severity: Severity::Error },
    docs: include_str!("../../docs/PK0283.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    each(resolved, |judged| {
        let profiles = |kind: &OriginKind| matches!(kind, OriginKind::Layer | OriginKind::Brought);
        if !judged.rule.read_only || !judged.origin.is_some_and(|origin| profiles(&origin.kind)) {
            return;
        }
        let default = judged.layer.values.defaults.pointer(&judged.pointer);
        // Nothing is changed where there was nothing, or where a preset of the pack says the same.
        let Some(default) = default.filter(|default| *default != judged.value) else { return };
        if by_preset(judged.pack, &judged.rule.path, judged.value) {
            return;
        }
        out.push(
            Diagnostic::new(
                RULE.lint,
                judged.place(),
                format!(
                    "`{}` of pack `{}` is read-only: it stays {}",
                    judged.rule.path,
                    judged.pack.name,
                    shown(judged.rule, default)
                ),
            )
            .pointer(judged.pointer.clone())
            .related(judged.rule.place.clone(), "the pack says so here")
            .help("take the value out of the profile"),
        );
    });
}

fn by_preset(pack: &Pack, path: &str, value: &serde_json::Value) -> bool {
    let added =
        pack.presets.iter().filter_map(|preset| preset.add.as_ref()?.root().to_json(Resolver::Go).ok());
    added.into_iter().any(|added| at_dotted_path(&added, path).iter().any(|(_, found)| *found == value))
}
