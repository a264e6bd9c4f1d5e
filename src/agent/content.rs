//! What a slot holds, as documents: profiles, their layers in the order of installation, and the files of each.

use std::collections::BTreeSet;

use super::error::AgentError;
use super::slots::Deployment;
use crate::archive::{Digest, Files};
use crate::bundle::{self, Descriptor, LayerDocument};

/// Name of a profile's descriptor beside its layers.
const DESCRIPTOR: &str = "descriptor.json";

/// One profile of a slot.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) id: String,
    pub(super) descriptor: Descriptor,
    /// Layers in the order of installation.
    pub(super) layers: Vec<Layer>,
}

/// One layer of a slot.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) document: LayerDocument,
    pub(super) files: Files,
}

/// Reads the files of a slot (paths below `profiles/`) as what they mean. Profiles that others stand on come first.
pub(super) fn read(deployment: &Deployment, files: &Files) -> Result<Vec<Profile>, AgentError> {
    let mut profiles = Vec::new();
    for deployed in &deployment.profiles {
        let path = format!("{}/{DESCRIPTOR}", deployed.id);
        let bytes = files.get(&path).ok_or_else(|| AgentError::refused(&path, "it is missing"))?;
        if Digest::of(bytes) != deployed.descriptor {
            return Err(AgentError::refused(&path, "it is not the one that was deployed"));
        }
        let descriptor = descriptor(&path, bytes)?;
        let mut layers = Vec::new();
        for name in &descriptor.apply_order {
            let folder = folder(&descriptor, name)
                .ok_or_else(|| AgentError::refused(&path, "its order of installation names no layer"))?;
            let files = files.under(&format!("{}/{folder}", deployed.id));
            layers.push(Layer { document: layer_document(&files, name)?, files });
        }
        profiles.push(Profile { id: deployed.id.clone(), descriptor, layers });
    }
    profiles.sort_by_key(|profile| match profile.descriptor.profile_type.as_str() {
        "system" => 0,
        "infrastructure" | "full" => 1,
        _ => 2,
    });
    Ok(profiles)
}

/// Puts one profile's files where [`read`] finds them. `layers` are those of the descriptor, in its order.
pub(super) fn put(into: &mut Files, descriptor: &Descriptor, bytes: &[u8], layers: &[Files]) {
    let id = &descriptor.profile;
    into.insert(format!("{id}/{DESCRIPTOR}"), bytes);
    for (layer, files) in descriptor.layers.iter().zip(layers) {
        let folder = folder(descriptor, &layer.name).unwrap_or_default();
        for (path, file) in files.iter() {
            into.insert_file(format!("{id}/{folder}/{path}"), file.clone());
        }
    }
}

/// Folder of a layer: its place in the stack and its name.
fn folder(descriptor: &Descriptor, name: &str) -> Option<String> {
    let place = descriptor.layers.iter().position(|layer| layer.name == name)?;
    Some(format!("{place:02}-{name}"))
}

/// Reads a descriptor and checks everything that paths and commands are made of.
pub(super) fn descriptor(path: &str, bytes: &[u8]) -> Result<Descriptor, AgentError> {
    let descriptor: Descriptor = document(path, bytes)?;
    let mut names = BTreeSet::new();
    for layer in &descriptor.layers {
        if !is_label(&layer.name) || !names.insert(layer.name.as_str()) {
            return Err(AgentError::refused(
                path,
                format!("`{}` is no name for a layer, or stands twice", layer.name.escape_debug()),
            ));
        }
    }
    if descriptor.apply_order.iter().map(String::as_str).collect::<BTreeSet<_>>() != names
        || descriptor.apply_order.len() != names.len()
    {
        return Err(AgentError::refused(path, "its order of installation is not that of its layers"));
    }
    Ok(descriptor)
}

/// Reads `layer.json` of a layer and checks that what it names is there.
pub(super) fn layer_document(files: &Files, name: &str) -> Result<LayerDocument, AgentError> {
    let path = format!("{name}/layer.json");
    let bytes = files.get("layer.json").ok_or_else(|| AgentError::refused(&path, "it is missing"))?;
    let layer: LayerDocument = document(&path, bytes)?;
    let refused = |what: &str, text: &str| {
        Err(AgentError::refused(&path, format!("`{}` is no {what}", text.escape_debug())))
    };
    if layer.name != name {
        return refused("name of this layer", &layer.name);
    }
    for chart in &layer.charts {
        // Helm's limit for a release is 53 characters.
        if !is_label(&chart.release) || chart.release.len() > 53 {
            return refused("name for a release", &chart.release);
        }
        if !is_label(&chart.namespace) {
            return refused("namespace", &chart.namespace);
        }
        let there = files.contains(&chart.path) || files.contains(&format!("{}/Chart.yaml", chart.path));
        if !there {
            return refused("chart of this layer", &chart.path);
        }
        if !files.contains(&chart.values) {
            return refused("values file of this layer", &chart.values);
        }
    }
    for manifest in &layer.manifests {
        if !files.contains(manifest) {
            return refused("manifest of this layer", manifest);
        }
    }
    for namespace in &layer.namespaces {
        if !is_label(&namespace.name) {
            return refused("namespace", &namespace.name);
        }
    }
    Ok(layer)
}

/// Reads a signed JSON document; one that does not have the known form is refused.
pub(super) fn document<T: serde::de::DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, AgentError> {
    bundle::read(bytes).map_err(|error| {
        let reason = error.to_string();
        AgentError::refused(
            path,
            format!("this version of the agent cannot read it: {}", reason.escape_debug()),
        )
    })
}

/// A DNS-1123 label: what Kubernetes takes for namespaces, and safe in paths and arguments.
pub(super) fn is_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::agent::slots::{self, DeployedProfile};
    use crate::archive::canonical_tar;
    use crate::bundle::{Blob, DescriptorLayer, Requirements, SCHEMA_VERSION};

    /// A descriptor of layers, its bytes, and a deployment of it.
    pub(in crate::agent) fn profile(id: &str, layers: &[(&str, Files)]) -> (Descriptor, Vec<u8>, Deployment) {
        let describe = |(name, files): &(&str, Files)| {
            let tar = canonical_tar(files).unwrap();
            DescriptorLayer {
                name: (*name).to_owned(),
                layer_type: "addon".to_owned(),
                kind: "chart".to_owned(),
                source: None,
                version: None,
                upstream_sha256: None,
                tar_sha256: Digest::of(&tar),
                tar_size: tar.len() as u64,
                blob: Blob { sha256: Digest::of(&tar), size: 1 },
            }
        };
        let descriptor = Descriptor {
            schema_version: SCHEMA_VERSION,
            profile: id.to_owned(),
            version: "1.0.0".to_owned(),
            profile_type: "add-on".to_owned(),
            requires: Requirements::default(),
            layers: layers.iter().map(describe).collect(),
            apply_order: layers.iter().map(|(name, _)| (*name).to_owned()).collect(),
            variables: Vec::new(),
            images: Vec::new(),
        };
        let bytes = serde_json::to_vec(&descriptor).unwrap();
        let mut deployment = slots::tests::deployment("v");
        deployment.profiles.push(DeployedProfile {
            id: id.to_owned(),
            version: "1.0.0".to_owned(),
            channel: None,
            serial: None,
            descriptor: Digest::of(&bytes),
        });
        (descriptor, bytes, deployment)
    }

    /// Files of a layer with one chart and one manifest.
    pub(in crate::agent) fn layer(name: &str, release: &str, chart: &str) -> Files {
        let mut files = Files::new();
        files.insert(
            "layer.json",
            format!(
                r#"{{"schemaVersion":1,"name":"{name}","type":"addon","kind":"chart","priority":0,
                "charts":[{{"name":"podinfo","version":"6.5.0","path":"charts/00-podinfo","values":"charts/00-podinfo.values.yaml",
                "release":"{release}","namespace":"apps"}}],"manifests":["manifests/00-quota.yaml"],
                "namespaces":[{{"name":"apps","labels":{{"team":"edge"}}}}]}}"#
            )
            .as_bytes(),
        );
        files.insert("charts/00-podinfo/Chart.yaml", chart.as_bytes());
        files.insert("charts/00-podinfo.values.yaml", &b"replicas: 2\n"[..]);
        files.insert("manifests/00-quota.yaml", &b"apiVersion: v1\nkind: ResourceQuota\n"[..]);
        files
    }

    #[test]
    fn a_slot_reads_back_as_it_was_put() {
        let files = layer("podinfo", "podinfo", "name: podinfo\n");
        let (descriptor, bytes, deployment) = profile("retail/vm", &[("podinfo", files.clone())]);
        let mut all = Files::new();
        put(&mut all, &descriptor, &bytes, std::slice::from_ref(&files));
        assert!(all.contains("retail/vm/00-podinfo/layer.json"));
        let profiles = read(&deployment, &all).unwrap();
        assert_eq!(profiles[0].layers[0].files, files);
    }

    #[test]
    fn names_that_could_be_paths_or_flags_are_refused() {
        for name in ["-x", "../x", "a/b", "A", "", "a.b"] {
            let files = layer("podinfo", name, "name: podinfo\n");
            assert!(layer_document(&files, "podinfo").unwrap_err().is_refusal(), "{name}");
            let (_, bytes, _) = profile("edge", &[(name, files)]);
            assert!(super::descriptor("d", &bytes).unwrap_err().is_refusal(), "{name}");
        }
    }
}
