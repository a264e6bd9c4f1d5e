//! Packs to judge: those of the repository's directory registries, or of folders that are named.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use crate::archive::{self, Files, Limits};
use crate::diagnostics::Diagnostic;
use crate::pack::{NO_PACK, Pack};
use crate::registry::{PackFolder, Registries};
use crate::rules::JudgedPack;
use crate::schema;
use crate::source::{Overlay, Place, SourceFile};
use crate::yaml;

/// Packs, and what reading them found.
#[derive(Default)]
pub(super) struct Judged {
    pub(super) packs: Vec<JudgedPack>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Files that were read.
    pub(super) files: usize,
}

impl Judged {
    fn of(parts: Vec<Self>) -> Self {
        parts.into_iter().fold(Self::default(), |mut all, part| {
            all.packs.extend(part.packs);
            all.diagnostics.extend(part.diagnostics);
            all.files += part.files;
            all
        })
    }
}

/// The packs of all directory registries. A registry whose folder cannot be listed is reported by what refers to it.
pub(super) fn of_registries(registries: &Registries) -> Judged {
    of_folders(registries.iter().flat_map(|registry| registry.pack_folders().unwrap_or_default()))
}

/// The packs in some of their folders.
pub(super) fn of_folders<'f>(folders: impl Iterator<Item = &'f PackFolder>) -> Judged {
    let folders: Vec<&PackFolder> = folders.collect();
    let one = |folder: &&PackFolder| match folder.content() {
        Ok(content) => read(content.files.clone(), &folder.path),
        Err(error) => unreadable(&folder.path, &error.to_string()),
    };
    Judged::of(folders.par_iter().map(one).collect())
}

/// The pack in a folder, shown to people as `shown`.
pub(super) fn folder_at(path: &Path, shown: &str, overlay: &Overlay) -> Judged {
    match archive::read_dir(path, &Limits::default()) {
        Ok(mut files) => {
            for (path, text) in overlay.below(path) {
                files.insert(path, text.as_bytes());
            }
            read(files, shown)
        }
        Err(error) => unreadable(shown, &error.to_string()),
    }
}

fn unreadable(shown: &str, why: &str) -> Judged {
    Judged { diagnostics: vec![Diagnostic::new(NO_PACK, Place::whole(shown), why)], ..Judged::default() }
}

fn read(files: Files, shown: &str) -> Judged {
    let count = files.len();
    let schemas = schemas(&files, shown);
    let (pack, mut diagnostics) = Pack::read(files, shown);
    let Some(pack) = pack else {
        // What is no pack at all is said once, not key by key.
        return Judged { diagnostics, files: count, ..Judged::default() };
    };
    diagnostics.extend(schemas);
    diagnostics.extend(pack.value_rules().iter().filter_map(|rule| rule.as_ref().err().cloned()));
    let folder = shown.rsplit('/').next().unwrap_or(shown).to_owned();
    let packs = vec![JudgedPack { folder, pack: Arc::new(pack) }];
    Judged { packs, diagnostics, files: count }
}

/// What the schemas of a pack's own files say.
fn schemas(files: &Files, shown: &str) -> Vec<Diagnostic> {
    let judged = [
        ("pack.json", schema::Kind::Pack),
        ("presets.yaml", schema::Kind::Presets),
        ("schema.yaml", schema::Kind::PackSchema),
    ];
    let mut diagnostics = Vec::new();
    for (name, kind) in judged {
        let Some(text) = files.text(name) else { continue };
        let stream = yaml::parse(&SourceFile::new(format!("{shown}/{name}"), text));
        // Text that is no YAML is said once, by the pack.
        if stream.diagnostics.is_empty()
            && let Some(document) = stream.documents.first()
        {
            diagnostics.extend(schema::validate(kind, document));
        }
    }
    diagnostics
}
