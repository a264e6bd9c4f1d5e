//! PK0207: `addonType` is missing, spelt otherwise than by everybody else, or has no place on such a layer.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::pack::LayerType;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::Node;

/// PK0207 `addon-type`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0207", name: "addon-type", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0207.md"),
    check: Check::Pack(check),
};

/// What Palette's Terraform provider takes, and what public packs use besides.
const KNOWN: &[&str] = &[
    "ai",
    "app services",
    "authentication",
    "csi",
    "cni",
    "ingress",
    "integration",
    "load balancer",
    "logging",
    "monitoring",
    "registry",
    "security",
    "servicemesh",
    "system app",
];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let node = pack.json.root().get("addonType");
    let word = node.and_then(Node::text).unwrap_or_default();
    let (Some(node), false) = (node, word.trim().is_empty()) else {
        if pack.layer == LayerType::Addon {
            let place = pack.json.key_place(if node.is_some() { "/addonType" } else { "/layer" });
            out.push(
                Diagnostic::new(RULE.lint, place, "the add-on does not say what it is for")
                    .pointer("/addonType")
                    .help(format!("add `addonType`, one of {}", KNOWN.join(", "))),
            );
        }
        return;
    };
    if KNOWN.contains(&word) {
        return;
    }
    let finding =
        Diagnostic::new(RULE.lint, node.place(), format!("`{word}` is no type of add-on that is known"))
            .pointer("/addonType");
    let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
    let variant = KNOWN.iter().copied().find(|known| plain(known) == plain(word));
    out.push(match variant.or_else(|| closest(word, KNOWN.iter().copied())) {
        Some(near) => {
            let edits = vec![Edit { span: node.span(), replacement: format!("\"{near}\"") }];
            let fix = Fix { message: format!("replace it by `{near}`"), safe: variant.is_some(), edits };
            let help = match variant {
                Some(_) => format!("everybody else writes `{near}`: people who filter by it miss this pack"),
                None => format!("did you mean `{near}`?"),
            };
            finding.help(help).fix(fix)
        }
        None => finding.help(format!("people filter by it; known are {}", KNOWN.join(", "))),
    });
}
