//! PK0273: a key below `manifests` in a pack's values is the name of none of its manifests.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::push_pointer;

/// PK0273 `manifest-key`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0273", name: "manifest-key", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0273.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let Some(values) = pack.values.as_ref() else { return };
    let Some(manifests) = values.at("/manifests") else { return };
    let stem = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
    };
    let names: Vec<String> = pack.manifests.iter().map(|path| stem(path)).collect();
    // A manifest may read what stands below the name of another one: each is judged with all.
    let read = |key: &str| {
        let path = format!(".Values.manifests.{key}");
        pack.manifests.iter().filter_map(|path| pack.files.text(path)).any(|text| text.contains(&path))
    };
    for entry in manifests.entries() {
        let Some(key) = entry.key.text() else { continue };
        if names.iter().any(|name| name == key) || read(key) {
            continue;
        }
        let help = match closest(key, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.is_empty() => "the pack has no manifests: nobody reads what is below it".to_owned(),
            None => format!("nobody reads what is below it; its manifests are: {}", names.join(", ")),
        };
        out.push(
            Diagnostic::new(
                RULE.lint,
                entry.key.place(),
                format!("`manifests.{key}` belongs to no manifest of the pack"),
            )
            .pointer(push_pointer("/manifests", key))
            .help(help),
        );
    }
}
