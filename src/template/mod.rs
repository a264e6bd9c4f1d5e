//! References to variables and macros inside scalars, and the formats of variables: reading, checking, replacing.
//!
//! Used on both sides: macros are inlined where a profile is written, variables are replaced on the appliance.
//!
//! Architecture invariant: this room knows no profile.

mod format;
mod function;
pub mod re2;
mod reference;
mod substitute;
mod system;

pub use format::{VariableFormat, check_value, scalar_text};
pub use function::functions;
pub use reference::{Reference, ReferenceKind, is_placeholder, references, whole};
pub use substitute::{Found, UNRESOLVED, read_values, replace_in, substitute, write_values};
pub use system::{Ground, KnownAt, system_name, system_names, system_values};

#[cfg(test)]
mod tests;
