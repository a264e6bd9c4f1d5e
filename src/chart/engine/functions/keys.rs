//! Private keys in PEM (`sprig:crypto.go`).

use aws_lc_rs::encoding::{AsDer as _, EcPrivateKeyRfc5915Der};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use num_bigint::BigUint;

use super::encode::{decoded, encoded};
use super::rsa;
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;

/// A block of PEM: its label and its bytes.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) bytes: Vec<u8>,
}

impl Block {
    /// The first block of a text, as Go's `pem.Decode` finds it.
    pub(super) fn first(text: &str) -> Option<Self> {
        let (_, after) = text.split_once("-----BEGIN ")?;
        let (label, after) = after.split_once("-----")?;
        let (body, _) = after.split_once(&format!("-----END {label}-----"))?;
        let body: String = body.split_whitespace().collect();
        Some(Self { label: label.to_owned(), bytes: decoded(body.as_bytes()).ok()? })
    }

    /// As Go's `pem.EncodeToMemory` writes it: 64 characters a line.
    pub(super) fn text(&self) -> String {
        let body = encoded(&self.bytes);
        let lines: Vec<&str> =
            body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
        format!("-----BEGIN {0}-----\n{1}\n-----END {0}-----\n", self.label, lines.join("\n"))
    }
}

fn block(label: &str, bytes: Vec<u8>) -> String {
    Block { label: label.to_owned(), bytes }.text()
}

/// A new key of the type that `genPrivateKey` is asked for.
pub(super) fn generate(machine: &mut Machine, kind: &str) -> Result<String, Fault> {
    let failed = |what: &str| Fault::new(format!("failed to generate private key: {what}"));
    match kind {
        "" | "rsa" => rsa_key(machine, 4096),
        "ecdsa" => loop {
            // RFC 5915; nearly every number of 32 bytes is a key.
            let scalar = machine.random.bytes(32);
            let curve = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
            let content =
                [rsa::integer(&BigUint::from(1_u32)), rsa::tagged(0x04, &scalar), rsa::tagged(0xa0, &curve)];
            let der = rsa::tagged(0x30, &content.concat());
            let Ok(pair) = EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_ASN1_SIGNING, &der) else {
                continue;
            };
            let whole: EcPrivateKeyRfc5915Der<'_> =
                pair.private_key().as_der().map_err(|_| failed("it has no form"))?;
            return Ok(block("EC PRIVATE KEY", whole.as_ref().to_vec()));
        },
        "ed25519" => {
            let seed = machine.random.bytes(32);
            Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| failed("the seed is none"))?;
            // RFC 8410: the seed alone, as Go writes it.
            let algorithm = rsa::tagged(0x30, &[0x06, 0x03, 0x2b, 0x65, 0x70]);
            let key = rsa::tagged(0x04, &rsa::tagged(0x04, &seed));
            let content = [rsa::integer(&BigUint::ZERO), algorithm, key].concat();
            Ok(block("PRIVATE KEY", rsa::tagged(0x30, &content)))
        }
        "dsa" => {
            Err(failed("keys of the type dsa are not made any more: no Kubernetes component takes them"))
        }
        other => Ok(format!("Unknown type {other}")),
    }
}

/// A new RSA key of that many bits.
pub(super) fn rsa_key(machine: &mut Machine, bits: usize) -> Result<String, Fault> {
    Ok(block("RSA PRIVATE KEY", rsa::generate(machine, bits)?))
}

/// Whether a text holds a private key that can sign; the error is sprig's.
pub(super) fn parse(text: &str) -> Result<rcgen::KeyPair, String> {
    let block = Block::first(text).ok_or("no PEM data in input")?;
    let kind = match block.label.strip_suffix("PRIVATE KEY") {
        Some("") => "PKCS#8".to_owned(),
        Some(kind @ ("RSA " | "EC ")) => kind.trim_end().to_owned(),
        Some(kind) if kind.ends_with(' ') => {
            return Err(format!("invalid private key type {}", kind.trim_end()));
        }
        _ => return Err(format!("no private key data in PEM block of type {}", block.label)),
    };
    rcgen::KeyPair::from_pem(&block.text()).map_err(|error| match kind.as_str() {
        "PKCS#8" => format!("decoding PEM as PKCS#8: {error}"),
        kind => format!("parsing {kind} private key from PEM: {error}"),
    })
}
