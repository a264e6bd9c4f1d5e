//! What an appliance is given: profiles, variables and the window of its groups, under its own.

use indexmap::IndexMap;
use serde_json::Value;

use super::Workspace;
use super::model::{Appliance, Assignment, Group, ProfileId, Window};
use crate::source::Place;
use crate::yaml::{Document, Spanned, push_pointer};

/// Who gives a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Giver {
    /// The appliance itself.
    Appliance,
    /// A group.
    Group {
        /// Its name.
        name: String,
        /// Its priority.
        priority: i64,
    },
}

/// A profile by channel or by version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// What a channel gives.
    Channel(String),
    /// One fixed version.
    Version(String),
}

impl Assigned {
    fn of(assignment: &Assignment) -> Self {
        match (&assignment.version, &assignment.channel) {
            (Some(version), _) => Self::Version(version.value.clone()),
            (None, Some(channel)) => Self::Channel(channel.value.clone()),
            (None, None) => Self::Channel("stable".to_owned()),
        }
    }
}

/// A setting in force, and where it is given.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    /// What is set.
    pub value: T,
    /// Who sets it.
    pub from: Giver,
    /// Where.
    pub place: Place,
}

/// Two groups of one priority that give an appliance different settings; the first by name is in force.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// What they disagree on: ``profile `x` ``, ``variable `x` `` or `the window`.
    pub what: String,
    /// The group in force, and its place.
    pub first: (String, Place),
    /// The other group, and its place.
    pub second: (String, Place),
}

/// Everything that an appliance is given, merged.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Profile id → channel or version: those of the groups (highest priority first, then name), then its own.
    pub profiles: IndexMap<ProfileId, Setting<Assigned>>,
    /// Variables, in the same order.
    pub variables: IndexMap<String, Setting<Value>>,
    /// When it may change.
    pub window: Option<Setting<Window>>,
    /// What groups of one priority disagree on.
    pub conflicts: Vec<Conflict>,
}

impl Group {
    /// Whether an appliance belongs to it.
    pub fn selects(&self, appliance: &Appliance) -> bool {
        self.spec.selector.match_labels.iter().all(|(key, value)| appliance.labels.get(key) == Some(value))
    }
}

impl Workspace {
    /// The groups that select an appliance: highest priority first, then by name.
    pub fn groups_of(&self, appliance: &Appliance) -> Vec<&Group> {
        let mut groups: Vec<_> = self.groups.iter().filter(|group| group.selects(appliance)).collect();
        groups.sort_by(|a, b| {
            b.spec.priority.cmp(&a.spec.priority).then_with(|| a.name.value.cmp(&b.name.value))
        });
        groups
    }

    /// What an appliance is given: its own settings win, then those of the group with the highest priority.
    pub fn settings(&self, appliance: &Appliance) -> Settings {
        let mut settings = Settings::default();
        let own = &appliance.spec;
        for group in self.groups_of(appliance) {
            let from = Giver::Group { name: group.name.value.clone(), priority: group.spec.priority };
            for assignment in &group.spec.profiles {
                let (id, new) = assigned(&group.document, assignment, from.clone());
                let decided = own.profiles.iter().any(|a| a.id.value == id.0);
                match settings.profiles.get(&id) {
                    Some(old) => {
                        let what = format!("profile `{id}`");
                        settings.conflicts.extend(clash(old, &new, decided, what));
                    }
                    None => _ = settings.profiles.insert(id, new),
                }
            }
            for (name, value) in &group.spec.variables {
                let new = variable(&group.document, name, value, from.clone());
                let decided = own.variables.contains_key(name);
                match settings.variables.get(name) {
                    Some(old) => {
                        let what = format!("variable `{name}`");
                        settings.conflicts.extend(clash(old, &new, decided, what));
                    }
                    None => _ = settings.variables.insert(name.clone(), new),
                }
            }
            if let Some(value) = &group.spec.window {
                let new = window(&group.document, value, from);
                match &settings.window {
                    Some(old) => {
                        let decided = own.window.is_some();
                        settings.conflicts.extend(clash(old, &new, decided, "the window".to_owned()));
                    }
                    None => settings.window = Some(new),
                }
            }
        }
        for assignment in &own.profiles {
            let (id, new) = assigned(&appliance.document, assignment, Giver::Appliance);
            settings.profiles.insert(id, new);
        }
        for (name, value) in &own.variables {
            settings
                .variables
                .insert(name.clone(), variable(&appliance.document, name, value, Giver::Appliance));
        }
        if let Some(value) = &own.window {
            settings.window = Some(window(&appliance.document, value, Giver::Appliance));
        }
        settings
    }
}

fn assigned(document: &Document, assignment: &Assignment, from: Giver) -> (ProfileId, Setting<Assigned>) {
    let place = Place::new(document.file(), assignment.id.span);
    (ProfileId(assignment.id.value.clone()), Setting { value: Assigned::of(assignment), from, place })
}

fn variable(document: &Document, name: &str, value: &Spanned<Value>, from: Giver) -> Setting<Value> {
    let place = document.key_place(&push_pointer("/spec/variables", name));
    Setting { value: value.value.clone(), from, place }
}

fn window(document: &Document, window: &Window, from: Giver) -> Setting<Window> {
    Setting { value: window.clone(), from, place: document.place("/spec/window") }
}

/// A conflict, if two groups of one priority differ and the appliance itself does not decide.
fn clash<T: PartialEq>(old: &Setting<T>, new: &Setting<T>, decided: bool, what: String) -> Option<Conflict> {
    let (Giver::Group { name: first, priority: a }, Giver::Group { name: second, priority: b }) =
        (&old.from, &new.from)
    else {
        return None;
    };
    (!decided && a == b && old.value != new.value).then(|| Conflict {
        what,
        first: (first.clone(), old.place.clone()),
        second: (second.clone(), new.place.clone()),
    })
}
