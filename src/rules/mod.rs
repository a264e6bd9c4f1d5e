//! One file per rule, an explicit list, documentation beside it.
//!
//! Architecture invariant: rules are pure: `(&Context) → diagnostics`, without I/O of any kind.
