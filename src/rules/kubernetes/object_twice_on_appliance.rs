//! KU0302: two profiles of an appliance define one object.

use std::collections::{BTreeSet, HashMap};

use super::appliances::Together;
use super::objects::Identity;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};

/// KU0302 `object-twice-on-appliance`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0302", name: "object-twice-on-appliance", severity: Severity::Warning },
    docs: include_str!("../docs/KU0302.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if cx.applied.iter().filter(|applied| !applied.identities.is_empty()).count() < 2 {
        return;
    }
    let mut told = BTreeSet::new();
    for (set, appliance) in Together::of(cx).sets {
        let mut first: HashMap<(&str, &str, &str, &str), (usize, &Identity)> = HashMap::new();
        for index in set {
            let Some(applied) = cx.applied.get(index) else { continue };
            for identity in &applied.identities {
                // A namespace that several profiles need may be in each of them.
                if &*identity.kind == "Namespace" || is_definition(identity) {
                    continue;
                }
                let (earlier, first) = *first.entry(identity.key()).or_insert((index, identity));
                if earlier == index || !told.insert((earlier, index, identity.key())) {
                    continue;
                }
                let (a, b) = (&cx.stacks[earlier].profile.id, &cx.stacks[index].profile.id);
                let message = format!(
                    "{} `{}` is defined by {b} and by {a}, and appliance `{appliance}` gets both",
                    identity.kind, identity.name
                );
                out.push(
                    Diagnostic::new(RULE.lint, identity.place.clone(), message)
                        .related(first.place.clone(), format!("the one of {a}"))
                        .help("the one that is applied last wins; keep one of them"),
                );
            }
        }
    }
}

fn is_definition(identity: &Identity) -> bool {
    &*identity.kind == "CustomResourceDefinition"
}
