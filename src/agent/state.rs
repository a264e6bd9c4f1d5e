//! The folder that an appliance remembers itself in, and the lock on it.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use rustix::fs::FlockOperation;

use super::durable::{self, PRIVATE};
use super::error::{AgentError, at};

/// Version of everything that the agent writes for itself.
pub(super) const STATE_VERSION: u32 = 1;

/// `$STATE`. Opened, it is locked: as long as this value lives nobody else works on it.
#[derive(Debug)]
pub struct State {
    root: PathBuf,
    _lock: Option<File>,
}

impl State {
    /// Opens the state, creating it (mode 0700) where it is missing. A second holder is told [`AgentError::Busy`].
    pub fn open(root: &Path) -> Result<Self, AgentError> {
        durable::create_folder(root, 0o700)?;
        let root = fs::canonicalize(root).map_err(at(root))?;
        close_to_others(&root)?;
        let path = root.join("lock");
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(PRIVATE)
            .open(&path)
            .map_err(at(&path))?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(AgentError::Busy(path)),
            Err(error) => return Err(at(&path)(error.into())),
        }
        let state = Self { root, _lock: Some(lock) };
        for folder in ["trust", "cas/part", "cas/sha256", "slots", "bad"] {
            durable::create_folder(&state.at(folder), 0o700)?;
        }
        Ok(state)
    }

    /// Only looks at a state, whoever holds it; nothing is created.
    pub fn look(root: &Path) -> Result<Self, AgentError> {
        let root = fs::canonicalize(root).map_err(at(root))?;
        Ok(Self { root, _lock: None })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A path below it.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The secret of this box: keys digests of what must not be guessed from them. Made at the first use.
    pub(super) fn secret(&self) -> Result<[u8; 32], AgentError> {
        let path = self.at("secret");
        if let Some(bytes) = durable::read(&path)?
            && let Ok(secret) = bytes.try_into()
        {
            return Ok(secret);
        }
        let mut secret = [0; 32];
        SystemRandom::new()
            .fill(&mut secret)
            .map_err(|_| AgentError::Failed("the system gives no random bytes".to_owned()))?;
        durable::write(&path, &secret, PRIVATE)?;
        Ok(secret)
    }
}

/// Refuses a state that somebody else owns, and closes one that others may look into: it holds secrets.
fn close_to_others(root: &Path) -> Result<(), AgentError> {
    let metadata = fs::metadata(root).map_err(at(root))?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(AgentError::Failed(format!(
            "{}: belongs to another user (uid {}); run as that user or choose another --state",
            root.display(),
            metadata.uid()
        )));
    }
    if metadata.permissions().mode() & 0o077 != 0 {
        fs::set_permissions(root, fs::Permissions::from_mode(0o700)).map_err(at(root))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_is_turned_away() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("state");
        let first = State::open(&root).unwrap();
        assert!(matches!(State::open(&root), Err(AgentError::Busy(_))));
        drop(first);
        State::open(&root).unwrap();
    }

    #[test]
    fn the_state_is_closed_to_others_and_its_secret_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let state = State::open(folder.path()).unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let secret = state.secret().unwrap();
        assert_eq!(state.secret().unwrap(), secret);
        assert_eq!(fs::metadata(state.at("secret")).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
