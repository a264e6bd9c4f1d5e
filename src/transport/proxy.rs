//! Which proxy a request goes through: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, and `NO_PROXY` as Go's programs read it,
//! because those are what else runs beside this one (`golang.org/x/net/http/httpproxy`).

use std::net::IpAddr;

use url::Url;

use super::shown;

/// The proxies of the environment.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies {
    https: Option<Setting>,
    http: Option<Setting>,
    direct: Vec<Direct>,
}

/// A variable and what it says.
#[derive(Clone)]
struct Setting {
    variable: String,
    value: String,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.variable, place(&self.value))
    }
}

/// A proxy that is used, fit to be shown.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) proxy: ureq::Proxy,
    pub(super) name: String,
}

/// One entry of `NO_PROXY`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Direct {
    All,
    /// Lowest bits of no interest are cut off: address, length of the prefix, port.
    Network(IpAddr, u8, Option<u16>),
    /// `.example.org`: hosts below; `example.org`: the host as well.
    Name {
        suffix: String,
        itself: bool,
        port: Option<u16>,
    },
}

impl Proxies {
    pub(super) fn of_environment() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| {
            let get = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
            let lower = name.to_lowercase();
            let (name, value) = match get(name) {
                Some(value) => (name.to_owned(), value),
                None => (lower.clone(), get(&lower)?),
            };
            Some(Setting { variable: name, value })
        };
        let all = set("ALL_PROXY");
        // Under CGI the header `Proxy:` of a stranger becomes HTTP_PROXY.
        let http = set("HTTP_PROXY").filter(|_| variable("REQUEST_METHOD").is_none());
        let direct = set("NO_PROXY").map(|setting| setting.value).unwrap_or_default();
        Self {
            https: set("HTTPS_PROXY").or_else(|| all.clone()),
            http: http.or(all),
            direct: direct.split([',', ' ']).filter_map(Direct::read).collect(),
        }
    }

    /// The proxy for an address; `None`: directly. The error names the variable.
    pub(super) fn of(&self, url: &Url) -> Result<Option<Chosen>, String> {
        let setting = if url.scheme() == "https" { &self.https } else { &self.http };
        let Some(setting) = setting else { return Ok(None) };
        if self.is_direct(url) {
            return Ok(None);
        }
        let name = place(&setting.value);
        let proxy = ureq::Proxy::new(&setting.value)
            .map_err(|_| format!("{} is no address of a proxy: {name}", setting.variable))?;
        if !matches!(proxy.protocol(), ureq::ProxyProtocol::Http | ureq::ProxyProtocol::Https) {
            return Err(format!("{}: a proxy is reached by http or https, not as {name}", setting.variable));
        }
        Ok(Some(Chosen { proxy, name }))
    }

    fn is_direct(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
        let host = host.to_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
            return true;
        }
        let port = url.port_or_known_default();
        let fits = |wanted: &Option<u16>| wanted.is_none() || *wanted == port;
        self.direct.iter().any(|direct| match (direct, address) {
            (Direct::All, _) => true,
            (Direct::Network(network, bits, wanted), Some(address)) => {
                fits(wanted) && first_bits(address, *bits) == Some(*network)
            }
            (Direct::Name { suffix, itself, port: wanted }, None) => {
                fits(wanted) && (host.ends_with(suffix.as_str()) || *itself && host == suffix[1..])
            }
            _ => false,
        })
    }
}

/// An address of a proxy without user and password; it may come without scheme.
fn place(value: &str) -> String {
    if value.contains("://") {
        return shown(value);
    }
    let text = shown(&format!("http://{value}"));
    text.strip_prefix("http://").unwrap_or(&text).to_owned()
}

impl Direct {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return None;
        }
        if text == "*" {
            return Some(Self::All);
        }
        if let Some((address, bits)) = text.split_once('/') {
            let (address, bits) = (address.parse().ok()?, bits.parse().ok()?);
            return Some(Self::Network(first_bits(address, bits)?, bits, None));
        }
        let whole = |address: IpAddr| if address.is_ipv4() { 32 } else { 128 };
        if let Ok(address) = text.trim_matches(['[', ']']).parse() {
            return Some(Self::Network(address, whole(address), None));
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name.to_owned(), Some(port.parse().ok()?)),
            None => (text, None),
        };
        if let Ok(address) = name.trim_matches(['[', ']']).parse() {
            return Some(Self::Network(address, whole(address), port));
        }
        let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(&name);
        let itself = !name.starts_with('.');
        let suffix = if itself { format!(".{name}") } else { name.to_owned() };
        Some(Self::Name { suffix, itself, port })
    }
}

/// An address with all but its first bits zero; `None` where it has fewer bits.
fn first_bits(address: IpAddr, bits: u8) -> Option<IpAddr> {
    match address {
        IpAddr::V4(v4) => {
            let rest = 32u32.checked_sub(bits.into())?;
            Some(IpAddr::from(
                (u32::from(v4).checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0)).to_be_bytes(),
            ))
        }
        IpAddr::V6(v6) => {
            let rest = 128u32.checked_sub(bits.into())?;
            Some(IpAddr::from(
                (u128::from(v6).checked_shr(rest).unwrap_or(0).checked_shl(rest).unwrap_or(0)).to_be_bytes(),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        Proxies::read(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn through(variables: &[(&str, &str)], url: &str) -> Option<String> {
        proxies(variables).of(&Url::parse(url).unwrap()).unwrap().map(|chosen| chosen.name)
    }

    #[test]
    fn each_scheme_has_its_proxy() {
        let both = [("HTTPS_PROXY", "http://a:1"), ("http_proxy", "b:2"), ("ALL_PROXY", "http://c:3")];
        assert_eq!(through(&both, "https://h/").unwrap(), "http://a:1");
        assert_eq!(through(&both, "http://h/").unwrap(), "b:2");
        assert_eq!(through(&both[2..], "http://h/").unwrap(), "http://c:3");
        assert_eq!(through(&both[..1], "http://h/"), None);
        assert_eq!(through(&[("HTTP_PROXY", "http://evil"), ("REQUEST_METHOD", "GET")], "http://h/"), None);
        assert_eq!(through(&[("HTTPS_PROXY", " ")], "https://h/"), None);
    }

    #[test]
    fn exceptions_are_those_of_go() {
        let via = |exceptions: &str, url: &str| {
            through(&[("https_proxy", "http://p:1"), ("NO_PROXY", exceptions)], url).is_some()
        };
        for (exceptions, url, proxied) in [
            ("", "https://h/", true),
            ("*", "https://h/", false),
            ("example.org", "https://example.org/", false),
            ("example.org", "https://a.example.org/", false),
            ("example.org", "https://an-example.org/", true),
            (".example.org", "https://example.org/", true),
            ("*.example.org", "https://a.b.EXAMPLE.org/", false),
            ("x, example.org:8443", "https://example.org:8443/", false),
            ("example.org:8443", "https://example.org/", true),
            ("example.org:443", "https://example.org/", false),
            ("10.0.0.0/8", "https://10.200.3.4/", false),
            ("10.0.0.0/8", "https://11.0.0.1/", true),
            ("0.0.0.0/0", "https://11.0.0.1/", false),
            ("192.168.1.7", "https://192.168.1.7:9/", false),
            ("192.168.1.7:8", "https://192.168.1.7:9/", true),
            ("fd00::/8", "https://[fd12::1]/", false),
            ("[fd12::1]:443", "https://[fd12::1]/", false),
            ("10.0.0.0/99,bad:port,/", "https://10.0.0.1/", true),
            ("", "https://localhost:8443/", false),
            ("", "https://127.3.2.1/", false),
            ("", "https://[::1]/", false),
        ] {
            assert_eq!(via(exceptions, url), proxied, "{exceptions} {url}");
        }
    }

    #[test]
    fn a_wrong_address_names_the_variable_and_no_password() {
        let wrong = |value: &str| {
            proxies(&[("HTTPS_PROXY", value)]).of(&Url::parse("https://h/").unwrap()).unwrap_err()
        };
        let text = wrong("http://user:secret@[bad");
        assert!(
            text.starts_with("HTTPS_PROXY is no address of a proxy") && !text.contains("secret"),
            "{text}"
        );
        assert!(wrong("socks5://u:secret@h:1").ends_with("not as socks5://h:1"));
        let debug = format!("{:?}", proxies(&[("HTTPS_PROXY", "u:secret@h:1")]));
        assert!(debug.contains("h:1") && !debug.contains("secret"), "{debug}");
        assert_eq!(through(&[("HTTPS_PROXY", "u:secret@h:1")], "https://x/").unwrap(), "h:1");
    }
}
