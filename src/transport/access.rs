//! How one registry is reached: who it is, what proves that one may, and which certificates count there.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use url::Url;

use super::TransportError;
use super::tls::TlsFiles;

/// Scheme, host and port: what credentials are for. Nothing of them ever goes to another origin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Origin(String);

impl Origin {
    pub(super) fn of(url: &Url) -> Self {
        let port = url.port_or_known_default().unwrap_or_default();
        Self(format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or_default()))
    }

    #[cfg(feature = "authoring")]
    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// The environment variable that says something about a registry: `EDGEWRIGHT_REGISTRY_MY_CHARTS_TOKEN`.
pub fn variable(registry: &str, what: &str) -> String {
    let name: String = registry
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
        .collect();
    format!("EDGEWRIGHT_REGISTRY_{name}_{what}")
}

/// Text that is never shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(String);

impl Secret {
    /// A secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for what carries it, never for people.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What proves that one may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A name and a password.
    Password {
        /// The name, which is no secret.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A token that goes with every request as it is.
    Token(Secret),
    /// A token that the registry's token service takes for a short-lived one (`identitytoken` of Docker's configuration).
    Identity(Secret),
}

/// Credentials, and where they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// What proves that one may.
    pub proof: Proof,
    /// Where it comes from, in words: `~/.netrc, line 3`.
    pub source: String,
}

/// Finds the credentials of a registry; asked once, and only when they are needed. The error says what is wrong with the
/// file or program that should have had them.
pub type Find = Box<dyn Fn() -> Result<Option<Login>, String> + Send + Sync>;

/// How one registry is reached.
pub struct Access {
    /// Name of the registry, for what people read.
    name: String,
    pub(super) origin: Origin,
    pub(super) tls: TlsFiles,
    /// Whether credentials go with the first request already. Where they do not, the registry has to ask for them.
    pub(super) ahead: bool,
    find: Find,
    login: OnceLock<Result<Option<Login>, String>>,
    /// Set when somebody was told where the credentials are from.
    pub(super) told: OnceLock<()>,
    /// What the registry took last, by scope.
    pub(super) taken: Mutex<HashMap<String, Ticket>>,
}

/// An `Authorization` header that a registry took or gave.
#[derive(Clone)]
pub(super) struct Ticket {
    pub(super) header: Secret,
    /// When it is no longer good.
    pub(super) until: Option<Instant>,
}

impl Access {
    /// Access to the registry `name` at `url` (`https://…` or `http://…`: credentials go without encryption only where the
    /// address says so). `ahead`: credentials go with the first request already, as Helm repositories want it, which answer
    /// 404 instead of asking; otherwise they go when the registry asks (OCI).
    pub fn new(
        name: &str,
        url: &str,
        tls: TlsFiles,
        ahead: bool,
        find: Find,
    ) -> Result<Arc<Self>, TransportError> {
        let parsed = Url::parse(url)
            .map_err(|why| TransportError::Address { address: super::shown(url), why: why.to_string() })?;
        Ok(Arc::new(Self {
            name: name.to_owned(),
            origin: Origin::of(&parsed),
            tls,
            ahead,
            find,
            login: OnceLock::new(),
            told: OnceLock::new(),
            taken: Mutex::default(),
        }))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its credentials, looked for once.
    pub fn login(&self) -> Result<Option<&Login>, TransportError> {
        match self.login.get_or_init(|| (self.find)()) {
            Ok(login) => Ok(login.as_ref()),
            Err(why) => Err(TransportError::Credentials { registry: self.name.clone(), why: why.clone() }),
        }
    }

    /// Whether the registry's own address goes without encryption.
    pub(super) fn is_plain(&self) -> bool {
        self.origin.0.starts_with("http:")
    }

    pub(super) fn serves(&self, url: &Url) -> bool {
        self.origin == Origin::of(url)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Access({}, {})", self.name, self.origin.0)
    }
}
