//! What the templates of a chart read of its values, found in their text.
//!
//! The text is not run: a path that is built while the template runs cannot be seen. Wherever a map is handed on as a
//! whole (`toYaml .Values.a`, a call with `.Values.a` as its argument, a `range` over it), all below it counts as read, so
//! that what is said to be unread is unread.

mod action;
mod scan;

use std::collections::{BTreeMap, BTreeSet};

use super::Chart;

/// Paths that are read: a tree of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Whether everything below is read, or may be.
    pub whole: bool,
    /// Keys that are named.
    pub keys: BTreeMap<String, Reads>,
}

impl Reads {
    /// What is read below a key; `None` where the key is not named.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.keys.get(key)
    }

    /// Names a path; with `whole`, all below it is read as well.
    fn add(&mut self, path: &[String], whole: bool) {
        let mut here = self;
        for key in path {
            if here.whole {
                return;
            }
            here = here.keys.entry(key.clone()).or_default();
        }
        here.whole |= whole;
    }

    /// Adds what `other` reads.
    pub fn merge(&mut self, other: &Self) {
        self.whole |= other.whole;
        for (key, below) in &other.keys {
            self.keys.entry(key.clone()).or_default().merge(below);
        }
    }

    /// What a template text reads (a value may be one: `tpl`).
    pub fn of_text(text: &str) -> Self {
        scan::file(text).reads
    }
}

/// What one file reads, defines and includes.
#[derive(Clone, Debug, Default)]
struct FileReads {
    reads: Reads,
    /// Names of its `define`s.
    defines: BTreeSet<String>,
    /// Names that it includes.
    includes: BTreeSet<String>,
}

impl Chart {
    /// What its templates read of its values, found once: its own files, those of library charts in it, and what it
    /// includes from other subcharts.
    pub fn reads(&self) -> &Reads {
        self.reads.get_or_init(|| {
            let mut reads = Reads::default();
            let mut includes = BTreeSet::new();
            for file in self.own_reads() {
                reads.merge(&file.reads);
                includes.extend(file.includes);
            }
            for dependency in &self.metadata.dependencies {
                let paths = dependency.condition.iter().flat_map(|c| c.split(','));
                for path in paths.chain(dependency.imports.iter().map(String::as_str)) {
                    reads.add(&parts(path.trim()), false);
                }
                for tag in &dependency.tags {
                    reads.add(&["tags".to_owned(), tag.clone()], false);
                }
            }
            // A template of a subchart may be included, and then reads the values of whoever includes it.
            let mut below = Vec::new();
            self.files_below(&mut below);
            while let Some(index) =
                below.iter().position(|(library, f)| *library || !f.defines.is_disjoint(&includes))
            {
                let (_, file) = below.swap_remove(index);
                reads.merge(&file.reads);
                includes.extend(file.includes);
            }
            reads
        })
    }

    /// The files of all subcharts, and whether they belong to a library.
    fn files_below(&self, found: &mut Vec<(bool, FileReads)>) {
        for chart in self.subcharts().iter().filter_map(|subchart| subchart.chart.as_ref()) {
            let library = chart.metadata.chart_type.as_deref() == Some("library");
            found.extend(chart.own_reads().into_iter().map(|file| (library, file)));
            chart.files_below(found);
        }
    }

    /// All texts of the chart itself: any may hold template text, for `tpl` runs values and files as well.
    fn own_reads(&self) -> Vec<FileReads> {
        let own = self.files.iter().filter(|(path, _)| {
            let prose = path.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("md"));
            !path.starts_with("charts/") && (path.starts_with("templates/") || !prose)
        });
        own.filter_map(|(path, _)| self.files.text(path))
            .filter(|text| text.contains("{{"))
            .map(scan::file)
            .collect()
    }
}

/// A dotted path as its parts.
fn parts(path: &str) -> Vec<String> {
    path.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
