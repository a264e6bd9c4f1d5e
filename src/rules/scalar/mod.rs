//! How values and manifests are spelled: scalars that readers of YAML take for different things.

mod ambiguous;
mod merge;
mod version;
mod walk;

pub(super) use merge::MERGE_OVERWRITES;
pub(super) use version::UNQUOTED_VERSION;

use super::{Check, Context, JudgedPack, Rule};
use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::resolve::{ResolvedProfile, is_helm_template};
use crate::source::SourceFile;
use crate::yaml;

/// YA0101 `ambiguous-scalar`; documentation beside it. One walk over a file finds all that this area knows: what else it
/// has is listed with what reading finds by itself.
const RULE: Rule = Rule {
    lint: Lint { code: "YA0101", name: "ambiguous-scalar", severity: Severity::Warning },
    docs: include_str!("../docs/YA0101.md"),
    check: Check::Everywhere { repository, pack, profile },
};

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[RULE];

/// Kubernetes objects that are judged by themselves.
fn repository(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for object in cx.objects {
        walk::judge(object.root(), &object.pointer, out);
    }
}

/// Values and manifests of a pack.
fn pack(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    if let Some(values) = &pack.values {
        walk::judge(values.root(), "", out);
    }
    for path in &pack.manifests {
        let Some(text) = pack.files.text(path).filter(|text| !is_helm_template(text)) else { continue };
        file(&SourceFile::new(format!("{}/{}", pack.path, path.value), text), out);
    }
}

/// Values and manifests of a profile: what comes from a pack is the pack's.
fn profile(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let own = resolved.profile.file.path();
    for (index, layer) in resolved.layers.iter().enumerate() {
        if let Some(values) = &layer.own {
            let inline = values.file().path() == own;
            let above = layer.index.filter(|_| inline);
            let pointer = above.map_or_else(String::new, |at| format!("/spec/layers/{at}/values"));
            // Two layers may share a file: it is judged once.
            let again = |other: &crate::resolve::ResolvedLayer| {
                other.own.as_ref().is_some_and(|o| o.file().path() == values.file().path())
            };
            if inline || !resolved.layers[..index].iter().any(again) {
                walk::judge(values.root(), &pointer, out);
            }
        }
    }
    let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
    let manifests = resolved.layers.iter().flat_map(|layer| &layer.manifests);
    for manifest in manifests.filter(|manifest| manifest.file.path().starts_with(folder)) {
        file(&manifest.file, out);
    }
}

fn file(file: &std::sync::Arc<SourceFile>, out: &mut Vec<Diagnostic>) {
    for document in &yaml::parse(file).documents {
        walk::judge(document.root(), "", out);
    }
}
