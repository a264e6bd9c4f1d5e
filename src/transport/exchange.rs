//! One file from a host: redirects, challenges, and what the answer says.

use std::sync::PoisonError;
use std::time::Instant;

use ureq::http::{self, HeaderMap, StatusCode, header};
use url::Url;

use super::access::{Access, Login, Origin, Proof, Secret, Ticket};
use super::body::{Body, Source};
use super::challenge::{Challenge, challenges};
use super::{Client, Request, Response, Status, TlsFiles, TransportError, error, shown, token};

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

type Answer = http::Response<ureq::Body>;

impl Client {
    /// Asks for a file of a host, following redirects. Credentials and certificates stay at their origin.
    pub(super) fn exchange(&self, mut url: Url, request: &Request<'_>) -> Result<Response, TransportError> {
        let asked = shown(url.as_str());
        let mut written = written_login(&mut url);
        for _ in 0..=MAX_REDIRECTS {
            let answer = match &self.access {
                Some(access) if access.serves(&url) => self.at_home(access, &url, request)?,
                _ => {
                    let header = written.as_ref().filter(|(origin, _)| *origin == Origin::of(&url));
                    let files = self.access.as_ref().map(|access| access.tls.elsewhere()).unwrap_or_default();
                    self.send(&url, &files, request, header.map(|(_, header)| header))?
                }
            };
            let target = answer.headers().get(header::LOCATION).filter(|_| redirects(answer.status()));
            let Some(target) = target else { return self.understand(&url, answer, request) };
            let error = |why| TransportError::Redirect { address: asked.clone(), why };
            let target = target.to_str().ok().and_then(|target| url.join(target).ok());
            let mut target = target.ok_or_else(|| error("it redirects to something that is no address"))?;
            // What began encrypted stays so.
            match (url.scheme(), target.scheme()) {
                ("https", "https") | ("http", "http" | "https") => {}
                (_, "http") => return Err(error("it redirects to an address without encryption")),
                _ => return Err(error("it redirects to something that is no address of http")),
            }
            // Credentials that a host writes into an address are not ours to send.
            written_login(&mut target);
            if Origin::of(&target) != Origin::of(&url) {
                // They do not come back either, should the other host redirect here again.
                written = None;
            }
            url = target;
        }
        Err(TransportError::Redirect { address: asked, why: "more than five redirects" })
    }

    /// Asks the registry itself, and answers when it asks who is there.
    fn at_home(&self, access: &Access, url: &Url, request: &Request<'_>) -> Result<Answer, TransportError> {
        let scope = request.scope.unwrap_or_default();
        let mut used = access.ticket(scope);
        if used.is_none() && access.ahead {
            let header = self.login(access)?.and_then(token::ahead);
            used = header.map(|header| Ticket { header, until: None });
        }
        let mut again = true;
        loop {
            let answer = self.send(url, &access.tls, request, used.as_ref().map(|ticket| &ticket.header))?;
            if !matches!(answer.status(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
                return Ok(answer);
            }
            let wanted = challenges(answer.headers());
            if std::mem::take(&mut again) && answer.status() == StatusCode::UNAUTHORIZED {
                let next = self.ticket(access, &wanted, request.scope, used.as_ref())?;
                if let Some(next) = next {
                    used = Some(next);
                    continue;
                }
            }
            let (address, code) = (shown(url.as_str()), answer.status().as_u16());
            let login = access.login()?;
            let why = refused(access, login, used.is_some(), &wanted);
            return Err(TransportError::Denied { address, code, why });
        }
    }

    /// Another ticket than the one that was refused, if there is one.
    fn ticket(
        &self,
        access: &Access,
        wanted: &[Challenge],
        scope: Option<&str>,
        refused: Option<&Ticket>,
    ) -> Result<Option<Ticket>, TransportError> {
        let key = scope.unwrap_or_default();
        let is_new = |ticket: &Ticket| refused.is_none_or(|refused| refused.header != ticket.header);
        // One at a time: a second thread takes what the first one got.
        let mut taken = access.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ticket) = taken.get(key).filter(|ticket| ticket.is_good() && is_new(ticket)) {
            return Ok(Some(ticket.clone()));
        }
        let send = |url: &Url, header: Option<&Secret>, form: Option<String>| {
            self.note(&format!("registry `{}`: a token from {}", access.name(), shown(url.as_str())));
            let files = if access.serves(url) { access.tls.clone() } else { access.tls.elsewhere() };
            self.send_to_service(url, &files, header, form)
        };
        let ticket = token::answer(access, self.login(access)?, wanted, scope, &send)?.filter(is_new);
        match &ticket {
            Some(ticket) => taken.insert(key.to_owned(), ticket.clone()),
            None => taken.remove(key),
        };
        Ok(ticket)
    }

    /// The credentials of a registry; where they are from is told once.
    pub(super) fn login<'a>(&self, access: &'a Access) -> Result<Option<&'a Login>, TransportError> {
        let login = access.login()?;
        if let Some(login) = login
            && access.told.set(()).is_ok()
        {
            self.note(&format!("registry `{}`: credentials of {}", access.name(), login.source));
        }
        Ok(login)
    }

    fn send(
        &self,
        url: &Url,
        files: &TlsFiles,
        request: &Request<'_>,
        authorization: Option<&Secret>,
    ) -> Result<Answer, TransportError> {
        let (agent, proxy) = self.connections.to(url, files)?;
        if let Some(proxy) = &proxy {
            self.note(&format!("{} through the proxy {proxy}", shown(url.as_str())));
        }
        let send = || {
            let mut call = if request.head { agent.head(url.as_str()) } else { agent.get(url.as_str()) };
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
            if let Some(accept) = request.accept {
                call = call.header(header::ACCEPT, accept);
            }
            if let Some(authorization) = authorization {
                call = call.header(header::AUTHORIZATION, authorization.text());
            }
            call.call()
        };
        patiently(url, proxy.as_deref(), send)
    }

    /// Asks a token service. It does not redirect: credentials are for the address that the registry named.
    fn send_to_service(
        &self,
        url: &Url,
        files: &TlsFiles,
        authorization: Option<&Secret>,
        form: Option<String>,
    ) -> Result<Answer, TransportError> {
        let (agent, proxy) = self.connections.to(url, files)?;
        let send = || match &form {
            None => {
                let mut call = agent.get(url.as_str());
                if let Some(authorization) = authorization {
                    call = call.header(header::AUTHORIZATION, authorization.text());
                }
                call.call()
            }
            Some(form) => {
                let call = agent.post(url.as_str());
                call.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").send(form.as_str())
            }
        };
        patiently(url, proxy.as_deref(), send)
    }

    /// What an answer says.
    fn understand(
        &self,
        url: &Url,
        answer: Answer,
        request: &Request<'_>,
    ) -> Result<Response, TransportError> {
        let address = shown(url.as_str());
        let (head, body) = answer.into_parts();
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
        let length = match status {
            Status::NotModified => Some(0),
            _ if request.head => text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            _ => body.content_length(),
        };
        if length.is_some_and(|length| length > request.max_bytes) {
            return Err(TransportError::TooLarge { address, limit: request.max_bytes });
        }
        let empty = status == Status::NotModified || request.head;
        let source = if empty { Source::Nothing } else { Source::Http(body.into_reader()) };
        let body = Body::new(source, address.clone(), request.max_bytes, Some(&self.options));
        let url = Some(url.clone());
        Ok(Response { status, etag, last_modified, length, address, headers: head.headers, url, body })
    }
}

impl Access {
    /// What the registry took last for this scope.
    fn ticket(&self, scope: &str) -> Option<Ticket> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.get(scope).filter(|ticket| ticket.is_good()).cloned()
    }
}

impl Ticket {
    fn is_good(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}

/// Sends once, and again on a new connection where a kept one was closed by the host meanwhile.
fn patiently(
    url: &Url,
    proxy: Option<&str>,
    send: impl Fn() -> Result<Answer, ureq::Error>,
) -> Result<Answer, TransportError> {
    match send() {
        Err(ureq::Error::Io(error)) if error::is_stale(&error) => send(),
        done => done,
    }
    .map_err(|error| TransportError::from_ureq(&shown(url.as_str()), proxy, error))
}

/// Takes user and password out of an address: what they say as a header, for their origin.
fn written_login(url: &mut Url) -> Option<(Origin, Secret)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| {
        // `+` is itself here, other than in a form.
        let form = format!("x={}", text.replace('+', "%2B"));
        url::form_urlencoded::parse(form.as_bytes())
            .next()
            .map(|(_, text)| text.into_owned())
            .unwrap_or_default()
    };
    let user = decode(url.username());
    let password = Secret::new(decode(url.password().unwrap_or_default()));
    let login = Login { proof: Proof::Password { user, password }, source: "the address".to_owned() };
    // An address of http always lets them be taken out.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    token::ahead(&login).map(|header| (Origin::of(url), header))
}

/// Why a registry does not let us in, and what helps.
fn refused(access: &Access, login: Option<&Login>, sent: bool, wanted: &[Challenge]) -> String {
    let name = access.name();
    match login {
        Some(login) if sent => format!("it does not take the credentials of {}", login.source),
        Some(login) => {
            let ways: Vec<&str> = wanted.iter().map(|challenge| challenge.scheme.as_str()).collect();
            let ways =
                if ways.is_empty() { "nothing that is known here".to_owned() } else { ways.join(", ") };
            format!("it asks for {ways}, which the credentials of {} do not answer", login.source)
        }
        None => {
            let variable = super::variable(name, "PASSWORD");
            format!(
                "no credentials for registry `{name}` are known here; set {} and {variable}, or log in with docker, podman or helm",
                super::variable(name, "USERNAME")
            )
        }
    }
}

/// Whether an answer sends us elsewhere (RFC 9110 §15.4; 300 and 304 do not).
fn redirects(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The first offset of `bytes 5-9/10`.
fn range_start(range: &str) -> Option<u64> {
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}
