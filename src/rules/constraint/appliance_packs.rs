//! RF0406: packs of an appliance's profiles do not go together.

use std::collections::BTreeMap;

use super::{Fault, Together, What};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::LayerType;
use crate::resolve::Stacked;
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::workspace::model::{Appliance, KubernetesMode};
use crate::workspace::{Assigned, Workspace};

/// RF0406 `appliance-packs`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "RF0406", name: "appliance-packs", severity: Severity::Error },
    docs: include_str!("../docs/RF0406.md"),
    check: Check::Repository(check),
};

/// Profile versions: id and version.
type Given<'a> = Vec<(&'a str, &'a str)>;

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    // Appliances that get the same profiles have the same faults: one is named, the others are counted.
    let mut alike: BTreeMap<(Given<'_>, bool), Vec<&Appliance>> = BTreeMap::new();
    for appliance in &workspace.appliances {
        let stacks = stacks(cx, workspace, appliance);
        let key: Given<'_> = stacks.iter().map(|s| (s.profile.id.0.as_str(), s.profile.version())).collect();
        let provided = appliance.spec.kubernetes == KubernetesMode::Provided;
        alike.entry((key, provided)).or_default().push(appliance);
    }
    for ((_, provided), appliances) in alike {
        let first = appliances[0];
        let stacks = stacks(cx, workspace, first);
        let packs = Together::in_stacks(&stacks);
        for fault in packs.faults() {
            if let Some(finding) = finding(&fault, &packs, provided, first, appliances.len() - 1) {
                out.push(fault.explain(&packs, finding));
            }
        }
    }
}

/// What an appliance gets today; profiles that are not there are others' findings.
fn stacks<'a>(cx: &'a Context<'_>, workspace: &Workspace, appliance: &Appliance) -> Vec<&'a Stacked> {
    let settings = workspace.settings(appliance);
    let stack = |(id, assigned): (&_, &crate::workspace::Setting<Assigned>)| {
        let version = match &assigned.value {
            Assigned::Version(version) => version,
            Assigned::Channel(channel) => workspace.channel_version(id, channel)?,
        };
        cx.stack(workspace.profile(id, version)?)
    };
    settings.profiles.iter().filter_map(stack).collect()
}

fn finding(
    fault: &Fault<'_>,
    packs: &Together<'_>,
    provided: bool,
    appliance: &Appliance,
    more: usize,
) -> Option<Diagnostic> {
    let has_core = packs.list.iter().any(|present| present.layer != LayerType::Addon);
    let (end, other) = match fault.what {
        What::Missing => {
            // Without a core profile, nothing is known of the core; in one, its own rule has told what it lacks.
            let core = fault.is_about_core();
            let in_core =
                packs.list.iter().any(|p| p.layer != LayerType::Addon && p.profile.id == fault.by.profile.id);
            if !packs.whole || core && (provided || !has_core || in_core) {
                return None;
            }
            (", which none of its profiles has", None)
        }
        // Within one profile it was told there.
        What::OutOfRange(other) | What::NotSupported(other) if other.profile.id != fault.by.profile.id => {
            ("", Some(other))
        }
        _ => return None,
    };
    let others = match more {
        0 => String::new(),
        1 => " (and on one more appliance)".to_owned(),
        more => format!(" (and on {more} more appliances)"),
    };
    let message = format!("on `{}`, {}{end}{others}", appliance.name, fault.message());
    let help = match other {
        Some(other) => format!(
            "`{}` is of {}, and `{}` of {}: move one of the two, or part the profiles",
            fault.by.name,
            fault.by.profile.label(),
            other.name,
            other.profile.label()
        ),
        None => format!("add it to a profile of the appliance: {}", fault.command(fault.by.profile)),
    };
    let place = Place::new(appliance.document.file(), appliance.name.span);
    let mut finding = Diagnostic::new(RULE.lint, place, message)
        .related(fault.by.place.clone(), format!("the layer of `{}`", fault.by.name))
        .help(help);
    if let Some(other) = other {
        finding = finding.related(other.place.clone(), format!("the layer of `{}`", other.name));
    }
    Some(finding)
}
