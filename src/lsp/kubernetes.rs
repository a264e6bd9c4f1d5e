//! Fields of Kubernetes' own objects, in manifests.

use std::fmt::Write as _;

use super::focus::{Focus, Subject, pointer, words};
use crate::schema::kubernetes::{self, Field, Minor, Schemas};
use crate::yaml::Step;

/// The object around the cursor: its API, its kind, and the minor that it is judged by.
pub(super) struct Object<'f> {
    api_version: &'f str,
    kind: &'f str,
    minor: Minor,
}

/// A field that may stand in an object.
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) field: Field,
}

impl<'f> Object<'f> {
    /// `None` in documents that are no objects.
    pub(super) fn at(focus: &'f Focus<'_>) -> Option<Self> {
        let text = |key: &str| focus.document.get(key)?.as_str().filter(|text| !text.is_empty());
        let (api_version, kind) = (text("apiVersion")?, text("kind")?);
        (focus.subject == Subject::Other).then(|| Self { api_version, kind, minor: minor(focus) })
    }

    /// What is at a path.
    pub(super) fn field(&self, path: &[Step]) -> Option<Field> {
        kubernetes::describe(self.api_version, self.kind, self.minor, &pointer(path))
    }

    /// The fields below a path.
    pub(super) fn fields(&self, path: &[Step]) -> Vec<Known> {
        let Some(parent) = self.field(path) else { return Vec::new() };
        let below = |(name, required): (&'static str, bool)| {
            let path = [path, &[Step::Key(name.to_owned())]].concat();
            Some(Known { name, required, field: self.field(&path)? })
        };
        parent.fields.into_iter().filter_map(below).collect()
    }
}

/// The newest minor that the repository lists, else the newest that is supported.
fn minor(focus: &Focus<'_>) -> Minor {
    let versions = focus.repository.as_ref().map(|(r, _)| &r.workspace.config.spec.kubernetes.versions[..]);
    let minors = Schemas::of(versions.unwrap_or_default()).minors();
    minors.last().copied().unwrap_or_else(Minor::newest)
}

/// What a field is, in Markdown.
pub(super) fn hover(focus: &Focus<'_>, path: &[Step]) -> Option<String> {
    let field = Object::at(focus)?.field(path)?;
    let mut out = format!("**`{}`**", words(path).join("."));
    if !field.types.is_empty() {
        let _ = write!(out, " ({})", field.types);
    }
    if let Some(description) = field.description {
        let _ = write!(out, "\n\n{description}");
    }
    if !field.options.is_empty() {
        let _ = write!(out, "\n\none of {}", field.options.join(", "));
    }
    Some(out)
}

/// Values that a text field takes: those that are listed, and of `kind` and `apiVersion` those that go together.
pub(super) fn values(focus: &Focus<'_>, path: &[Step]) -> Vec<String> {
    let text = |key: &str| focus.document.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    match words(path)[..] {
        ["kind"] if focus.subject == Subject::Other => kubernetes::kinds_in(text("apiVersion")),
        ["apiVersion"] if focus.subject == Subject::Other => kubernetes::groups_of(text("kind")),
        _ => {
            let field = Object::at(focus).and_then(|object| object.field(path));
            field.map(|field| field.options).unwrap_or_default()
        }
    }
}
