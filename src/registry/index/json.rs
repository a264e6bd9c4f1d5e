//! An index in JSON: where the entries of each chart stand.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::scan::{Part, Parts};
use crate::archive::Digest;

#[derive(Deserialize)]
struct Root<'a> {
    #[serde(rename = "apiVersion", borrow, default)]
    version: Option<&'a RawValue>,
    #[serde(borrow, default)]
    entries: Option<Entries<'a>>,
}

/// Charts with their entries; of two with one name the last counts, as in Go.
#[derive(Deserialize)]
struct Entries<'a>(#[serde(borrow)] std::collections::BTreeMap<std::borrow::Cow<'a, str>, &'a RawValue>);

/// The parts of an index; `None` where the text is no JSON of this shape, an error where it lacks what an index has.
pub(super) fn parts(text: &str) -> Option<Result<Parts, String>> {
    let root: Root<'_> = serde_json::from_str(text).ok()?;
    if root.version.is_none_or(|version| matches!(version.get(), "\"\"" | "null")) {
        return Some(Err("it has no apiVersion".to_owned()));
    }
    let entries = root.entries.map(|entries| entries.0).unwrap_or_default();
    let part = |entries: &RawValue| {
        let raw = entries.get();
        // It is borrowed from the text, so its address tells where in it.
        let start = (raw.as_ptr() as usize - text.as_ptr() as usize) as u64;
        Part { range: start..start + raw.len() as u64, digest: Digest::of(raw.as_bytes()) }
    };
    Some(Ok(entries.into_iter().map(|(name, entries)| (name.into_owned(), part(entries))).collect()))
}
