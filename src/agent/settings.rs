//! What was said once on the command line and holds for every later run: `$STATE/config.yaml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::durable::{self, PRIVATE};
use super::error::AgentError;
use super::state::State;

const PATH: &str = "config.yaml";

/// How a deployment reaches its destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplyKind {
    /// The slot is built and switched; somebody else uses it.
    None,
    /// The same, and a link may be put where it is wanted.
    #[default]
    Directory,
    /// Written into the manifest folder of k3s.
    K3s,
}

/// The settings of one appliance. What is `None` was not said yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Published tree: an address, or a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Id of this appliance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appliance: Option<String>,
    /// Profiles for an appliance that nobody listed; each from its channel `stable`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<String>,
    /// What is done with a deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apply: Option<ApplyKind>,
    /// Where the `directory` backend puts a link to the current deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<PathBuf>,
    /// Folder of the k3s server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k3s_dir: Option<PathBuf>,
    /// Values of variables that are set here, on the box; they win over those of the assignment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Value>,
}

impl Settings {
    /// Reads the settings; none are there before the first run.
    pub(super) fn read(state: &State) -> Result<Self, AgentError> {
        Self::read_from(&state.at(PATH))
    }

    /// Reads a settings file.
    pub(super) fn read_from(path: &Path) -> Result<Self, AgentError> {
        let Some(bytes) = durable::read(path)? else { return Ok(Self::default()) };
        serde_yaml::from_slice(&bytes).map_err(|error| {
            AgentError::Failed(format!("{}: {error}; repair it or remove it", path.display()))
        })
    }

    /// These settings with what is said in `over` put over them.
    #[must_use]
    pub(super) fn with(mut self, over: Self) -> Self {
        fn put<T>(held: &mut Option<T>, over: Option<T>) {
            if over.is_some() {
                *held = over;
            }
        }
        put(&mut self.url, over.url);
        put(&mut self.appliance, over.appliance);
        put(&mut self.apply, over.apply);
        put(&mut self.target, over.target);
        put(&mut self.k3s_dir, over.k3s_dir);
        if !over.profiles.is_empty() {
            self.profiles = over.profiles;
        }
        self.variables.extend(over.variables);
        self
    }

    /// Remembers the settings, where they differ from what is there.
    pub(super) fn write(&self, state: &State) -> Result<(), AgentError> {
        if Self::read(state).is_ok_and(|held| held == *self) {
            return Ok(());
        }
        let text = serde_yaml::to_string(self).map_err(|error| AgentError::Failed(error.to_string()))?;
        let text = format!(
            "# Settings of this appliance. Values of variables may be secrets: keep the file closed.\n{text}"
        );
        durable::write(&state.at(PATH), text.as_bytes(), PRIVATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_run_needs_only_what_changes() {
        let folder = tempfile::tempdir().unwrap();
        let state = State::open(folder.path()).unwrap();
        let first = Settings {
            url: Some("https://edge.example.org".to_owned()),
            appliance: Some("store-1".to_owned()),
            variables: [("a".to_owned(), Value::from("1")), ("b".to_owned(), Value::from("no"))].into(),
            ..Settings::default()
        };
        first.write(&state).unwrap();
        let later = Settings {
            apply: Some(ApplyKind::K3s),
            variables: [("b".to_owned(), Value::from("2"))].into(),
            ..Settings::default()
        };
        let both = Settings::read(&state).unwrap().with(later);
        assert_eq!(both.url, first.url);
        assert_eq!(both.apply, Some(ApplyKind::K3s));
        assert_eq!(both.variables["b"], "2");
        assert_eq!(both.variables["a"], "1");
    }
}
