//! KU0001: an object for which there is no schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::appliances::Together;
use super::objects::{Objects, defined_at, judge_with};
use super::{at_api, kind_unknown};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::Object;
use crate::rules::{Check, Context, Rule};
use crate::schema::kubernetes::{Crd, Served, Verdict, served};

/// KU0001 `object-without-schema`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0001", name: "object-without-schema", severity: Severity::Info },
    docs: include_str!("../docs/KU0001.md"),
    check: Check::ObjectsAndRepository(alone, profiles),
};

/// Objects that no profile applies. Those of profiles wait for what runs beside them.
fn alone(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    if objects.profile.is_none() {
        let unknown = objects.judged().filter(|(_, verdict)| matches!(verdict, Verdict::Unknown));
        tell(unknown.map(|(object, _)| object), out);
    }
}

fn profiles(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let waiting = cx.applied.iter().any(|applied| !applied.unknown.is_empty());
    if !waiting {
        return;
    }
    let together = Together::of(cx);
    for (index, applied) in cx.applied.iter().enumerate().filter(|(_, applied)| !applied.unknown.is_empty()) {
        let Some(stack) = cx.stacks.get(index) else { continue };
        let mut crds = applied.crds.clone();
        for other in together.beside(index) {
            crds.extend(&cx.applied[other].crds);
        }
        let mut unknown = Vec::new();
        for object in &applied.unknown {
            match judge_with(object, &cx.schemas, &crds, &stack.profile) {
                Verdict::Judged(found) => out.extend(found),
                Verdict::NotServed(crd) => out.push(not_served(object, &crd)),
                Verdict::Unknown | Verdict::Absent => unknown.push(object),
            }
        }
        tell(unknown.into_iter(), out);
    }
}

/// A version that the definition does not have or serve.
pub(super) fn not_served(object: &Object, crd: &Arc<Crd>) -> Diagnostic {
    let served: Vec<String> =
        crd.versions.iter().filter(|v| v.served).map(|v| format!("`{}/{}`", crd.group, v.name)).collect();
    let message = format!("the definition of {} does not serve `{}`", object.kind(), object.api_version());
    let finding = defined_at(at_api(kind_unknown::RULE.lint, object, message), crd);
    if served.is_empty() { finding } else { finding.help(format!("it serves {}", served.join(", "))) }
}

/// One finding a kind, at its first object.
fn tell<'o>(unknown: impl Iterator<Item = &'o Object>, out: &mut Vec<Diagnostic>) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&Object>> = BTreeMap::new();
    for object in unknown {
        // A kind that Kubernetes never had in a group of its own is an error of another rule.
        if served(object.api_version(), object.kind()) == Served::Foreign {
            kinds.entry((object.api_version(), object.kind())).or_default().push(object);
        }
    }
    for ((api_version, kind), objects) in kinds {
        let count = match objects.len() {
            1 => "is".to_owned(),
            many => format!("and {} more are", many - 1),
        };
        let first = objects[0];
        let message =
            format!("there is no schema for `{api_version}` {kind}: {} {count} not checked", first.title());
        out.push(at_api(RULE.lint, first, message).help(
            "its CustomResourceDefinition is in no chart, pack or manifest here; add it, or bring its schema with \
             `--schema-location`",
        ));
    }
}
