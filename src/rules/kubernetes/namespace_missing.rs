//! KU0303: an object lies in a namespace that nothing creates.

use std::collections::{BTreeMap, BTreeSet};

use super::appliances::Together;
use super::objects::Identity;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};

/// KU0303 `namespace-missing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0303", name: "namespace-missing", severity: Severity::Warning },
    docs: include_str!("../docs/KU0303.md"),
    check: Check::Repository(check),
};

/// Namespaces that every cluster has.
const ALWAYS: &[&str] = &["default", "kube-system", "kube-public", "kube-node-lease"];

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let lacking = |index: &usize, among: &BTreeSet<usize>| -> Vec<&Identity> {
        let applied = among.iter().chain([index]).filter_map(|index| cx.applied.get(*index));
        let mut created: BTreeSet<&str> = ALWAYS.iter().copied().collect();
        for applied in applied {
            if applied.may_create_namespaces {
                return Vec::new();
            }
            created.extend(applied.namespaces.iter().map(|name| &**name));
        }
        let own = cx.applied.get(*index).map(|applied| &*applied.identities).unwrap_or_default();
        own.iter().filter(|i| !i.namespace.is_empty() && !created.contains(&*i.namespace)).collect()
    };
    let all: BTreeSet<usize> = (0..cx.applied.len()).collect();
    let candidates: Vec<usize> =
        all.iter().copied().filter(|i| !lacking(i, &BTreeSet::new()).is_empty()).collect();
    if candidates.is_empty() {
        return;
    }
    let together = Together::of(cx);
    for index in candidates {
        let sets: Vec<(BTreeSet<usize>, Option<&String>)> = (together.sets.iter())
            .filter(|(set, _)| set.contains(&index))
            .map(|(set, appliance)| (set.iter().copied().collect(), Some(appliance)))
            .collect();
        // A profile that no appliance gets yet may meet any other.
        let sets = if sets.is_empty() { vec![(all.clone(), None)] } else { sets };
        for (set, appliance) in &sets {
            let found = lacking(&index, set);
            if found.is_empty() {
                continue;
            }
            tell(cx, &found, appliance.map(String::as_str), out);
            break;
        }
    }
}

/// One finding a namespace, at its first object.
fn tell(cx: &Context<'_>, found: &[&Identity], appliance: Option<&str>, out: &mut Vec<Diagnostic>) {
    let mut by_namespace: BTreeMap<&str, Vec<&Identity>> = BTreeMap::new();
    for identity in found {
        by_namespace.entry(&identity.namespace).or_default().push(identity);
    }
    let known: BTreeSet<&str> =
        cx.applied.iter().flat_map(|a| &a.namespaces).map(|n| &**n).chain(ALWAYS.iter().copied()).collect();
    for (namespace, identities) in by_namespace {
        let more = match identities.len() {
            1 => String::new(),
            many => format!(" and {} more", many - 1),
        };
        let where_ = appliance.map_or_else(String::new, |name| format!(" on appliance `{name}`"));
        let first = identities[0];
        let message = format!(
            "nothing creates the namespace `{namespace}`{where_}, where {} `{}`{more} lies",
            first.kind, first.name
        );
        let finding = Diagnostic::new(RULE.lint, first.namespace_place.clone(), message);
        out.push(match closest(namespace, known.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`? Or add a Namespace to a manifest")),
            None => finding.help("add a Namespace to a manifest of this profile or of one below it"),
        });
    }
}
