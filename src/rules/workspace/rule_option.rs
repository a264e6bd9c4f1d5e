//! CF0005: `check.rules` gives a rule an option that it does not take, or a value that the option does not have.

use crate::diagnostics::{Diagnostic, Edit, Fix, Lint, Severity, closest};
use crate::rules::options::{self, OptionFault};
use crate::rules::{self, Check, Context, Rule};
use crate::workspace::model::RuleSetting;
use crate::yaml::push_pointer;

/// CF0005 `rule-option`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "CF0005", name: "rule-option", severity: Severity::Error },
    docs: include_str!("../docs/CF0005.md"),
    check: Check::Repository(check),
};

fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let Some(config) = cx.workspace.map(|w| &w.config) else { return };
    let Some(document) = &config.document else { return };
    for (name, setting) in &config.spec.check.rules {
        let RuleSetting::Options { options, .. } = setting else { continue };
        let Some((lint, _)) = rules::find(name) else { continue };
        for (option, value) in options {
            let Some(fault) = options::fault(lint, option, value) else { continue };
            let pointer = push_pointer(&push_pointer("/spec/check/rules", name), option);
            let key = document.key_place(&pointer);
            out.push(
                match fault {
                    OptionFault::Unknown(known) if known.is_empty() => Diagnostic::new(
                        RULE.lint,
                        key,
                        format!("rule {} ({}) takes no options", lint.code, lint.name),
                    )
                    .help(format!("take `{option}` away; `severity` is all that can be set")),
                    OptionFault::Unknown(known) => {
                        let finding = Diagnostic::new(
                            RULE.lint,
                            key.clone(),
                            format!("rule {} ({}) has no option `{option}`", lint.code, lint.name),
                        );
                        match closest(option, known.iter().map(String::as_str)) {
                            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(Fix {
                                message: format!("rename it to `{near}`"),
                                safe: false,
                                edits: vec![Edit { span: key.span, replacement: near.to_owned() }],
                            }),
                            None => finding.help(format!("it has: {}", known.join(", "))),
                        }
                    }
                    OptionFault::Wrong(why) => Diagnostic::new(
                        RULE.lint,
                        document.place(&pointer),
                        format!("option `{option}` of rule {} ({}): {why}", lint.code, lint.name),
                    )
                    .help(format!(
                        "`edgewright explain {}` shows the options; the rule is off until then",
                        lint.code
                    )),
                }
                .pointer(pointer),
            );
        }
    }
}
