//! Conformance: the cases of github.com/yaml/yaml-test-suite (branch `data`), whose folder `EDGEWRIGHT_YAML_SUITE` names.

// A test may stop where it stands; clippy knows functions that are tests, not those beside them.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use edgewright::source::SourceFile;
use edgewright::yaml::{DUPLICATE_KEY, Document, Kind, Node, Resolver, Style, parse};
use serde_json::Value;

/// A flow sequence that is indented too little: the parser takes it on purpose, as other parsers do.
const ACCEPTED_THOUGH_INVALID: &[&str] = &["9C9N"];

/// Cases, each a folder with `in.yaml`; some lie one level deeper (`2G84/00`).
fn cases(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        // `name` and `tags` hold links to the cases; git's own folder holds none.
        if !path.is_dir() || matches!(name, "name" | "tags" | ".git") {
            continue;
        }
        if path.join("in.yaml").exists() {
            out.push(path);
        } else {
            cases(&path, out);
        }
    }
}

/// JSON has one kind of number.
fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => serde_json::json!(number.as_f64()),
        Value::Array(items) => items.iter().map(by_value).collect(),
        Value::Object(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), by_value(v))).collect()),
        other => other.clone(),
    }
}

/// The events of a tree as the suite writes them (`test.event`), as far as a tree knows: structure, scalars with their
/// styles, and what aliases name. Tags, anchors and the brackets of flow collections are left out on both sides.
fn events(documents: &[Document]) -> Vec<String> {
    fn node(of: Node<'_>, out: &mut Vec<String>) {
        if of.is_alias() {
            let place = of.place();
            out.push(format!("=ALI {}", place.file.slice(place.span).trim_end()));
        } else if let Some((text, style)) = of.scalar() {
            let style = match style {
                Style::Plain => ':',
                Style::Single => '\'',
                Style::Double => '"',
                Style::Literal => '|',
                Style::Folded => '>',
            };
            let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
            out.push(format!("=VAL {style}{}", text.replace('\t', "\\t").replace('\u{8}', "\\b")));
        } else if of.kind() == Kind::Map {
            out.push("+MAP".to_owned());
            for entry in of.entries() {
                node(entry.key, out);
                node(entry.value, out);
            }
            out.push("-MAP".to_owned());
        } else {
            out.push("+SEQ".to_owned());
            of.items().for_each(|item| node(item, out));
            out.push("-SEQ".to_owned());
        }
    }
    let mut out = Vec::new();
    for document in documents {
        out.push("+DOC".to_owned());
        node(document.root(), &mut out);
    }
    out
}

/// The same of the suite's own list.
fn expected_events(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for line in text.lines() {
        let line = line.trim_start();
        match line.split(' ').next().unwrap_or_default() {
            "+STR" | "-STR" | "-DOC" | "" => {}
            "=VAL" => {
                // `=VAL &anchor <tag> :text`
                let mut rest = &line[5..];
                while rest.starts_with(['&', '<']) {
                    rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
                }
                out.push(format!("=VAL {rest}"));
            }
            "=ALI" => out.push(line.to_owned()),
            word => out.push(word.to_owned()),
        }
    }
    out
}

#[test]
fn the_yaml_test_suite() {
    let Some(folder) = std::env::var_os("EDGEWRIGHT_YAML_SUITE").map(PathBuf::from).filter(|f| f.is_dir())
    else {
        println!("skipped: EDGEWRIGHT_YAML_SUITE names no folder");
        return;
    };
    let mut all = Vec::new();
    cases(&folder, &mut all);
    let mut same_events = 0;
    let (mut valid, mut accepted, mut invalid, mut rejected, mut with_json, mut equal) = (0, 0, 0, 0, 0, 0);
    let mut misses = Vec::new();
    for case in &all {
        let name = case.strip_prefix(&folder).unwrap().display().to_string();
        let text = fs::read_to_string(case.join("in.yaml")).unwrap();
        let stream = parse(&SourceFile::new(name.clone(), text));
        let faults: Vec<_> = stream.diagnostics.iter().filter(|d| d.lint != DUPLICATE_KEY).collect();
        if case.join("error").exists() {
            invalid += 1;
            rejected += usize::from(!faults.is_empty());
            if faults.is_empty() && !ACCEPTED_THOUGH_INVALID.contains(&&*name) {
                misses.push(format!("{name}: accepted"));
            }
            continue;
        }
        valid += 1;
        accepted += usize::from(faults.is_empty());
        if let Some(fault) = faults.first() {
            misses.push(format!("{name}: {} {}", fault.place, fault.message));
        }
        let wanted = expected_events(&fs::read_to_string(case.join("test.event")).unwrap());
        let found = events(&stream.documents);
        same_events += usize::from(wanted == found);
        if wanted != found {
            misses.push(format!("{name}: events {found:?} instead of {wanted:?}"));
        }
        let Ok(json) = fs::read_to_string(case.join("in.json")) else { continue };
        with_json += 1;
        let expected: Vec<Value> =
            serde_json::Deserializer::from_str(&json).into_iter().map(|v| by_value(&v.unwrap())).collect();
        let found: Vec<Value> =
            stream.documents.iter().map(|d| by_value(&d.root().to_json(Resolver::Core).unwrap())).collect();
        if expected == found {
            equal += 1;
        } else {
            misses.push(format!("{name}: {found:?} instead of {expected:?}"));
        }
    }
    println!(
        "valid {accepted}/{valid}, events {same_events}/{valid}, invalid {rejected}/{invalid}, JSON {equal}/{with_json}"
    );
    println!("{}", misses.join("\n"));
    assert_eq!((valid, invalid, with_json), (308, 94, 279), "another version of the suite");
    assert_eq!(accepted, 308, "{misses:#?}");
    assert!(same_events + rejected >= 401, "{misses:#?}");
    assert!(rejected >= 93, "{misses:#?}");
    assert!(equal >= 279, "{misses:#?}");
}
