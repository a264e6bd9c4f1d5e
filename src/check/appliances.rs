//! Which appliances and groups a change reaches, and which profiles they are given.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::SourceFile;
use crate::workspace::Workspace;
use crate::workspace::model::{Appliance, Assignment, Group};
use crate::yaml::{self, Node};

/// What a document of an earlier revision said, as far as others depend on it.
pub(super) struct Said {
    group: bool,
    /// Name, and id where there is one.
    names: Vec<String>,
    /// Labels of an appliance, or what a group selects by.
    labels: BTreeMap<String, String>,
}

/// The documents of an earlier revision's file.
pub(super) fn said(text: &str) -> Vec<Said> {
    let stream = yaml::parse(&SourceFile::new("", text));
    let one = |document: &yaml::Document| {
        let group = document.at("/kind").and_then(Node::text) == Some("ApplianceGroup");
        let labels = if group { "/spec/selector/matchLabels" } else { "/metadata/labels" };
        let entries = document.at(labels).into_iter().flat_map(Node::entries);
        let labels = entries.filter_map(|e| Some((e.key.text()?.to_owned(), e.value.text()?.to_owned())));
        let names = ["/metadata/name", "/spec/id"].iter().filter_map(|at| document.at(at)?.text());
        Said { group, names: names.map(str::to_owned).collect(), labels: labels.collect() }
    };
    stream.documents.iter().map(one).collect()
}

impl Said {
    fn now(appliance: &Appliance) -> Self {
        let labels = appliance.labels.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let names = vec![appliance.name.value.clone(), appliance.id().to_owned()];
        Self { group: false, names, labels }
    }

    fn now_group(group: &Group) -> Self {
        let labels = group.spec.selector.match_labels.iter();
        let labels = labels.map(|(key, value)| (key.clone(), value.clone())).collect();
        Self { group: true, names: vec![group.name.value.clone()], labels }
    }

    /// Whether the group `self` selects the appliance `other`.
    fn selects(&self, other: &Self) -> bool {
        self.labels.iter().all(|(key, value)| other.labels.get(key) == Some(value))
    }
}

/// Adds the files of appliances and groups that are reached: those changed, their namesakes, whom changed groups select or
/// selected and the other way round, and all that are given one of the profiles `ids`.
pub(super) fn reach(
    workspace: &Workspace,
    before: &[Said],
    ids: &BTreeSet<String>,
    changed: &BTreeSet<String>,
    files: &mut BTreeSet<String>,
) {
    let appliances: Vec<(&str, Said, bool)> = workspace
        .appliances
        .iter()
        .map(|a| (a.document.file().path(), Said::now(a), given(&a.spec.profiles, ids)))
        .collect();
    let groups: Vec<(&str, Said, bool)> = workspace
        .groups
        .iter()
        .map(|g| (g.document.file().path(), Said::now_group(g), given(&g.spec.profiles, ids)))
        .collect();
    let all = || appliances.iter().chain(&groups);
    let mut reached: BTreeSet<&str> =
        workspace.files.iter().map(|file| file.file.path()).filter(|path| changed.contains(*path)).collect();
    reached.extend(all().filter(|(.., given)| *given).map(|(path, ..)| *path));

    let now = all().filter(|(path, ..)| changed.contains(*path)).map(|(_, said, _)| said);
    let touched: Vec<&Said> = now.chain(before).collect();
    let names: BTreeSet<&str> = touched.iter().flat_map(|said| &said.names).map(String::as_str).collect();
    // Groups that are given a profile reach those whom they select.
    let giving = groups.iter().filter(|(.., given)| *given).map(|(_, said, _)| said);
    let (their_groups, their_appliances): (Vec<&Said>, Vec<&Said>) =
        touched.iter().copied().partition(|said| said.group);
    let their_groups: Vec<&Said> = their_groups.into_iter().chain(giving).collect();
    for (path, said, _) in all() {
        let same = said.names.iter().any(|name| names.contains(name.as_str()));
        let selected = if said.group {
            their_appliances.iter().any(|appliance| said.selects(appliance))
        } else {
            their_groups.iter().any(|group| group.selects(said))
        };
        if same || selected {
            reached.insert(path);
        }
    }
    let reached = reached.into_iter().filter(|path| path.starts_with("appliances/"));
    files.extend(reached.map(str::to_owned));
}

fn given(assignments: &[Assignment], ids: &BTreeSet<String>) -> bool {
    assignments.iter().any(|assignment| ids.contains(&assignment.id.value))
}

/// Ids of the profiles that appliances and groups in `files` are given, by themselves or by their groups.
pub(super) fn assigned(workspace: &Workspace, files: &BTreeSet<String>) -> BTreeSet<String> {
    let groups = workspace.groups.iter().filter(|group| files.contains(group.document.file().path()));
    let mut lists: Vec<&[Assignment]> = groups.map(|group| &group.spec.profiles[..]).collect();
    for appliance in workspace.appliances.iter().filter(|a| files.contains(a.document.file().path())) {
        lists.push(&appliance.spec.profiles);
        lists.extend(workspace.groups_of(appliance).into_iter().map(|group| &group.spec.profiles[..]));
    }
    lists.into_iter().flatten().map(|assignment| assignment.id.value.clone()).collect()
}
