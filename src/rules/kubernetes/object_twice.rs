//! KU0301: two layers of a profile, or two files, define one object.

use std::collections::HashMap;

use super::objects::{Identity, Objects};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::{Object, Origin};
use crate::rules::{Check, Context, Rule};
use crate::yaml::Resolver;

/// KU0301 `object-twice`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0301", name: "object-twice", severity: Severity::Warning },
    docs: include_str!("../docs/KU0301.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(String, String, String, String), &Object> = HashMap::new();
    for object in objects.list {
        let Some(identity) = Identity::of(object, objects.namespaced(object)) else { continue };
        let (group, kind, namespace, name) = identity.key();
        // An object without a namespace lies in that of its layer.
        let of_layer = || Some(objects.profile?.layers.get(object.layer?)?.namespace.clone());
        let namespace = if namespace.is_empty() && objects.namespaced(object) != Some(false) {
            of_layer().unwrap_or_default()
        } else {
            namespace.to_owned()
        };
        let key = (group.to_owned(), kind.to_owned(), namespace, name.to_owned());
        let Some(earlier) = first.get(&key) else {
            first.insert(key, object);
            continue;
        };
        if harmless(objects, earlier, object) {
            continue;
        }
        out.push(
            Diagnostic::new(RULE.lint, object.place(), format!("{} is defined twice", object.title()))
                .pointer(format!("{}/metadata/name", object.pointer))
                .related(earlier.place(), "first here")
                .help("the one that is applied last wins; keep one of them"),
        );
    }
}

/// Whether nobody is hurt: a namespace or a definition that says the same twice, and files that are alternatives.
fn harmless(objects: &Objects<'_>, one: &Object, other: &Object) -> bool {
    // A file that two layers name is a finding of its own.
    if one.place().span == other.place().span && one.document.file().path() == other.document.file().path() {
        return true;
    }
    let crds = one.origin == Origin::ChartCrds || other.origin == Origin::ChartCrds;
    let shared = crds || matches!(one.kind(), "Namespace" | "CustomResourceDefinition");
    let same = || {
        let (one, other) = (one.root().to_json(Resolver::Go), other.root().to_json(Resolver::Go));
        one.is_ok() && one == other
    };
    // A folder of files that are judged by themselves may hold one object for each of several clusters.
    let alternatives =
        objects.profile.is_none() && one.document.file().path() != other.document.file().path();
    alternatives || shared && same()
}
