//! What folders of packs have in common, wherever they are: names and versions come from `pack.json`, never from a folder's
//! name, and one version stands in one folder.

use std::sync::Arc;

use serde_json::Value;

use super::{Candidate, PackLabel, RegistryError};
use crate::pack::LayerType;
use crate::version::Version;

/// Folders deeper than this are not looked into; no known layout has more than two.
pub(super) const DEPTH: usize = 8;

/// A folder with a `pack.json`, as far as choosing needs it.
pub(super) trait Folder {
    /// Path fit to be shown.
    fn path(&self) -> &str;
    /// `name`, if it could be read.
    fn name(&self) -> Option<&str>;
    /// `version`, if it could be read.
    fn version(&self) -> Option<&str>;
    /// What else `pack.json` says.
    fn label(&self) -> &Arc<PackLabel>;
}

/// What choosing and finding a pack needs of a `pack.json`, as far as it is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) label: Arc<PackLabel>,
}

/// Reads a `pack.json`.
pub(super) fn head(json: &[u8]) -> Head {
    let json: Value =
        serde_json::from_slice(json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json)).unwrap_or_default();
    let text = |key: &str| match &json[key] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let label = PackLabel {
        display_name: text("displayName").filter(|text| !text.is_empty()),
        layer_type: text("layer").and_then(|word| LayerType::of(&word)),
        addon_type: text("addonType").filter(|text| !text.trim().is_empty()),
        cloud_types: json["cloudTypes"]
            .as_array()
            .map(|clouds| clouds.iter().filter_map(|cloud| cloud.as_str().map(str::to_owned)).collect())
            .unwrap_or_default(),
        description: json["annotations"]["description"].as_str().map(str::to_owned),
        state: json["annotations"]["system_state"].as_str().map(str::to_owned),
    };
    Head { name: text("name"), version: text("version"), label: Arc::new(label) }
}

/// The names of the packs, sorted.
pub(super) fn names(folders: &[impl Folder]) -> Vec<String> {
    let mut names: Vec<String> = folders.iter().filter_map(|f| f.name().map(str::to_owned)).collect();
    names.sort();
    names.dedup();
    names
}

/// The versions of one pack, highest first, what is no version last.
pub(super) fn candidates(folders: &[impl Folder], name: &str) -> Vec<Candidate> {
    let mut versions: Vec<(&str, &Arc<PackLabel>)> = folders
        .iter()
        .filter(|f| f.name() == Some(name))
        .filter_map(|f| Some((f.version()?, f.label())))
        .collect();
    versions.sort_by(|(a, _), (b, _)| match (Version::parse(a), Version::parse(b)) {
        (Ok(a_version), Ok(b_version)) => b_version.total_cmp(&a_version).then_with(|| a.cmp(b)),
        (a_version, b_version) => b_version.is_ok().cmp(&a_version.is_ok()).then_with(|| a.cmp(b)),
    });
    versions.dedup_by(|a, b| a.0 == b.0);
    let candidate = |(version, label): (&str, &Arc<PackLabel>)| Candidate {
        version: version.to_owned(),
        description: label.description.clone(),
        pack: Some(Arc::clone(label)),
        ..Candidate::default()
    };
    versions.into_iter().map(candidate).collect()
}

/// The folder of one version; two of them are an error, because nothing says which one is meant.
pub(super) fn find<'f, F: Folder>(
    folders: &'f [F],
    name: &str,
    version: &str,
) -> Result<Option<&'f F>, RegistryError> {
    let mut fitting = folders.iter().filter(|f| f.name() == Some(name) && f.version() == Some(version));
    match (fitting.next(), fitting.next()) {
        (Some(first), Some(second)) => Err(RegistryError::Broken {
            what: first.path().to_owned(),
            why: format!("{} is {name} {version} too; give one of them another version", second.path()),
        }),
        (found, _) => Ok(found),
    }
}
