//! What stands in for hosts at a site: addresses are rewritten on their way out, and nowhere else.

use std::sync::Arc;

use super::{Access, Client, TransportError, shown};

/// Addresses that begin with `from` are asked for below `to`.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// How the addresses begin, up to the end of a path segment.
    pub from: String,
    /// What takes the place of that beginning.
    pub to: String,
    /// Access to `to`. What is for `from` is never sent there.
    pub access: Option<Arc<Access>>,
}

/// Where an address leads at this site.
#[derive(Clone, Debug)]
pub struct Route {
    /// The address that is asked.
    pub address: String,
    /// The client to ask it with: it has the access of the mirror, where one stands in, and rewrites nothing further.
    pub client: Client,
}

impl Mirror {
    fn apply(&self, address: &str) -> Option<String> {
        rest(address, &self.from).map(|rest| joined(&self.to, rest))
    }
}

/// What follows a beginning that ends where a segment does.
fn rest<'a>(address: &'a str, beginning: &str) -> Option<&'a str> {
    let rest = address.strip_prefix(beginning)?;
    let ends = beginning.ends_with('/') || rest.is_empty() || rest.starts_with(['/', '?', '#', ':']);
    // `https://host` does not stand for `https://host:8443`.
    let other_port = rest.starts_with(':') && !beginning.trim_end_matches('/').ends_with('/');
    (ends && !(other_port && beginning.matches('/').count() == 2)).then_some(rest)
}

fn joined(beginning: &str, rest: &str) -> String {
    match (beginning.ends_with('/'), rest.starts_with('/')) {
        (true, true) => format!("{beginning}{}", &rest[1..]),
        (false, false) if !rest.is_empty() && !rest.starts_with(['?', '#', ':']) => {
            format!("{beginning}/{rest}")
        }
        _ => format!("{beginning}{rest}"),
    }
}

impl Client {
    /// The same client with what stands in for hosts at this site; the first that fits an address counts.
    #[must_use]
    pub fn with_mirrors(&self, mirrors: Arc<[Mirror]>) -> Self {
        Self { mirrors, ..self.clone() }
    }

    /// Where an address leads. [`Client::get`] follows it by itself; this is for what others ask, as git does.
    pub fn route(&self, address: &str) -> Route {
        let found = self.mirrors.iter().find_map(|mirror| Some((mirror, mirror.apply(address)?)));
        let Some((mirror, instead)) = found else {
            return Route { address: address.to_owned(), client: self.clone() };
        };
        self.note(&format!("{}: from the mirror {}", shown(address), shown(&instead)));
        let client = Self { access: mirror.access.clone(), mirrors: Arc::default(), ..self.clone() };
        Route { address: instead, client }
    }

    /// Where the credentials of this client are from; `None` where it has none.
    ///
    /// # Errors
    /// They cannot be looked for.
    pub fn credentials(&self) -> Result<Option<&str>, TransportError> {
        let login = self.access.as_ref().map_or(Ok(None), |access| access.login())?;
        Ok(login.map(|login| login.source.as_str()))
    }

    /// The address that stands for one of a mirror everywhere else: what a lock says is the same at every site.
    pub fn canonical(&self, address: &str) -> String {
        let found = self.mirrors.iter().find_map(|mirror| {
            Some(joined(&mirror.from, rest(address, &mirror.to)?)).filter(|_| !mirror.from.ends_with("://"))
        });
        found.unwrap_or_else(|| address.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_server::{Answer, TestServer};
    use super::super::{Login, Proof, Request, Secret, TlsFiles};
    use super::*;

    fn client(mirrors: &[(&str, &str)]) -> Client {
        let mirror = |(from, to): &(&str, &str)| Mirror {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
            access: None,
        };
        Client::default().with_mirrors(mirrors.iter().map(mirror).collect())
    }

    #[test]
    fn a_beginning_ends_where_a_segment_does() {
        for (from, to, address, wanted) in [
            ("https://h/a", "https://m/x", "https://h/a", "https://m/x"),
            ("https://h/a", "https://m/x", "https://h/a/i.yaml?q", "https://m/x/i.yaml?q"),
            ("https://h/a", "https://m/x", "https://h/ab/i.yaml", "https://h/ab/i.yaml"),
            ("https://h", "https://m", "https://h.evil/i", "https://h.evil/i"),
            ("https://h", "https://m", "https://h:8443/i", "https://h:8443/i"),
            ("https://h:8443", "https://m", "https://h:8443/i", "https://m/i"),
            ("https://h/", "https://m/x/", "https://h/i", "https://m/x/i"),
            ("https://h/", "https://m/x", "https://h/i", "https://m/x/i"),
            ("https://", "https://m/x/", "https://h/i", "https://m/x/h/i"),
            ("oci://ghcr.io/", "oci://m/ghcr/", "oci://ghcr.io/a/b", "oci://m/ghcr/a/b"),
            ("https://github.com/", "git@m:mirror/", "https://github.com/a/b.git", "git@m:mirror/a/b.git"),
            ("oci://h/a", "oci://m/b", "oci://h/a:1.2", "oci://m/b:1.2"),
        ] {
            assert_eq!(client(&[(from, to)]).route(address).address, wanted, "{from} {address}");
        }
    }

    #[test]
    fn the_first_that_fits_counts_and_the_way_back_is_the_same() {
        let client = client(&[("https://h/a", "https://one"), ("https://h", "https://two")]);
        assert_eq!(client.route("https://h/a/x").address, "https://one/x");
        assert_eq!(client.route("https://h/b/x").address, "https://two/b/x");
        assert_eq!(client.route("https://one/x").address, "https://one/x");
        for address in ["https://h/a/x.tgz", "https://h/b/x.tgz", "https://elsewhere/x"] {
            assert_eq!(client.canonical(&client.route(address).address), address);
        }
    }

    #[test]
    fn a_mirror_gets_its_own_credentials_and_not_those_of_the_host() {
        let mirror = TestServer::start();
        mirror.put("/m/x", Answer::Raw("200 OK", vec![], b"inside".to_vec()));
        let access = |url: &str, token: &str| {
            let login = Login { proof: Proof::Token(Secret::new(token)), source: "test".to_owned() };
            let find = move || Ok(Some(login.clone()));
            Access::new("r", url, TlsFiles::default(), true, Box::new(find)).unwrap()
        };
        let to = format!("{}/m", mirror.url);
        for (own, wanted) in [(None, None), (Some(access(&to, "own")), Some("bearer own"))] {
            let entry = Mirror { from: "https://h".to_owned(), to: to.clone(), access: own };
            let client = Client::default().to(access("https://h", "theirs")).with_mirrors(vec![entry].into());
            let bytes = client.get("https://h/x", &Request::whole(10)).unwrap().bytes().unwrap();
            assert_eq!(bytes, b"inside");
            let last = mirror.requests().pop().unwrap();
            assert_eq!(last.lines().find_map(|line| line.strip_prefix("authorization: ")), wanted);
        }
    }
}
