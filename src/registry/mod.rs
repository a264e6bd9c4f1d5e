//! Where packs and charts come from: one trait, one file per kind of registry, and the cache.
//!
//! Architecture invariant: this room knows no profile.
