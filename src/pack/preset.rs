//! `presets.yaml`: choices that change a pack's default values.

use std::sync::Arc;

use serde_json::Value;

use super::{spanned, text};
use crate::diagnostics::Diagnostic;
use crate::source::{Place, SourceFile, Span};
use crate::yaml::{self, Document, Node, Resolver, Style};

/// A layer that a preset brings along.
#[derive(Clone, Debug)]
pub struct BroughtLayer {
    /// Layer name.
    pub name: String,
    /// Pack name.
    pub pack: String,
    /// Version or constraint; empty: the newest one.
    pub version: String,
    /// Registry; `None`: that of the pack that brings it.
    pub registry: Option<String>,
    /// Values for it.
    pub values: Option<Value>,
    /// Where the preset says so.
    pub place: Place,
}

/// One preset of `presets.yaml`.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Name, unique in its group.
    pub name: String,
    /// What people see.
    pub display_name: String,
    /// Group: one preset of it is chosen.
    pub group: String,
    /// Dotted paths that it removes from the values.
    pub remove: Vec<String>,
    /// Values that it merges.
    pub add: Option<Document>,
    /// Whether it is chosen when nobody chooses.
    pub default: bool,
    /// Layers that it brings along.
    pub layers: Vec<BroughtLayer>,
    /// Where it stands.
    pub place: Place,
}

/// The presets of a document that have a name and a group; what is wrong in their YAML texts goes to `diagnostics`.
pub(super) fn read(document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Vec<Preset> {
    let list = document.root().get("presets");
    list.into_iter().flat_map(Node::items).filter_map(|node| preset(document, node, diagnostics)).collect()
}

fn preset(document: &Document, node: Node<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Preset> {
    let name = node.get("name")?;
    let place = name.place();
    let name = name.text()?.to_owned();
    let texts = |key| node.get(key).into_iter().flat_map(Node::items).filter_map(Node::text);
    let add = node.get("add").and_then(|add| embedded(document.file(), add)).and_then(|file| {
        let stream = yaml::parse(&file);
        diagnostics.extend(stream.diagnostics);
        stream.documents.into_iter().next().filter(|d| d.root().entries().next().is_some())
    });
    Some(Preset {
        display_name: text(node, "displayName").unwrap_or_else(|| name.clone()),
        group: text(node, "group")?,
        remove: texts("remove").map(str::to_owned).collect(),
        add,
        default: text(node, "default").as_deref() == Some("true"),
        layers: node.get("layers").into_iter().flat_map(Node::items).filter_map(brought).collect(),
        name,
        place,
    })
}

fn brought(node: Node<'_>) -> Option<BroughtLayer> {
    let name = spanned(node.get("name")?)?;
    let pack = node.get("pack")?;
    Some(BroughtLayer {
        place: node.get("name")?.place(),
        name: name.value,
        pack: text(pack, "name")?,
        version: text(pack, "version").unwrap_or_default(),
        registry: text(pack, "registry"),
        values: node.get("values").and_then(|values| values.to_json(Resolver::Go).ok()),
    })
}

/// The YAML text in a scalar as a file of its own, in which places are those of the outer file.
///
/// A literal block stands in the file as it is, only deeper: with everything around it blanked out the same bytes are
/// a file whose lines and columns still fit. Other styles have escapes or folds: their text stands alone.
fn embedded(file: &Arc<SourceFile>, node: Node<'_>) -> Option<Arc<SourceFile>> {
    let (text, style) = node.scalar()?;
    if text.trim().is_empty() {
        return None;
    }
    if style != Style::Literal {
        return Some(SourceFile::new(file.path(), text));
    }
    let whole = file.text();
    let mut body = node.span();
    // The span starts at the first character of the content, or at the `|` of a block without any.
    if whole[body.start as usize..].starts_with('|') && !text.trim_start().starts_with('|') {
        let header = file.slice(body).find('\n')?;
        body = Span::new(body.start as usize + header, body.end as usize);
    }
    let line = whole[..body.start as usize].rfind('\n').map_or(0, |i| i + 1);
    let blank =
        |text: &str| -> String { text.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect() };
    let indentation = &whole[line..body.start as usize];
    let kept = if indentation.bytes().all(|b| b == b' ') { line } else { body.start as usize };
    let inner = format!("{}{}", blank(&whole[..kept]), &whole[kept..body.end as usize]);
    Some(SourceFile::new(file.path(), inner))
}

/// The choices in the comment that Palette leaves on top of a layer's values, group and preset:
/// `# spectrocloud.com/enabled-presets: Group:preset,Group:preset`.
pub fn enabled_presets(values: &str) -> Vec<(String, String)> {
    let mut comments =
        values.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with('#'));
    let list = comments
        .find_map(|line| {
            line.trim_start_matches('#').trim().strip_prefix("spectrocloud.com/enabled-presets:")
        })
        .unwrap_or_default();
    list.split(',')
        .filter_map(|choice| {
            let (group, preset) = choice.split_once(':')?;
            Some((group.trim().to_owned(), preset.trim().to_owned()))
        })
        .filter(|(group, preset)| !group.is_empty() && !preset.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presets(text: &str) -> (Vec<Preset>, Vec<Diagnostic>) {
        let stream = yaml::parse(&SourceFile::new("p/presets.yaml", text));
        assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
        let mut diagnostics = Vec::new();
        (read(&stream.documents[0], &mut diagnostics), diagnostics)
    }

    #[test]
    fn places_in_added_values_are_those_of_the_file() {
        let text = "presets:
  - name: é
    group: g
    default: true
    remove: [a.b, charts.x]
    add: |
      # ü
      charts:
        x:
          port: 80

    layers:
      - name: proxy
        pack: { name: edge-proxy, version: \">=0.9\" }
        values: { a: yes }
";
        let (presets, diagnostics) = presets(text);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let preset = &presets[0];
        assert_eq!((preset.group.as_str(), preset.default, preset.remove.len()), ("g", true, 2));
        let added = preset.add.as_ref().unwrap();
        let port = added.at("/charts/x/port").unwrap();
        assert_eq!((port.place().start().line, port.place().start().column), (10, 17));
        assert_eq!(text[port.span().range()], *"80");
        let layer = &preset.layers[0];
        assert_eq!((layer.pack.as_str(), layer.version.as_str()), ("edge-proxy", ">=0.9"));
        assert_eq!(layer.values, Some(serde_json::json!({"a": true})), "values mean what Helm reads");
    }

    #[test]
    fn a_syntax_error_in_added_values_is_at_its_line() {
        let (presets, diagnostics) = presets(
            "presets:\n  - {name: a, group: g}\n  - name: b\n    group: g\n    add: |\n      a: [1\n      b: 2\n",
        );
        assert_eq!(presets.len(), 2);
        assert!(presets[1].add.is_none());
        assert!((6..=7).contains(&diagnostics[0].place.start().line), "{diagnostics:?}");
    }

    #[test]
    fn other_styles_and_empty_texts() {
        let (presets, diagnostics) = presets(
            "presets:\n- {name: a, group: g, add: \"x: 1\\ny: 2\"}\n- {name: b, group: g, add: ''}\n- name: c\n  group: g\n  add: |\n",
        );
        assert!(diagnostics.is_empty());
        assert!(presets[0].add.as_ref().unwrap().at("/y").is_some());
        assert!(presets[1].add.is_none() && presets[2].add.is_none());
    }

    #[test]
    fn enabled_presets_are_read_from_the_comment() {
        let text = "# spectrocloud.com/enabled-presets: Backend:enable-api,Kube VIP:on\npack: {}\n";
        assert_eq!(
            enabled_presets(text),
            [("Backend".to_owned(), "enable-api".to_owned()), ("Kube VIP".to_owned(), "on".to_owned())]
        );
        assert!(enabled_presets("pack: {}\n# spectrocloud.com/enabled-presets: a:b\n").is_empty());
        assert!(enabled_presets("# spectrocloud.com/enabled-presets:\n").is_empty());
    }
}
