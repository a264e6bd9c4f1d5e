//! PK0280: a key below `pack` in the values is nearly one that means something.

use serde_json::Value;

use super::Part;
use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::push_pointer;

/// PK0280 `pack-key`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0280", name: "pack-key", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0280.md"),
    check: Check::Pack(check),
};

/// Keys with a meaning, by the mapping that they stand in. Others are nobody's fault: core packs have many of their own.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "/pack",
        &[
            "additionalNamespaces",
            "content",
            "k8sHardening",
            "namespace",
            "namespaceAnnotations",
            "namespaceLabels",
            "podCIDR",
            "registry",
            "releaseNameOverride",
            "serviceClusterIpRange",
            "spectrocloud.com/display-name",
            "spectrocloud.com/install-priority",
        ],
    ),
    ("/pack/content", &["artifacts", "charts", "files", "images"]),
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    for (pointer, known) in KNOWN {
        if let Some(part) = Part::of(judged, pointer) {
            judge(&part, known, out);
        }
    }
}

fn judge(part: &Part<'_>, known: &[&str], out: &mut Vec<Diagnostic>) {
    let Value::Object(map) = &part.value else { return };
    for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
        let free = known.iter().copied().filter(|known| !map.contains_key(*known));
        // A key of another layer that stands at the wrong depth is as good as one that is misspelt.
        let moved = part.pointer == "/pack/content" && KNOWN[0].1.contains(&key.as_str());
        let help = match closest(key, free) {
            _ if moved => format!("`{key}` stands below `pack`, not below `pack.content`"),
            Some(near) => format!("did you mean `{near}`?"),
            None => continue,
        };
        let inner = push_pointer("", key);
        let place = part.key_at(&inner);
        out.push(
            Diagnostic::new(
                RULE.lint,
                place,
                format!("nobody reads `{}.{key}`", part.pointer[1..].replace('/', ".")),
            )
            .pointer(format!("{}{inner}", part.pointer))
            .help(help),
        );
    }
}
