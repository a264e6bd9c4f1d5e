//! The editor's protocol (LSP 3.17) over rules, schemas and resolving: findings while typing, and what the program knows
//! of the place under the cursor.
//!
//! ```text
//! client ─► wire ─► server ─► documents ─► judge (a thread of its own: `check` over the unsaved texts) ─► publish ─► client
//!                     └─► answer: hover, completion, definition, … out of the last judgement and the text as it is now
//! ```
//!
//! Answers never wait for a judgement but the first: they take the text on the screen, which may be no YAML at the moment,
//! and what the last judgement knows of everything else.
//!
//! Architecture invariant: this room has no checks of its own and writes nothing; edits are the editor's to make.

mod actions;
mod answer;
mod complete;
mod defaults;
mod definition;
mod documents;
mod focus;
mod hover;
mod judge;
mod kubernetes;
mod position;
mod publish;
mod server;
mod symbols;
mod uri;
mod wire;

use std::io::{self, BufRead, Write};
use std::sync::mpsc::channel;
use std::thread;

use crate::check;
use server::{Event, Server};

/// How a server runs.
pub struct Options<'a> {
    /// How to judge.
    pub check: check::Options,
    /// Told what does not concern the client.
    pub log: &'a dyn Fn(&str),
}

/// How a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With `shutdown` before `exit`.
    Properly,
    /// Without.
    Abruptly,
}

/// Serves one client until it leaves.
///
/// # Errors
/// The streams cannot be used: they are closed, or what comes in is no such protocol.
pub fn serve(
    mut input: impl BufRead + Send + 'static,
    output: impl Write,
    options: &Options<'_>,
) -> io::Result<Ended> {
    let (events, inbox) = channel();
    let (jobs, queue) = channel();
    let tell = events.clone();
    thread::spawn(move || judge::work(&queue, |judged| tell.send(Event::Judged(judged)).is_ok()));
    // Reading waits for the client; it ends with the stream, or with the process.
    thread::spawn(move || {
        loop {
            let (event, last) = match wire::read(&mut input) {
                Ok(Some(message)) => (Event::Message(message), false),
                Ok(None) => (Event::End(None), true),
                Err(error) => (Event::End(Some(error)), true),
            };
            if events.send(event).is_err() || last {
                return;
            }
        }
    });
    Server::new(output, options, jobs).run(&inbox)
}
