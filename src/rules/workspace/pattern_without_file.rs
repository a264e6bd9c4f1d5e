//! CF0205: a path pattern of `spec.check` that no file fits.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::patterns::{self, Patterns};
use crate::rules::{Check, Context, Rule, texts};

/// CF0205 `pattern-without-file`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0205", name: "pattern-without-file", severity: Severity::Warning },
    docs: include_str!("../docs/CF0205.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(config) = cx.workspace.map(|workspace| &workspace.config) else { return };
    let check = &config.spec.check;
    if check.overrides.is_empty() && check.ignore.is_empty() {
        return;
    }
    let paths = texts::paths(cx);
    let overrides = check.overrides.iter().enumerate();
    let lists = overrides.map(|(index, over)| (format!("/spec/check/overrides/{index}/paths"), &over.paths));
    for (pointer, list) in lists.chain([("/spec/check/ignore".to_owned(), &check.ignore)]) {
        for (index, pattern) in list.iter().enumerate() {
            let Some((message, help)) = fault(pattern, &paths) else { continue };
            let pointer = format!("{pointer}/{index}");
            out.push(Diagnostic::new(RULE.lint, config.place(&pointer), message).pointer(pointer).help(help));
        }
    }
}

fn fault(pattern: &str, paths: &BTreeSet<String>) -> Option<(String, &'static str)> {
    if let Some(why) = patterns::fault(pattern) {
        return Some((format!("`{pattern}` is no pattern: {why}"), "patterns are written as in .gitignore"));
    }
    // What takes back must have something to take back.
    let positive = pattern.strip_prefix('!').unwrap_or(pattern).to_owned();
    let found = Patterns::new(&[positive]);
    let fits = paths.iter().any(|path| found.matches(path));
    (!fits).then(|| {
        (
            format!("`{pattern}` fits no file that is checked"),
            "patterns are relative to edgewright.yaml; take it out if the files are gone",
        )
    })
}
