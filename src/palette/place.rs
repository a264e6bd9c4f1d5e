//! From a place in an imported file back to where the export says it.

use crate::schema;
use crate::source::{Place, SourceFile, Span};
use crate::yaml::{self, Document, Kind, Node};

use super::import::ImportedProfile;

/// Where the export keeps its profile: the API's form, and the flat one of Terraform users.
const TOPS: [&str; 2] = ["/spec/template", ""];

/// Which schema judges a document that looks like a profile in one of Palette's forms; `None` for any other.
pub fn form(document: &Document) -> Option<schema::Kind> {
    let list = |pointer: &str| document.at(pointer).is_some_and(|node| node.kind() == Kind::Seq);
    let root = document.root();
    if root.get("apiVersion").is_some() {
        None
    } else if list("/spec/template/packs") {
        Some(schema::Kind::PaletteProfile)
    } else {
        (list("/packs") && root.get("cloudType").is_some()).then_some(schema::Kind::PaletteProfileFlat)
    }
}

/// The place in the export of `span` in the file `path` of the profile that was imported from it, and its JSON pointer
/// there. Text inside of text is found to the character where it was taken over as it is; else it is the value that holds
/// it.
pub fn place(imported: &ImportedProfile, export: &Document, path: &str, span: Span) -> (Place, String) {
    let file = imported.files.iter().find(|file| file.path == path);
    let Some(from) = file.and_then(|file| file.from.as_deref()) else {
        return in_profile(imported, export, span);
    };
    let Some((pointer, node)) = below_top(export, from) else {
        return (export.root().place(), String::new());
    };
    let same = node.text().is_some_and(|text| file.is_some_and(|file| file.text == text));
    let inside = node.inside(span).filter(|_| same);
    (Place::new(export.file(), inside.unwrap_or_else(|| first_line(node))), pointer)
}

/// A text of hundreds of lines is named by its first one.
fn first_line(node: Node<'_>) -> Span {
    let place = node.place();
    let line = place.file.slice(place.span).find('\n').unwrap_or(place.span.range().len());
    Span::new(place.span.start as usize, place.span.start as usize + line)
}

/// What was written into `profile.yaml`, by the path that leads to it.
fn in_profile(imported: &ImportedProfile, export: &Document, span: Span) -> (Place, String) {
    let profile = imported.files.first().map(|file| file.text.as_str()).unwrap_or_default();
    let stream = yaml::parse(&SourceFile::new("profile.yaml", profile));
    let path = stream.documents.first().map(|document| path_to(document.root(), span)).unwrap_or_default();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    for theirs in theirs(imported, &parts) {
        if let Some((pointer, node)) = below_top(export, &theirs) {
            return (Place::new(export.file(), first_line(node)), pointer);
        }
        let pointer = format!("/{theirs}");
        if let Some(node) = export.at(&pointer) {
            return (Place::new(export.file(), first_line(node)), pointer);
        }
    }
    (Place::new(export.file(), Span::new(0, 1.min(export.file().text().len()))), String::new())
}

fn below_top<'d>(export: &'d Document, from: &str) -> Option<(String, Node<'d>)> {
    TOPS.iter().find_map(|top| {
        let pointer = format!("{top}/{from}");
        export.at(&pointer).map(|node| (pointer, node))
    })
}

/// What the export calls the thing at a path of our profile: the most precise name first.
fn theirs(imported: &ImportedProfile, path: &[&str]) -> Vec<String> {
    match path {
        ["spec", "layers", index, rest @ ..] => {
            let Some(pack) = index.parse().ok().and_then(|index: usize| imported.layers.get(index)) else {
                return vec!["packs".to_owned()];
            };
            let pack = format!("packs/{pack}");
            let inner: &[&str] = match rest {
                ["name" | "displayName", ..] | [_, "name"] => &["name"],
                [_, "version"] => &["tag", "version"],
                [_, "registry"] => &["registry/metadata/name", "registry", "registryName", "registry_name"],
                ["type", ..] => &["layer"],
                ["values" | "defaults" | "namespace" | "release" | "installPriority", ..] => &["values"],
                ["manifests", ..] => &["manifests"],
                _ => &["name"],
            };
            inner.iter().map(|inner| format!("{pack}/{inner}")).chain([pack.clone()]).collect()
        }
        ["spec", "variables", index, rest @ ..] => {
            let key = match rest.first() {
                Some(&"default") => "defaultValue",
                Some(&"sensitive") => "isSensitive",
                Some(&"readOnly") => "immutable",
                Some(other) => other,
                None => "name",
            };
            vec![format!("spec/variables/{index}/{key}"), format!("spec/variables/{index}")]
        }
        ["spec", "type", ..] => vec!["type".to_owned()],
        ["spec", "cloud", ..] => vec!["cloudType".to_owned()],
        ["metadata", "version", ..] => vec!["spec/version".to_owned(), "version".to_owned()],
        ["metadata", "tags", ..] => vec!["metadata/labels".to_owned(), "tags".to_owned()],
        ["metadata", key, ..] => vec![format!("metadata/{key}"), (*key).to_owned()],
        _ => Vec::new(),
    }
}

/// The keys that lead to the innermost node around a span.
fn path_to(root: Node<'_>, span: Span) -> Vec<String> {
    let holds = |outer: Span| outer.start <= span.start && span.start < outer.end.max(outer.start + 1);
    let mut path = Vec::new();
    let mut node = root;
    loop {
        let step = match node.kind() {
            Kind::Map => node.entries().find_map(|entry| {
                let found = holds(entry.value.span()) || holds(entry.key.span());
                found.then(|| Some((entry.key.text()?.to_owned(), entry.value)))?
            }),
            Kind::Seq => {
                node.items().enumerate().find(|(_, n)| holds(n.span())).map(|(i, n)| (i.to_string(), n))
            }
            Kind::Scalar => None,
        };
        let Some((key, value)) = step else { return path };
        path.push(key);
        node = value;
    }
}
