//! What the fuzz target and the test of its seeds both do with a file.

use edgewright::source::SourceFile;
use edgewright::yaml::{self, Resolver, edit};
use serde_json::{Value, json};

/// Reads bytes as YAML in every way there is, changes them, and writes what was read.
///
/// # Panics
///
/// Where a promise of the `yaml` room is broken: that is what the fuzzer looks for.
pub(crate) fn read_everything(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let file = SourceFile::new("fuzz.yaml", text);
    let stream = yaml::parse(&file);
    for diagnostic in &stream.diagnostics {
        assert!(text.get(diagnostic.place.span.range()).is_some(), "a span that does not fit the text");
    }
    for document in &stream.documents {
        let root = document.root();
        assert!(text.get(root.span().range()).is_some(), "a span that does not fit the text");
        let _ = root.to_json(Resolver::Go);
        let typed = yaml::from_node::<Value>(root);
        let Ok(core) = root.to_json(Resolver::Core) else { continue };
        if let Ok(typed) = typed {
            assert!(stream.diagnostics.iter().any(|d| d.lint == yaml::DUPLICATE_KEY) || typed == core);
        }
        let written = yaml::write(&core);
        let again = yaml::parse(&SourceFile::new("written.yaml", written.clone()));
        assert!(again.diagnostics.is_empty(), "written, but not readable:\n{written}");
        assert_eq!(again.documents[0].root().to_json(Resolver::Core).as_ref(), Ok(&core));
        changes(text, document, &core);
    }
}

/// Every kind of edit at the root and below it gives a text again.
fn changes(text: &str, document: &yaml::Document, root: &Value) {
    let mut pointers = vec![String::new()];
    match root {
        Value::Object(map) => pointers.extend(map.keys().map(|key| yaml::push_pointer("", key))),
        Value::Array(items) => pointers.extend((0..items.len()).map(|index| format!("/{index}"))),
        _ => {}
    }
    for pointer in pointers.iter().take(20) {
        for edits in [
            edit::set(document, pointer, &json!({"new": ["value"]})),
            edit::insert_entry(document, pointer, "new", &json!("value")),
            edit::append_item(document, pointer, &json!("value\nof lines\n")),
            edit::remove(document, pointer),
        ]
        .into_iter()
        .flatten()
        {
            edit::apply(text, &edits);
        }
    }
}
