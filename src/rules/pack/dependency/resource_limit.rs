//! PK0231: what a pack needs of a node cannot be meant.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::Node;

/// PK0231 `resource-limit`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0231", name: "resource-limit", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0231.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let document = &judged.pack.json;
    let Some(list) = document.at("/constraints/resources") else { return };
    for (index, resource) in list.items().enumerate() {
        let pointer = format!("/constraints/resources/{index}");
        let kind = resource.get("type").and_then(Node::text).unwrap_or_default();
        let components = resource.get("components").is_some_and(|list| list.items().next().is_some());
        let Some(limit) = resource.get("minLimit") else {
            if !components {
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        document.place(&pointer),
                        format!("how much {kind} is needed is not said"),
                    )
                    .pointer(pointer)
                    .help("give `minLimit`, or `components` that name the values of requests"),
                );
            }
            continue;
        };
        let pointer = format!("{pointer}/minLimit");
        let Some(amount) = limit.text().and_then(|text| text.parse::<f64>().ok()) else { continue };
        let found = if components {
            Some((
                "`minLimit` does not count where there are components".to_owned(),
                "take one of the two out".to_owned(),
            ))
        } else {
            doubt(kind, amount)
        };
        if let Some((message, help)) = found {
            out.push(Diagnostic::new(RULE.lint, limit.place(), message).pointer(pointer).help(help));
        }
    }
}

/// Units: millicores, MiB and GB. Amounts that no box can have, or that no program can live on, were meant in others.
fn doubt(kind: &str, amount: f64) -> Option<(String, String)> {
    let (unit, least, most, smaller, larger) = match kind {
        "cpu" => ("millicores", 10.0, 1_000_000.0, "CPUs", "nanocores"),
        "memory" => ("MiB", 8.0, 4_194_304.0, "GiB", "bytes or KiB"),
        "diskSize" => ("GB", 0.1, 100_000.0, "TB", "MiB or bytes"),
        _ => return None,
    };
    if amount <= 0.0 {
        return Some((
            format!("{kind} of {amount} asks for nothing"),
            "give the amount, or take the entry out".to_owned(),
        ));
    }
    let (meant, factor) = if amount < least {
        (smaller, if kind == "memory" { 1024.0 } else { 1000.0 })
    } else if amount > most {
        return Some((
            format!("{amount} {unit} of {kind} is more than any node has"),
            format!("the unit is {unit}; this looks like {larger}"),
        ));
    } else {
        return None;
    };
    Some((
        format!("{amount} {unit} of {kind} is next to nothing"),
        format!("the unit is {unit}: for {amount} {meant} write {}", amount * factor),
    ))
}
