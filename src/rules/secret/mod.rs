//! Secrets that stand in clear in files of the repository.
//!
//! Architecture invariant: no message shows a secret. At most its first four characters and its length are told.

mod password;
mod password_hash;
mod plausible;
mod secret_object;
mod shapes;
mod text;
mod token;

use super::Rule;

/// The rules of this area, in the order of their codes.
pub(super) const RULES: &[Rule] = &[token::RULE, password_hash::RULE, password::RULE, secret_object::RULE];
