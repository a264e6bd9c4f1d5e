//! Kubernetes' own schemas for all minors in use, those of CRDs, and those that people bring.
//!
//! An object is judged by walking its tree along a schema that is ready to judge by: every fault is at its own key or
//! value, and a minor whose schemas of a kind are the same as another's is not judged twice.

mod crd;
mod describe;
mod embedded;
mod fault;
mod format;
mod judge;
mod location;
mod minor;
mod served;
mod shape;

use std::sync::Arc;

pub use crd::{Crd, CrdVersion, Crds};
pub use describe::{Field, describe};
pub use fault::{MISSING_FIELD, NO_OBJECT, NOT_ALLOWED, TWICE, UNKNOWN_FIELD, WRONG_TYPE};
pub use judge::Meaning;
pub use location::Location;
pub use minor::{Known, Minor, shown};
pub use served::{Served, groups_of, kinds_in, replacement, served, versions_of};

use crate::diagnostics::{self, Diagnostic};
use crate::template::Reference;
use crate::yaml::{Document, Kind, Node};
use embedded::catalog;
use fault::Faults;
use judge::Judge;
use shape::Shape;

/// How many nodes of one object are judged; what aliases make beyond is not.
const BUDGET: usize = 1_000_000;

/// What objects are judged by, besides the definitions that come with them.
#[derive(Clone, Debug, Default)]
pub struct Schemas {
    /// Minors in use, oldest first; none means the newest.
    pub minors: Vec<Minor>,
    /// Folders of schemas, asked in this order before the embedded ones.
    pub locations: Vec<Arc<Location>>,
}

impl Schemas {
    /// Those of the minors that a repository lists; the supported ones where it lists none.
    pub fn of(versions: &[String]) -> Self {
        let mut minors: Vec<Minor> =
            versions.iter().filter_map(|text| Some(Minor::read(text).ok()?.minor())).collect();
        minors.sort_unstable();
        minors.dedup();
        if minors.is_empty() {
            minors = Minor::supported();
        }
        Self { minors, locations: Vec::new() }
    }

    /// The minors to judge by, oldest first; at least one.
    pub fn minors(&self) -> Vec<Minor> {
        if self.minors.is_empty() { vec![Minor::newest()] } else { self.minors.clone() }
    }
}

/// What judging an object came to.
#[derive(Debug)]
pub enum Verdict {
    /// It was judged; these are its faults.
    Judged(Vec<Diagnostic>),
    /// It is an API of Kubernetes that none of the minors in use has.
    Absent,
    /// Its definition is there, but does not have or serve this version.
    NotServed(Arc<Crd>),
    /// There is no schema for it.
    Unknown,
}

/// Judges an object, in order of place. `pointer` is where it stands in its document (see [`crate::yaml`]): findings say
/// pointers from there.
pub fn judge(
    document: &Document,
    pointer: &str,
    schemas: &Schemas,
    crds: &Crds,
    meaning: &dyn Fn(&Reference) -> Meaning,
) -> Verdict {
    let root = document.root();
    let text = |key: &str| root.get(key).and_then(Node::text).unwrap_or_default();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    if root.kind() != Kind::Map || api_version.is_empty() || kind.is_empty() {
        return Verdict::Judged(vec![no_object(document, pointer)]);
    }
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let mut found: Vec<(Diagnostic, Vec<Minor>)> = Vec::new();
    let mut judged: Vec<Minor> = Vec::new();
    if let Some(crd) = crds.find(group, version, kind) {
        let Some(version) = crd.version(version).filter(|version| version.served) else {
            return Verdict::NotServed(Arc::clone(crd));
        };
        let minor = schemas.minors().last().copied().unwrap_or_else(Minor::newest);
        let Some(shape) = crd.shape(version) else { return Verdict::Unknown };
        judged.push(minor);
        for mut finding in one(root, shape, minor, true, meaning) {
            if let Some(place) = crd.schema_place(version, &finding.pointer) {
                finding = finding.related(place, "its definition says so here");
            } else {
                finding = finding.related(crd.place(), "its definition");
            }
            found.push((finding, judged.clone()));
        }
    } else {
        let name = catalog().kind(group, version, kind);
        let mut before: Vec<(u64, usize)> = Vec::new();
        for minor in &schemas.minors() {
            let own =
                schemas.locations.iter().find_map(|location| location.find(group, version, kind, *minor));
            if let Some(shape) = own {
                judged.push(*minor);
                merge(&mut found, one(root, &shape, *minor, false, meaning), *minor);
                continue;
            }
            let Some((name, shape)) =
                name.and_then(|name| Some((name, catalog().shape(name, minor.index())?)))
            else {
                continue;
            };
            let closure = catalog().closure(name, minor.index());
            if let Some((_, same)) = before.iter().find(|(known, _)| *known == closure) {
                // The same schemas say the same.
                let same = judged[*same];
                found.iter_mut().filter(|(_, in_)| in_.contains(&same)).for_each(|(_, in_)| in_.push(*minor));
            } else {
                before.push((closure, judged.len()));
                merge(&mut found, one(root, shape, *minor, false, meaning), *minor);
            }
            judged.push(*minor);
        }
        if judged.is_empty() {
            return if name.is_some() { Verdict::Absent } else { Verdict::Unknown };
        }
    }
    let mut findings: Vec<Diagnostic> = found
        .into_iter()
        .map(|(mut finding, minors)| {
            if minors.len() < judged.len() {
                finding.message = format!("{} (in Kubernetes {})", finding.message, shown(&minors));
            }
            finding.pointer = format!("{pointer}{}", finding.pointer);
            finding
        })
        .collect();
    diagnostics::sort(&mut findings);
    Verdict::Judged(findings)
}

/// The faults of an object by one schema.
fn one<'s>(
    root: Node<'_>,
    shape: &'s Shape,
    minor: Minor,
    custom: bool,
    meaning: &'s dyn Fn(&Reference) -> Meaning,
) -> Vec<Diagnostic> {
    let (catalog, index) = (catalog(), minor.index());
    let mut judge = Judge {
        named: &|name| catalog.shape(name, index),
        meaning,
        metadata: catalog.name(crd::METADATA),
        custom,
        path: Vec::new(),
        faults: Faults::default(),
        budget: BUDGET,
    };
    judge.value(root, shape);
    let mut list = judge.faults.list;
    // An alias' node is judged wherever it stands.
    diagnostics::sort(&mut list);
    list.dedup_by(|a, b| (a.place.span, &a.message) == (b.place.span, &b.message));
    list
}

/// Adds what one minor says to what others said.
fn merge(found: &mut Vec<(Diagnostic, Vec<Minor>)>, findings: Vec<Diagnostic>, minor: Minor) {
    for finding in findings {
        let same = |(known, _): &&mut (Diagnostic, Vec<Minor>)| {
            known.place.span == finding.place.span && known.message == finding.message
        };
        match found.iter_mut().find(same) {
            Some((_, minors)) => minors.push(minor),
            None => found.push((finding, vec![minor])),
        }
    }
}

fn no_object(document: &Document, pointer: &str) -> Diagnostic {
    let root = document.root();
    let lacks = |key: &str| root.get(key).and_then(Node::text).is_none_or(str::is_empty);
    let message = match (root.kind() == Kind::Map, lacks("apiVersion"), lacks("kind")) {
        (false, ..) => "this is no Kubernetes object: it is no mapping".to_owned(),
        (true, true, true) => {
            "this is no Kubernetes object: it has neither `apiVersion` nor `kind`".to_owned()
        }
        (true, true, false) => "the object lacks `apiVersion`".to_owned(),
        (true, ..) => "the object lacks `kind`".to_owned(),
    };
    let place = root.entries().next().map_or_else(|| root.place(), |entry| entry.key.place());
    let finding = Diagnostic::new(NO_OBJECT, place, message).pointer(pointer);
    let kind = root.get("kind").and_then(Node::text).unwrap_or_default();
    match &served::groups_of(kind)[..] {
        [] => finding,
        many => finding.help(format!("a {kind} is of {}", many.join(" or "))),
    }
}

#[cfg(test)]
mod tests;
