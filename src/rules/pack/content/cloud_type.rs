//! PK0206: a pack names a cloud type that nobody knows, or none at all.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::pack::CLOUD_TYPES;
use crate::rules::{Check, Context, JudgedPack, Rule};

/// PK0206 `cloud-type`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0206", name: "cloud-type", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0206.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let root = judged.pack.json.root();
    let listed = root.get("cloudTypes");
    let mut empty = listed.is_none_or(|list| list.items().next().is_none());
    let nodes = listed.into_iter().flat_map(|list| list.items().enumerate());
    let nodes = nodes.map(|(index, node)| (format!("/cloudTypes/{index}"), node));
    let single = root.get("cloudType").map(|node| ("/cloudType".to_owned(), node));
    for (pointer, node) in nodes.chain(single) {
        let Some(word) = node.text().filter(|word| !word.trim().is_empty()) else { continue };
        empty = false;
        if CLOUD_TYPES.contains(&word) {
            continue;
        }
        let finding =
            Diagnostic::new(RULE.lint, node.place(), format!("`{word}` is no cloud type that is known"))
                .pointer(pointer);
        let spelt = CLOUD_TYPES.iter().copied().find(|known| known.eq_ignore_ascii_case(word));
        out.push(match spelt.or_else(|| closest(word, CLOUD_TYPES.iter().copied())) {
            Some(near) => {
                let edits = vec![Edit { span: node.span(), replacement: format!("\"{near}\"") }];
                let fix = Fix { message: format!("replace it by `{near}`"), safe: false, edits };
                finding.help(format!("did you mean `{near}`?")).fix(fix)
            }
            None => finding.help(
                "a profile must be of the same word; if it is a custom cloud of yours, turn this rule down in edgewright.yaml",
            ),
        });
    }
    if empty {
        out.push(
            Diagnostic::new(
                RULE.lint,
                judged.pack.json.key_place("/cloudTypes"),
                "the pack names no cloud type: no profile has one that fits",
            )
            .pointer("/cloudTypes")
            .help("write `\"cloudTypes\": [\"all\"]`, or name those that it is made for"),
        );
    }
}
