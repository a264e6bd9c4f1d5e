//! The client against small hosts that behave well and badly.

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
        assert!(matches!(fetch(address, &Request::whole(9)), Err(TransportError::TooLarge { limit: 9, .. })));
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
    let error = fetch(&format!("http://user:secret@{closed}/x?token=abc"), &Request::whole(1)).unwrap_err();
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
