//! Addresses (`sprig:url.go` over Go's `net/url`, Go 1.26).

use std::fmt::Write as _;

use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::quote::quoted;
use crate::chart::engine::value::{Map, MapType, Value};

pub(in super::super) const FUNCTIONS: &[Function] =
    &[Function::new("urlParse", &[Type::Text], url_parse), Function::new("urlJoin", &[Type::Map], url_join)];

/// An address in parts.
#[derive(Default)]
struct Url {
    scheme: String,
    opaque: String,
    user: Option<(String, Option<String>)>,
    host: String,
    path: String,
    /// The path as it was written, where it is not what Go would write.
    raw_path: String,
    query: String,
    force_query: bool,
    fragment: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Path,
    Host,
    User,
    Fragment,
}

fn is_plain(byte: u8, place: Place) -> bool {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
        return true;
    }
    match place {
        Place::Host => matches!(
            byte,
            b'!' | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b';'
                | b'='
                | b':'
                | b'['
                | b']'
                | b'<'
                | b'>'
                | b'"'
        ),
        Place::Path => matches!(byte, b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'@'),
        Place::User => matches!(byte, b'$' | b'&' | b'+' | b',' | b';' | b'='),
        Place::Fragment => {
            matches!(
                byte,
                b'$' | b'&'
                    | b'+'
                    | b','
                    | b'/'
                    | b':'
                    | b';'
                    | b'='
                    | b'?'
                    | b'@'
                    | b'!'
                    | b'('
                    | b')'
                    | b'*'
            )
        }
    }
}

fn escaped(text: &str, place: Place) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if is_plain(byte, place) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn unescaped(text: &str, place: Place) -> Result<String, String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let digits = text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            let Some(byte) = digits.filter(|_| bytes[at + 1] != b'+') else {
                let shown: String = text[at..].chars().take(3).collect();
                return Err(format!("invalid URL escape {}", quoted(shown.as_bytes())));
            };
            if place == Place::Host && byte < 0x80 && byte != b'%' {
                let shown: String = text[at..].chars().take(3).collect();
                return Err(format!("invalid URL escape {}", quoted(shown.as_bytes())));
            }
            out.push(byte);
            at += 3;
            continue;
        }
        if place == Place::Host && bytes[at] < 0x80 && !is_plain(bytes[at], place) {
            let shown = char::from(bytes[at]).to_string();
            return Err(format!("invalid character {} in host name", quoted(shown.as_bytes())));
        }
        out.push(bytes[at]);
        at += 1;
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Go's `url.Parse`.
fn parse(text: &str) -> Result<Url, String> {
    let (whole, fragment) = text.split_once('#').unwrap_or((text, ""));
    let wrong = |shown: &str, why: String| format!("parse {}: {why}", quoted(shown.as_bytes()));
    let mut url = parse_whole(whole).map_err(|why| wrong(whole, why))?;
    url.fragment = unescaped(fragment, Place::Fragment).map_err(|why| wrong(text, why))?;
    Ok(url)
}

fn parse_whole(text: &str) -> Result<Url, String> {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if text == "*" {
        "*".clone_into(&mut url.path);
        return Ok(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_lowercase();
    let mut rest = rest;
    if rest.ends_with('?') && rest.matches('?').count() == 1 {
        url.force_query = true;
        rest = &rest[..rest.len() - 1];
    } else if let Some((before, query)) = rest.split_once('?') {
        query.clone_into(&mut url.query);
        rest = before;
    }
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            rest.clone_into(&mut url.opaque);
            return Ok(url);
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    if (!url.scheme.is_empty() || !rest.starts_with("///")) && rest.starts_with("//") {
        let after = &rest[2..];
        let (authority, path) = after.find('/').map_or((after, ""), |at| after.split_at(at));
        rest = path;
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        url.host = host_of(host)?;
        if let Some(user) = user {
            url.user = Some(user_of(user)?);
        }
    }
    url.path = unescaped(rest, Place::Path)?;
    if escaped(&url.path, Place::Path) != rest {
        rest.clone_into(&mut url.raw_path);
    }
    Ok(url)
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, letter) in text.char_indices() {
        match letter {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => return Ok((&text[..at], &text[at + 1..])),
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn user_of(text: &str) -> Result<(String, Option<String>), String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(letter);
    if !text.chars().all(fits) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    match text.split_once(':') {
        None => Ok((unescaped(text, Place::User)?, None)),
        Some((name, password)) => {
            Ok((unescaped(name, Place::User)?, Some(unescaped(password, Place::User)?)))
        }
    }
}

fn host_of(text: &str) -> Result<String, String> {
    let port_fits = |port: &str| {
        port.is_empty()
            || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let bad_port = |port: &str| Err(format!("invalid port {} after host", quoted(port.as_bytes())));
    if text.starts_with('[') {
        let Some(end) = text.rfind(']') else { return Err("missing ']' in host".to_owned()) };
        let port = &text[end + 1..];
        if !port_fits(port) {
            return bad_port(port);
        }
    } else if let Some(at) = text.rfind(':')
        && !port_fits(&text[at..])
    {
        return bad_port(&text[at..]);
    }
    unescaped(text, Place::Host)
}

impl Url {
    fn hostname(&self) -> &str {
        if let Some(inner) = self.host.strip_prefix('[') {
            return inner.split(']').next().unwrap_or(inner);
        }
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }

    fn userinfo(&self) -> String {
        self.user.as_ref().map_or_else(String::new, |(name, password)| {
            let mut text = escaped(name, Place::User);
            if let Some(password) = password {
                text.push(':');
                text.push_str(&escaped(password, Place::User));
            }
            text
        })
    }

    fn text(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            let _ = write!(out, "{}:", self.scheme);
        }
        if self.opaque.is_empty() {
            if !self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some() {
                if !self.host.is_empty() || !self.path.is_empty() || self.user.is_some() {
                    out.push_str("//");
                }
                if self.user.is_some() {
                    let _ = write!(out, "{}@", self.userinfo());
                }
                out.push_str(&escaped(&self.host, Place::Host));
            }
            let path = if self.raw_path.is_empty() {
                escaped(&self.path, Place::Path)
            } else {
                self.raw_path.clone()
            };
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push('/');
            }
            if out.is_empty() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                out.push_str("./");
            }
            out.push_str(if path == "%2A" { "*" } else { &path });
        } else {
            out.push_str(&self.opaque);
        }
        if self.force_query || !self.query.is_empty() {
            let _ = write!(out, "?{}", self.query);
        }
        if !self.fragment.is_empty() {
            let _ = write!(out, "#{}", escaped(&self.fragment, Place::Fragment));
        }
        out
    }
}

fn url_parse(_: &mut Machine, args: &Args) -> Outcome {
    let url = parse(&args.str(0)).map_err(|why| Fault::new(format!("unable to parse url: {why}")))?;
    let map = Map::new(MapType::Any);
    for (key, value) in [
        ("scheme", url.scheme.clone()),
        ("host", url.host.clone()),
        ("hostname", url.hostname().to_owned()),
        ("path", url.path.clone()),
        ("query", url.query.clone()),
        ("opaque", url.opaque.clone()),
        ("fragment", url.fragment.clone()),
        ("userinfo", url.userinfo()),
    ] {
        map.insert(key, Value::text(value));
    }
    Ok(Value::Map(map))
}

fn url_join(_: &mut Machine, args: &Args) -> Outcome {
    let part = |key: &str| match args.map(0).and_then(|map| map.get(key.as_bytes())) {
        None => Ok(String::new()),
        Some(Value::Text(text)) => Ok(text.str().into_owned()),
        Some(other) => Err(Fault::new(format!(
            "unable to parse {key} key, must be of type string, but {} found",
            other.kind_name()
        ))),
    };
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        ..Url::default()
    };
    let userinfo = part("userinfo")?;
    if !userinfo.is_empty() {
        let parsed = parse(&format!("proto://{userinfo}@host"));
        url.user = parsed.map_err(|why| Fault::new(format!("unable to parse userinfo in dict: {why}")))?.user;
    }
    Ok(Value::text(url.text()))
}
