//! Which appliances run which profile version.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::model::{ProfileId, Window};
use crate::workspace::{Assigned, Giver, Workspace};

/// One line of "used by": a group, or appliances that name the profile themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// Group; `None` for appliances of their own.
    pub(super) group: Option<String>,
    /// What they follow.
    pub(super) follows: Assigned,
    /// The version that this means; `None` where there is none.
    pub(super) version: Option<String>,
    /// Names of the appliances.
    pub(super) appliances: BTreeSet<String>,
    /// When they may change.
    pub(super) window: Option<String>,
}

/// Lines of "used by" of each profile, most appliances first. A group whose appliances are all given the profile by
/// somebody else (a group with a higher priority, or themselves) has a line without appliances.
pub(super) fn uses(workspace: &Workspace) -> BTreeMap<ProfileId, Vec<Use>> {
    let mut all: BTreeMap<ProfileId, Vec<Use>> = BTreeMap::new();
    let version = |id: &ProfileId, follows: &Assigned| match follows {
        Assigned::Version(version) => Some(version.clone()),
        Assigned::Channel(channel) => workspace.channel_version(id, channel).map(str::to_owned),
    };
    for group in &workspace.groups {
        for assignment in &group.spec.profiles {
            let id = ProfileId(assignment.id.value.clone());
            let follows = match (&assignment.version, &assignment.channel) {
                (Some(version), _) => Assigned::Version(version.value.clone()),
                (None, channel) => {
                    Assigned::Channel(channel.as_ref().map_or("stable", |c| &c.value).to_owned())
                }
            };
            let version = version(&id, &follows);
            let window = group.spec.window.as_ref().map(words);
            let name = Some(group.name.value.clone());
            let line = Use { group: name, follows, version, appliances: BTreeSet::new(), window };
            all.entry(id).or_default().push(line);
        }
    }
    for appliance in &workspace.appliances {
        let settings = workspace.settings(appliance);
        for (id, setting) in settings.profiles {
            let group = match &setting.from {
                Giver::Group { name, .. } => Some(name.clone()),
                Giver::Appliance => None,
            };
            let lines = all.entry(id.clone()).or_default();
            let at = lines.iter().position(|l| l.group == group && l.follows == setting.value);
            let at = at.unwrap_or_else(|| {
                let version = version(&id, &setting.value);
                let window = settings.window.as_ref().map(|w| words(&w.value));
                let follows = setting.value.clone();
                lines.push(Use { group, follows, version, appliances: BTreeSet::new(), window });
                lines.len() - 1
            });
            lines[at].appliances.insert(appliance.name.value.clone());
        }
    }
    for lines in all.values_mut() {
        lines.sort_by(|a, b| b.appliances.len().cmp(&a.appliances.len()).then_with(|| a.group.cmp(&b.group)));
    }
    all
}

fn words(window: &Window) -> String {
    format!("{} for {}, {}", window.cron, window.duration, window.timezone.as_deref().unwrap_or("UTC"))
}
