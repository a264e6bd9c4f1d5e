//! PK0265: a manifest of a pack runs an image that is not listed.

use std::collections::BTreeSet;

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::pack::ImageReference;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::SourceFile;
use crate::yaml::{self, Kind, Node};

/// PK0265 `image-unlisted`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0265", name: "image-unlisted", severity: Severity::Info },
    docs: include_str!("../../docs/PK0265.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let full = |text: &str| ImageReference::parse(text).ok().map(|image| image.full());
    let listed: BTreeSet<String> = super::listed(pack).iter().filter_map(|(_, _, text)| full(text)).collect();
    // None listed at all is one finding, not one for each image.
    if listed.is_empty() {
        return;
    }
    let mut told = BTreeSet::new();
    for path in &pack.manifests {
        let Some(text) = pack.files.text(path).filter(|text| text.contains("image")) else { continue };
        let stream = yaml::parse(&SourceFile::new(format!("{}/{}", pack.path, path.value), text));
        for document in &stream.documents {
            for node in images(document.root()) {
                let Some(text) = node.text().filter(|text| !text.contains("{{")) else { continue };
                let Some(image) = full(text).filter(|image| !listed.contains(image)) else { continue };
                if told.insert(image) {
                    out.push(
                        Diagnostic::new(
                            RULE.lint,
                            node.place(),
                            format!("image `{text}` is run, but not listed in `pack.content.images`"),
                        )
                        .help(
                            "add it to the list in values.yaml: bundles hold the images of that list alone",
                        ),
                    );
                }
            }
        }
    }
}

/// The images of the containers in a document. The walk keeps its own stack, and gives them in order.
fn images(root: Node<'_>) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut rest = vec![(root, false)];
    while let Some((node, container)) = rest.pop() {
        if node.is_alias() {
            continue;
        }
        match node.kind() {
            Kind::Map => {
                if container {
                    found.extend(node.get("image").filter(|image| image.kind() == Kind::Scalar));
                }
                for entry in node.entries() {
                    let key = entry.key.text().unwrap_or_default();
                    let list = matches!(key, "containers" | "initContainers" | "ephemeralContainers");
                    if list {
                        rest.extend(entry.value.items().map(|item| (item, true)));
                    } else {
                        rest.push((entry.value, false));
                    }
                }
            }
            Kind::Seq => rest.extend(node.items().map(|item| (item, false))),
            Kind::Scalar => {}
        }
    }
    found.sort_by_key(|node| node.span().start);
    found
}
