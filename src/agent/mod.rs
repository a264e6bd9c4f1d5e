//! The appliance: poll, fetch, verify, slots, one switch, apply.
//!
//! Architecture invariant: imports only the rooms that authoring and the appliance share, and builds alone.
