//! The browsable catalog: page models, templates, Markdown, the API.
//!
//! Architecture invariant: this room knows no registry and uses no network.
