//! RF0404: a new version of a profile moves a pack further than its makers say that it can go.

use std::collections::HashMap;

use super::of_stack;
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::{DependencyType, Pack};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::version::Version;

/// RF0404 `upgrade-limit`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0404", name: "upgrade-limit", severity: Severity::Info },
    docs: include_str!("../docs/RF0404.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for id in workspace.ids() {
        let versions = workspace.versions(id);
        for pair in versions.windows(2) {
            let (Some(before), Some(after)) = (cx.stack(&pair[0]), cx.stack(&pair[1])) else { continue };
            let old: HashMap<&str, &Pack> =
                of_stack(before).filter_map(|p| Some((p.name, p.pack?))).collect();
            for present in of_stack(after) {
                let (Some(new), Some(old)) = (present.pack, old.get(present.name)) else { continue };
                let Some((span, range)) = limit(new, old) else { continue };
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        present.place,
                        format!(
                            "pack `{}` goes from {} to {} since version {} of the profile; its makers limit upgrades to {range}",
                            new.name,
                            old.version,
                            new.version,
                            pair[0].version()
                        ),
                    )
                    .related(Place::new(&new.json_file, span), "the limit")
                    .help("read its notes on upgrades; a step in between, or a new installation, may be needed"),
                );
            }
        }
    }
}

/// The limit of a pack on upgrades of itself that the old version does not fit.
fn limit(new: &Pack, old: &Pack) -> Option<(crate::source::Span, crate::pack::VersionRange)> {
    let version = Version::parse(&old.version).ok()?;
    if new.version.value == old.version.value {
        return None;
    }
    let limits = new.dependencies.iter().filter(|d| d.dependency_type == Some(DependencyType::Upgrade));
    limits.filter(|d| d.pack_name.value == new.name.value).find_map(|dependency| {
        let range = dependency.range().ok().filter(|range| !range.is_empty() && !range.contains(&version))?;
        Some((dependency.pack_name.span, range))
    })
}
