//! The only HTTP client: http, https and file addresses, ranges, conditional requests, caps.
//!
//! An address is `http://`, `https://` or `file://`, or a path on this machine; one call serves them all, so that a
//! published tree is read the same way from a host and from a USB stick.
//!
//! Architecture invariant: this room does not know what the bytes mean.

mod address;
mod body;
mod error;
mod local;
#[cfg(test)]
pub(crate) mod test_server;

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use ureq::ResponseExt;
use ureq::http::{HeaderMap, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

pub use address::{Address, join, shown};
pub use error::TransportError;

use body::{Body, Source};

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
}

impl Request<'_> {
    /// All bytes, but at most `max_bytes`.
    pub fn whole(max_bytes: u64) -> Self {
        Self { range_from: None, etag: None, last_modified: None, max_bytes }
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
#[derive(Debug)]
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
    body: Body,
}

impl Response {
    /// All bytes. Fails when there are more than allowed, fewer than announced, or they come too slowly.
    pub fn bytes(mut self) -> Result<Vec<u8>, TransportError> {
        let mut bytes = Vec::new();
        match self.body.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(error) => Err(TransportError::from_io(&self.address, error)),
        }
    }
}

/// Reads the bytes under the limits of the request. [`TransportError::from_io`] gives the error its meaning back.
impl Read for Response {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.body.read(buffer)
    }
}

/// The client. Cheap to clone; connections are kept and shared.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    options: Arc<Options>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(Options::default())
    }
}

impl Client {
    /// A client with this patience. Proxies come from `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, trusted
    /// certificates from the system (or `SSL_CERT_FILE`).
    pub fn new(options: Options) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let agent = ureq::Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(5)
            .timeout_resolve(Some(options.connect))
            .timeout_connect(Some(options.connect))
            .timeout_recv_response(Some(options.answer))
            .timeout_per_read(Some(options.read))
            .timeout_per_write(Some(options.read))
            .user_agent(concat!("edgewright/", env!("CARGO_PKG_VERSION")))
            // Digests are of the bytes as stored: nothing on the way may repack them.
            .accept_encoding("identity")
            .build()
            .new_agent();
        Self { agent, options: Arc::new(options) }
    }

    /// Asks for a file.
    pub fn get(&self, address: &str, request: &Request<'_>) -> Result<Response, TransportError> {
        match Address::parse(address)? {
            Address::Path(path) => local::open(&path, request),
            Address::Url(url) => self.get_url(&url, request),
        }
    }

    fn get_url(&self, url: &url::Url, request: &Request<'_>) -> Result<Response, TransportError> {
        let name = shown(url.as_str());
        let response = match self.send(url, request) {
            // A kept connection that the host closed meanwhile: once more on a new one.
            Err(ureq::Error::Io(error)) if error::is_stale(&error) => self.send(url, request),
            sent => sent,
        }
        .map_err(|error| TransportError::from_ureq(&name, error))?;

        let address = shown(&response.get_uri().to_string());
        let (head, body) = response.into_parts();
        let text = |name: header::HeaderName| header_text(&head.headers, &name);
        let (etag, last_modified) = (text(header::ETAG), text(header::LAST_MODIFIED));
        if let Some(encoding) = text(header::CONTENT_ENCODING).filter(|encoding| encoding != "identity") {
            return Err(TransportError::Encoded { address, encoding });
        }
        let range = text(header::CONTENT_RANGE);
        let status = match head.status {
            StatusCode::OK => Status::Fresh,
            StatusCode::PARTIAL_CONTENT => {
                let begins = range.as_deref().and_then(range_start);
                if begins.is_none() || begins != request.range_from {
                    let range = range.unwrap_or_else(|| "nothing".to_owned());
                    return Err(TransportError::Range { address, range });
                }
                Status::Partial
            }
            StatusCode::NOT_MODIFIED if request.etag.is_some() || request.last_modified.is_some() => {
                Status::NotModified
            }
            code => return Err(TransportError::Status { address, code: code.as_u16() }),
        };
        let length = if status == Status::NotModified { Some(0) } else { body.content_length() };
        if length.is_some_and(|length| length > request.max_bytes) {
            return Err(TransportError::TooLarge { address, limit: request.max_bytes });
        }
        let source =
            if status == Status::NotModified { Source::Nothing } else { Source::Http(body.into_reader()) };
        let body = Body::new(source, address.clone(), request.max_bytes, Some(&self.options));
        Ok(Response { status, etag, last_modified, length, address, body })
    }

    fn send(
        &self,
        url: &url::Url,
        request: &Request<'_>,
    ) -> Result<ureq::http::Response<ureq::Body>, ureq::Error> {
        let mut call = self.agent.get(url.as_str());
        match (request.range_from, request.etag) {
            (Some(from), etag) => {
                call = call.header(header::RANGE, format!("bytes={from}-"));
                if let Some(etag) = etag.or(request.last_modified) {
                    call = call.header(header::IF_RANGE, etag);
                }
            }
            (None, Some(etag)) => call = call.header(header::IF_NONE_MATCH, etag),
            (None, None) => {}
        }
        if let (None, Some(modified)) = (request.range_from, request.last_modified) {
            call = call.header(header::IF_MODIFIED_SINCE, modified);
        }
        // What began encrypted stays so through redirects.
        call.config().https_only(url.scheme() == "https").build().call()
    }
}

fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The first offset of `bytes 5-9/10`.
fn range_start(range: &str) -> Option<u64> {
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::test_server::{Answer, TestServer};
    use super::*;

    fn quick() -> Client {
        Client::new(Options {
            connect: Duration::from_secs(2),
            answer: Duration::from_millis(500),
            read: Duration::from_millis(500),
            min_rate: 1000,
            rate_window: Duration::from_millis(300),
        })
    }

    fn fetch(address: &str, request: &Request<'_>) -> Result<(Status, Vec<u8>), TransportError> {
        let response = quick().get(address, request)?;
        Ok((response.status, response.bytes()?))
    }

    #[test]
    fn hosts_and_files_answer_alike() {
        let server = TestServer::start();
        let url = server.put("/blob", Answer::File(b"0123456789".to_vec(), Some("\"v1\"")));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("blob");
        std::fs::write(&path, b"0123456789").unwrap();
        let file_url = url::Url::from_file_path(&path).unwrap().to_string();
        for address in [url.as_str(), path.to_str().unwrap(), file_url.as_str()] {
            let whole = Request::whole(10);
            let first = quick().get(address, &whole).unwrap();
            let etag = first.etag.clone().unwrap();
            assert_eq!((first.status, first.length), (Status::Fresh, Some(10)));
            assert_eq!(first.bytes().unwrap(), b"0123456789");

            let again = Request { etag: Some(&etag), ..whole };
            assert_eq!(fetch(address, &again).unwrap(), (Status::NotModified, vec![]));
            let rest = Request { range_from: Some(6), ..whole };
            assert_eq!(fetch(address, &rest).unwrap(), (Status::Partial, b"6789".to_vec()));
            let same = Request { etag: Some(&etag), ..rest };
            assert_eq!(fetch(address, &same).unwrap(), (Status::Partial, b"6789".to_vec()));
            let changed = Request { etag: Some("\"other\""), ..rest };
            assert_eq!(fetch(address, &changed).unwrap(), (Status::Fresh, b"0123456789".to_vec()));
            assert!(matches!(
                fetch(address, &Request::whole(9)),
                Err(TransportError::TooLarge { limit: 9, .. })
            ));
        }
        let missing = fetch(folder.path().join("none").to_str().unwrap(), &Request::whole(1)).unwrap_err();
        assert!(missing.is_not_found());
        assert!(fetch(folder.path().to_str().unwrap(), &Request::whole(1)).is_err());
        assert!(server.requests().iter().all(|request| request.contains("accept-encoding: identity")));
    }

    #[test]
    fn a_host_without_ranges_sends_the_whole() {
        let server = TestServer::start();
        let url = server.put("/x", Answer::Raw("200 OK", vec![], b"0123".to_vec()));
        let rest = Request { range_from: Some(2), ..Request::whole(10) };
        assert_eq!(fetch(&url, &rest).unwrap(), (Status::Fresh, b"0123".to_vec()));
    }

    #[test]
    fn what_the_host_does_wrong_is_said() {
        let server = TestServer::start();
        let text = |path: &str, answer: Answer, request: &Request<'_>| {
            fetch(&server.put(path, answer), request).unwrap_err().to_string()
        };
        let whole = Request::whole(100);
        let raw = |status, headers| Answer::Raw(status, headers, b"x".to_vec());
        assert!(
            text("/404", raw("404 Not Found", vec![]), &whole)
                .ends_with("answers 404 (not there): check the address")
        );
        assert!(text("/403", raw("403 Forbidden", vec![]), &whole).contains("needs credentials"));
        assert!(text("/503", raw("503 Busy", vec![]), &whole).contains("try again later"));
        assert!(text("/204", raw("204 No Content", vec![]), &whole).contains("204, which is no file"));
        let packed = raw("200 OK", vec![("Content-Encoding", "gzip".to_owned())]);
        assert!(text("/gzip", packed, &whole).contains("encoding `gzip`"));
        assert!(text("/cut", Answer::Cut(vec![1; 50], 20), &whole).contains("broke after 20 bytes"));
        let other = raw("206 Partial Content", vec![("Content-Range", "bytes 0-0/9".to_owned())]);
        assert!(text("/range", other, &Request { range_from: Some(5), ..whole }).contains("bytes 0-0/9"));
        let round = raw("302 Found", vec![("Location", "/round".to_owned())]);
        assert!(text("/round", round, &whole).contains("more than five redirects"));
        let endless = Answer::Raw("200 OK", vec![], vec![0; 101]);
        assert!(text("/long", endless, &whole).contains("larger than the 100 bytes"));
    }

    #[test]
    fn a_host_that_goes_silent_or_drips_is_given_up() {
        let server = TestServer::start();
        let silent = server.put("/silent", Answer::Silent(Duration::from_secs(3)));
        let error = fetch(&silent, &Request::whole(9)).unwrap_err();
        assert!(matches!(error, TransportError::Timeout { .. }), "{error}");
        let drip = server.put("/drip", Answer::Drip(vec![0; 2000], Duration::from_millis(20)));
        let error = fetch(&drip, &Request::whole(9999)).unwrap_err();
        assert!(matches!(error, TransportError::Slow { .. }), "{error}");
        let stalls = server.put("/stalls", Answer::Drip(vec![0; 2000], Duration::from_secs(2)));
        let error = fetch(&stalls, &Request::whole(9999)).unwrap_err();
        assert!(matches!(error, TransportError::Timeout { .. }), "{error}");
    }

    #[test]
    fn hosts_that_are_not_there_are_told_apart_and_secrets_kept() {
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let error =
            fetch(&format!("http://user:secret@{closed}/x?token=abc"), &Request::whole(1)).unwrap_err();
        assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("/x?…") && !text.contains("secret") && !text.contains("abc"), "{text}");
        let error = fetch("http://no-such-host.invalid/x", &Request::whole(1)).unwrap_err();
        assert!(matches!(error, TransportError::Host { .. }), "{error:?}");
        // A host that speaks no TLS.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let plain = format!("https://{}/x", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
                let _ = stream.read(&mut [0; 2000]);
            }
        });
        let error = fetch(&plain, &Request::whole(1)).unwrap_err();
        assert!(matches!(error, TransportError::Tls { .. }), "{error:?}");
    }
}
