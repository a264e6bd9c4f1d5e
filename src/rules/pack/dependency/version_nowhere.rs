//! PK0229: a pack requires versions of another pack that are in no registry.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::DependencyType;
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0229 `dependency-version-nowhere`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0229", name: "dependency-version-nowhere", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0229.md"),
    check: Check::Repository(check),
};

/// So many versions are listed.
const SHOWN: usize = 5;

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut versions: HashMap<&str, Vec<Version>> = HashMap::new();
    for judged in cx.packs {
        if let Ok(version) = Version::parse(&judged.pack.version) {
            versions.entry(&judged.pack.name).or_default().push(version);
        }
    }
    for list in versions.values_mut() {
        list.sort_by(|a, b| b.total_cmp(a));
    }
    for judged in cx.packs {
        let pack = &judged.pack;
        for dependency in &pack.dependencies {
            let name = &dependency.pack_name;
            let required = dependency.dependency_type == Some(DependencyType::Required);
            let (true, Some(there), Ok(range)) = (required, versions.get(name.as_str()), dependency.range())
            else {
                continue;
            };
            if name.value == pack.name.value || range.is_empty() || there.iter().any(|v| range.contains(v)) {
                continue;
            }
            let shown: Vec<_> = there.iter().take(SHOWN).map(Version::original).collect();
            let more = if there.len() > SHOWN { ", …" } else { "" };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(&pack.json_file, name.span),
                    format!("`{}` requires `{name}` in {range}, and no such version is here", pack.name),
                )
                .help(format!("there are {}{more}; correct the bounds, or add a version", shown.join(", "))),
            );
        }
    }
}
