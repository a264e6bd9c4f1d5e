//! PK0242: a profile uses a pack version whose end of life has passed.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0242 `end-of-life`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0242", name: "end-of-life", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0242.md"),
    check: Check::Profile(check),
};

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(today) = cx.today else { return };
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack() else { continue };
        let Some(end) = super::end_of_life(pack).filter(|end| *end <= today) else { continue };
        out.push(
            Diagnostic::new(
                RULE.lint,
                layer.place.clone(),
                format!("pack {} {} reached its end of life on {end}", pack.name, pack.version),
            )
            .related(pack.json.place("/eol"), "the pack says so here")
            .help("nobody mends it any more: move to another version or pack"),
        );
    }
}
