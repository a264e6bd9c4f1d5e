//! What references of a profile stand for before any appliance is known: macros, values of other packs, names of the profile.
//! Those to variables, and what only an appliance knows, stay.
//!
//! A macro or a pack's value may hold references itself: they are followed, and a circle of them is told as such.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::diagnostics::Diagnostic;
use crate::resolve::{ResolvedLayer, ResolvedProfile, macro_value};
use crate::source::{Place, SourceFile};
use crate::template::{self, Found, KnownAt, Reference, ReferenceKind};
use crate::workspace::Config;
use crate::yaml::push_pointer;

/// References that lead from one to the next further than this are taken for a mistake.
const FARTHEST: usize = 32;
/// Longest text that references may become, in bytes: macros of macros of macros can be very long.
const LONGEST: usize = 1 << 20;

/// What references of one profile stand for.
pub struct References<'a> {
    config: &'a Config,
    resolved: &'a ResolvedProfile,
    /// What was followed already, so that macros of macros are each followed once.
    followed: RefCell<HashMap<String, Found>>,
}

/// One reference on the way to another.
struct Step {
    /// `macro.ntp`.
    name: String,
    /// Where its value is written.
    place: Place,
}

impl<'a> References<'a> {
    /// For a profile: its project's macros win over the tenant's.
    pub fn new(config: &'a Config, resolved: &'a ResolvedProfile) -> Self {
        Self { config, resolved, followed: RefCell::default() }
    }

    /// The values at `pointer` of a layer's effective values, ready for a chart.
    ///
    /// # Errors
    /// References that stand for nothing, each at its place.
    pub fn values(&self, layer: &ResolvedLayer, pointer: &str) -> Result<Value, Vec<Diagnostic>> {
        let mut value = layer.values.for_chart(pointer);
        template::replace_in(&mut value, &|reference| self.lookup(reference)).map_err(|errors| {
            let at = |below: &str| layer.values_place(&format!("{pointer}{below}"));
            let finding = |(below, why): (String, String)| {
                Diagnostic::new(template::UNRESOLVED, at(&below), why).pointer(format!("{pointer}{below}"))
            };
            errors.into_iter().map(finding).collect::<Vec<_>>()
        })?;
        Ok(value)
    }

    /// The text of a manifest.
    ///
    /// # Errors
    /// It is no YAML, or references in it stand for nothing.
    pub fn manifest(&self, file: &Arc<SourceFile>) -> Result<String, Vec<Diagnostic>> {
        template::substitute(file, &|reference| self.lookup(reference))
    }

    /// A text that is no YAML, such as the name of a namespace.
    ///
    /// # Errors
    /// Why a reference in it stands for nothing.
    pub fn text(&self, text: &str) -> Result<String, String> {
        let mut value = Value::String(text.to_owned());
        template::replace_in(&mut value, &|reference| self.lookup(reference))
            .map_err(|errors| errors.into_iter().map(|(_, why)| why).collect::<Vec<_>>().join("; "))?;
        Ok(template::scalar_text(&value).unwrap_or_default())
    }

    /// What one reference stands for.
    pub fn lookup(&self, reference: &Reference) -> Found {
        self.follow(reference, &[])
    }

    fn follow(&self, reference: &Reference, way: &[&Step]) -> Found {
        let name = reference.name.as_str();
        let (value, place) = match reference.kind {
            ReferenceKind::Var => return Found::Keep,
            ReferenceKind::System => {
                return match template::system_name(name) {
                    Some(KnownAt::Release) => Found::Value(Value::String(self.system(name))),
                    _ => Found::Keep,
                };
            }
            ReferenceKind::Macro => match self.of_macro(name) {
                Some(found) => found,
                None => {
                    return Found::Missing(format!("there is no macro `{name}`; add it to edgewright.yaml"));
                }
            },
            // As in Palette: a value that is not there is empty, unless the reference has a default.
            ReferenceKind::Pack => match self.of_pack(name) {
                Some(found) => found,
                None if reference.has_default() => {
                    return Found::Missing(format!("no pack has a value `{name}`"));
                }
                None => return Found::Value(Value::String(String::new())),
            },
        };
        let text = value.as_str().unwrap_or_default();
        if !text.contains("{{") || template::references(text).is_empty() {
            return Found::Value(value.clone());
        }
        let step = Step { name: format!("{}.{name}", reference.kind.word()), place };
        if let Some(start) = way.iter().position(|before| before.name == step.name) {
            return Found::Wrong(circle(&way[start..], &step.name));
        }
        if way.len() >= FARTHEST {
            return Found::Wrong(format!(
                "`.spectro.{}` is reached over {FARTHEST} other references; write the value here, or nearer",
                step.name
            ));
        }
        if let Some(known) = self.followed.borrow().get(&step.name) {
            return usable(known.clone(), reference);
        }
        let longer: Vec<&Step> = way.iter().copied().chain([&step]).collect();
        let mut value = value.clone();
        let found = match template::replace_in(&mut value, &|next| self.follow(next, &longer)) {
            Ok(()) if value.as_str().is_some_and(|text| text.len() > LONGEST) => {
                Found::Wrong(format!("`.spectro.{}` becomes longer than {LONGEST} bytes", step.name))
            }
            Ok(()) => Found::Value(value),
            Err(errors) => {
                let why: Vec<String> = errors.into_iter().map(|(_, why)| why).collect();
                Found::Wrong(why.join("; "))
            }
        };
        // What is wrong depends on the way that led here.
        if matches!(found, Found::Value(_)) {
            self.followed.borrow_mut().insert(step.name, found.clone());
        }
        usable(found, reference)
    }

    fn of_macro(&self, name: &str) -> Option<(&'a Value, Place)> {
        let profile = &self.resolved.profile;
        let value = macro_value(&self.config.spec, profile, name)?;
        let project = profile.metadata.project.as_ref().map(|project| project.value.as_str());
        let of_project = project
            .filter(|p| self.config.spec.macros.projects.get(*p).is_some_and(|m| m.contains_key(name)));
        let pointer = match of_project {
            Some(project) => push_pointer(&push_pointer("/spec/macros/projects", project), name),
            None => push_pointer("/spec/macros/tenant", name),
        };
        Some((value, self.config.place(&pointer)))
    }

    /// `PACK.path.to.value` in the values of another layer: a scalar.
    fn of_pack(&self, name: &str) -> Option<(&'a Value, Place)> {
        self.resolved.layers.iter().find_map(|layer| {
            let path = name.strip_prefix(layer.source.name()?)?.strip_prefix('.')?;
            let mut pointer = String::new();
            let value = path.split('.').try_fold(&layer.values.value, |value, key| {
                pointer = push_pointer(&pointer, key);
                value.get(key)
            })?;
            let scalar = !value.is_object() && !value.is_array();
            scalar.then(|| (value, layer.values_place(&pointer)))
        })
    }

    fn system(&self, name: &str) -> String {
        let profile = &self.resolved.profile;
        match name {
            "clusterprofile.name" => profile.id.name().to_owned(),
            "clusterprofile.uid" => profile.id.0.clone(),
            "clusterprofile.version" => profile.version().to_owned(),
            "cloud.type" => {
                profile.spec.cloud.as_ref().map_or_else(|| "edge-native".to_owned(), |c| c.value.clone())
            }
            "project.name" | "project.uid" => {
                profile.metadata.project.as_ref().map(|project| project.value.clone()).unwrap_or_default()
            }
            _ => String::new(),
        }
    }
}

/// Functions need a value: what still waits for an appliance has none.
fn usable(found: Found, reference: &Reference) -> Found {
    match &found {
        Found::Value(Value::String(text))
            if reference.changes_its_value() && !template::references(text).is_empty() =>
        {
            Found::Wrong(format!(
                "`.spectro.{}.{}` is `{text}`, which only an appliance can fill in: no function can change it here; \
                 refer to that itself",
                reference.kind.word(),
                reference.name
            ))
        }
        _ => found,
    }
}

/// The circle in words, each step with the line that leads on.
fn circle(steps: &[&Step], first: &str) -> String {
    let way: Vec<String> =
        steps.iter().map(|step| format!("`.spectro.{}` ({})", step.name, step.place)).collect();
    format!("references go round in a circle: {} → `.spectro.{first}`", way.join(" → "))
}
