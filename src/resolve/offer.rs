//! What registries offer for a reference that is about to be written: the registry meant, a version, and the pack itself.

use std::sync::Arc;

use anyhow::{Result, bail};

use crate::diagnostics::closest;
use crate::pack::Pack;
use crate::registry::{Candidate, Kind, Registries, Registry, RegistryError};
use crate::version::{Version, Wanted, choose_chart, choose_pack};

/// A pack or chart that a reference may name.
#[derive(Debug)]
pub struct Offer {
    /// Registry that has it.
    pub registry: String,
    /// Version or constraint to write.
    pub version: String,
    /// What that is today; `None` where the registry could not be asked.
    pub chosen: Option<Candidate>,
    /// The pack, where it could be read.
    pub pack: Option<Arc<Pack>>,
    /// What people should know.
    pub notes: Vec<String>,
}

/// Looks for a pack or chart: in the registry that is named, or in all that can hold it. Without a version the newest
/// release is taken. A registry that cannot be asked is believed: the lock will tell.
///
/// # Errors
/// No registry has it, several have it and none is named, or no version fits.
pub fn offer(
    registries: &Registries,
    kind: Kind,
    name: &str,
    registry: Option<&str>,
    wanted: Option<&str>,
) -> Result<Offer> {
    let asked = match registry {
        Some(named) => {
            let registry = registries.get(named)?;
            if !registry.holds(kind) {
                bail!("registry `{named}` is of a type that has no {}s", kind.word());
            }
            vec![registry]
        }
        None => registries.iter().filter(|registry| registry.holds(kind)).collect(),
    };
    if asked.is_empty() {
        bail!("edgewright.yaml has no registry for {}s: add one below `spec.registries`", kind.word());
    }
    let mut silent: Vec<(&dyn Registry, RegistryError)> = Vec::new();
    let mut found: Vec<(&dyn Registry, Vec<Candidate>)> = Vec::new();
    let asked_for = wanted.map(Wanted::parse).transpose()?;
    for registry in &asked {
        // What is named exactly may be there without being listed.
        let exact = asked_for.filter(Wanted::is_exact).map(|wanted| registry.exact(kind, name, &wanted));
        let offered = match exact {
            Some(Ok(Some(one))) => Ok(vec![one]),
            Some(Err(error)) if error.is_refusal() => return Err(error.into()),
            _ => registry.candidates(kind, name),
        };
        match offered {
            Ok(candidates) if candidates.is_empty() => {}
            Ok(candidates) => found.push((*registry, candidates)),
            Err(error) => silent.push((*registry, error)),
        }
    }
    match (&found[..], &silent[..]) {
        ([(registry, candidates)], _) => choose(*registry, kind, name, candidates, wanted),
        ([], [(registry, why)]) => Ok(Offer {
            registry: registry.name().to_owned(),
            version: wanted.unwrap_or(if kind == Kind::Pack { "latest" } else { "" }).to_owned(),
            chosen: None,
            pack: None,
            notes: vec![format!("registry `{}` could not be asked: {why}", registry.name())],
        }),
        ([], []) => bail!("{}", nowhere(&asked, kind, name)),
        ([], many) => {
            let names: Vec<&str> = many.iter().map(|(registry, _)| registry.name()).collect();
            bail!("no registry could be asked for `{name}`: give --registry ({})", names.join(", "))
        }
        (many, _) => {
            let names: Vec<&str> = many.iter().map(|(registry, _)| registry.name()).collect();
            bail!(
                "several registries have a {} `{name}`: give --registry ({})",
                kind.word(),
                names.join(", ")
            )
        }
    }
}

fn nowhere(asked: &[&dyn Registry], kind: Kind, name: &str) -> String {
    let names: Vec<String> = asked.iter().filter_map(|r| r.names(kind).ok()).flatten().collect();
    let hint = match closest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; `edgewright search {name}` looks through all registries"),
    };
    match asked {
        [only] => format!("registry `{}` has no {} `{name}`{hint}", only.name(), kind.word()),
        _ => format!("no registry has a {} `{name}`{hint}", kind.word()),
    }
}

fn choose(
    registry: &dyn Registry,
    kind: Kind,
    name: &str,
    candidates: &[Candidate],
    wanted: Option<&str>,
) -> Result<Offer> {
    let versions: Vec<&str> = candidates.iter().map(|candidate| candidate.version.as_str()).collect();
    let index = match (wanted.map(Wanted::parse).transpose()?, kind) {
        (None, _) => newest(&versions),
        (Some(Wanted { digest: Some(digest), .. }), _) => {
            candidates.iter().position(|candidate| candidate.manifest == Some(digest))
        }
        (Some(wanted), Kind::Chart) => choose_chart(wanted.version, &versions)?,
        (Some(wanted), Kind::Pack) => choose_pack(wanted.version, &versions)?,
    };
    let Some(chosen) = index.map(|index| &candidates[index]) else {
        let some: Vec<&str> = versions.iter().take(5).copied().collect();
        let more = if versions.len() > 5 { ", …" } else { "" };
        bail!(
            "no version of {} `{name}` in registry `{}` fits `{}`; it has {}{more}",
            kind.word(),
            registry.name(),
            wanted.unwrap_or("*"),
            some.join(", ")
        );
    };
    let mut notes = Vec::new();
    if wanted.is_none() {
        notes.push(format!(
            "no --version: took {}, the newest in registry `{}`",
            chosen.version,
            registry.name()
        ));
    }
    if chosen.deprecated {
        notes.push(format!("{} `{name}` {} is deprecated", kind.word(), chosen.version));
    }
    let pack = match kind {
        Kind::Chart => None,
        Kind::Pack => match registry.fetch(kind, name, chosen, None) {
            Ok(fetched) => Pack::read(fetched.files.clone(), &fetched.path).0.map(Arc::new),
            Err(error) if error.is_refusal() => return Err(error.into()),
            Err(error) => {
                notes.push(format!("pack `{name}` could not be read: {error}"));
                None
            }
        },
    };
    Ok(Offer {
        registry: registry.name().to_owned(),
        version: wanted.unwrap_or(&chosen.version).to_owned(),
        chosen: Some(chosen.clone()),
        pack,
        notes,
    })
}

/// The highest version, releases before prereleases.
fn newest(versions: &[&str]) -> Option<usize> {
    let read = |(index, text): (usize, &&str)| Some((Version::parse(text).ok()?, index));
    let found = versions.iter().enumerate().filter_map(read);
    let best = found.max_by(|(a, i), (b, j)| {
        let release = |version: &Version| version.prerelease().is_empty();
        release(a).cmp(&release(b)).then_with(|| a.total_cmp(b)).then_with(|| j.cmp(i))
    });
    best.map(|(_, index)| index).or(if versions.is_empty() { None } else { Some(0) })
}
