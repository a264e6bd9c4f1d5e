//! Answers to challenges: Basic, and the token service of registries (distribution's `docs/spec/auth/token.md` and
//! `oauth.md`).

use std::io::Read;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde::Deserialize;
use url::Url;

use super::access::{Access, Login, Proof, Secret, Ticket};
use super::challenge::Challenge;
use super::{TransportError, shown};

/// Most bytes of a token service's answer.
const MAX_ANSWER: u64 = 1 << 20;
/// How long a token is good when its service does not say.
const DEFAULT_LIFE: u64 = 60;

/// What the client says about itself to a token service.
const CLIENT: &str = "edgewright";

/// Sends a request to a token service: the address, the `Authorization` header, and a form, which makes it a POST.
pub(super) type Send<'a> = dyn Fn(&Url, Option<&Secret>, Option<String>) -> Result<ureq::http::Response<ureq::Body>, TransportError>
    + 'a;

/// The header that goes with every request, where the registry need not ask.
pub(super) fn ahead(login: &Login) -> Option<Secret> {
    match &login.proof {
        Proof::Password { user, password } => Some(basic(user, password)),
        Proof::Token(token) => Some(bearer(token.text())),
        Proof::Identity(_) => None,
    }
}

fn basic(user: &str, password: &Secret) -> Secret {
    let text = format!("{user}:{}", password.text());
    Secret::new(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text)))
}

fn bearer(token: &str) -> Secret {
    Secret::new(format!("Bearer {token}"))
}

/// The answer to a registry that asks. `None`: nothing that is here answers it. `scope` is what the caller wants where the
/// registry does not say.
pub(super) fn answer(
    access: &Access,
    login: Option<&Login>,
    challenges: &[Challenge],
    scope: Option<&str>,
    send: &Send<'_>,
) -> Result<Option<Ticket>, TransportError> {
    let for_good = |header: Secret| Ticket { header, until: None };
    let ticket = |scheme: &str| -> Option<Ticket> {
        challenges.iter().find(|challenge| challenge.scheme == scheme)?;
        match (scheme, &login?.proof) {
            ("basic", Proof::Password { user, password }) => Some(for_good(basic(user, password))),
            ("bearer", Proof::Token(token)) => Some(for_good(bearer(token.text()))),
            _ => None,
        }
    };
    if let Some(ticket) = ticket("bearer") {
        return Ok(Some(ticket));
    }
    let service =
        challenges.iter().find(|challenge| challenge.scheme == "bearer" && challenge.get("realm").is_some());
    match service {
        Some(challenge) => ask(access, login, challenge, scope, send).map(Some),
        None => Ok(ticket("basic")),
    }
}

#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

/// Gets a token for a scope.
fn ask(
    access: &Access,
    login: Option<&Login>,
    challenge: &Challenge,
    scope: Option<&str>,
    send: &Send<'_>,
) -> Result<Ticket, TransportError> {
    let realm = challenge.get("realm").unwrap_or_default();
    let fail = |why: String| TransportError::Token {
        registry: access.name().to_owned(),
        service: shown(realm),
        why,
    };
    let mut url = Url::parse(realm).map_err(|why| fail(format!("no address: {why}")))?;
    // Credentials go without encryption only where the registry's own address has none.
    if !(url.scheme() == "https" || url.scheme() == "http" && access.is_plain()) {
        return Err(fail("credentials go to an address with https only".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fail("an address with credentials in it".to_owned()));
    }
    let service = challenge.get("service");
    let scope = challenge.get("scope").or(scope);
    let identity = login.and_then(|login| match &login.proof {
        Proof::Identity(token) => Some(token),
        _ => None,
    });
    let header = login.and_then(ahead);
    let response = if let Some(token) = identity {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "refresh_token").append_pair("client_id", CLIENT);
        form.append_pair("refresh_token", token.text());
        service.map(|service| form.append_pair("service", service));
        scope.map(|scope| form.append_pair("scope", scope));
        send(&url, None, Some(form.finish()))?
    } else {
        {
            let mut query = url.query_pairs_mut();
            service.map(|service| query.append_pair("service", service));
            for scope in scope.into_iter().flat_map(|scope| scope.split(' ')) {
                query.append_pair("scope", scope);
            }
        }
        send(&url, header.as_ref(), None)?
    };
    let status = response.status().as_u16();
    if status != 200 {
        let with = match login {
            Some(login) => format!("the credentials of {}", login.source),
            None => "a request without credentials".to_owned(),
        };
        return Err(fail(format!("it answers {status} to {with}")));
    }
    let mut bytes = Vec::new();
    let read = response.into_body().into_reader().take(MAX_ANSWER).read_to_end(&mut bytes);
    read.map_err(|error| fail(error.to_string()))?;
    // The parser's own words would show parts of the answer.
    let answer: Answer =
        serde_json::from_slice(&bytes).map_err(|_| fail("its answer is no JSON with a token".to_owned()))?;
    let token = answer.token.or(answer.access_token).filter(|token| is_header_text(token));
    let token = token.ok_or_else(|| fail("its answer has no token".to_owned()))?;
    let life = Duration::from_secs(answer.expires_in.unwrap_or(DEFAULT_LIFE).min(24 * 3600));
    Ok(Ticket { header: bearer(&token), until: Some(Instant::now() + life.mul_f32(0.8)) })
}

/// Whether a text can stand in a header.
pub(super) fn is_header_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}
