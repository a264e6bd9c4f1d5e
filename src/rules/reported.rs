//! What reading and resolving find by themselves: each with a code and documentation like any rule.

use super::{scalar, suppressions};
use crate::diagnostics::{self, Lint};
use crate::{pack, resolve, schema, workspace, yaml};

/// The lints, in the order of their codes, with their documentation.
pub static LINTS: &[(Lint, &str)] = &[
    (workspace::UNREADABLE, include_str!("docs/CF0001.md")),
    (workspace::UNEXPECTED_KIND, include_str!("docs/CF0002.md")),
    (workspace::NOT_READ, include_str!("docs/CF0003.md")),
    (suppressions::UNUSED, include_str!("docs/CF0201.md")),
    (suppressions::WITHOUT_REASON, include_str!("docs/CF0202.md")),
    (suppressions::UNREADABLE, include_str!("docs/CF0203.md")),
    (diagnostics::GONE, include_str!("docs/CF0204.md")),
    (diagnostics::NO_BASELINE, include_str!("docs/CF0206.md")),
    (schema::kubernetes::MISSING_FIELD, include_str!("docs/KU0102.md")),
    (schema::kubernetes::WRONG_TYPE, include_str!("docs/KU0103.md")),
    (schema::kubernetes::NOT_ALLOWED, include_str!("docs/KU0104.md")),
    (schema::kubernetes::NO_OBJECT, include_str!("docs/KU0105.md")),
    (schema::kubernetes::TWICE, include_str!("docs/KU0106.md")),
    (pack::NO_PACK, include_str!("docs/PK0001.md")),
    (pack::NOT_TEXT, include_str!("docs/PK0002.md")),
    (pack::BROKEN_CHART, include_str!("docs/PK0003.md")),
    (pack::BAD_VALUE_RULE, include_str!("docs/PK0004.md")),
    (schema::BROKEN_POLICY, include_str!("docs/PL0902.md")),
    (resolve::lints::UNREADABLE_LOCK, include_str!("docs/RF0108.md")),
    (resolve::lints::MISSING_FILE, include_str!("docs/RF0201.md")),
    (resolve::lints::PATH_OUTSIDE, include_str!("docs/RF0202.md")),
    (resolve::lints::UNKNOWN_PRESET, include_str!("docs/RF0301.md")),
    (resolve::lints::PRESET_WITHOUT_PACK, include_str!("docs/RF0302.md")),
    (schema::UNKNOWN_KEY, include_str!("docs/SC0001.md")),
    (schema::MISSING_KEY, include_str!("docs/SC0002.md")),
    (schema::WRONG_TYPE, include_str!("docs/SC0003.md")),
    (schema::NOT_ALLOWED, include_str!("docs/SC0004.md")),
    (schema::OTHER, include_str!("docs/SC0005.md")),
    (resolve::lints::UNKNOWN_MACRO, include_str!("docs/VR0201.md")),
    (yaml::SYNTAX, include_str!("docs/YA0001.md")),
    (yaml::DUPLICATE_KEY, include_str!("docs/YA0002.md")),
    (yaml::QUOTED_INDENTATION, include_str!("docs/YA0003.md")),
    (scalar::UNQUOTED_VERSION, include_str!("docs/YA0102.md")),
    (scalar::MERGE_OVERWRITES, include_str!("docs/YA0103.md")),
];
