//! PK0208: versions of one pack have different display names.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::version::Version;

/// PK0208 `display-name-varies`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0208", name: "display-name-varies", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0208.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut by_name: BTreeMap<&str, Vec<&JudgedPack>> = BTreeMap::new();
    for judged in cx.packs {
        by_name.entry(&judged.pack.name).or_default().push(judged);
    }
    for (name, packs) in by_name {
        // The newest version is what people see today.
        let version = |judged: &&JudgedPack| Version::parse(&judged.pack.version).ok();
        let Some(newest) = packs.iter().max_by_key(|judged| version(judged)) else { continue };
        let Some(shown) = &newest.pack.display_name else { continue };
        for judged in &packs {
            let Some(other) = judged.pack.display_name.as_ref().filter(|other| *other != shown) else {
                continue;
            };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    judged.pack.json.place("/displayName"),
                    format!(
                        "pack `{name}` is called `{other}` in version {}, and `{shown}` in {}",
                        judged.pack.version, newest.pack.version
                    ),
                )
                .pointer("/displayName")
                .related(newest.pack.json.place("/displayName"), "in the newest version")
                .help("one pack, one name: people look for it in lists"),
            );
        }
    }
}
