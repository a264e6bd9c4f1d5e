//! VA0101: a reference stands in values without quotes.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};

/// VA0101 `unquoted-reference`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VA0101", name: "unquoted-reference", severity: Severity::Warning },
    docs: include_str!("../docs/VA0101.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        for (pointer, origin) in layer.values.origins.of_layer() {
            let Some(place) = &origin.place else { continue };
            let written = place.file.slice(place.span).trim_end();
            if !written.starts_with("{{") || !written.ends_with("}}") {
                continue;
            }
            // Quoting makes it text, which is what most values are; a number or a boolean would change its type.
            let quoted =
                if written.contains('\'') { format!("\"{written}\"") } else { format!("'{written}'") };
            out.push(
                Diagnostic::new(
                    RULE.lint,
                    place.clone(),
                    "a reference without quotes is a map to other programs",
                )
                .pointer(pointer)
                .help("quote it for text; write `${{ var.NAME }}` where the value keeps the variable's type")
                .fix(Fix {
                    message: "quote it".to_owned(),
                    safe: false,
                    edits: vec![Edit { span: place.span, replacement: quoted }],
                }),
            );
        }
    }
}
