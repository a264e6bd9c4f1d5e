//! PK0211: the version of a pack is that of none of its charts.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0211 `version-of-no-chart`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0211", name: "version-of-no-chart", severity: Severity::Info },
    docs: include_str!("../../docs/PK0211.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Ok(version) = Version::parse(&pack.version) else { return };
    let mut charts = Vec::new();
    for listed in &pack.charts {
        // A chart that is missing or broken may be the one that is meant.
        let Some(chart) = &listed.chart else { return };
        let metadata = &chart.metadata;
        let same = |text: &str| Version::parse(text).is_ok_and(|other| same_numbers(&other, &version));
        // An archive that is called after the version and holds another one is a finding of its own.
        if listed.path.contains(pack.version.as_str())
            || same(&metadata.version)
            || metadata.app_version.as_deref().is_some_and(same)
        {
            return;
        }
        charts.push(format!("{} {}", metadata.name, metadata.version));
    }
    if charts.is_empty() {
        return;
    }
    out.push(
        Diagnostic::new(
            RULE.lint,
            Place::new(&pack.json_file, pack.version.span),
            format!(
                "version {} of the pack is that of none of its charts: {}",
                pack.version,
                charts.join(", ")
            ),
        )
        .pointer("/version")
        .help("fine where the pack counts by itself; else people look for a version that is not in it"),
    );
}

/// A pack often has a build of its own behind the numbers of its chart.
fn same_numbers(a: &Version, b: &Version) -> bool {
    (a.major, a.minor, a.patch) == (b.major, b.minor, b.patch)
}
