//! What a reference asks for: a version or a constraint, and the digest that it must have.

use crate::archive::Digest;

/// A version or constraint, with the digest behind `@` if there is one: `^1.2`, `1.2.3@sha256:…`, `@sha256:…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Version, group, `latest` or constraint; empty where only the digest counts, or for the newest release of a chart.
    pub version: &'a str,
    /// The digest that the registry must have for it.
    pub digest: Option<Digest>,
}

/// Text behind `@` that pins nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WantedError {
    /// No digest.
    #[error("`{}` is no digest: write `@sha256:` and 64 hexadecimal digits behind the version", .0.escape_debug())]
    Digest(String),
    /// A digest behind something that means many versions.
    #[error("a digest belongs to one version, and `{}` is none: write for example `1.2.3@sha256:…`", .0.escape_debug())]
    Version(String),
}

impl<'a> Wanted<'a> {
    /// Takes the text apart. The part before `@` is judged only where a digest stands behind it.
    ///
    /// # Errors
    /// What stands behind `@` is no sha256, or what stands before it is neither empty nor one version.
    pub fn parse(text: &'a str) -> Result<Self, WantedError> {
        let Some((version, digest)) = text.split_once('@') else {
            return Ok(Self { version: text, digest: None });
        };
        let hex = digest.strip_prefix("sha256:").filter(|hex| !hex.contains(':'));
        let Some(digest) = hex.and_then(|hex| hex.parse().ok()) else {
            return Err(WantedError::Digest(digest.to_owned()));
        };
        let digest = Some(digest);
        if !version.is_empty() && super::Version::parse(version).is_err() {
            return Err(WantedError::Version(version.to_owned()));
        }
        Ok(Self { version, digest })
    }

    /// Whether it asks for one version and nothing else: by its text or by its digest.
    pub fn is_exact(&self) -> bool {
        self.digest.is_some() || super::Version::parse(self.version).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_stands_behind_a_version() {
        let digest = Digest::of(b"x");
        let parse = |text: &str| Wanted::parse(text).map(|wanted| (wanted.version.to_owned(), wanted.digest));
        assert_eq!(parse("^1.2").unwrap(), ("^1.2".to_owned(), None));
        assert_eq!(
            parse(&format!("v1.2.3+b@sha256:{digest}")).unwrap(),
            ("v1.2.3+b".to_owned(), Some(digest))
        );
        assert_eq!(parse(&format!("@sha256:{digest}")).unwrap(), (String::new(), Some(digest)));
        for (text, why) in [
            ("1.2.3@", "`` is no digest"),
            ("1.2.3@sha256:12", "`sha256:12` is no digest"),
            (&format!("1.2.3@{digest}"), "is no digest"),
            (&format!("1.2.3@sha512:{digest}"), "is no digest"),
            (&format!("1.2.3@sha256:sha256:{digest}"), "is no digest"),
            (&format!("^1@sha256:{digest}"), "`^1` is none"),
            (&format!("latest@sha256:{digest}"), "`latest` is none"),
        ] {
            let error = Wanted::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
