//! What may be written at the cursor.
//!
//! The text is half written by nature: what stands there comes from a [`crate::yaml::Sketch`], what may stand there from
//! schemas, from the registries as far as they are on this machine, and from the repository.

mod keys;
mod names;
mod references;
mod values;

pub(super) use names::channels_profile;

use anyhow::Result;
use serde_json::{Value, json};

use super::answer::Session;
use super::focus::Focus;
use super::server::AS_IS;
use crate::source::Span;
use crate::yaml::Role;

/// What an item is, as editors draw it (`CompletionItemKind`).
#[derive(Clone, Copy, Debug)]
pub(super) enum Sort {
    Function = 3,
    Variable = 6,
    Module = 9,
    Property = 10,
    Value = 12,
    EnumMember = 20,
    Constant = 21,
}

/// Something that may be written.
#[derive(Debug)]
pub(super) struct Item {
    label: String,
    sort: Sort,
    /// A few words beside it.
    detail: Option<String>,
    /// What it is, in Markdown.
    docs: Option<String>,
    /// What is written.
    insert: String,
    /// What it replaces.
    span: Span,
    /// Whether its makers gave it up.
    deprecated: bool,
    /// Whether it must be there.
    first: bool,
}

impl Item {
    fn new(label: impl Into<String>, sort: Sort, span: Span) -> Self {
        let label = label.into();
        let insert = label.clone();
        Self { label, sort, detail: None, docs: None, insert, span, deprecated: false, first: false }
    }

    fn detail(mut self, detail: Option<impl Into<String>>) -> Self {
        self.detail = detail.map(Into::into);
        self
    }

    fn docs(mut self, docs: Option<impl Into<String>>) -> Self {
        self.docs = docs.map(Into::into);
        self
    }
}

/// The answer to `textDocument/completion`.
pub(super) fn complete(session: &Session<'_>, params: &Value) -> Result<Value> {
    let focus = Focus::new(session, params)?;
    let items = items(&focus);
    let shown = items.iter().enumerate().map(|(number, item)| shown(&focus, number, item));
    Ok(json!({ "isIncomplete": false, "items": shown.collect::<Vec<_>>() }))
}

fn items(focus: &Focus<'_>) -> Vec<Item> {
    if let Some(items) = references::items(focus) {
        return items;
    }
    let Some(spot) = &focus.spot else { return Vec::new() };
    match spot.role {
        Role::Key { .. } => keys::items(focus, spot),
        Role::Value => values::items(focus, spot),
        Role::Either => {
            let mut items = values::items(focus, spot);
            items.extend(keys::items(focus, spot));
            items
        }
    }
}

fn shown(focus: &Focus<'_>, number: usize, item: &Item) -> Value {
    // Editors filter by what stands between the start of the range and the cursor: quotes count.
    let typed = &focus.text[item.span.range()];
    let quoted = typed.starts_with(['"', '\'']) && !item.insert.starts_with(['"', '\'']);
    let filter = if quoted { format!("{}{}", &typed[..1], item.label) } else { item.label.clone() };
    let mut out = json!({
        "label": item.label,
        "kind": item.sort as u8,
        "sortText": format!("{}{number:05}", u8::from(!item.first)),
        "filterText": filter,
        "textEdit": { "range": focus.range(item.span), "newText": item.insert },
    });
    if let Some(detail) = &item.detail {
        out["detail"] = json!(detail);
    }
    if let Some(docs) = &item.docs {
        out["documentation"] = json!({ "kind": "markdown", "value": docs });
    }
    if focus.session.multiline {
        out["insertTextMode"] = json!(AS_IS);
    }
    if item.deprecated {
        out["tags"] = json!([1]);
    }
    out
}
