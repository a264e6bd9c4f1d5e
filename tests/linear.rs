//! What reading and judging cost grows as the text does, whatever its shape. Work is counted, not timed: allocations, and
//! looks at nodes of trees.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use edgewright::archive::{Files, write_tgz};
use edgewright::check;
use edgewright::source::SourceFile;
use edgewright::yaml::{self, Resolver};

/// Entries of the smaller text; the larger has four times as many.
const SMALLER: usize = 200;
/// Work may grow by so much where the text grows fourfold; squares grow sixteenfold.
const MOST: f64 = 4.5;

/// A text of so many entries.
type Shape = fn(usize) -> String;

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        text.push_str(&line(index));
        text.push('\n');
        text
    })
}

/// Values of a layer or a pack, each of a shape that has made some program slow.
const SHAPES: &[(&str, Shape)] = &[
    ("wide maps", |n| lines(n, |i| format!("key{i}: value {i}"))),
    ("deep maps", |n| {
        lines(n / 40, |i| {
            (0..40).fold(format!("top{i}:"), |mut text, depth| {
                let _ = write!(text, "\n{}d{depth}:", " ".repeat(depth + 1));
                text
            }) + " x"
        })
    }),
    ("duplicate keys", |n| lines(n, |i| format!("key{}: {i}", i % 7))),
    ("long lists", |n| format!("list:\n{}", lines(n, |i| format!("- name: NAME_{i}\n  value: v")))),
    ("flow collections", |n| format!("list: [{}]\n", lines(n, |i| format!("{{a: {i}, b: [x]}},")))),
    ("aliases", |n| format!("base: &b {{p: 1, q: [2]}}\n{}", lines(n, |i| format!("key{i}: *b")))),
    ("anchors", |n| lines(n, |i| format!("key{i}: &a{i} x"))),
    ("merges", |n| {
        format!("base: &b {{p: 1, q: 2}}\n{}", lines(n, |i| format!("key{i}: {{<<: *b, z: {i}}}")))
    }),
    ("comments", |n| format!("{}a: 1\n{}", lines(n, |_| "# a line".into()), lines(n, |_| "# more".into()))),
    ("comments at line ends", |n| lines(n, |i| format!("key{i}: 1 # why"))),
    ("suppressions", |n| lines(n, |i| format!("# edgewright: ignore[inert-value] -- as it is\nkey{i}: yes"))),
    ("references", |n| {
        lines(n, |i| format!("key{i}: '{{{{ .spectro.var.host }}}} {{{{ .spectro.macro.m{i} }}}}'"))
    }),
    ("references without quotes", |n| lines(n, |i| format!("key{i}: {{{{ .spectro.var.v{i} }}}}"))),
    ("one long text", |n| {
        format!("text: |\n{}", lines(n, |i| format!("  line {i} {{{{ .spectro.var.host }}}}")))
    }),
    ("folded texts", |n| lines(n, |i| format!("key{i}: >-\n  a\n\n  b"))),
    ("escapes", |n| lines(n, |i| format!("key{i}: \"a\\tb\\u00e9\""))),
    ("open braces", |n| format!("text: '{}'\n", "{{ ".repeat(n))),
    ("words that look like numbers", |n| lines(n, |i| format!("key{i}: 0{i}"))),
    ("secrets", |n| lines(n, |i| format!("password{i}: Zx9pQ4tR7w{i}"))),
    ("nulls", |n| lines(n, |i| format!("key{i}: ~"))),
];

/// What one run of `work` costs on this thread.
fn cost(work: impl FnOnce() + Send) -> [(&'static str, f64); 2] {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let before = yaml::steps();
        let allocated = allocation_counter::measure(work);
        [("allocations", allocated.count_total as f64), ("looks at nodes", (yaml::steps() - before) as f64)]
    })
}

/// What grows faster than the text, in words.
fn faults(name: &str, work: impl Fn(usize) -> [(&'static str, f64); 2]) -> Vec<String> {
    let (few, many) = (work(SMALLER), work(4 * SMALLER));
    let grown = few.iter().zip(&many).filter(|((_, few), (_, many))| *many > MOST * few.max(1.0));
    grown
        .map(|((what, few), (_, many))| {
            format!("{name}: {what} grow {:.1}-fold, from {few} to {many}", many / few)
        })
        .collect()
}

#[test]
fn reading_is_linear() {
    let found: Vec<String> = SHAPES
        .iter()
        .flat_map(|(name, shape)| {
            faults(name, |count| {
                let file = SourceFile::new("a.yaml", shape(count));
                cost(|| {
                    let stream = yaml::parse(&file);
                    for document in &stream.documents {
                        for resolver in [Resolver::Core, Resolver::Go] {
                            let _ = document.root().to_json(resolver);
                        }
                        let _ = yaml::from_node::<serde_json::Value>(document.root());
                    }
                    let _ = yaml::below_comments(&stream, file.text());
                })
            })
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn many_documents_are_read_linearly() {
    let found = faults("documents", |count| {
        let file = SourceFile::new("a.yaml", lines(count, |i| format!("---\na: {i}\nb: [x]")));
        cost(|| assert_eq!(yaml::parse(&file).documents.len(), count))
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A repository of one pack with one chart and one profile.
fn repository(root: &Path, pack: &str, own: &str, manifest: &str) {
    let write = |path: &str, bytes: &[u8]| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let mut chart = Files::new();
    chart.insert("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.0.0\n".to_vec());
    chart.insert("values.yaml", pack.as_bytes().to_vec());
    write(
        "edgewright.yaml",
        b"apiVersion: edgewright/v1\nkind: Workspace\nmetadata: {name: acme}\nspec:\n  registries: {packs: {type: \
          directory, path: packs}}\n",
    );
    write(
        "packs/web-1.0.0/pack.json",
        br#"{"name": "web", "displayName": "Web", "version": "1.0.0", "layer": "addon", "annotations": {},
            "charts": ["charts/web-1.0.0.tgz"]}"#,
    );
    write("packs/web-1.0.0/charts/web-1.0.0.tgz", &write_tgz(&chart, "web").unwrap());
    let indented = |text: &str| text.lines().fold(String::new(), |text, line| text + "    " + line + "\n");
    write("packs/web-1.0.0/values.yaml", format!("charts:\n  web:\n{}", indented(pack)).as_bytes());
    write(
        "profiles/a/profile.yaml",
        b"apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {name: a, version: 1.0.0}\nspec:\n  type: add-on\n  \
          variables:\n    - {name: host, default: x}\n  layers:\n    - {name: web, pack: {name: web, version: 1.0.0}, \
          values: values.yaml}\n    - {name: more, manifests: [more.yaml]}\n",
    );
    write("profiles/a/values.yaml", format!("charts:\n  web:\n{}", indented(own)).as_bytes());
    write("profiles/a/more.yaml", manifest.as_bytes());
}

fn judged(pack: &str, own: &str, manifest: &str) -> [(&'static str, f64); 2] {
    let dir = tempfile::tempdir().unwrap();
    repository(dir.path(), pack, own, manifest);
    cost(|| {
        let outcome = check::whole(dir.path(), &check::Options::default()).unwrap();
        assert!(outcome.summary.files > 4);
    })
}

#[test]
fn judging_is_linear() {
    // What schemas are compiled to is made once, not in what is counted.
    judged("a: 1", "a: 1", "a: 1");
    let found: Vec<String> = SHAPES
        .iter()
        .flat_map(|(name, shape)| {
            let in_pack =
                faults(&format!("{name} in a pack"), |count| judged(&shape(count), "key1: 2", "a: 1"));
            let in_layer =
                faults(&format!("{name} in a layer"), |count| judged("key1: 1", &shape(count), "a: 1"));
            let in_both = faults(&format!("{name} in both"), |count| {
                judged(&shape(count), &shape(count).replace("key", "kez"), "a: 1")
            });
            let in_object = faults(&format!("{name} in an object"), |count| {
                let text = shape(count).lines().fold(String::new(), |text, line| text + "  " + line + "\n");
                let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
                judged("a: 1", "a: 2", &format!("{object}{text}"))
            });
            [in_pack, in_layer, in_both, in_object].concat()
        })
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn many_objects_are_judged_linearly() {
    let object = |i: usize| {
        format!(
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: a{i}}}\nspec: {{ports: [{{port: 80}}], clusterIp: x}}"
        )
    };
    judged("a: 1", "a: 1", &object(0));
    let found = faults("objects", |count| judged("a: 1", "a: 1", &lines(count, object)));
    assert!(found.is_empty(), "{}", found.join("\n"));
}
