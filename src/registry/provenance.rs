//! Helm's provenance files: an `OpenPGP` clear-signed text that names a chart and the digest of its archive (Helm:
//! pkg/provenance/sign.go).

use pgp::composed::{CleartextSignedMessage, Deserializable as _, SignedPublicKey};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureType};
use pgp::types::{KeyDetails as _, Timestamp, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::archive::Digest;
use crate::chart::ChartMetadata;
use crate::source::SourceFile;
use crate::yaml::{self, Resolver};

/// Who signed a chart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The signer's name in the keyring.
    pub signer: String,
    /// Fingerprint of the signer's key, hexadecimal.
    pub fingerprint: String,
}

/// What must be signed: the archive that is there.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Name of the chart.
    pub name: &'a str,
    /// Its version.
    pub version: &'a str,
    /// File name of the archive, where it has one.
    pub file: Option<&'a str>,
    /// Digest of the archive.
    pub sha256: Digest,
}

/// Public keys that are believed.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<SignedPublicKey>,
}

const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

impl Keyring {
    /// Reads a keyring: binary, as `gpg --export` writes it, or in armour, one block or several.
    ///
    /// # Errors
    /// What it is instead, as a sentence.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.get(8..12) == Some(b"KBXf") {
            return Err("it is a keybox of GnuPG; `gpg --export > keyring.gpg` makes a keyring".to_owned());
        }
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains(BEGIN));
        let mut keys = Vec::new();
        let mut take = |found: pgp::errors::Result<SignedPublicKey>| match found {
            Ok(key) => {
                keys.push(key);
                Ok(())
            }
            Err(error) => Err(format!("a key cannot be read: {error}")),
        };
        if let Some(text) = text {
            for block in text.split(BEGIN).skip(1) {
                let block = format!("{BEGIN}{block}");
                let (found, _) = SignedPublicKey::from_armor_many(block.as_bytes())
                    .map_err(|error| format!("it is no armoured keyring: {error}"))?;
                found.into_iter().try_for_each(&mut take)?;
            }
        } else {
            let found = SignedPublicKey::from_bytes_many(bytes)
                .map_err(|error| format!("it is no OpenPGP keyring: {error}"))?;
            found.into_iter().try_for_each(&mut take)?;
        }
        if keys.is_empty() {
            return Err("there is no public key in it".to_owned());
        }
        Ok(Self { keys })
    }

    /// Whether a key of this fingerprint is in it.
    pub fn has(&self, fingerprint: &str) -> bool {
        self.keys.iter().any(|key| self::fingerprint(key) == fingerprint)
    }

    /// Who signed, if one of these keys did and what is signed is this archive.
    ///
    /// # Errors
    /// Why it is not proven, as a sentence.
    pub fn verify(&self, text: &[u8], signed: &Signed<'_>) -> Result<Provenance, String> {
        let text = std::str::from_utf8(text).map_err(|_| "the provenance file is no text".to_owned())?;
        let (message, _) = CleartextSignedMessage::from_string(text)
            .map_err(|error| format!("the provenance file is no clear-signed OpenPGP text: {error}"))?;
        let body = message.signed_text();
        let by = self.signer(&message, &body)?;
        says(&body.replace("\r\n", "\n"), signed)?;
        Ok(by)
    }

    /// The owner of the key that made one of the signatures.
    fn signer(&self, message: &CleartextSignedMessage, body: &str) -> Result<Provenance, String> {
        let mut why = None;
        for signature in message.signatures() {
            for key in &self.keys {
                match made(signature, key, body) {
                    Some(Ok(())) => {
                        let name = key.details.users.first().and_then(|user| user.id.as_str());
                        return Ok(Provenance {
                            signer: name.unwrap_or("?").to_owned(),
                            fingerprint: fingerprint(key),
                        });
                    }
                    Some(Err(reason)) => why = Some(reason),
                    None => {}
                }
            }
        }
        let unknown = || {
            let issuers: Vec<String> = message
                .signatures()
                .iter()
                .flat_map(|signature| signature.issuer_fingerprint().into_iter().map(ToString::to_string))
                .collect();
            let by = if issuers.is_empty() { String::new() } else { format!(" ({})", issuers.join(", ")) };
            format!("no key of the keyring made its signature{by}, or the signed text was changed")
        };
        Err(why.unwrap_or_else(unknown))
    }
}

fn fingerprint(key: &SignedPublicKey) -> String {
    hex::encode_upper(key.primary_key.fingerprint().as_bytes())
}

/// Whether a key or one of its subkeys made a signature: `None`: it did not; else whether it may.
fn made(signature: &Signature, key: &SignedPublicKey, body: &str) -> Option<Result<(), String>> {
    let primary = &key.primary_key;
    if is_by(signature, primary, body) {
        return Some(may(signature, key, None));
    }
    let subkey = key.public_subkeys.iter().find(|subkey| is_by(signature, &subkey.key, body))?;
    let bound = subkey.verify_bindings(primary).is_ok();
    let revoked = subkey.signatures.iter().any(|s| s.typ() == Some(SignatureType::SubkeyRevocation));
    let signs = subkey.signatures.iter().any(|s| s.key_flags().sign());
    if !bound || revoked || !signs {
        return Some(Err(format!(
            "the subkey {} may not sign for key {}",
            hex::encode_upper(subkey.key.fingerprint().as_bytes()),
            fingerprint(key)
        )));
    }
    let newest = subkey.signatures.iter().max_by_key(|s| s.created().map(Timestamp::as_secs));
    let lives = newest.and_then(Signature::key_expiration_time).filter(|lives| lives.as_secs() > 0);
    let ends = lives.map(|lives| subkey.key.created_at().as_secs().saturating_add(lives.as_secs()));
    Some(may(signature, key, ends))
}

fn is_by(signature: &Signature, key: &impl VerifyingKey, body: &str) -> bool {
    matches!(signature.typ(), Some(SignatureType::Text | SignatureType::Binary))
        && signature.verify(key, body.as_bytes()).is_ok()
}

/// Whether a signature that is right counts: neither it nor its key has expired, and the key was not revoked.
fn may(signature: &Signature, key: &SignedPublicKey, ends: Option<u32>) -> Result<(), String> {
    let now = Timestamp::now().as_secs();
    let name = fingerprint(key);
    if matches!(
        signature.hash_alg(),
        Some(HashAlgorithm::Md5 | HashAlgorithm::Sha1 | HashAlgorithm::Ripemd160)
    ) {
        return Err(format!("the signature of key {name} is over a broken digest (MD5, SHA-1 or RIPEMD)"));
    }
    let revoked = |signature: &Signature| signature.verify_key(&key.primary_key).is_ok();
    if key.details.revocation_signatures.iter().any(revoked) {
        return Err(format!("key {name} was revoked"));
    }
    // The newest self-signature says how long the key lives.
    let own = key.details.users.iter().flat_map(|user| {
        user.signatures
            .iter()
            .filter(|s| s.verify_certification(&key.primary_key, pgp::types::Tag::UserId, &user.id).is_ok())
    });
    let newest = own.max_by_key(|signature| signature.created().map(Timestamp::as_secs));
    let Some(newest) = newest else {
        return Err(format!("nobody vouches for the name of key {name}: it has no valid self-signature"));
    };
    let created = key.primary_key.created_at().as_secs();
    let lives = newest.key_expiration_time().map(pgp::types::Duration::as_secs).filter(|lives| *lives > 0);
    let ends = [lives.map(|lives| created.saturating_add(lives)), ends];
    if ends.into_iter().flatten().any(|ends| ends < now) {
        return Err(format!("key {name} has expired"));
    }
    let expiry =
        signature.signature_expiration_time().map(pgp::types::Duration::as_secs).filter(|lives| *lives > 0);
    if let (Some(made), Some(lives)) = (signature.created(), expiry)
        && made.as_secs().saturating_add(lives) < now
    {
        return Err("the signature has expired".to_owned());
    }
    Ok(())
}

/// Whether the signed text is about this archive: the chart's metadata, `...`, and digests by file name.
fn says(body: &str, signed: &Signed<'_>) -> Result<(), String> {
    let Some((chart, files)) = body.split_once("\n...\n") else {
        return Err("the signed text has no `...` between the chart and its files".to_owned());
    };
    let read = |text: &str| -> Option<Value> {
        let stream = yaml::parse(&SourceFile::new("provenance", text));
        stream.documents.first()?.root().to_json(Resolver::Go).ok()
    };
    let metadata = ChartMetadata::from_json(&read(chart).unwrap_or_default());
    if metadata.name != signed.name || metadata.version != signed.version {
        return Err(format!(
            "what is signed is {} {}, not {} {}",
            metadata.name.escape_debug(),
            metadata.version.escape_debug(),
            signed.name,
            signed.version
        ));
    }
    let files = read(files).unwrap_or_default();
    let usual = format!("{}-{}.tgz", signed.name, signed.version);
    let digest = [signed.file, Some(usual.as_str())]
        .into_iter()
        .flatten()
        .find_map(|file| files.get("files")?.get(file)?.as_str());
    let Some(digest) = digest else {
        return Err(format!("the signed text has no digest for `{}`", signed.file.unwrap_or(&usual)));
    };
    match digest.parse::<Digest>() {
        Ok(digest) if digest == signed.sha256 => Ok(()),
        Ok(digest) => Err(format!("the signed digest is {digest}, the archive has {}", signed.sha256)),
        Err(_) => Err(format!("the signed digest `{}` is no sha256", digest.escape_debug())),
    }
}
