//! PK0204: a pack has no README.md, or an empty one.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Place;

/// PK0204 `pack-readme`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0204", name: "pack-readme", severity: Severity::Warning },
    docs: include_str!("../../docs/PK0204.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let pack = &judged.pack;
    let message = match &pack.readme {
        Some(text) if text.trim().is_empty() => "README.md is empty".to_owned(),
        Some(_) => return,
        None => {
            let other = pack.files.iter().map(|(path, _)| path).find(|p| p.eq_ignore_ascii_case("readme.md"));
            match other {
                Some(other) => format!("`{other}` is not found: the file is called README.md"),
                None => "the pack has no README.md".to_owned(),
            }
        }
    };
    out.push(
        Diagnostic::new(RULE.lint, Place::whole(format!("{}/README.md", pack.path)), message)
            .help("say what the pack does, what it needs, and which values people will want to set"),
    );
}
