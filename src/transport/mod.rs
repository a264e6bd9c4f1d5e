//! The only HTTP client: http, https and file addresses, ranges, conditional requests, caps.
//!
//! An address is `http://`, `https://` or `file://`, or a path on this machine; one call serves them all, so that a
//! published tree is read the same way from a host and from a USB stick.
//!
//! A client on its own sends no credentials. [`Client::to`] gives one that has the [`Access`] of a registry: it answers the
//! registry when that asks who is there (Basic, or a token service, whose tokens are kept in memory), shows a client
//! certificate, believes the registry's own authority. All of that is for one origin (scheme, host and port) and never
//! reaches another one: neither by a redirect nor by an absolute address in an index.
//!
//! Architecture invariant: this room does not know what the bytes mean.

mod access;
#[cfg(test)]
mod access_tests;
mod address;
mod body;
mod challenge;
mod connections;
#[cfg(feature = "authoring")]
pub mod credentials;
mod error;
mod exchange;
#[cfg(feature = "authoring")]
mod for_git;
mod local;
mod mirrors;
mod proxy;
#[cfg(test)]
pub(crate) mod test_server;
#[cfg(test)]
mod tests;
mod tls;
mod token;

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::HeaderMap;

pub use access::{Access, Find, Login, Proof, Secret, variable};
pub use address::{Address, join, shown};
pub use error::TransportError;
#[cfg(feature = "authoring")]
pub use for_git::ForGit;
pub use mirrors::{Mirror, Route};
pub use tls::TlsFiles;

use body::Body;
use connections::Connections;

/// How patient the client is.
#[derive(Clone, Debug)]
pub struct Options {
    /// Limit for finding and reaching the host.
    pub connect: Duration,
    /// Limit for the answer to begin.
    pub answer: Duration,
    /// Limit for the next bytes to come.
    pub read: Duration,
    /// Lowest rate over `rate_window` in bytes per second; a host that drips is given up. There is no limit for the
    /// whole: a large file over a thin line is fine.
    pub min_rate: u64,
    /// Time over which the rate is measured.
    pub rate_window: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            answer: Duration::from_secs(60),
            read: Duration::from_secs(30),
            min_rate: 256,
            rate_window: Duration::from_secs(60),
        }
    }
}

/// What is wanted besides the address.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Only the bytes from this offset on. The answer may still be the whole: look at [`Response::status`].
    pub range_from: Option<u64>,
    /// `ETag` of the copy that is there: an unchanged file is not sent again; with `range_from`, a changed file is sent
    /// whole.
    pub etag: Option<&'a str>,
    /// `Last-Modified` of the copy that is there.
    pub last_modified: Option<&'a str>,
    /// Most bytes that may come.
    pub max_bytes: u64,
    /// Only the headers, no bytes.
    pub head: bool,
    /// Media types that are wanted (`Accept`).
    pub accept: Option<&'a str>,
    /// What a token is to be good for, in the words of the registry's token service: `repository:NAME:pull`. Requests of
    /// one scope share a token.
    pub scope: Option<&'a str>,
}

impl Request<'_> {
    /// All bytes, but at most `max_bytes`.
    pub fn whole(max_bytes: u64) -> Self {
        Self {
            range_from: None,
            etag: None,
            last_modified: None,
            max_bytes,
            head: false,
            accept: None,
            scope: None,
        }
    }
}

/// What the answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The whole file.
    Fresh,
    /// The bytes from the wanted offset on.
    Partial,
    /// Nothing: the copy that is there is still good.
    NotModified,
}

/// An answer whose bytes are still to be read.
pub struct Response {
    /// What it holds.
    pub status: Status,
    /// Its `ETag`, to be sent back next time.
    pub etag: Option<String>,
    /// Its `Last-Modified`, to be sent back next time.
    pub last_modified: Option<String>,
    /// How many bytes come, where the host says so.
    pub length: Option<u64>,
    /// Address that answered, after redirects, fit to be shown.
    pub address: String,
    headers: HeaderMap,
    /// The address that answered, after redirects; `None` for a file of this machine.
    url: Option<url::Url>,
    body: Body,
}

impl Response {
    /// A header of the answer by its name, where it is text; none for files of this machine.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// An address that the answer names, where it is relative to the one that answered.
    pub fn join(&self, reference: &str) -> Option<String> {
        self.url.as_ref()?.join(reference).ok().map(Into::into)
    }

    /// All bytes. Fails when there are more than allowed, fewer than announced, or they come too slowly.
    pub fn bytes(mut self) -> Result<Vec<u8>, TransportError> {
        let mut bytes = Vec::new();
        match self.body.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(TransportError::from_io(&self.address, error)),
        }
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not the headers: they may hold cookies.
        write!(f, "Response({:?}, {}, {:?})", self.status, self.address, self.body)
    }
}

/// Reads the bytes under the limits of the request. [`TransportError::from_io`] gives the error its meaning back.
impl Read for Response {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.body.read(buffer)
    }
}

/// Told what is used on the way: a proxy, credentials (never what they are).
pub type OnNote = Arc<dyn Fn(&str) + Send + Sync>;

/// The client. Cheap to clone; connections are kept and shared.
#[derive(Clone)]
pub struct Client {
    connections: Arc<Connections>,
    options: Arc<Options>,
    access: Option<Arc<Access>>,
    mirrors: Arc<[Mirror]>,
    /// Why nothing may be asked.
    blocked: Option<Arc<str>>,
    on_note: Option<OnNote>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(Options::default())
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({:?}, {:?})", self.options, self.access)
    }
}

impl Client {
    /// A client with this patience. Proxies come from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, trusted
    /// certificates from the system (or `SSL_CERT_FILE`).
    pub fn new(options: Options) -> Self {
        let options = Arc::new(options);
        Self {
            connections: Arc::new(Connections::new(Arc::clone(&options))),
            options,
            access: None,
            mirrors: Arc::default(),
            blocked: None,
            on_note: None,
        }
    }

    /// The same client (and the same connections) that tells what it uses.
    #[must_use]
    pub fn with_notes(&self, on_note: Option<OnNote>) -> Self {
        Self { on_note, ..self.clone() }
    }

    /// The same client (and the same connections) with the access of a registry.
    #[must_use]
    pub fn to(&self, access: Arc<Access>) -> Self {
        Self { access: Some(access), ..self.clone() }
    }

    /// The same client, which asks nobody and says why: the settings of this machine cannot be read.
    #[must_use]
    pub fn blocked(&self, why: String) -> Self {
        Self { blocked: Some(why.into()), ..self.clone() }
    }

    /// Asks for a file.
    pub fn get(&self, address: &str, request: &Request<'_>) -> Result<Response, TransportError> {
        let Route { address, client, .. } = self.route(address);
        match Address::parse(&address)? {
            Address::Path(path) => local::open(&path, request),
            Address::Url(url) => match &self.blocked {
                Some(why) => Err(TransportError::Blocked { why: why.to_string() }),
                None => client.exchange(url, request),
            },
        }
    }

    fn note(&self, text: &str) {
        if let Some(on_note) = &self.on_note {
            on_note(text);
        }
    }
}
