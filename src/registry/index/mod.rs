//! `index.yaml` of a Helm repository (Helm: `pkg/repo/v1/index.go`), read without keeping more than is asked for.

mod bytes;
mod json;
mod lines;
mod scan;

use std::fmt::Write as _;
use std::fs::File;
use std::io;

use serde_json::Value;

pub(super) use self::bytes::{Bytes, Spool};
use self::scan::{Part, Parts, Scanned};
use super::{Cache, Candidate};
use crate::archive::Digest;
use crate::chart::ChartMetadata;
use crate::source::SourceFile;
use crate::version::Version;
use crate::yaml::{self, Resolver};

/// An index: where its bytes are, and where each chart's entries stand in them.
pub(super) struct Index {
    bytes: Bytes,
    form: Form,
    parts: Parts,
}

/// How an index is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// In lines that tell where its items are.
    Lines,
    /// In any other YAML.
    Yaml,
    /// In JSON.
    Json,
}

impl Index {
    /// Reads an index. Valid JSON is JSON, anything else YAML, as for Helm; more tolerant than Helm towards unknown fields,
    /// and towards mistakes among charts that nobody asks for.
    ///
    /// # Errors
    /// What is wrong, as a sentence: no text, neither JSON nor YAML, no `apiVersion`, a chart that stands twice.
    pub(super) fn read(mut bytes: Bytes) -> Result<Self, String> {
        let io = |error: io::Error| error.to_string();
        let mut start = [0; 64];
        let count = bytes.start(&mut start).map_err(io)?;
        if start[..count].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            let text = String::from_utf8(bytes.all().map_err(io)?).map_err(|_| "it is not UTF-8 text")?;
            if let Some(found) = json::parts(&text) {
                return found.map(|parts| Self { bytes, form: Form::Json, parts });
            }
        } else {
            match bytes.pass(scan::scan).map_err(io)? {
                Scanned::Parts(parts) => return Ok(Self { bytes, form: Form::Lines, parts }),
                Scanned::Wrong(why) => return Err(why),
                Scanned::Unclear => {}
            }
        }
        let text = String::from_utf8(bytes.all().map_err(io)?).map_err(|_| "it is not UTF-8 text")?;
        Self::parse(bytes, text)
    }

    /// Parses the whole of an index that lines do not tell.
    fn parse(bytes: Bytes, text: String) -> Result<Self, String> {
        let outline = yaml::outline(&text, "entries")?;
        let version = outline.root.iter().find(|(key, _)| key == "apiVersion");
        if version.is_none_or(|(_, range)| text[range.clone()].trim().is_empty()) {
            return Err("it has no apiVersion".to_owned());
        }
        if outline.aliases {
            // An alias may point anywhere. No known tool writes such an index: it is written anew without them.
            let stream = yaml::parse(&SourceFile::new("index.yaml", text));
            let root = stream.documents.first().ok_or("it is empty")?.root();
            let tree = root.to_json(Resolver::Go).map_err(|error| error.to_string())?;
            drop(stream);
            let text = tree.to_string();
            drop(tree);
            let parts = json::parts(&text).ok_or("it cannot be read")??;
            return Ok(Self { bytes: Bytes::memory(text.into_bytes()), form: Form::Json, parts });
        }
        let mut parts = Parts::new();
        for (name, range) in outline.below {
            let part = Part {
                digest: Digest::of(text[range.clone()].as_bytes()),
                range: range.start as u64..range.end as u64,
            };
            if parts.insert(name.clone(), part).is_some() {
                return Err(format!("the chart `{}` stands twice", name.escape_debug()));
            }
        }
        Ok(Self { bytes, form: Form::Yaml, parts })
    }

    /// How it is written, in a word for [`Index::kept`].
    pub(super) fn form(&self) -> &'static str {
        match self.form {
            Form::Lines => "lines",
            Form::Yaml => "yaml",
            Form::Json => "json",
        }
    }

    /// Moves its bytes into the cache, with a note where its charts stand: the next one who wants it reads only what is
    /// asked for.
    pub(super) fn keep(self, cache: &Cache, name: &str, head: &str) -> Self {
        let mut body = String::new();
        for (name, Part { range, digest }) in &self.parts {
            let name = Value::from(name.as_str());
            let _ = writeln!(body, "{} {} {digest} {name}", range.start, range.end);
        }
        cache.put_index(name, head, body.as_bytes(), |path| self.bytes.keep(path));
        self
    }

    /// An index of the cache. `None` where note and index do not fit.
    pub(super) fn kept(form: &str, body: &[u8], file: File) -> Option<Self> {
        let form = match form {
            "lines" => Form::Lines,
            "yaml" => Form::Yaml,
            "json" => Form::Json,
            _ => return None,
        };
        let length = file.metadata().ok()?.len();
        let mut parts = Parts::new();
        for line in std::str::from_utf8(body).ok()?.lines() {
            let mut words = line.splitn(4, ' ');
            let range = words.next()?.parse().ok()?..words.next()?.parse().ok()?;
            let digest = words.next()?.parse().ok()?;
            if range.end > length || range.start > range.end {
                return None;
            }
            parts.insert(serde_json::from_str(words.next()?).ok()?, Part { range, digest });
        }
        Some(Self { bytes: Bytes::kept(file), form, parts })
    }

    /// The names of its charts, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        self.parts.keys().cloned().collect()
    }

    /// The usable versions of a chart, highest first; versions of equal precedence in the order of the index.
    ///
    /// As for Helm, entries that are null or fail its checks are dropped, and only the first address counts; entries
    /// without any address are dropped too.
    pub(super) fn candidates(&self, name: &str) -> Result<Vec<Candidate>, String> {
        let mut candidates: Vec<(Version, Candidate)> = Vec::new();
        self.each(name, |entry| candidates.extend(candidate(entry)))?;
        candidates.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        Ok(candidates.into_iter().map(|(_, candidate)| candidate).collect())
    }

    /// The entries of a chart that are not usable: version and reason of each, in the order of the index.
    pub(super) fn dropped(&self, name: &str) -> Result<Vec<(String, String)>, String> {
        let version = |entry: &Value| match entry.get("version") {
            Some(Value::String(version)) => version.clone(),
            Some(Value::Null) | None => "?".to_owned(),
            Some(other) => other.to_string(),
        };
        let mut dropped = Vec::new();
        self.each(name, |entry| {
            dropped.extend(candidate(entry).err().map(|why| (version(entry), why)));
        })?;
        Ok(dropped)
    }

    /// What stands under a chart's name, item by item: a chart of a thousand versions is never in memory as a whole tree.
    fn each(&self, name: &str, mut visit: impl FnMut(&Value)) -> Result<(), String> {
        let Some(part) = self.parts.get(name) else { return Ok(()) };
        let text = self.bytes.part(part)?;
        let yaml = |text: &str| {
            let stream = yaml::parse(&SourceFile::new("index.yaml", text));
            if let Some(error) = stream.diagnostics.iter().find(|found| found.lint == yaml::SYNTAX) {
                return Err(format!("the entries of `{}`: {}", name.escape_debug(), error.message));
            }
            let json = stream.documents.first().map(|document| document.root().to_json(Resolver::Go));
            Ok(json.transpose().map_err(|error| error.to_string())?.unwrap_or_default())
        };
        let items = if self.form == Form::Lines { lines::items(&text) } else { None };
        if let Some(items) = items {
            for item in items {
                yaml(item)?.as_array().into_iter().flatten().for_each(&mut visit);
            }
            return Ok(());
        }
        let list = match self.form {
            Form::Json => serde_json::from_str(&text).map_err(|error| error.to_string())?,
            _ => yaml(&text)?,
        };
        list.as_array().into_iter().flatten().for_each(visit);
        Ok(())
    }
}

/// An entry, or why it is passed by.
fn candidate(entry: &Value) -> Result<(Version, Candidate), String> {
    if entry.is_null() {
        return Err("the entry is empty".to_owned());
    }
    let metadata = ChartMetadata::from_json(entry);
    metadata.check_entry()?;
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut urls = entry.get("urls").and_then(Value::as_array).into_iter().flatten();
    let url = urls.next().and_then(Value::as_str).filter(|url| !url.is_empty());
    let url = url.ok_or("the entry has no address")?;
    // Helm asks the first one only; the others are for when that fails.
    let mirrors = urls.filter_map(Value::as_str).filter(|url| !url.is_empty()).map(str::to_owned).collect();
    let candidate = Candidate {
        url: Some(url.to_owned()),
        mirrors,
        // Something else than a sha256 promises nothing that could be held against the bytes.
        digest: text("digest").and_then(|digest| digest.parse().ok()),
        created: text("created").map(str::to_owned),
        app_version: metadata.app_version,
        deprecated: metadata.deprecated,
        description: metadata.description,
        version: metadata.version,
        ..Candidate::default()
    };
    let version = Version::parse(&candidate.version).map_err(|error| error.to_string())?;
    Ok((version, candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEX: &str = r#"apiVersion: v1
entries:
  web:
  - apiVersion: v2
    name: web
    version: 1.9.0
    urls: [web-1.9.0.tgz, other.tgz]
    digest: 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
  -
  - {name: web, version: 1.10.0, urls: [https://h/web-1.10.0.tgz], created: "2026-01-01T00:00:00Z", deprecated: true,
     appVersion: 1.20, description: A web, digest: "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"}
  - {name: web, version: 1.11.0}
  - {name: web, version: 1.12.0, urls: []}
  - {name: web, version: newest, urls: [x.tgz]}
  - {version: 1.13.0, urls: [x.tgz]}
  - {name: web, version: 1.8.0, urls: [x.tgz], digest: "md5:1", dependencies: [{name: a}, {name: a}]}
  other: []
  "odd: name":
  - {name: odd, version: 1, urls: [odd.tgz]}
generated: "2026-01-01T00:00:00Z"
"#;

    fn versions(index: &Index, name: &str) -> Vec<String> {
        index.candidates(name).unwrap().into_iter().map(|candidate| candidate.version).collect()
    }

    #[test]
    fn an_index_is_read_alike_in_all_its_forms() {
        let stream = yaml::parse(&SourceFile::new("i", INDEX));
        let json = stream.documents[0].root().to_json(Resolver::Go).unwrap();
        let aliased = INDEX.replace("generated: ", "anchor: &a 1\nalias: *a\ngenerated: ");
        for (text, form) in [(INDEX.to_owned(), "yaml"), (json.to_string(), "json"), (aliased, "tree")] {
            let index = Index::read(Bytes::memory(text.into_bytes())).unwrap();
            assert_eq!(index.names(), ["odd: name", "other", "web"], "{form}");
            assert_eq!(versions(&index, "web"), ["1.10.0", "1.9.0", "1.8.0"], "{form}");
            assert_eq!(versions(&index, "odd: name"), ["1"], "{form}");
            assert!(versions(&index, "other").is_empty() && versions(&index, "none").is_empty(), "{form}");
            let web = &index.candidates("web").unwrap();
            assert_eq!(web[0].app_version.as_deref(), Some("1.2"));
            assert!(web[0].deprecated && web[0].digest.is_some() && web[0].digest == web[1].digest);
            assert_eq!(web[1].url.as_deref(), Some("web-1.9.0.tgz"));
            assert_eq!(web[2].digest, None);
            let dropped: Vec<_> =
                index.dropped("web").unwrap().into_iter().map(|(v, why)| v + ": " + &why).collect();
            let expected = [
                "?: the entry is empty",
                "1.11.0: the entry has no address",
                "1.12.0: the entry has no address",
                "newest: `newest` is not a version: it needs numbers with dots between them, like 1.2.3",
                "1.13.0: `name` is missing",
            ];
            assert_eq!(dropped, expected, "{form}");
        }
    }

    fn read(text: &str) -> Result<Index, String> {
        Index::read(Bytes::memory(text.as_bytes().to_vec()))
    }

    /// As `helm repo index` writes it, with texts that look like something else.
    const HELMS: &str = r#"apiVersion: v1
entries:
  alpine:
  - annotations:
      category: "x: [y"
    created: "2026-01-01T00:00:00.123456789Z"
    description: |
      Text with a line
        web:
      - and an item
    digest: 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
    home: https://example.org/a#b
    keywords:
    - one
    - 'it''s: two'
    name: alpine
    urls:
    - https://example.org/charts/alpine-0.2.0.tgz
    version: 0.2.0
  # a comment
  "web.app":
    - name: web.app
      urls: ["web-1.tgz", 'b.tgz']
      description: plain text that
        goes on # here
      version: "1.10"
  empty: []
generated: "2026-01-01T00:00:00Z"
"#;

    #[test]
    fn lines_tell_what_the_parser_tells() {
        for text in [HELMS, &format!("---\n{HELMS}"), &HELMS.replace("entries:\n", "entries: # c\n\n")] {
            let index = read(text).unwrap();
            assert_eq!(index.form, Form::Lines, "{text}");
            let parsed = Index::parse(Bytes::memory(text.as_bytes().to_vec()), text.to_owned()).unwrap();
            assert_eq!(index.names(), parsed.names());
            assert_eq!(index.names(), ["alpine", "empty", "web.app"]);
            for name in index.names() {
                assert_eq!(index.candidates(&name), parsed.candidates(&name), "{name}");
                assert_eq!(index.dropped(&name), parsed.dropped(&name), "{name}");
            }
            assert_eq!(index.candidates("web.app").unwrap()[0].mirrors, ["b.tgz"]);
        }
        for unclear in [
            HELMS.replace("one\n", "\"one\n      and\"\n"),
            HELMS.replace("- name: web.app", "- &x\n      name: web.app"),
            HELMS.replace("  empty: []", "  ? empty\n  : []"),
            HELMS.replace('\n', "\r\n"),
            format!("\u{feff}{HELMS}"),
        ] {
            assert!(read(&unclear).is_ok_and(|index| index.form != Form::Lines), "{unclear}");
        }
        assert_eq!(read("apiVersion: v1\nentries: {}\n").unwrap().form, Form::Lines);
        assert_eq!(read("apiVersion: v1\nentries:\ngenerated: x\n").unwrap().form, Form::Lines);
    }

    proptest::proptest! {
        /// Whatever lines tell of a text, its parser tells too.
        #[test]
        fn lines_never_tell_something_else(picks in proptest::collection::vec(0..PIECES.len(), 0..24)) {
            let body: String = picks.iter().map(|pick| PIECES[*pick]).collect();
            let text = format!("apiVersion: v1\nentries:\n{body}");
            let index = read(&text);
            let parsed = Index::parse(Bytes::memory(text.clone().into_bytes()), text.clone());
            if let (Ok(index), Ok(parsed)) = (index, parsed)
                && index.form == Form::Lines
            {
                proptest::prop_assert_eq!(index.names(), parsed.names(), "{}", text);
                for name in parsed.names() {
                    if let Ok(candidates) = parsed.candidates(&name) {
                        proptest::prop_assert_eq!(index.candidates(&name), Ok(candidates), "{}", text);
                    }
                }
            }
        }
    }

    const PIECES: [&str; 22] = [
        "  a:\n",
        "  b:\n",
        "  - name: a\n    version: 1.0.0\n    urls: [x.tgz]\n",
        "  - version: 2.0.0\n    name: b\n    urls:\n    - y.tgz\n",
        "    description: |\n      c:\n      - d\n",
        "    description: >-\n\n      text\n  c:\n",
        "    description: text\n      goes on\n",
        "    description: \"open\n",
        "  d: close\"\n",
        "    home: 'it''s'\n",
        "    list: [1,\n      2]\n",
        "    map: {a: 'x}', b: \"]\"}\n",
        "# comment\n",
        "\n",
        "  e: []\n",
        "  f: [{name: f, version: 1.0.0, urls: [z]}]\n",
        "other: 1\n",
        "other:\n- 1\n",
        "    - deeper: 1\n",
        "   odd: 1\n",
        "    text: |\n    not: text\n",
        "  -\n",
    ];

    #[test]
    fn an_index_of_the_cache_is_the_same_index_and_damage_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path());
        let json =
            yaml::parse(&SourceFile::new("i", INDEX)).documents[0].root().to_json(Resolver::Go).unwrap();
        for text in [INDEX.to_owned(), HELMS.to_owned(), json.to_string()] {
            let fresh = read(&text).unwrap().keep(&cache, "index-x", "head");
            let (head, body) = cache.note("index-x").unwrap();
            assert_eq!(head, "head");
            let open = || Index::kept(fresh.form(), &body, cache.open_index(&body).unwrap());
            let kept = open().unwrap();
            assert_eq!(kept.names(), fresh.names());
            for name in fresh.names() {
                assert_eq!(kept.candidates(&name), fresh.candidates(&name));
            }
            let path = cache.indexes().join(Digest::of(&body).to_string());
            let damaged = std::fs::read_to_string(&path).unwrap().replace("1.10", "9.99");
            std::fs::write(&path, &damaged).unwrap();
            let name = fresh.names().pop().unwrap();
            assert!(open().unwrap().candidates(&name).unwrap_err().contains("damaged"));
            std::fs::write(&path, &damaged[..damaged.len() / 2]).unwrap();
            assert!(open().is_none());
        }
        assert_eq!(std::fs::read_dir(cache.indexes()).unwrap().count(), 1, "older ones are let go");
    }

    #[test]
    fn what_is_no_index_says_what_it_is() {
        let why = |text: &str| Index::read(Bytes::memory(text.as_bytes().to_vec())).err().unwrap();
        assert_eq!(why("\n<!DOCTYPE html>\n<title>"), "it is a web page (`<!DOCTYPE html>…`)");
        assert_eq!(why(""), "it has no apiVersion");
        assert_eq!(why("{}"), "it has no apiVersion");
        assert_eq!(why("entries: {}\n"), "it has no apiVersion");
        assert!(why("a: [\n").contains("line"));
        assert!(why("apiVersion: v1\nentries:\n  a: []\n  a: []\n").contains("`a` stands twice"));
        assert!(Index::read(Bytes::memory(vec![0xff])).is_err());
    }

    #[test]
    fn equal_versions_keep_one_order() {
        let text = "apiVersion: v1\nentries:\n  a:\n  - {name: a, version: 1.0.0, urls: [first]}\n  - {name: a, version: v1.0.0, urls: [second]}\n  - {name: a, version: 1.0.0+z, urls: [third]}\n";
        let index = Index::read(Bytes::memory(text.as_bytes().to_vec())).unwrap();
        let urls: Vec<_> = index.candidates("a").unwrap().into_iter().filter_map(|c| c.url).collect();
        assert_eq!(urls, ["third", "first", "second"]);
    }
}
