//! `edgewright explain`: explain a rule by its code or name, or list all rules.

use anyhow::{Result, bail};

use super::ui::Ui;
use super::{Exit, Format};
use crate::diagnostics::closest;
use crate::rules;

/// Arguments of `explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Code (`PR0101`) or name (`duplicate-profile`); without it, all rules are listed.
    rule: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let mut rules: Vec<_> = rules::all().collect();
    rules.sort_by_key(|(lint, _)| lint.code);
    if let Some(name) = &args.rule {
        rules
            .retain(|(lint, _)| lint.code.eq_ignore_ascii_case(name) || lint.name.eq_ignore_ascii_case(name));
        if rules.is_empty() {
            let names = rules::all().flat_map(|(lint, _)| [lint.code, lint.name]);
            match closest(name, names) {
                Some(near) => bail!("there is no rule `{name}`; did you mean `{near}`?"),
                None => bail!("there is no rule `{name}`; `edgewright explain` lists all"),
            }
        }
    }
    match args.format {
        Format::Json => {
            let list: Vec<_> = rules
                .iter()
                .map(|(lint, docs)| {
                    serde_json::json!({
                        "code": lint.code, "name": lint.name, "severity": lint.severity, "docs": docs,
                    })
                })
                .collect();
            ui.result(&serde_json::to_string_pretty(&list)?);
        }
        Format::Text if args.rule.is_some() => {
            for (lint, docs) in &rules {
                let text = format!("{docs}\nSeverity: {}\n", lint.severity.word());
                ui.result(&if ui.color_out() { styled(&text) } else { text });
            }
        }
        Format::Text => {
            for (lint, _) in &rules {
                ui.result(&format!("{}  {:<8} {}", lint.code, lint.severity.word(), lint.name));
            }
        }
    }
    Ok(Exit::Fine)
}

/// Markdown as a terminal shows it best: headings bold, code in colour and set in, without the marks of either.
fn styled(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() * 2);
    let mut code = false;
    for line in markdown.lines() {
        if line.starts_with("```") {
            code = !code;
            continue;
        }
        if code {
            out.extend(["    \x1b[36m", line, "\x1b[0m"]);
        } else if let Some(heading) = line.strip_prefix("## ").or_else(|| line.strip_prefix("# ")) {
            out.extend(["\x1b[1m", heading, "\x1b[0m"]);
        } else {
            for (at, part) in line.split('`').enumerate() {
                if at % 2 == 1 {
                    out.extend(["\x1b[36m", part, "\x1b[0m"]);
                } else {
                    out.push_str(part);
                }
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::styled;

    #[test]
    fn marks_become_colours() {
        let text = styled("# PR0101 x\n\nTwo `a`.\n\n```yaml\n# `a`\n```\n");
        let wanted = "\x1b[1mPR0101 x\x1b[0m\n\nTwo \x1b[36ma\x1b[0m.\n\n    \x1b[36m# `a`\x1b[0m\n";
        assert_eq!(text, wanted);
    }
}
