//! Values of variables and system names put into a rendered layer, scalar by scalar as an appliance does it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::layer::RenderedLayer;
use super::variables::Variables;
use crate::diagnostics::Diagnostic;
use crate::source::SourceFile;
use crate::template::{self, Found, Reference, ReferenceKind};

/// What references of one profile stand for where it runs.
pub(super) struct Filling<'a> {
    variables: &'a Variables,
    system: &'a BTreeMap<String, String>,
    /// Whether `system` is all that there will be: on an appliance.
    at_home: bool,
    /// Names without a value.
    open: RefCell<BTreeSet<String>>,
}

impl<'a> Filling<'a> {
    /// With these values. `at_home`: nothing else will be known, so that a reference without a value takes its `default`;
    /// otherwise a system name that is not known yet stays.
    pub(super) fn new(variables: &'a Variables, system: &'a BTreeMap<String, String>, at_home: bool) -> Self {
        Self { variables, system, at_home, open: RefCell::default() }
    }

    /// The references that stayed, as `var.token` and `system.cluster.name`.
    pub(super) fn open(self) -> BTreeSet<String> {
        self.open.into_inner()
    }

    fn lookup(&self, reference: &Reference) -> Found {
        let name = reference.name.as_str();
        let known = match reference.kind {
            ReferenceKind::Var => self.variables.values.get(name).map(|known| known.value.clone()),
            ReferenceKind::System => self.system.get(name).map(|text| Value::from(text.as_str())),
            ReferenceKind::Macro | ReferenceKind::Pack => None,
        };
        match known {
            Some(value) => Found::Value(value),
            None if reference.has_default() && (self.at_home || reference.kind == ReferenceKind::Var) => {
                Found::Missing(format!("`{name}` has no value"))
            }
            None => {
                self.open.borrow_mut().insert(format!("{}.{name}", reference.kind.word()));
                Found::Keep
            }
        }
    }

    /// Fills a layer in. What comes back are references whose functions fail, and manifests that are no YAML.
    pub(super) fn fill(&self, layer: &mut RenderedLayer<'_>) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let mut yaml = |text: &mut String, path: &str| {
            let file = SourceFile::new(path, text.as_str());
            match template::substitute(&file, &|reference| self.lookup(reference)) {
                Ok(filled) => *text = filled,
                Err(found) => faults.extend(found),
            }
        };
        for chart in &mut layer.charts {
            yaml(&mut chart.values.text, &chart.values.path);
        }
        if let Some(values) = &mut layer.values {
            yaml(&mut values.text, &values.path);
        }
        for manifest in &mut layer.manifests {
            yaml(&mut manifest.text, manifest.file.path());
        }
        for chart in &mut layer.charts {
            self.name(&mut chart.release);
            self.name(&mut chart.namespace);
        }
        for namespace in &mut layer.namespaces {
            self.name(&mut namespace.name);
            for text in namespace.labels.values_mut().chain(namespace.annotations.values_mut()) {
                self.name(text);
            }
        }
        faults
    }

    /// Fills in a text that is no YAML; one whose functions fail stays.
    pub(super) fn name(&self, text: &mut String) {
        let mut value = Value::String(text.clone());
        if template::replace_in(&mut value, &|reference| self.lookup(reference)).is_ok() {
            *text = template::scalar_text(&value).unwrap_or_default();
        }
    }
}
