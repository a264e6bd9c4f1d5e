//! PK0209: two versions of one pack are the same by precedence.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0209 `same-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0209", name: "same-version", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0209.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(&str, String), &crate::rules::JudgedPack> = HashMap::new();
    for judged in cx.packs {
        let pack = &judged.pack;
        let Ok(version) = Version::parse(&pack.version) else { continue };
        let shown = version.to_string();
        let precedence = shown.split('+').next().unwrap_or_default().to_owned();
        let Some(earlier) = first.insert((&pack.name, precedence), judged) else { continue };
        // The very same version is another fault.
        if earlier.pack.version.value == pack.version.value {
            continue;
        }
        let why = if version.build().is_empty() {
            "written otherwise"
        } else {
            "what stands behind `+` does not count"
        };
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, pack.version.span),
                format!(
                    "versions {} and {} of pack `{}` are the same one: {why}",
                    earlier.pack.version, pack.version, pack.name
                ),
            )
            .pointer("/version")
            .related(Place::new(&earlier.pack.json_file, earlier.pack.version.span), "the other one")
            .help("raise one of the numbers, so that `latest` and constraints can tell them apart"),
        );
    }
}
