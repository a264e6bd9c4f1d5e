//! PK0284: a variable stands where its values do not fit the pack's `schema.yaml`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Judged, each, hint};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::template::{self, ReferenceKind};
use crate::workspace::model::Variable;

/// PK0284 `variable-breaks-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0284", name: "variable-breaks-schema", severity: Severity::Error },
    docs: include_str!("../../docs/PK0284.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let profile = &resolved.profile;
    let mut told = BTreeSet::new();
    each(resolved, |judged| {
        let Some(text) = judged.value.as_str() else { return };
        // With functions, or within a longer text, the value is another one than the variable's.
        let Some(reference) =
            template::whole(text).filter(|r| r.kind == ReferenceKind::Var && !text.contains('|'))
        else {
            return;
        };
        let variables = &profile.spec.variables;
        let Some(index) = variables.iter().position(|v| v.name.value == reference.name) else { return };
        for (pointer, place, what, value) in values(resolved, index, &variables[index]) {
            let Err(why) = judged.rule.check(value) else { continue };
            if told.insert((pointer.clone(), judged.pointer.clone())) {
                out.push(finding(judged, &variables[index], pointer, place, &what, &why));
            }
        }
    });
}

/// What a variable can be without anybody setting it: its default and its options, with their places.
fn values<'a>(
    resolved: &ResolvedProfile,
    index: usize,
    variable: &'a Variable,
) -> Vec<(String, Place, String, &'a Value)> {
    let pointer = format!("/spec/variables/{index}");
    let mut all = Vec::new();
    if let Some(default) = &variable.default {
        let place = resolved.profile.place(default.span);
        all.push((format!("{pointer}/default"), place, "the default".to_owned(), &default.value));
    }
    for (number, option) in variable.options.iter().enumerate() {
        let pointer = format!("{pointer}/options/{number}");
        let place = resolved.profile.document.place(&format!("{pointer}/value"));
        all.push((pointer, place, format!("option {}", number + 1), &option.value));
    }
    all.retain(|(_, _, _, value)| !value.is_null() && value.as_str() != Some(""));
    all
}

fn finding(
    judged: &Judged<'_>,
    variable: &Variable,
    pointer: String,
    place: Place,
    what: &str,
    why: &str,
) -> Diagnostic {
    let message = format!(
        "{what} of variable `{}` does not fit `{}` of pack `{}`: {why}",
        variable.name, judged.rule.path, judged.pack.name
    );
    Diagnostic::new(RULE.lint, place, message)
        .pointer(pointer)
        .related(judged.place(), "the variable stands here")
        .related(judged.rule.place.clone(), "what the pack wants")
        .help(hint(judged.rule, "Palette would refuse the profile: correct the variable"))
}
