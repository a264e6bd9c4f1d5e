//! PK0227: packs require each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::{DependencyType, PackDependency};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;
use crate::version::Version;

/// PK0227 `dependency-cycle`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0227", name: "dependency-cycle", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0227.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    // The newest version of each pack is the one that counts.
    let mut newest: BTreeMap<&str, (Option<Version>, &JudgedPack)> = BTreeMap::new();
    for judged in cx.packs {
        let version = Version::parse(&judged.pack.version).ok();
        match newest.get(judged.pack.name.as_str()) {
            Some((seen, _)) if *seen >= version => {}
            _ => _ = newest.insert(&judged.pack.name, (version, judged)),
        }
    }
    let known: BTreeSet<&str> = newest.keys().copied().collect();
    let next: BTreeMap<&str, Vec<&PackDependency>> = newest
        .iter()
        .map(|(name, (_, judged))| {
            (*name, required(judged).filter(|d| known.contains(d.pack_name.as_str())).collect())
        })
        .collect();
    let circling = circling(&next);
    let mut told = BTreeSet::new();
    for start in circling.iter().copied() {
        let Some(path) = circle(start, &next, &circling, &mut told) else { continue };
        let judged = newest[path[0].0].1;
        let names: Vec<&str> = path.iter().map(|(name, _)| *name).chain([path[0].0]).collect();
        let mut finding = Diagnostic::new(
            RULE.lint,
            Place::new(&judged.pack.json_file, path[0].1.pack_name.span),
            format!("packs require each other in a circle: {}", names.join(" → ")),
        )
        .help("none can be installed before the other: make one of the dependencies optional, or give them install priorities");
        for (name, dependency) in &path[1..] {
            let place = Place::new(&newest[name].1.pack.json_file, dependency.pack_name.span);
            finding = finding.related(place, format!("`{name}` requires `{}`", dependency.pack_name));
        }
        out.push(finding);
    }
}

/// What a pack requires besides itself.
fn required(judged: &JudgedPack) -> impl Iterator<Item = &PackDependency> {
    let own = judged.pack.name.as_str();
    let wanted = |d: &&PackDependency| d.dependency_type == Some(DependencyType::Required);
    judged.pack.dependencies.iter().filter(wanted).filter(move |d| d.pack_name.value != own)
}

/// The packs from which a circle can be reached: whoever leads only to ends is taken away, again and again.
fn circling<'a>(next: &BTreeMap<&'a str, Vec<&'a PackDependency>>) -> BTreeSet<&'a str> {
    let mut open: BTreeMap<&str, usize> = next.iter().map(|(name, list)| (*name, list.len())).collect();
    let mut before: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
    for (name, list) in next {
        for dependency in list {
            before.entry(&dependency.pack_name).or_default().push(name);
        }
    }
    let mut ends: Vec<&str> = open.iter().filter(|(_, n)| **n == 0).map(|(name, _)| *name).collect();
    let mut left: BTreeSet<&'a str> = next.keys().copied().collect();
    while let Some(end) = ends.pop() {
        left.remove(end);
        for name in before.get(end).into_iter().flatten() {
            let count = open.get_mut(name).expect("every pack is counted");
            *count -= 1;
            if *count == 0 {
                ends.push(name);
            }
        }
    }
    left
}

/// The circle that one gets into from `start`, each time by the first dependency that leads into one; `None` where that
/// was walked before.
fn circle<'a>(
    start: &'a str,
    next: &BTreeMap<&'a str, Vec<&'a PackDependency>>,
    circling: &BTreeSet<&'a str>,
    told: &mut BTreeSet<&'a str>,
) -> Option<Vec<(&'a str, &'a PackDependency)>> {
    let mut path: Vec<(&str, &PackDependency)> = Vec::new();
    let mut at = start;
    while told.insert(at) {
        let dependency = next.get(at)?.iter().find(|d| circling.contains(d.pack_name.as_str()))?;
        path.push((at, dependency));
        at = dependency.pack_name.as_str();
    }
    let begin = path.iter().position(|(name, _)| *name == at)?;
    Some(path.split_off(begin))
}
