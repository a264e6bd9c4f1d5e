//! `index.yaml` of a Helm repository (Helm: `pkg/repo/v1/index.go`), read without keeping more than is asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::Candidate;
use crate::chart::ChartMetadata;
use crate::source::SourceFile;
use crate::version::Version;
use crate::yaml::{self, Resolver};

/// An index: its text, and where each chart's entries stand in it.
pub(super) struct Index {
    text: String,
    form: Form,
}

enum Form {
    /// Where the entries of each chart are.
    Yaml(BTreeMap<String, Range<usize>>),
    /// YAML with aliases, which may point anywhere: read as a whole. No known tool writes such an index.
    Tree(Value),
    /// JSON is read anew for each chart, skipping over the others.
    Json,
}

impl Index {
    /// Reads an index. Valid JSON is JSON, anything else YAML, as for Helm; more tolerant than Helm towards unknown fields.
    ///
    /// # Errors
    /// What is wrong, as a sentence: no text, neither JSON nor YAML, no `apiVersion`, a chart that stands twice.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, String> {
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
        if text.trim_start().starts_with('<') {
            let start: String = text.trim_start().chars().take(24).collect();
            return Err(format!("it is a web page (`{}…`)", start.escape_debug()));
        }
        if let Ok(Value::Object(top)) = serde_json::from_str::<Top>(&text).map(|top| top.0) {
            return match top.get("apiVersion").and_then(Value::as_str) {
                None | Some("") => Err("it has no apiVersion".to_owned()),
                Some(_) => Ok(Self { text, form: Form::Json }),
            };
        }
        let outline = yaml::outline(&text, "entries")?;
        let version = outline.root.iter().find(|(key, _)| key == "apiVersion");
        if version.is_none_or(|(_, range)| text[range.clone()].trim().is_empty()) {
            return Err("it has no apiVersion".to_owned());
        }
        if outline.aliases {
            let stream = yaml::parse(&SourceFile::new("index.yaml", text.as_str()));
            let root = stream.documents.first().ok_or("it is empty")?.root();
            let tree = root.to_json(Resolver::Go).map_err(|error| error.to_string())?;
            return Ok(Self { text: String::new(), form: Form::Tree(tree) });
        }
        let mut charts = BTreeMap::new();
        for (name, range) in outline.below {
            if charts.insert(name.clone(), range).is_some() {
                return Err(format!("the chart `{}` stands twice", name.escape_debug()));
            }
        }
        Ok(Self { text, form: Form::Yaml(charts) })
    }

    /// The names of its charts, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match &self.form {
            Form::Yaml(charts) => charts.keys().cloned().collect(),
            Form::Tree(tree) => {
                tree["entries"].as_object().into_iter().flat_map(|map| map.keys().cloned()).collect()
            }
            Form::Json => {
                let mut names = Vec::new();
                let _ = Entries { wanted: None, names: &mut names }.deserialize(&mut self.json());
                names
            }
        };
        names.sort();
        names.dedup();
        names
    }

    fn json(&self) -> serde_json::Deserializer<serde_json::de::StrRead<'_>> {
        serde_json::Deserializer::from_str(&self.text)
    }

    /// The usable versions of a chart, highest first; versions of equal precedence in the order of the index.
    ///
    /// As for Helm, entries that are null or fail its checks are dropped, and only the first address counts; entries
    /// without any address are dropped too.
    pub(super) fn candidates(&self, name: &str) -> Result<Vec<Candidate>, String> {
        let entries = self.entries(name)?;
        let mut candidates: Vec<(Version, Candidate)> =
            entries.as_array().into_iter().flatten().filter_map(|entry| candidate(entry).ok()).collect();
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
        let entries = self.entries(name)?;
        let dropped = entries.as_array().into_iter().flatten();
        Ok(dropped.filter_map(|entry| Some((version(entry), candidate(entry).err()?))).collect())
    }

    fn entries(&self, name: &str) -> Result<Value, String> {
        Ok(match &self.form {
            Form::Tree(tree) => tree["entries"][name].clone(),
            Form::Json => {
                let wanted = Entries { wanted: Some(name), names: &mut Vec::new() };
                wanted.deserialize(&mut self.json()).map_err(|error| error.to_string())?.unwrap_or_default()
            }
            Form::Yaml(charts) => {
                let Some(range) = charts.get(name) else { return Ok(Value::Null) };
                let stream = yaml::parse(&SourceFile::new("index.yaml", &self.text[range.clone()]));
                if let Some(error) = stream.diagnostics.iter().find(|found| found.lint == yaml::SYNTAX) {
                    return Err(format!("the entries of `{}`: {}", name.escape_debug(), error.message));
                }
                let json = stream.documents.first().map(|document| document.root().to_json(Resolver::Go));
                json.transpose().map_err(|error| error.to_string())?.unwrap_or_default()
            }
        })
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
    let url = entry.get("urls").and_then(|urls| urls.get(0)?.as_str()).filter(|url| !url.is_empty());
    let url = url.ok_or("the entry has no address")?;
    let candidate = Candidate {
        url: Some(url.to_owned()),
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

/// The root of a JSON index without its entries.
struct Top(Value);

impl<'de> serde::Deserialize<'de> for Top {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Root;
        impl<'de> Visitor<'de> for Root {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an index")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut top = serde_json::Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "apiVersion" {
                        top.insert(key, map.next_value()?);
                    } else {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(Value::Object(top))
            }
        }
        deserializer.deserialize_map(Root).map(Top)
    }
}

/// Reads `entries` of a JSON index: the wanted chart's, or all names.
struct Entries<'a> {
    wanted: Option<&'a str>,
    names: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(Level { entries: self, inside: false })
    }
}

/// One of the two maps on the way: the root, then `entries`.
struct Level<'a> {
    entries: Entries<'a>,
    inside: bool,
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an index")
    }

    /// `entries: null`.
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Entries { wanted, names } = self.entries;
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            if !self.inside && key == "entries" {
                let entries = Entries { wanted, names: &mut *names };
                found = map.next_value_seed(Level { entries, inside: true })?;
            } else if self.inside && wanted == Some(key.as_str()) {
                // The last one counts, as in Go.
                found = Some(map.next_value()?);
            } else {
                if self.inside {
                    names.push(key);
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
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
            let index = Index::parse(text.into_bytes()).unwrap();
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

    #[test]
    fn what_is_no_index_says_what_it_is() {
        let why = |text: &str| Index::parse(text.as_bytes().to_vec()).err().unwrap();
        assert_eq!(why("\n<!DOCTYPE html>\n<title>"), "it is a web page (`<!DOCTYPE html>\\n<title>…`)");
        assert_eq!(why(""), "it has no apiVersion");
        assert_eq!(why("{}"), "it has no apiVersion");
        assert_eq!(why("entries: {}\n"), "it has no apiVersion");
        assert!(why("a: [\n").contains("line"));
        assert!(why("apiVersion: v1\nentries:\n  a: []\n  a: []\n").contains("`a` stands twice"));
        assert!(Index::parse(vec![0xff]).is_err());
    }

    #[test]
    fn equal_versions_keep_one_order() {
        let text = "apiVersion: v1\nentries:\n  a:\n  - {name: a, version: 1.0.0, urls: [first]}\n  - {name: a, version: v1.0.0, urls: [second]}\n  - {name: a, version: 1.0.0+z, urls: [third]}\n";
        let index = Index::parse(text.as_bytes().to_vec()).unwrap();
        let urls: Vec<_> = index.candidates("a").unwrap().into_iter().filter_map(|c| c.url).collect();
        assert_eq!(urls, ["third", "first", "second"]);
    }
}
