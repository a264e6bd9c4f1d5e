//! `oneOf` and `anyOf` that no branch fits: which branch was meant.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::walk::resolved;

/// What to tell of a value that fits no branch.
pub(super) enum Meant<'e> {
    /// The findings of the branch that was most likely meant.
    Branch(&'e [ValidationError<'static>]),
    /// The property that tells the branches apart has none of these values (or is missing).
    Discriminator {
        /// Name of the property.
        property: String,
        /// Its allowed values.
        allowed: Vec<String>,
    },
}

/// Chooses among the branches' errors. In this order:
/// 1. every branch fixes one property by `const`: the branch whose value stands there, or an error at that property;
/// 2. the branch that got deepest into the value, then the one with the fewest errors, where a wrong type of the value
///    itself is the worst of all errors (after python-jsonschema's `best_match`).
pub(super) fn meant<'e>(
    root: &Value,
    branches: &Value,
    value: &Value,
    context: &'e [Vec<ValidationError<'static>>],
) -> Option<Meant<'e>> {
    if let Some((property, allowed)) = discriminator(root, branches) {
        let index = match value.get(&property).and_then(Value::as_str) {
            Some(word) => allowed.iter().position(|a| a == word),
            None => None,
        };
        if value.is_object() {
            return Some(match index.and_then(|i| context.get(i)) {
                Some(errors) => Meant::Branch(errors),
                None => Meant::Discriminator { property, allowed },
            });
        }
    }
    let best = context.iter().filter(|errors| !errors.is_empty()).max_by_key(|errors| {
        let depth = errors.iter().map(|e| e.instance_path().segments().count()).max().unwrap_or(0);
        let wrong_type = errors.iter().any(|e| {
            matches!(e.kind(), ValidationErrorKind::Type { .. })
                && e.instance_path().segments().count() == depth
        });
        (depth, !wrong_type, std::cmp::Reverse(errors.len()))
    })?;
    Some(Meant::Branch(best))
}

/// The property that every branch fixes, and its value in each.
fn discriminator(root: &Value, branches: &Value) -> Option<(String, Vec<String>)> {
    let branches: Vec<_> = branches.as_array()?.iter().map(|branch| resolved(root, branch)).collect();
    let fixed = |branch: &Value, name: &str| -> Option<String> {
        Some(branch.get("properties")?.get(name)?.get("const")?.as_str()?.to_owned())
    };
    let first = branches.first()?.get("properties")?.as_object()?;
    first.keys().find_map(|name| {
        let values: Option<Vec<_>> = branches.iter().map(|branch| fixed(branch, name)).collect();
        Some((name.clone(), values?))
    })
}
