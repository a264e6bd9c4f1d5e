//! New appliances and groups.

use anyhow::{Result, bail};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::change::Change;
use super::draft::Draft;
use super::promote::refuse_faults;
use super::{Assigned, Given, Workspace};
use crate::schema;
use crate::yaml::{self, edit};

/// An appliance or group that is to be.
#[derive(Clone, Debug)]
pub struct NewTarget {
    /// Whether it is a group.
    pub group: bool,
    /// Name.
    pub name: String,
    /// Labels of an appliance; what a group selects by.
    pub labels: IndexMap<String, String>,
    /// What the box calls itself.
    pub id: Option<String>,
    /// age recipient of its secrets.
    pub recipient: Option<String>,
    /// Whether somebody else runs its Kubernetes.
    pub provided: bool,
    /// Priority of a group.
    pub priority: Option<i64>,
    /// File below `appliances/`; one of its own unless given.
    pub file: Option<String>,
    /// Profiles and variables.
    pub given: Given,
}

impl Workspace {
    /// A new appliance or group: in a file of its own, or as a further document of one that is there.
    ///
    /// # Errors
    /// There is one of that name or id, or it would be no valid one.
    pub fn new_target(&self, new: &NewTarget) -> Result<Change> {
        let what = if new.group { "group" } else { "appliance" };
        let taken = if new.group {
            self.groups.iter().find(|group| group.name.value == new.name).map(|group| &group.document)
        } else {
            let same = |id: &str| self.appliances.iter().find(|one| one.name.value == id || one.id() == id);
            same(&new.name).or_else(|| same(new.id.as_deref()?)).map(|one| &one.document)
        };
        if let Some(taken) = taken {
            bail!("{what} `{}` is there already (`{}`)", new.name, taken.file().path());
        }
        let path = match &new.file {
            None if new.group => format!("appliances/groups/{}.yaml", new.name),
            None => format!("appliances/{}.yaml", new.name),
            Some(file) => {
                let yaml = [".yaml", ".yml"].iter().any(|ending| file.ends_with(ending));
                let inside = file.split('/').all(|part| !matches!(part, "" | "." | ".."));
                if !file.starts_with("appliances/") || !yaml || !inside {
                    bail!("--file {file}: name a `.yaml` file below `appliances/`");
                }
                file.clone()
            }
        };
        for (id, assigned) in &new.given.profiles {
            self.must_be_there(id, assigned)?;
        }
        self.must_be_open(&new.given)?;
        let text = text(new)?;
        let mut change = Change::new(&self.root);
        let old = self.files.iter().find(|file| file.file.path() == path);
        let whole = match old {
            None if self.root.join(&path).symlink_metadata().is_ok() => {
                bail!("`{path}` is there already; give another --file")
            }
            None => text,
            Some(old) => {
                let before = old.file.text();
                let newline = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
                format!("{before}{newline}---\n{text}")
            }
        };
        let index = old.map_or(0, |old| old.documents.len());
        refuse_faults(schema::Kind::Appliance, &path, &whole, index)?;
        match old {
            Some(old) => change.edit(&path, old.file.text(), &whole),
            None => change.create(path, whole),
        }
        Ok(change)
    }
}

fn text(new: &NewTarget) -> Result<String> {
    let mut metadata = Map::from_iter([("name".to_owned(), json!(new.name))]);
    let mut spec = Map::new();
    if new.group {
        let selector = if new.labels.is_empty() { json!({}) } else { json!({ "matchLabels": new.labels }) };
        spec.insert("selector".into(), selector);
        spec.extend(new.priority.map(|priority| ("priority".to_owned(), json!(priority))));
    } else {
        if !new.labels.is_empty() {
            metadata.insert("labels".into(), json!(new.labels));
        }
        spec.extend(new.id.as_ref().map(|id| ("id".to_owned(), json!(id))));
        spec.extend(new.recipient.as_ref().map(|key| ("recipient".to_owned(), json!(key))));
        spec.extend(new.provided.then(|| ("kubernetes".to_owned(), json!("provided"))));
    }
    let profile = |(id, assigned): &(_, Assigned)| match assigned {
        Assigned::Channel(channel) => json!({ "id": id, "channel": channel }),
        Assigned::Version(version) => json!({ "id": id, "version": version }),
    };
    let profiles: Vec<Value> = new.given.profiles.iter().map(profile).collect();
    let many = profiles.len();
    if many > 0 {
        spec.insert("profiles".into(), Value::Array(profiles));
    }
    if !new.given.set.is_empty() {
        let variables: Map<String, Value> = new.given.set.iter().cloned().collect();
        spec.insert("variables".into(), Value::Object(variables));
    }
    let document = json!({
        "apiVersion": "edgewright/v1",
        "kind": if new.group { "ApplianceGroup" } else { "Appliance" },
        "metadata": metadata,
        "spec": spec,
    });
    let mut draft = Draft::new("appliance", &yaml::write(&document));
    for index in 0..many {
        draft.make(|document| edit::fold(document, &format!("/spec/profiles/{index}")))?;
    }
    Ok(draft.text().to_owned())
}
