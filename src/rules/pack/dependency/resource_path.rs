//! PK0232: a component's request or number of replicas is looked for where no value is.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::{Pack, at_dotted_path};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::{Document, Resolver};

/// PK0232 `resource-path`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0232", name: "resource-path", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0232.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(resources) = pack.json.at("/constraints/resources") else { return };
    let mut values = None;
    for (index, resource) in resources.items().enumerate() {
        let components = resource.get("components").into_iter().flat_map(|list| list.items().enumerate());
        for (number, component) in components {
            for key in ["resourceRequestParamRef", "replicaCountParamRef"] {
                let Some(node) = component.get(key) else { continue };
                let Some(path) = node.text().filter(|path| !path.is_empty()) else { continue };
                let values = values.get_or_insert_with(|| reachable(pack));
                if values.iter().any(|value| !at_dotted_path(value, path).is_empty()) {
                    continue;
                }
                let known = (0..path.len())
                    .rev()
                    .filter(|at| path.as_bytes()[*at] == b'.')
                    .map(|at| &path[..at])
                    .find(|start| values.iter().any(|value| !at_dotted_path(value, start).is_empty()));
                let help = match known {
                    Some(start) => format!("there is `{start}`, but nothing of that name below it"),
                    None => {
                        "write the path as values.yaml has it: charts.NAME.resources.requests.cpu".to_owned()
                    }
                };
                out.push(
                    Diagnostic::new(RULE.lint, node.place(), format!("the pack has no value at `{path}`"))
                        .pointer(format!("/constraints/resources/{index}/components/{number}/{key}"))
                        .help(help),
                );
            }
        }
    }
}

/// The values among which a path may lead somewhere: those of the pack, of its presets, and of its charts with theirs.
fn reachable(pack: &Pack) -> Vec<Value> {
    let json = |document: &Document| document.root().to_json(Resolver::Go).ok();
    let mut all: Vec<Value> = pack.values.iter().filter_map(json).collect();
    all.extend(pack.presets.iter().filter_map(|preset| json(preset.add.as_ref()?)));
    let charts = pack.charts.iter().filter_map(|listed| listed.chart.as_ref());
    let mut rest: Vec<(Vec<String>, Arc<Chart>)> =
        charts.map(|chart| (vec![chart.metadata.name.clone()], Arc::clone(chart))).collect();
    while let Some((keys, chart)) = rest.pop() {
        if let Ok(defaults) = chart.default_values() {
            let nested = keys.iter().rev().fold(defaults, |inner, key| json!({ key.as_str(): inner }));
            all.push(json!({ "charts": nested }));
        }
        for (key, subchart) in chart.subchart_keys() {
            let below = keys.iter().cloned().chain([key.to_owned()]).collect();
            rest.push((below, Arc::clone(subchart)));
        }
    }
    all
}
