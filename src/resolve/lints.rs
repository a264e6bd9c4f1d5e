//! What resolving itself finds wrong in files that people wrote.

use crate::diagnostics::{Lint, Severity};

/// All of them.
pub const ALL: &[Lint] =
    &[MISSING_FILE, PATH_OUTSIDE, UNKNOWN_PRESET, PRESET_WITHOUT_PACK, UNKNOWN_MACRO, UNREADABLE_LOCK];

/// A file that a layer names does not exist or cannot be read.
pub const MISSING_FILE: Lint = Lint { code: "RF0201", name: "missing-file", severity: Severity::Error };
/// A path that leads out of the profile's folder.
pub const PATH_OUTSIDE: Lint = Lint { code: "RF0202", name: "path-outside", severity: Severity::Error };
/// A chosen preset (or its group) that the pack does not have.
pub const UNKNOWN_PRESET: Lint = Lint { code: "RF0301", name: "unknown-preset", severity: Severity::Error };
/// Presets on a layer that has no pack.
pub const PRESET_WITHOUT_PACK: Lint =
    Lint { code: "RF0302", name: "preset-without-pack", severity: Severity::Error };
/// A macro that no scope in reach defines.
pub const UNKNOWN_MACRO: Lint = Lint { code: "VR0201", name: "unknown-macro", severity: Severity::Error };
/// A lock that cannot be read: merge markers, foreign keys, no YAML.
pub const UNREADABLE_LOCK: Lint = Lint { code: "RF0108", name: "unreadable-lock", severity: Severity::Error };
