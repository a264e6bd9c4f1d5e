//! What `helm repo add --username …` kept: `repositories.yaml`.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Login, Machine, Proof, login, one_line, read};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    repositories: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
}

/// The folder of Helm's configuration.
pub(super) fn folder(machine: &Machine<'_>) -> Option<PathBuf> {
    let set = |name: &str| machine.set(name).map(PathBuf::from);
    set("HELM_CONFIG_HOME").or_else(|| set("XDG_CONFIG_HOME").map(|folder| folder.join("helm"))).or_else(
        || {
            let folder = if cfg!(target_os = "macos") { "Library/Preferences/helm" } else { ".config/helm" };
            machine.home().map(|home| home.join(folder))
        },
    )
}

/// The credentials of the repository that Helm knows under this very address.
pub(super) fn find(machine: &Machine<'_>, url: &str) -> Result<Option<Login>, String> {
    let own = machine.set("HELM_REPOSITORY_CONFIG").map(PathBuf::from);
    let Some(path) = own.or_else(|| folder(machine).map(|folder| folder.join("repositories.yaml"))) else {
        return Ok(None);
    };
    let Some(text) = read(&path)? else { return Ok(None) };
    let shown = path.display().to_string();
    let file: Option<File> = serde_yaml::from_str(&text).map_err(|error| {
        // The parser's own words may show values.
        let line = error.location().map_or(1, |location| location.line());
        format!("{shown}:{line}: it cannot be read as Helm's list of repositories")
    })?;
    let same = |entry: &&Entry| entry.url.trim_end_matches('/') == url.trim_end_matches('/');
    let entries = file.map(|file| file.repositories).unwrap_or_default();
    let Some(entry) = entries.iter().filter(|entry| !entry.password.is_empty()).find(same) else {
        return Ok(None);
    };
    let source = format!("{shown} (`{}`)", entry.name);
    let password = one_line(entry.password.clone(), &source)?;
    Ok(Some(login(Proof::Password { user: entry.username.clone(), password }, source)))
}
