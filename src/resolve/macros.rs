//! Macros of the workspace: the value that a profile gets, and names that nobody defines.

use std::ops::Range;

use serde_json::Value;

use crate::template::{ReferenceKind, references};
use crate::workspace::model::{ConfigSpec, Profile};

/// The value of a macro for `profile`: its project's wins over the tenant's.
pub fn macro_value<'c>(config: &'c ConfigSpec, profile: &Profile, name: &str) -> Option<&'c Value> {
    let macros = &config.macros;
    let project = profile.metadata.project.as_ref().and_then(|project| macros.projects.get(&project.value));
    project.and_then(|project| project.get(name)).or_else(|| macros.tenant.get(name))
}

/// The macros that `profile` can use.
pub(super) fn macro_names<'c>(config: &'c ConfigSpec, profile: &Profile) -> impl Iterator<Item = &'c str> {
    let macros = &config.macros;
    let project = profile.metadata.project.as_ref().and_then(|project| macros.projects.get(&project.value));
    macros.tenant.keys().chain(project.into_iter().flat_map(|own| own.keys())).map(String::as_str)
}

/// Macros in a text that nobody defines and that have no default, with their bytes.
pub(super) fn unknown_macros(
    config: &ConfigSpec,
    profile: &Profile,
    text: &str,
) -> Vec<(String, Range<usize>)> {
    references(text)
        .into_iter()
        .filter(|r| r.kind == ReferenceKind::Macro && !r.has_default())
        .filter(|r| macro_value(config, profile, &r.name).is_none())
        .map(|r| (r.name, r.range))
        .collect()
}
