//! PK0226: two dependencies on one pack cannot both hold.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::{DependencyType, PackDependency};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0226 `dependency-contradicts`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0226", name: "dependency-contradicts", severity: Severity::Error },
    docs: include_str!("../../docs/PK0226.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let mut by_name: BTreeMap<&str, Vec<&PackDependency>> = BTreeMap::new();
    for dependency in &pack.dependencies {
        by_name.entry(&dependency.pack_name).or_default().push(dependency);
    }
    for (name, list) in by_name {
        // Neighbours are compared: who says something three times of one pack says the same thing twice.
        for pair in list.windows(2) {
            let Some(why) = clash(pair[0], pair[1]) else { continue };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(&pack.json_file, pair[1].pack_name.span),
                    format!("what is said of `{name}` cannot hold: {why}"),
                )
                .related(Place::new(&pack.json_file, pair[0].pack_name.span), "the other one")
                .help("no profile can have the pack: keep one of the two, or part their versions"),
            );
        }
    }
}

fn clash(a: &PackDependency, b: &PackDependency) -> Option<String> {
    use DependencyType::{NotSupported, Required};
    let (first, second) = (a.range().ok()?, b.range().ok()?);
    match (a.dependency_type?, b.dependency_type?) {
        (Required, NotSupported) if first.within(&second) => {
            Some(format!("required is {first}, and not supported {second}"))
        }
        (NotSupported, Required) if second.within(&first) => {
            Some(format!("not supported is {first}, and required {second}"))
        }
        (Required, Required) if !first.overlaps(&second) => {
            Some(format!("required is {first}, and {second} as well"))
        }
        _ => None,
    }
}
