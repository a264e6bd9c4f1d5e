//! KU0404: a workload's selector does not match the labels of its own pods.

use super::objects::Objects;
use super::{at, is_template};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::render::Object;
use crate::rules::{Check, Context, Rule};
use crate::yaml::{Kind, Node, push_pointer};

/// KU0404 `selector-mismatch`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "KU0404", name: "selector-mismatch", severity: Severity::Error },
    docs: include_str!("../docs/KU0404.md"),
    check: Check::Objects(check),
};

fn check(_: &Context<'_>, objects: &Objects<'_>, out: &mut Vec<Diagnostic>) {
    for object in objects.list {
        let workload = matches!(object.kind(), "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet");
        if !workload || object.group() != "apps" {
            continue;
        }
        let labels = object.root().at("/spec/template/metadata/labels");
        let unknown = |node: Node<'_>| {
            node.unquoted_template().is_some()
                || node.entries().any(|e| e.key.is_merge() || e.key.text().is_none_or(is_template))
        };
        let Some(selector) = object.root().at("/spec/selector").filter(|node| node.kind() == Kind::Map)
        else {
            continue;
        };
        if labels.is_some_and(unknown) || selector.get("matchLabels").is_some_and(unknown) {
            continue;
        }
        by_labels(object, selector, labels, out);
        by_expressions(object, selector, labels, out);
    }
}

fn by_labels(object: &Object, selector: Node<'_>, labels: Option<Node<'_>>, out: &mut Vec<Diagnostic>) {
    for entry in selector.get("matchLabels").into_iter().flat_map(Node::entries) {
        let (Some(key), Some(wanted)) = (entry.key.text(), entry.value.text()) else { continue };
        let label = labels.and_then(|labels| labels.entry(key));
        let pointer = push_pointer("/spec/selector/matchLabels", key);
        let Some(label) = label else {
            let message = format!("the selector wants the label `{key}`, which the pods do not have");
            out.push(told(at(RULE.lint, object, entry.key, &pointer, message), labels));
            continue;
        };
        let found = label.value.text().unwrap_or_default();
        if found != wanted && !is_template(found) && !is_template(wanted) {
            let message = format!("the selector wants `{key}: {wanted}`, but the pods have `{key}: {found}`");
            let finding = at(RULE.lint, object, entry.value, &pointer, message);
            out.push(finding.related(label.value.place(), "the label of the pods"));
        }
    }
}

fn by_expressions(object: &Object, selector: Node<'_>, labels: Option<Node<'_>>, out: &mut Vec<Diagnostic>) {
    let expressions = selector.get("matchExpressions").into_iter().flat_map(Node::items);
    for (index, expression) in expressions.enumerate() {
        let text = |key: &str| expression.get(key).and_then(Node::text);
        let (Some(key), Some(operator)) = (text("key"), text("operator")) else { continue };
        let label = labels.and_then(|labels| labels.get(key)).and_then(Node::text);
        let values: Vec<&str> =
            expression.get("values").into_iter().flat_map(Node::items).filter_map(Node::text).collect();
        if is_template(key) || label.is_some_and(is_template) || values.iter().any(|value| is_template(value))
        {
            continue;
        }
        let fits = match operator {
            "In" => label.is_some_and(|label| values.contains(&label)),
            "NotIn" => label.is_none_or(|label| !values.contains(&label)),
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            _ => true,
        };
        if !fits {
            let pointer = format!("/spec/selector/matchExpressions/{index}");
            let message = format!("the labels of the pods do not fit this condition on `{key}`");
            let finding =
                at(RULE.lint, object, expression.get("key").unwrap_or(expression), &pointer, message);
            out.push(told(finding, labels));
        }
    }
}

fn told(finding: Diagnostic, labels: Option<Node<'_>>) -> Diagnostic {
    let finding = match labels {
        Some(labels) => finding.related(labels.place(), "the labels of the pods"),
        None => finding,
    };
    finding.help("a workload must select its own pods: give both the same labels")
}
