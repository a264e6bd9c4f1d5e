//! PK0281: a value of a profile breaks the pack's `schema.yaml`.

use serde_json::Value;

use super::{each, hint, shown};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0281 `value-breaks-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0281", name: "value-breaks-schema", severity: Severity::Error },
    docs: include_str!("../../docs/PK0281.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    each(resolved, |judged| {
        // A missing value is another finding, and defaults of the pack are the pack's.
        let empty = judged.value.is_null() || *judged.value == Value::String(String::new());
        if empty || !judged.by_profile() {
            return;
        }
        let Err(why) = judged.rule.check(judged.value) else { return };
        out.push(
            Diagnostic::new(
                RULE.lint,
                judged.place(),
                format!(
                    "{} at `{}` does not fit pack `{}`: {why}",
                    shown(judged.rule, judged.value),
                    judged.rule.path,
                    judged.pack.name
                ),
            )
            .pointer(judged.pointer.clone())
            .related(judged.rule.place.clone(), "what the pack wants")
            .help(hint(judged.rule, "Palette would refuse the profile: correct the value")),
        );
    });
}
