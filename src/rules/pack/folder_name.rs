//! PK0107: the folder of a pack is not called `<name>-<version>` (or `<name>`).

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Context, Rule};
use crate::source::Place;

/// PK0107 `pack-folder-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0107", name: "pack-folder-name", severity: Severity::Info },
    docs: include_str!("../docs/PK0107.md"),
    check,
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for judged in cx.packs {
        let pack = &judged.pack;
        let (name, version) = (&pack.name.value, &pack.version.value);
        if judged.folder == format!("{name}-{version}") || judged.folder == *name {
            continue;
        }
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, pack.name.span),
                format!("pack {name} {version} lies in folder `{}`", judged.folder),
            )
            .pointer("/name")
            .help(format!("call the folder `{name}-{version}`")),
        );
    }
}
