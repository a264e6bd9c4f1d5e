//! The search index: a script that the page loads when somebody searches, so that it also works from `file://`.

use serde_json::{Value, json};

use super::index::Index;
use super::layers::kind_word;
use super::{paths, rules};

/// `edgewrightIndex([...])`: one record per profile, pack, chart and rule: kind, name, path, words, note.
pub(super) fn index_script(index: &Index) -> Vec<u8> {
    let mut records: Vec<Value> = Vec::new();
    for profile in &index.profiles {
        let current = profile.current();
        let metadata = &current.resolved.profile.metadata;
        let mut words: Vec<String> = vec![
            metadata.display_name.clone().unwrap_or_default(),
            metadata.description.clone().unwrap_or_default(),
            format!("type:{}", current.type_word()),
        ];
        words.extend(metadata.owners.iter().map(|o| format!("owner:{o}")));
        for (key, value) in &metadata.tags {
            words.push(format!("tag:{key}"));
            // People ask for `tag:gold` as often as for `tag:tier:gold`.
            if let Some(value) = value.as_deref().filter(|v| !v.is_empty()) {
                words.extend([format!("tag:{key}:{value}"), format!("tag:{value}")]);
            }
        }
        for layer in &current.resolved.layers {
            words.push(layer.name.clone());
            words.push(format!("kind:{}", kind_word(layer.layer_type)));
            if let Some(name) = layer.source.name() {
                words.push(format!("{}:{name}", layer.source.word()));
            }
        }
        words.extend(current.resolved.profile.spec.variables.iter().map(|v| v.name.value.clone()));
        let path = format!("{}/index.html", paths::profile_dir(profile.id));
        records.push(json!(["profile", profile.id.0, paths::href(&path), joined(words), current.version]));
    }
    for (kind, sources) in [("pack", &index.packs), ("chart", &index.charts)] {
        for (name, source) in sources {
            let path = format!("{}/index.html", paths::source_dir(kind, name));
            let newest = &source.versions[0];
            let words = match newest.content {
                super::index::Content::Pack(pack) => vec![
                    pack.display_name.clone().unwrap_or_default(),
                    pack.addon_type.clone().unwrap_or_default(),
                    format!("kind:{}", kind_word(pack.layer)),
                ],
                super::index::Content::Chart(chart) => {
                    vec![chart.metadata.description.clone().unwrap_or_default()]
                }
            };
            records.push(json!([kind, name, paths::href(&path), joined(words), newest.version]));
        }
    }
    for (lint, docs) in crate::rules::all() {
        let words =
            vec![lint.name.to_owned(), format!("severity:{}", lint.severity.word()), rules::what(docs)];
        records.push(json!(["rule", lint.code, rules::page(lint.code), joined(words), lint.name]));
    }
    // JSON is JavaScript; `</` could only matter inside a page, where this text never stands.
    format!("edgewrightIndex({});\n", Value::Array(records)).into_bytes()
}

fn joined(words: Vec<String>) -> String {
    let mut out: Vec<String> = Vec::new();
    for word in words {
        let word = word.trim().to_lowercase();
        if !word.is_empty() && !out.contains(&word) {
            out.push(word);
        }
    }
    out.join(" ")
}
