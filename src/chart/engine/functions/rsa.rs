//! RSA keys from a source of bytes that a seed may determine: the libraries at hand make keys from the system's
//! randomness alone, and a release must be the same bytes twice.

use num_bigint::BigUint;

use crate::chart::engine::fault::Fault;
use crate::chart::engine::machine::Machine;

/// The public exponent that Go takes.
const EXPONENT: u32 = 65_537;

/// Rounds of Miller and Rabin: errors below 2^-80 for numbers of 1,024 bits (FIPS 186-5, table B.1).
const ROUNDS: usize = 8;

/// A private key in the form of PKCS #1 (RFC 8017 A.1.2), in DER.
pub(super) fn generate(machine: &mut Machine, bits: usize) -> Result<Vec<u8>, Fault> {
    // About what it costs beside other functions.
    machine.spend(bits * 1_000)?;
    let exponent = BigUint::from(EXPONENT);
    let one = BigUint::from(1_u32);
    loop {
        let p = prime(machine, bits / 2);
        let q = prime(machine, bits / 2);
        let modulus = &p * &q;
        let totient = (&p - &one) * (&q - &one);
        let Some(private) = exponent.modinv(&totient) else { continue };
        if p == q || modulus.bits() != bits as u64 {
            continue;
        }
        let (p, q) = if p > q { (p, q) } else { (q, p) };
        let Some(coefficient) = q.modinv(&p) else { continue };
        let (first, second) = (&private % (&p - &one), &private % (&q - &one));
        let numbers = [&BigUint::ZERO, &modulus, &exponent, &private, &p, &q, &first, &second, &coefficient];
        let content: Vec<u8> = numbers.into_iter().flat_map(integer).collect();
        return Ok(tagged(0x30, &content));
    }
}

/// A prime of that many bits, the two highest of which are set.
fn prime(machine: &mut Machine, bits: usize) -> BigUint {
    let small: Vec<u32> = small_primes();
    loop {
        let mut bytes = machine.random.bytes(bits / 8);
        bytes[0] |= 0xc0;
        if let Some(last) = bytes.last_mut() {
            *last |= 1;
        }
        let start = BigUint::from_bytes_be(&bytes);
        // Candidates from here on that no small prime divides, found by their remainders alone.
        let remainders: Vec<u32> = small
            .iter()
            .map(|prime| (&start % *prime).to_u32_digits().first().copied().unwrap_or(0))
            .collect();
        for step in (0..20_000_u32).step_by(2) {
            let divided = small.iter().zip(&remainders).any(|(prime, rest)| (rest + step) % prime == 0);
            if divided {
                continue;
            }
            let candidate = &start + step;
            let coprime = (&candidate - 1_u32) % EXPONENT != BigUint::ZERO;
            if candidate.bits() == bits as u64 && coprime && is_prime(machine, &candidate) {
                return candidate;
            }
        }
    }
}

/// Odd primes below 8,192.
fn small_primes() -> Vec<u32> {
    let mut composite = vec![false; 8_192];
    let mut primes = Vec::new();
    for number in (3..composite.len()).step_by(2) {
        if composite[number] {
            continue;
        }
        primes.push(u32::try_from(number).unwrap_or(0));
        for multiple in (number * number..composite.len()).step_by(2 * number) {
            composite[multiple] = true;
        }
    }
    primes
}

/// Miller and Rabin's test.
fn is_prime(machine: &mut Machine, candidate: &BigUint) -> bool {
    let one = BigUint::from(1_u32);
    let below = candidate - &one;
    let twos = below.trailing_zeros().unwrap_or(0);
    let odd = &below >> twos;
    let length = candidate.to_bytes_be().len() - 1;
    'rounds: for round in 0..ROUNDS {
        // Base 2 sends nearly all composites away.
        let base = if round == 0 {
            BigUint::from(2_u32)
        } else {
            BigUint::from_bytes_be(&machine.random.bytes(length)) + 2_u32
        };
        let mut power = base.modpow(&odd, candidate);
        if power == one || power == below {
            continue;
        }
        for _ in 1..twos {
            power = &power * &power % candidate;
            if power == below {
                continue 'rounds;
            }
        }
        return false;
    }
    true
}

/// A number in DER.
pub(super) fn integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    if bytes[0] >= 0x80 {
        bytes.insert(0, 0);
    }
    tagged(0x02, &bytes)
}

/// A value in DER with its tag and its length.
pub(super) fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len();
    if length < 0x80 {
        out.push(u8::try_from(length).unwrap_or(0));
    } else {
        let bytes = length.to_be_bytes();
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(0);
        out.push(0x80 | u8::try_from(bytes.len() - start).unwrap_or(0));
        out.extend(&bytes[start..]);
    }
    out.extend(content);
    out
}
