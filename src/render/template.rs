//! Definitions of custom resources in the templates of a chart, read without rendering it.

use super::{Object, Origin, of_documents};
use crate::chart::Chart;
use crate::source::SourceFile;
use crate::yaml;

/// The definitions of custom resources in a chart's templates that are YAML once the template's actions are taken out. They say
/// what custom resources look like; whether they are applied only rendering can tell.
pub fn template_crds(chart: &Chart) -> Vec<Object> {
    let mut found = Vec::new();
    for (path, _) in chart.files.iter().filter(|(path, _)| in_templates(path)) {
        let Some(text) =
            chart.files.text(path).filter(|text| text.contains("kind: CustomResourceDefinition"))
        else {
            continue;
        };
        let file = SourceFile::new(format!("{}/{path}", chart.path), without_actions(text));
        let stream = yaml::parse(&file);
        if stream.diagnostics.iter().any(|finding| finding.lint == yaml::SYNTAX) {
            continue;
        }
        found.extend(
            of_documents(&stream.documents, Origin::ChartTemplate).into_iter().filter(Object::is_crd),
        );
    }
    found
}

fn in_templates(path: &str) -> bool {
    let mut rest = path;
    while let Some((_, inner)) = rest.strip_prefix("charts/").and_then(|inner| inner.split_once('/')) {
        rest = inner;
    }
    rest.starts_with("templates/") && super::has_ending(path)
}

/// A template with every action blanked where it has its lines to itself, and a word in its place elsewhere; each character
/// that stays keeps its place.
fn without_actions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let Some(end) = rest[start..].find("}}").map(|end| start + end + 2) else { break };
        out.push_str(&rest[..start]);
        let line_before = out.rsplit('\n').next().unwrap_or_default();
        let line_after = rest[end..].split('\n').next().unwrap_or_default();
        let alone = line_before.trim().is_empty()
            && (line_after.trim().is_empty() || line_after.trim_start().starts_with("{{"));
        // An action inside of a text must not end it, and must not make it empty.
        let filler = if alone { ' ' } else { 'x' };
        out.extend(
            rest[start..end]
                .chars()
                .flat_map(|c| std::iter::repeat_n(if c == '\n' { '\n' } else { filler }, c.len_utf8())),
        );
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_leave_the_rest_where_it_was() {
        let text = "{{- if .Values.crds }}\nkind: X\nname: {{ .Values.name }}-b\n{{ end -}}\n";
        assert_eq!(
            without_actions(text),
            "                      \nkind: X\nname: xxxxxxxxxxxxxxxxxx-b\n          \n"
        );
        assert_eq!(without_actions("a {{ b"), "a {{ b");
    }
}
