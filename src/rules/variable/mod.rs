//! Variables, macros and references to them.

mod default_needed;
mod duplicate_variable;
mod duplicate_variable_label;
mod invalid_default;
mod invalid_option;
mod invalid_regex;
mod options_ignored;
mod options_needed;
mod pack_value;
mod reference_circle;
mod reference_in_template;
mod reference_place;
mod sensitive_default;
mod sensitive_in_plain;
mod sensitive_read_only;
mod type_lost;
mod undefined_variable;
mod unknown_system_name;
mod unquoted_reference;
mod unresolved_reference;
mod unused_macro;
mod unused_variable;
mod value_needed;

use super::Rule;
use crate::resolve::{ResolvedProfile, Used};
use crate::template::ReferenceKind;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[
    unquoted_reference::RULE,
    undefined_variable::RULE,
    unused_variable::RULE,
    duplicate_variable::RULE,
    invalid_default::RULE,
    default_needed::RULE,
    sensitive_default::RULE,
    invalid_regex::RULE,
    unknown_system_name::RULE,
    reference_in_template::RULE,
    unresolved_reference::RULE,
    unused_macro::RULE,
    invalid_option::RULE,
    options_needed::RULE,
    options_ignored::RULE,
    duplicate_variable_label::RULE,
    reference_place::RULE,
    pack_value::RULE,
    type_lost::RULE,
    sensitive_in_plain::RULE,
    sensitive_read_only::RULE,
    value_needed::RULE,
    reference_circle::RULE,
];

/// The references of one kind in the effective values and manifests of a profile, keys included.
fn used(resolved: &ResolvedProfile, kind: ReferenceKind) -> impl Iterator<Item = &Used> {
    resolved.references().iter().filter(move |used| used.kind == kind)
}
