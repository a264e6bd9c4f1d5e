use serde_json::{Value, json};

use super::*;
use crate::source::SourceFile;
use crate::yaml::{self, Resolver};

/// A lookup with a number, texts that try to break out, and a variable without a value.
fn lookup(reference: &Reference) -> Found {
    match reference.name.as_str() {
        "port" => Found::Value(json!(8080)),
        "host" => Found::Value(json!("till.example.org")),
        "version" => Found::Value(json!("1.10")),
        "yes" => Found::Value(json!("yes")),
        "evil" => Found::Value(json!("x\"\n  admin: true # '")),
        "lines" => Found::Value(json!("one\ntwo")),
        "system" => Found::Keep,
        name => Found::Missing(format!("no value for `{name}`")),
    }
}

fn substituted(text: &str) -> String {
    substitute(&SourceFile::new("v.yaml", text), &lookup).unwrap()
}

fn json_of(text: &str) -> Value {
    let stream = yaml::parse(&SourceFile::new("v.yaml", text));
    assert!(stream.diagnostics.is_empty(), "{text}: {:?}", stream.diagnostics);
    stream.documents[0].root().to_json(Resolver::Go).unwrap()
}

#[test]
fn plain_and_whole_keeps_the_type_and_quoted_becomes_text() {
    let text = "a: {{ .spectro.var.port }} # here\nb: '{{ .spectro.var.port }}'\nc: ${{ var.port }}\nd: \"${{ var.port }}\"\n";
    assert_eq!(substituted(text), "a: 8080 # here\nb: '8080'\nc: 8080\nd: \"8080\"\n");
    assert_eq!(substituted("v: ${{ var.version }}\ny: ${{ var.yes }}\n"), "v: \"1.10\"\ny: \"yes\"\n");
}

#[test]
fn parts_become_text_and_the_rest_stays_byte_for_byte() {
    let text = "# {{ .spectro.var.none }}\nurl:   http://{{ .spectro.var.host }}:{{ .spectro.var.port }}/   # x\nother: '{{ .Values.a }}'\n";
    assert_eq!(
        substituted(text),
        "# {{ .spectro.var.none }}\nurl:   \"http://till.example.org:8080/\"   # x\nother: '{{ .Values.a }}'\n"
    );
}

#[test]
fn no_value_brings_structure_along() {
    let evil = "x\"\n  admin: true # '";
    for text in [
        "a: {{ .spectro.var.evil }}\nb: 1\n",
        "a: ${{ var.evil }}\nb: 1\n",
        "a: '{{ .spectro.var.evil }}'\nb: 1\n",
        "a: \"{{ .spectro.var.evil }}\"\nb: 1\n",
        "{a: {{ .spectro.var.evil }}, b: 1}\n",
        "{a: '{{ .spectro.var.evil }}', b: 1}\n",
    ] {
        assert_eq!(json_of(&substituted(text)), json!({ "a": evil, "b": 1 }), "{text}");
    }
    for style in ["|", ">-", "|-", ">"] {
        let text = format!("a: {style}\n  before {{{{ .spectro.var.evil }}}} behind\nb: 1\n");
        let value = json_of(&substituted(&text));
        assert_eq!(value["b"], 1, "{style}");
        let wanted = format!("before {evil} behind");
        assert_eq!(value["a"].as_str().unwrap().trim_end(), wanted, "{style}");
        assert_eq!(value.as_object().unwrap().len(), 2, "{style}");
    }
}

#[test]
fn keys_and_lists_are_replaced_too() {
    assert_eq!(
        json_of(&substituted(
            "'{{ .spectro.var.host }}': [\"{{ .spectro.var.port }}\", {{ .spectro.var.port }}]\n"
        )),
        json!({ "till.example.org": ["8080", 8080] })
    );
}

#[test]
fn a_missing_value_is_an_error_at_its_line_unless_there_is_a_default() {
    let file = SourceFile::new(
        "v.yaml",
        "a: 1\nb: '{{ .spectro.var.none }}'\nc: '{{ .spectro.var.none | default \"x\" }}'\n",
    );
    let errors = substitute(&file, &lookup).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].place.to_string(), "v.yaml:2:4");
    assert_eq!(substituted("c: '{{ .spectro.var.none | default \"x\" }}'\n"), "c: 'x'\n");
}

#[test]
fn what_a_lookup_keeps_stays_as_it_is() {
    let text = "a: '{{ .spectro.var.system }} {{ .spectro.var.port }}'\nb: {{ .spectro.var.system }}\n";
    assert_eq!(substituted(text), "a: '{{ .spectro.var.system }} 8080'\nb: {{ .spectro.var.system }}\n");
}

#[test]
fn values_keep_through_a_round_trip_which_references_are_typed() {
    let text = "a: {{ .spectro.var.port }}\nb: '{{ .spectro.var.port }}'\nc: ${{ var.port }}\nd: \"${{ var.port }}\"\ne: x-${{ var.port }}\n";
    let file = SourceFile::new("v.yaml", text);
    let value = read_values(&yaml::parse(&file).documents[0]).unwrap();
    let written = write_values(&value);
    assert_eq!(
        json_of(&substituted(&written)),
        json!({ "a": 8080, "b": "8080", "c": 8080, "d": "8080", "e": "x-8080" }),
        "{written}"
    );
    let mut inlined = value.clone();
    replace_in(&mut inlined, &lookup).unwrap();
    assert_eq!(inlined, json!({ "a": 8080, "b": "8080", "c": 8080, "d": "8080", "e": "x-8080" }));
}

#[test]
fn the_table_of_system_names_is_sorted_and_closed() {
    let names: Vec<_> = system_names().map(|(name, _)| name).collect();
    assert!(names.is_sorted());
    assert_eq!(system_name("cluster.name"), Some(KnownAt::Appliance));
    assert_eq!(system_name("cluster.nmae"), None);
}

#[test]
fn what_is_to_be_filled_in_is_known_by_its_looks() {
    for text in ["{{ x }}", "a-${B}", "%META_NAME%", "a-%NAME%-b", "a%b%%C%"] {
        assert!(is_placeholder(text), "{text}");
    }
    for text in ["", "%", "50%", "50% of 60%", "%a%", "$(HOME)", "$HOME", "%%"] {
        assert!(!is_placeholder(text), "{text}");
    }
}
