//! Which appliances run which profile version, from groups, appliances and channels.

use std::collections::{BTreeMap, BTreeSet};

use crate::workspace::model::{Appliance, Assignment, Channels, Group, ProfileId, Window};

/// One line of "used by": a group, or the appliances that name the profile themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// Group; `None` for appliances of their own.
    pub(super) group: Option<String>,
    /// `channel stable` or `version 1.2.0`.
    pub(super) follows: String,
    /// The version that this means; `None` where there is none.
    pub(super) version: Option<String>,
    /// Names of the appliances.
    pub(super) appliances: BTreeSet<String>,
    /// When they may change.
    pub(super) window: Option<String>,
}

/// Lines of "used by", by profile.
pub(super) fn uses(
    groups: &[Group],
    appliances: &[Appliance],
    version_of_channel: &dyn Fn(&ProfileId, &str) -> Option<String>,
) -> BTreeMap<ProfileId, Vec<Use>> {
    let mut all: BTreeMap<ProfileId, Vec<Use>> = BTreeMap::new();
    let resolve = |assignment: &Assignment| {
        let id = ProfileId(assignment.id.value.clone());
        let (follows, version) = match &assignment.version {
            Some(version) => (format!("version {version}"), Some(version.value.clone())),
            None => {
                let channel = assignment.channel.as_ref().map_or("stable", |c| c.value.as_str());
                (format!("channel {channel}"), version_of_channel(&id, channel))
            }
        };
        (id, follows, version)
    };
    for group in groups {
        let members: BTreeSet<String> =
            appliances.iter().filter(|a| is_member(group, a)).map(|a| a.name.value.clone()).collect();
        for assignment in &group.spec.profiles {
            let (id, follows, version) = resolve(assignment);
            all.entry(id).or_default().push(Use {
                group: Some(group.name.value.clone()),
                follows,
                version,
                appliances: members.clone(),
                window: group.spec.window.as_ref().map(window),
            });
        }
    }
    for appliance in appliances {
        for assignment in &appliance.spec.profiles {
            let (id, follows, version) = resolve(assignment);
            let window = appliance.spec.window.as_ref().map(window);
            let lines = all.entry(id).or_default();
            let same = |line: &&mut Use| {
                line.group.is_none() && line.follows == follows && line.window == window
            };
            if let Some(line) = lines.iter_mut().find(same) {
                line.appliances.insert(appliance.name.value.clone());
            } else {
                let appliances = BTreeSet::from([appliance.name.value.clone()]);
                lines.push(Use { group: None, follows, version, appliances, window });
            }
        }
    }
    for lines in all.values_mut() {
        lines.sort_by(|a, b| (b.appliances.len(), &a.group, &a.follows).cmp(&(a.appliances.len(), &b.group, &b.follows)));
    }
    all
}

/// Whether a group's labels select an appliance.
fn is_member(group: &Group, appliance: &Appliance) -> bool {
    group.spec.selector.match_labels.iter().all(|(key, value)| appliance.labels.get(key) == Some(value))
}

fn window(window: &Window) -> String {
    format!("{} for {}, {}", window.cron, window.duration, window.timezone.as_deref().unwrap_or("UTC"))
}

/// The version that a channel gives: as `channels.yaml` says, else the highest stable one for `stable`.
pub(super) fn channel_version<'a>(
    channels: Option<&'a Channels>,
    newest_stable: Option<&'a str>,
    channel: &str,
) -> Option<&'a str> {
    match channels.and_then(|c| c.channels.get(channel)) {
        Some(given) => Some(&given.version),
        None if channel == "stable" && channels.is_none() => newest_stable,
        None => None,
    }
}
