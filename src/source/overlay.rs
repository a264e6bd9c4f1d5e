//! Texts that stand in for files of the disk.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What an editor holds and nobody saved yet: it is read in place of the file at its path. A cheap handle.
#[derive(Clone, Debug, Default)]
pub struct Overlay(Arc<BTreeMap<PathBuf, Arc<str>>>);

impl Overlay {
    /// Texts by absolute path, without `..` or links in it.
    pub fn new(texts: impl IntoIterator<Item = (PathBuf, Arc<str>)>) -> Self {
        Self(Arc::new(texts.into_iter().collect()))
    }

    /// These texts and more.
    #[must_use]
    pub fn with(&self, texts: impl IntoIterator<Item = (PathBuf, Arc<str>)>) -> Self {
        let mut all = (*self.0).clone();
        all.extend(texts);
        Self(Arc::new(all))
    }

    /// The text that stands in for the file at `path`.
    pub fn text(&self, path: &Path) -> Option<&str> {
        // Looking up in nothing is what every run outside of an editor does, once a file.
        if self.0.is_empty() { None } else { self.0.get(path).map(|text| &**text) }
    }

    /// The texts below `folder`: path relative to it, with `/`, and text.
    pub fn below<'o>(&'o self, folder: &'o Path) -> impl Iterator<Item = (String, &'o str)> {
        self.0.range::<Path, _>((Bound::Included(folder), Bound::Unbounded)).map_while(move |(path, text)| {
            let inner = path.strip_prefix(folder).ok()?;
            let parts: Vec<_> = inner.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            Some((parts.join("/"), &**text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_by_path_and_by_folder() {
        let overlay = Overlay::new(
            [("/r/a.yaml", "1"), ("/r/b/c.yaml", "2"), ("/r/b/d/e.yaml", "3"), ("/r/b-c", "4"), ("/s", "5")]
                .map(|(path, text)| (PathBuf::from(path), text.into())),
        );
        assert_eq!(overlay.text(Path::new("/r/a.yaml")), Some("1"));
        assert_eq!(overlay.text(Path::new("/r")), None);
        let below: Vec<_> = overlay.below(Path::new("/r/b")).collect();
        assert_eq!(below, [("c.yaml".to_owned(), "2"), ("d/e.yaml".to_owned(), "3")]);
        assert_eq!(Overlay::default().below(Path::new("/r")).count(), 0);
    }
}
