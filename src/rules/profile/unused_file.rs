//! PR0214: a file in the folder of values or manifests that no layer names.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, Rule};
use crate::source::Place;
use crate::workspace::FileKind;
use crate::workspace::model::{LayerValues, Profile};

/// PR0214 `unused-file`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0214", name: "unused-file", severity: Severity::Warning },
    docs: include_str!("../docs/PR0214.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(workspace) = cx.workspace else { return };
    for profile in &workspace.profiles {
        let named: BTreeSet<String> = named(profile).map(|file| profile.shown(file)).collect();
        let missing = named.iter().filter(|file| workspace.beside.binary_search(file).is_err());
        let missing: Vec<&str> = missing.map(String::as_str).collect();
        for folder in ["values/", "manifests/"] {
            let folder = profile.shown(folder);
            let from = workspace.beside.partition_point(|file| *file < folder);
            let files = workspace.beside[from..].iter().take_while(|file| file.starts_with(&folder));
            for file in files.filter(|file| is_input(file) && !named.contains(*file)) {
                // A profile below that folder has files of its own; one that could not be read may name it.
                let other = workspace.files.iter().any(|f| {
                    let inner = f.file.path().strip_suffix("profile.yaml");
                    f.kind == FileKind::Profile
                        && inner.is_some_and(|inner| inner.len() > folder.len() && file.starts_with(inner))
                });
                if other {
                    continue;
                }
                out.push(
                    Diagnostic::new(
                        RULE.lint,
                        Place::whole(file.clone()),
                        format!("no layer of {} uses this file", profile.label()),
                    )
                    .help(match closest(file, missing.iter().copied()) {
                        Some(near) => {
                            format!("the profile names `{near}`, which is not there: is this one meant?")
                        }
                        None => "name it in profile.yaml (`values` or `manifests` of a layer), or delete it"
                            .to_owned(),
                    }),
                );
            }
        }
    }
}

/// The files that the layers name, relative to the profile.
fn named(profile: &Profile) -> impl Iterator<Item = &str> {
    profile.spec.layers.iter().flat_map(|layer| {
        let values = layer.values.as_ref().and_then(|values| match &values.value {
            LayerValues::File(path) => Some(path.as_str()),
            LayerValues::Inline(_) => None,
        });
        values.into_iter().chain(layer.manifests.iter().map(|path| path.value.as_str()))
    })
}

/// Whether a layer could name it: a README beside the manifests is none.
fn is_input(file: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|ending| file.ends_with(ending))
}
