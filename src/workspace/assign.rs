//! Profiles and variables given to appliances and groups, with all comments of their files kept.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::Workspace;
use super::assignment::Assigned;
use super::change::Change;
use super::draft::Draft;
use super::layer_set::put_at;
use super::model::{Appliance, Assignment, Group, ProfileId, Variable};
use super::promote::refuse_faults;
use crate::diagnostics::closest;
use crate::schema;
use crate::template;
use crate::yaml::{Document, edit};

/// An appliance or a group.
#[derive(Clone, Copy, Debug)]
pub enum Target<'w> {
    /// An appliance.
    Appliance(&'w Appliance),
    /// A group.
    Group(&'w Group),
}

impl<'w> Target<'w> {
    /// ``appliance `x` `` or ``group `x` ``.
    pub fn label(self) -> String {
        match self {
            Self::Appliance(appliance) => format!("appliance `{}`", appliance.name),
            Self::Group(group) => format!("group `{}`", group.name),
        }
    }

    fn document(self) -> &'w Document {
        match self {
            Self::Appliance(appliance) => &appliance.document,
            Self::Group(group) => &group.document,
        }
    }

    fn profiles(self) -> &'w [Assignment] {
        match self {
            Self::Appliance(appliance) => &appliance.spec.profiles,
            Self::Group(group) => &group.spec.profiles,
        }
    }
}

/// What a target is to be given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Profiles to give, or to give otherwise.
    pub profiles: Vec<(ProfileId, Assigned)>,
    /// Profiles to take away.
    pub remove: Vec<ProfileId>,
    /// Variables to set.
    pub set: Vec<(String, Value)>,
    /// Variables to take away.
    pub unset: Vec<String>,
}

impl Workspace {
    /// The appliance or group of this name; `appliance/NAME` and `group/NAME` say which is meant.
    ///
    /// # Errors
    /// Nothing has that name, or both do.
    pub fn target(&self, name: &str) -> Result<Target<'_>> {
        let (kind, plain) = match name.split_once('/') {
            Some(("appliance", plain)) => (Some("appliance"), plain),
            Some(("group", plain)) => (Some("group"), plain),
            _ => (None, name),
        };
        let appliance = self.appliances.iter().find(|a| a.name.value == plain || a.id() == plain);
        let appliance = appliance.filter(|_| kind != Some("group"));
        let group = self.groups.iter().find(|g| g.name.value == plain).filter(|_| kind != Some("appliance"));
        match (appliance, group) {
            (Some(appliance), None) => Ok(Target::Appliance(appliance)),
            (None, Some(group)) => Ok(Target::Group(group)),
            (Some(_), Some(_)) => {
                bail!("`{plain}` is an appliance and a group: say `appliance/{plain}` or `group/{plain}`")
            }
            (None, None) => {
                let appliances = self.appliances.iter().map(|a| a.name.as_str());
                let names: Vec<&str> =
                    appliances.chain(self.groups.iter().map(|g| g.name.as_str())).collect();
                let hint = match closest(plain, names) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => "; `edgewright list appliances` and `list groups` show them".to_owned(),
                };
                bail!("there is no appliance and no group `{name}`{hint}")
            }
        }
    }

    /// Gives profiles and variables to a target, or takes them away.
    ///
    /// # Errors
    /// A profile, version or channel is not there, nothing to be taken away is, or a sensitive variable would stand in clear.
    pub fn assign(&self, target: Target<'_>, given: &Given) -> Result<Change> {
        let document = target.document();
        let mut draft = Draft::of(document);
        for (id, assigned) in &given.profiles {
            self.must_be_there(id, assigned)?;
            give(&mut draft, id, assigned)?;
        }
        for id in &given.remove {
            let entries = profiles(&draft)?;
            let Some(index) = entries.iter().position(|entry| entry["id"] == json!(id)) else {
                let has: Vec<&str> = target.profiles().iter().map(|a| a.id.as_str()).collect();
                let has = if has.is_empty() { "none of its own".to_owned() } else { has.join(", ") };
                bail!("{} is not given `{id}` itself; it is given {has}", target.label());
            };
            draft.make(|document| edit::remove_item(document, "/spec/profiles", index))?;
        }
        self.must_be_open(given)?;
        for (name, value) in &given.set {
            put_at(&mut draft, "/spec/variables", name, Some(value))?;
        }
        for name in &given.unset {
            put_at(&mut draft, "/spec/variables", name, None)?;
        }
        let file = document.file();
        refuse_faults(schema::Kind::Appliance, file.path(), draft.text(), draft.index())?;
        let mut change = Change::new(&self.root);
        change.edit(file.path(), file.text(), draft.text());
        Ok(change)
    }

    /// Refuses sensitive variables in clear.
    pub(super) fn must_be_open(&self, given: &Given) -> Result<()> {
        for (name, value) in &given.set {
            if self.variable(name).any(|variable| variable.sensitive) && !is_encrypted(value) {
                bail!(
                    "`{name}` is sensitive, and git keeps everything: give it on the appliance (`edgewright agent set`), or \
                     encrypted to its recipient (`age -a -r age1…`)"
                );
            }
        }
        Ok(())
    }

    /// A value as the format of the variable has it: a number where any profile declares one, else text.
    ///
    /// # Errors
    /// A profile that declares the variable does not take the value.
    pub fn variable_value(&self, name: &str, text: &str) -> Result<Value> {
        let mut value = None;
        for variable in self.variable(name) {
            let typed = variable.format.typed(text);
            let regex = variable.regex.as_ref().map(|regex| regex.as_str());
            let options: Vec<Value> = variable.options.iter().map(|option| option.value.clone()).collect();
            match template::check_value(&typed, variable.format, regex, &options) {
                Ok(()) => value = value.or(Some(typed)),
                Err(_) if variable.sensitive => {}
                // Versions of one profile may differ; `check` judges the one that is given.
                Err(why) if value.is_none() && self.variable(name).count() == 1 => {
                    bail!("`{name}`: {why}")
                }
                Err(_) => {}
            }
        }
        Ok(value.unwrap_or_else(|| json!(text)))
    }

    /// The declarations of a variable in all profiles.
    fn variable<'w>(&'w self, name: &'w str) -> impl Iterator<Item = &'w Variable> {
        let all = self.profiles.iter().flat_map(|profile| &profile.spec.variables);
        all.filter(move |variable| variable.name.value == name)
    }

    pub(super) fn must_be_there(&self, id: &ProfileId, assigned: &Assigned) -> Result<()> {
        match assigned {
            Assigned::Version(version) => self.named(&format!("{id}@{version}")).map(drop),
            Assigned::Channel(channel) => {
                self.named(&id.0)?;
                if self.channel_version(id, channel).is_some() {
                    return Ok(());
                }
                let known: Vec<&str> = match self.channels_of(id) {
                    Some(channels) => channels.channels.keys().map(String::as_str).collect(),
                    None => vec!["stable"],
                };
                bail!(
                    "{id} has no channel `{channel}`; it has {} (`edgewright promote {id} VERSION --channel {channel}` makes it)",
                    known.join(", ")
                )
            }
        }
    }
}

/// Whether a value is age's encrypted text: armoured, or starting with the format's own line.
pub fn is_encrypted(value: &Value) -> bool {
    let starts = |text: &str| {
        text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----") || text.starts_with("age-encryption.org/")
    };
    value.as_str().is_some_and(starts)
}

fn profiles(draft: &Draft) -> Result<Vec<Value>> {
    Ok(match draft.value("/spec/profiles")? {
        Value::Array(entries) => entries,
        _ => Vec::new(),
    })
}

/// Adds an entry, or changes the one that is there.
fn give(draft: &mut Draft, id: &ProfileId, assigned: &Assigned) -> Result<()> {
    let (key, value, other) = match assigned {
        Assigned::Channel(channel) => ("channel", channel, "version"),
        Assigned::Version(version) => ("version", version, "channel"),
    };
    let entries = profiles(draft)?;
    let Some(index) = entries.iter().position(|entry| entry["id"] == json!(id)) else {
        let entry = json!({ "id": id, key: value });
        let at = entries.len();
        // On one line, unless those above it are not.
        let spread = draft.document()?.at("/spec/profiles/0").is_some_and(|first| !edit::is_flow(first));
        draft.make(|document| match document.at("/spec/profiles") {
            Some(_) => edit::insert_item(document, "/spec/profiles", at, &entry),
            None => edit::insert_entry(document, "/spec", "profiles", &json!([entry])),
        })?;
        if !spread {
            draft.make(|document| edit::fold(document, &format!("/spec/profiles/{at}")))?;
        }
        return Ok(());
    };
    let base = format!("/spec/profiles/{index}");
    put_at(draft, &base, key, Some(&json!(value)))?;
    if entries[index].get(other).is_some() {
        draft.make(|document| edit::remove(document, &format!("{base}/{other}")))?;
    }
    Ok(())
}
