//! CF0108: macros for a project that no profile belongs to.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::workspace::FileKind;
use crate::yaml::push_pointer;

/// CF0108 `macros-of-nothing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0108", name: "macros-of-nothing", severity: Severity::Warning },
    docs: include_str!("../docs/CF0108.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let Some(document) = &workspace.config.document else { return };
    if workspace.unread.iter().any(|unread| unread.kind == FileKind::Profile) {
        return;
    }
    let projects = workspace.profiles.iter().filter_map(|profile| profile.metadata.project.as_ref());
    let projects: BTreeSet<&str> = projects.map(|project| project.value.as_str()).collect();
    for name in workspace.config.spec.macros.projects.keys() {
        if projects.contains(name.as_str()) {
            continue;
        }
        let pointer = push_pointer("/spec/macros/projects", name);
        let place = document.key_place(&pointer);
        let finding =
            Diagnostic::new(RULE.lint, place.clone(), format!("no profile belongs to project `{name}`"))
                .pointer(pointer);
        out.push(match closest(name, projects.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(Fix {
                message: format!("rename it to `{near}`"),
                safe: false,
                edits: vec![Edit { span: place.span, replacement: near.to_owned() }],
            }),
            None => finding.help("its macros reach nothing: take them away, or put them below `tenant`"),
        });
    }
}
