//! PK0101: `pack.json` lists a chart or manifest that the pack does not have.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0101 `pack-file-missing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0101", name: "pack-file-missing", severity: Severity::Error },
    docs: include_str!("../docs/PK0101.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let charts = pack.charts.iter().map(|c| ("chart", &c.path));
    let manifests = pack.manifests.iter().map(|m| ("manifest", m));
    for (what, path) in charts.chain(manifests) {
        if pack.files.contains(path) {
            continue;
        }
        let folder = pack.files.contains(&format!("{}/Chart.yaml", unpacked(path)));
        let help = if folder {
            format!("`{}` is there unpacked: package it", unpacked(path))
        } else {
            "add the file, or take it from the list".to_owned()
        };
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, path.span),
                format!("{what} `{path}` is listed, but there is no such file"),
            )
            .help(help),
        );
    }
}

/// `charts/x` for `charts/x-1.2.3.tgz`: where makers often leave the chart unpacked.
fn unpacked(path: &str) -> &str {
    let stem = path.strip_suffix(".tgz").unwrap_or(path);
    let digit =
        stem.match_indices('-').find(|(i, _)| stem[i + 1..].starts_with(|c: char| c.is_ascii_digit()));
    digit.map_or(stem, |(i, _)| &stem[..i])
}
