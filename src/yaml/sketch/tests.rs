use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The spot at `|`, as `path role "typed"`.
fn spot(text: &str) -> String {
    let offset = text.find('|').expect("a cursor");
    let text = text.replacen('|', "", 1);
    let sketch = Sketch::new(&text);
    let Some(spot) = sketch.at(offset) else { return "nothing".to_owned() };
    let path: String = spot
        .path
        .iter()
        .map(|step| match step {
            Step::Key(key) => format!("/{key}"),
            Step::Index(index) => format!("/{index}"),
        })
        .collect();
    let role = match spot.role {
        Role::Key { colon: true } => "key:",
        Role::Key { colon: false } => "key",
        Role::Value => "value",
        Role::Either => "either",
    };
    let siblings =
        if spot.siblings.is_empty() { String::new() } else { format!(" [{}]", spot.siblings.join(" ")) };
    format!("{path} {role} \"{}\"{siblings}", &text[spot.span.range()])
}

#[test]
fn places_in_blocks_are_found() {
    for (text, wanted) in [
        ("|", " either \"\""),
        ("ki|", " either \"ki\""),
        ("ki|nd: x\n", " key: \"kind\""),
        ("kind: |\n", "/kind value \"\""),
        ("kind:|\n", "nothing"),
        ("kind: Clu|\nspec: {}\n", "/kind value \"Clu\""),
        ("kind: x\n|\nspec:\n", " key \"\" [kind spec]"),
        ("kind: x\nme|\nspec:\n", " key \"me\" [kind spec]"),
        ("spec:\n  |\n", "/spec either \"\""),
        ("spec:\n  ty|\n", "/spec either \"ty\""),
        ("spec:\n  type: full\n  |\n", "/spec key \"\" [type]"),
        ("spec:\n  type: full\n|\n", " key \"\" [spec]"),
        ("spec:\n  type: full\n    |\n", "nothing"),
        ("spec:\n  |\n  type: full\n", "/spec key \"\" [type]"),
        ("spec:\n  layers:\n    - |\n", "/spec/layers/0 either \"\""),
        ("spec:\n  layers:\n    - na|\n", "/spec/layers/0 either \"na\""),
        ("spec:\n  layers:\n    - name: x\n      |\n    - name: y\n", "/spec/layers/0 key \"\" [name]"),
        ("spec:\n  layers:\n    - name: x\n      pa|\n    - name: y\n", "/spec/layers/0 key \"pa\" [name]"),
        (
            "spec:\n  layers:\n    - name: x\n    - name: y\n      pack:\n        v|\n",
            "/spec/layers/1/pack either \"v\"",
        ),
        ("spec:\n  layers:\n  - name: x\n  - name: y|\n", "/spec/layers/1/name value \"y\""),
        ("spec:\n  layers:\n  - name: x\n  |\n", "/spec key \"\" [layers]"),
        ("a: # com|ment\n", "/a value \"\""),
        ("# com|ment\na: 1\n", "nothing"),
        ("a: 1 # x|\n", "nothing"),
        ("a: x\n---\nb: |\n", "/b value \"\""),
        ("a: \"x|\nb: 1\n", "/a value \"\"x\""),
        ("a: 'x|'\nb: 1\n", "/a value \"'x'\""),
        ("a: {{ .x|\nb: 1\n", "/a value \"{{ .x\""),
        ("a: >-\n  one\n  t|wo\nb: 1\n", "/a value \">-\n  one\n  two\""),
        ("\"a b\": 1\n'c': |\n", "/c value \"\""),
        ("a:\r\n  b: |\r\n", "/a/b value \"\""),
        ("ä: 🐻\nb: |\n", "/b value \"\""),
        ("a: &x |\n", "/a value \"\""),
        ("a:\n  - b\n  - |\n", "/a/1 either \"\""),
        ("a:\n    b: 1\n  |c: 2\n", "/a key: \"c\" [b]"),
    ] {
        assert_eq!(spot(text), wanted, "{text}");
    }
}

#[test]
fn places_in_brackets_are_found() {
    for (text, wanted) in [
        ("pack: { | }\n", "/pack key \"\""),
        ("pack: {|}\n", "/pack key \"\""),
        ("pack: { na| }\n", "/pack key \"na\""),
        ("pack: { name: | }\n", "/pack/name value \"\""),
        ("pack: { name: |, version: 1 }\n", "/pack/name value \"\""),
        ("pack: { name: x| }\n", "/pack/name value \"x\""),
        ("pack: { name: x, | }\n", "/pack key \"\" [name]"),
        ("pack: { name: x, |\nvalues: y\n", "/pack key \"\" [name]"),
        ("pack: { name: x, ver|\nvalues: y\n", "/pack key \"ver\" [name]"),
        ("a:\n  pack: { name: x\n  values: |\n", "/a/values value \"\""),
        ("m: [a, |]\n", "/m/1 value \"\""),
        ("m: [|]\n", "/m/0 value \"\""),
        ("m: [a, b|]\n", "/m/1 value \"b\""),
        ("m: [{ a: 1 }, { b: | }]\n", "/m/1/b value \"\""),
        ("m: { a: {{ .spectro.var.x| }} }\n", "/m/a value \"{{ .spectro.var.x }}\""),
        ("m: { a: \"x| }\nb: 1\n", "/m/a value \"\"x }\""),
        ("{\n  \"a\": 1,\n  |\n}\n", " key \"\" [a]"),
        ("{\n  \"a\": 1,\n  \"b|\"\n}\n", " key \"\"b\"\" [a]"),
        ("{\n  \"a\": 1\n  \"b\": |\n}\n", "/b value \"\""),
        ("{\"a\": [{\"b\": \"|\"}]}", "/a/0/b value \"\"\"\""),
        ("{\"a\": [\n  {\n    \"b\": |\n", "/a/0/b value \"\""),
        ("a: { b: 1 }|\n", "nothing"),
    ] {
        assert_eq!(spot(text), wanted, "{text}");
    }
}

#[test]
fn a_broken_text_still_has_its_values() {
    let text = "kind: A\nmetadata: { name: \"x\", \nspec:\n  list:\n    - a: 1\n      b: [x, 'y'\n    - true\n   oops\n---\nkind: B\n";
    let documents: Vec<Value> = Sketch::new(text).documents().map(|(_, value)| value).collect();
    assert_eq!(
        documents[0],
        json!({"kind": "A", "metadata": {"name": "x"}, "spec": {"list": [{"a": 1, "b": ["x", "y"]}, true]}})
    );
    assert_eq!(documents[1], json!({"kind": "B"}));
}

#[test]
fn what_parses_is_sketched_as_it_is_parsed() {
    let text = include_str!("../../../profiles/retail/virtual-machines/1.2.0/profile.yaml");
    let parsed = crate::yaml::parse(&crate::source::SourceFile::new("p", text));
    let sketch = Sketch::new(text);
    let (_, sketched) = sketch.documents().next().unwrap();
    assert_eq!(sketched, parsed.documents[0].root().to_json(Resolver::Core).unwrap());
    let json = include_str!("../../../packs/flannel-1.4.0/pack.json");
    let (_, sketched) = Sketch::new(json).documents().next().unwrap();
    assert_eq!(sketched, serde_json::from_str::<Value>(json).unwrap());
}

#[test]
fn deep_and_long_texts_are_read_in_time() {
    for text in
        ["[".repeat(200_000), "- ".repeat(100_000), "{\"a\":".repeat(100_000), "a: \"\n".repeat(100_000)]
    {
        let sketch = Sketch::new(&text);
        assert!(sketch.at(text.len()).is_none_or(|spot| spot.path.len() <= 2 * DEEPEST));
        assert!(sketch.documents().count() > 0);
    }
}

proptest! {
    #[test]
    fn any_text_is_taken(text in "[-a:{}\\[\\] \n\"'#,|>&{ä🐻\r]{0,60}") {
        let sketch = Sketch::new(&text);
        for offset in 0..=text.len() {
            let _ = sketch.at(offset).map(|spot| &text[spot.span.range()]);
        }
        let _ = sketch.documents().count();
    }
}
