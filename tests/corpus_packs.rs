//! Every real pack of the corpus is read, and what is known to be wrong with it is found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use edgewright::archive::{Limits, read_dir};
use edgewright::pack::Pack;
use edgewright::schema::{self, Kind};

#[allow(clippy::print_stdout)]
fn corpus() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root =
        std::env::var_os("EDGEWRIGHT_CORPUS").map_or_else(|| here.join("../shared/corpus"), PathBuf::from);
    let packs = root.join("palette/packs");
    if packs.is_dir() {
        return Some(packs);
    }
    println!("skipped: no corpus");
    None
}

#[test]
fn all_real_packs_are_read() {
    let Some(root) = corpus() else { return };
    let mut folders: Vec<_> = root.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    folders.sort();
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    let mut add = |what, count| *sums.entry(what).or_default() += count;
    let mut codes: BTreeMap<String, usize> = BTreeMap::new();
    for folder in &folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let (pack, diagnostics) = Pack::read(read_dir(folder, &Limits::default()).unwrap(), name);
        let pack = pack.unwrap_or_else(|| panic!("{name}: {diagnostics:?}"));
        let mut found = diagnostics;
        found.extend(schema::validate(Kind::Pack, &pack.json));
        found
            .extend(pack.presets_document().map(|d| schema::validate(Kind::Presets, &d)).unwrap_or_default());
        found.extend(pack.schema.as_ref().map(|d| schema::validate(Kind::PackSchema, d)).unwrap_or_default());
        add("packs", 1);
        add("charts", pack.charts.len());
        add("charts read", pack.charts.iter().filter(|c| c.chart.is_some()).count());
        add("manifests", pack.manifests.len());
        add("presets", pack.presets.len());
        add("presets with values", pack.presets.iter().filter(|p| p.add.is_some()).count());
        add("dependencies", pack.dependencies.len());
        add("readmes", usize::from(pack.readme.is_some()));
        add("values", usize::from(pack.values.is_some()));
        for rule in pack.value_rules() {
            add("value rules", 1);
            found.extend(rule.as_ref().err().cloned());
        }
        for finding in found {
            println!(
                "{} {} {}: {}",
                finding.severity.word(),
                finding.lint.code,
                finding.place,
                finding.message
            );
            *codes.entry(format!("{} {}", finding.lint.code, finding.severity.word())).or_default() += 1;
        }
    }
    let expected = [
        ("packs", 53),
        ("charts", 42),
        // One is listed and not there.
        ("charts read", 41),
        ("manifests", 20),
        ("presets", 28),
        ("presets with values", 28),
        ("dependencies", 26),
        ("readmes", 38),
        ("values", 52),
        ("value rules", 83),
    ];
    assert_eq!(sums, BTreeMap::from(expected));
    // Two `commit_msg`, a `kubeVersion`, a `readme`; a dependency without `type`.
    let expected = [("SC0001 warning", 4), ("SC0002 error", 1)];
    assert_eq!(codes, expected.into_iter().map(|(code, count)| (code.to_owned(), count)).collect());
}
