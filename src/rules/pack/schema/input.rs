//! PK0286: a format of `schema.yaml` uses a type that Palette does not document.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::Span;
use crate::yaml::push_pointer;

/// PK0286 `undocumented-format`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0286", name: "undocumented-format", severity: Severity::Info },
    docs: include_str!("../../docs/PK0286.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(document) = &judged.pack.schema else { return };
    for entry in document.root().entries() {
        let Some(schema) = entry.value.get("schema") else { continue };
        let written = document.file().slice(schema.span());
        let Some(at) = written.find("${input") else { continue };
        let start = schema.span().start as usize + at + 2;
        let span = Span::new(start, start + "input".len());
        let pointer = push_pointer("", entry.key.text().unwrap_or_default());
        out.push(
            Diagnostic::new(
                RULE.lint,
                crate::source::Place::new(document.file(), span),
                "`${input}` is in no documentation; it is read as `${string}`",
            )
            .pointer(format!("{pointer}/schema"))
            .help("write `${string}`")
            .fix(Fix {
                message: "write `${string}`".to_owned(),
                safe: true,
                edits: vec![Edit { span, replacement: "string".to_owned() }],
            }),
        );
    }
}
