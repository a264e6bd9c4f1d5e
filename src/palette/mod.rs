//! Palette's import and export forms.
//!
//! Architecture invariant: no network.
