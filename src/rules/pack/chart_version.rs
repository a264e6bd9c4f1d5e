//! PK0104: a chart archive holds another version than its name says.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0104 `chart-version-differs`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0104", name: "chart-version-differs", severity: Severity::Warning },
    docs: include_str!("../docs/PK0104.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for listed in &judged.pack.charts {
        let Some(chart) = &listed.chart else { continue };
        let Some(named) = version_of(&listed.path, &chart.metadata.name) else { continue };
        if named == chart.metadata.version {
            continue;
        }
        let inner =
            Place::whole(format!("{}/{}!/{}/Chart.yaml", judged.pack.path, listed.path, chart.metadata.name));
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&judged.pack.json_file, listed.path.span),
                format!("the archive is called {named}, but holds version {}", chart.metadata.version),
            )
            .related(inner, format!("`version: {}`", chart.metadata.version))
            .help("package the chart that the name promises, or rename the archive"),
        );
    }
}

/// `2.23.3` of `charts/coder-2.23.3.tgz`; `None` where the file is not called after the chart and a version.
fn version_of<'a>(path: &'a str, chart: &str) -> Option<&'a str> {
    let file = path.rsplit('/').next()?.strip_suffix(".tgz")?;
    let version = file.strip_prefix(chart)?.strip_prefix('-')?;
    Version::parse(version).is_ok().then_some(version)
}
