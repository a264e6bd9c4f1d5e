//! Edgewright: the software stacks of edge Kubernetes appliances, managed from a git repository.
//!
//! # Bird's-eye view
//!
//! A *profile* is a versioned stack of *layers*; a layer is a pack, a Helm chart or raw manifests. People change
//! profiles by pull request. This program checks the change, pins every reference, renders a catalog to browse, signs a
//! release, and writes it all as plain files. Appliances pull those files from any static host.
//!
//! ```text
//! git working tree ─► workspace ─► resolve ─► ResolvedProfile ─► rules ─► diagnostics ─► text · json
//!                         ▲ spans     ▲            ├─► catalog ──────────┐
//!                        yaml      registry        └─► release ─► trust ─┴─► static host
//!                                                                               │
//!                                 appliance: agent ◄─ verify (trust) ◄─ transport ◄┘
//! ```
//!
//! Data goes one way: a stage takes the finished value of the stage before it and never reaches back.
//! [`resolve::ResolvedProfile`] is the waist: everything before it deals with text, places and registries; everything
//! after it deals with pinned content. `tests/architecture.rs` holds the rules of the house.

#[cfg(feature = "agent")]
pub mod agent;
pub mod archive;
pub mod bundle;
#[cfg(feature = "authoring")]
pub mod catalog;
pub mod chart;
#[cfg(feature = "authoring")]
pub mod check;
pub mod cli;
pub mod diagnostics;
#[cfg(feature = "authoring")]
pub mod history;
#[cfg(feature = "authoring")]
pub mod lsp;
#[cfg(feature = "authoring")]
pub mod pack;
#[cfg(feature = "authoring")]
pub mod palette;
#[cfg(feature = "authoring")]
pub mod registry;
#[cfg(feature = "authoring")]
pub mod release;
#[cfg(feature = "authoring")]
pub mod render;
#[cfg(feature = "authoring")]
pub mod resolve;
#[cfg(feature = "authoring")]
pub mod rules;
pub mod schedule;
#[cfg(feature = "authoring")]
pub mod schema;
pub mod source;
pub mod template;
pub mod transport;
pub mod trust;
pub mod version;
#[cfg(feature = "authoring")]
pub mod workspace;
pub mod yaml;
