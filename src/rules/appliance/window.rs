//! AP0206: a maintenance window that appliances cannot read, or that never opens.

use jiff::tz::TimeZone;

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::schedule::{self, Cron};
use crate::workspace::model::Window;
use crate::yaml::Document;

/// AP0206 `invalid-window`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "AP0206", name: "invalid-window", severity: Severity::Error },
    docs: include_str!("../docs/AP0206.md"),
    check: Check::Repository(check),
};

/// No window is longer than a week: an appliance looks no further back for its start.
const LONGEST: u64 = 7 * 24 * 60 * 60;

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    let groups = workspace.groups.iter().map(|group| (&group.document, &group.spec.window));
    let appliances =
        workspace.appliances.iter().map(|appliance| (&appliance.document, &appliance.spec.window));
    for (document, window) in groups.chain(appliances) {
        if let Some(window) = window {
            judge(document, window, out);
        }
    }
}

fn judge(document: &Document, window: &Window, out: &mut Vec<Diagnostic>) {
    let mut tell = |field: &str, message: String, help: &str| {
        let pointer = format!("/spec/window/{field}");
        out.push(Diagnostic::new(RULE.lint, document.place(&pointer), message).pointer(pointer).help(help));
    };
    // Text that has not five fields is told by the schema.
    if window.cron.split_whitespace().count() == 5 {
        match Cron::read(&window.cron) {
            Err(why) => tell("cron", format!("`{}` is no start of a window: {why}", window.cron), CRON),
            Ok(cron) if cron.is_never() => {
                tell("cron", format!("the window `{}` never opens: there is no such day", window.cron), CRON);
            }
            Ok(_) => {}
        }
    }
    match schedule::seconds(&window.duration) {
        Some(0) => {
            tell("duration", "the window is never open: its duration is 0".to_owned(), "write `90m` or `2h`");
        }
        Some(long) if long > LONGEST => {
            tell(
                "duration",
                format!("`{}` is longer than a week", window.duration),
                "a window is at most `7d` long",
            );
        }
        _ => {}
    }
    if let Some(zone) = &window.timezone
        && TimeZone::get(zone).is_err()
    {
        let names = jiff::tz::db().available().map(|name| name.as_str().to_owned());
        let names: Vec<String> = names.collect();
        let help = match closest(zone, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "names are those of the IANA database: `Europe/Berlin`, `America/New_York`, `UTC`".to_owned()
            }
        };
        tell("timezone", format!("`{zone}` is no known time zone"), &help);
    }
}

const CRON: &str = "minute, hour, day of month, month, day of week: `0 2 * * *` is every night at two";
