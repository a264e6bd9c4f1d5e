//! PK0274: `pack.releaseNameOverride` names a chart that the pack does not have, or no release.

use serde_json::Value;

use super::{Part, is_open};
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::pack::Pack;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::push_pointer;

/// PK0274 `release-override`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0274", name: "release-override", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0274.md"),
    check: Check::Pack(check),
};

const POINTER: &str = "/pack/releaseNameOverride";
/// Helm's limit (`pkg/chart/v2/util`), which leaves room for the suffixes of objects.
const LONGEST: usize = 53;

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    if let Some(part) = Part::of(judged, POINTER) {
        judge(&part, &judged.pack, out);
    }
}

fn judge(part: &Part<'_>, pack: &Pack, out: &mut Vec<Diagnostic>) {
    let map = match &part.value {
        Value::Object(map) => map,
        Value::Null => return,
        Value::String(text) if text.is_empty() || is_open(text) => return,
        _ => {
            let help = "write a mapping from the name of a chart to the name of its release".to_owned();
            part.tell(
                &RULE,
                "",
                "`releaseNameOverride` is no mapping, and changes nothing".to_owned(),
                help,
                out,
            );
            return;
        }
    };
    let readable = pack.charts.iter().all(|listed| listed.chart.is_some());
    let charts = pack.charts.iter().filter_map(|listed| listed.chart.as_ref());
    let names: Vec<&str> = charts.map(|chart| chart.metadata.name.as_str()).collect();
    for (chart, release) in map {
        let inner = push_pointer("", chart);
        if readable && !names.contains(&chart.as_str()) {
            let help = match closest(chart, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if names.is_empty() => "the pack has no charts".to_owned(),
                None => format!("its charts are: {}", names.join(", ")),
            };
            let place = part.key_at(&inner);
            let message = format!("the pack has no chart `{chart}` whose release could be named");
            out.push(
                Diagnostic::new(RULE.lint, place, message).pointer(format!("{POINTER}{inner}")).help(help),
            );
            continue;
        }
        let Some(name) = release.as_str().filter(|name| !name.is_empty() && !is_open(name)) else { continue };
        let part_fits = |label: &str| super::no_label(label).is_none() && !label.is_empty();
        let why = match name.split('.').all(part_fits) {
            _ if name.len() > LONGEST => "it has more than 53 characters",
            false => "it may have lower-case letters, digits, `-` and `.` alone",
            true => continue,
        };
        let message = format!("`{name}` is no name of a release: {why}");
        part.tell(&RULE, &inner, message, "Helm would refuse to install it".to_owned(), out);
    }
}
