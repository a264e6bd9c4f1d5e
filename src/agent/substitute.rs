//! Putting values into a layer: its charts' values files and its manifests, scalar by scalar.

use serde_json::Value;

use super::content;
use super::variables::{self, Values};
use crate::archive::Files;
use crate::bundle::{self, Descriptor, LayerDocument};
use crate::source::SourceFile;
use crate::template::{self, Found, Reference, ReferenceKind, VariableFormat};

/// How a layer's files are to be applied.
const LAYER: &str = "layer.json";

/// What references can name on this appliance.
pub(super) struct Known<'a> {
    /// The profile whose variables they are.
    pub(super) descriptor: &'a Descriptor,
    /// Their values in force.
    pub(super) values: &'a Values,
    /// Values of `.spectro.system.` names.
    pub(super) system: &'a Values,
}

/// Replaces the references of one layer in place. What comes out are the references that have no value.
pub(super) fn layer(files: &mut Files, document: &LayerDocument, known: &Known) -> Vec<String> {
    let mut problems = Vec::new();
    let values = document.charts.iter().map(|chart| &chart.values);
    for path in values.chain(&document.values).chain(&document.manifests) {
        let shown = format!("{}/{}/{path}", known.descriptor.profile, document.name);
        let Some(text) = files.text(path) else {
            problems.push(format!("{shown}: it is not UTF-8"));
            continue;
        };
        let file = SourceFile::new(shown, text);
        match template::substitute(&file, &|reference| known.lookup(reference)) {
            Ok(replaced) if replaced == text => {}
            Ok(replaced) => files.insert(path.clone(), replaced.into_bytes()),
            Err(found) => problems.extend(found.iter().map(|diagnostic| {
                let line = diagnostic.place.start().line;
                format!("{}:{line}: {}", diagnostic.place.file.path(), diagnostic.message)
            })),
        }
    }
    problems
}

/// Replaces the references in the names of `layer.json`: of releases and namespaces, and in what namespaces are labelled with.
/// It comes before [`super::content::layer_document`], which takes no name with a reference in it.
pub(super) fn names(files: &mut Files, layer: &str, known: &Known) -> Vec<String> {
    let Some(text) = files.text(LAYER).filter(|text| text.contains("{{")) else { return Vec::new() };
    let Ok(mut document) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut problems = Vec::new();
    let mut replace = |value: &mut Value, is_name: bool| {
        let before = value.clone();
        if let Err(errors) = template::replace_in(value, &|reference| known.lookup(reference)) {
            problems.extend(errors.into_iter().map(|(_, why)| why));
            return;
        }
        // A label is text, whatever the type of a variable.
        *value = template::scalar_text(value).map_or(Value::Null, Value::String);
        if is_name && *value != before && !value.as_str().is_some_and(content::is_label) {
            problems.push(format!("{before} becomes {value}, which is no name for a release or namespace"));
        }
    };
    for chart in items(&mut document, "charts") {
        for key in ["release", "namespace"] {
            chart.get_mut(key).into_iter().for_each(|value| replace(value, true));
        }
    }
    for namespace in items(&mut document, "namespaces") {
        namespace.get_mut("name").into_iter().for_each(|value| replace(value, true));
        for key in ["labels", "annotations"] {
            let map = namespace.get_mut(key).and_then(Value::as_object_mut);
            map.into_iter().flat_map(|map| map.values_mut()).for_each(|value| replace(value, false));
        }
    }
    files.insert(LAYER, bundle::write(&document));
    let shown = format!("{}/{layer}/{LAYER}", known.descriptor.profile);
    problems.into_iter().map(|why| format!("{shown}: {why}")).collect()
}

fn items<'v>(document: &'v mut Value, key: &str) -> impl Iterator<Item = &'v mut Value> {
    document.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

impl Known<'_> {
    fn lookup(&self, reference: &Reference) -> Found {
        let name = &reference.name;
        match reference.kind {
            ReferenceKind::Var => {
                let declared = self.descriptor.variables.iter().find(|variable| variable.name == *name);
                let format = declared.and_then(|variable| VariableFormat::of(&variable.format));
                let value = self.values.get(name).and_then(variables::text);
                match (format, value) {
                    (Some(format), Some(text)) => Found::Value(format.typed(&text)),
                    (None, _) => Found::Missing(format!("the profile has no variable `{name}`")),
                    (_, None) => Found::Missing(format!(
                        "the variable `{name}` has no value; give one with --variable {name}=VALUE or in the assignment"
                    )),
                }
            }
            ReferenceKind::System => match self.system.get(name) {
                Some(value) => Found::Value(value.clone()),
                None => Found::Missing(format!(
                    "`.spectro.system.{name}` is not known on this appliance; give it with --variable system.{name}=VALUE"
                )),
            },
            ReferenceKind::Macro | ReferenceKind::Pack => Found::Missing(format!(
                "the reference to the {} `{name}` should have been replaced when the profile was released",
                reference.kind.word()
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::agent::content::tests as content_tests;

    fn replaced(values: &str, manifest: &str) -> (Files, Vec<String>) {
        let mut files = content_tests::layer("podinfo", "web", "name: podinfo\n");
        files.insert("charts/00-podinfo.values.yaml", values.as_bytes());
        files.insert("manifests/00-quota.yaml", manifest.as_bytes());
        let document = content::layer_document(&files, "podinfo").unwrap();
        let (mut descriptor, ..) = content_tests::profile("edge", &[]);
        descriptor.variables = serde_json::from_value(json!([
            { "name": "port", "format": "number" },
            { "name": "host", "format": "string" },
            { "name": "empty", "format": "string" },
        ]))
        .unwrap();
        let own =
            Values::from([("port".to_owned(), json!("8080")), ("host".to_owned(), json!("a: {b}\n# c"))]);
        let system = Values::from([("cluster.name".to_owned(), json!("store-1"))]);
        let known = Known { descriptor: &descriptor, values: &own, system: &system };
        let problems = layer(&mut files, &document, &known);
        (files, problems)
    }

    #[test]
    fn names_are_filled_in_and_must_be_names_then() {
        let named = |namespace: &str| {
            let mut files = Files::new();
            let document = json!({
                "charts": [{ "name": "a", "release": "web", "namespace": namespace }],
                "namespaces": [{ "name": namespace, "labels": { "port": "${{ var.port }}" } }],
            });
            files.insert(LAYER, bundle::write(&document));
            let (mut descriptor, ..) = content_tests::profile("edge", &[]);
            descriptor.variables =
                serde_json::from_value(json!([{ "name": "port", "format": "number" }])).unwrap();
            let own = Values::from([("port".to_owned(), json!(8080))]);
            let system = Values::from([("cluster.name".to_owned(), json!("Store 1"))]);
            let known = Known { descriptor: &descriptor, values: &own, system: &system };
            let problems = names(&mut files, "a", &known);
            (serde_json::from_str::<Value>(files.text(LAYER).unwrap()).unwrap(), problems)
        };
        let (document, problems) = named("n-{{ .spectro.var.port }}");
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(document["charts"][0]["namespace"], "n-8080");
        assert_eq!(document["namespaces"][0], json!({ "name": "n-8080", "labels": { "port": "8080" } }));
        let (_, problems) = named("{{ .spectro.system.cluster.name }}");
        assert!(problems[0].contains("\"Store 1\", which is no name"), "{problems:?}");
        let (_, problems) = named("{{ .spectro.var.gone }}");
        assert!(
            problems[0].contains("edge/a/layer.json: the profile has no variable `gone`"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_value_brings_no_structure_along() {
        let (files, problems) = replaced(
            "port: ${{ var.port }}\nquoted: '{{ .spectro.var.port }}'\nhost: \"{{ .spectro.var.host }}\" # kept\n",
            "metadata:\n  name: q-{{ .spectro.system.cluster.name }}\nother: '{{ .Values.x }}'\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        let values: serde_json::Value =
            serde_yaml::from_str(files.text("charts/00-podinfo.values.yaml").unwrap()).unwrap();
        assert_eq!(values, json!({ "port": 8080, "quoted": "8080", "host": "a: {b}\n# c" }));
        assert!(files.text("charts/00-podinfo.values.yaml").unwrap().ends_with("# kept\n"));
        assert_eq!(
            files.text("manifests/00-quota.yaml").unwrap(),
            "metadata:\n  name: q-store-1\nother: '{{ .Values.x }}'\n"
        );
    }

    #[test]
    fn references_without_a_value_are_said_with_their_lines() {
        let (_, problems) =
            replaced("a: 1\nb: '{{ .spectro.var.empty }}'\n", "x: '{{ .spectro.system.user.name }}'\n");
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            problems[0].starts_with("edge/podinfo/charts/00-podinfo.values.yaml:2: the variable `empty`"),
            "{problems:?}"
        );
        assert!(problems[1].contains("--variable system.user.name=VALUE"), "{problems:?}");
    }
}
