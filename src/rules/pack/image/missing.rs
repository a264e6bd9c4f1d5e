//! PK0264: a pack runs containers and lists no images.

use std::path::Path;

use crate::chart::Chart;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::Pack;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0264 `images-missing`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0264", name: "images-missing", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0264.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    // That there are no values at all is said already.
    let Some(values) = &pack.values else { return };
    if values.at("/pack/content/images").is_some_and(super::is_filled) || !runs_containers(pack) {
        return;
    }
    let key = ["/pack/content/images", "/pack/content", "/pack"]
        .into_iter()
        .find(|pointer| values.at(pointer).is_some());
    let place = match (key, values.root().entries().next()) {
        (Some(pointer), _) => values.key_place(pointer),
        (None, Some(entry)) => entry.key.place(),
        (None, None) => values.root().place(),
    };
    out.push(
        Diagnostic::new(RULE.lint, place, "the pack runs containers, but lists no images")
            .pointer("/pack/content/images")
            .help("list each as `- image: REFERENCE` below `pack.content.images`: bundles for sites without a network hold nothing else"),
    );
}

/// Whether something that the pack installs names an image.
fn runs_containers(pack: &Pack) -> bool {
    let manifests = pack.manifests.iter().filter_map(|path| pack.files.text(path));
    let mut charts = pack.charts.iter().filter_map(|listed| listed.chart.as_deref());
    manifests.into_iter().any(names_image) || charts.any(chart_runs)
}

fn chart_runs(chart: &Chart) -> bool {
    chart.files.iter().any(|(path, file)| {
        // A subchart is an archive of its own; what is in it is most likely a program.
        let subchart =
            path.starts_with("charts/") && Path::new(path).extension().is_some_and(|end| end == "tgz");
        let template = path.contains("templates/") && !path.contains("templates/tests/");
        subchart || template && std::str::from_utf8(&file.bytes).is_ok_and(names_image)
    })
}

fn names_image(text: &str) -> bool {
    text.lines().any(|line| {
        let key = line.trim_start().trim_start_matches("- ");
        key.starts_with("image:") || key.starts_with("\"image\":")
    })
}
