//! Who signs: a key in a file, or a command that reaches a key elsewhere (a KMS, a token, Vault).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::keys::{KeyError, PrivateKey, PublicKey};

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The key is of no use.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The text names no signer.
    #[error("`{0}` is no signer: write file:PATH (a PKCS#8 PEM key) or cmd:COMMAND ARGUMENT…")]
    Uri(String),
    /// The command did not sign.
    #[error("signer `{command}`: {reason}")]
    Command {
        /// Its first word.
        command: String,
        /// What went wrong.
        reason: String,
    },
}

/// One key that can sign.
pub enum Signer {
    /// A key in a file.
    File(PrivateKey),
    /// A command: it reads the canonical bytes on stdin and prints the signature, 64 raw bytes or their hex form.
    Command {
        /// The command and its arguments.
        argv: Vec<String>,
        /// Its public key.
        public: PublicKey,
    },
}

impl Signer {
    /// Reads `file:PATH` or `cmd:COMMAND ARGUMENT…` (words are divided by spaces; no shell). Relative paths begin at `base`.
    /// The public key of a command stands in `public`, a file as [`PublicKey::read`] takes it.
    pub fn open(uri: &str, base: &Path, public: &Path) -> Result<Self, SignError> {
        if let Some(path) = uri.strip_prefix("file:") {
            return Ok(Self::File(PrivateKey::read(&base.join(PathBuf::from(path)))?));
        }
        let words = uri.strip_prefix("cmd:").map(|line| line.split_whitespace().map(str::to_owned).collect());
        match words {
            Some(argv) if !Vec::is_empty(&argv) => {
                Ok(Self::Command { argv, public: PublicKey::read(public)? })
            }
            _ => Err(SignError::Uri(uri.to_owned())),
        }
    }

    /// The public key.
    pub fn public(&self) -> PublicKey {
        match self {
            Self::File(key) => key.public(),
            Self::Command { public, .. } => *public,
        }
    }

    /// Signs a message; what a command prints is checked against its public key.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let (argv, public) = match self {
            Self::File(key) => return Ok(key.sign(message)),
            Self::Command { argv, public } => (argv, public),
        };
        let failed = |reason: String| SignError::Command { command: argv[0].clone(), reason };
        let mut child = Command::new(&argv[0])
            .args(&argv[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        // A command may answer without reading to the end; its answer is judged below.
        let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(message));
        let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(format!("{}", output.status)));
        }
        let printed = output.stdout;
        let signature =
            match std::str::from_utf8(&printed).ok().and_then(|text| hex::decode(text.trim()).ok()) {
                Some(decoded) if printed.len() != 64 => decoded,
                _ => printed,
            };
        if public.verifies(message, &signature) {
            Ok(signature)
        } else {
            let reason = match written {
                Ok(()) => "what it printed is no signature of its public key over these bytes".to_owned(),
                Err(error) => format!("it did not read what it should sign: {error}"),
            };
            Err(failed(reason))
        }
    }
}

/// Signers by role; a role may have several.
#[derive(Default)]
pub struct Signers(BTreeMap<String, Vec<Signer>>);

impl Signers {
    /// Adds a signer of a role.
    pub fn add(&mut self, role: &str, signer: Signer) {
        self.0.entry(role.to_owned()).or_default().push(signer);
    }

    /// The signers of a role.
    pub fn of(&self, role: &str) -> &[Signer] {
        self.0.get(role).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_command_that_prints_something_else_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let key = PrivateKey::read_or_create(&folder.path().join("key.pem")).unwrap();
        let public = folder.path().join("targets.pub");
        let hex = key.public().to_json()["keyval"]["public"].as_str().unwrap().to_owned();
        std::fs::write(&public, &hex).unwrap();
        let script = folder.path().join("sign");
        let good = hex::encode(key.sign(b"message"));
        std::fs::write(&script, format!("#!/bin/sh\ncat >/dev/null\necho {good}\n")).unwrap();
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        let signer = Signer::open(&format!("cmd:{}", script.display()), folder.path(), &public).unwrap();
        assert_eq!(hex::encode(signer.sign(b"message").unwrap()), good);
        assert!(signer.sign(b"another message").is_err());
    }

    #[test]
    fn other_texts_are_no_signers() {
        for uri in ["", "cmd:", "cmd:  ", "pkcs11:token=x", "key.pem"] {
            assert!(Signer::open(uri, Path::new("."), Path::new("none")).is_err(), "{uri}");
        }
    }
}
