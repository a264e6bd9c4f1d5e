//! PK0285: a pack's own values break its `schema.yaml`.

use serde_json::Value;

use super::{hint, shown};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::{ValueRule, at_dotted_path};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::{Document, Resolver};

/// PK0285 `defaults-break-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0285", name: "defaults-break-schema", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0285.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    if pack.schema.is_none() {
        return;
    }
    let rules: Vec<&ValueRule> = pack.value_rules().iter().flatten().collect();
    let added = pack.presets.iter().filter_map(|preset| preset.add.as_ref());
    for document in pack.values.iter().chain(added) {
        if let Ok(values) = document.root().to_json(Resolver::Go) {
            judge(&rules, document, &values, out);
        }
    }
}

fn judge(rules: &[&ValueRule], document: &Document, values: &Value, out: &mut Vec<Diagnostic>) {
    for rule in rules {
        for (pointer, value) in at_dotted_path(values, &rule.path) {
            // An empty value waits for the profile; one that is required is asked for there.
            if value.is_null() || value.as_str() == Some("") {
                continue;
            }
            let Err(why) = rule.check(value) else { continue };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    document.place(&pointer),
                    format!(
                        "{} at `{}` breaks the pack's own schema.yaml: {why}",
                        shown(rule, value),
                        rule.path
                    ),
                )
                .pointer(pointer)
                .related(rule.place.clone(), "what it wants")
                .help(hint(
                    rule,
                    "correct the default or the schema: a profile that changes nothing would be refused",
                )),
            );
        }
    }
}
