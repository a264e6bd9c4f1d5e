//! Getting what the locks name and this machine does not have yet.

use std::collections::BTreeSet;

use crate::registry::{Candidate, Kind, Registries, RegistryError};
use crate::resolve::resolved::{LayerSource, ResolvedProfile, Unresolved};

/// Fetches everything that is locked but not here, each archive once; gives the number of archives. A brought layer shows up only
/// when its bringer is here, so that the caller resolves again and calls again until nothing comes.
///
/// # Errors
/// A registry does not answer, or its bytes are not those of the lock.
pub fn fetch_missing(
    registries: &Registries,
    profiles: &[ResolvedProfile],
    say: &mut dyn FnMut(&str),
) -> Result<usize, RegistryError> {
    let mut done = BTreeSet::new();
    for layer in profiles.iter().flat_map(|profile| &profile.layers) {
        let (Some(Unresolved::NotFetched), Some(pin), Some(registry)) =
            (&layer.unresolved, &layer.pin, &layer.registry)
        else {
            continue;
        };
        let (kind, name) = match &layer.source {
            LayerSource::Pack(name, _) => (Kind::Pack, name),
            LayerSource::Chart(name, _) => (Kind::Chart, name),
            LayerSource::Manifests => continue,
        };
        if !done.insert((registry, name, &pin.version)) {
            continue;
        }
        say(&format!("fetching {name} {} from {registry}", pin.version));
        let candidate = Candidate {
            version: pin.version.clone(),
            url: pin.url.clone(),
            digest: pin.sha256,
            manifest: pin.manifest,
            commit: pin.commit.clone(),
            ..Candidate::default()
        };
        registries.get(registry)?.fetch(kind, name, &candidate, pin.sha256)?;
    }
    Ok(done.len())
}
