use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::source::SourceFile;
use crate::yaml::parse;

/// Strings that some reader takes for something else, or that break naive emitters.
const AWKWARD: &[&str] = &[
    "",
    "~",
    "null",
    "true",
    "yes",
    "y",
    "N",
    "on",
    "Off",
    "010",
    "08",
    "0777",
    "1_000",
    "0b11",
    "0B1",
    "0o7",
    "0O7",
    "0x_1",
    "0X1F",
    "-0x1f",
    "1:30",
    "8080:80",
    "2001-12-14",
    "2001-12-14T00:00:00Z",
    " a",
    "a ",
    "a: b",
    "a:b",
    "a:",
    "a #b",
    "a#b",
    "#b",
    "{{ .x }}",
    "a-{{ .x }}",
    "{a",
    "[a",
    "a]",
    "*a",
    "&a",
    "!a",
    "|",
    "> x",
    "- a",
    "-",
    "--a",
    "-a",
    "?",
    "? a",
    ": a",
    ":",
    "%a",
    "@a",
    "`a",
    "'a",
    "\"a",
    "it's",
    "a\\b",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "\n",
    "\na",
    "  a\nb",
    "a\r\nb",
    "a\rb",
    "a\tb",
    "\ta",
    "a\n\tb\n",
    "\t\n",
    "a \nb",
    "a\n \nb",
    "a\n  ",
    "\u{85}",
    "a\u{2028}b",
    "\u{feff}a",
    "\u{7f}",
    "\u{1}",
    "\u{a0}",
    "---",
    "--- a",
    "...",
    "a\n---\nb",
    "=",
    "<<",
    "1e3",
    "+1",
    "_1",
    ".5",
    "5.",
    ".inf",
    "-.INF",
    ".nan",
    "1e",
    "0x",
    "12345678901234567890123",
    "1__0",
    "a,b",
    "a\n  b\nc",
    "a\n# b",
    "key:\n  - x\n",
    "é😀",
    "1.10",
    "1.10.0",
    "v1.2.3",
    "10.0.0.1",
    "\u{202e}abc",
    "\u{fffe}",
    "http://a/b?c=d#e",
];

fn read(text: &str, resolver: Resolver) -> Value {
    let stream = parse(&SourceFile::new("t.yaml", text));
    assert!(stream.diagnostics.is_empty(), "{:?}\n{text}", stream.diagnostics);
    assert_eq!(stream.documents.len(), 1, "{text}");
    stream.documents[0].root().to_json(resolver).unwrap()
}

/// Go's meaning of numbers: a whole float is an integer.
fn numbers_by_value(value: &Value) -> Value {
    match value {
        Value::Number(n) => match n.as_f64() {
            Some(f) if f.fract() == 0.0 && f.abs() < 1e15 => json!(f as i64),
            _ => value.clone(),
        },
        Value::Array(items) => items.iter().map(numbers_by_value).collect(),
        Value::Object(map) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), numbers_by_value(v))).collect())
        }
        other => other.clone(),
    }
}

fn survives(value: &Value) {
    let text = write(value);
    assert_eq!(&read(&text, Resolver::Core), value, "core\n{text}");
    assert_eq!(numbers_by_value(&read(&text, Resolver::Go)), numbers_by_value(value), "Go\n{text}");
    let mut line = String::new();
    flow(&mut line, value, false);
    assert_eq!(&read(&line, Resolver::Core), value, "flow\n{line}");
    assert_eq!(numbers_by_value(&read(&line, Resolver::Go)), numbers_by_value(value), "flow, Go\n{line}");
}

#[test]
fn awkward_strings_stay_strings_everywhere() {
    for text in AWKWARD {
        survives(&json!(text));
        survives(
            &json!({"k": text, *text: 1, "l": [text, [text, text], {*text: text, "z": [text]}], "e": {*text: {}}}),
        );
    }
    survives(&json!({"x".repeat(2000): {"y".repeat(2000): 1, "z": 2}}));
}

#[test]
fn the_look_of_it() {
    let value = json!({
        "name": "cni-calico", "version": "3.27.2", "tag": "1.10", "on": "yes", "empty": {}, "none": null, "list": [],
        "args": ["--flag=1", "it's", "say \"hi\"", "{{ .spectro.var.x }}"],
        "layers": [{"name": "a", "values": {"b": [[1, 2], [{"c": 1.5, "d": true}]]}}],
        "script": "set -e\n\necho done\n", "url": "https://example.com:8443/a#b", "note": "a: b",
    });
    assert_eq!(
        write(&value),
        r#"name: cni-calico
version: 3.27.2
tag: "1.10"
"on": "yes"
empty: {}
none: null
list: []
args:
  - --flag=1
  - it's
  - say "hi"
  - "{{ .spectro.var.x }}"
layers:
  - name: a
    values:
      b:
        - - 1
          - 2
        - - c: 1.5
            d: true
script: |
  set -e

  echo done
url: https://example.com:8443/a#b
note: "a: b"
"#
    );
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(AWKWARD).prop_map(str::to_owned),
        3 => r"[ \-+.:_0-9a-foxTZ\n#'\{\}\[\],&*!|>~]{0,9}",
        1 => "\\PC{0,6}",
        1 => prop::collection::vec(any::<char>(), 0..5).prop_map(|c| c.into_iter().collect()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => text().prop_map(Value::String),
        1 => any::<i64>().prop_map(|n| json!(n)),
        1 => any::<u64>().prop_map(|n| json!(n)),
        1 => (-1e12..1e12).prop_map(|n: f64| json!(n)),
        1 => prop::sample::select(vec![json!(null), json!(true), json!(false), json!(1.0), json!(-2.5e-9)]),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_written_reads_back(value in value()) {
        survives(&value);
    }
}
