//! The functions that Helm offers a template: Go's own, sprig v3.3.0, and Helm's (v4.2.4), one file for each of sprig's
//! groups.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::call::Function;

pub(super) mod builtin;
mod cases;
pub(super) mod cast;
mod certificates;
mod checksum;
mod crypto;
pub(super) mod dates;
mod decimal;
mod defaults;
mod dicts;
mod documents;
pub(super) mod encode;
mod helm;
mod keys;
mod layout;
pub(super) mod layout_read;
mod lists;
mod merge;
mod numeric;
pub(super) mod paths;
mod random;
mod reflect;
mod regex;
mod rsa;
pub(super) mod semver;
mod strings;
mod urls;
mod wrap;

/// All functions but `and`, `or` and `call`, which do not evaluate their arguments as others do.
fn all() -> &'static HashMap<&'static str, &'static Function> {
    static ALL: OnceLock<HashMap<&'static str, &'static Function>> = OnceLock::new();
    ALL.get_or_init(|| {
        let groups: [&'static [Function]; 20] = [
            builtin::FUNCTIONS,
            cases::FUNCTIONS,
            certificates::FUNCTIONS,
            checksum::FUNCTIONS,
            crypto::FUNCTIONS,
            dates::FUNCTIONS,
            defaults::FUNCTIONS,
            dicts::FUNCTIONS,
            documents::FUNCTIONS,
            encode::FUNCTIONS,
            helm::FUNCTIONS,
            lists::FUNCTIONS,
            numeric::FUNCTIONS,
            paths::FUNCTIONS,
            random::FUNCTIONS,
            reflect::FUNCTIONS,
            regex::FUNCTIONS,
            semver::FUNCTIONS,
            strings::FUNCTIONS,
            urls::FUNCTIONS,
        ];
        groups.into_iter().flatten().map(|function| (function.name, function)).collect()
    })
}

/// Base64 as Go writes bytes in JSON.
pub(super) fn encoded(bytes: &[u8]) -> String {
    encode::encoded(bytes)
}

/// The function of that name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    all().get(name).copied()
}

/// Whether a template may name it.
pub(super) fn is_function(name: &str) -> bool {
    matches!(name, "and" | "or" | "call") || all().contains_key(name)
}
