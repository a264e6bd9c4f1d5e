//! What the first letters of a code say.

/// First two letters of codes and what their rules are about, in the order in which people are shown them.
pub static FAMILIES: &[(&str, &str)] = &[
    ("YA", "YAML"),
    ("SC", "Schemas"),
    ("PR", "Profiles"),
    ("PK", "Packs"),
    ("RF", "References and locks"),
    ("VA", "Values"),
    ("VR", "Variables"),
    ("KU", "Kubernetes objects"),
    ("AP", "Appliances"),
    ("SE", "Secrets"),
    ("PL", "Policy"),
    ("CH", "Charts"),
    ("CF", "Workspace, channels and suppressions"),
];
