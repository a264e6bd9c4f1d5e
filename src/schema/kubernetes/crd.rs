//! Definitions of custom resources: what custom resources are judged by.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::embedded::catalog;
use super::shape::{Dialect, Others, Shape, Types};
use crate::source::Place;
use crate::yaml::{Document, Node, Resolver};

/// Definition of the metadata of every object.
pub(super) const METADATA: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/// A `CustomResourceDefinition` (`apiextensions.k8s.io/v1` or `v1beta1`).
#[derive(Debug)]
pub struct Crd {
    /// `spec.group`.
    pub group: String,
    /// `spec.names.kind`.
    pub kind: String,
    /// Whether its objects lie in namespaces.
    pub namespaced: bool,
    /// Its versions, in order.
    pub versions: Vec<CrdVersion>,
    document: Document,
}

/// One version of a custom resource.
#[derive(Debug)]
pub struct CrdVersion {
    /// `v1`.
    pub name: String,
    /// Whether the API server answers to it.
    pub served: bool,
    /// Whether its makers want it no longer used.
    pub deprecated: bool,
    /// JSON pointer of its `openAPIV3Schema`, where it has one.
    schema: Option<String>,
    prunes: bool,
    shape: OnceLock<Shape>,
}

impl Crd {
    /// Reads a definition; `None` where it lacks what a custom resource is found by.
    pub fn read(document: &Document) -> Option<Self> {
        let root = document.root();
        let text = |pointer: &str| root.at(pointer).and_then(Node::text).filter(|text| !text.is_empty());
        let spec = root.get("spec")?;
        let flag = |node: Option<Node<'_>>, otherwise: bool| match node
            .and_then(|node| node.to_json(Resolver::Go).ok())
        {
            Some(Value::Bool(flag)) => flag,
            _ => otherwise,
        };
        // What stands beside the versions in v1beta1 is for all of them.
        let keeps = flag(spec.get("preserveUnknownFields"), false);
        let shared = "/spec/validation/openAPIV3Schema";
        let shared = root.at(shared).map(|_| shared.to_owned());
        let mut versions = Vec::new();
        for (index, version) in spec.get("versions").into_iter().flat_map(Node::items).enumerate() {
            let Some(name) = version.get("name").and_then(Node::text) else { continue };
            let own = format!("/spec/versions/{index}/schema/openAPIV3Schema");
            versions.push(CrdVersion {
                name: name.to_owned(),
                served: flag(version.get("served"), true),
                deprecated: flag(version.get("deprecated"), false),
                schema: root.at(&own).map(|_| own).or_else(|| shared.clone()),
                prunes: !keeps,
                shape: OnceLock::new(),
            });
        }
        if versions.is_empty()
            && let Some(name) = text("/spec/version")
        {
            let (name, shape) = (name.to_owned(), OnceLock::new());
            let version =
                CrdVersion { name, served: true, deprecated: false, schema: shared, prunes: !keeps, shape };
            versions.push(version);
        }
        Some(Self {
            group: text("/spec/group")?.to_owned(),
            kind: text("/spec/names/kind")?.to_owned(),
            namespaced: text("/spec/scope") != Some("Cluster"),
            versions,
            document: document.clone(),
        })
    }

    /// The version of that name.
    pub fn version(&self, name: &str) -> Option<&CrdVersion> {
        self.versions.iter().find(|version| version.name == name)
    }

    /// Where it is named.
    pub fn place(&self) -> Place {
        self.document.place("/metadata/name")
    }

    /// Where the schema says what a value of a custom resource (by its JSON pointer) looks like, as far as it does.
    pub(super) fn schema_place(&self, version: &CrdVersion, pointer: &str) -> Option<Place> {
        let mut node = self.document.at(version.schema.as_deref()?)?;
        let mut place = None;
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            if let Some(entry) = node.get("properties").and_then(|properties| properties.entry(&part)) {
                (node, place) = (entry.value, Some(entry.key.place()));
            } else if let Some(inner) = node.get("additionalProperties").or_else(|| node.get("items")) {
                node = inner;
            } else {
                break;
            }
        }
        place
    }

    /// The schema of a version; `None` where it has none.
    pub(super) fn shape<'c>(&self, version: &'c CrdVersion) -> Option<&'c Shape> {
        let schema = self.document.at(version.schema.as_deref()?)?;
        Some(version.shape.get_or_init(|| read_shape(schema, version.prunes)))
    }
}

fn read_shape(schema: Node<'_>, prunes: bool) -> Shape {
    // A schema that is too large to read judges nothing.
    let Ok(json) = schema.to_json(Resolver::Go) else { return Shape::default() };
    let dialect = Dialect { names: &|_| None, crd: true, prunes };
    let mut shape = dialect.shape(&json);
    if shape.types == Types::default() && prunes {
        shape.types = Types::OBJECT;
        if matches!(shape.others, Others::Any) && !json.as_object().is_some_and(preserves) {
            shape.others = Others::Pruned;
        }
    }
    // These three are always there, whatever the schema says of them.
    let text = || Shape { types: Types::STRING, ..Shape::default() };
    let metadata = Shape { reference: catalog().name(METADATA), ..Shape::default() };
    shape.properties.retain(|(name, _)| !matches!(&**name, "apiVersion" | "kind" | "metadata"));
    shape.properties.push(("apiVersion".into(), text()));
    shape.properties.push(("kind".into(), text()));
    shape.properties.push(("metadata".into(), metadata));
    shape.properties.sort_by(|a, b| a.0.cmp(&b.0));
    shape.required.retain(|name| !matches!(&**name, "apiVersion" | "kind" | "metadata"));
    shape
}

fn preserves(schema: &serde_json::Map<String, Value>) -> bool {
    schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(true))
        || schema.get("additionalProperties").is_some()
}

/// The custom resources that are known together: those of one profile and of what runs beside it.
#[derive(Clone, Debug, Default)]
pub struct Crds(HashMap<(String, String), Vec<Arc<Crd>>>);

impl Crds {
    /// Adds a definition; the first of a kind is asked first.
    pub fn add(&mut self, crd: Arc<Crd>) {
        self.0.entry((crd.group.clone(), crd.kind.clone())).or_default().push(crd);
    }

    /// Adds all of another set, behind these.
    pub fn extend(&mut self, others: &Self) {
        for crd in others.0.values().flatten() {
            self.add(Arc::clone(crd));
        }
    }

    /// The definition of a kind: the first that has the version, or else the first.
    pub fn find(&self, group: &str, version: &str, kind: &str) -> Option<&Arc<Crd>> {
        if self.0.is_empty() {
            return None;
        }
        let list = self.0.get(&(group.to_owned(), kind.to_owned()))?;
        list.iter().find(|crd| crd.version(version).is_some()).or_else(|| list.first())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
