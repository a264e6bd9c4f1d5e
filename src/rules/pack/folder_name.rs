//! PK0107: the folder of a pack is not called `<name>-<version>` (or `<name>`).

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0107 `pack-folder-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0107", name: "pack-folder-name", severity: Severity::Info },
    docs: include_str!("../docs/PK0107.md"),
    check: Check::Pack(check),
};

/// From so many packs on, folders that are called after versions are a custom that one without breaks.
const CUSTOM: usize = 8;

fn check(cx: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let (name, version) = (&pack.name.value, &pack.version.value);
    let versioned = |judged: &JudgedPack| judged.folder.ends_with(judged.pack.version.as_str());
    let bare = judged.folder == *name
        && cx.packs.iter().filter(|judged| versioned(judged)).take(CUSTOM).count() < CUSTOM;
    if judged.folder == format!("{name}-{version}") || bare {
        return;
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
