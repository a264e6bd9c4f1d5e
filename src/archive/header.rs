//! The fields of a tar header (POSIX ustar; pre-POSIX and GNU headers share the ones that are read).
//!
//! Written out here instead of taken from a library because the bytes written are the identity of released content:
//! they must never change with an update of somebody else's code.

use super::error::Fault;

/// Size of a header and of the unit that content is padded to.
pub(super) const BLOCK: usize = 512;

const NAME: std::ops::Range<usize> = 0..100;
const MODE: std::ops::Range<usize> = 100..108;
const SIZE: std::ops::Range<usize> = 124..136;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const KIND: usize = 156;
const MAGIC: std::ops::Range<usize> = 257..265;
const PREFIX: std::ops::Range<usize> = 345..500;

/// Longest path that any header holds.
const NAME_BYTES: usize = 100;
const PREFIX_BYTES: usize = 155;

/// A header of a regular file as the canonical form has it; `None` where the path does not fit.
///
/// A path of more than 100 bytes is split at the last `/` that leaves at most 155 bytes before it.
pub(super) fn write(path: &str, size: u64, executable: bool) -> Option<[u8; BLOCK]> {
    let mut block = [0; BLOCK];
    let bytes = path.as_bytes();
    let (prefix, name) = if bytes.len() <= NAME_BYTES {
        (&[][..], bytes)
    } else {
        let reach = bytes.len().min(PREFIX_BYTES + 1);
        let slash = bytes[..reach].iter().rposition(|byte| *byte == b'/')?;
        (&bytes[..slash], &bytes[slash + 1..])
    };
    if name.is_empty() || name.len() > NAME_BYTES {
        return None;
    }
    block[..name.len()].copy_from_slice(name);
    block[PREFIX][..prefix.len()].copy_from_slice(prefix);
    octal(&mut block[MODE], if executable { 0o755 } else { 0o644 })?;
    octal(&mut block[108..116], 0)?;
    octal(&mut block[116..124], 0)?;
    octal(&mut block[SIZE], size)?;
    octal(&mut block[136..148], 0)?;
    block[KIND] = b'0';
    block[MAGIC].copy_from_slice(b"ustar\x0000");
    octal(&mut block[329..337], 0)?;
    octal(&mut block[337..345], 0)?;
    let sum = checksum(&block);
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// Writes a number with leading zeros and a NUL; `None` where it has too many digits.
fn octal(field: &mut [u8], value: u64) -> Option<()> {
    let width = field.len() - 1;
    let digits = format!("{value:0width$o}");
    if digits.len() > width {
        return None;
    }
    field[..width].copy_from_slice(digits.as_bytes());
    Some(())
}

fn checksum(block: &[u8; BLOCK]) -> u64 {
    let whole: u64 = block.iter().map(|byte| u64::from(*byte)).sum();
    let field: u64 = block[CHECKSUM].iter().map(|byte| u64::from(*byte)).sum();
    whole - field + 8 * u64::from(b' ')
}

/// Whether the header's checksum is that of its bytes.
pub(super) fn checksum_fits(block: &[u8; BLOCK]) -> bool {
    number(&block[CHECKSUM]) == Some(checksum(block))
}

/// The type flag.
pub(super) fn kind(block: &[u8; BLOCK]) -> u8 {
    block[KIND]
}

/// The path: the name, behind the prefix in a POSIX header (GNU's has other things there).
pub(super) fn name(block: &[u8; BLOCK]) -> Vec<u8> {
    let text =
        |range: std::ops::Range<usize>| block[range].split(|byte| *byte == 0).next().unwrap_or_default();
    let (name, prefix) = (text(NAME), text(PREFIX));
    if &block[MAGIC][..6] == b"ustar\0" && !prefix.is_empty() {
        [prefix, b"/", name].concat()
    } else {
        name.to_vec()
    }
}

/// The size of the content.
pub(super) fn size(block: &[u8; BLOCK]) -> Result<u64, Fault> {
    number(&block[SIZE]).ok_or(Fault::Number("size"))
}

/// Whether the owner may execute the file; an unreadable mode counts as no.
pub(super) fn executable(block: &[u8; BLOCK]) -> bool {
    number(&block[MODE]).is_some_and(|mode| mode & 0o100 != 0)
}

/// An octal number between spaces and NULs. (GNU's binary numbers begin at 8 GiB: nothing that is read here.)
fn number(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if text.is_empty() {
        return Some(0);
    }
    // `from_str_radix` would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| u64::from_str_radix(text, 8).ok())?
}
