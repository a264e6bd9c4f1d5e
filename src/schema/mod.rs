//! Our JSON Schemas and the best-match errors that come out of them.
//!
//! Architecture invariant: no `$ref` ever reaches the network.
