//! Credentials on their way: they arrive where they belong and nowhere else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::test_server::{Answer, TestServer};
use super::*;

const BASIC: &str = "Basic Ym9iOnNlY3JldA==";

fn ok(text: &str) -> Answer {
    Answer::Raw("200 OK", vec![], text.as_bytes().to_vec())
}

fn unauthorized(challenge: &str) -> Answer {
    Answer::Raw("401 Unauthorized", vec![("WWW-Authenticate", challenge.to_owned())], vec![])
}

fn guarded(wanted: &str, challenge: &str) -> Answer {
    Answer::Guarded(wanted.to_owned(), Box::new(unauthorized(challenge)), Box::new(ok("inside")))
}

fn to(address: &str) -> Answer {
    Answer::Raw("302 Found", vec![("Location", address.to_owned())], vec![])
}

#[allow(clippy::unnecessary_wraps, reason = "what a client takes")]
fn password() -> Option<Login> {
    let proof = Proof::Password { user: "bob".to_owned(), password: Secret::new("secret") };
    Some(Login { proof, source: "~/.netrc, line 3".to_owned() })
}

fn access(url: &str, ahead: bool, login: Option<Login>) -> Arc<Access> {
    let find = move || Ok(login.clone());
    Access::new("my-charts", url, TlsFiles::default(), ahead, Box::new(find)).unwrap()
}

fn client(url: &str, ahead: bool, login: Option<Login>) -> Client {
    Client::default().to(access(url, ahead, login))
}

fn text(client: &Client, address: &str) -> Result<String, TransportError> {
    let bytes = client.get(address, &Request::whole(1000))?.bytes()?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// The values of all `authorization` headers that a host saw, in lower case.
fn seen(server: &TestServer) -> Vec<String> {
    let requests = server.requests();
    let lines = requests.iter().flat_map(|request| request.lines());
    lines.filter_map(|line| line.strip_prefix("authorization: ").map(str::to_owned)).collect()
}

#[test]
fn a_password_goes_ahead_or_when_it_is_asked_for() {
    let server = TestServer::start();
    let url = server.put("/x", guarded(BASIC, "Basic realm=\"charts\""));
    assert_eq!(text(&client(&server.url, true, password()), &url).unwrap(), "inside");
    assert_eq!(server.requests().len(), 1);
    let asked = client(&server.url, false, password());
    assert_eq!(text(&asked, &url).unwrap(), "inside");
    assert_eq!(server.requests().len(), 3);
    // What was taken once goes ahead from then on.
    assert_eq!(text(&asked, &url).unwrap(), "inside");
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_token_goes_as_it_is() {
    let server = TestServer::start();
    let url = server.put("/x", guarded("Bearer t0k", "Bearer realm=\"https://unused.invalid/\""));
    let login = Login { proof: Proof::Token(Secret::new("t0k")), source: "X_TOKEN".to_owned() };
    for ahead in [true, false] {
        assert_eq!(text(&client(&server.url, ahead, Some(login.clone())), &url).unwrap(), "inside");
    }
}

#[test]
fn a_refusal_says_whose_credentials_and_never_which() {
    let server = TestServer::start();
    let url = server.put("/x?sig=abc", unauthorized("Basic realm=\"charts\""));
    for ahead in [true, false] {
        let error = text(&client(&server.url, ahead, password()), &url).unwrap_err();
        assert_eq!(error.status(), Some(401));
        let said = format!("{error} {error:?}");
        assert!(said.contains("does not take the credentials of ~/.netrc, line 3"), "{said}");
        assert!(!said.contains("secret") && !said.contains("Ym9i") && !said.contains("abc"), "{said}");
    }
    let error = text(&client(&server.url, false, None), &url).unwrap_err().to_string();
    assert!(error.contains("EDGEWRIGHT_REGISTRY_MY_CHARTS_USERNAME and"), "{error}");
    server.put("/x", unauthorized("Negotiate"));
    let error = text(&client(&server.url, false, password()), &format!("{}/x", server.url)).unwrap_err();
    assert!(error.to_string().contains("asks for negotiate"), "{error}");
    let forbidden = server.put("/y", Answer::Raw("403 Forbidden", vec![], vec![]));
    let error = text(&client(&server.url, true, password()), &forbidden).unwrap_err();
    assert_eq!(error.status(), Some(403));
}

#[test]
fn a_broken_file_is_told_only_when_it_is_needed() {
    let server = TestServer::start();
    let open = server.put("/open", ok("inside"));
    let closed = server.put("/closed", unauthorized("Basic realm=x"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let find = move || {
        count.fetch_add(1, Ordering::Relaxed);
        Err("~/.docker/config.json:3: not JSON".to_owned())
    };
    let access = Access::new("r", &server.url, TlsFiles::default(), false, Box::new(find)).unwrap();
    let client = Client::default().to(access);
    assert_eq!(text(&client, &open).unwrap(), "inside");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    for _ in 0..2 {
        let error = text(&client, &closed).unwrap_err().to_string();
        assert_eq!(error, "credentials of registry `r`: ~/.docker/config.json:3: not JSON");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn credentials_do_not_follow_a_redirect_to_another_host() {
    let (home, other) = (TestServer::start(), TestServer::start());
    let blob = other.put("/blob?X-Amz-Signature=1", ok("blob"));
    let client = client(&home.url, true, password());
    let url = home.put(
        "/blob",
        Answer::Guarded(BASIC.to_owned(), Box::new(unauthorized("Basic realm=x")), Box::new(to(&blob))),
    );
    assert_eq!(text(&client, &url).unwrap(), "blob");
    assert_eq!(seen(&home).len(), 1);
    assert_eq!(seen(&other), [""; 0]);
    // Nor does an absolute address of an index.
    assert_eq!(text(&client, &blob).unwrap(), "blob");
    assert_eq!(seen(&other), [""; 0]);
    // A host that asks for what is not for it gets nothing.
    let greedy = other.put("/greedy", unauthorized("Basic realm=x"));
    let url = home.put("/to-greedy", to(&greedy));
    assert_eq!(text(&client, &url).unwrap_err().status(), Some(401));
    assert_eq!(seen(&other), [""; 0]);
    // Within the host they stay.
    home.put("/inside", guarded(BASIC, "Basic realm=x"));
    let url = home.put("/round", to("/inside"));
    assert_eq!(text(&client, &url).unwrap(), "inside");
}

#[test]
fn credentials_in_an_address_stay_at_its_host() {
    let (home, other) = (TestServer::start(), TestServer::start());
    let blob = other.put("/blob", ok("blob"));
    home.put("/x", Answer::Guarded(BASIC.to_owned(), Box::new(unauthorized("Basic")), Box::new(to(&blob))));
    let with = |url: &str, login: &str| url.replace("http://", &format!("http://{login}@"));
    assert_eq!(text(&Client::default(), &with(&format!("{}/x", home.url), "bob:s%65cret")).unwrap(), "blob");
    assert_eq!(seen(&other), [""; 0]);
    // A host cannot make us send what it writes into an address.
    let url = home.put("/trick", to(&with(&blob, "bob:secret")));
    assert_eq!(text(&Client::default(), &url).unwrap(), "blob");
    assert_eq!(seen(&other), [""; 0]);
}

#[test]
fn a_redirect_leads_to_http_addresses_only() {
    let home = TestServer::start();
    for (at, wanted) in
        [("ftp://h/x", "no address of http"), ("http://", "no address"), ("", "more than five")]
    {
        let url = home.put("/x", to(at));
        let error = text(&Client::default(), &url).unwrap_err().to_string();
        assert!(error.contains(wanted), "{at}: {error}");
    }
}

/// A registry that wants a token for `scope`, and a service that gives it for `authorization`.
fn registry(service_answer: Answer) -> (TestServer, String) {
    let server = TestServer::start();
    let challenge =
        format!("Bearer realm=\"{}/token\",service=\"reg\",scope=\"repository:a/b:pull\"", server.url);
    let url = server.put("/v2/a/b/tags/list", guarded("Bearer short", &challenge));
    server.put("/token?service=reg&scope=repository%3Aa%2Fb%3Apull", service_answer);
    (server, url)
}

#[test]
fn a_token_service_is_asked_once_per_scope() {
    let json = ok(r#"{"access_token":"short","expires_in":300}"#);
    let (server, url) =
        registry(Answer::Guarded(BASIC.to_owned(), Box::new(unauthorized("Basic")), Box::new(json)));
    let notes = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&notes);
    let client = client(&server.url, false, password())
        .with_notes(Some(Arc::new(move |note: &str| log.lock().unwrap().push(note.to_owned()))));
    let request =
        Request { scope: Some("repository:a/b:pull"), accept: Some("a/b, c/d"), ..Request::whole(100) };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(client.get(&url, &request).unwrap().bytes().unwrap(), b"inside"));
        }
    });
    let asked = server.requests().iter().filter(|request| request.contains("/token?")).count();
    assert_eq!(asked, 1);
    assert!(server.requests().iter().filter(|r| r.contains("/v2/")).all(|r| r.contains("accept: a/b, c/d")));
    let before = server.requests().len();
    let head = client.get(&url, &Request { head: true, ..request }).unwrap();
    assert_eq!((head.length, head.header("connection")), (Some(6), Some("close")));
    assert_eq!(head.bytes().unwrap(), b"");
    assert_eq!(server.requests().len(), before + 1);
    let notes = notes.lock().unwrap().join("\n");
    assert!(
        notes.contains("credentials of ~/.netrc, line 3") && notes.contains("a token from http://127"),
        "{notes}"
    );
    assert!(!notes.contains("secret") && !notes.contains("short"), "{notes}");
}

#[test]
fn a_token_is_given_without_credentials_where_the_service_gives_one() {
    let (server, url) = registry(ok(r#"{"token":"short"}"#));
    assert_eq!(text(&client(&server.url, false, None), &url).unwrap(), "inside");
    assert_eq!(seen(&server), ["bearer short"]);
}

#[test]
fn an_identity_token_is_changed_for_a_short_one() {
    let server = TestServer::start();
    let challenge = format!("Bearer realm=\"{}/oauth\",service=\"reg\"", server.url);
    let url = server.put("/x", guarded("Bearer short", &challenge));
    server.put("/oauth", ok(r#"{"access_token":"short"}"#));
    let login = Login { proof: Proof::Identity(Secret::new("refresh")), source: "docker".to_owned() };
    assert_eq!(text(&client(&server.url, false, Some(login)), &url).unwrap(), "inside");
    assert!(server.requests().iter().any(|request| request.starts_with("post /oauth")));
}

#[test]
fn a_token_that_is_no_longer_taken_is_fetched_anew_once() {
    let (server, url) = registry(ok(r#"{"token":"short","expires_in":3000}"#));
    let client = client(&server.url, false, None);
    text(&client, &url).unwrap();
    let challenge =
        format!("Bearer realm=\"{}/token\",service=\"reg\",scope=\"repository:a/b:pull\"", server.url);
    server.put("/v2/a/b/tags/list", guarded("Bearer other", &challenge));
    server.put("/token?service=reg&scope=repository%3Aa%2Fb%3Apull", ok(r#"{"token":"other"}"#));
    assert_eq!(text(&client, &url).unwrap(), "inside");
    // A service whose tokens are never taken does not keep us for ever.
    server.put("/v2/a/b/tags/list", guarded("Bearer never", &challenge));
    let before = server.requests().len();
    assert_eq!(text(&client, &url).unwrap_err().status(), Some(401));
    assert!(server.requests().len() <= before + 3);
}

#[test]
fn what_a_token_service_does_wrong_is_said() {
    for (answer, wanted) in [
        (ok("<html>"), "no JSON with a token"),
        (ok("{}"), "has no token"),
        (ok(r#"{"token":"a\r\nX: y"}"#), "has no token"),
        (unauthorized("Basic"), "answers 401 to the credentials of ~/.netrc, line 3"),
        (to("http://elsewhere.invalid/"), "answers 302"),
    ] {
        let (server, url) = registry(answer);
        let error = text(&client(&server.url, false, password()), &url).unwrap_err().to_string();
        assert!(error.starts_with("registry `my-charts`: no token from http://127"), "{error}");
        assert!(error.contains(wanted), "{error}");
    }
}

#[test]
fn a_registry_that_began_encrypted_names_no_plain_token_service() {
    let access = access("https://registry.invalid", false, password());
    let challenge = |realm: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("www-authenticate", format!("Bearer realm=\"{realm}\"").parse().unwrap());
        challenge::challenges(&headers)
    };
    let never: &token::Send<'_> = &|_, _, _| panic!("nothing may be sent");
    for realm in ["http://h/token", "ftp://h/", "nothing", "https://u:p@h/", ""] {
        let answer = token::answer(&access, access.login().unwrap(), &challenge(realm), None, never);
        assert!(answer.is_err(), "{realm}");
    }
}
