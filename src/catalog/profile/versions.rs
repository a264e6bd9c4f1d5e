//! The versions of a profile: the switcher, the line about a newer one, and what changed from one to the next.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::super::index::{Profile, Version, compare_versions};
use super::super::paths;
use super::super::text::{count, number};
use crate::resolve::resolved::ResolvedLayer;

/// Versions that the switcher shows.
const SWITCHER: usize = 4;

#[derive(Serialize)]
pub(in crate::catalog) struct VersionLink {
    version: String,
    href: String,
    current: bool,
    words: String,
}

#[derive(Serialize)]
pub(in crate::catalog) struct Note {
    bold: String,
    text: String,
    href: String,
    link: String,
}

#[derive(Serialize)]
pub(in crate::catalog) struct VersionView {
    version: String,
    href: String,
    current: bool,
    channels: String,
    class: Option<&'static str>,
    changes: String,
    appliances: String,
}

/// One line about a newer version.
pub(super) fn note(profile: &Profile, version: &Version) -> Option<Note> {
    let current = profile.current();
    let newest = &profile.versions[0];
    let newer = |than: &Version| compare_versions(than.version, version.version).is_gt();
    let shown = if newer(current) { current } else { newest };
    if !newer(shown) {
        return None;
    }
    let channels = if shown.channels.is_empty() {
        "on no channel".to_owned()
    } else {
        format!("on channel {}", shown.channels.join(", "))
    };
    Some(Note {
        bold: format!("{} is newer,", shown.version),
        text: format!("{channels}: {}.", changes(Some(version), shown)),
        href: paths::href(&shown.path),
        link: format!("Go to {}", shown.version),
    })
}

pub(super) fn switcher(profile: &Profile, version: &Version) -> Vec<VersionLink> {
    let link = |v: &Version| VersionLink {
        version: v.version.to_owned(),
        href: paths::href(&v.path),
        current: v.version == version.version,
        words: v.channels.join(", "),
    };
    let mut links: Vec<VersionLink> = profile.versions.iter().take(SWITCHER).map(link).collect();
    if !links.iter().any(|l| l.current) {
        links.push(link(version));
    }
    links
}

pub(super) fn versions(profile: &Profile, shown: &Version) -> Vec<VersionView> {
    let view = |(i, v): (usize, &Version)| {
        let before = profile.versions.get(i + 1);
        VersionView {
            version: v.version.to_owned(),
            href: paths::href(&v.path),
            current: v.version == shown.version,
            channels: v.channels.join(", "),
            class: before.and_then(|b| class(b.version, v.version)),
            changes: changes(before, v),
            appliances: number(v.appliances),
        }
    };
    profile.versions.iter().enumerate().map(view).collect()
}

/// `major`, `minor`, `patch`, or `prerelease` where nothing else changed.
pub(super) fn class(from: &str, to: &str) -> Option<&'static str> {
    let (from, to) = (semver::Version::parse(from).ok()?, semver::Version::parse(to).ok()?);
    Some(if from.major != to.major {
        "major"
    } else if from.minor != to.minor {
        "minor"
    } else {
        "patch"
    })
}

/// What changed between two versions, counted.
pub(super) fn changes(from: Option<&Version>, to: &Version) -> String {
    let Some(from) = from else { return "first version".to_owned() };
    let pins = |v: &Version| -> BTreeMap<String, (String, Value)> {
        let entry = |l: &ResolvedLayer| {
            let version = l.pin.as_ref().map(|p| p.version.clone()).or_else(|| l.wanted.clone());
            (l.name.clone(), (version.unwrap_or_default(), l.values.value.clone()))
        };
        v.resolved.layers.iter().map(entry).collect()
    };
    let (old, new) = (pins(from), pins(to));
    let added = new.keys().filter(|name| !old.contains_key(*name)).count();
    let removed = old.keys().filter(|name| !new.contains_key(*name)).count();
    let moved = new.iter().filter(|(n, v)| old.get(*n).is_some_and(|o| o.0 != v.0)).count();
    let values = new.iter().filter(|(n, v)| old.get(*n).is_some_and(|o| o.0 == v.0 && o.1 != v.1)).count();
    let mut parts = Vec::new();
    if moved > 0 {
        parts.push(format!("{} moved", count(moved, "layer")));
    }
    if added > 0 {
        parts.push(format!("{added} added"));
    }
    if removed > 0 {
        parts.push(format!("{removed} removed"));
    }
    if values > 0 {
        parts.push(format!("values of {}", count(values, "layer")));
    }
    if parts.is_empty() { "no layer changed".to_owned() } else { parts.join(", ") }
}
