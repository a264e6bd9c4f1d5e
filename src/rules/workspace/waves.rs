//! CF0102: the waves of a channel are out of order, or never reach all appliances.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, Rule};
use crate::schedule;
use crate::workspace::model::Channels;
use crate::yaml::push_pointer;

/// CF0102 `waves`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0102", name: "waves", severity: Severity::Warning },
    docs: include_str!("../docs/CF0102.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for channels in &workspace.channels {
        for name in channels.channels.keys() {
            judge(channels, name, out);
        }
    }
}

fn judge(channels: &Channels, name: &str, out: &mut Vec<Diagnostic>) {
    let pointer = format!("{}/waves", push_pointer("/spec", name));
    let waves = &channels.channels[name].waves;
    let mut tell = |below: &str, message: String, help: &str| {
        let pointer = format!("{pointer}{below}");
        out.push(
            Diagnostic::new(RULE.lint, channels.document.place(&pointer), message)
                .pointer(pointer)
                .help(help),
        );
    };
    for (index, pair) in waves.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let next = index + 1;
        if let (Some(first), Some(second)) =
            (schedule::seconds(&before.after), schedule::seconds(&after.after))
            && second <= first
        {
            tell(
                &format!("/{next}/after"),
                format!("channel `{name}`: a wave after {} follows one after {}", after.after, before.after),
                "waves go forward in time, counted from the moment when the channel moved",
            );
        }
        if after.percent <= before.percent {
            tell(
                &format!("/{next}/percent"),
                format!(
                    "channel `{name}`: a wave of {} % follows one of {} %",
                    after.percent, before.percent
                ),
                "each wave names the share of all appliances that may have moved by then: it grows",
            );
        }
    }
    if let Some(last) = waves.last().filter(|_| waves.iter().all(|wave| wave.percent < 100)) {
        tell(
            &format!("/{}/percent", waves.len() - 1),
            format!("channel `{name}` stops at {} %: the other appliances never move", last.percent),
            "end with `percent: 100`, or pause the channel while it is being watched (`paused: true`)",
        );
    }
}
