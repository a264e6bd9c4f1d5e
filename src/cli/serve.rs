//! `edgewright serve`: serve a built tree on this machine.
//!
//! A plain file server for the published tree: what nginx would do, without nginx. It reads and never writes, follows no
//! link out of its folder, and says for each file whether it may change.

mod answer;
mod request;

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Exit;
use super::ui::Ui;
use answer::Answer;
use request::{Request, Unreadable};

/// Connections at a time; more are told to come back.
const CONNECTIONS: usize = 256;
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folder of the tree.
    #[arg(value_name = "DIR", default_value = "public")]
    dir: PathBuf,
    /// Address to listen at; port 0 takes any free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) fn run(args: Args, ui: &Ui) -> Result<Exit> {
    let Args { dir, listen } = args;
    let root = dir
        .canonicalize()
        .with_context(|| format!("cannot serve `{}`; `edgewright build` writes a tree", dir.display()))?;
    anyhow::ensure!(root.is_dir(), "cannot serve `{}`: it is no folder", dir.display());
    let listener = TcpListener::bind(listen)
        .with_context(|| format!("cannot listen at {listen}; --listen takes another address"))?;
    let address = listener.local_addr()?;
    ui.say(&format!("serving {} at http://{address}/ (Ctrl-C ends)", dir.display()));
    let root: Arc<Path> = Arc::from(root);
    let open = Arc::new(AtomicUsize::new(0));
    for stream in listener.incoming() {
        // A connection that failed before it was ours is nobody's fault here.
        let Ok(stream) = stream else { continue };
        let taken = Taken::new(&open);
        if open.load(Ordering::Relaxed) > CONNECTIONS {
            let _ = Answer::status(503, "too many connections").write(&mut &stream, true, false);
            continue;
        }
        let root = Arc::clone(&root);
        let spawned = std::thread::Builder::new().spawn(move || {
            let _taken = taken;
            // An error here is a client that went away.
            let _ = converse(&root, &stream);
        });
        if let Err(error) = spawned {
            ui.warn(&format!("cannot start a thread: {error}"));
        }
    }
    Ok(Exit::Fine)
}

/// A place among the connections, given back when dropped.
struct Taken(Arc<AtomicUsize>);

impl Taken {
    fn new(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(open))
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers the requests of one connection until either side has enough.
fn converse(root: &Path, stream: &TcpStream) -> std::io::Result<()> {
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let (answer, head_only, keep) = match Request::read(&mut reader) {
            Ok(request) => {
                (answer::answer(root, &request), request.method == "HEAD", request.keeps_connection())
            }
            Err(Unreadable::Closed) => return Ok(()),
            Err(Unreadable::Wrong(status, why)) => (Answer::status(status, why), false, false),
        };
        answer.write(&mut &*stream, head_only, keep)?;
        (&*stream).flush()?;
        if !keep {
            return Ok(());
        }
    }
}
