//! Addresses: what they are, how they are joined, and how they are shown.

use std::path::{Path, PathBuf};

use url::Url;

use super::TransportError;

/// Where bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A file or folder on this machine.
    Path(PathBuf),
    /// An `http` or `https` address.
    Url(Url),
}

impl Address {
    /// Reads `http://…`, `https://…`, `file://…`, or a path.
    pub fn parse(text: &str) -> Result<Self, TransportError> {
        let error = |why: &str| TransportError::Address { address: shown(text), why: why.to_owned() };
        if !text.contains("://") {
            return if text.is_empty() {
                Err(error("it is empty"))
            } else {
                Ok(Self::Path(PathBuf::from(text)))
            };
        }
        let url = Url::parse(text).map_err(|why| error(&why.to_string()))?;
        match url.scheme() {
            "http" | "https" => Ok(Self::Url(url)),
            "file" => {
                url.to_file_path().map(Self::Path).map_err(|()| error("it names no file on this machine"))
            }
            other => Err(error(&format!("`{other}` is none of http, https and file"))),
        }
    }
}

/// A reference below a base, as Helm resolves the addresses in an index (`ResolveReferenceURL`): an absolute one stands
/// for itself; a relative one is below the base, whose query string it inherits.
pub fn join(base: &str, reference: &str) -> Result<String, TransportError> {
    if reference.contains("://") {
        return Ok(reference.to_owned());
    }
    if !base.contains("://") {
        return Ok(Path::new(base).join(reference).to_string_lossy().into_owned());
    }
    let error = |why: url::ParseError| TransportError::Address { address: shown(base), why: why.to_string() };
    let mut url = Url::parse(base).map_err(error)?;
    let query = url.query().map(str::to_owned);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    let mut joined = url.join(reference).map_err(error)?;
    joined.set_query(query.as_deref());
    Ok(joined.into())
}

/// An address fit to be shown: without user, password and the values of its query, which may be secrets.
pub fn shown(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return address.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (path, query) = path.split_once(['?', '#']).map_or((path, ""), |(path, _)| (path, "?…"));
    format!("{scheme}://{host}{path}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_are_joined_as_helm_does() {
        for (base, reference, joined) in [
            ("https://h/charts", "a-1.tgz", "https://h/charts/a-1.tgz"),
            ("https://h/charts/", "a/b-1.tgz", "https://h/charts/a/b-1.tgz"),
            ("https://h/charts?token=x", "a-1.tgz", "https://h/charts/a-1.tgz?token=x"),
            ("https://h/charts", "/a-1.tgz", "https://h/a-1.tgz"),
            ("https://h/charts", "https://other/a-1.tgz", "https://other/a-1.tgz"),
            ("https://h/a/b", "../c.tgz", "https://h/a/c.tgz"),
            ("file:///srv/charts", "a.tgz", "file:///srv/charts/a.tgz"),
            ("/srv/charts", "a.tgz", "/srv/charts/a.tgz"),
        ] {
            assert_eq!(join(base, reference).unwrap(), joined);
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(shown("https://user:pass@h:1/x?sig=abc#f"), "https://h:1/x?…");
        assert_eq!(shown("https://us@er:p@ss@h"), "https://h");
        assert_eq!(shown("https://h?token=1"), "https://h?…");
        assert_eq!(shown("dir/a@b"), "dir/a@b");
    }

    #[test]
    fn an_address_is_a_url_or_a_path() {
        assert_eq!(Address::parse("file:///a%20b").unwrap(), Address::Path("/a b".into()));
        assert_eq!(Address::parse("dist/x").unwrap(), Address::Path("dist/x".into()));
        assert!(matches!(Address::parse("http://h/x"), Ok(Address::Url(_))));
        for wrong in ["", "ftp://h/x", "http://", "file://host/x"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
        let error = Address::parse("oci://user:pw@h/x").unwrap_err().to_string();
        assert_eq!(error, "oci://h/x is not a usable address: `oci` is none of http, https and file");
    }
}
