//! What a field is, for people who edit.

use super::embedded::{catalog, descriptions};
use super::minor::Minor;
use super::shape::{Others, Shape};

/// A field of an object of Kubernetes' own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// What it is for, as Kubernetes documents it in its newest minor.
    pub description: Option<&'static str>,
    /// Words for its types: `text`, `a list`.
    pub types: String,
    /// Values that it takes, where only some are.
    pub options: Vec<String>,
    /// Names of its own fields, where it has any: name and whether it is required.
    pub fields: Vec<(&'static str, bool)>,
}

/// What the field at a JSON pointer is in an object of this API (`/spec/template/spec/containers/0/image`; empty: the
/// object itself); `None` where Kubernetes does not have it.
pub fn describe(api_version: &str, kind: &str, minor: Minor, pointer: &str) -> Option<Field> {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let catalog = catalog();
    let mut name = catalog.kind(group, version, kind)?;
    let mut shape = catalog.shape(name, minor.index())?;
    let text =
        |name: u32, field: &str| descriptions().get(catalog.name_of(name))?.get(field).map(|text| &**text);
    let mut description = text(name, "");
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        let (child, own) = match (shape.property(&part), &shape.items, &shape.others) {
            (Some(child), ..) => (child, text(name, &part)),
            (None, Some(items), _) if part.bytes().all(|b| b.is_ascii_digit()) => (&**items, None),
            (None, _, Others::Like(like)) => (&**like, None),
            _ => return None,
        };
        shape = child;
        if let Some(next) = shape.reference {
            name = next;
            shape = catalog.shape(next, minor.index())?;
        }
        description = own.or_else(|| shape_description(child, name, &text));
    }
    let options =
        shape.more.iter().flat_map(|more| &more.options).map(crate::schema::explain::word).collect();
    let required = |field: &str| shape.required.iter().any(|known| **known == *field);
    let fields = shape.properties.iter().map(|(field, _)| (&**field, required(field))).collect();
    Some(Field { description, types: shape.types.words(), options, fields })
}

fn shape_description<'d>(
    shape: &Shape,
    name: u32,
    text: &dyn Fn(u32, &str) -> Option<&'d str>,
) -> Option<&'d str> {
    shape.reference.and_then(|_| text(name, ""))
}
