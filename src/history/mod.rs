//! What git knows: the commit, its date, and whether the working tree differs.
//!
//! Architecture invariant: nothing here writes to a working tree.
