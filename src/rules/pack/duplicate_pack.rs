//! PK0111: two folders of a registry hold the same pack version.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// PK0111 `duplicate-pack`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0111", name: "duplicate-pack", severity: Severity::Error },
    docs: include_str!("../docs/PK0111.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut first = HashMap::new();
    for judged in cx.packs {
        let pack = &judged.pack;
        let place = Place::new(&pack.json_file, pack.version.span);
        let key = (pack.name.as_str(), pack.version.as_str());
        if let Some(earlier) = first.insert(key, place.clone()) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    format!("pack {} {} stands in two folders", pack.name, pack.version),
                )
                .pointer("/version")
                .related(earlier, "first here")
                .help("remove one, or give it another version"),
            );
        }
    }
}
