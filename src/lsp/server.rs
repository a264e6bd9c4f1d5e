//! The session with one editor: what comes in, what goes out, and when to judge.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::documents::{Change, Documents, Open, path_of};
use super::focus::{Remembered, remember};
use super::judge::{Job, Judged};
use super::position::Encoding;
use super::publish::{self, Style};
use super::wire::{self, Message};
use super::{Ended, Options, answer, uri};

/// How long nothing must be typed before it is judged.
const REST: Duration = Duration::from_millis(150);

/// `InsertTextMode`: an editor inserts a text without indenting it.
pub(super) const AS_IS: u8 = 1;

/// What the main loop waits for.
pub(super) enum Event {
    /// The client said something.
    Message(Message),
    /// The client is gone; the error that ended the stream, if one did.
    End(Option<io::Error>),
    /// A judgement is done.
    Judged(Arc<Judged>),
}

/// Where the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    Shutdown,
}

/// A request that waits for the first judgement.
struct Waiting {
    id: Value,
    method: String,
    params: Value,
}

/// The session.
pub(super) struct Server<'o, W> {
    output: W,
    options: &'o Options<'o>,
    jobs: Sender<Job>,
    phase: Phase,
    encoding: Encoding,
    multiline: bool,
    watches: bool,
    folders: Vec<PathBuf>,
    documents: Documents,
    judged: Option<Arc<Judged>>,
    remembered: Remembered,
    /// What each file was last told and under which address, by path.
    told: BTreeMap<PathBuf, (String, Vec<Value>)>,
    waiting: Vec<Waiting>,
    /// When to judge.
    due: Option<Instant>,
    /// Whether a judgement is on its way.
    judging: bool,
}

impl<'o, W: Write> Server<'o, W> {
    pub(super) fn new(output: W, options: &'o Options<'o>, jobs: Sender<Job>) -> Self {
        Self {
            output,
            options,
            jobs,
            phase: Phase::New,
            encoding: Encoding::default(),
            multiline: false,
            remembered: Remembered::new(),
            watches: false,
            folders: Vec::new(),
            documents: Documents::default(),
            judged: None,
            told: BTreeMap::new(),
            waiting: Vec::new(),
            due: None,
            judging: false,
        }
    }

    /// Talks until the client leaves.
    ///
    /// # Errors
    /// The streams cannot be used any more.
    pub(super) fn run(&mut self, events: &Receiver<Event>) -> io::Result<Ended> {
        loop {
            let event = match self.due.filter(|_| !self.judging) {
                Some(due) => match events.recv_timeout(due.saturating_duration_since(Instant::now())) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => {
                        self.judge();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => return Ok(self.ended()),
                },
                None => match events.recv() {
                    Ok(event) => event,
                    Err(_) => return Ok(self.ended()),
                },
            };
            match event {
                Event::Message(Message::Notification { method, .. }) if method == "exit" => {
                    return Ok(self.ended());
                }
                Event::Message(message) => self.message(message)?,
                Event::End(None) => return Ok(self.ended()),
                Event::End(Some(error)) => return Err(error),
                Event::Judged(judged) => self.tell(judged)?,
            }
        }
    }

    fn ended(&self) -> Ended {
        if self.phase == Phase::Shutdown { Ended::Properly } else { Ended::Abruptly }
    }

    fn judge(&mut self) {
        self.due = None;
        self.judging = true;
        let job = Job {
            folders: self.folders.clone(),
            open: self.documents.iter().map(|(path, _)| path.clone()).collect(),
            overlay: self.documents.overlay(),
            options: self.options.check.clone(),
        };
        // The worker lives as long as this end does.
        let _ = self.jobs.send(job);
    }

    fn judge_in(&mut self, rest: Duration) {
        self.due = Some(Instant::now() + rest);
    }

    fn message(&mut self, message: Message) -> io::Result<()> {
        match message {
            Message::Request { id, method, params } => self.request(id, method, params),
            Message::Notification { method, params } => self.notification(&method, params),
            Message::Response => Ok(()),
            Message::Broken(code, why, id) => {
                (self.options.log)(&format!("a message could not be read: {why}"));
                wire::write(&mut self.output, &wire::error(&id, code, &why))
            }
        }
    }

    fn request(&mut self, id: Value, method: String, params: Value) -> io::Result<()> {
        let refusal = match (self.phase, method.as_str()) {
            (Phase::New, "initialize") => return self.initialize(&id, params),
            (Phase::New, _) => Some((wire::NOT_INITIALIZED, "the first request is `initialize`")),
            (Phase::Running, "initialize") => Some((wire::INVALID_REQUEST, "`initialize` was asked before")),
            (Phase::Shutdown, _) => Some((wire::INVALID_REQUEST, "nothing is asked after `shutdown`")),
            (Phase::Running, _) => None,
        };
        if let Some((code, why)) = refusal {
            return wire::write(&mut self.output, &wire::error(&id, code, why));
        }
        if method == "shutdown" {
            self.phase = Phase::Shutdown;
            return wire::write(&mut self.output, &wire::result(&id, &Value::Null));
        }
        if !answer::knows(&method) {
            let why = format!("`{method}` is nothing that this server answers");
            return wire::write(&mut self.output, &wire::error(&id, wire::METHOD_NOT_FOUND, &why));
        }
        if self.judged.is_none() {
            self.waiting.push(Waiting { id, method, params });
            return Ok(());
        }
        self.answer(&Waiting { id, method, params })
    }

    fn answer(&mut self, asked: &Waiting) -> io::Result<()> {
        let Some(judged) = &self.judged else { return Ok(()) };
        let session = answer::Session {
            judged,
            documents: &self.documents,
            encoding: self.encoding,
            multiline: self.multiline,
            remembered: &self.remembered,
        };
        let work = || answer::to(&session, &asked.method, &asked.params);
        let message = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(result)) => wire::result(&asked.id, &result),
            Ok(Err(error)) => wire::error(&asked.id, wire::INVALID_PARAMS, &error.to_string()),
            Err(_) => {
                let why = format!("edgewright has a fault: it could not answer `{}`", asked.method);
                wire::error(&asked.id, wire::INTERNAL_ERROR, &why)
            }
        };
        wire::write(&mut self.output, &message)
    }

    fn initialize(&mut self, id: &Value, params: Value) -> io::Result<()> {
        let params: Initialize = match serde_json::from_value(params) {
            Ok(params) => params,
            Err(error) => {
                let error = wire::error(id, wire::INVALID_PARAMS, &error.to_string());
                return wire::write(&mut self.output, &error);
            }
        };
        self.phase = Phase::Running;
        let can = |pointer: &str| params.capabilities.pointer(pointer).cloned().unwrap_or_default();
        let encodings = can("/general/positionEncodings");
        let utf8 = encodings.as_array().is_some_and(|list| list.iter().any(|e| e == "utf-8"));
        self.encoding = if utf8 { Encoding::Utf8 } else { Encoding::Utf16 };
        let modes = can("/textDocument/completion/completionItem/insertTextModeSupport/valueSet");
        self.multiline = modes.as_array().is_some_and(|modes| modes.contains(&json!(AS_IS)));
        self.watches = can("/workspace/didChangeWatchedFiles/dynamicRegistration") == true;
        let folders = params.workspace_folders.unwrap_or_default().into_iter().map(|folder| folder.uri);
        self.folders = folders.chain(params.root_uri).filter_map(|uri| path_of(&uri)).collect();
        self.folders.dedup();
        let mut capabilities = answer::capabilities();
        capabilities["positionEncoding"] = json!(if utf8 { "utf-8" } else { "utf-16" });
        capabilities["textDocumentSync"] = json!({ "openClose": true, "change": 2, "save": true });
        let result = json!({
            "capabilities": capabilities,
            "serverInfo": { "name": "edgewright", "version": env!("CARGO_PKG_VERSION") },
        });
        wire::write(&mut self.output, &wire::result(id, &result))
    }

    fn notification(&mut self, method: &str, params: Value) -> io::Result<()> {
        if self.phase != Phase::Running {
            return Ok(());
        }
        match method {
            "initialized" => {
                self.judge_in(Duration::ZERO);
                if self.watches {
                    let globs = ["**/*.{yaml,yml,json}", "**/*.{lock,tgz,tpl}", "**/.gitignore"];
                    let watchers: Vec<Value> =
                        globs.iter().map(|glob| json!({ "globPattern": glob })).collect();
                    let options = json!({ "watchers": watchers });
                    let method = "workspace/didChangeWatchedFiles";
                    let registration = json!({ "id": "files", "method": method, "registerOptions": options });
                    let params = json!({ "registrations": [registration] });
                    let request = wire::request("watch", "client/registerCapability", &params);
                    wire::write(&mut self.output, &request)?;
                }
            }
            "textDocument/didOpen" => {
                if let Some(DidOpen { text_document: opened }) = self.read(method, params)
                    && let Some(path) = path_of(&opened.uri)
                {
                    let text = opened.text.into();
                    self.documents.open(path, Open { uri: opened.uri, version: opened.version, text });
                    self.judge_in(Duration::ZERO);
                }
            }
            "textDocument/didChange" => {
                if let Some(DidChange { text_document, content_changes }) = self.read(method, params)
                    && let Some(path) = path_of(&text_document.uri)
                {
                    let version = text_document.version.unwrap_or_default();
                    self.documents.change(&path, version, content_changes, self.encoding);
                    self.judge_in(REST);
                }
            }
            "textDocument/didClose" => {
                if let Some(DidClose { text_document }) = self.read(method, params)
                    && let Some(path) = path_of(&text_document.uri)
                {
                    self.documents.close(&path);
                    self.judge_in(REST);
                }
            }
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.judge_in(REST),
            "$/cancelRequest" => {
                let id = params.get("id").cloned().unwrap_or_default();
                if let Some(at) = self.waiting.iter().position(|asked| asked.id == id) {
                    self.waiting.remove(at);
                    let error = wire::error(&id, wire::CANCELLED, "taken back");
                    wire::write(&mut self.output, &error)?;
                }
            }
            // A client may say more than a server must understand.
            _ => {}
        }
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self, method: &str, params: Value) -> Option<T> {
        serde_json::from_value(params).map_err(|error| (self.options.log)(&format!("{method}: {error}"))).ok()
    }

    /// Takes a judgement: tells what changed, answers what waited for it.
    fn tell(&mut self, judged: Arc<Judged>) -> io::Result<()> {
        self.judging = false;
        for problem in &judged.problems {
            (self.options.log)(problem);
            if self.judged.as_ref().is_none_or(|before| !before.problems.contains(problem)) {
                let params = json!({ "type": 2, "message": problem });
                wire::write(&mut self.output, &wire::notification("window/showMessage", &params))?;
            }
        }
        let mut told = BTreeMap::new();
        for (path, findings) in &judged.findings {
            let repository = judged.repository(path).map(|(repository, _)| repository);
            let style = Style {
                encoding: self.encoding,
                base: repository.map_or(Path::new("/"), |repository| &repository.workspace.root),
                site: repository.and_then(|r| r.workspace.config.spec.site.base_url.as_deref()),
            };
            // The editor's own spelling: another one would be another file to it.
            let address = self.documents.get(path).map_or_else(|| uri::of(path), |open| open.uri.clone());
            told.insert(path.clone(), (address, publish::diagnostics(findings, &style)));
        }
        let before = std::mem::take(&mut self.told);
        for (path, (address, _)) in &before {
            if told.get(path).is_none_or(|(now, _)| now != address) {
                self.publish(address, &[])?;
            }
        }
        for (path, now) in &told {
            if before.get(path) != Some(now) {
                self.publish(&now.0, &now.1)?;
            }
        }
        remember(&mut self.remembered, &judged);
        self.told = told;
        self.judged = Some(judged);
        for asked in std::mem::take(&mut self.waiting) {
            self.answer(&asked)?;
        }
        Ok(())
    }

    fn publish(&mut self, address: &str, findings: &[Value]) -> io::Result<()> {
        let params = json!({ "uri": address, "diagnostics": findings });
        wire::write(&mut self.output, &wire::notification("textDocument/publishDiagnostics", &params))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Initialize {
    #[serde(default)]
    capabilities: Value,
    #[serde(default)]
    root_uri: Option<String>,
    #[serde(default)]
    workspace_folders: Option<Vec<Folder>>,
}

#[derive(Deserialize)]
struct Folder {
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidOpen {
    text_document: Opened,
}

#[derive(Deserialize)]
struct Opened {
    uri: String,
    #[serde(default)]
    version: i64,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidChange {
    text_document: Identifier,
    content_changes: Vec<Change>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidClose {
    text_document: Identifier,
}

#[derive(Deserialize)]
struct Identifier {
    uri: String,
    #[serde(default)]
    version: Option<i64>,
}
