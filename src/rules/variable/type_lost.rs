//! VR0308: a number or a boolean becomes text on its way into values.

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity};
use crate::resolve::ResolvedProfile;
use crate::rules::{Check, Context, Rule};
use crate::template::{self, ReferenceKind, VariableFormat};

/// VR0308 `type-lost`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "VR0308", name: "type-lost", severity: Severity::Warning },
    docs: include_str!("../docs/VR0308.md"),
    check: Check::Profile(check),
};

fn check(_: &Context<'_>, resolved: &ResolvedProfile, out: &mut Vec<Diagnostic>) {
    for layer in &resolved.layers {
        for (pointer, origin) in layer.values.origins.of_layer() {
            let Some(place) = &origin.place else { continue };
            // The value is looked up by its pointer: only where it may be a reference.
            if !place.file.slice(place.span).contains("{{") {
                continue;
            }
            let Some(text) = layer.values.value.pointer(pointer).and_then(Value::as_str) else { continue };
            // A typed reference (`${{ … }}`, or one without quotes) keeps its type.
            let Some(reference) = Some(text).filter(|text| text.starts_with("{{")).and_then(template::whole)
            else {
                continue;
            };
            if reference.kind != ReferenceKind::Var {
                continue;
            }
            let variable = resolved.profile.spec.variables.iter().find(|v| v.name.value == reference.name);
            let was = layer.values.defaults.pointer(pointer);
            let what = match (variable.map(|v| v.format), was) {
                (Some(VariableFormat::Number), Some(Value::Number(_))) => "a number",
                (Some(VariableFormat::Boolean), Some(Value::Bool(_))) => "`true` or `false`",
                _ => continue,
            };
            let short = format!("${{{{ var.{} }}}}", reference.name);
            let finding = Diagnostic::new(
                RULE.lint,
                place.clone(),
                format!("in quotes the value is text, and the default here is {what}"),
            )
            .pointer(pointer)
            .help(format!("write `{short}` without quotes: it keeps the type of the variable"));
            let quoted = place.file.slice(place.span);
            let whole = quoted.trim_matches(['\'', '"']).trim() == text.trim();
            out.push(if reference.has_default() || !whole {
                finding
            } else {
                finding.fix(Fix {
                    message: "keep the type of the variable".to_owned(),
                    safe: false,
                    edits: vec![Edit { span: place.span, replacement: short }],
                })
            });
        }
    }
}
