//! PK0212: values.yaml is indented by odd steps or has tabs.

use crate::diagnostics::{Diagnostic, Lint, Severity};
use crate::rules::{Check, Context, JudgedPack, Rule};
use crate::source::{Place, Span};
use crate::yaml::{Kind, Node};

/// PK0212 `values-style`; documentation beside it.
pub(in crate::rules) const RULE: Rule = Rule {
    lint: Lint { code: "PK0212", name: "values-style", severity: Severity::Info },
    docs: include_str!("../../docs/PK0212.md"),
    check: Check::Pack(check),
};

fn check(_: &Context<'_>, judged: &JudgedPack, out: &mut Vec<Diagnostic>) {
    let Some(file) = &judged.pack.values_file else { return };
    if let Some(tab) = file.text().find('\t') {
        out.push(
            Diagnostic::new(
                RULE.lint,
                Place::new(file, Span::new(tab, tab + 1)),
                "there is a tab in values.yaml",
            )
            .help("write spaces: registries of packs refuse tabs, and Helm's templates carry them into YAML"),
        );
    }
    let Some(document) = &judged.pack.values else { return };
    let mut odd = Vec::new();
    collect(document.root(), &mut odd);
    odd.sort_unstable();
    let Some(first) = odd.first() else { return };
    let place = Place::new(file, *first);
    let column = place.start().column - 1;
    let more = match odd.len() {
        1 => String::new(),
        n => format!(", and {} more lines", n - 1),
    };
    let message = format!("the line is indented by {column} spaces, which is no multiple of two{more}");
    out.push(
        Diagnostic::new(RULE.lint, place, message)
            .help("indent by two spaces: registries of packs refuse anything else"),
    );
}

/// First keys of block mappings, and items of lists, that stand at an odd column at the start of their line. The walk
/// keeps its own stack.
fn collect(root: Node<'_>, odd: &mut Vec<Span>) {
    let mut rest = vec![root];
    while let Some(node) = rest.pop() {
        if node.is_alias() {
            continue;
        }
        match node.kind() {
            Kind::Map => {
                for entry in node.entries() {
                    if starts_its_line_oddly(entry.key) {
                        odd.push(entry.key.span());
                    }
                    rest.push(entry.value);
                }
            }
            Kind::Seq => rest.extend(node.items()),
            Kind::Scalar => {}
        }
    }
}

fn starts_its_line_oddly(key: Node<'_>) -> bool {
    let place = key.place();
    let text = place.file.text();
    let start = place.span.start as usize;
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let before = &text[line..start];
    before.len() % 2 == 1 && before.bytes().all(|b| b == b' ')
}
