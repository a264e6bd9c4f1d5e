//! The tree as a whole: hostile input, merge keys, templates without quotes.

use serde_json::{Value, json};

use super::*;
use crate::source::SourceFile;

fn read(text: &str) -> Stream {
    parse(&SourceFile::new("t.yaml", text))
}

fn go(text: &str) -> Value {
    let stream = read(text);
    assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
    stream.documents[0].root().to_json(Resolver::Go).unwrap()
}

#[test]
fn an_alias_bomb_is_small_until_its_budget_ends_it() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..10 {
        let list = vec![format!("*a{}", level - 1); 9].join(", ");
        text = format!("{text}a{level}: &a{level} [{list}]\n");
    }
    let stream = read(&text);
    assert!(stream.diagnostics.is_empty());
    for resolver in [Resolver::Core, Resolver::Go] {
        assert_eq!(stream.documents[0].root().to_json(resolver), Err(BudgetError));
    }
    let merged = "a: &a {k: &k [x, x], l: *k}\nb: &b {<<: [*a, *a, *a]}\nc: {<<: [*b, *b]}\n";
    assert_eq!(go(merged)["c"], json!({"k": ["x", "x"], "l": ["x", "x"]}));
}

#[test]
fn nesting_without_end_is_a_syntax_error() {
    for (opening, count) in
        [("- ", 100_000), ("[", 100_000), ("{", 100_000), ("? ", 100_000), ("a: {", 50_000), ("- [", 50_000)]
    {
        let stream = read(&opening.repeat(count));
        assert_eq!(stream.diagnostics.len(), 1, "{opening}");
        assert!(stream.documents.is_empty(), "{opening}");
    }
    let deep: String = (0..3000).flat_map(|depth| [" ".repeat(depth), "a:\n".to_owned()]).collect();
    assert_eq!(read(&deep).diagnostics[0].message, "nested too deeply");
}

#[test]
fn an_alias_inside_its_own_anchor_is_an_error() {
    for text in ["a: &a [*a]\n", "&a {k: {l: *a}}\n", "&a *a\n"] {
        assert_eq!(read(text).diagnostics.len(), 1, "{text}");
    }
}

#[test]
fn large_files_are_read_whole() {
    let keys: String =
        (0..100_000).flat_map(|i| ["key-".to_owned(), i.to_string(), ": 1 # note\n".to_owned()]).collect();
    let stream = read(&keys);
    assert_eq!((stream.diagnostics.len(), stream.comments.len()), (0, 100_000));
    assert_eq!(stream.documents[0].root().to_json(Resolver::Go).unwrap().as_object().unwrap().len(), 100_000);
    let absent: String = (0..100_000).map(|_| "-\n").collect();
    assert_eq!(read(&absent).documents[0].root().items().count(), 100_000);
    let long = format!("a: \"{}\"\nb: |\n  {}\n", "x ".repeat(500_000), "y ".repeat(500_000));
    assert!(read(&long).diagnostics.is_empty());
}

/// What `sigs.k8s.io/yaml` 1.6.0 answers.
#[test]
fn merge_keys_go_by_the_order_of_the_document() {
    let base = "a: &a {x: 1, k: 2}\nc: &c {x: 7}\n";
    for (entry, expected) in [
        ("b: {<<: *a, x: 3}", json!({"x": 3, "k": 2})),
        // An explicit key that stands before is overwritten: so the cluster reads it.
        ("b: {x: 3, <<: *a}", json!({"x": 1, "k": 2})),
        ("b: {<<: [*a, *c]}", json!({"x": 1, "k": 2})),
        ("b: {<<: *a, <<: *c}", json!({"x": 7, "k": 2})),
        ("b: {'<<': *c}", json!({"<<": {"x": 7}})),
        ("b: {!!merge <<: *c}", json!({"x": 7})),
    ] {
        assert_eq!(go(&format!("{base}{entry}\n"))["b"], expected, "{entry}");
    }
    let core = read("a: {<<: {x: 1}}\n").documents[0].root().to_json(Resolver::Core).unwrap();
    assert_eq!(core, json!({"a": {"<<": {"x": 1}}}), "YAML 1.2 knows no merge keys");
}

#[test]
fn a_reference_without_quotes_is_read_as_text() {
    let text = "a: {{ .spectro.var.x }} # note\nb: [{{ .spectro.var.y }}, {{.z}}]\nc:\n  {{ .spectro.macro.m }}\nd: {a: {b: 1}}\n{{ .k }}: 1\n";
    let stream = read(text);
    assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
    let root = stream.documents[0].root();
    for (pointer, reference) in [
        ("/a", "{{ .spectro.var.x }}"),
        ("/b/0", "{{ .spectro.var.y }}"),
        ("/b/1", "{{.z}}"),
        ("/c", "{{ .spectro.macro.m }}"),
    ] {
        let node = root.at(pointer).unwrap();
        assert_eq!(node.unquoted_template(), Some(reference));
        assert_eq!(&text[node.span().range()], reference, "the span ends before a comment");
    }
    assert_eq!(root.get("d").unwrap().unquoted_template(), None);
    for legal in ["{{a: 1}: 2}", "{{a: 1}: {b: 1}}", "{? {a: 1}, b: {}}"] {
        assert_eq!(read(legal).documents[0].root().unquoted_template(), None, "{legal}");
    }
    assert_eq!(root.to_json(Resolver::Go).unwrap()["{{ .k }}"], json!(1));
}

#[test]
fn places_are_those_of_the_text() {
    let text = "\u{feff}a: |\n  x\n\nb: # c\nc: &x !!str y # d\nd:\n- 1\n- 2\ne: >-\n";
    let stream = read(text);
    let at = |pointer: &str| &text[stream.documents[0].at(pointer).unwrap().span().range()];
    assert_eq!((at("/a"), at("/b"), at("/c"), at("/d"), at("/e")), ("|\n  x", "", "y", "- 1\n- 2", ">-"));
    let absent = stream.documents[0].at("/b").unwrap().span().start as usize;
    assert_eq!(&text[..absent], "\u{feff}a: |\n  x\n\nb:");
    let all = stream.documents[0].root().place().start();
    assert_eq!((all.line, all.offset), (1, 3), "the byte order mark is no part of the first key");
}

/// As `sigs.k8s.io/yaml` 1.6.0 reads them.
#[test]
fn a_block_that_ends_with_the_file_has_no_line_break() {
    for (text, expected) in [
        ("a: |\n  x", "x"),
        ("a: |+\n  x", "x"),
        ("a: |\n  x\n", "x\n"),
        ("a: >\n  x\n  y", "x y"),
        ("a: |\n  x\n  ", "x\n"),
    ] {
        assert_eq!(go(text), json!({"a": expected}), "{text:?}");
    }
}
