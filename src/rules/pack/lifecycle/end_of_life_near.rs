//! PK0243: a profile uses a pack version whose end of life is near.

use jiff::Span;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0243 `end-of-life-near`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0243", name: "end-of-life-near", severity: Severity::Info },
    docs: include_str!("../../docs/PK0243.md"),
    check: Check::Profile(check),
};

/// Long enough to move a fleet.
const DAYS: i32 = 90;

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(today) = cx.today else { return };
    let Ok(horizon) = today.checked_add(Span::new().days(DAYS)) else { return };
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack() else { continue };
        let near = super::end_of_life(pack).filter(|end| today < *end && *end <= horizon);
        let Some(end) = near else { continue };
        let days = today.until(end).map_or(0, |span| span.get_days());
        out.push(
            Diagnostic::new(
                RULE.lint,
                layer.place.clone(),
                format!(
                    "pack {} {} reaches its end of life on {end}, in {days} days",
                    pack.name, pack.version
                ),
            )
            .related(pack.json.place("/eol"), "the pack says so here")
            .help("plan the move to another version or pack"),
        );
    }
}
