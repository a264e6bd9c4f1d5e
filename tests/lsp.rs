//! The language server from outside: what an editor says to it over a pipe, and what comes back.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

#[path = "lsp/answers.rs"]
mod answers;
#[path = "lsp/client.rs"]
mod client;

use client::{Client, sample, uri};
use serde_json::{Value, json};

#[test]
fn findings_come_with_typing_and_go_with_mending() {
    let (_dir, root) = sample();
    let mut client = Client::start(&root, json!({}));
    let path = root.join("profiles/observability/profile.yaml");
    let uri = client.open(&path);
    let good = client.texts[&uri].clone();

    // A number where text belongs, while the file on the disk is untouched.
    client.change(&uri, &good.replace("version: 0.3.0", "version: 1.10"));
    let found = client.wait_for(&uri, "SC0003");
    assert_eq!(found["severity"], 1);
    assert_eq!(found["source"], "edgewright");
    assert_eq!(found["range"]["start"], client.position(&uri, "1.10", 0));
    assert!(found["codeDescription"]["href"].as_str().unwrap().starts_with("https://edge.example.org/"));

    // What breaks one file is told in the other: the channel's version is gone.
    let channels = uri_of(&root, "profiles/k3s-store/channels.yaml");
    let store = client.open(&root.join("profiles/k3s-store/profile.yaml"));
    let store_text = client.texts[&store].clone();
    client.change(&store, &store_text.replace("version: 1.2.0\n", "version: 1.2.9\n"));
    client.wait(&channels, "the channel gives a version that is not there", |list| !list.is_empty());

    client.change(&uri, &good);
    client.change(&store, &store_text);
    client.wait(&uri, "mended", <[Value]>::is_empty);
    client.wait(&channels, "mended as well", <[Value]>::is_empty);
    assert_eq!(client.leave(), Some(0));
}

fn uri_of(root: &std::path::Path, path: &str) -> String {
    uri(&root.join(path))
}

#[test]
fn values_manifests_and_packs_are_judged_as_they_are_on_the_screen() {
    let (_dir, root) = sample();
    let mut client = Client::start(&root, json!({}));
    for (path, from, to, code) in [
        ("profiles/k3s-store/values/network.yaml", "", "a: [\n", "YA0001"),
        ("profiles/retail/virtual-machines/1.2.0/manifests/quota.yaml", "", "a: [\n", "YA0001"),
        ("packs/flannel-1.4.0/pack.json", "\"layer\": \"cni\"", "\"layer\": \"cno\"", "SC0004"),
    ] {
        let path = root.join(path);
        let uri = client.open(&path);
        let good = client.texts[&uri].clone();
        let bad = if from.is_empty() { to.to_owned() } else { good.replace(from, to) };
        assert_ne!(good, bad, "{}", path.display());
        client.change(&uri, &bad);
        client.wait_for(&uri, code);
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
        client.wait(&uri, "closed without saving", <[Value]>::is_empty);
    }
}

#[test]
fn a_file_that_is_not_saved_yet_is_part_of_the_repository() {
    let (_dir, root) = sample();
    let mut client = Client::start(&root, json!({}));
    let text = "apiVersion: edgewright/v1\nkind: ClusterProfil\n";
    std::fs::create_dir(root.join("profiles/new")).unwrap();
    let uri = client.open_with(&root.join("profiles/new/profile.yaml"), text);
    client.wait_for(&uri, "SC0002");
}

#[test]
fn a_file_outside_of_any_repository_is_judged_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("some profile.yaml");
    let mut client = Client::start(dir.path(), json!({}));
    let uri =
        client.open_with(&path, "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {}\nspec: {}\n");
    client.wait_for(&uri, "SC0002");
    let text = "apiVersion: edgewright/v1\nkind: ClusterProfile\nmetadata: {nam: x}\nspec: {}\n";
    client.change(&uri, text);
    let found = client.wait_for(&uri, "SC0001");
    assert_eq!(found["range"]["start"], client.position(&uri, "nam:", 0));
}

#[test]
fn columns_are_counted_as_agreed() {
    let dir = tempfile::tempdir().unwrap();
    let text = "apiVersion: edgewright/v1\r\nkind: ClusterProfile\r\nmetadata: {displayName: 🐻ä, nam: x}\r\nspec: {}\r\n";
    for (capabilities, encoding, column) in [
        (json!({}), "utf-16", 29),
        (json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } }), "utf-8", 32),
    ] {
        let mut client = Client::spawn(dir.path());
        let answer = client.request("initialize", json!({ "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], encoding);
        client.notify("initialized", json!({}));
        let uri = client.open_with(&dir.path().join("x.yaml"), text);
        let found = client.wait_for(&uri, "SC0001");
        assert_eq!(found["range"]["start"], json!({ "line": 2, "character": column }));
        // The columns of what comes in are read the same way.
        let range = json!({ "start": { "line": 2, "character": column }, "end": { "line": 2, "character": column + 3 } });
        let change = json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [{ "range": range, "text": "name" }] });
        client.notify("textDocument/didChange", change);
        client.wait(&uri, "the key is right", |list| list.iter().all(|d| d["code"] != "SC0001"));
    }
}

#[test]
fn the_protocol_is_kept_whatever_comes() {
    let dir = tempfile::tempdir().unwrap();
    let mut client = Client::spawn(dir.path());
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32002);
    client.raw(b"Content-Length: 5\r\n\r\n{\"id\"");
    assert_eq!(client.receive()["error"]["code"], -32700);
    client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.ask("initialize", json!({ "capabilities": {} }))["error"]["code"], -32600);
    client.notify("initialized", json!({}));
    assert_eq!(client.ask("textDocument/nothing", json!({}))["error"]["code"], -32601);
    client.notify("$/setTrace", json!({ "value": "off" }));
    client.notify("textDocument/didChange", json!({ "textDocument": 1 }));
    client.notify("textDocument/didOpen", json!(["what"]));
    client.notify("$/cancelRequest", json!({ "id": 77 }));
    client.send(&json!([1, 2]));
    assert_eq!(client.receive()["error"]["code"], -32600);
    client.open_with(std::path::Path::new("/nowhere/at/all.yaml"), "a: 1\n");
    client.request("shutdown", Value::Null);
    assert_eq!(client.ask("textDocument/hover", json!({}))["error"]["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Some(0));

    let mut client = Client::spawn(dir.path());
    client.notify("exit", Value::Null);
    assert_eq!(client.ended(), Some(1), "without `shutdown`");
    let mut client = Client::spawn(dir.path());
    client.raw(b"GET / HTTP/1.1\r\n\r\n");
    assert_eq!(client.ended(), Some(2), "no such protocol");
}
