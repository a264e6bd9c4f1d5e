//! Which keys sign: configured ones, or development keys when nobody configured any.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::ReleaseError;
use crate::trust::{PrivateKey, Signer, Signers, TOP_ROLES};
use crate::workspace::model::ReleaseConfig;

/// Folder of the development keys, relative to the workspace.
pub const DEVELOPMENT_KEYS: &str = ".edgewright/keys";
/// Folder of the public trust state, relative to the workspace.
const TRUST: &str = "trust";

/// The signers of a release.
pub(super) struct Keys {
    /// By role.
    pub(super) signers: Signers,
    /// Whether they are development keys, made on this machine and good for nothing else.
    pub(super) development: bool,
}

/// A signer as it is given: role and URI.
pub type Given = (String, String);

/// Whether anybody configured a signer at all.
pub(super) fn configured(
    config: &ReleaseConfig,
    given: &[Given],
    environment: &dyn Fn(&str) -> Option<String>,
    roles: &BTreeSet<String>,
) -> bool {
    !given.is_empty()
        || config.roles.values().any(|role| role.signer.is_some())
        || roles
            .iter()
            .map(String::as_str)
            .chain(TOP_ROLES)
            .any(|role| environment(&variable(role)).is_some_and(|uri| !uri.is_empty()))
}

/// Finds the signers of `roles`. `--signer` wins over the environment, which wins over `edgewright.yaml`. `has_root`: there is a
/// root already, so that its keys are needed only to change it.
pub(super) fn find(
    root: &Path,
    config: &ReleaseConfig,
    given: &[Given],
    environment: &dyn Fn(&str) -> Option<String>,
    roles: &BTreeSet<String>,
    has_root: bool,
) -> Result<Keys, ReleaseError> {
    let mut uris: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for role in roles.iter().map(String::as_str).chain(TOP_ROLES) {
        let from_command: Vec<String> =
            given.iter().filter(|(name, _)| name == role).map(|(_, uri)| uri.clone()).collect();
        let found = if from_command.is_empty() {
            let configured = || config.roles.get(role).and_then(|role| role.signer.clone());
            environment(&variable(role))
                .filter(|uri| !uri.is_empty())
                .or_else(configured)
                .into_iter()
                .collect()
        } else {
            from_command
        };
        uris.insert(role, found);
    }
    if let Some((unknown, _)) = given.iter().find(|(role, _)| !uris.contains_key(role.as_str())) {
        let known: Vec<_> = uris.keys().copied().collect();
        return Err(ReleaseError::Usage(format!(
            "--signer {unknown}=…: this tree has no such role; it has {}",
            known.join(", ")
        )));
    }
    if uris.values().all(Vec::is_empty) {
        return development(root, uris.into_keys());
    }
    let missing: Vec<&str> = uris
        .iter()
        .filter(|(role, found)| found.is_empty() && !(has_root && **role == "root"))
        .map(|(role, _)| *role)
        .collect();
    if !missing.is_empty() {
        return Err(ReleaseError::Usage(format!(
            "no signer for {}; give each --signer ROLE=URI, {} or release.roles.ROLE.signer in edgewright.yaml",
            missing.join(", "),
            variable("role"),
        )));
    }
    let mut signers = Signers::default();
    for (role, found) in uris {
        for uri in found {
            let public = root.join(TRUST).join(format!("keys/{role}.pub"));
            let signer = Signer::open(&uri, root, &public)
                .map_err(|error| ReleaseError::Usage(format!("signer of {role}: {error}")))?;
            signers.add(role, signer);
        }
    }
    Ok(Keys { signers, development: false })
}

fn development<'a>(root: &Path, roles: impl Iterator<Item = &'a str>) -> Result<Keys, ReleaseError> {
    let folder = root.join(DEVELOPMENT_KEYS);
    let mut signers = Signers::default();
    for role in roles {
        let key = PrivateKey::read_or_create(&folder.join(format!("{role}.pem")))
            .map_err(|error| ReleaseError::Usage(error.to_string()))?;
        signers.add(role, Signer::File(key));
    }
    // Nothing below .edgewright belongs into git, these keys least of all.
    let ignore = root.join(".edgewright/.gitignore");
    if !ignore.exists() {
        fs::write(&ignore, "*\n").map_err(|source| ReleaseError::Io { path: ignore, source })?;
    }
    Ok(Keys { signers, development: true })
}

/// `project-retail` → `EDGEWRIGHT_SIGNER_PROJECT_RETAIL`.
fn variable(role: &str) -> String {
    format!("EDGEWRIGHT_SIGNER_{}", role.to_ascii_uppercase().replace('-', "_"))
}

/// Roots that a ceremony put into `trust/`: version → bytes.
pub(super) fn ceremony_roots(root: &Path) -> Result<BTreeMap<u64, Vec<u8>>, ReleaseError> {
    let folder = root.join(TRUST);
    let io = |source| ReleaseError::Io { path: folder.clone(), source };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(io(error)),
    };
    let mut roots = BTreeMap::new();
    for entry in entries {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        let version = name.to_str().and_then(|name| name.strip_suffix(".root.json"));
        if let Some(version) = version.and_then(|text| text.parse().ok()) {
            roots.insert(version, fs::read(entry.path()).map_err(io)?);
        }
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roles() -> BTreeSet<String> {
        ["tenant".to_owned(), "project-retail".to_owned()].into()
    }

    fn missing(given: &[Given], environment: &dyn Fn(&str) -> Option<String>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let config = ReleaseConfig::default();
        match find(folder.path(), &config, given, environment, &roles(), true) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn no_signer_at_all_makes_development_keys_once() {
        let folder = tempfile::tempdir().unwrap();
        let config = ReleaseConfig::default();
        let first = find(folder.path(), &config, &[], &|_| None, &roles(), false).unwrap();
        let again = find(folder.path(), &config, &[], &|_| None, &roles(), false).unwrap();
        assert!(first.development);
        assert_eq!(first.signers.of("tenant")[0].public(), again.signers.of("tenant")[0].public());
        assert_ne!(first.signers.of("tenant")[0].public(), first.signers.of("root")[0].public());
        assert_eq!(fs::read_to_string(folder.path().join(".edgewright/.gitignore")).unwrap(), "*\n");
    }

    #[test]
    fn some_signers_but_not_all_name_what_is_missing() {
        let text = missing(&[("tenant".to_owned(), "file:k.pem".to_owned())], &|_| None);
        assert!(text.starts_with("no signer for project-retail, snapshot, targets, timestamp;"), "{text}");
        let text = missing(&[], &|name| {
            (name == "EDGEWRIGHT_SIGNER_PROJECT_RETAIL").then(|| "file:k.pem".to_owned())
        });
        assert!(text.starts_with("no signer for snapshot, targets, tenant, timestamp;"), "{text}");
    }

    #[test]
    fn a_signer_of_no_role_is_named() {
        let text = missing(&[("tennant".to_owned(), "file:k.pem".to_owned())], &|_| None);
        assert!(text.contains("--signer tennant=…: this tree has no such role"), "{text}");
    }
}
