//! Ed25519 keys: public ones as TUF writes them, private ones as PKCS#8 PEM files that openssl reads too.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::canonical_json;
use crate::archive::Digest;

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";
/// What stands before the 32 raw bytes in the DER form of an Ed25519 public key (RFC 8410).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Why a key is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds no such key.
    #[error("{path}: {reason}")]
    Form {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: &'static str,
    },
}

/// A public Ed25519 key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key object of TUF: `keytype`, `keyval`, `scheme` and nothing else, so that strict and lax clients compute the same id.
    pub fn to_json(self) -> Value {
        json!({ "keytype": "ed25519", "keyval": { "public": hex::encode(self.0) }, "scheme": "ed25519" })
    }

    /// sha256 of the canonical key object (TUF 1.0.34, section 4.2), in hex.
    pub fn id(self) -> String {
        Digest::of(&canonical_json(&self.to_json())).to_string()
    }

    /// Whether `signature` is this key's over `message`.
    pub fn verifies(self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }

    /// Reads a public key: PEM (`openssl pkey -pubout`) or 64 hexadecimal digits.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = read_text(path)?;
        let mut raw = [0; 32];
        let good = if text.trim_start().starts_with("-----") {
            let der = pem_decode(&text, PUBLIC);
            let key =
                der.as_deref().and_then(|der| der.strip_prefix(&SPKI_PREFIX)).filter(|key| key.len() == 32);
            key.map(|key| raw.copy_from_slice(key)).is_some()
        } else {
            hex::decode_to_slice(text.trim(), &mut raw).is_ok()
        };
        if good {
            Ok(Self(raw))
        } else {
            Err(form(path, "this is no public Ed25519 key (PEM, or 64 hexadecimal digits)"))
        }
    }
}

/// A private Ed25519 key.
pub struct PrivateKey(Ed25519KeyPair);

impl PrivateKey {
    /// Reads a PKCS#8 PEM file.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = read_text(path)?;
        let der = pem_decode(&text, PRIVATE).ok_or_else(|| {
            form(path, "this is no PKCS#8 key in PEM form (openssl genpkey -algorithm ed25519)")
        })?;
        Ed25519KeyPair::from_pkcs8(&der).map(Self).map_err(|_| form(path, "this is no Ed25519 key"))
    }

    /// Makes a key and writes it with mode 0600. A file that is there already is kept: its key is returned.
    pub fn read_or_create(path: &Path) -> Result<Self, KeyError> {
        match std::fs::exists(path) {
            Ok(true) => Self::read(path),
            Ok(false) => Self::create(path),
            Err(source) => Err(KeyError::Io { path: path.to_owned(), source }),
        }
    }

    fn create(path: &Path) -> Result<Self, KeyError> {
        let io = |source| KeyError::Io { path: path.to_owned(), source };
        let der = Ed25519KeyPair::generate()
            .and_then(|pair| pair.to_pkcs8v1())
            .map_err(|_| io(std::io::Error::other("no random numbers from the system")))?;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(folder).map_err(io)?;
        // A temporary file has mode 0600 from its first byte on.
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(io)?;
        file.write_all(pem_encode(der.as_ref(), PRIVATE).as_bytes()).map_err(io)?;
        file.as_file().sync_all().map_err(io)?;
        match file.persist_noclobber(path) {
            Ok(_) => {}
            Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io(error.error)),
        }
        Self::read(path)
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        let mut raw = [0; 32];
        raw.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(raw)
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

fn read_text(path: &Path) -> Result<String, KeyError> {
    std::fs::read_to_string(path).map_err(|source| KeyError::Io { path: path.to_owned(), source })
}

fn form(path: &Path, reason: &'static str) -> KeyError {
    KeyError::Form { path: path.to_owned(), reason }
}

fn pem_encode(der: &[u8], label: &str) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in body.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

fn pem_decode(text: &str, label: &str) -> Option<Vec<u8>> {
    let body = text.split_once(&format!("-----BEGIN {label}-----"))?.1;
    let body = body.split_once(&format!("-----END {label}-----"))?.0;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_file_is_private_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/root.pem");
        let made = PrivateKey::read_or_create(&path).unwrap();
        let read = PrivateKey::read_or_create(&path).unwrap();
        assert_eq!(made.public(), read.public());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(made.public().verifies(b"text", &read.sign(b"text")));
        assert!(!made.public().verifies(b"texts", &read.sign(b"text")));
    }

    #[test]
    fn reads_what_openssl_writes() {
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("key.pem");
        let public = folder.path().join("key.pub");
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        std::fs::write(&private, pem).unwrap();
        // RFC 8032, section 7.1, test 1.
        std::fs::write(&public, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\n")
            .unwrap();
        assert_eq!(PrivateKey::read(&private).unwrap().public(), PublicKey::read(&public).unwrap());
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
        std::fs::write(&public, pem).unwrap();
        assert_eq!(PrivateKey::read(&private).unwrap().public(), PublicKey::read(&public).unwrap());
    }

    #[test]
    fn the_key_id_is_that_of_securesystemslib() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pub");
        std::fs::write(&path, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").unwrap();
        let key = PublicKey::read(&path).unwrap();
        let canonical = r#"{"keytype":"ed25519","keyval":{"public":"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"},"scheme":"ed25519"}"#;
        assert_eq!(key.id(), Digest::of(canonical.as_bytes()).to_string());
    }
}
