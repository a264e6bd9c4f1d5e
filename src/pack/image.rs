//! References to container images (distribution's `reference/regexp.go`): `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`.

/// A reference to an image, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReference<'a> {
    /// Registry and path, as written.
    pub name: &'a str,
    /// Tag.
    pub tag: Option<&'a str>,
    /// Digest.
    pub digest: Option<&'a str>,
}

/// Longest name that registries take.
const LONGEST_NAME: usize = 255;

impl<'a> ImageReference<'a> {
    /// Takes a reference apart; the reason where it is none.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        if text.contains(char::is_whitespace) {
            return Err("there is white space in it".to_owned());
        }
        if let Some((scheme, _)) = text.split_once("://") {
            return Err(format!("it starts with `{scheme}://`: a reference has no scheme"));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        if let Some(digest) = digest {
            check_digest(digest)?;
        }
        // A colon behind the last slash begins the tag; one before it, a port.
        let path = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match rest[path..].split_once(':') {
            Some((last, tag)) => (&rest[..path + last.len()], Some(tag)),
            None => (rest, None),
        };
        if let Some(tag) = tag {
            check_tag(tag)?;
        }
        check_name(name)?;
        Ok(Self { name, tag, digest })
    }

    /// Whether it can come to mean another image by itself: no digest, and no tag or `latest`.
    pub fn floats(&self) -> bool {
        self.digest.is_none() && matches!(self.tag, None | Some("latest"))
    }

    /// The reference in full, as registries know it: `nginx` is `docker.io/library/nginx:latest`.
    pub fn full(&self) -> String {
        let named = match self.name.split_once('/') {
            Some((host, _)) if is_host(host) => self.name.to_owned(),
            Some(_) => format!("docker.io/{}", self.name),
            None => format!("docker.io/library/{}", self.name),
        };
        match (self.tag, self.digest) {
            (_, Some(digest)) => format!("{named}@{digest}"),
            (tag, None) => format!("{named}:{}", tag.unwrap_or("latest")),
        }
    }
}

/// Whether the first part of a name is a host, and no part of the path.
fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost" || part.contains(|c: char| c.is_ascii_uppercase())
}

fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("it names no image".to_owned());
    }
    if name.len() > LONGEST_NAME {
        return Err(format!("its name has more than {LONGEST_NAME} characters"));
    }
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if is_host(host) => (Some(host), path),
        _ => (None, name),
    };
    if let Some(host) = host {
        check_host(host)?;
    }
    path.split('/').try_for_each(|part| check_component(part, path))
}

fn check_host(host: &str) -> Result<(), String> {
    let (named, port) = match host.rsplit_once(':') {
        Some((named, port)) if !host.ends_with(']') => (named, Some(port)),
        _ => (host, None),
    };
    if let Some(port) = port
        && (port.is_empty() || port.parse::<u16>().is_err())
    {
        return Err(format!("`{port}` is no port"));
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let ipv6 = named.starts_with('[') && named.ends_with(']');
    if ipv6 || named.split('.').all(label) { Ok(()) } else { Err(format!("`{named}` is no host")) }
}

/// Lower-case letters and digits, separated by one dot, one or two underscores, or dashes.
fn check_component(part: &str, path: &str) -> Result<(), String> {
    if part.is_empty() {
        return Err("a part of its path is empty".to_owned());
    }
    if part.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(format!("`{path}` has capital letters"));
    }
    let wrong = part.chars().find(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && !"._-".contains(*c));
    if let Some(wrong) = wrong {
        return Err(format!("`{}` may not stand in its path", wrong.escape_debug()));
    }
    let separators = part.split(|c: char| c.is_ascii_alphanumeric()).filter(|s| !s.is_empty());
    let fits = |s: &str| matches!(s, "." | "_" | "__") || s.bytes().all(|b| b == b'-');
    let edges = part.starts_with(['.', '_', '-']) || part.ends_with(['.', '_', '-']);
    if edges || !separators.clone().all(fits) {
        return Err(format!("`{part}` has a separator where none may stand"));
    }
    Ok(())
}

fn check_tag(tag: &str) -> Result<(), String> {
    if tag.is_empty() {
        return Err("the tag behind `:` is empty".to_owned());
    }
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let fits =
        tag.len() <= 128 && tag.bytes().enumerate().all(|(i, b)| word(b) || i > 0 && b".-".contains(&b));
    if fits { Ok(()) } else { Err(format!("`{tag}` is no tag")) }
}

fn check_digest(digest: &str) -> Result<(), String> {
    let known = match digest.split_once(':') {
        Some(("sha256", hex)) => Some((hex, 64)),
        Some(("sha512", hex)) => Some((hex, 128)),
        _ => None,
    };
    let Some((hex, length)) = known else {
        return Err(format!("`{digest}` is no digest: write `sha256:` and 64 hexadecimal digits"));
    };
    if hex.len() == length && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        Ok(())
    } else {
        Err(format!("its digest has {} digits, and needs {length} hexadecimal ones in lower case", hex.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        let hex = "0".repeat(64);
        for (text, name, tag, digest) in [
            ("nginx", "nginx", None, None),
            ("nginx:1.25", "nginx", Some("1.25"), None),
            ("localhost:5000/a/b", "localhost:5000/a/b", None, None),
            ("r.example.org:5000/a__b/c-d.e:v1_2-3", "r.example.org:5000/a__b/c-d.e", Some("v1_2-3"), None),
            (&format!("r.io/a@sha256:{hex}"), "r.io/a", None, Some(format!("sha256:{hex}"))),
            (&format!("a:1@sha256:{hex}"), "a", Some("1"), Some(format!("sha256:{hex}"))),
        ] {
            let found = ImageReference::parse(text).unwrap();
            assert_eq!((found.name, found.tag, found.digest), (name, tag, digest.as_deref()), "{text}");
        }
    }

    #[test]
    fn what_is_no_reference_says_why() {
        for (text, why) in [
            ("", "names no image"),
            ("https://r.io/a", "scheme"),
            ("a b", "white space"),
            ("r.io/Upper/a:1", "capital letters"),
            ("r.io/a:", "empty"),
            ("r.io//a", "empty"),
            ("r.io/a:-x", "no tag"),
            ("r.io/a@sha256:12", "2 digits"),
            ("r.io/a@md5:12", "no digest"),
            ("r.io:port/a", "no port"),
            ("-r.io/a", "no host"),
            ("r.io/a..b", "separator"),
            ("r.io/a_", "separator"),
            ("r.io/a$b", "may not stand"),
        ] {
            let error = ImageReference::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn full_names_compare() {
        let full = |text| ImageReference::parse(text).unwrap().full();
        assert_eq!(full("nginx"), full("docker.io/library/nginx:latest"));
        assert_eq!(full("a/b:1"), "docker.io/a/b:1");
        assert!(ImageReference::parse("a:latest").unwrap().floats());
        assert!(!ImageReference::parse(&format!("a@sha256:{}", "0".repeat(64))).unwrap().floats());
    }
}
