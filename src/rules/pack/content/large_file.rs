//! PK0203: a logo or another file of a pack is far larger than it need be.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0203 `large-file`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0203", name: "large-file", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0203.md"),
    check: Check::Pack(check),
};

/// What a page can show without making people wait.
const LOGO: usize = 100 * 1024;
/// Ten times the largest chart archive among some two hundred public packs.
const FILE: usize = 5 * 1024 * 1024;

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for (path, file) in judged.pack.files.iter() {
        let size = file.bytes.len();
        let (most, help) = if path == "logo.png" {
            (LOGO, "scale it down: it is shown a few dozen pixels wide")
        } else {
            (FILE, "every appliance that gets the pack fetches it: take out what is not needed")
        };
        if size > most {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    Place::whole(format!("{}/{path}", judged.pack.path)),
                    format!("`{path}` has {}, more than {}", shown(size), shown(most)),
                )
                .help(help),
            );
        }
    }
}

fn shown(bytes: usize) -> String {
    match bytes.div_ceil(1024) {
        kib if kib < 1024 => format!("{kib} KiB"),
        kib => format!("{} MiB", kib.div_ceil(1024)),
    }
}
