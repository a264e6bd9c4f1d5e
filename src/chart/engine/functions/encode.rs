//! Base64 and base32 (`sprig:strings.go`).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::Value;

const T: Type = Type::Text;

/// Go's standard encoding: padding is a must, bits behind the last byte are ignored.
const STANDARD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("b64enc", &[T], |_, args| Ok(Value::text(encoded(args.bytes(0))))),
    Function::new("b64dec", &[T], decode64),
    Function::new("b32enc", &[T], |_, args| Ok(Value::text(encode32(args.bytes(0))))),
    Function::new("b32dec", &[T], decode32),
];

/// Base64 as Go's standard encoding writes it.
pub(in super::super) fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Base64 as Go's standard encoding reads it: line ends are skipped. The error is the place of the first wrong byte.
pub(in super::super) fn decoded(bytes: &[u8]) -> Result<Vec<u8>, usize> {
    let kept = |byte: &&u8| !matches!(byte, b'\r' | b'\n');
    let plain: Vec<u8> = bytes.iter().filter(kept).copied().collect();
    STANDARD.decode(&plain).map_err(|_| wrong_byte(bytes))
}

/// Where Go stops: at a byte that is no digit, at padding that is none, or behind the end.
fn wrong_byte(bytes: &[u8]) -> usize {
    let mut digits = 0;
    let mut at = 0;
    let next = |mut at: usize| {
        while matches!(bytes.get(at), Some(b'\r' | b'\n')) {
            at += 1;
        }
        at
    };
    loop {
        at = next(at);
        let Some(byte) = bytes.get(at) else {
            return bytes.len() - digits % 4;
        };
        if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/') {
            digits += 1;
            at += 1;
            continue;
        }
        if *byte != b'=' || digits % 4 < 2 {
            return at;
        }
        if digits % 4 == 2 {
            let second = next(at + 1);
            match bytes.get(second) {
                None => return bytes.len(),
                Some(b'=') => at = second,
                // Go names the place of the first sign of padding's digit.
                Some(_) => return second - 1,
            }
        }
        return next(at + 1);
    }
}

#[allow(clippy::unnecessary_wraps, reason = "a function of templates")]
fn decode64(_: &mut Machine, args: &Args) -> Outcome {
    Ok(match decoded(args.bytes(0)) {
        Ok(bytes) => Value::text(bytes),
        Err(at) => Value::text(format!("illegal base64 data at input byte {at}")),
    })
}

const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn encode32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0_u8; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let digits = (chunk.len() * 8).div_ceil(5);
        for index in 0..8 {
            let digit = usize::try_from((bits >> (35 - 5 * index)) & 31).unwrap_or(0);
            out.push(if index < digits { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    out
}

fn decode32(_: &mut Machine, args: &Args) -> Outcome {
    let wrong = |at: usize| Ok(Value::text(format!("illegal base32 data at input byte {at}")));
    let kept = |byte: &u8| !matches!(byte, b'\r' | b'\n');
    let plain: Vec<u8> = args.bytes(0).iter().copied().filter(kept).collect();
    let mut out = Vec::new();
    let mut ended = false;
    for (index, chunk) in plain.chunks(8).enumerate() {
        let start = index * 8;
        if ended {
            return wrong(start);
        }
        let mut bits = 0_u64;
        let mut digits = 0;
        for (offset, byte) in chunk.iter().enumerate() {
            match DIGITS.iter().position(|digit| digit == byte) {
                Some(digit) => {
                    bits |= (digit as u64) << (35 - 5 * offset);
                    digits += 1;
                }
                None if *byte == b'=' && matches!(offset, 2 | 4 | 5 | 7) => {
                    if let Some(other) = chunk[offset..].iter().position(|byte| *byte != b'=') {
                        return wrong(start + offset + other);
                    }
                    if chunk.len() < 8 {
                        return wrong(plain.len());
                    }
                    ended = true;
                    break;
                }
                None => return wrong(start + offset),
            }
        }
        if !ended && chunk.len() < 8 {
            return wrong(plain.len());
        }
        out.extend(&bits.to_be_bytes()[3..3 + digits * 5 / 8]);
    }
    Ok(Value::text(out))
}
