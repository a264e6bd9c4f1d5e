//! What packs say of each other (`constraints.dependencies`), judged where they stand together: in a profile, and on the
//! appliances that get several profiles.
//!
//! An add-on profile alone says nothing of the packs below it: the core layers come from another profile of the same
//! appliance, or from nowhere where Kubernetes is provided. So what is missing is judged where it can be known.

mod appliance_packs;
mod elsewhere;
mod not_supported;
mod out_of_range;
mod required_missing;
mod upgrade;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diagnostics::Diagnostic;
use crate::pack::{DependencyType, LayerType, Pack, PackDependency, VersionRange};
use crate::resolve::{AddedBy, ResolvedProfile, Stacked};
use crate::rules::Rule;
use crate::source::Place;
use crate::version::Version;
use crate::workspace::model::Profile;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    required_missing::RULE,
    out_of_range::RULE,
    not_supported::RULE,
    upgrade::RULE,
    elsewhere::RULE,
    appliance_packs::RULE,
];

/// A pack that stands in a profile.
struct Present<'a> {
    name: &'a str,
    /// Unless it is not here.
    pack: Option<&'a Pack>,
    layer: LayerType,
    /// Name of its layer.
    layer_name: &'a str,
    place: Place,
    profile: &'a Profile,
    /// What brought it.
    added_by: Option<&'a AddedBy>,
}

/// Packs that stand together, by name.
struct Together<'a> {
    list: Vec<Present<'a>>,
    by_name: BTreeMap<&'a str, usize>,
    /// Whether all packs are here: one that is not may bring others along.
    whole: bool,
}

impl<'a> Together<'a> {
    fn of(list: Vec<Present<'a>>) -> Self {
        let mut by_name = BTreeMap::new();
        for (index, present) in list.iter().enumerate() {
            by_name.entry(present.name).or_insert(index);
        }
        let whole = list.iter().all(|present| present.pack.is_some());
        Self { list, by_name, whole }
    }

    /// The packs of one profile.
    fn in_profile(resolved: &'a ResolvedProfile) -> Self {
        let present = resolved.layers.iter().filter_map(|layer| {
            let crate::resolve::LayerSource::Pack(name, pack) = &layer.source else { return None };
            Some(Present {
                name,
                pack: pack.as_deref(),
                layer: layer.layer_type,
                layer_name: &layer.name,
                place: layer.place.clone(),
                profile: &resolved.profile,
                added_by: layer.added_by.as_ref(),
            })
        });
        Self::of(present.collect())
    }

    /// The packs of several profiles.
    fn in_stacks(stacks: &[&'a Stacked]) -> Self {
        Self::of(stacks.iter().flat_map(|stack| of_stack(stack)).collect())
    }

    fn get(&self, name: &str) -> Option<&Present<'a>> {
        self.by_name.get(name).map(|index| &self.list[*index])
    }

    /// What packs say of others that does not hold, in the order of the stack.
    fn faults(&self) -> Vec<Fault<'_>> {
        let mut faults = Vec::new();
        for present in &self.list {
            for dependency in present.pack.into_iter().flat_map(|pack| &pack.dependencies) {
                faults.extend(self.fault(present, dependency));
            }
        }
        faults
    }

    fn fault<'t>(&'t self, by: &'t Present<'a>, dependency: &'t PackDependency) -> Option<Fault<'t>> {
        let kind = dependency.dependency_type?;
        // Bounds that cannot be read are the pack's own fault.
        let range = dependency.range().ok().filter(|range| !range.is_empty())?;
        let name = dependency.pack_name.as_str();
        if name == by.name {
            return None;
        }
        let fault = |what| Some(Fault { by, dependency, range: range.clone(), what });
        let Some(other) = self.get(name) else {
            return if kind == DependencyType::Required { fault(What::Missing) } else { None };
        };
        // A version that cannot be read cannot be compared.
        let version = Version::parse(&other.pack?.version).ok()?;
        match kind {
            DependencyType::Required | DependencyType::Optional if !range.contains(&version) => {
                fault(What::OutOfRange(other))
            }
            DependencyType::NotSupported if range.contains(&version) => fault(What::NotSupported(other)),
            _ => None,
        }
    }
}

/// The packs of a stack. A pack that is not here is known by the name that the profile gives it.
fn of_stack(stack: &Stacked) -> impl Iterator<Item = Present<'_>> {
    let profile = &*stack.profile;
    stack.layers().filter_map(move |layer| {
        let written = layer.index.and_then(|index| profile.spec.layers[index].pack.as_ref());
        let name =
            layer.pack.map(|pack| pack.name.as_str()).or_else(|| written.map(|w| w.name.value.as_str()))?;
        Some(Present {
            name,
            pack: layer.pack.map(|p| &**p),
            layer: layer.layer_type,
            layer_name: layer.name,
            place: layer.place,
            profile,
            added_by: layer.added_by,
        })
    })
}

/// Something that a pack says of another one and that does not hold.
struct Fault<'t> {
    by: &'t Present<'t>,
    dependency: &'t PackDependency,
    range: VersionRange,
    what: What<'t>,
}

enum What<'t> {
    Missing,
    OutOfRange(&'t Present<'t>),
    NotSupported(&'t Present<'t>),
}

impl Fault<'_> {
    /// Whether it is about an operating system, Kubernetes, a network or storage.
    fn is_about_core(&self) -> bool {
        let named = self.dependency.layer.is_some_and(|layer| layer != LayerType::Addon);
        let there = match self.what {
            What::Missing => false,
            What::OutOfRange(other) | What::NotSupported(other) => other.layer != LayerType::Addon,
        };
        named || there
    }

    /// What does not hold, in a sentence.
    fn message(&self) -> String {
        let by = format!("`{}`", self.by.name);
        let name = &self.dependency.pack_name;
        let range = if self.range.is_bounded() { format!(" in {}", self.range) } else { String::new() };
        let version =
            |other: &Present<'_>| other.pack.map_or(String::new(), |pack| pack.version.value.clone());
        match &self.what {
            What::Missing => format!("{by} requires pack `{name}`{range}"),
            What::OutOfRange(other) => {
                let wants = match self.dependency.dependency_type {
                    Some(DependencyType::Optional) => "works with",
                    _ => "requires",
                };
                format!("{by} {wants} `{name}`{range}, and this is {}", version(other))
            }
            What::NotSupported(other) if self.range.is_bounded() => {
                format!("{by} does not work with `{name}`{range}, and this is {}", version(other))
            }
            What::NotSupported(_) => format!("{by} does not work with `{name}`"),
        }
    }

    /// Adds the place in `pack.json` that says so, and why the pack that says it is there at all.
    fn explain(&self, packs: &Together<'_>, finding: Diagnostic) -> Diagnostic {
        let Some(pack) = self.by.pack else { return finding };
        let mut finding = finding.related(
            Place::new(&pack.json_file, self.dependency.pack_name.span),
            format!("{} {} says so here", pack.name, pack.version),
        );
        for (place, why) in packs.chain(self.by) {
            finding = finding.related(place, why);
        }
        finding
    }

    /// The command that adds what is missing to a profile: just below the layer that needs it, core layers where they belong.
    fn command(&self, profile: &Profile) -> String {
        let mut command =
            format!("edgewright layer add {} --pack {}", profile.label(), self.dependency.pack_name);
        let bounds: Vec<String> = [self.range.lowest(), self.range.highest()].into_iter().flatten().collect();
        if !bounds.is_empty() {
            let _ = write!(command, " --version \"{}\"", bounds.join(", "));
        }
        // A layer that a preset brings has no line of its own to stand below.
        if self.by.profile.id == profile.id && self.by.added_by.is_none() && !self.is_about_core() {
            let _ = write!(command, " --before {}", self.by.layer_name);
        }
        command
    }
}

impl<'a> Together<'a> {
    /// Why a pack is there, step by step: the preset that brought it, or the pack that requires it.
    fn chain(&self, from: &Present<'a>) -> Vec<(Place, String)> {
        /// More steps tell nobody anything.
        const LONGEST: usize = 6;
        let mut steps = Vec::new();
        let mut names = vec![from.name];
        let mut by = from;
        while steps.len() < LONGEST {
            let bringer = by.added_by.and_then(|added| {
                let of = |p: &&Present<'a>| p.layer_name == added.layer && p.profile.id == by.profile.id;
                Some((
                    self.list.iter().find(of)?,
                    format!("brings it, by its preset `{}: {}`", added.group, added.preset),
                ))
            });
            let requirer = || {
                self.list.iter().find_map(|present| {
                    let mut needs = present.pack?.dependencies.iter();
                    let required = |d: &PackDependency| {
                        d.dependency_type == Some(DependencyType::Required) && d.pack_name.value == by.name
                    };
                    needs.any(required).then(|| (present, "requires it".to_owned()))
                })
            };
            let Some((next, how)) = bringer.or_else(requirer) else { break };
            if names.contains(&next.name) {
                break;
            }
            steps.push((next.place.clone(), format!("`{}` is there because `{}` {how}", by.name, next.name)));
            names.push(next.name);
            by = next;
        }
        steps
    }
}

/// A choice of presets in a profile that would bring a pack along: `access: proxied` of a layer.
fn offered_by(packs: &Together<'_>, wanted: &str) -> Option<String> {
    packs.list.iter().find_map(|present| {
        let preset = present.pack?.presets.iter().find(|p| p.layers.iter().any(|l| l.pack == wanted))?;
        Some(format!("preset `{}: {}` of `{}` brings it", preset.group, preset.name, present.name))
    })
}
