//! What a release is made of: layers as blobs, and descriptors. A pure function of the repository's content.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::{ReleaseError, layer};
use crate::archive::{Digest, canonical_tar, zstd_compress, zstd_decompress};
use crate::bundle::{
    self, Blob, Descriptor, DescriptorLayer, DescriptorVariable, Requirements, SCHEMA_VERSION,
};
use crate::render::References;
use crate::resolve::resolved::{ResolvedLayer, ResolvedProfile, Unresolved};
use crate::resolve::{self, Image, LockFile, LockedImage};
use crate::workspace::Workspace;
use crate::workspace::model::{ProfileId, ProfileKind, ProfileType, Variable};

/// Lowest version of the agent that understands what is written here.
const AGENT: &str = "0.1.0";

/// Blobs and descriptors of all profile versions.
#[derive(Debug, Default)]
pub struct Content {
    /// Descriptors by profile and version.
    pub descriptors: BTreeMap<(ProfileId, String), Blob>,
    /// Blobs of the distinct layers.
    pub layers: BTreeSet<Digest>,
    /// Blobs by path in the published tree: layers and descriptors.
    pub(super) blobs: BTreeMap<String, Arc<[u8]>>,
}

/// A layer as it is published.
struct Packed {
    described: DescriptorLayer,
    bytes: Arc<[u8]>,
    images: BTreeSet<String>,
}

/// Makes the content of a release. `cache` keeps compressed layers between runs.
///
/// # Errors
/// A layer without content, or content that no appliance could unpack.
pub fn content(
    workspace: &Workspace,
    profiles: &[ResolvedProfile],
    cache: Option<&Path>,
) -> Result<Content, ReleaseError> {
    let layers: Vec<(&ResolvedProfile, &ResolvedLayer)> = profiles
        .iter()
        .flat_map(|profile| profile.layers.iter().map(move |layer| (profile, layer)))
        .collect();
    let missing: Vec<String> = layers
        .iter()
        .filter_map(|(profile, layer)| Some(missing(profile, layer, layer.unresolved.as_ref()?)))
        .collect();
    if !missing.is_empty() {
        return Err(ReleaseError::Content(missing.join("\n")));
    }
    let locks: Vec<Option<LockFile>> =
        profiles.par_iter().map(|profile| LockFile::of(&profile.profile).ok().flatten()).collect();
    let images_of = |lock: &'_ Option<LockFile>, name: &str| -> Vec<LockedImage> {
        let entry = lock.as_ref().and_then(|lock| lock.layer(name));
        entry.map(|entry| entry.images.clone()).unwrap_or_default()
    };
    let locked: Vec<Vec<LockedImage>> = profiles
        .iter()
        .zip(&locks)
        .flat_map(|(profile, lock)| profile.layers.iter().map(|layer| images_of(lock, &layer.name)))
        .collect();
    let packed: Vec<Packed> = layers
        .par_iter()
        .zip(&locked)
        .map(|((profile, layer), locked)| pack(workspace, profile, layer, locked, cache))
        .collect::<Result<_, ReleaseError>>()?;
    let mut content = Content::default();
    let mut packed = packed.into_iter();
    for profile in profiles {
        let layers: Vec<Packed> = packed.by_ref().take(profile.layers.len()).collect();
        let bytes: Arc<[u8]> = bundle::write(&descriptor(profile, &layers)).into();
        for layer in layers {
            content.layers.insert(layer.described.blob.sha256);
            content.blobs.entry(layer.described.blob.path()).or_insert(layer.bytes);
        }
        let blob = Blob::of(&bytes);
        let version = profile.profile.version().to_owned();
        content.descriptors.insert((profile.profile.id.clone(), version), blob.clone());
        content.blobs.insert(blob.path(), bytes);
    }
    Ok(content)
}

fn missing(profile: &ResolvedProfile, layer: &ResolvedLayer, why: &Unresolved) -> String {
    format!("{}: layer `{}` {why}", profile.profile.label(), layer.name)
}

fn pack(
    workspace: &Workspace,
    profile: &ResolvedProfile,
    layer: &ResolvedLayer,
    locked: &[LockedImage],
    cache: Option<&Path>,
) -> Result<Packed, ReleaseError> {
    let named = |error: &dyn std::fmt::Display| {
        ReleaseError::Content(format!("{}: layer `{}`: {error}", profile.profile.label(), layer.name))
    };
    let references = References::new(&workspace.config, profile);
    let files = layer::files(profile, layer, &references).map_err(|error| named(&error))?;
    let tar = canonical_tar(&files).map_err(|error| named(&error))?;
    let tar_sha256 = Digest::of(&tar);
    let bytes: Arc<[u8]> = compressed(&tar, tar_sha256, cache).into();
    Ok(Packed {
        described: DescriptorLayer {
            name: layer.name.clone(),
            layer_type: layer.layer_type.word().to_owned(),
            kind: layer.source.word().to_owned(),
            source: layer.source.name().map(str::to_owned),
            version: layer.pin.as_ref().map(|pin| pin.version.clone()),
            upstream_sha256: layer.pin.as_ref().and_then(|pin| pin.sha256),
            tar_sha256,
            tar_size: tar.len() as u64,
            blob: Blob::of(&bytes),
        },
        bytes,
        images: images(layer, locked),
    })
}

/// The compressed tar, from the cache where it is there and whole: level 19 is slow.
fn compressed(tar: &[u8], sha256: Digest, cache: Option<&Path>) -> Vec<u8> {
    let Some(folder) = cache else { return zstd_compress(tar) };
    let path = folder.join(format!("{sha256}.zst"));
    if let Ok(bytes) = fs::read(&path)
        && zstd_decompress(&bytes, tar.len() as u64).is_ok_and(|unpacked| unpacked == tar)
    {
        return bytes;
    }
    let bytes = zstd_compress(tar);
    // A cache that cannot be written costs time only.
    let _ = fs::create_dir_all(folder)
        .and_then(|()| tempfile::NamedTempFile::new_in(folder))
        .and_then(|file| fs::write(file.path(), &bytes).and_then(|()| Ok(file.persist(&path)?)));
    bytes
}

fn descriptor(resolved: &ResolvedProfile, layers: &[Packed]) -> Descriptor {
    let profile = &resolved.profile;
    let mut order: Vec<usize> = (0..resolved.layers.len()).collect();
    order.sort_by_key(|index| (resolved.layers[*index].priority, *index));
    let images: BTreeSet<&String> = layers.iter().flat_map(|layer| &layer.images).collect();
    Descriptor {
        schema_version: SCHEMA_VERSION,
        profile: profile.id.0.clone(),
        version: profile.version().to_owned(),
        profile_type: profile_type(resolved).to_owned(),
        requires: Requirements {
            agent: AGENT.to_owned(),
            free_bytes: layers.iter().map(|layer| layer.described.tar_size).sum(),
        },
        layers: layers.iter().map(|layer| layer.described.clone()).collect(),
        apply_order: order.into_iter().map(|index| resolved.layers[index].name.clone()).collect(),
        variables: profile.spec.variables.iter().map(variable).collect(),
        images: images.into_iter().cloned().collect(),
    }
}

fn profile_type(resolved: &ResolvedProfile) -> &'static str {
    let profile = &resolved.profile;
    match (profile.kind, profile.spec.profile_type.as_ref().map(|kind| kind.value)) {
        (ProfileKind::SystemProfile, _) => "system",
        (_, Some(ProfileType::Full)) => "full",
        (_, Some(ProfileType::Infrastructure)) => "infrastructure",
        (_, Some(ProfileType::AddOn) | None) => "add-on",
    }
}

fn variable(variable: &Variable) -> DescriptorVariable {
    let default = variable.default.as_ref().filter(|_| !variable.sensitive);
    DescriptorVariable {
        name: variable.name.value.clone(),
        format: serde_json::to_value(variable.format)
            .ok()
            .and_then(|word| word.as_str().map(str::to_owned))
            .unwrap_or_default(),
        required: variable.required,
        default: default.map(|default| default.value.clone()),
        regex: variable.regex.as_ref().map(|regex| regex.value.clone()),
        options: variable.options.iter().map(|option| option.value.clone()).collect(),
        read_only: variable.read_only,
        sensitive: variable.sensitive,
    }
}

/// Images that a layer is known to pull, with their digests as far as the lock has them. A tag that is only guessed may be
/// another one, unless its registry has it.
fn images(layer: &ResolvedLayer, locked: &[LockedImage]) -> BTreeSet<String> {
    let exact = |image: Image| match locked.iter().find(|locked| locked.image == image.image) {
        Some(locked) if !image.guessed || locked.digest.is_some() => Some(locked.exact()),
        _ => Some(image.image).filter(|_| !image.guessed),
    };
    resolve::images(layer).into_iter().filter_map(exact).collect()
}
