//! Edits that keep comments: replacements of bytes, so that every line they do not touch stays as it is.
//!
//! Each function looks at a [`Document`] and returns edits for its file's text; [`apply`] makes them. Edits of one
//! document may be applied together when they touch different entries; else read the text again in between.

mod change;
mod items;
mod place;

use serde_json::{Value, json};

pub use self::items::{insert_item, move_item, remove_item};
use self::place::{Context, check_empty, end_of};
use super::pointer::push_pointer;
use super::tree::{Document, Kind};
use super::write::{self, After};
use crate::diagnostics::Edit;
use crate::source::Span;

/// Why an edit cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing stands at the pointer.
    #[error("nothing stands at `{0}`")]
    Missing(String),
    /// The node is no collection of the kind that is wanted.
    #[error("`{0}` is not a {1}")]
    Kind(String, &'static str),
    /// The mapping has the key already.
    #[error("`{0}` is there already")]
    Exists(String),
    /// An edit would change every place that an alias copies to.
    #[error("`{0}` stands behind an alias; edit the anchor, or write the value out")]
    Alias(String),
}

/// Makes edits to a text. Of two that overlap the one that starts first is made.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = text.get(at..edit.span.start as usize) else { continue };
        out.push_str(kept);
        out.push_str(&edit.replacement);
        at = (edit.span.end as usize).max(at);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Gives the node at `pointer` another value. A key that its mapping does not have yet is added at its end.
///
/// A comment behind the value stays; comments inside a collection that is replaced go with it. An anchor stays, a tag
/// goes.
pub fn set(document: &Document, pointer: &str, value: &Value) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let Some(found) = cx.found else {
        return match pointer.rsplit_once('/') {
            Some((parent, key)) if cx.parent.is_some_and(|p| p.kind() == Kind::Map) => {
                let key = key.replace("~1", "/").replace("~0", "~");
                insert_entry(document, parent, &key, value)
            }
            _ => Err(EditError::Missing(pointer.to_owned())),
        };
    };
    Ok(cx.replace(found, value))
}

/// Adds an entry at the end of the mapping at `pointer`; the mapping may be empty or nothing at all.
pub fn insert_entry(
    document: &Document,
    pointer: &str,
    key: &str,
    value: &Value,
) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let found = cx.collection(pointer)?;
    if found.node.entry(key).is_some() {
        return Err(EditError::Exists(push_pointer(pointer, key)));
    }
    if found.node.entries().next().is_none() || found.node.unquoted_template().is_some() {
        check_empty(found.node, Kind::Map, pointer)?;
        return Ok(cx.replace(found, &json!({ key: value })));
    }
    let starts = cx.starts(found.node);
    let mut entry = String::new();
    if found.flow || cx.is_flow(found.node) {
        write::flow_entry(&mut entry, key, value);
        return Ok(cx.append_flow(found.node, &starts, &entry));
    }
    let indent = cx.column(starts[0]);
    write::entry(&mut entry, key, value, indent);
    Ok(cx.append_block(found.node, indent, &entry, value))
}

/// Adds an item at the end of the sequence at `pointer`; the sequence may be empty or nothing at all.
pub fn append_item(document: &Document, pointer: &str, value: &Value) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let found = cx.collection(pointer)?;
    if found.node.items().next().is_none() {
        check_empty(found.node, Kind::Seq, pointer)?;
        return Ok(cx.replace(found, &json!([value])));
    }
    let mut item = String::new();
    if found.flow || cx.is_flow(found.node) {
        write::flow(&mut item, value, true);
        return Ok(cx.append_flow(found.node, &cx.starts(found.node), &item));
    }
    let indent = cx.column(found.node.span().start as usize);
    item.push('-');
    write::node(&mut item, value, indent, After::Dash);
    Ok(cx.append_block(found.node, indent, &item, value))
}

/// Takes out the entry or item at `pointer`, with its own lines and the comment behind it. The last one leaves `{}` or
/// `[]`.
pub fn remove(document: &Document, pointer: &str) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let (Some(found), Some(parent)) = (cx.found, cx.parent) else {
        return Err(EditError::Missing(pointer.to_owned()));
    };
    let starts = cx.starts(parent);
    if starts.len() == 1 {
        let empty = if parent.kind() == Kind::Map { json!({}) } else { json!([]) };
        let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
        return set(document, above, &empty);
    }
    let index = found.index;
    let start = starts[index];
    let end = end_of(found.node, found.lead);
    if found.flow {
        let span = match starts.get(index + 1) {
            Some(next) => Span::new(start, *next),
            None => Span::new(cx.child_end(parent, index - 1), end),
        };
        return Ok(vec![Edit { span, replacement: String::new() }]);
    }
    Ok(vec![cx.remove_lines(parent, index, &starts, end)])
}

/// Whether a node is a mapping or a list in braces or brackets.
pub fn is_flow(node: super::tree::Node<'_>) -> bool {
    let text = node.place();
    let collection = node.kind() != Kind::Scalar && !node.is_alias();
    collection && matches!(text.file.slice(text.span).as_bytes().first(), Some(b'{' | b'['))
}

/// Writes the mapping or list at `pointer` on one line, in braces or brackets: for what was just put in without comments.
pub fn fold(document: &Document, pointer: &str) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let found = cx.collection(pointer)?;
    let value =
        found.node.to_json(super::Resolver::Core).map_err(|_| EditError::Missing(pointer.to_owned()))?;
    let Some(lead) = found.lead.filter(|_| !found.flow && !cx.is_flow(found.node)) else {
        return Ok(Vec::new());
    };
    let mut flow = String::new();
    write::flow(&mut flow, &value, true);
    // As people write it: `{ a: 1 }`, `[1, 2]`.
    if let Some(inner) = flow.strip_prefix('{').and_then(|flow| flow.strip_suffix('}')) {
        flow = format!("{{ {inner} }}");
    }
    Ok(vec![cx.edit(lead, end_of(found.node, found.lead), &format!(" {flow}"))])
}

#[cfg(test)]
mod tests;
