//! What registries have: packs by type and words, charts by words, with their versions.

use std::cmp::Reverse;

use anyhow::Result;
use rayon::prelude::*;

use crate::pack::LayerType;
use crate::registry::{Candidate, Kind, PackLabel, Registries, Registry, RegistryError};
use crate::version::{Constraint, choose_pack};

/// What is looked for; everything that is given has to fit.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words, each of which has to be in the name, the display name, the description or the type of add-on.
    pub words: Vec<String>,
    /// Packs or charts alone.
    pub kind: Option<Kind>,
    /// One registry alone.
    pub registry: Option<String>,
    /// Packs of this layer alone.
    pub layer_type: Option<LayerType>,
    /// Packs of this `addonType` alone; upper and lower case do not differ, nor do spaces and hyphens.
    pub addon_type: Option<String>,
    /// Packs for this cloud alone.
    pub cloud: Option<String>,
    /// Versions that fit: `>=1.0`, `1.27.x`.
    pub version: Option<String>,
}

/// A pack or chart that a registry has.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What it is.
    pub kind: Kind,
    /// Registry.
    pub registry: String,
    /// Name.
    pub name: String,
    /// Its versions that fit, highest first; never empty.
    pub versions: Vec<Candidate>,
}

impl Listing {
    /// What the highest version's `pack.json` says.
    pub fn label(&self) -> Option<&PackLabel> {
        self.versions.first()?.pack.as_deref()
    }

    /// The newest release, or the newest prerelease where there is no release.
    pub fn newest(&self) -> Option<&Candidate> {
        let release = |candidate: &&Candidate| {
            crate::version::Version::parse(&candidate.version).is_ok_and(|v| v.prerelease().is_empty())
        };
        self.versions.iter().find(release).or(self.versions.first())
    }

    /// What it is, in one line: the display name and the description.
    pub fn about(&self) -> String {
        let display = self.label().and_then(|label| label.display_name.as_deref());
        let display = display.filter(|text| *text != self.name);
        let description = self.newest().and_then(|candidate| candidate.description.as_deref());
        let parts: Vec<&str> = display.into_iter().chain(description).collect();
        parts.join(": ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What was found, and which registries could not be asked.
#[derive(Debug, Default)]
pub struct Browsed {
    /// Best fit first, then by name, registry and kind.
    pub found: Vec<Listing>,
    /// Registry and why.
    pub silent: Vec<(String, RegistryError)>,
    /// Registries that do not tell the types of their packs, so that none of them fits a type.
    pub untold: Vec<String>,
}

/// Looks through all registries.
///
/// # Errors
/// The version that is wanted is no constraint, or there is no such registry.
pub fn browse(registries: &Registries, wanted: &Wanted) -> Result<Browsed> {
    let constraint = wanted.version.as_deref().map(Constraint::parse).transpose()?;
    let asked: Vec<&dyn Registry> = match &wanted.registry {
        Some(name) => vec![registries.get(name)?],
        None => registries.iter().collect(),
    };
    let typed = wanted.layer_type.is_some() || wanted.addon_type.is_some() || wanted.cloud.is_some();
    let mut browsed = Browsed::default();
    for registry in asked {
        for kind in [Kind::Pack, Kind::Chart] {
            let skipped = wanted.kind.is_some_and(|only| only != kind) || typed && kind == Kind::Chart;
            if skipped || !registry.holds(kind) {
                continue;
            }
            let names = match registry.names(kind) {
                Ok(names) => names,
                Err(error) => {
                    browsed.silent.push((registry.name().to_owned(), error));
                    continue;
                }
            };
            let offered = |name: String| -> Option<Result<Listing, RegistryError>> {
                let candidates = match registry.candidates(kind, &name) {
                    Ok(candidates) => candidates,
                    Err(error) => return Some(Err(error)),
                };
                let fits = |candidate: &Candidate| match (&wanted.version, &constraint, kind) {
                    (Some(text), Some(_), Kind::Pack) => {
                        matches!(choose_pack(text, &[&candidate.version]), Ok(Some(_)))
                    }
                    (_, Some(constraint), _) => {
                        let version = crate::version::Version::parse(&candidate.version);
                        version.is_ok_and(|version| constraint.matches(&version))
                    }
                    _ => true,
                };
                let versions: Vec<Candidate> = candidates.into_iter().filter(fits).collect();
                let registry = registry.name().to_owned();
                Some(Ok(Listing { kind, registry, name, versions }))
                    .filter(|found| found.as_ref().is_ok_and(|found: &Listing| !found.versions.is_empty()))
            };
            let all: Vec<_> = names.into_par_iter().filter_map(offered).collect();
            let mut told = !typed || all.is_empty();
            for found in all {
                match found {
                    Err(error) => {
                        browsed.silent.push((registry.name().to_owned(), error));
                        break;
                    }
                    Ok(found) => {
                        told |= found.label().is_some();
                        if fits(&found, wanted) {
                            browsed.found.push(found);
                        }
                    }
                }
            }
            if !told {
                browsed.untold.push(registry.name().to_owned());
            }
        }
    }
    let sorted = |found: &Listing| {
        (rank(found, &wanted.words), found.name.clone(), found.registry.clone(), Reverse(found.kind))
    };
    browsed.found.sort_by_cached_key(sorted);
    Ok(browsed)
}

fn fits(found: &Listing, wanted: &Wanted) -> bool {
    let label = found.label();
    let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
    let by_type = wanted.layer_type.is_none_or(|wanted| label.is_some_and(|l| l.layer_type == Some(wanted)));
    let by_addon = wanted.addon_type.as_deref().is_none_or(|wanted| {
        label.and_then(|l| l.addon_type.as_deref()).is_some_and(|addon| plain(addon) == plain(wanted))
    });
    let by_cloud = wanted.cloud.as_deref().is_none_or(|wanted| {
        label.is_some_and(|l| l.cloud_types.iter().any(|cloud| cloud == "all" || cloud == wanted))
    });
    if !(by_type && by_addon && by_cloud) {
        return false;
    }
    let text = [
        Some(found.name.as_str()),
        label.and_then(|l| l.display_name.as_deref()),
        label.and_then(|l| l.addon_type.as_deref()),
        found.newest().and_then(|candidate| candidate.description.as_deref()),
    ];
    let text = text.into_iter().flatten().collect::<Vec<_>>().join("\n").to_lowercase();
    wanted.words.iter().all(|word| text.contains(&word.to_lowercase()))
}

/// How well a name fits: 0 is best.
fn rank(found: &Listing, words: &[String]) -> usize {
    let name = found.name.to_lowercase();
    let of = |word: &String| {
        let word = word.to_lowercase();
        match name.find(&word) {
            Some(_) if name == word => 0,
            Some(0) => 1,
            Some(_) => 2,
            None => 3,
        }
    };
    words.iter().map(of).sum()
}
