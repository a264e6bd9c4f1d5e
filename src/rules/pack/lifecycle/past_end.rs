//! PK0246: a pack whose end of life has passed does not say that it is given up.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0246 `past-end-of-life`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0246", name: "past-end-of-life", severity: Severity::Info },
    docs: include_str!("../../docs/PK0246.md"),
    check: Check::Pack(check),
};

fn check(cx: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(end) = super::end_of_life(pack).filter(|end| cx.today.is_some_and(|today| *end <= today)) else {
        return;
    };
    if pack.annotations.contains_key("system_state") || super::state(pack).is_some() {
        return;
    }
    out.push(
        Diagnostic::new(
            RULE.lint,
            pack.json.place("/eol"),
            format!(
                "the end of life of {} {} was {end}, and its state does not say so",
                pack.name, pack.version
            ),
        )
        .pointer("/eol")
        .help("add the annotation `\"system_state\": \"deprecated\"`, or `deleted`"),
    );
}
