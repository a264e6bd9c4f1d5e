//! PK0230: a dependency that need not be there names a pack that is probably another one.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::pack::DependencyType;
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0230 `dependency-name`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0230", name: "dependency-name", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0230.md"),
    check: Check::Pack(check),
};

/// Shorter names are too near to each other to tell a slip from another pack.
const SHORTEST: usize = 6;

fn check(cx: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(names) = &cx.pack_names else { return };
    let pack = &judged.pack;
    for dependency in &pack.dependencies {
        let name = &dependency.pack_name;
        let other = matches!(
            dependency.dependency_type,
            Some(DependencyType::Optional | DependencyType::NotSupported | DependencyType::Upgrade)
        );
        if !other || names.contains(&name.value) || name.chars().count() < SHORTEST {
            continue;
        }
        let plain = |text: &str| text.to_lowercase().replace(['_', ' ', '-'], "");
        let near = closest(name, names.iter().map(String::as_str))
            .filter(|near| plain(near) == plain(name) || one_slip(near, name));
        let Some(near) = near else { continue };
        let edits = vec![Edit { span: name.span, replacement: format!("\"{near}\"") }];
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(&pack.json_file, name.span),
                format!("there is no pack `{name}`, so that this dependency never counts"),
            )
            .help(format!("did you mean `{near}`?"))
            .fix(Fix { message: format!("name it `{near}`"), safe: false, edits }),
        );
    }
}

/// Whether two names differ by one slip: a letter more, less, other or exchanged.
fn one_slip(a: &str, b: &str) -> bool {
    strsim::damerau_levenshtein(a, b) <= 1
}
