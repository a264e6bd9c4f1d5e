//! The texts that people write: each is scanned once, whoever uses it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::Diagnostic;
use crate::resolve::ResolvedProfile;
use crate::rules::{Context, JudgedPack};
use crate::source::SourceFile;
use crate::workspace::FileKind;

/// Looks at one text.
type Scan = fn(&Arc<SourceFile>, &mut Vec<Diagnostic>);

/// The files of a profile: itself, values beside it, manifests that it attaches. What a pack brings is judged there.
pub(super) fn of_profile(resolved: &ResolvedProfile, scan: Scan, out: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    let mut once = |file: &Arc<SourceFile>, out: &mut Vec<Diagnostic>| {
        if seen.insert(file.path().to_owned()) {
            scan(file, out);
        }
    };
    once(resolved.profile.document.file(), out);
    for layer in &resolved.layers {
        if let Some(own) = &layer.own {
            once(own.file(), out);
        }
        for manifest in own_manifests(layer) {
            once(manifest, out);
        }
    }
}

/// The manifests that a profile attaches to a layer.
pub(super) fn own_manifests(layer: &crate::resolve::ResolvedLayer) -> impl Iterator<Item = &Arc<SourceFile>> {
    let folder = layer.source.pack().map(|pack| format!("{}/", pack.path));
    let files = layer.manifests.iter().map(|manifest| &manifest.file);
    files.filter(move |file| folder.as_deref().is_none_or(|folder| !file.path().starts_with(folder)))
}

/// The files of a pack that people write for it. Its charts are somebody else's: what their defaults hold is public.
pub(super) fn of_pack(judged: &JudgedPack, scan: Scan, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    scan(&pack.json_file, out);
    if let Some(file) = &pack.values_file {
        scan(file, out);
    }
    let written =
        |path: &str| path.starts_with("manifests/") || path == "presets.yaml" || path == "schema.yaml";
    for (path, _) in pack.files.iter().filter(|(path, _)| written(path)) {
        if let Some(text) = pack.files.text(path) {
            scan(&SourceFile::new(format!("{}/{path}", pack.path), text), out);
        }
    }
}

/// What belongs to no profile and no pack: settings, channels, appliances, objects that are judged by themselves.
pub(super) fn of_repository(cx: &Context<'_>, scan: Scan, out: &mut Vec<Diagnostic>) {
    for file in cx.workspace.iter().flat_map(|workspace| &workspace.files) {
        if file.kind != FileKind::Profile {
            scan(&file.file, out);
        }
    }
    let mut seen = BTreeSet::new();
    for object in cx.objects {
        let file = object.document.file();
        if seen.insert(file.path()) {
            scan(file, out);
        }
    }
}

/// Whether an offset stands in a comment of YAML that has the line for itself: examples often do.
pub(super) fn in_comment(text: &str, offset: usize) -> bool {
    let start = text[..offset].rfind('\n').map_or(0, |end| end + 1);
    text[start..offset].trim_start().starts_with('#')
}
