//! VR0202: a macro that no profile uses.

use std::collections::HashSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::workspace::FileKind;
use crate::yaml::push_pointer;

/// VR0202 `unused-macro`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0202", name: "unused-macro", severity: Severity::Info },
    docs: include_str!("../docs/VR0202.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let Some(document) = &workspace.config.document else { return };
    // A profile that could not be read, or a pack that is not here, may be what uses it.
    let unread = workspace.unread.iter().any(|unread| unread.kind == FileKind::Profile);
    if unread || cx.stacks.is_empty() || cx.stacks.iter().any(|stack| !stack.whole) {
        return;
    }
    let macros = &workspace.config.spec.macros;
    let used: HashSet<&str> = cx.stacks.iter().flat_map(|stack| &stack.macros).map(|name| &**name).collect();
    for name in macros.tenant.keys().filter(|name| !used.contains(name.as_str())) {
        let pointer = push_pointer("/spec/macros/tenant", name);
        out.push(
            Diagnostic::new(
                RULE.lint,
                document.key_place(&pointer),
                format!("no profile uses macro `{name}`"),
            )
            .pointer(pointer)
            .help("take it away, or use it in values: `{{ .spectro.macro.NAME }}`"),
        );
    }
    for (project, own) in &macros.projects {
        let of_project = |stack: &&crate::resolve::Stacked| {
            stack.profile.metadata.project.as_ref().is_some_and(|name| name.value == *project)
        };
        let mut stacks = cx.stacks.iter().filter(of_project).peekable();
        // A project without profiles is told of by another rule.
        if stacks.peek().is_none() {
            continue;
        }
        let used: HashSet<&str> = stacks.flat_map(|stack| &stack.macros).map(|name| &**name).collect();
        for name in own.keys().filter(|name| !used.contains(name.as_str())) {
            let pointer = push_pointer(&push_pointer("/spec/macros/projects", project), name);
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    document.key_place(&pointer),
                    format!("no profile of project `{project}` uses macro `{name}`"),
                )
                .pointer(pointer)
                .help("take it away, or use it in values: `{{ .spectro.macro.NAME }}`"),
            );
        }
    }
}
