//! CF0101: a channel gives a version that is not in the repository, or that its own `minVersion` forbids.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::yaml::push_pointer;

/// CF0101 `channel-version`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0101", name: "channel-version", severity: Severity::Error },
    docs: include_str!("../docs/CF0101.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for channels in &workspace.channels {
        if workspace.unread.iter().any(|u| u.name.as_ref() == Some(&channels.id.0)) {
            continue;
        }
        // Channels of no profile at all are told as that.
        if workspace.versions(&channels.id).is_empty() {
            continue;
        }
        for (name, channel) in &channels.channels {
            let place = |span| Place::new(&channels.file, span);
            if workspace.profile(&channels.id, &channel.version).is_none() {
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        place(channel.version.span),
                        format!("channel `{name}` gives {}@{}, which is not here", channels.id, channel.version),
                    )
                    .pointer(format!("{}/version", push_pointer("/spec", name)))
                    .help(format!(
                            "here are: {}; versions that appliances need live side by side, in `profiles/{}/<version>`",
                            workspace.versions(&channels.id).iter().map(|p| p.version()).collect::<Vec<_>>().join(", "),
                            channels.id
                        )),
                );
            }
            let Some(floor) = &channel.min_version else { continue };
            let below = match (semver::Version::parse(floor), semver::Version::parse(&channel.version)) {
                (Ok(floor), Ok(version)) => version < floor,
                _ => false,
            };
            if below {
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        place(floor.span),
                        format!(
                            "channel `{name}` gives {}, below its own minVersion {floor}",
                            channel.version
                        ),
                    )
                    .pointer(format!("{}/minVersion", push_pointer("/spec", name)))
                    .help("lower minVersion, or raise the version"),
                );
            }
        }
    }
}
