//! Random texts and numbers (`sprig:strings.go`, `sprig:crypto.go`), from the machine's source of randomness.

use crate::chart::engine::call::{Args, Function, Outcome, Type};
use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;
use crate::chart::engine::value::Value;

use super::encode::encoded;

const I: Type = Type::Int;

pub(in super::super) const FUNCTIONS: &[Function] = &[
    Function::new("randAlphaNum", &[I], |machine, args| {
        letters(machine, args, |byte| byte.is_ascii_alphanumeric())
    }),
    Function::new("randAlpha", &[I], |machine, args| {
        letters(machine, args, |byte| byte.is_ascii_alphabetic())
    }),
    Function::new("randNumeric", &[I], |machine, args| letters(machine, args, |byte| byte.is_ascii_digit())),
    Function::new("randAscii", &[I], |machine, args| {
        letters(machine, args, |byte| matches!(byte, b' '..=b'~'))
    }),
    Function::new("randBytes", &[I], |machine, args| {
        let count = count(machine, args)?;
        Ok(Value::text(encoded(&machine.random.bytes(count))))
    }),
    Function::new("randInt", &[I, I], |machine, args| {
        let (low, high) = (args.int(0), args.int(1));
        let width = u64::try_from(high.saturating_sub(low)).ok().filter(|width| *width > 0);
        let width = width.ok_or_else(|| Fault::new("invalid argument to Intn"))?;
        Ok(Value::Int(low.wrapping_add(machine.random.below(width).cast_signed())))
    }),
    Function::new("shuffle", &[Type::Text], |machine, args| {
        let mut letters: Vec<char> = args.str(0).chars().collect();
        for end in (1..letters.len()).rev() {
            let other = machine.random.below(end as u64 + 1);
            letters.swap(end, usize::try_from(other).unwrap_or(0));
        }
        Ok(Value::text(letters.into_iter().collect::<String>()))
    }),
    Function::new("uuidv4", &[], |machine, _| {
        let mut bytes = machine.random.bytes(16);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let text = hex::encode(bytes);
        Ok(Value::text(format!(
            "{}-{}-{}-{}-{}",
            &text[..8],
            &text[8..12],
            &text[12..16],
            &text[16..20],
            &text[20..]
        )))
    }),
];

/// How many are asked for; fewer than none are none.
fn count(machine: &mut Machine, args: &Args) -> Result<usize, Fault> {
    let count = usize::try_from(args.int(0)).unwrap_or(0);
    machine.spend(count.saturating_mul(10))?;
    machine.spend_bytes(count)?;
    Ok(count)
}

/// So many letters of an alphabet.
fn letters(machine: &mut Machine, args: &Args, fits: fn(u8) -> bool) -> Outcome {
    let alphabet: Vec<u8> = (0..128).filter(|byte| fits(*byte)).collect();
    let count = count(machine, args)?;
    let mut text = Vec::with_capacity(count);
    for _ in 0..count {
        let index = machine.random.below(alphabet.len() as u64);
        text.push(alphabet[usize::try_from(index).unwrap_or(0)]);
    }
    Ok(Value::text(text))
}
