//! What values say to Palette and to us beside the charts: namespaces, releases, order, readiness. What stands below
//! `charts.<name>` and `manifests.<name>` belongs to charts and manifests.

mod charts_without_values;
mod display_name;
mod install_priority;
mod manifest_key;
mod namespace;
mod namespace_labels;
mod pack_key;
mod readiness;
mod release_override;
mod unread_key;

use serde_json::Value;

use crate::diagnostics::Diagnostic;
use crate::rules::{JudgedPack, Rule};
use crate::source::Place;
use crate::yaml::{Document, Resolver};

/// The rules of this area, in the order of their codes.
pub(in crate::rules) const RULES: &[Rule] = &[
    charts_without_values::RULE,
    unread_key::RULE,
    manifest_key::RULE,
    release_override::RULE,
    namespace_labels::RULE,
    install_priority::RULE,
    display_name::RULE,
    readiness::RULE,
    namespace::RULE,
    pack_key::RULE,
];

/// A part of the values of a pack. What profiles lay over them is judged with the profile.
struct Part<'a> {
    value: Value,
    pointer: &'a str,
    document: &'a Document,
}

impl<'a> Part<'a> {
    fn of(judged: &'a JudgedPack, pointer: &'a str) -> Option<Self> {
        let document = judged.pack.values.as_ref()?;
        let value = document.at(pointer)?.to_json(Resolver::Go).ok()?;
        Some(Self { value, pointer, document })
    }

    /// The place of the key at `inner` below the part.
    fn key_at(&self, inner: &str) -> Place {
        self.document.key_place(&format!("{}{inner}", self.pointer))
    }

    /// A finding at `inner` below the part.
    fn tell(&self, rule: &Rule, inner: &str, message: String, help: String, out: &mut Vec<Diagnostic>) {
        let pointer = format!("{}{inner}", self.pointer);
        out.push(
            Diagnostic::new(rule.lint, self.document.place(&pointer), message).pointer(pointer).help(help),
        );
    }
}

/// Text that is known only later: it has a template in it.
fn is_open(text: &str) -> bool {
    text.contains("{{")
}

/// Why a text is no name of a namespace (RFC 1123 label); `None` where it is one.
fn no_label(text: &str) -> Option<&'static str> {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.len() > 63 {
        return Some("it has more than 63 characters");
    }
    if text.contains(|c: char| c.is_ascii_uppercase()) {
        return Some("it has capital letters");
    }
    if !text.bytes().all(allowed) {
        return Some("it may have lower-case letters, digits and `-` alone");
    }
    (text.starts_with('-') || text.ends_with('-')).then_some("it may not begin or end with `-`")
}
