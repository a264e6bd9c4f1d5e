//! The short way against the parser: on every text at hand, and on lines thrown together.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::yaml::parse::parse_in_full;

/// Whether the short way reads the text; if so, it has to be as the parser does.
fn reads(text: &str) -> bool {
    let file = SourceFile::new("t.yaml", text);
    let Some(short) = read(&file) else { return false };
    let long = parse_in_full(&file);
    let roots = |stream: &Stream| stream.documents.iter().map(|d| d.root).collect::<Vec<_>>();
    assert_eq!(roots(&short), roots(&long), "{text}\n{:?}", long.diagnostics);
    let (ours, theirs) = (&short.documents[0].tree, &long.documents[0].tree);
    assert_eq!(format!("{:?}", ours.nodes), format!("{:?}", theirs.nodes), "{text}");
    assert!(theirs.texts.is_empty() && theirs.tags.is_empty(), "{text}");
    assert_eq!(format!("{:?}", short.comments), format!("{:?}", long.comments), "{text}");
    assert_eq!(format!("{:?}", short.diagnostics), format!("{:?}", long.diagnostics), "{text}");
    true
}

#[test]
fn what_most_files_are_is_read() {
    for text in [
        "a: 1\nb:\n  c: x y # why\n  d:\n# note\n  - e\n  - f: 1\n    g: 'h'\n  -\n  - - i\n    - j\nk: \"l\"",
        "- a: ${{ var.x }}\n  b: ~\n- c:\n",
        "a: x#y\nb: http://example.org:80/x\n'c': d\n\"e f\" : -\n"
            .strip_suffix(" : -\n")
            .map(|t| format!("{t}: 1\n"))
            .unwrap()
            .as_str(),
        "a: 1\na: 2\n",
    ] {
        assert!(reads(text), "{text}");
    }
}

#[test]
fn all_else_is_left_to_the_parser() {
    for text in [
        "",
        "# a\n",
        "a\n",
        "a: [1]\n",
        "a: |\n  b\n",
        "a: &b 1\n",
        "a: !!str 1\n",
        "a: \"\\n\"\n",
        "a: 'it''s'\n",
        "a: 1\n---\nb: 1\n",
        "a: é\n",
        "a: 1\r\n",
        "a:\t1\n",
        "a: b\n  c\n",
        "a: b: c\n",
        "? a\n",
        " a: 1\nb: 1\n",
        "a: \"b\n  c\"\n",
        "a: - b\n",
        "<<: *a\n",
        "a:\n    b: 1\n  c: 1\n",
        "- a\nb: 1\n",
        "a: 1\n- b\n",
        "a: 'b'c\n",
    ] {
        assert!(!reads(text), "{text}");
    }
}

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_yaml =
            path.extension().is_some_and(|e| ["yaml", "yml", "lock", "json"].iter().any(|known| e == *known));
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            let skipped = ["target", ".git"].iter().any(|name| path.ends_with(name));
            if !skipped {
                files(&path, out);
            }
        } else if is_yaml {
            out.push(path);
        }
    }
}

#[test]
fn texts_at_hand_read_alike() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(here, &mut found);
    let given = |name| std::env::var_os(name).map(PathBuf::from);
    let corpus = given("EDGEWRIGHT_CORPUS").unwrap_or_else(|| here.join("../shared/corpus"));
    for folder in [Some(corpus), given("EDGEWRIGHT_YAML_SUITE")].into_iter().flatten() {
        files(&folder, &mut found);
    }
    let (mut read, mut all) = (0, 0);
    for path in found {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if text.len() < 1 << 18 {
            all += 1;
            read += usize::from(reads(&text));
        }
    }
    assert!(read > 100, "{read} of {all}");
}

fn line() -> impl Strategy<Value = String> {
    let indent = prop_oneof![4 => Just(0), 3 => Just(2), 2 => Just(4), 1 => 0..7usize];
    let dash =
        prop_oneof![6 => Just(""), 3 => Just("- "), 1 => Just("- - "), 1 => Just("-"), 1 => Just("-   ")];
    let key = prop_oneof![
        8 => prop::sample::select(vec!["a", "b", "c", "key", "a b", "'q'", "\"d\"", "1", "x/y.z", "true"]),
        1 => prop::sample::select(vec!["", "a:b", "#c", "a #c", "<<", "?", "a'b", "'a'b", "~", "-x", "=", "$x", "(a)"]),
    ];
    let colon =
        prop_oneof![8 => Just(": "), 3 => Just(":"), 1 => Just(" : "), 1 => Just(":  "), 2 => Just("")];
    let value = prop_oneof![
        6 => prop::sample::select(vec!["", "1", "x y", "'q'", "\"d\"", "~", "true", "a/b:1", "x#y", "${{ v }}"]),
        2 => prop::sample::select(vec!["# c", "x # c", "x  ", "'q' # c", "x #", " ", "'q'  ", "x : y", "a:", ":"]),
        1 => prop::sample::select(vec![
            "[a]", "{}", "|", ">-", "&a 1", "*a", "!t", "'it''s'", "\"\\n\"", "- z", "-1", "-", "@x", "`x", "%x",
            "'q", "\"d", "'q'x", "'q'#c", ",x", "x, y", "x]", "---", "...", "é", "\t", "x\ty", "? x",
        ]),
    ];
    (indent, dash, key, colon, value).prop_map(|(indent, dash, key, colon, value)| {
        format!("{}{dash}{key}{colon}{value}", " ".repeat(indent))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn lines_thrown_together_read_alike(lines in prop::collection::vec(line(), 1..8), last in any::<bool>()) {
        let mut text = lines.join("\n");
        if last {
            text.push('\n');
        }
        reads(&text);
    }
}
