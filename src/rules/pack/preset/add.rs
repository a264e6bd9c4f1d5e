//! PK0253: what a preset adds is no mapping.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::SourceFile;
use crate::yaml::{self, Kind, Node};

/// PK0253 `preset-add`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0253", name: "preset-add", severity: Severity::Error },
    docs: include_str!("../../docs/PK0253.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(document) = judged.pack.presets_document() else { return };
    let presets = document.root().get("presets");
    for (index, preset) in presets.into_iter().flat_map(|list| list.items().enumerate()) {
        let Some(add) = preset.get("add") else { continue };
        let Some(found) = add.scalar().and_then(|(text, _)| no_mapping(text)) else { continue };
        out.push(
            Diagnostic::new(
                RULE.lint,
                add.place(),
                format!("what the preset adds is {found}, and is merged into nothing"),
            )
            .pointer(format!("/presets/{index}/add"))
            .help(
                "write a mapping as values.yaml has it: `charts:` or `manifests:` and so on, in a `|` block",
            ),
        );
    }
}

/// What a text is instead of a mapping; `None` for a mapping, for nothing, and for what is no YAML at all.
fn no_mapping(text: &str) -> Option<&'static str> {
    let stream = yaml::parse(&SourceFile::new("", text));
    if !stream.diagnostics.is_empty() {
        return None;
    }
    let root = stream.documents.first().map(yaml::Document::root)?;
    let nothing =
        |node: Node<'_>| matches!(node.scalar(), Some((text, _)) if matches!(text, "" | "~" | "null"));
    match root.kind() {
        Kind::Map if stream.documents.len() > 1 => Some("more than one document"),
        Kind::Map => None,
        Kind::Seq => Some("a list"),
        Kind::Scalar if nothing(root) => None,
        Kind::Scalar => Some("text"),
    }
}
