//! The assignment tree: an appliance reads only the few nodes on the way to its own id, however large the fleet is.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::ReleaseError;
use crate::bundle::{
    self, ApplianceAssignment, AssignedProfile, AssignedWindow, AssignmentNode, Blob, SCHEMA_VERSION,
};
use crate::trust::limits::ASSIGNMENT_NODE;
use crate::workspace::{Assigned, Workspace};

/// Makes the tree: its root, with a serial, and the other nodes by their path in the published tree.
pub(super) fn tree(
    workspace: &Workspace,
    previous: Option<&AssignmentNode>,
) -> Result<(AssignmentNode, BTreeMap<String, Vec<u8>>), ReleaseError> {
    let mut appliances = BTreeMap::new();
    for appliance in &workspace.appliances {
        appliances.insert(appliance.id().to_owned(), assignment(workspace, appliance));
    }
    let mut nodes = BTreeMap::new();
    // The serial is counted in, so that it cannot push the root over the limit.
    let mut root = node(&appliances, 0, Some(u64::MAX >> 11), &mut nodes)?;
    root.serial = previous.and_then(|old| old.serial);
    root.serial = match previous {
        Some(old) if *old == root => old.serial,
        Some(old) => Some(old.serial.unwrap_or(0) + 1),
        None => Some(1),
    };
    Ok((root, nodes))
}

fn assignment(workspace: &Workspace, appliance: &crate::workspace::model::Appliance) -> ApplianceAssignment {
    let settings = workspace.settings(appliance);
    let mut profiles: Vec<AssignedProfile> = settings
        .profiles
        .into_iter()
        .map(|(id, setting)| match setting.value {
            Assigned::Channel(channel) => AssignedProfile { id: id.0, channel: Some(channel), version: None },
            Assigned::Version(version) => AssignedProfile { id: id.0, channel: None, version: Some(version) },
        })
        .collect();
    profiles.sort_by(|a, b| a.id.cmp(&b.id));
    let mut variables: IndexMap<_, _> =
        settings.variables.into_iter().map(|(name, setting)| (name, setting.value)).collect();
    variables.sort_keys();
    let window = settings.window.map(|setting| AssignedWindow {
        cron: setting.value.cron,
        duration: setting.value.duration,
        timezone: setting.value.timezone.unwrap_or_else(|| "UTC".to_owned()),
    });
    ApplianceAssignment { profiles, variables, window }
}

/// One node: a leaf where everything fits, else one child for each next digit.
fn node(
    appliances: &BTreeMap<String, ApplianceAssignment>,
    depth: usize,
    serial: Option<u64>,
    nodes: &mut BTreeMap<String, Vec<u8>>,
) -> Result<AssignmentNode, ReleaseError> {
    let empty = AssignmentNode {
        schema_version: SCHEMA_VERSION,
        serial,
        children: IndexMap::new(),
        appliances: IndexMap::new(),
    };
    // A few hundred bytes each at least: a large fleet need not be written once for each level.
    if appliances.len() < 1_000 {
        let leaf = AssignmentNode {
            appliances: appliances.iter().map(|(id, given)| (id.clone(), given.clone())).collect(),
            ..empty.clone()
        };
        if bundle::write(&leaf).len() as u64 <= ASSIGNMENT_NODE {
            return Ok(leaf);
        }
        if appliances.len() == 1 {
            return Err(ReleaseError::Content(format!(
                "what the appliance {} is given has more than {ASSIGNMENT_NODE} bytes; use shorter variables",
                leaf.appliances.keys().next().map_or("", String::as_str)
            )));
        }
    }
    let mut parts: BTreeMap<char, BTreeMap<String, ApplianceAssignment>> = BTreeMap::new();
    for (id, given) in appliances {
        let digit = AssignmentNode::digits(id).as_bytes()[depth] as char;
        parts.entry(digit).or_default().insert(id.clone(), given.clone());
    }
    let mut inner = empty;
    for (digit, part) in parts {
        let bytes = bundle::write(&node(&part, depth + 1, None, nodes)?);
        let child = Blob::of(&bytes);
        nodes.insert(AssignmentNode::child_path(&child), bytes);
        inner.children.insert(digit.to_string(), child);
    }
    Ok(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fleet(count: usize) -> BTreeMap<String, ApplianceAssignment> {
        let given = ApplianceAssignment {
            profiles: vec![AssignedProfile {
                id: "base".into(),
                channel: Some("stable".into()),
                version: None,
            }],
            variables: IndexMap::new(),
            window: None,
        };
        (0..count).map(|n| (format!("store-{n}"), given.clone())).collect()
    }

    #[test]
    fn every_appliance_is_found_through_small_nodes() {
        let mut nodes = BTreeMap::new();
        let root = node(&fleet(5_000), 0, Some(1), &mut nodes).unwrap();
        assert!(nodes.values().all(|bytes| bytes.len() as u64 <= ASSIGNMENT_NODE));
        for id in ["store-0", "store-77", "store-4999"] {
            let mut here = root.clone();
            for digit in AssignmentNode::digits(id).chars() {
                let Some(child) = here.children.get(&digit.to_string()) else { break };
                here = bundle::read(&nodes[&AssignmentNode::child_path(child)]).unwrap();
            }
            assert!(here.appliances.contains_key(id), "{id}");
        }
    }

    #[test]
    fn a_small_fleet_is_one_node() {
        let mut nodes = BTreeMap::new();
        assert_eq!(node(&fleet(20), 0, Some(1), &mut nodes).unwrap().appliances.len(), 20);
        assert!(nodes.is_empty());
    }
}
