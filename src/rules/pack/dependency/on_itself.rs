//! PK0225: a pack depends on itself, or limits upgrades of another one.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::DependencyType;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0225 `dependency-on-itself`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0225", name: "dependency-on-itself", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0225.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for dependency in &pack.dependencies {
        let itself = dependency.pack_name.value == pack.name.value;
        let (message, help) = match dependency.dependency_type {
            Some(DependencyType::Upgrade) if !itself => (
                format!("a limit on upgrades names the pack itself, and not `{}`", dependency.pack_name),
                format!("for `{}` write `required`, `optional` or `notSupported`", dependency.pack_name),
            ),
            Some(DependencyType::Upgrade) | None => continue,
            Some(_) if itself => (
                format!("pack `{}` depends on itself", pack.name),
                "it is there whenever it is judged; for a limit on upgrades write `\"type\": \"upgrade\"`"
                    .to_owned(),
            ),
            Some(_) => continue,
        };
        out.push(
            Diagnostic::new(RULE.lint, Place::new(&pack.json_file, dependency.pack_name.span), message)
                .help(help),
        );
    }
}
