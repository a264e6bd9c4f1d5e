use serde_json::json;

use super::*;
use crate::source::SourceFile;
use crate::yaml::{Resolver, parse};

/// One change, as a function of a document.
pub(super) enum Change<'a> {
    Set(&'a str, Value),
    Insert(&'a str, &'a str, Value),
    Append(&'a str, Value),
    Remove(&'a str),
    Put(&'a str, usize, Value),
    Move(&'a str, usize, usize),
    Take(&'a str, usize),
}

use Change::{Append, Insert, Move, Put, Remove, Set, Take};

fn document(text: &str) -> Document {
    let stream = parse(&SourceFile::new("t.yaml", text));
    assert!(stream.diagnostics.is_empty(), "{:?}\n{text}", stream.diagnostics);
    stream.documents.into_iter().next().unwrap()
}

fn json_of(text: &str) -> Value {
    document(text).root().to_json(Resolver::Core).unwrap()
}

fn edits(text: &str, change: &Change<'_>) -> Result<Vec<Edit>, EditError> {
    let document = document(text);
    match change {
        Set(at, value) => set(&document, at, value),
        Insert(at, key, value) => insert_entry(&document, at, key, value),
        Append(at, value) => append_item(&document, at, value),
        Remove(at) => remove(&document, at),
        Put(at, index, value) => insert_item(&document, at, *index, value),
        Move(at, from, to) => move_item(&document, at, *from, *to),
        Take(at, index) => remove_item(&document, at, *index),
    }
}

/// What the change does to the values, without any text.
fn changed(mut root: Value, change: &Change<'_>) -> Value {
    match change {
        Set(pointer, value) => {
            if let Some(old) = root.pointer_mut(pointer) {
                *old = value.clone();
            } else {
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                root.pointer_mut(parent).unwrap()[key] = value.clone();
            }
        }
        Insert(pointer, key, value) => root.pointer_mut(pointer).unwrap()[*key] = value.clone(),
        Append(pointer, value) => match root.pointer_mut(pointer).unwrap() {
            Value::Array(items) => items.push(value.clone()),
            nothing => *nothing = json!([value]),
        },
        Put(pointer, index, value) => {
            let items = root.pointer_mut(pointer).unwrap().as_array_mut().unwrap();
            items.insert((*index).min(items.len()), value.clone());
        }
        Move(pointer, from, to) => {
            let items = root.pointer_mut(pointer).unwrap().as_array_mut().unwrap();
            let item = items.remove(*from);
            items.insert(*to, item);
        }
        Take(pointer, index) => {
            root.pointer_mut(pointer).unwrap().as_array_mut().unwrap().remove(*index);
        }
        Remove(pointer) => {
            let (parent, last) = pointer.rsplit_once('/').unwrap();
            let last = last.replace("~1", "/").replace("~0", "~");
            match root.pointer_mut(parent).unwrap() {
                Value::Array(items) => drop(items.remove(last.parse().unwrap())),
                Value::Object(map) => drop(map.shift_remove(&last)),
                other => panic!("{other}"),
            }
        }
    }
    root
}

/// The text after a change; its meaning is checked here.
pub(super) fn after(text: &str, change: &Change<'_>) -> String {
    let out = apply(text, &edits(text, change).unwrap());
    assert_eq!(json_of(&out), changed(json_of(text), change), "\n{text}\n--\n{out}");
    out
}

#[test]
fn values_are_replaced_in_their_place() {
    let cases = [
        ("a: 1 # one\nb: 2\n", Set("/a", json!("x")), "a: x # one\nb: 2\n"),
        ("a: 'old'   # one\n", Set("/a", json!("1.10")), "a: \"1.10\"   # one\n"),
        ("a: # none\nb: 2\n", Set("/a", json!(5)), "a: 5 # none\nb: 2\n"),
        ("a:\n", Set("/a", json!({"k": [1]})), "a:\n  k:\n    - 1\n"),
        ("a: x # c\nb: 1\n", Set("/a", json!({"k": 1, "l": 2})), "a: # c\n  k: 1\n  l: 2\nb: 1\n"),
        ("a: x # c\nb: 1\n", Set("/a", json!("l1\nl2\n")), "a: | # c\n  l1\n  l2\nb: 1\n"),
        ("a: # c\n  k: 1\n  l: 2 # d\nb: 1\n", Set("/a", json!(3)), "a: 3 # c # d\nb: 1\n"),
        ("a: # c\n  k: 1 # d\nb: 1\n", Set("/a", json!([1])), "a: # c\n  - 1\nb: 1\n"),
        ("a: |\n  x\n\n  y\n\nb: 1\n", Set("/a", json!("z")), "a: z\n\nb: 1\n"),
        ("a: x\n  y # c\nb: 1\n", Set("/a", json!("z")), "a: z # c\nb: 1\n"),
        ("a:\n- 1\n- 2\nb: 1\n", Set("/a", json!([3])), "a:\n  - 3\nb: 1\n"),
        ("- 1 # c\n- 2\n", Set("/0", json!({"k": 1, "l": 2})), "- k: 1 # c\n  l: 2\n- 2\n"),
        ("- a: 1\n  b: 2\n- 2\n", Set("/0", json!(7)), "- 7\n- 2\n"),
        ("-\n- 2\n", Set("/0", json!(7)), "- 7\n- 2\n"),
        ("- - a\n  - b\n", Set("/0/1", json!([1, 2])), "- - a\n  - - 1\n    - 2\n"),
        ("{a: 1, b: [x, y]}\n", Set("/b/1", json!({"k": "a,b"})), "{a: 1, b: [x, {k: \"a,b\"}]}\n"),
        ("{a, b: }\n", Set("/a", json!(1)), "{a: 1, b: }\n"),
        ("{a, b: }\n", Set("/b", json!(1)), "{a, b: 1 }\n"),
        ("a: !!str 5 # c\n", Set("/a", json!(6)), "a: 6 # c\n"),
        ("a: &x !!str 5\nb: *x\n", Set("/b", json!(6)), "a: &x !!str 5\nb: 6\n"),
        ("a: {{ .spectro.var.x }} # t\n", Set("/a", json!(1)), "a: 1 # t\n"),
        ("? a\n: 1 # c\n", Set("/a", json!({"k": 1})), "? a\n: # c\n  k: 1\n"),
        ("a: {b: 1} # c\n", Set("/a", json!({"k": 1})), "a: # c\n  k: 1\n"),
        ("a: 1\n", Set("/b", json!(2)), "a: 1\nb: 2\n"),
        ("x\n", Set("", json!({"a": 1})), "a: 1\n"),
        ("a: 1 # c\nb: 2\n", Set("", json!({"a": 1})), "a: 1\n"),
        ("--- text\n", Set("", json!({"a": 1})), "--- \na: 1\n"),
        ("a: 1\nb: 2 # c\n", Set("", json!("x\ny\n")), "|\n  x\n  y\n"),
        ("? a\nb: 1\n", Set("/a", json!({"k": 1})), "? a\n:\n  k: 1\nb: 1\n"),
        ("a: b\t\nc: d\n", Set("/a", json!("x\ny\n")), "a: |\n  x\n  y\nc: d\n"),
        ("a: 2\n    \nb: 1\n", Set("/a", json!("x\ny\n")), "a: |\n  x\n  y\n\nb: 1\n"),
        ("a: x\nb: 1\n", Set("/a", json!("x\n\n")), "a: \"x\\n\\n\"\nb: 1\n"),
    ];
    for (text, change, expected) in cases {
        assert_eq!(after(text, &change), expected, "{text}");
    }
}

#[test]
fn an_anchor_stays_with_the_new_value() {
    let text = "a: &x # c\n  k: 1\nb: *x\n";
    assert_eq!(apply(text, &edits(text, &Set("/a", json!([2]))).unwrap()), "a: &x # c\n  - 2\nb: *x\n");
    let text = "- &x old\n- *x\n";
    let out = apply(text, &edits(text, &Set("/0", json!({"k": 1}))).unwrap());
    assert_eq!(out, "- &x\n  k: 1\n- *x\n");
    assert_eq!(json_of(&out), json!([{"k": 1}, {"k": 1}]));
}

#[test]
fn entries_and_items_are_added_at_the_end() {
    let cases = [
        ("a: 1 # c\n", Insert("", "b", json!(2)), "a: 1 # c\nb: 2\n"),
        ("a: 1", Insert("", "b", json!(2)), "a: 1\nb: 2"),
        ("a: 1", Insert("", "b", json!("x\ny\n")), "a: 1\nb: |\n  x\n  y\n"),
        ("a: |\n  x", Insert("", "b", json!(2)), "a: |-\n  x\nb: 2"),
        ("- a: >+\n    x", Insert("/0", "b", json!(2)), "- a: >-\n    x\n  b: 2"),
        (
            "m:\n  x: 1\n  # last\nn: 2\n",
            Insert("/m", "k", json!([1])),
            "m:\n  x: 1\n  k:\n    - 1\n  # last\nn: 2\n",
        ),
        (
            "m:\n    x:\n        z: 1\nn: 2\n",
            Insert("/m", "k", json!(1)),
            "m:\n    x:\n        z: 1\n    k: 1\nn: 2\n",
        ),
        ("m: {}\n", Insert("/m", "k", json!(1)), "m:\n  k: 1\n"),
        ("m: # c\nn: 1\n", Insert("/m", "k", json!(1)), "m: # c\n  k: 1\nn: 1\n"),
        ("m: {x: 1} # c\n", Insert("/m", "k", json!({"z": 2})), "m: {x: 1, k: {z: 2}} # c\n"),
        ("m: {x: 1, }\n", Insert("/m", "k", json!(2)), "m: {x: 1, k: 2, }\n"),
        ("m: {x: }\n", Insert("/m", "k", json!(2)), "m: {x:, k: 2 }\n"),
        (
            "m: {\n  x: 1, # c\n  z: 2 # d\n}\n",
            Insert("/m", "k", json!(2)),
            "m: {\n  x: 1, # c\n  z: 2, # d\n  k: 2\n}\n",
        ),
        ("m: {\n  x: 1, # c\n}\n", Insert("/m", "k", json!(2)), "m: {\n  x: 1, # c\n  k: 2,\n}\n"),
        ("m: [{}]\n", Insert("/m/0", "k", json!(2)), "m: [{k: 2}]\n"),
        ("m: [a: 1]\n", Insert("/m/0", "k", json!(2)), "m: [{a: 1, k: 2}]\n"),
        ("- a: 1\n- b: 2\n", Insert("/0", "c", json!(3)), "- a: 1\n  c: 3\n- b: 2\n"),
        ("- a:\n- b: 2\n", Insert("/0", "c", json!(3)), "- a:\n  c: 3\n- b: 2\n"),
        (
            "l:\n- 1\n- 2 # c\nm: 1\n",
            Append("/l", json!({"a": 1, "b": 2})),
            "l:\n- 1\n- 2 # c\n- a: 1\n  b: 2\nm: 1\n",
        ),
        ("l:\n  - 1\n\n# about m\nm: 1\n", Append("/l", json!(2)), "l:\n  - 1\n  - 2\n\n# about m\nm: 1\n"),
        ("l:\nm: 1\n", Append("/l", json!(2)), "l:\n  - 2\nm: 1\n"),
        ("l: [] # c\nm: 1\n", Append("/l", json!({"a": 1})), "l: # c\n  - a: 1\nm: 1\n"),
        ("l: [a, b]\n", Append("/l", json!("c: d")), "l: [a, b, \"c: d\"]\n"),
        ("l: [\n  a,\n  b\n]\n", Append("/l", json!("c")), "l: [\n  a,\n  b,\n  c\n]\n"),
        ("- - 1\n- 2\n", Append("/0", json!([3])), "- - 1\n  - - 3\n- 2\n"),
        ("a: |+\n  x\n\nb: 1\n", Insert("", "c", json!(3)), "a: |+\n  x\n\nb: 1\nc: 3\n"),
        ("m:\n  a: |+\n    x\n\nb: 1\n", Insert("/m", "c", json!(3)), "m:\n  a: |+\n    x\n\n  c: 3\nb: 1\n"),
        ("a: |+\n  x\n\n", Insert("", "c", json!(3)), "a: |+\n  x\n\nc: 3\n"),
        ("? a\n: 1\n", Insert("", "c", json!(3)), "? a\n: 1\nc: 3\n"),
        ("a: |\n  x\n   \n", Insert("", "c", json!(3)), "a: |\n  x\n   \nc: 3\n"),
        ("a:\n  ? &d\nb: 1\n", Insert("", "c", json!(3)), "a:\n  ? &d\nb: 1\nc: 3\n"),
        (
            "--- # doc\na: 1\n...\n",
            Insert("", "c", json!("x\ny\n")),
            "--- # doc\na: 1\nc: |\n  x\n  y\n...\n",
        ),
        ("{? [a]: 1}: 2\nb: 1\n", Insert("", "c", json!(3)), "{? [a]: 1}: 2\nb: 1\nc: 3\n"),
    ];
    for (text, change, expected) in cases {
        assert_eq!(after(text, &change), expected, "{text}");
    }
}

#[test]
fn entries_and_items_are_removed_with_their_lines() {
    let cases = [
        ("a: 1 # c\nb: 2\n", Remove("/a"), "b: 2\n"),
        (
            "a: 1\n# about b\nb:\n  x: 1\n  # in b\n  y: 2 # c\nc: 3\n",
            Remove("/b"),
            "a: 1\n# about b\nc: 3\n",
        ),
        ("a: 1\nb: 2", Remove("/b"), "a: 1"),
        ("a: 1\nb: 2 # c", Remove("/b"), "a: 1"),
        ("a: |\n  x\n  y\nb: 2\n", Remove("/a"), "b: 2\n"),
        ("l:\n- 1\n- a: 1\n  b: 2\n- 3\n", Remove("/l/1"), "l:\n- 1\n- 3\n"),
        ("l:\n- 1\n- 2\n", Remove("/l/0"), "l:\n- 2\n"),
        ("- a: 1 # c\n  # about b\n  b: 2\n", Remove("/0/a"), "- # about b\n  b: 2\n"),
        ("- a: 1\n  b: 2\n- c\n", Remove("/0/b"), "- a: 1\n- c\n"),
        ("- - 1\n  - 2\n", Remove("/0/0"), "- - 2\n"),
        ("m:\n  a: 1\nn: 2\n", Remove("/m/a"), "m: {}\nn: 2\n"),
        ("l: # c\n  - 1\nn: 2\n", Remove("/l/0"), "l: [] # c\nn: 2\n"),
        ("{a: 1, b: 2, c: 3}\n", Remove("/a"), "{b: 2, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", Remove("/c"), "{a: 1, b: 2}\n"),
        ("[a, b: , ]\n", Remove("/1"), "[a , ]\n"),
        ("l: [a]\n", Remove("/l/0"), "l: []\n"),
        ("a: |+\n  x\n\nb: 1\n\nc: 2\n", Remove("/b"), "a: |+\n  x\n\nc: 2\n"),
        ("b: 1\na: |+\n  x\n\n\n", Remove("/a"), "b: 1\n"),
        ("? a\n: 1\n? b\n: 2\n", Remove("/a"), "? b\n: 2\n"),
        ("a: &x 1\n&k b: 2\nc: 3\n", Remove("/b"), "a: &x 1\nc: 3\n"),
        ("a:\nb: # c\nc: 3\n", Remove("/b"), "a:\nc: 3\n"),
    ];
    for (text, change, expected) in cases {
        assert_eq!(after(text, &change), expected, "{text}");
    }
}

#[test]
fn what_cannot_be_edited_says_why() {
    let error = |text: &str, change: &Change<'_>| edits(text, change).unwrap_err();
    assert_eq!(error("a: 1\n", &Remove("/b")), EditError::Missing("/b".into()));
    assert_eq!(error("a: 1\n", &Remove("")), EditError::Missing(String::new()));
    assert_eq!(error("a: 1\n", &Set("/a/b", json!(1))), EditError::Missing("/a/b".into()));
    assert_eq!(error("a: 1\n", &Insert("", "a", json!(1))), EditError::Exists("/a".into()));
    assert_eq!(error("a: 1\n", &Insert("/a", "b", json!(1))), EditError::Kind("/a".into(), "mapping"));
    assert_eq!(error("a: {b: 1}\n", &Append("/a", json!(1))), EditError::Kind("/a".into(), "list"));
    assert_eq!(error("a: {}\n", &Append("/a", json!(1))), EditError::Kind("/a".into(), "list"));
    assert_eq!(error("a: {{ .x }}\n", &Insert("/a", "b", json!(1))), EditError::Kind("/a".into(), "mapping"));
    let text = "a: &x {k: 1}\nb: *x\n";
    assert_eq!(error(text, &Set("/b/k", json!(1))), EditError::Alias("/b/k".into()));
    assert_eq!(error(text, &Insert("/b", "l", json!(1))), EditError::Alias("/b".into()));
    assert_eq!(after(text, &Set("/b", json!(1))), "a: &x {k: 1}\nb: 1\n");
    assert_eq!(after("a: &x {k: 1}\nb: *x\n", &Remove("/b")), "a: &x {k: 1}\n");
}

const FILES: &[&str] = &[
    "# head\na: 1 # one\nb:\n  c: [x, {y: 1}, z] # flow\n  # before d\n  d:\n  - e: 1\n    f: |\n      t1\n\n      t2\n  - g\n\n  -   - h\n      - i: {}\n# between\nj: \"q\" # q\nk:\nl: {m: , n: [], o: 'p'}\n\n# tail\n",
    "- a: 1\n  b:\n    - c\n\n    - d: # dd\n        e: |+\n          x\n\n  f: >-\n    folded\n    text\n\n- [1, [2, 3],\n   4]\n- {g: h,\n   i: j, # ij\n  }\n- ? k\n  : l\n-\n  m: n",
];

/// Every pointer of a value.
fn pointers(value: &Value, at: &str, out: &mut Vec<String>) {
    out.push(at.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointers(item, &format!("{at}/{index}"), out);
            }
        }
        Value::Object(map) => {
            for (key, value) in map {
                pointers(value, &push_pointer(at, key), out);
            }
        }
        _ => {}
    }
}

/// Lines outside the edits are the same bytes, line endings included.
fn keeps_other_lines(text: &str, out: &str, edits: &[Edit]) {
    let first = edits.iter().map(|e| e.span.start as usize).min().unwrap();
    let last = edits.iter().map(|e| e.span.end as usize).max().unwrap();
    assert!(out.starts_with(&text[..first]) && out.ends_with(&text[last..]));
    let crlf = text.contains("\r\n");
    assert!(!crlf || out.matches('\n').count() == out.matches("\r\n").count(), "{out:?}");
    assert!(out.ends_with('\n') || !text.ends_with('\n'), "{out:?}");
}

/// Every change at every place of the files, with both line endings, with and without a line break at the end.
#[test]
fn every_change_everywhere_means_what_it_says() {
    let values = [
        json!("new"),
        json!(null),
        json!({"p": {"q": [1, "r"]}}),
        json!([["s"], {"t": 1}]),
        json!("u\nv\n"),
        json!({}),
    ];
    let mut count = 0;
    for file in FILES {
        for text in [(*file).to_owned(), file.replace('\n', "\r\n"), file.trim_end().to_owned()] {
            let root = json_of(&text);
            let mut all = Vec::new();
            pointers(&root, "", &mut all);
            for pointer in &all {
                let mut changes: Vec<Change<'_>> = Vec::new();
                for value in &values {
                    changes.push(Set(pointer, value.clone()));
                    match root.pointer(pointer).unwrap() {
                        Value::Object(_) => changes.push(Insert(pointer, "new key", value.clone())),
                        Value::Array(_) => changes.push(Append(pointer, value.clone())),
                        Value::Null => {
                            changes.push(Insert(pointer, "new", value.clone()));
                            changes.push(Append(pointer, value.clone()));
                        }
                        _ => {}
                    }
                }
                if !pointer.is_empty() {
                    changes.push(Remove(pointer));
                }
                if let Some(items) = root.pointer(pointer).unwrap().as_array() {
                    for (index, value) in (0..=items.len()).zip(values.iter().cycle()) {
                        changes.push(Put(pointer, index, value.clone()));
                    }
                    for index in 0..items.len() {
                        changes.push(Take(pointer, index));
                        // A block that ends with the file has no line break that could move with it.
                        let whole = text.ends_with('\n');
                        changes.extend((0..items.len()).filter(|_| whole).map(|to| Move(pointer, index, to)));
                    }
                }
                for change in &changes {
                    let made = match edits(&text, change) {
                        // `- - a` has no lines of its own.
                        Err(EditError::Kind(..)) if matches!(change, Put(..) | Move(..) | Take(..)) => {
                            continue;
                        }
                        made => made.unwrap(),
                    };
                    if matches!(change, Move(..)) {
                        drop(after(&text, change));
                        count += 1;
                        continue;
                    }
                    let out = after(&text, change);
                    if !matches!(change, Set("", _)) {
                        keeps_other_lines(&text, &out, &made);
                    }
                    count += 1;
                }
            }
        }
    }
    assert!(count > 1000, "{count}");
}

#[test]
fn of_overlapping_edits_the_first_is_made() {
    let edit = |start, end, text: &str| Edit { span: Span::new(start, end), replacement: text.into() };
    assert_eq!(
        apply("abcdef", &[edit(3, 5, "X"), edit(0, 1, ""), edit(4, 6, "Y"), edit(6, 6, "!")]),
        "bcXf!"
    );
}

/// Every change at every place of the YAML test suite's documents (`EDGEWRIGHT_YAML_SUITE`, as in `tests/yaml_suite.rs`).
#[test]
fn every_change_in_the_yaml_test_suite() {
    let Some(folder) = std::env::var_os("EDGEWRIGHT_YAML_SUITE") else {
        println!("skipped: EDGEWRIGHT_YAML_SUITE names no folder");
        return;
    };
    let (mut count, mut refused) = (0, 0);
    for case in std::fs::read_dir(folder).unwrap() {
        let Ok(text) = std::fs::read_to_string(case.unwrap().path().join("in.yaml")) else { continue };
        let stream = parse(&SourceFile::new("t.yaml", text.clone()));
        // A change behind an anchor changes its aliases as well.
        let aliases = text.contains('*') && text.contains('&');
        if !stream.diagnostics.is_empty() || stream.documents.len() != 1 || aliases {
            continue;
        }
        let root = json_of(&text);
        let mut all = Vec::new();
        pointers(&root, "", &mut all);
        for pointer in &all {
            let mut changes = Vec::new();
            for value in [json!("new"), json!({"p": [1, "r"]}), json!("u\nv\n")] {
                changes.push(Set(pointer, value.clone()));
                match root.pointer(pointer).unwrap() {
                    Value::Object(_) => changes.push(Insert(pointer, "new key", value)),
                    Value::Array(_) => changes.push(Append(pointer, value)),
                    _ => {}
                }
            }
            if !pointer.is_empty() {
                changes.push(Remove(pointer));
            }
            for change in &changes {
                // Keys that are no text have no pointer.
                match edits(&text, change) {
                    Ok(_) => drop(after(&text, change)),
                    Err(_) => refused += 1,
                }
                count += 1;
            }
        }
    }
    println!("{count} changes, {refused} refused");
    assert!(count > 3000 && refused * 20 < count);
}
