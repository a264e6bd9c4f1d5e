//! A bare copy of a repository in the cache, filled by the user's own `git`: its credentials, proxies and keys are those that
//! work for the user already. Only trees come at first, single blobs when they are wanted.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{FlockOperation, flock};

use super::address::{is_commit, is_remote};
use crate::archive::Digest;
use crate::registry::OnBytes;
use crate::transport::{ForGit, shown};

/// What git may speak, whatever its configuration allows.
const PROTOCOLS: &str = "https:http:ssh:git:file";

/// File of a copy that whoever writes holds locked; its time is that of the last use.
pub(in crate::registry) const LOCK: &str = "edgewright.lock";

/// Variables that tie git to a repository: set where we are started by one of its hooks.
const TIES: [&str; 12] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// Why git could not do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum MirrorError {
    /// The repository does not have the commit, or does not give it.
    #[error("the repository has no commit {0}")]
    NoCommit(String),
    /// It has no such branch or tag.
    #[error("the repository has no branch or tag `{0}`")]
    NoReference(String),
    /// What git says, and what to do about it.
    #[error("{0}")]
    Git(String),
    /// The folder of the copy.
    #[error("{}: {source}", .path.display())]
    Folder { path: PathBuf, source: io::Error },
}

/// The copy of one repository.
pub(super) struct Mirror {
    dir: PathBuf,
    url: String,
    /// Credentials and certificates for the host.
    access: ForGit,
    on_bytes: Option<OnBytes>,
}

impl Mirror {
    /// The copy of `url` below `cache`. Makes nothing yet.
    pub(super) fn new(cache: &Path, url: &str, access: ForGit, on_bytes: Option<OnBytes>) -> Self {
        let dir = cache.join("git").join(Digest::of(url.as_bytes()).to_string());
        Self { dir, url: url.to_owned(), access, on_bytes }
    }

    /// Folder of its objects.
    pub(super) fn objects(&self) -> PathBuf {
        self.dir.join("objects")
    }

    /// Commit of a branch or tag (`None`: the default branch) at the repository.
    pub(super) fn resolve(&self, reference: Option<&str>) -> Result<String, MirrorError> {
        let name = reference.unwrap_or("HEAD");
        let peeled = format!("{name}^{{}}");
        let answer = self.run(&["ls-remote", "--quiet", "origin", name, &peeled], None, None)?;
        let lines: Vec<(&str, &str)> = answer.lines().filter_map(|line| line.split_once('\t')).collect();
        // git's own order; an annotated tag is asked for what it tags first.
        let rules = ["", "refs/", "refs/tags/", "refs/heads/"];
        let found = rules.iter().find_map(|prefix| {
            let of = |full: String| lines.iter().find(|(_, name)| *name == full).map(|(id, _)| *id);
            of(format!("{prefix}{peeled}")).or_else(|| of(format!("{prefix}{name}")))
        });
        match found {
            Some(id) if is_commit(id) => Ok(id.to_owned()),
            _ => Err(MirrorError::NoReference(name.to_owned())),
        }
    }

    /// Gets a commit with its trees, without blobs and history. `reference` is what it was found at: for hosts that give
    /// out only what a name points to.
    pub(super) fn get_commit(&self, commit: &str, reference: Option<&str>) -> Result<(), MirrorError> {
        let _lock = self.lock()?;
        let fetch = |what: &str| {
            let into = format!("+{what}:refs/edgewright/{commit}");
            self.run(
                &[
                    "fetch",
                    "--progress",
                    "--no-tags",
                    "--no-write-fetch-head",
                    "--no-recurse-submodules",
                    "--depth=1",
                    "--filter=blob:none",
                    "origin",
                    &into,
                ],
                Some(&self.dir),
                None,
            )
        };
        let by_id = fetch(commit);
        let Err(MirrorError::Git(why)) = &by_id else { return by_id.map(drop) };
        if !["not our ref", "unadvertised object", "not a valid object", "remote ref", "no such remote ref"]
            .iter()
            .any(|words| why.contains(words))
        {
            return by_id.map(drop);
        }
        // Hosts of the first protocol give out only what a name points to.
        if let Some(reference) = reference
            && fetch(reference).is_ok()
            && super::tree::has_commit(&self.objects(), commit)
        {
            return Ok(());
        }
        Err(MirrorError::NoCommit(commit.to_owned()))
    }

    /// Gets blobs that are not here yet, all at once.
    pub(super) fn get_blobs(&self, ids: &BTreeSet<git2::Oid>) -> Result<(), MirrorError> {
        if ids.is_empty() {
            return Ok(());
        }
        let _lock = self.lock()?;
        let mut wanted = String::with_capacity(ids.len() * 41);
        for id in ids {
            wanted.push_str(&id.to_string());
            wanted.push('\n');
        }
        // As git itself gets the missing objects of a partial clone (its `promisor-remote.c`).
        self.run(
            &[
                "-c",
                "fetch.negotiationAlgorithm=noop",
                "fetch",
                "--progress",
                "--no-tags",
                "--no-write-fetch-head",
                "--recurse-submodules=no",
                "--filter=blob:none",
                "--stdin",
                "origin",
            ],
            Some(&self.dir),
            Some(wanted.as_bytes()),
        )
        .map(drop)
    }

    /// One process at a time writes; the first makes the repository. Readers need no lock: packs appear whole.
    fn lock(&self) -> Result<File, MirrorError> {
        let folder = |source| MirrorError::Folder { path: self.dir.clone(), source };
        fs::create_dir_all(&self.dir).map_err(folder)?;
        let lock = loop {
            let lock = hold(&self.dir.join(LOCK)).map_err(folder)?;
            // Whoever pruned the copy took the lock with it: then there is another one to hold.
            if self.dir.join(LOCK).exists() {
                break lock;
            }
            fs::create_dir_all(&self.dir).map_err(folder)?;
        };
        if !(self.dir.join("HEAD").is_file() && self.objects().is_dir() && self.dir.join("refs").is_dir()) {
            // `init` is given the folder by GIT_DIR and repairs what a killed one left behind.
            self.run(&["init", "--quiet", "--bare", "--template="], Some(&self.dir), None)?;
        }
        Ok(lock)
    }

    /// Runs git and gives what it prints.
    fn run(&self, args: &[&str], dir: Option<&Path>, input: Option<&[u8]>) -> Result<String, MirrorError> {
        let mut command = Command::new("git");
        for tie in TIES {
            command.env_remove(tie);
        }
        match dir {
            Some(dir) => command.env("GIT_DIR", dir),
            // No repository's settings take part.
            None => command.current_dir(env::temp_dir()),
        };
        self.configure(&mut command);
        command.args(args).stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| {
            MirrorError::Git(if error.kind() == ErrorKind::NotFound {
                "the program `git` is needed for it and is not there; install git 2.31 or newer".to_owned()
            } else {
                format!("`git` cannot be started: {error}")
            })
        })?;
        let (mut stdin, mut stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (printed, said) = std::thread::scope(|scope| {
            // Three pipes at once: none may fill up while another is waited for.
            let feed = scope.spawn(move || {
                if let (Some(pipe), Some(input)) = (&mut stdin, input) {
                    // git that ends early says why itself.
                    let _ = pipe.write_all(input);
                }
                drop(stdin);
            });
            let said = scope.spawn(|| stderr.map(|pipe| self.listen(pipe)).unwrap_or_default());
            let mut printed = Vec::new();
            if let Some(pipe) = &mut stdout {
                let _ = pipe.read_to_end(&mut printed);
            }
            let _ = feed.join();
            (printed, said.join().unwrap_or_default())
        });
        let status = child.wait().map_err(|error| MirrorError::Git(format!("`git` was lost: {error}")))?;
        if status.success() {
            Ok(String::from_utf8_lossy(&printed).into_owned())
        } else {
            Err(MirrorError::Git(self.in_words(&said)))
        }
    }

    /// Settings that hold whatever the user's configuration says. They travel in the environment, because an address may
    /// hold a password and arguments are seen by everybody.
    fn configure(&self, command: &mut Command) {
        let config = [
            ("remote.origin.url", self.url.as_str()),
            ("remote.origin.promisor", "true"),
            ("remote.origin.partialclonefilter", "blob:none"),
            ("core.hooksPath", "/dev/null"),
            ("core.fsmonitor", "false"),
            ("gc.auto", "0"),
            ("maintenance.auto", "false"),
            ("protocol.version", "2"),
            // A host that drips is given up.
            ("http.lowSpeedLimit", "256"),
            ("http.lowSpeedTime", "60"),
        ];
        let taken: usize =
            env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
        let access = self.access.config.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let config: Vec<(&str, &str)> = config.into_iter().chain(access).collect();
        for (name, value) in &self.access.variables {
            command.env(name, value.text());
        }
        for (index, (key, value)) in config.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{}", taken + index), key);
            command.env(format!("GIT_CONFIG_VALUE_{}", taken + index), value);
        }
        command.env("GIT_CONFIG_COUNT", (taken + config.len()).to_string());
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", PROTOCOLS).env("LC_ALL", "C");
        let own_ssh = env::var_os("GIT_SSH_COMMAND").is_some() || env::var_os("GIT_SSH").is_some();
        if is_remote(&self.url) && !self.url.starts_with("http") && !own_ssh && !has_ssh_command() {
            command.env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20");
        }
    }

    /// Reads what git says; counts the bytes that it says came.
    fn listen(&self, mut pipe: impl Read) -> String {
        let (mut said, mut line, mut came) = (String::new(), Vec::new(), 0);
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = pipe.read(&mut chunk) {
            for byte in &chunk[..count] {
                if !matches!(byte, b'\n' | b'\r') {
                    line.push(*byte);
                    continue;
                }
                let text = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                if let Some(bytes) = received(&text) {
                    if let Some(watch) = &self.on_bytes {
                        watch(bytes.saturating_sub(came));
                    }
                    came = came.max(bytes);
                } else if said.len() < 16 * 1024 {
                    said.push_str(&text);
                    said.push('\n');
                }
            }
        }
        said + &String::from_utf8_lossy(&line)
    }

    /// The reason among the lines that git said, without secrets, and what to do.
    fn in_words(&self, said: &str) -> String {
        let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
        let reason = |prefix: &str| {
            let found: Vec<&str> =
                lines().filter_map(|line| line.strip_prefix(prefix)).map(str::trim).collect();
            (!found.is_empty()).then(|| found.join("; "))
        };
        let why = reason("fatal:")
            .or_else(|| reason("error:"))
            .or_else(|| reason("remote:"))
            .unwrap_or_else(|| lines().next_back().unwrap_or("it says nothing").to_owned());
        let mut why = why.replace(&self.url, &shown(&self.url));
        if let Some((_, rest)) = self.url.split_once("://")
            && let Some((user, _)) = rest.split_once('@')
        {
            why = why.replace(user, "…");
        }
        let asks = [
            "could not read Username",
            "could not read Password",
            "Authentication failed",
            "terminal prompts",
            "Permission denied",
        ];
        let all = said.to_owned() + &why;
        let help = if asks.iter().any(|words| all.contains(words)) {
            "; give git credentials for this host: a credential helper, netrc, or a key of ssh"
        } else if all.contains("mismatched algorithms") || all.contains("object format") {
            "; repositories with SHA-256 ids cannot be read"
        } else if all.contains("unknown option") || all.contains("usage: git") {
            "; git 2.31 or newer is needed"
        } else {
            ""
        };
        format!("git says: {why}{help}")
    }
}

fn hold(path: &Path) -> io::Result<File> {
    let lock = File::create(path)?;
    loop {
        match flock(&lock, FlockOperation::LockExclusive) {
            Err(rustix::io::Errno::INTR) => {}
            done => return done.map(|()| lock).map_err(io::Error::from),
        }
    }
}

/// Removes a copy, once nobody writes to it.
pub(in crate::registry) fn remove_copy(dir: &Path) -> io::Result<()> {
    let _lock = hold(&dir.join(LOCK))?;
    fs::remove_dir_all(dir)
}

/// Whether git's configuration names a program for ssh.
fn has_ssh_command() -> bool {
    let asked =
        Command::new("git").args(["config", "--get", "core.sshCommand"]).stdin(Stdio::null()).output();
    asked.is_ok_and(|output| !output.stdout.is_empty())
}

/// The bytes of `Receiving objects:  45% (9/20), 1.20 MiB | 2.00 MiB/s`.
fn received(line: &str) -> Option<u64> {
    let progress = [
        "Receiving objects:",
        "Resolving deltas:",
        "remote: Counting",
        "remote: Compressing",
        "remote: Enumerating",
        "remote: Total",
    ];
    if !progress.iter().any(|start| line.starts_with(start)) {
        return None;
    }
    let size = || {
        let (number, unit) = line.strip_prefix(progress[0])?.split_once("), ")?.1.split_once(' ')?;
        let unit: f64 = match unit.split(['|', ',', ' ']).next()? {
            "KiB" => 1024.0,
            "MiB" => 1_048_576.0,
            "GiB" => 1_073_741_824.0,
            _ => 1.0,
        };
        #[allow(clippy::cast_sign_loss, reason = "git counts up from nothing")]
        Some((number.parse::<f64>().ok()? * unit) as u64)
    };
    Some(size().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_counted_and_kept_out_of_the_reason() {
        assert_eq!(received("Receiving objects:  45% (9/20), 1.50 MiB | 2.00 MiB/s"), Some(1_572_864));
        assert_eq!(received("Receiving objects: 100% (9/9), 870 bytes | 870.00 KiB/s, done."), Some(870));
        assert_eq!(received("remote: Counting objects: 100% (3/3), done."), Some(0));
        assert_eq!(received("fatal: repository not found"), None);
    }

    #[test]
    fn reasons_hold_no_secret_and_say_what_to_do() {
        let mirror = Mirror::new(Path::new("/c"), "https://me:s3cret@h/x.git", ForGit::default(), None);
        let said = "remote: Invalid\nfatal: Authentication failed for 'https://me:s3cret@h/x.git/'\n";
        let why = mirror.in_words(said);
        assert!(why.contains("https://h/x.git") && why.contains("credential helper"), "{why}");
        assert!(!why.contains("s3cret"), "{why}");
        assert_eq!(mirror.in_words(""), "git says: it says nothing");
    }
}
