//! The objects that rules judge together: those of a profile, of a pack, or of files that are named.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostics::Diagnostic;
use crate::render::{self, Object, Origin, Renderer};
use crate::resolve::{ResolvedLayer, ResolvedProfile};
use crate::rules::{Context, JudgedPack};
use crate::schema::kubernetes::{self, Crd, Crds, Meaning, Schemas, Verdict};
use crate::source::Place;
use crate::template::{Reference, ReferenceKind, VariableFormat};
use crate::workspace::model::Profile;

/// Objects, and what their schemas say of each.
pub(in crate::rules) struct Objects<'a> {
    /// The objects, in the order in which they are applied.
    pub(in crate::rules) list: &'a [Object],
    /// The profile that applies them.
    pub(in crate::rules) profile: Option<&'a ResolvedProfile>,
    /// The custom resources that they define.
    pub(in crate::rules) crds: Crds,
    /// Minors in use.
    pub(in crate::rules) schemas: &'a Schemas,
    /// What judging came to, in the order of `list`.
    pub(in crate::rules) verdicts: Vec<Verdict>,
}

/// What of a profile's objects other profiles are judged with.
#[derive(Debug, Default)]
pub struct Applied {
    /// The custom resources that it defines.
    pub(in crate::rules) crds: Crds,
    /// What its objects are.
    pub(in crate::rules) identities: Box<[Identity]>,
    /// Objects for which it has no schema itself.
    pub(in crate::rules) unknown: Box<[Object]>,
    /// Namespaces that it creates, or that its layers are installed into.
    pub(in crate::rules) namespaces: Box<[Box<str>]>,
    /// Whether it may create others: what its charts make is not known, or its content is not here.
    pub(in crate::rules) may_create_namespaces: bool,
}

/// What tells an object from others in a cluster.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Identity {
    pub(in crate::rules) group: Box<str>,
    pub(in crate::rules) kind: Box<str>,
    /// Empty where the object lies in none, or in that of its layer.
    pub(in crate::rules) namespace: Box<str>,
    pub(in crate::rules) name: Box<str>,
    pub(in crate::rules) place: Place,
    pub(in crate::rules) namespace_place: Place,
}

impl Identity {
    /// What an object is, and where; `None` without a name, or with a reference in it.
    pub(in crate::rules) fn of(object: &Object, namespaced: Option<bool>) -> Option<Self> {
        let name = object.name()?;
        let namespace = if namespaced == Some(false) { "" } else { object.namespace().unwrap_or_default() };
        if name.contains("{{") || namespace.contains("{{") || object.kind().is_empty() {
            return None;
        }
        Some(Self {
            group: object.group().into(),
            kind: object.kind().into(),
            namespace: namespace.into(),
            name: name.into(),
            place: object.place(),
            namespace_place: object.document.place("/metadata/namespace"),
        })
    }

    /// What two objects must have in common to be one.
    pub(in crate::rules) fn key(&self) -> (&str, &str, &str, &str) {
        // Workloads and ingresses moved between groups and stayed the same objects.
        let group = match &*self.group {
            "extensions" if &*self.kind == "Ingress" || &*self.kind == "NetworkPolicy" => "networking.k8s.io",
            "extensions" => "apps",
            other => other,
        };
        (group, &self.kind, &self.namespace, &self.name)
    }
}

impl<'a> Objects<'a> {
    /// Judges the objects of a profile; `more` are definitions in its charts' templates.
    pub(in crate::rules) fn of_profile(
        context: &'a Context<'_>,
        list: &'a [Object],
        more: &[Object],
        profile: &'a ResolvedProfile,
    ) -> Self {
        let crds = crds(&context.renderer, list.iter().chain(more));
        let meaning = meaning(&profile.profile);
        let verdicts = verdicts(list, &context.schemas, &crds, &meaning);
        Self { list, profile: Some(profile), crds, schemas: &context.schemas, verdicts }
    }

    /// Judges objects that no profile applies.
    pub(in crate::rules) fn alone(context: &'a Context<'_>, list: &'a [Object], more: &[Object]) -> Self {
        let crds = crds(&context.renderer, list.iter().chain(more));
        let verdicts = verdicts(list, &context.schemas, &crds, &|_| Meaning::Unknown);
        Self { list, profile: None, crds, schemas: &context.schemas, verdicts }
    }

    /// The objects with their verdicts.
    pub(in crate::rules) fn judged(&self) -> impl Iterator<Item = (&'a Object, &Verdict)> {
        self.list.iter().zip(&self.verdicts)
    }

    /// Whether something else than Kubernetes' own schemas has judged an object.
    pub(in crate::rules) fn is_judged_otherwise(&self, object: &Object) -> bool {
        let (group, version) = object.api_version().split_once('/').unwrap_or(("", object.api_version()));
        if self.crds.find(group, version, object.kind()).is_some() {
            return true;
        }
        let same = |(other, verdict): (&Object, &Verdict)| {
            std::ptr::eq(other, object) && matches!(verdict, Verdict::Judged(_))
        };
        !self.schemas.locations.is_empty() && self.judged().any(same)
    }

    /// Whether objects of a kind lie in namespaces; `None` where that is not known.
    pub(in crate::rules) fn namespaced(&self, object: &Object) -> Option<bool> {
        let (group, version) = object.api_version().split_once('/').unwrap_or(("", object.api_version()));
        match self.crds.find(group, version, object.kind()) {
            Some(crd) => Some(crd.namespaced),
            None => super::scope::namespaced(object.api_version(), object.kind()),
        }
    }

    /// What others are judged with.
    pub(in crate::rules) fn applied(&self) -> Applied {
        let identities = self.list.iter().filter_map(|object| Identity::of(object, self.namespaced(object)));
        let unknown = self.judged().filter(|(_, verdict)| matches!(verdict, Verdict::Unknown));
        let layers = self.profile.map(|profile| &*profile.layers).unwrap_or_default();
        let created = self.list.iter().filter(|o| o.kind() == "Namespace" && o.group().is_empty());
        let namespaces: BTreeSet<Box<str>> = created
            .filter_map(Object::name)
            .chain(layers.iter().map(|layer| layer.namespace.as_str()))
            .chain(layers.iter().flat_map(additional_namespaces))
            .map(Into::into)
            .collect();
        Applied {
            may_create_namespaces: layers.iter().any(may_create_namespaces)
                || namespaces.iter().any(|name| super::is_template(name)),
            namespaces: namespaces.into_iter().collect(),
            identities: identities.collect(),
            unknown: unknown.map(|(object, _)| object.clone()).collect(),
            crds: self.crds.clone(),
        }
    }
}

/// Namespaces that a pack has Palette create beside its own.
fn additional_namespaces(layer: &ResolvedLayer) -> impl Iterator<Item = &str> {
    let map = layer.values.value.pointer("/pack/additionalNamespaces").and_then(Value::as_object);
    map.into_iter().flat_map(|map| map.keys().map(String::as_str))
}

/// Whether the objects of a layer that are not known may be namespaces.
fn may_create_namespaces(layer: &ResolvedLayer) -> bool {
    let says = |text: &str| text.contains("kind: Namespace");
    layer.unresolved.is_some()
        || layer.manifests.iter().any(|manifest| manifest.templated && says(manifest.file.text()))
        || layer.charts.iter().any(|chart| {
            let files = &chart.chart.files;
            files.iter().any(|(path, _)| path.contains("templates/") && files.text(path).is_some_and(says))
        })
}

/// The objects of a pack by itself, and definitions in its charts' templates.
pub(in crate::rules) fn of_pack(judged: &JudgedPack) -> (Vec<Object>, Vec<Object>) {
    let templates = judged
        .pack
        .charts
        .iter()
        .filter_map(|listed| listed.chart.as_deref())
        .flat_map(render::template_crds);
    (render::of_pack(&judged.pack), templates.collect())
}

fn crds<'o>(renderer: &Renderer, objects: impl Iterator<Item = &'o Object>) -> Crds {
    let mut crds = Crds::default();
    // Definitions that are applied as they stand go before those that a template makes.
    let (first, last): (Vec<&Object>, Vec<&Object>) =
        objects.filter(|object| object.is_crd()).partition(|object| object.origin != Origin::ChartTemplate);
    for object in first.into_iter().chain(last) {
        if let Some(crd) = renderer.definition(object) {
            crds.add(crd);
        }
    }
    crds
}

fn verdicts(
    list: &[Object],
    schemas: &Schemas,
    crds: &Crds,
    meaning: &dyn Fn(&Reference) -> Meaning,
) -> Vec<Verdict> {
    let one = |object: &Object| kubernetes::judge(&object.document, &object.pointer, schemas, crds, meaning);
    list.iter().map(one).collect()
}

/// Judges an object that a profile has no schema for by the definitions of others.
pub(in crate::rules) fn judge_with(
    object: &Object,
    schemas: &Schemas,
    crds: &Crds,
    profile: &Profile,
) -> Verdict {
    kubernetes::judge(&object.document, &object.pointer, schemas, crds, &meaning(profile))
}

/// What a profile's variables stand for.
fn meaning(profile: &Profile) -> impl Fn(&Reference) -> Meaning {
    |reference: &Reference| {
        if reference.kind != ReferenceKind::Var {
            return Meaning::Unknown;
        }
        let declared = profile.spec.variables.iter().find(|variable| *variable.name == reference.name);
        match declared.map(|variable| variable.format) {
            None => Meaning::Unknown,
            Some(VariableFormat::Number) => Meaning::Number,
            Some(VariableFormat::Boolean) => Meaning::Boolean,
            Some(_) => Meaning::Text,
        }
    }
}

/// Says of a finding about a definition where that is.
pub(in crate::rules) fn defined_at(finding: Diagnostic, crd: &Arc<Crd>) -> Diagnostic {
    finding.related(crd.place(), "its definition")
}
