//! Lines and abbreviations (`goutils` v1.1.1: `wordutils.go`, `stringutils.go`), byte by byte as there.

use super::strings::is_space;

/// Breaks a text at blanks so that lines have at most `length` bytes; long words are broken only where `hard`.
pub(super) fn wrap(text: &[u8], length: i64, between: &[u8], hard: bool) -> Vec<u8> {
    let length = usize::try_from(length).unwrap_or(0).max(1);
    let mut out = Vec::with_capacity(text.len());
    let mut offset = 0;
    while text.len() - offset > length {
        if text[offset] == b' ' {
            offset += 1;
            continue;
        }
        let line = &text[offset..=offset + length];
        if let Some(blank) = line.iter().rposition(|byte| *byte == b' ') {
            out.extend(&line[..blank]);
            out.extend(between);
            offset += blank + 1;
        } else if hard {
            out.extend(&line[..length]);
            out.extend(between);
            offset += length;
        } else if let Some(blank) = text[offset + length..].iter().position(|byte| *byte == b' ') {
            out.extend(&text[offset..offset + length + blank]);
            out.extend(between);
            offset += length + blank + 1;
        } else {
            out.extend(&text[offset..]);
            offset = text.len();
        }
    }
    out.extend(&text[offset..]);
    out
}

/// The first byte of each word, as a character.
pub(super) fn initials(text: &[u8]) -> String {
    let mut out = String::new();
    let mut gap = true;
    for letter in text.iter().map(|byte| char::from(*byte)) {
        if is_space(letter) {
            gap = true;
        } else if gap {
            out.push(letter);
            gap = false;
        }
    }
    out
}

/// At most `width` bytes of a text from about `offset` on, with dots where something is missing.
pub(super) fn abbreviate(text: &[u8], offset: i64, width: i64) -> Vec<u8> {
    let Ok(width) = usize::try_from(width) else { return Vec::new() };
    if text.is_empty() || width < 4 {
        return Vec::new();
    }
    if text.len() <= width {
        return text.to_vec();
    }
    let mut offset = usize::try_from(offset).unwrap_or(0).min(text.len());
    if text.len() - offset < width - 3 {
        offset = text.len() - (width - 3);
    }
    if offset <= 4 {
        return [&text[..width - 3], b"..."].concat();
    }
    if width < 7 {
        return Vec::new();
    }
    if offset + width - 3 < text.len() {
        let width = i64::try_from(width - 3).unwrap_or(i64::MAX);
        return [b"...", &abbreviate(&text[offset..], 0, width)[..]].concat();
    }
    [b"...", &text[text.len() - (width - 3)..]].concat()
}
