//! PK0224: a dependency has neither a lowest nor a highest version.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::DependencyType;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0224 `dependency-unbounded`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0224", name: "dependency-unbounded", severity: Severity::Info },
    docs: include_str!("../../docs/PK0224.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for dependency in &pack.dependencies {
        if dependency.min_version.is_some() || dependency.max_version.is_some() {
            continue;
        }
        let name = &dependency.pack_name;
        let (message, help) = match dependency.dependency_type {
            Some(DependencyType::Required) => (
                format!("any version of `{name}` will do"),
                "give `minVersion` where an older one is known to fail",
            ),
            Some(DependencyType::Optional) => (
                format!("the optional dependency on `{name}` has no bounds, and so says nothing"),
                "give `minVersion` or `maxVersion`, or take it out",
            ),
            Some(DependencyType::Upgrade) => (
                format!("the limit on upgrades of `{name}` has no bounds, and so limits nothing"),
                "give `minVersion` or `maxVersion`, or take it out",
            ),
            // Not with this one, whatever its version: that is a clear word.
            Some(DependencyType::NotSupported) | None => continue,
        };
        out.push(Diagnostic::new(RULE.lint, Place::new(&pack.json_file, name.span), message).help(help));
    }
}
