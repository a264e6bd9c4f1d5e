//! The text files that are judged: of the workspace, of its profiles, of its packs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Context, JudgedPack};
use crate::source::SourceFile;
use crate::workspace::model::{LayerValues, Profile};

/// What stands between an archive and the path in it.
const IN_ARCHIVE: &str = "!/";

/// Every file whose findings a comment could silence and whose text contains `marker`, by path. What findings point at
/// counts too: whoever judges a file by itself names it nowhere else.
pub(super) fn with(context: &Context<'_>, marker: &str) -> BTreeMap<String, Arc<SourceFile>> {
    let mut found: BTreeMap<String, Arc<SourceFile>> = BTreeMap::new();
    let mut add = |file: &Arc<SourceFile>| {
        if file.text().contains(marker) && takes_comments(file.path()) {
            found.entry(file.path().to_owned()).or_insert_with(|| Arc::clone(file));
        }
    };
    context.workspace.iter().flat_map(|workspace| &workspace.files).for_each(|file| add(&file.file));
    context.stacks.iter().flat_map(|stack| &stack.commented).for_each(&mut add);
    context.objects.iter().for_each(|object| add(object.document.file()));
    for judged in context.packs {
        for (path, bytes) in own_files(judged) {
            if let Ok(text) = std::str::from_utf8(bytes)
                && text.contains(marker)
            {
                add(&SourceFile::new(format!("{}/{path}", judged.pack.path), text));
            }
        }
    }
    found
}

/// Paths of all files that are judged, those of archives aside.
pub(super) fn paths(context: &Context<'_>) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    paths.extend(context.workspace.iter().flat_map(|w| &w.files).map(|file| file.file.path().to_owned()));
    paths.extend(context.workspace.iter().flat_map(|w| &w.profiles).flat_map(|profile| named(profile)));
    for judged in context.packs {
        paths.extend(judged.pack.files.iter().map(|(path, _)| format!("{}/{path}", judged.pack.path)));
    }
    // What cannot even be read is judged as well.
    paths.extend(context.reported.iter().map(|finding| finding.place.file.path().to_owned()));
    paths
}

/// Whether comments in a file silence findings: JSON has none, and what stands in an archive is somebody else's word.
pub(super) fn takes_comments(path: &str) -> bool {
    !path.contains(IN_ARCHIVE) && [".json", ".lock"].iter().all(|ending| !path.ends_with(ending))
}

/// Paths of the values and manifests that a profile names.
fn named(profile: &Profile) -> impl Iterator<Item = String> {
    let values = profile.spec.layers.iter().filter_map(|layer| match &layer.values.as_ref()?.value {
        LayerValues::File(path) => Some(path.as_str()),
        LayerValues::Inline(_) => None,
    });
    let manifests = profile.spec.layers.iter().flat_map(|layer| &layer.manifests).map(|path| path.as_str());
    values.chain(manifests).map(|path| profile.shown(path))
}

/// YAML files of a pack that are its maker's own: what lies below `charts/` is a copy.
fn own_files(judged: &JudgedPack) -> impl Iterator<Item = (&str, &Arc<[u8]>)> {
    let yaml = |path: &str| [".yaml", ".yml"].iter().any(|ending| path.ends_with(ending));
    let own = judged.pack.files.iter().filter(move |(path, _)| yaml(path) && !path.starts_with("charts/"));
    own.map(|(path, file)| (path, &file.bytes))
}
