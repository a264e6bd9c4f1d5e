//! What an import needs beside the profile: macros and registries in `edgewright.yaml`.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::conform::conform;
use super::import::ImportedRegistry;
use super::names::slug;
use crate::source::SourceFile;
use crate::workspace::model::{RegistryConfig, well_known};
use crate::yaml::{self, Document, Kind, Node, Resolver, edit, push_pointer};

/// Macros as Terraform users keep them in git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroList {
    /// The file.
    pub path: String,
    /// The project; those of the whole organisation have none.
    pub project: Option<String>,
    /// Name and value, in order.
    pub macros: Vec<(String, String)>,
}

/// The macros of a file (`macros: [{name, value}]`, `project: NAME`); `None` where it is something else.
pub fn macros(file: &Arc<SourceFile>) -> Option<MacroList> {
    let stream = yaml::parse(file);
    let [document] = &stream.documents[..] else { return None };
    let root = document.root();
    let list = root.get("macros").filter(|list| list.kind() == Kind::Seq)?;
    if root.get("packs").is_some() || root.get("spec").is_some() {
        return None;
    }
    let text = |node: Node<'_>, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    Some(MacroList {
        path: file.path().to_owned(),
        project: text(root, "project")
            .filter(|project| !project.is_empty())
            .map(|name| slug(&name, "project")),
        macros: list
            .items()
            .filter_map(|item| Some((text(item, "name")?, text(item, "value").unwrap_or_default())))
            .collect(),
    })
}

/// `edgewright.yaml` with macros below `spec.macros`, and the names of those that have another value there, which stays.
pub fn with_macros(text: &str, list: &MacroList) -> Option<(String, Vec<String>)> {
    let mut text = text.to_owned();
    let mut kept = Vec::new();
    for (name, value) in &list.macros {
        let mut path = vec!["spec", "macros"];
        match &list.project {
            Some(project) => path.extend(["projects", project]),
            None => path.push("tenant"),
        }
        path.push(name);
        let document = document(&text)?;
        match at(&document, &path).and_then(|node| node.text().map(str::to_owned)) {
            Some(there) if there == *value => {}
            Some(_) => kept.push(name.clone()),
            None => text = put(&text, &path, &json!(value))?,
        }
    }
    Some((text, kept))
}

/// `edgewright.yaml` with a registry below `spec.registries`.
pub fn with_registry(text: &str, name: &str, config: &Value) -> Option<String> {
    put(text, &["spec", "registries", name], config)
}

/// The registry that Palette means, where its packs are public: those of the community are kept in a git repository.
pub fn known_registry(theirs: &ImportedRegistry) -> Option<Value> {
    if theirs.name != "Palette Community Registry" || theirs.charts {
        return None;
    }
    match well_known::registry("pack-central")? {
        RegistryConfig::Git { url, path, reference, .. } => {
            Some(json!({ "type": "git", "url": url, "path": path, "ref": reference }))
        }
        _ => None,
    }
}

/// A line to start from, in YAML.
pub fn proposed_registry(theirs: &ImportedRegistry) -> String {
    let known = known_registry(theirs);
    let proposed = known.unwrap_or_else(|| match (theirs.kind.as_str(), theirs.charts) {
        ("oci", _) => json!({ "type": "oci", "url": "oci://HOST/PATH" }),
        (_, true) => json!({ "type": "helm", "url": "https://HOST/PATH" }),
        _ => json!({ "type": "directory", "path": "packs" }),
    });
    let parts = proposed.as_object().into_iter().flatten();
    let parts: Vec<String> =
        parts.map(|(key, value)| format!("{key}: {}", value.as_str().unwrap_or_default())).collect();
    format!("{{ {} }}", parts.join(", "))
}

/// A profile imported again over one that was edited: the new one, with the comments of the old.
pub fn revised(old: &str, new: &str) -> String {
    let wanted = document(new).and_then(|new| new.root().to_json(Resolver::Go).ok());
    let wanted: Option<Map<String, Value>> = wanted.and_then(|value| value.as_object().cloned());
    wanted.and_then(|wanted| conform(old, &wanted)).unwrap_or_else(|| new.to_owned())
}

fn document(text: &str) -> Option<Document> {
    let mut stream = yaml::parse(&SourceFile::new("edgewright.yaml", text));
    (stream.documents.len() == 1).then(|| stream.documents.remove(0))
}

fn at<'d>(document: &'d Document, path: &[&str]) -> Option<Node<'d>> {
    path.iter().try_fold(document.root(), |node, part| node.get(part))
}

/// Puts a value at a path, with the mappings on the way.
fn put(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let document = document(text)?;
    let mut pointer = String::new();
    for (index, part) in path.iter().enumerate() {
        let below = push_pointer(&pointer, part);
        if at(&document, &path[..=index]).is_none() {
            let rest =
                path[index + 1..].iter().rev().fold(value.clone(), |inner, part| json!({ *part: inner }));
            let edits = edit::insert_entry(&document, &pointer, part, &rest).ok()?;
            return Some(edit::apply(text, &edits));
        }
        pointer = below;
    }
    let edits = edit::set(&document, &pointer, value).ok()?;
    Some(edit::apply(text, &edits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macros_and_registries_are_added_and_nothing_is_overwritten() {
        let file = SourceFile::new(
            "m.yaml",
            "macros:\n- {name: a, value: 1.10}\n- {name: b, value: x}\nproject: Default Team\n",
        );
        let list = macros(&file).unwrap();
        assert_eq!(list.project.as_deref(), Some("default-team"));
        let before =
            "kind: Workspace # ours\nspec:\n  # all\n  macros:\n    projects: { default-team: { b: y } }\n";
        let (text, kept) = with_macros(before, &list).unwrap();
        assert_eq!(kept, ["b"]);
        assert_eq!(
            text,
            "kind: Workspace # ours\nspec:\n  # all\n  macros:\n    projects: { default-team: { b: y, a: \"1.10\" } }\n"
        );
        let tenant = MacroList { project: None, ..list };
        let (text, _) = with_macros("spec: {}\n", &tenant).unwrap();
        assert_eq!(document(&text).unwrap().at("/spec/macros/tenant/a").unwrap().text(), Some("1.10"));
        let text = with_registry("spec:\n  registries: {}\n", "x", &json!({"type": "directory"})).unwrap();
        assert_eq!(text, "spec:\n  registries:\n    x:\n      type: directory\n");
    }

    #[test]
    fn no_other_document_is_a_list_of_macros() {
        for text in ["packs: []\nmacros: []\n", "macros: x\n", "a: 1\n", ""] {
            assert!(macros(&SourceFile::new("m.yaml", text)).is_none(), "{text}");
        }
    }
}
