//! Images in the values of charts, which name them in few forms: a text `x/y:1` below a key that ends in `image`, or a map with
//! `repository` and `tag`, perhaps with `registry`, `digest` and a registry for all in `global`. What is switched off
//! (`enabled: false`) is not pulled. What is in no such form is not found.

use serde_json::{Map, Value};

use crate::pack::ImageReference;
use crate::template::scalar_text;
use crate::yaml::push_pointer;

/// Deeper values hold no images.
const DEEPEST: usize = 32;

/// An image in values.
pub(super) struct Named {
    pub(super) image: String,
    /// Whether its tag is written nowhere.
    pub(super) guessed: bool,
    pub(super) pointer: String,
}

/// A walk through the values of one chart.
pub(super) struct Walk<'a> {
    /// `global.imageRegistry`, which wins over the registry of each image.
    pub(super) global: &'a str,
    /// The tag of images that have none.
    pub(super) app_version: Option<&'a str>,
    pub(super) images: Vec<Named>,
}

/// Where the walk is.
#[derive(Clone, Copy, Default)]
pub(super) struct At<'a> {
    /// Key of the map.
    name: &'a str,
    pointer: &'a str,
    depth: usize,
    /// `baseRepo` of a map around: what stands before repositories that begin with a slash.
    base: &'a str,
}

impl Walk<'_> {
    pub(super) fn map(&mut self, map: &Map<String, Value>, at: At<'_>) {
        let At { name, pointer, depth, base } = at;
        if depth > DEEPEST || !pointer.is_empty() && map.get("enabled") == Some(&Value::Bool(false)) {
            return;
        }
        let base = map.get("baseRepo").and_then(Value::as_str).unwrap_or(base);
        let whole = self.parts(map, At { base, ..at });
        for (key, value) in map {
            let below = push_pointer(pointer, key);
            let inside = At { name: key, pointer: &below, depth: depth + 1, base };
            match value {
                Value::Object(inner) => self.map(inner, inside),
                Value::Array(items) => {
                    let named = ends_with(key, "images");
                    for (index, item) in items.iter().enumerate() {
                        let pointer = push_pointer(&below, &index.to_string());
                        match item {
                            Value::Object(inner) => self.map(inner, At { pointer: &pointer, ..inside }),
                            Value::String(text) if named => self.text(map, "", text, pointer),
                            _ => {}
                        }
                    }
                }
                Value::String(text) if !whole && ends_with(key, "image") => self.text(map, key, text, below),
                Value::String(text) if ends_with(name, "images") => self.text(map, "", text, below),
                _ => {}
            }
        }
    }

    /// An image written as one text, perhaps with its tag and registry beside it; `key` is empty in a list.
    fn text(&mut self, beside: &Map<String, Value>, key: &str, text: &str, pointer: String) {
        let beside = |end: &str| -> Option<String> {
            let keys = [end.to_lowercase(), format!("{key}{end}"), format!("image{end}")];
            let value = keys.iter().find_map(|k| beside.get(k))?;
            scalar_text(value).filter(|text| !text.is_empty() && !key.is_empty())
        };
        // What tells an image from any other text is its path or its tag, or the plain key `image`.
        let plain = key == "image";
        let Ok(reference) = ImageReference::parse(text) else { return };
        if is_picture(text) || !plain && !text.contains('/') && reference.tag.is_none() {
            return;
        }
        let tag = beside("Tag").filter(|_| reference.tag.is_none() && reference.digest.is_none());
        if plain && !text.contains(['/', ':']) && tag.is_none() {
            return;
        }
        let registry = beside("Registry").filter(|_| !has_host(text));
        self.put(registry.as_deref().unwrap_or_default(), text, tag.as_deref(), None, false, pointer);
    }

    /// An image written as a map: `{registry, repository, tag, digest}`. Whether the map is one.
    fn parts(&mut self, map: &Map<String, Value>, at: At<'_>) -> bool {
        let At { name, pointer, base, .. } = at;
        let text = |key: &str| map.get(key).and_then(scalar_text).filter(|text| !text.is_empty());
        let named = ends_with(name, "image");
        let pinned = ["tag", "digest", "sha", "sha256"].iter().any(|key| map.contains_key(*key));
        let pulled = map.keys().any(|key| ends_with(key, "pullPolicy"));
        let key = if map.contains_key("repository") {
            "repository"
        } else if named && pinned {
            match (map.contains_key("image"), map.contains_key("name")) {
                (true, _) => "image",
                (false, true) => "name",
                _ => return false,
            }
        } else {
            return false;
        };
        if !named && !pinned && !pulled {
            return false;
        }
        let Some(repository) = text(key) else { return true };
        let repository = match repository.strip_prefix('/') {
            // A template puts something before it.
            Some(_) if base.is_empty() => return true,
            Some(path) => format!("{}/{path}", base.trim_end_matches('/')),
            None => repository,
        };
        let registry = match text("registry") {
            // Charts with such a key let the registry for all win.
            own if map.contains_key("registry") && !self.global.is_empty() => {
                Some(self.global.to_owned()).or(own)
            }
            own => own,
        };
        let digest = text("digest").or_else(|| text("sha").or_else(|| text("sha256")));
        let digest = digest.filter(|_| map.get("useDigest") != Some(&Value::Bool(false)));
        let digest = digest.map(|d| if d.contains(':') { d } else { format!("sha256:{d}") });
        let tag = text("tag");
        let guessed = tag.is_none() && digest.is_none() && !has_tag(&repository);
        let tag = tag.or_else(|| self.app_version.filter(|_| guessed).map(str::to_owned));
        let registry = registry.unwrap_or_default();
        let pointer = push_pointer(pointer, key);
        self.put(&registry, &repository, tag.as_deref(), digest.as_deref(), guessed, pointer);
        true
    }

    fn put(
        &mut self,
        registry: &str,
        name: &str,
        tag: Option<&str>,
        digest: Option<&str>,
        guessed: bool,
        pointer: String,
    ) {
        let registry = registry.trim_end_matches('/');
        let mut image = String::new();
        if !registry.is_empty() && !name.starts_with(&format!("{registry}/")) {
            image.push_str(registry);
            image.push('/');
        }
        image.push_str(name);
        for (before, part) in [(':', tag), ('@', digest)] {
            if let Some(part) = part {
                image.push(before);
                image.push_str(part);
            }
        }
        if ImageReference::parse(&image).is_ok() && !image.contains("{{") {
            self.images.push(Named { image, guessed, pointer });
        }
    }
}

/// Whether a key is `image`, or ends in it as a word: `initImage`, `init_image`, `init-image`.
fn ends_with(key: &str, end: &str) -> bool {
    let Some(start) = key.len().checked_sub(end.len()).filter(|start| key.is_char_boundary(*start)) else {
        return false;
    };
    let (before, last) = key.split_at(start);
    last.eq_ignore_ascii_case(end)
        && (before.is_empty()
            || before.ends_with(['_', '-', '.'])
            || !last.starts_with(|c: char| c.is_lowercase()))
}

fn has_tag(name: &str) -> bool {
    ImageReference::parse(name).is_ok_and(|reference| reference.tag.is_some() || reference.digest.is_some())
}

fn has_host(name: &str) -> bool {
    name.split_once('/').is_some_and(|(first, _)| first.contains(['.', ':']) || first == "localhost")
}

/// Whether a text is the name of a picture's file.
fn is_picture(text: &str) -> bool {
    let end = text.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    matches!(
        end.as_str(),
        "png" | "svg" | "jpg" | "jpeg" | "gif" | "ico" | "webp" | "iso" | "qcow2" | "img" | "vmdk"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(values: &Value, global: &str) -> Vec<String> {
        let mut walk = Walk { global, app_version: Some("9.9"), images: Vec::new() };
        walk.map(values.as_object().unwrap(), At::default());
        walk.images
            .into_iter()
            .map(|named| format!("{}{}", named.image, if named.guessed { "?" } else { "" }))
            .collect()
    }

    #[test]
    fn images_are_found_in_the_forms_that_charts_have() {
        for (values, images) in [
            (json!({"image": "a/b:1"}), &["a/b:1"][..]),
            (json!({"image": "nginx:1.25"}), &["nginx:1.25"]),
            (json!({"image": "a/b", "tag": "1"}), &["a/b:1"]),
            (json!({"image": "nginx", "imageTag": 2}), &["nginx:2"]),
            (json!({"initImage": "a/b", "initImageTag": "3"}), &["a/b:3"]),
            (json!({"image": {"repository": "a/b", "tag": "1", "pullPolicy": "Always"}}), &["a/b:1"]),
            (json!({"image": {"registry": "r.io", "repository": "a/b", "tag": "1"}}), &["r.io/a/b:1"]),
            (json!({"image": {"registry": "r.io", "repository": "r.io/a/b", "tag": "1"}}), &["r.io/a/b:1"]),
            (json!({"image": {"repository": "a/b", "tag": ""}}), &["a/b:9.9?"]),
            (json!({"image": {"name": "a/b", "tag": "2"}}), &["a/b:2"]),
            (json!({"proxy": {"repository": "a/b", "tag": "2"}}), &["a/b:2"]),
            (
                json!({"image": {"repository": "a/b", "digest": format!("sha256:{}", "0".repeat(64))}}),
                &[concat!("a/b@sha256:", "0000000000000000000000000000000000000000000000000000000000000000")],
            ),
            (json!({"images": ["a/b:1", "c/d:2"]}), &["a/b:1", "c/d:2"]),
            (json!({"images": {"x": "a/b:1"}}), &["a/b:1"]),
            (json!({"x": [{"image": "a/b:1"}]}), &["a/b:1"]),
            (
                json!({"image": {"baseRepo": "r.io", "nfs": {"repository": "/a/b", "tag": "1"}}}),
                &["r.io/a/b:1"],
            ),
        ] {
            assert_eq!(found(&values, ""), images, "{values}");
        }
        let image = json!({"image": {"registry": "docker.io", "repository": "a/b", "tag": "1"}});
        assert_eq!(found(&image, "mirror.example.org"), ["mirror.example.org/a/b:1"]);
    }

    #[test]
    fn what_only_looks_like_an_image_is_none() {
        for values in [
            json!({"image": ""}),
            json!({"image": true}),
            json!({"image": "logo.png"}),
            json!({"image": "https://example.org/x.img"}),
            json!({"image": "{{ .Values.x }}:1"}),
            json!({"metrics": {"enabled": false, "image": "a/b:1"}}),
            json!({"repository": "https://charts.example.org", "tag": "v1"}),
            json!({"git": {"repository": "org/repo", "branch": "main"}}),
            json!({"preimage": "a/b:1"}),
            json!({"image": {"repository": "/a/b", "tag": "1"}}),
            json!({"osImage": "ubuntu"}),
        ] {
            assert_eq!(found(&values, ""), Vec::<String>::new(), "{values}");
        }
    }
}
