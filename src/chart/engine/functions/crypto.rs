//! Passwords, and texts under a password (`sprig:crypto.go`).

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey,
    UnboundCipherKey,
};
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;

use super::encode::{decoded, encoded};
use super::keys;
use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::Value;

const T: Type = Type::Text;

/// Go's `bcrypt.DefaultCost`.
const COST: u32 = 10;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("bcrypt", &[T], |machine, args| bcrypt_hash(machine, args.bytes(0)).map(Value::text)),
    Function::new("htpasswd", &[T, T], |machine, args| {
        let name = args.str(0);
        if name.contains(':') {
            return Ok(Value::text(format!("invalid username: {name}")));
        }
        Ok(Value::text(format!("{name}:{}", bcrypt_hash(machine, args.bytes(1))?)))
    }),
    Function::new("derivePassword", &[Type::Uint32, T, T, T, T], derive),
    Function::new("genPrivateKey", &[T], |machine, args| {
        keys::generate(machine, &args.str(0)).map(Value::text)
    }),
    Function::new("encryptAES", &[T, T], encrypt),
    Function::new("decryptAES", &[T, T], decrypt),
];

fn bcrypt_hash(machine: &mut Machine, password: &[u8]) -> Result<String, Fault> {
    machine.spend(1_000_000)?;
    if password.len() > 72 {
        return Ok(
            "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes".to_owned()
        );
    }
    let mut salt = [0; 16];
    salt.copy_from_slice(&machine.random.bytes(16));
    let hash = bcrypt::hash_with_salt(password, COST, salt);
    let hash = hash.map_err(|error| Fault::new(format!("failed to encrypt string with bcrypt: {error}")))?;
    Ok(hash.format_for_version(bcrypt::Version::TwoA))
}

/// The key of a password: its first 32 bytes, zeros behind it.
fn aes_key(password: &[u8]) -> Result<UnboundCipherKey, Fault> {
    let mut key = [0; 32];
    let length = password.len().min(32);
    key[..length].copy_from_slice(&password[..length]);
    UnboundCipherKey::new(&AES_256, &key).map_err(|_| Fault::new("crypto/aes: invalid key size"))
}

fn encrypt(machine: &mut Machine, args: &Args) -> Outcome {
    if args.bytes(1).is_empty() {
        return Ok(Value::text(""));
    }
    let failed = |_| Fault::new("the text cannot be encrypted");
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(aes_key(args.bytes(0))?).map_err(failed)?;
    let mut iv = [0; 16];
    iv.copy_from_slice(&machine.random.bytes(16));
    let mut text = args.bytes(1).to_vec();
    let context = EncryptionContext::Iv128(FixedLength::from(&iv));
    key.less_safe_encrypt(&mut text, context).map_err(failed)?;
    Ok(Value::text(encoded(&[&iv[..], &text].concat())))
}

fn decrypt(_: &mut Machine, args: &Args) -> Outcome {
    if args.bytes(1).is_empty() {
        return Ok(Value::text(""));
    }
    let bytes =
        decoded(args.bytes(1)).map_err(|at| Fault::new(format!("illegal base64 data at input byte {at}")))?;
    let Some((iv, text)) = bytes.split_at_checked(16) else {
        return Err(Fault::new("runtime error: slice bounds out of range"));
    };
    let failed = |_| Fault::new("crypto/cipher: input not full blocks");
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(aes_key(args.bytes(0))?).map_err(failed)?;
    let mut start = [0; 16];
    start.copy_from_slice(iv);
    let mut text = text.to_vec();
    let plain =
        key.decrypt(&mut text, DecryptionContext::Iv128(FixedLength::from(&start))).map_err(failed)?;
    Ok(Value::text(&*plain))
}

/// Shapes of passwords by type, and the letters of each of their signs (Master Password's algorithm).
const SHAPES: &[(&str, &[&str])] = &[
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

fn letters(sign: char) -> &'static [u8] {
    match sign {
        'V' => b"AEIOU",
        'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        'v' => b"aeiou",
        'c' => b"bcdfghjklmnpqrstvwxyz",
        'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        'n' => b"0123456789",
        'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive(machine: &mut Machine, args: &Args) -> Outcome {
    const SEED: &[u8] = b"com.lyndir.masterpassword";
    let kind = args.str(1);
    let Some((_, shapes)) = SHAPES.iter().find(|(name, _)| *name == kind) else {
        return Ok(Value::text(format!("cannot find password template {kind}")));
    };
    machine.spend(2_000_000)?;
    let counted = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        [SEED, &length.to_be_bytes(), bytes].concat()
    };
    let mut key = [0; 64];
    let failed = |error: &dyn std::fmt::Display| Fault::new(format!("failed to derive password: {error}"));
    let cost = scrypt::Params::new(15, 8, 2).map_err(|error| failed(&error))?;
    scrypt::scrypt(args.bytes(2), &counted(args.bytes(3)), &cost, &mut key)
        .map_err(|error| failed(&error))?;
    let counter = u32::try_from(args.int(0)).unwrap_or(0);
    let text = [counted(args.bytes(4)), counter.to_be_bytes().to_vec()].concat();
    let seed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &text);
    let seed = seed.as_ref();
    let shape = shapes[usize::from(seed[0]) % shapes.len()];
    let password = shape.chars().zip(&seed[1..]).map(|(sign, byte)| {
        let letters = letters(sign);
        letters[usize::from(*byte) % letters.len()]
    });
    Ok(Value::text(password.collect::<Vec<u8>>()))
}
