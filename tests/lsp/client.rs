//! A client of the language server, as small as one can be: it speaks the wire format and nothing else.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longer than anything takes, on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server, and what it said.
pub(crate) struct Client {
    server: Child,
    stdin: Option<ChildStdin>,
    said: Receiver<Value>,
    /// What was published last, by address.
    pub(crate) published: BTreeMap<String, Vec<Value>>,
    next: i64,
    versions: BTreeMap<String, i64>,
    /// The text of each open file, as the server should have it.
    pub(crate) texts: BTreeMap<String, String>,
}

impl Client {
    /// A server in `folder`, with these capabilities, initialized.
    pub(crate) fn start(folder: &Path, capabilities: Value) -> Self {
        let mut client = Self::spawn(folder);
        let folders = json!([{ "uri": uri(folder), "name": "x" }]);
        let params = json!({ "processId": null, "rootUri": uri(folder), "workspaceFolders": folders, "capabilities": capabilities });
        client.request("initialize", params);
        client.notify("initialized", json!({}));
        client
    }

    /// A server that nothing was said to.
    pub(crate) fn spawn(folder: &Path) -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_edgewright"))
            .arg("lsp")
            .current_dir(folder)
            .env("EDGEWRIGHT_CACHE", folder.join(".cache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let stdin = server.stdin.take();
        let mut stdout = BufReader::new(server.stdout.take().unwrap());
        let (say, said) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut stdout) {
                if say.send(message).is_err() {
                    return;
                }
            }
        });
        let (published, versions, texts) = Default::default();
        Self { server, stdin, said, published, next: 0, versions, texts }
    }

    /// Sends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// The next message; what is published is kept.
    pub(crate) fn receive(&mut self) -> Value {
        let message = self.said.recv_timeout(PATIENCE).expect("the server says something");
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let list = params["diagnostics"].as_array().unwrap().clone();
            self.published.insert(params["uri"].as_str().unwrap().to_owned(), list);
        }
        message
    }

    /// Asks, and waits for the whole answer.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        self.answer_to(&json!(id))
    }

    pub(crate) fn answer_to(&mut self, id: &Value) -> Value {
        loop {
            let message = self.receive();
            if message["id"] == *id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// Asks, and takes the result.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// Opens a file with the text that it has on the disk.
    pub(crate) fn open(&mut self, path: &Path) -> String {
        let text = std::fs::read_to_string(path).unwrap();
        self.open_with(path, &text)
    }

    pub(crate) fn open_with(&mut self, path: &Path, text: &str) -> String {
        let uri = uri(path);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        self.versions.insert(uri.clone(), 1);
        self.texts.insert(uri.clone(), text.to_owned());
        uri
    }

    /// Replaces the whole text.
    pub(crate) fn change(&mut self, uri: &str, text: &str) {
        let version = self.versions.get_mut(uri).unwrap();
        *version += 1;
        let document = json!({ "uri": uri, "version": *version });
        let changes = json!([{ "text": text }]);
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
        self.texts.insert(uri.to_owned(), text.to_owned());
    }

    /// Waits until what is published for a file is as wanted, and returns it.
    pub(crate) fn wait(&mut self, uri: &str, what: &str, wanted: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(list) = self.published.get(uri)
                && wanted(list)
            {
                return list.clone();
            }
            assert!(Instant::now() < until, "{what}: {:?}", self.published.get(uri));
            self.receive();
        }
    }

    /// Waits until a file has a finding with this code.
    pub(crate) fn wait_for(&mut self, uri: &str, code: &str) -> Value {
        let list = self.wait(uri, code, |list| list.iter().any(|d| d["code"] == code));
        list.into_iter().find(|d| d["code"] == code).unwrap()
    }

    /// The place of `needle` in a text, `into` bytes into it, as a position (ASCII lines only).
    pub(crate) fn position(&self, uri: &str, needle: &str, into: usize) -> Value {
        let text = &self.texts[uri];
        let at = text.find(needle).unwrap_or_else(|| panic!("no `{needle}` in\n{text}")) + into;
        let line = text[..at].matches('\n').count();
        let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        json!({ "line": line, "character": at - start })
    }

    /// Asks about the place of `needle`.
    pub(crate) fn at(&mut self, method: &str, uri: &str, needle: &str, into: usize) -> Value {
        let position = self.position(uri, needle, into);
        self.request(method, json!({ "textDocument": { "uri": uri }, "position": position }))
    }

    /// Leaves, and tells how the server ended.
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.server.wait().unwrap().code()
    }

    /// Waits for the end of the server.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.stdin = None;
        self.server.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn read(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim().strip_prefix("Content-Length: ") {
            Some(n) => length = n.parse().expect("a length"),
            None if line.trim().is_empty() => break,
            None => panic!("not of the protocol: {line}"),
        }
    }
    let mut bytes = vec![0; length];
    stdout.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).expect("JSON"))
}

pub(crate) fn uri(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    format!("file://{}", path.display()).replace(' ', "%20")
}

/// A copy of this checkout's sample repository.
pub(crate) fn sample() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::Builder::new().prefix("edge wright-").tempdir().unwrap();
    let root = dir.path().canonicalize().unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["profiles", "packs", "appliances"] {
        copy(&here.join(name), &root.join(name));
    }
    std::fs::copy(here.join("edgewright.yaml"), root.join("edgewright.yaml")).unwrap();
    (dir, root)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
