//! PK0102: a chart archive or manifest lies in a pack without being listed in `pack.json`.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0102 `pack-file-unlisted`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0102", name: "pack-file-unlisted", severity: Severity::Warning },
    docs: include_str!("../docs/PK0102.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    for (path, _) in pack.files.iter() {
        let (listed, key) = if is_in(path, "charts", &[".tgz"]) {
            (pack.charts.iter().any(|c| c.path.value == path), "charts")
        } else if is_in(path, "manifests", &[".yaml", ".yml"]) {
            (pack.manifests.iter().any(|m| m.value == path), "kubeManifests")
        } else {
            continue;
        };
        if !listed {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    pack.json.key_place(&format!("/{key}")),
                    format!("`{path}` is in the pack, but not listed"),
                )
                .pointer(format!("/{key}"))
                .help(format!("add it to `{key}` in pack.json, or remove the file")),
            );
        }
    }
}

fn is_in(path: &str, folder: &str, endings: &[&str]) -> bool {
    path.strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'))
        .is_some_and(|rest| !rest.contains('/') && endings.iter().any(|ending| rest.ends_with(ending)))
}
