//! PR0109: a tag that will not arrive as it is written.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::yaml::push_pointer;

/// PR0109 `tag-syntax`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PR0109", name: "tag-syntax", severity: Severity::Warning },
    docs: include_str!("../docs/PR0109.md"),
    check: Check::Profile(check),
};

/// What Palette stores where a tag has no value.
const MARKER: &str = "spectro__tag";

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    let document = &resolved.profile.document;
    for (name, value) in &resolved.profile.metadata.tags {
        let pointer = push_pointer("/metadata/tags", name);
        let value = value.as_deref().unwrap_or_default();
        if value == MARKER {
            let place = document.place(&pointer);
            let edits = vec![Edit { span: place.span, replacement: "\"\"".to_owned() }];
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place,
                    format!("tag `{name}` has Palette's mark for a tag without a value"),
                )
                .pointer(pointer)
                .help("write `\"\"`: the mark is put in again on export")
                .fix(Fix { message: "write an empty value".to_owned(), safe: true, edits }),
            );
        } else if let Some(why) = fault(name) {
            out.push(
                Diagnostic::new(RULE.lint, document.key_place(&pointer), format!("tag `{name}`: {why}"))
                    .pointer(pointer)
                    .help("tags are exported as `key:value` and become labels: letters, digits, `-`, `_`, `.` and `/`"),
            );
        } else if let Some(why) = fault_of_value(value) {
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    document.place(&pointer),
                    format!("the value of tag `{name}` {why}"),
                )
                .pointer(pointer)
                .help("tags become labels: their values have at most 63 characters and no line breaks"),
            );
        }
    }
}

fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("the name is empty")
    } else if name.contains(':') {
        Some("what stands behind the `:` would be read as the value")
    } else if name.contains(char::is_whitespace) || name.contains(',') {
        Some("spaces and commas part tags")
    } else if name.chars().count() > 253 {
        Some("the name has more than 253 characters")
    } else {
        None
    }
}

fn fault_of_value(value: &str) -> Option<&'static str> {
    if value.contains(char::is_control) {
        Some("has a line break or another control character")
    } else if value.chars().count() > 63 {
        Some("has more than 63 characters")
    } else {
        None
    }
}
