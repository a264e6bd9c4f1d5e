//! Where things are in an OCI registry: hosts, repositories, tags, and the versions that tags stand for.

use crate::archive::Digest;
use crate::pack::ImageReference;
use crate::version::Version;

/// The host behind `docker.io`, which itself is none.
const DOCKER_HUB: &str = "registry-1.docker.io";

/// A repository of a registry: `host/path/name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::registry) struct Repository {
    /// Host and port, as people write them.
    pub(in crate::registry) host: String,
    /// Path below the host, without slashes at its ends.
    pub(in crate::registry) path: String,
}

impl Repository {
    /// Reads `host/path`; the path may be empty where `below` it further parts follow.
    pub(in crate::registry) fn parse(text: &str, below: Option<&str>) -> Result<Self, String> {
        let text = text.trim_end_matches('/');
        let (host, path) = text.split_once('/').unwrap_or((text, ""));
        if host.contains('@') {
            return Err(
                "its address holds credentials: take them out; they come from the environment or from a \
                        credential helper"
                    .to_owned(),
            );
        }
        if host.is_empty() {
            return Err("it names no host: write `oci://HOST/PATH`".to_owned());
        }
        let parts: Vec<&str> =
            [path, below.unwrap_or_default()].into_iter().filter(|part| !part.is_empty()).collect();
        let path = parts.join("/");
        match ImageReference::parse(&format!("host.host/{path}")) {
            Ok(reference) if reference.tag.is_none() && reference.digest.is_none() => {}
            Ok(_) => return Err(format!("`{}` holds a tag or a digest", path.escape_debug())),
            Err(why) => return Err(why),
        }
        let wrong =
            |byte: u8| byte.is_ascii_control() || byte.is_ascii_whitespace() || b"?#\\%".contains(&byte);
        if host.bytes().any(wrong) {
            return Err(format!("`{}` is no host", host.escape_debug()));
        }
        Ok(Self { host: host.to_owned(), path })
    }

    /// `http` for this very machine, as all tools of the field do, else `https`.
    fn scheme(&self) -> &'static str {
        let name = match self.host.rsplit_once(':') {
            Some((name, _)) if !self.host.ends_with(']') => name,
            _ => &self.host,
        };
        if matches!(name, "localhost" | "127.0.0.1" | "[::1]") { "http" } else { "https" }
    }

    /// Address of the host's interface.
    pub(super) fn api(&self) -> String {
        let host = match self.host.as_str() {
            "docker.io" | "index.docker.io" => DOCKER_HUB,
            host => host,
        };
        format!("{}://{host}/v2/", self.scheme())
    }

    /// How it is written: `oci://host/path`.
    pub(super) fn shown(&self) -> String {
        format!("oci://{}/{}", self.host, self.path)
    }
}

/// What a manifest is asked for by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::registry) enum By<'a> {
    /// A tag.
    Tag(&'a str),
    /// Its digest.
    Digest(Digest),
}

impl By<'_> {
    /// As it stands behind a repository: `:tag` or `@sha256:…`.
    pub(super) fn suffix(&self) -> String {
        match self {
            Self::Tag(tag) => format!(":{tag}"),
            Self::Digest(digest) => format!("@sha256:{digest}"),
        }
    }

    /// As it stands in the address of a manifest.
    pub(super) fn segment(&self) -> String {
        match self {
            Self::Tag(tag) => (*tag).to_owned(),
            Self::Digest(digest) => format!("sha256:{digest}"),
        }
    }
}

/// The tag of a version: `+` may not stand in a tag, and Helm writes `_` for it. `None` for what no tag can say.
pub(super) fn tag(version: &str) -> Option<String> {
    let tag = version.replace('+', "_");
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let fits = !tag.is_empty()
        && tag.len() <= 128
        && tag.bytes().enumerate().all(|(i, byte)| word(byte) || i > 0 && b".-".contains(&byte));
    fits.then_some(tag)
}

/// The version that a tag of a chart stands for; `None` where Helm passes it by: tags that are no strict version, those
/// with a leading `v` among them (Helm, pkg/registry/client.go, `Tags`).
pub(super) fn chart_version(tag: &str) -> Option<String> {
    let version = tag.replace('_', "+");
    Version::parse_strict(&version).is_ok().then_some(version)
}

/// The version that a tag of a pack stands for. Packs have versions that are none (`LTS__18.4.3`): only `latest`, which asks
/// for the highest, and what signing tools put beside (`sha256-….sig`) are left out.
pub(super) fn pack_version(tag: &str) -> Option<String> {
    if tag == "latest" || tag.starts_with("sha256-") {
        return None;
    }
    Some(chart_version(tag).unwrap_or_else(|| tag.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (text, below, host, path) in [
            ("ghcr.io/a/b", None, "ghcr.io", "a/b"),
            ("ghcr.io/a/b/", Some("c"), "ghcr.io", "a/b/c"),
            ("localhost:5000", Some("c"), "localhost:5000", "c"),
            ("registry/a", Some("c-d/e__f"), "registry", "a/c-d/e__f"),
            ("[::1]:5000/a", None, "[::1]:5000", "a"),
        ] {
            let found = Repository::parse(text, below).unwrap();
            assert_eq!((found.host.as_str(), found.path.as_str()), (host, path), "{text}");
        }
        for (text, below, why) in [
            ("", None, "no host"),
            ("/a", None, "no host"),
            ("user:pw@h/a", None, "credentials"),
            ("h/a:1", None, "tag or a digest"),
            ("h/a", Some("Web"), "capital letters"),
            ("h/a", Some("../b"), "separator"),
            ("h/a//b", None, "empty"),
            ("h", None, "empty"),
            ("h?x/a", None, "no host"),
        ] {
            let error = Repository::parse(text, below).unwrap_err();
            assert!(error.contains(why) && !error.contains("pw"), "{text}: {error}");
        }
    }

    #[test]
    fn this_machine_is_asked_without_encryption() {
        let api = |text: &str| Repository::parse(text, None).unwrap().api();
        assert_eq!(api("localhost:5000/a"), "http://localhost:5000/v2/");
        assert_eq!(api("127.0.0.1/a"), "http://127.0.0.1/v2/");
        assert_eq!(api("[::1]:5000/a"), "http://[::1]:5000/v2/");
        assert_eq!(api("registry:5000/a"), "https://registry:5000/v2/");
        assert_eq!(api("docker.io/library/nginx"), "https://registry-1.docker.io/v2/");
    }

    #[test]
    fn tags_and_versions_are_one_to_one() {
        assert_eq!(tag("1.0.0+build.7").as_deref(), Some("1.0.0_build.7"));
        assert_eq!(tag("v1.2.3").as_deref(), Some("v1.2.3"));
        for wrong in ["", ".1", "-1", "a/b", "1 2", "ä", &"1".repeat(129)] {
            assert_eq!(tag(wrong), None, "{wrong}");
        }
        assert_eq!(chart_version("1.0.0_build.7").as_deref(), Some("1.0.0+build.7"));
        for passed_by in ["v1.2.3", "1.2", "latest", "01.2.3", "1.2.3_a_b", "sha256-00.sig"] {
            assert_eq!(chart_version(passed_by), None, "{passed_by}");
        }
        assert_eq!(pack_version("LTS__18.4.3").as_deref(), Some("LTS__18.4.3"));
        assert_eq!(pack_version("1.0.0_1").as_deref(), Some("1.0.0+1"));
        assert_eq!(pack_version("1.10").as_deref(), Some("1.10"));
        assert_eq!((pack_version("latest"), pack_version("sha256-00.sig")), (None, None));
    }
}
