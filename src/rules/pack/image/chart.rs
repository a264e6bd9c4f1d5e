//! PK0266: an entry of `pack.content.charts` lacks its name, its version or its repository.

use crate::diagnostics::{Diagnostic, Lint, Severity, closest};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::yaml::{Kind, Node};

/// PK0266 `content-chart`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0266", name: "content-chart", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0266.md"),
    check: Check::Pack(check),
};

const KEYS: &[&str] = &["repo", "name", "version"];

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let list = judged.pack.values.as_ref().and_then(|values| values.at("/pack/content/charts"));
    for (index, item) in list.into_iter().flat_map(|list| list.items().enumerate()) {
        let pointer = format!("/pack/content/charts/{index}");
        let mut tell = |place, message: String, help: String| {
            out.push(Diagnostic::new(RULE.lint, place, message).pointer(pointer.clone()).help(help));
        };
        if item.kind() != Kind::Map {
            tell(
                item.place(),
                "an entry of a chart is no mapping".to_owned(),
                "write `repo`, `name` and `version`".to_owned(),
            );
            continue;
        }
        let filled =
            |key: &str| item.get(key).and_then(Node::text).is_some_and(|text| !text.trim().is_empty());
        let missing: Vec<&str> = KEYS.iter().copied().filter(|key| !filled(key)).collect();
        if missing.is_empty() {
            continue;
        }
        let other = item.entries().find(|e| e.key.text().is_some_and(|key| !KEYS.contains(&key)));
        let place = match (other, item.entries().next()) {
            (Some(entry), _) | (None, Some(entry)) => entry.key.place(),
            (None, None) => item.place(),
        };
        let near = other.and_then(|e| closest(e.key.text()?, missing.iter().copied()));
        tell(
            place,
            format!("the entry of a chart lacks `{}`", missing.join("` and `")),
            match near {
                Some(near) => format!("did you mean `{near}`? bundles leave out what they cannot find"),
                None => "bundles leave out what they cannot find".to_owned(),
            },
        );
    }
}
