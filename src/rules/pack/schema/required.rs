//! PK0282: a value that a pack requires is empty or taken away.

use serde_json::Value;

use super::{each, hint};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::at_dotted_path;
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PK0282 `required-value`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0282", name: "required-value", severity: Severity::Error },
    docs: include_str!("../../docs/PK0282.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    each(resolved, |judged| {
        let empty = judged.value.is_null() || *judged.value == Value::String(String::new());
        if !judged.rule.required || !empty {
            return;
        }
        let path = &judged.rule.path;
        out.push(
            Diagnostic::new(
                RULE.lint,
                judged.place(),
                format!("pack `{}` requires a value at `{path}`, and it is empty", judged.pack.name),
            )
            .pointer(judged.pointer.clone())
            .related(judged.rule.place.clone(), "the pack requires it here")
            .help(hint(judged.rule, "set it in the values of the layer, or put a variable there")),
        );
    });
    for layer in &resolved.layers {
        let Some(pack) = layer.source.pack().filter(|_| !layer.values.removed.is_empty()) else { continue };
        for rule in pack.value_rules().iter().flatten().filter(|rule| rule.required) {
            for (pointer, _) in at_dotted_path(&layer.values.defaults, &rule.path) {
                let Some(taken) = layer.values.removed.get(&pointer) else { continue };
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        taken.place.clone().unwrap_or_else(|| layer.place.clone()),
                        format!(
                            "pack `{}` requires a value at `{}`, and `null` takes it away",
                            pack.name, rule.path
                        ),
                    )
                    .pointer(pointer)
                    .related(rule.place.clone(), "the pack requires it here")
                    .help("leave the default, or set another value"),
                );
            }
        }
    }
}
