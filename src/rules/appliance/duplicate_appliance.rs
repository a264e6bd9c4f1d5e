//! AP0108: two appliances have one name or one id.

use std::collections::HashMap;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;

/// AP0108 `duplicate-appliance`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0108", name: "duplicate-appliance", severity: Severity::Error },
    docs: include_str!("../docs/AP0108.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let mut names = HashMap::new();
    let mut ids = HashMap::new();
    for appliance in &workspace.appliances {
        let place = Place::new(appliance.document.file(), appliance.name.span);
        let name = names.insert(appliance.name.as_str(), place.clone());
        let id = ids.insert(appliance.id(), place.clone());
        let (what, first) = match (name, id) {
            (Some(first), _) => (format!("appliance `{}` stands twice", appliance.name), first),
            (None, Some(first)) => (format!("id `{}` belongs to two appliances", appliance.id()), first),
            (None, None) => continue,
        };
        out.push(
            Diagnostic::new(RULE.lint, place, what)
                .related(first, "first here")
                .help("names and ids of appliances are unique"),
        );
    }
}
