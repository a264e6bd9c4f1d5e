//! Profiles exported from Palette, judged as what `import` makes of them, with the places of the export.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::Diagnostic;
use crate::palette::{self, ImportOptions, ImportedProfile};
use crate::source::Place;
use crate::yaml::Document;

/// An exported profile and what it is in our form.
pub(super) struct Exported {
    /// What people are shown before the path of an imported file: `export.json!/`.
    prefix: String,
    document: Document,
    imported: ImportedProfile,
    /// Absolute folder in which the imported files seem to lie.
    folder: PathBuf,
}

impl Exported {
    /// The profile in a document; `None` where it is none after all.
    pub(super) fn read(path: &Path, document: &Document) -> Option<Self> {
        let file = document.file();
        let imported = palette::import(file, &ImportOptions::default()).ok()?;
        let mut folder = std::path::absolute(path).ok()?.into_os_string();
        folder.push("!");
        Some(Self {
            prefix: format!("{}!/", file.path()),
            document: document.clone(),
            imported,
            folder: folder.into(),
        })
    }

    /// Where `profile.yaml` seems to lie, and what people would be shown.
    pub(super) fn profile(&self) -> (PathBuf, String) {
        (self.folder.join("profile.yaml"), format!("{}profile.yaml", self.prefix))
    }

    /// The imported files, where they seem to lie.
    pub(super) fn texts(&self) -> impl Iterator<Item = (PathBuf, Arc<str>)> + '_ {
        self.imported.files.iter().map(|file| (self.folder.join(&file.path), file.text.as_str().into()))
    }

    /// The finding at the place of the export; as it is where it is about something else. A fix would edit what is not there.
    pub(super) fn back(&self, mut finding: Diagnostic) -> Diagnostic {
        if let Some((place, pointer)) = self.place(&finding.place) {
            finding.place = place;
            finding.pointer = pointer;
            finding.fix = None;
        }
        for related in &mut finding.related {
            if let Some((place, _)) = self.place(&related.place) {
                related.place = place;
            }
        }
        finding
    }

    fn place(&self, place: &Place) -> Option<(Place, String)> {
        let path = place.file.path().strip_prefix(&self.prefix)?;
        Some(palette::place(&self.imported, &self.document, path, place.span))
    }
}
