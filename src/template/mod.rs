//! References to variables and macros inside scalars, and the formats of variables: reading, checking, replacing.
//!
//! Used on both sides: macros are inlined where a profile is written, variables are replaced on the appliance.
//!
//! Architecture invariant: this room knows no profile.

use serde::{Deserialize, Serialize};

/// What a variable's value must look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VariableFormat {
    /// Any text.
    #[default]
    String,
    /// An integer or a decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An IPv4 address.
    Ipv4,
    /// An IPv4 network in CIDR form.
    Ipv4cidr,
    /// An IPv6 address.
    Ipv6,
    /// A semver version.
    Version,
    /// Base64 text.
    Base64,
}
