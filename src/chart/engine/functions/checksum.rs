//! Checksums (`sprig:crypto.go`).

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};

use crate::chart::engine::call::{Function, Type};
use crate::chart::engine::value::Value;

const T: Type = Type::Text;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("sha1sum", &[T], |_, args| Ok(sum(&SHA1_FOR_LEGACY_USE_ONLY, args.bytes(0)))),
    Function::new("sha256sum", &[T], |_, args| Ok(sum(&SHA256, args.bytes(0)))),
    Function::new("sha512sum", &[T], |_, args| Ok(sum(&SHA512, args.bytes(0)))),
    Function::new("adler32sum", &[T], |_, args| Ok(Value::text(adler32(args.bytes(0)).to_string()))),
];

fn sum(algorithm: &'static Algorithm, bytes: &[u8]) -> Value {
    Value::text(hex::encode(digest(algorithm, bytes)))
}

/// RFC 1950 §8.2.
fn adler32(bytes: &[u8]) -> u32 {
    const BASE: u32 = 65521;
    let (a, b) = bytes.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % BASE;
        (a, (a + b) % BASE)
    });
    b << 16 | a
}
