use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::source::SourceFile;
use crate::yaml::{Document, Spanned, parse};

fn document(text: &str) -> Document {
    let stream = parse(&SourceFile::new("t.yaml", text));
    assert!(stream.diagnostics.is_empty(), "{:?}", stream.diagnostics);
    stream.documents.into_iter().next().unwrap()
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    from_node(document(text).root())
}

/// The error of a text, with the text of its span.
fn error<T: DeserializeOwned + fmt::Debug>(text: &str) -> (String, String, String) {
    let error = read::<T>(text).unwrap_err();
    (error.message, error.pointer, text[error.span.range()].to_owned())
}

fn strings(parts: (&str, &str, &str)) -> (String, String, String) {
    (parts.0.to_owned(), parts.1.to_owned(), parts.2.to_owned())
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(transparent)]
struct Id(String);

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Full,
    AddOn,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Values {
    File(String),
    Inline(serde_json::Map<String, Value>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase", tag = "type", deny_unknown_fields)]
enum Tagged {
    Directory {
        path: String,
    },
    Git {
        url: String,
        #[serde(rename = "ref")]
        reference: Option<String>,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Setting {
    Word(Word),
    Options {
        word: Option<Word>,
        #[serde(flatten)]
        options: IndexMap<String, Value>,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Layer {
    name: Spanned<String>,
    display_name: Option<String>,
    #[serde(rename = "type")]
    word: Option<Spanned<Word>>,
    values: Option<Spanned<Values>>,
    #[serde(default)]
    manifests: Vec<Spanned<String>>,
    #[serde(default)]
    tags: IndexMap<String, Option<String>>,
    install_priority: Option<i64>,
    #[serde(default)]
    opaque: bool,
    default: Option<Spanned<Value>>,
    percent: Option<u8>,
    id: Option<Id>,
}

#[derive(Debug, PartialEq, Deserialize)]
enum External {
    Unit,
    New(u8),
    Pair(u8, String),
    Fields { a: bool },
}

const LAYER: &str = "\
name: cni
displayName:
type: add-on
values: {a: {b: [1, 'x', 2.5]}}
manifests: [one.yaml, \"two.yaml\"]
tags:
  empty:
  1.10: 'no'
installPriority: -5
opaque: true
default: 12
percent: 99
id: retail/vm
";

#[test]
fn structs_with_places_options_enums_and_maps() {
    let layer: Layer = read(LAYER).unwrap();
    assert_eq!((&*layer.name.value, &LAYER[layer.name.span.range()]), ("cni", "cni"));
    assert_eq!(layer.display_name, None);
    let word = layer.word.unwrap();
    assert_eq!((&word.value, &LAYER[word.span.range()]), (&Word::AddOn, "add-on"));
    let values = layer.values.unwrap();
    assert_eq!(&LAYER[values.span.range()], "{a: {b: [1, 'x', 2.5]}}");
    let expected = json!({"a": {"b": [1, "x", 2.5]}});
    assert_eq!(values.value, Values::Inline(expected.as_object().unwrap().clone()));
    assert_eq!(&LAYER[layer.manifests[1].span.range()], "\"two.yaml\"");
    assert_eq!(layer.tags["empty"], None);
    assert_eq!(layer.tags["1.10"].as_deref(), Some("no"), "keys count as they are written");
    assert_eq!((layer.install_priority, layer.opaque, layer.percent), (Some(-5), true, Some(99)));
    assert_eq!(layer.default.unwrap().value, json!(12));
    assert_eq!(layer.id, Some(Id("retail/vm".into())));
}

#[test]
fn enums_of_every_representation() {
    assert_eq!(read::<Values>("values.yaml").unwrap(), Values::File("values.yaml".into()));
    assert_eq!(
        read::<Tagged>("{type: git, url: u, ref: main}").unwrap(),
        Tagged::Git { url: "u".into(), reference: Some("main".into()) }
    );
    assert_eq!(read::<Setting>("full").unwrap(), Setting::Word(Word::Full));
    let Setting::Options { word: Some(Word::AddOn), options } =
        read("{word: add-on, max: 3, list: [a]}").unwrap()
    else {
        panic!()
    };
    assert_eq!(json!(options), json!({"max": 3, "list": ["a"]}));
    assert_eq!(error::<Values>("[1]").0, "the value has none of the forms that are allowed here");

    assert_eq!(read::<External>("Unit").unwrap(), External::Unit);
    assert_eq!(read::<External>("New: 3").unwrap(), External::New(3));
    assert_eq!(read::<External>("Pair: [3, x]").unwrap(), External::Pair(3, "x".into()));
    assert_eq!(read::<External>("Fields: {a: true}").unwrap(), External::Fields { a: true });
    assert_eq!(error::<External>("Pair: [3, 4]").1, "/Pair/1");
}

#[test]
fn a_number_is_no_text() {
    for (text, message) in [
        ("name: 1.10", "`1.10` is a number here and would lose its zero; write it in quotes"),
        ("name: 7", "`7` is a number here; write it in quotes"),
        ("name: 0o17", "`0o17` is a number here and would not stay as it is written; write it in quotes"),
        ("name: true", "`true` is a boolean here; write it in quotes"),
        ("name: ~", "`~` is null here; write it in quotes"),
    ] {
        let value = text.trim_start_matches("name: ");
        assert_eq!(error::<Layer>(text), strings((message, "/name", value)));
    }
    assert_eq!(error::<Layer>("name:").0, "expected text, found nothing");
    for text in ["name: '1.10'", "name: !!str 1.10", "name: 1.10.0", "name: 2001-12-14", "name: yes"] {
        assert!(read::<Layer>(text).is_ok(), "{text}");
    }
}

#[test]
fn errors_point_at_the_innermost_node() {
    let cases = [
        ("name: a\nnam: b", ("", "/nam", "nam")),
        ("name: a\ntype: ful", ("", "/type", "ful")),
        ("name: a\nmanifests: [a, [b]]", ("expected a string, found a list", "/manifests/1", "[b]")),
        ("name: a\nmanifests: x", ("expected a list, found string \"x\"", "/manifests", "x")),
        ("name: a\npercent: 300", ("", "/percent", "300")),
        ("name: a\nopaque: yes", ("`yes` is text here; write `true`", "/opaque", "yes")),
        ("name: a\ntags: {a/b: [c]}", ("expected a string, found a list", "/tags/a~1b", "[c]")),
        ("displayName: x", ("missing field `name`", "", "displayName: x")),
        ("name: a\n? [x]\n: y", ("a key must be a single word or text here", "", "[x]")),
    ];
    for (text, (message, pointer, at)) in cases {
        let found = error::<Layer>(text);
        assert!(message.is_empty() || found.0 == message, "{text}: {}", found.0);
        assert_eq!((&*found.1, &*found.2), (pointer, at), "{text}");
    }
    assert!(error::<Layer>("name: a\nnam: b").0.starts_with("unknown field `nam`, expected one of `name`"));
    assert!(error::<Layer>("name: a\ntype: ful").0.contains("`full`"));
    assert_eq!(error::<Layer>("[a]").0, "expected a mapping, found a list");
}

#[test]
fn values_are_what_to_json_gives() {
    let text = "a: &x {n: 1, f: 1.5, t: \"x\", z: ~, neg: -3, big: 18446744073709551615}\nb: [*x, *x]\nc: {{ .spectro.var.n }}\n";
    let document = document(text);
    let value: Value = from_node(document.root()).unwrap();
    assert_eq!(value, document.root().to_json(Resolver::Core).unwrap());
    assert_eq!(value["c"], "{{ .spectro.var.n }}");
}

#[test]
fn typed_keys() {
    assert_eq!(read::<std::collections::BTreeMap<u64, u8>>("{3: 1, 0x10: 2}").unwrap()[&16], 2);
    let words: IndexMap<String, u8> = read("{true: 1, ~: 2, 1.10: 3}").unwrap();
    assert_eq!(words.keys().collect::<Vec<_>>(), ["true", "~", "1.10"]);
}

#[test]
fn an_alias_bomb_ends_at_the_budget() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let list = vec![format!("*a{}", i - 1); 9].join(", ");
        text = format!("{text}a{i}: &a{i} [{list}]\n");
    }
    assert!(read::<Value>(&text).unwrap_err().message.contains("too large"));
    let long = format!("s: &s {}\nl: [{}]\n", "x".repeat(100_000), vec!["*s"; 20_000].join(", "));
    assert!(read::<Value>(&long).unwrap_err().message.contains("too large"), "long texts count");
    assert!(document(&long).root().to_json(Resolver::Go).is_err());
}

#[test]
fn depth_is_bounded_through_aliases_too() {
    let nest = |inner: &str| format!("{}{inner}{}", "[".repeat(150), "]".repeat(150));
    assert!(read::<Value>(&nest("x")).is_ok());
    let text = format!("- &a {}\n- {}\n", nest("x"), nest("*a"));
    assert!(read::<Value>(&text).unwrap_err().message.contains("too deep"));
}
