//! PR0306: install priorities that turn the order of the list around.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// PR0306 `priority-against-order`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0306", name: "priority-against-order", severity: Severity::Info },
    docs: include_str!("../docs/PR0306.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let layers = &resolved.profile.spec.layers;
    let written =
        layers.iter().enumerate().filter_map(|(index, layer)| Some((index, layer.install_priority?)));
    // Only priorities that the profile itself gives: one of a pack is its makers' advice, and one alone is on purpose.
    let mut highest: Option<(usize, i64)> = None;
    for (index, priority) in written {
        match highest {
            Some((below, least)) if priority < least => {
                let pointer = format!("/spec/layers/{index}/installPriority");
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        resolved.profile.document.place(&pointer),
                        format!(
                            "layer `{}` stands above `{}` and is installed before it (priority {priority}, not {least})",
                            layers[index].name, layers[below].name
                        ),
                    )
                    .pointer(pointer)
                    .related(
                        resolved.profile.document.place(&format!("/spec/layers/{below}/installPriority")),
                        "the layer below",
                    )
                    .help("put the layers into the order in which they are installed, so that the list can be read"),
                );
            }
            _ => highest = Some((index, priority)),
        }
    }
}
