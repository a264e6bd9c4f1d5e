//! Values of a Helm layer: Palette wraps them like a pack's (`pack:`, `charts.<name>:`), a chart layer has the chart's own.

use serde_json::{Map, Value};

use super::source::{leftover, take_map, take_some};
use crate::source::SourceFile;
use crate::yaml::{self, Document, Kind, Node, Resolver};

/// What the wrapped values of a Helm layer say.
#[derive(Debug, Default)]
pub(super) struct ChartValues {
    /// The chart's own values, as YAML text; `None` where there are none.
    pub(super) text: Option<String>,
    /// `pack.namespace`.
    pub(super) namespace: Option<String>,
    /// `pack."spectrocloud.com/install-priority"`.
    pub(super) priority: Option<i64>,
    /// `pack.releaseNameOverride.<chart>`.
    pub(super) release: Option<String>,
    /// `pack."spectrocloud.com/display-name"`.
    pub(super) display_name: Option<String>,
    /// Everything that a chart layer has no place for.
    pub(super) left: Option<Value>,
    /// What a person should know.
    pub(super) notes: Vec<String>,
}

/// Takes the values of the Helm layer of `chart` apart.
pub(super) fn unwrap(chart: &str, text: &str) -> ChartValues {
    let mut out = ChartValues::default();
    let document = match &yaml::parse(&SourceFile::new("values.yaml", text)).documents[..] {
        [document] if document.root().kind() == Kind::Map => document.clone(),
        _ => {
            out.text = Some(text.to_owned());
            return out;
        }
    };
    let Ok(Value::Object(mut values)) = document.root().to_json(Resolver::Go) else {
        out.text = Some(text.to_owned());
        return out;
    };
    if !values.contains_key("pack") && !values.contains_key("charts") {
        out.text = Some(text.to_owned());
        return out;
    }
    let mut charts = take_map(&mut values, "charts");
    if let Some(own) = charts.shift_remove(chart) {
        match own {
            Value::Object(own) if !own.is_empty() => {
                let node = document.root().get("charts").and_then(|charts| charts.get(chart));
                let kept = node.and_then(|node| block(&document, node, &own));
                if kept.is_none() {
                    out.notes.push("the comments in its values could not be kept".to_owned());
                }
                out.text = Some(kept.unwrap_or_else(|| yaml::write(&Value::Object(own))));
            }
            Value::Object(_) | Value::Null => {}
            other => {
                charts.insert(chart.to_owned(), other);
            }
        }
    }
    pack(chart, take_map(&mut values, "pack"), &mut out, &mut values);
    if !charts.is_empty() {
        values.insert("charts".to_owned(), Value::Object(charts));
    }
    out.left = leftover(values);
    out
}

/// Reads `pack:`; what is left of it goes back into `values`.
fn pack(chart: &str, mut pack: Map<String, Value>, out: &mut ChartValues, values: &mut Map<String, Value>) {
    if let Some(namespace) = take_some(&mut pack, "namespace") {
        if super::slug(&namespace, "") == namespace {
            out.namespace = Some(namespace);
        } else {
            out.notes.push(format!("namespace `{namespace}` is no name; it is kept as an annotation"));
            pack.insert("namespace".to_owned(), Value::String(namespace));
        }
    }
    let key = "spectrocloud.com/install-priority";
    if let Some(priority) = take_some(&mut pack, key) {
        if let Ok(number) = priority.trim().parse() {
            out.priority = Some(number);
        } else {
            out.notes
                .push(format!("install priority `{priority}` is no integer; it is kept as an annotation"));
            pack.insert(key.to_owned(), Value::String(priority));
        }
    }
    out.display_name = take_some(&mut pack, "spectrocloud.com/display-name");
    let mut releases = take_map(&mut pack, "releaseNameOverride");
    if let Some(release) = take_some(&mut releases, chart) {
        let fits = release.len() <= 53
            && release.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
        if fits {
            out.release = Some(release);
        } else {
            out.notes.push(format!(
                "release name `{release}` is not one that Helm takes; it is kept as an annotation"
            ));
            releases.insert(chart.to_owned(), Value::String(release));
        }
    }
    if !releases.is_empty() {
        pack.insert("releaseNameOverride".to_owned(), Value::Object(releases));
    }
    if let Some(left) = leftover(pack) {
        values.insert("pack".to_owned(), left);
    }
}

/// The lines of a block mapping, comments included, moved to the left margin; `None` where that changes its meaning.
fn block(document: &Document, node: Node<'_>, value: &Map<String, Value>) -> Option<String> {
    let file = document.file();
    let start = file.position(node.span().start);
    let indent = start.column as usize - 1;
    let text = file.text();
    // Comments above the first key belong to it.
    let mut line = start.line;
    while line > 1 && text[file.line_start(line - 1) as usize..].trim_start_matches(' ').starts_with('#') {
        line -= 1;
    }
    let first = file.line_start(line) as usize;
    let end = node.span().end as usize;
    // A block scalar ends behind its last line break (or at the next key), anything else before it.
    let end = match text[..end].trim_end_matches(' ') {
        whole if whole.ends_with('\n') => whole.len(),
        _ => text[end..].find('\n').map_or(text.len(), |rest| end + rest + 1),
    };
    let mut out = String::new();
    for line in text.get(first..end)?.split_inclusive('\n') {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        out.push_str(&line[spaces.min(indent)..]);
    }
    let stream = yaml::parse(&SourceFile::new("values.yaml", out.as_str()));
    let [moved] = &stream.documents[..] else { return None };
    let same = moved.root().to_json(Resolver::Go).ok()? == Value::Object(value.clone());
    (same && stream.diagnostics.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrapped_chart_is_taken_out_with_its_comments() {
        let text = "pack:\n  namespace: \"core\"\n  spectrocloud.com/install-priority: \"700\"\n  releaseNameOverride:\n    podinfo: pod\n  content:\n    images: [a]\ncharts:\n  podinfo:\n    # how many\n    replicas: 2 # two\n    text: |\n      a\n        b\n  other: {a: 1}\n";
        let out = unwrap("podinfo", text);
        assert_eq!(out.text.as_deref(), Some("# how many\nreplicas: 2 # two\ntext: |\n  a\n    b\n"));
        assert_eq!(out.namespace.as_deref(), Some("core"));
        assert_eq!(out.priority, Some(700));
        assert_eq!(out.release.as_deref(), Some("pod"));
        assert_eq!(
            out.left,
            Some(json!({"pack": {"content": {"images": ["a"]}}, "charts": {"other": {"a": 1}}}))
        );
    }

    #[test]
    fn flow_values_are_written_anew_and_plain_ones_stay() {
        let out = unwrap("podinfo", "charts: {podinfo: {a: 1}}\n");
        assert_eq!(out.text.as_deref(), Some("a: 1\n"));
        assert_eq!(unwrap("podinfo", "# c\na: 1").text.as_deref(), Some("# c\na: 1"));
        assert_eq!(unwrap("podinfo", "pack: {namespace: '{{x}}'}").namespace, None);
    }
}
