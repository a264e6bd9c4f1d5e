//! AP0110: a group or an appliance sets a sensitive variable in clear.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::Value;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::yaml::{Document, Spanned};

/// AP0110 `sensitive-in-clear`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0110", name: "sensitive-in-clear", severity: Severity::Error },
    docs: include_str!("../docs/AP0110.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let variables = workspace.profiles.iter().flat_map(|p| &p.spec.variables);
    let sensitive: HashSet<&str> = variables.filter(|v| v.sensitive).map(|v| v.name.as_str()).collect();
    let groups = workspace.groups.iter().map(|g| (&g.document, &g.spec.variables));
    let appliances = workspace.appliances.iter().map(|a| (&a.document, &a.spec.variables));
    for (document, variables) in groups.chain(appliances) {
        judge(&sensitive, document, variables, out);
    }
}

fn judge(
    sensitive: &HashSet<&str>,
    document: &Document,
    variables: &IndexMap<String, Spanned<Value>>,
    out: &mut Vec<Diagnostic>,
) {
    for (name, value) in variables {
        let encrypted = super::given::encrypted(&value.value);
        if sensitive.contains(name.as_str()) && !encrypted {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::new(document.file(), value.span),
                    format!("sensitive variable `{name}` stands here in clear"),
                )
                .help("give it on the appliance (`--variable`), or encrypt it to the appliance's recipient"),
            );
        }
    }
}
