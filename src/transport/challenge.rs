//! What a host wants when it answers 401: `WWW-Authenticate` (RFC 9110 §11.6.1).

use ureq::http::{HeaderMap, header};

/// One of the ways that a host offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// `basic`, `bearer`, in lower case.
    pub(super) scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// A parameter by its name in lower case.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// All challenges of an answer, in their order. What is not understood is left out.
pub(super) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let texts = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(read).collect()
}

/// The challenges of one header: `Bearer realm="…",scope="a,b", Basic realm="x"`.
fn read(text: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let end = rest.find([' ', '\t', ',', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.is_empty() {
            return found;
        }
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        match (value, found.last_mut()) {
            (Some(value), Some(challenge)) => {
                let (value, after) = parameter(value);
                challenge.parameters.push((word.to_lowercase(), value));
                rest = after;
            }
            // A parameter of nothing.
            (Some(_), None) => return found,
            (None, _) => {
                found.push(Challenge { scheme: word.to_lowercase(), parameters: Vec::new() });
                rest = after;
            }
        }
    }
}

/// A quoted string or a token, and what follows it.
fn parameter(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t', ',']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            other => value.push(other),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_as_hosts_write_them() {
        let text =
            r#"Bearer realm="https://auth.h/token",service="registry.h",scope="repository:a/b:pull,push""#;
        let [bearer] = &read(text)[..] else { panic!() };
        assert_eq!(bearer.scheme, "bearer");
        assert_eq!(bearer.get("realm"), Some("https://auth.h/token"));
        assert_eq!(bearer.get("scope"), Some("repository:a/b:pull,push"));
        assert_eq!(bearer.get("error"), None);

        let two = read(r#"Negotiate, BASIC realm = "a \"b\"" , charset=UTF-8, Digest qop=auth"#);
        let schemes: Vec<_> = two.iter().map(|challenge| challenge.scheme.as_str()).collect();
        assert_eq!(schemes, ["negotiate", "basic", "digest"]);
        assert_eq!(two[1].get("realm"), Some("a \"b\""));
        assert_eq!(two[1].get("charset"), Some("UTF-8"));
    }

    #[test]
    fn hostile_headers_end_somewhere() {
        for text in ["", ",,,", "=x", "Bearer realm=\"", "Bearer realm=\"\\", "Bearer =", "a=b=c", "é ü=ö"]
        {
            read(text);
        }
        assert_eq!(read("Bearer realm=\"open")[0].get("realm"), Some("open"));
    }
}
