//! PL0901: a profile violates a policy of `spec.check.policies`.

use super::pattern::{self, Glob};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{self, ResolvedProfile};
use crate::rules::{Check, Context, Rule};
use crate::schema::Violation;
use crate::workspace::Policy;
use crate::workspace::model::{PolicySelector, RuleSeverity};

/// PL0901 `policy-violated`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PL0901", name: "policy-violated", severity: Severity::Error },
    docs: include_str!("../docs/PL0901.md"),
    check: Check::Profile(check),
};

fn check(cx: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace.filter(|workspace| !workspace.policies.is_empty()) else { return };
    let mut document = None;
    for policy in workspace.policies.iter().filter(|policy| selects(&policy.config.select, resolved)) {
        let severity = match policy.config.severity.map(RuleSeverity::severity) {
            Some(None) => continue,
            Some(Some(severity)) => severity,
            None => Severity::Error,
        };
        let document = document.get_or_insert_with(|| resolve::document(resolved));
        for violation in policy.schema.violations(document) {
            if !unknown(resolved, &violation.pointer) {
                out.push(Diagnostic { severity, ..finding(resolved, policy, violation) });
            }
        }
    }
}

fn finding(resolved: &ResolvedProfile, policy: &Policy, violation: Violation) -> Diagnostic {
    let Violation { pointer, own, message } = violation;
    let name = &policy.config.name;
    let written = resolve::written(resolved, &pointer);
    let at = if pointer.is_empty() { "the profile".to_owned() } else { format!("`{pointer}`") };
    let told = policy.config.message.clone().or(own);
    let detail = format!("{at}: {message}");
    let finding = Diagnostic::new(
        RULE.lint,
        written.place,
        format!("policy `{name}`: {}", told.as_deref().unwrap_or(&detail)),
    );
    let finding = match told {
        Some(_) => {
            finding.help(format!("{detail} (`edgewright show {} --format json`)", resolved.profile.label()))
        }
        None => finding.help(format!(
            "`edgewright show {} --format json` prints what policies judge",
            resolved.profile.label()
        )),
    };
    match written.taken {
        Some(place) => finding.related(place, "the value comes from here"),
        None => finding,
    }
    .pointer(pointer)
}

/// Whether a profile is one of those that a policy is for.
fn selects(select: &PolicySelector, resolved: &ResolvedProfile) -> bool {
    let metadata = &resolved.profile.metadata;
    let ids: Vec<Glob> = select.ids.iter().map(|id| Glob::new(id)).collect();
    let listed = |list: &[String], name: Option<&str>| {
        list.is_empty() || list.iter().any(|l| Some(l.as_str()) == name)
    };
    listed(&select.types, Some(resolve::profile_type(resolved)))
        && listed(&select.projects, metadata.project.as_ref().map(|project| project.value.as_str()))
        && (select.scopes.is_empty() || select.scopes.contains(&metadata.scope))
        && (ids.is_empty() || pattern::any(&ids, &resolved.profile.id.0))
        && select.tags.iter().all(|(name, value)| {
            metadata.tags.get(name).is_some_and(|given| given.as_deref().unwrap_or_default() == value)
        })
}

/// Whether a part of the document is not known for lack of a pack's or chart's bytes: then it violates nothing for sure.
fn unknown(resolved: &ResolvedProfile, pointer: &str) -> bool {
    let lacking = |layer: &resolve::ResolvedLayer| {
        layer.unresolved.is_some() && layer.source.pack().is_none() && layer.source.chart().is_none()
    };
    let mut parts = pointer.splitn(4, '/').skip(1);
    match (parts.next(), parts.next(), parts.next()) {
        (Some("images"), ..) => resolved.layers.iter().any(lacking),
        (Some("layers"), Some(index), Some(rest)) => {
            let field = rest.split('/').next().unwrap_or_default();
            let layer = index.parse::<usize>().ok().and_then(|index| resolved.layers.get(index));
            layer.is_some_and(lacking) && !matches!(field, "name" | "source" | "addedBy")
        }
        _ => false,
    }
}
