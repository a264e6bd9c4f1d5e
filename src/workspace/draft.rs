//! A text of the repository under edit: one edit after the other, each on what the one before left.

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::diagnostics::Edit;
use crate::source::SourceFile;
use crate::yaml::edit::{self, EditError};
use crate::yaml::{self, Document, Resolver};

/// A text of YAML under edit.
pub(super) struct Draft {
    path: String,
    /// Which document of the file is edited.
    index: usize,
    text: String,
}

impl Draft {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), index: 0, text: text.to_owned() }
    }

    /// The draft of one document of a file that holds several.
    pub(super) fn of(document: &Document) -> Self {
        let file = document.file();
        let at = document.root().span();
        let documents = yaml::parse(file).documents;
        let index = documents.iter().position(|one| one.root().span() == at).unwrap_or(0);
        Self { index, ..Self::new(file.path(), file.text()) }
    }

    /// Which document of the file is edited.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// The text as it is now.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The document as it is now; one that says nothing where the file is empty.
    ///
    /// # Errors
    /// It is no YAML.
    pub(super) fn document(&self) -> Result<Document> {
        let file = SourceFile::new(&*self.path, &*self.text);
        let stream = yaml::parse(&file);
        if let Some(fault) = stream.diagnostics.first() {
            bail!("`{}` cannot be edited: {} (line {})", self.path, fault.message, fault.place.start().line);
        }
        Ok(stream.documents.into_iter().nth(self.index).unwrap_or_else(|| Document::blank(&file)))
    }

    /// Makes an edit.
    ///
    /// # Errors
    /// It cannot be made, or leaves something that is no YAML.
    pub(super) fn make(
        &mut self,
        edit: impl FnOnce(&Document) -> Result<Vec<Edit>, EditError>,
    ) -> Result<()> {
        let document = self.document()?;
        let edits = edit(&document).with_context(|| format!("cannot edit `{}`", self.path))?;
        self.text = edit::apply(&self.text, &edits);
        self.document().map(drop)
    }

    /// Makes an edit whose value may be a short reference, `${{ var.x }}`: it stands without quotes where that is possible,
    /// so that it has the type of its variable.
    ///
    /// # Errors
    /// As for [`Draft::make`].
    pub(super) fn make_plain(
        &mut self,
        value: &Value,
        edit: impl FnOnce(&Document) -> Result<Vec<Edit>, EditError>,
    ) -> Result<()> {
        let reference = value.as_str().filter(|text| {
            text.starts_with("${{") && text.ends_with("}}") && !text.contains(['"', '\n', '#'])
        });
        let document = self.document()?;
        let edits = edit(&document).with_context(|| format!("cannot edit `{}`", self.path))?;
        let quoted = edit::apply(&self.text, &edits);
        let plain = reference.map(|reference| {
            let unquoted = |edit: &Edit| Edit {
                replacement: edit.replacement.replace(&format!("\"{reference}\""), reference),
                ..edit.clone()
            };
            edit::apply(&self.text, &edits.iter().map(unquoted).collect::<Vec<_>>())
        });
        self.text = quoted;
        let means = self.value("")?;
        if let Some(plain) = plain {
            let draft = Self { path: self.path.clone(), index: self.index, text: plain };
            if draft.value("").is_ok_and(|value| value == means) {
                self.text = draft.text;
            }
        }
        Ok(())
    }

    /// Adds text at the end of a file that says nothing yet, below its comments.
    ///
    /// # Errors
    /// What comes out is no YAML.
    pub(super) fn append(&mut self, text: &str) -> Result<()> {
        let newline = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
        self.text = format!("{}{newline}{text}", self.text);
        self.document().map(drop)
    }

    /// The value at a pointer, `null` where there is none.
    pub(super) fn value(&self, pointer: &str) -> Result<Value> {
        let document = self.document()?;
        let Some(node) = document.at(pointer) else { return Ok(Value::Null) };
        node.to_json(Resolver::Core).with_context(|| format!("cannot edit `{}`", self.path))
    }

    /// Sees to it that a list means what it should: the last guard before something is written into somebody's file.
    ///
    /// # Errors
    /// It means something else, which the list's anchors or odd layout may bring about.
    pub(super) fn must_be(&self, pointer: &str, wanted: &[Value]) -> Result<()> {
        let found = self.value(pointer)?;
        let same = match &found {
            Value::Null => wanted.is_empty(),
            found => found.as_array().is_some_and(|found| found == wanted),
        };
        if !same {
            bail!(
                "`{}` cannot be edited without changing other parts of `{}`; edit it by hand",
                self.path,
                pointer.trim_start_matches('/').replace('/', ".")
            );
        }
        Ok(())
    }
}
