//! One Kubernetes object and where it comes from.

use crate::source::Place;
use crate::yaml::{Document, Kind, Node};

/// Where an object is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A file that is judged by itself.
    File,
    /// A manifest of a pack or of a profile.
    Manifest,
    /// The `crds/` of a chart or of one of its subcharts.
    ChartCrds,
    /// A definition in the templates of a chart: what it looks like is known, not whether it is applied.
    ChartTemplate,
}

/// A Kubernetes object as it is written.
#[derive(Clone, Debug)]
pub struct Object {
    /// The object; in a `List` one of its items.
    pub document: Document,
    /// JSON pointer of the object in its file's document: empty, or `/items/3` in a `List`.
    pub pointer: String,
    /// Index of its layer in the profile; `None` where it is judged by itself.
    pub layer: Option<usize>,
    /// Where it is written.
    pub origin: Origin,
}

impl Object {
    /// The objects of one document: itself, or the items of a `List`; nothing where it is empty.
    pub fn of(document: &Document, origin: Origin) -> Vec<Self> {
        let mut objects = Vec::new();
        collect(document, String::new(), origin, 0, &mut objects);
        objects
    }

    /// The object's root.
    pub fn root(&self) -> Node<'_> {
        self.document.root()
    }

    /// `apiVersion`; empty where it is missing.
    pub fn api_version(&self) -> &str {
        text(self.root().get("apiVersion"))
    }

    /// `kind`; empty where it is missing.
    pub fn kind(&self) -> &str {
        text(self.root().get("kind"))
    }

    /// The group in `apiVersion`; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    /// `metadata.name`; `None` where it is missing (with `generateName`, say).
    pub fn name(&self) -> Option<&str> {
        Some(text(self.root().at("/metadata/name"))).filter(|name| !name.is_empty())
    }

    /// `metadata.namespace`, where it says one.
    pub fn namespace(&self) -> Option<&str> {
        Some(text(self.root().at("/metadata/namespace"))).filter(|name| !name.is_empty())
    }

    /// Where the object is named, or else where it starts.
    pub fn place(&self) -> Place {
        let named = self.root().at("/metadata/name").or_else(|| self.root().get("kind"));
        named.unwrap_or(self.root()).place()
    }

    /// How people call it: ``Deployment `web` ``.
    pub fn title(&self) -> String {
        let kind = if self.kind().is_empty() { "object" } else { self.kind() };
        match self.name() {
            Some(name) => format!("{kind} `{name}`"),
            None => kind.to_owned(),
        }
    }

    /// Whether it defines a custom resource.
    pub fn is_crd(&self) -> bool {
        self.kind() == "CustomResourceDefinition" && self.group() == "apiextensions.k8s.io"
    }
}

fn text(node: Option<Node<'_>>) -> &str {
    node.and_then(Node::text).unwrap_or_default()
}

fn collect(document: &Document, pointer: String, origin: Origin, depth: usize, into: &mut Vec<Object>) {
    /// Lists of lists deeper than this are one object: nobody writes them.
    const DEPTH: usize = 4;
    let root = document.root();
    if root.scalar().is_some_and(|(text, _)| text.is_empty()) {
        return;
    }
    let list = text(root.get("kind")) == "List" && text(root.get("apiVersion")) == "v1";
    if let Some(items) = root.get("items").filter(|items| list && depth < DEPTH && items.kind() == Kind::Seq)
    {
        for index in 0..items.items().count() {
            if let Some(item) = document.below(&format!("/items/{index}")) {
                collect(&item, format!("{pointer}/items/{index}"), origin, depth + 1, into);
            }
        }
        return;
    }
    into.push(Object { document: document.clone(), pointer, layer: None, origin });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;
    use crate::yaml;

    #[test]
    fn a_list_counts_as_its_items_and_nothing_as_nothing() {
        let text = "---\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n\
                    - {apiVersion: apps/v1, kind: Deployment, metadata: {name: b, namespace: c}}\n---\n# nothing\n";
        let file = SourceFile::new("x.yaml", text);
        let objects: Vec<Object> =
            yaml::parse(&file).documents.iter().flat_map(|d| Object::of(d, Origin::File)).collect();
        let titles: Vec<String> = objects.iter().map(Object::title).collect();
        assert_eq!(titles, ["Secret `a`", "Deployment `b`"]);
        assert_eq!((objects[1].group(), objects[1].namespace()), ("apps", Some("c")));
        assert_eq!(objects[1].pointer, "/items/1");
        assert_eq!(objects[1].place().to_string(), "x.yaml:7:60");
    }
}
