//! Go's quoted strings: `strconv.Quote` and `strconv.Unquote` (Go 1.26, `strconv/quote.go`).

use std::fmt::Write as _;

/// A byte or a character of a string that need not be UTF-8.
pub(super) enum Piece {
    Char(char),
    /// A byte that belongs to no character.
    Byte(u8),
}

/// The characters of bytes as Go walks over them: each byte that belongs to no character stands alone.
pub(super) fn pieces(bytes: &[u8]) -> impl Iterator<Item = Piece> + '_ {
    bytes.utf8_chunks().flat_map(|chunk| {
        let text = chunk.valid().chars().map(Piece::Char);
        text.chain(chunk.invalid().iter().map(|byte| Piece::Byte(*byte)))
    })
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols, and the blank of ASCII.
pub(super) fn is_print(letter: char) -> bool {
    if letter.is_ascii() {
        return letter == ' ' || letter.is_ascii_graphic();
    }
    // The standard library asks the same question before it shows a text to developers, but for marks at its very start.
    let shown = ['a', letter].iter().collect::<String>();
    shown.escape_debug().skip(1).eq(std::iter::once(letter))
}

/// In double quotes, with Go's escapes.
pub(super) fn quoted(bytes: &[u8]) -> String {
    quoted_with(bytes, '"', false)
}

/// In the given quotes; `ascii`: everything else is escaped (`%+q`).
pub(super) fn quoted_with(bytes: &[u8], quote: char, ascii: bool) -> String {
    let mut out = String::with_capacity(bytes.len() + 2);
    out.push(quote);
    for piece in pieces(bytes) {
        match piece {
            Piece::Byte(byte) => drop(write!(out, "\\x{byte:02x}")),
            Piece::Char(letter) => push_escaped(&mut out, letter, quote, ascii),
        }
    }
    out.push(quote);
    out
}

fn push_escaped(out: &mut String, letter: char, quote: char, ascii: bool) {
    match letter {
        letter if letter == quote || letter == '\\' => out.extend(['\\', letter]),
        letter if (!ascii || letter.is_ascii()) && is_print(letter) => out.push(letter),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{b}' => out.push_str("\\v"),
        letter if letter < ' ' || letter == '\u{7f}' => drop(write!(out, "\\x{:02x}", u32::from(letter))),
        letter if u32::from(letter) < 0x1_0000 => drop(write!(out, "\\u{:04x}", u32::from(letter))),
        letter => drop(write!(out, "\\U{:08x}", u32::from(letter))),
    }
}

/// What a quoted text stands for: `"…"`, `` `…` `` or `'c'`; `None` where it is not written rightly.
pub(super) fn unquoted(text: &str) -> Option<Vec<u8>> {
    let quote = text.chars().next()?;
    let inner = text.get(1..)?.strip_suffix(quote)?;
    match quote {
        '`' => Some(inner.bytes().filter(|byte| *byte != b'\r').collect()),
        '"' | '\'' => {
            let mut out = Vec::new();
            let mut rest = inner;
            while !rest.is_empty() {
                let (piece, after) = unescaped(rest, quote)?;
                match piece {
                    Piece::Byte(byte) => out.push(byte),
                    Piece::Char(letter) => out.extend(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                }
                rest = after;
                if quote == '\'' && !rest.is_empty() {
                    return None;
                }
            }
            (quote != '\'' || !out.is_empty()).then_some(out)
        }
        _ => None,
    }
}

/// The first character or escape of `text` inside quotes, and what follows it (`strconv.UnquoteChar`).
pub(super) fn unescaped(text: &str, quote: char) -> Option<(Piece, &str)> {
    let mut letters = text.chars();
    let first = letters.next()?;
    if first == quote || first == '\n' {
        return None;
    }
    if first != '\\' {
        return Some((Piece::Char(first), letters.as_str()));
    }
    let kind = letters.next()?;
    let rest = letters.as_str();
    let plain = |letter: char| Some((Piece::Char(letter), rest));
    let hex = |digits: usize| {
        let text = rest.get(..digits).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        Some((u32::from_str_radix(text, 16).ok()?, &rest[digits..]))
    };
    match kind {
        'a' => plain('\u{7}'),
        'b' => plain('\u{8}'),
        'f' => plain('\u{c}'),
        'n' => plain('\n'),
        'r' => plain('\r'),
        't' => plain('\t'),
        'v' => plain('\u{b}'),
        '\\' => plain('\\'),
        '\'' | '"' if kind == quote => plain(kind),
        'x' => hex(2).and_then(|(code, rest)| Some((Piece::Byte(u8::try_from(code).ok()?), rest))),
        'u' => hex(4).and_then(|(code, rest)| Some((Piece::Char(char::from_u32(code)?), rest))),
        'U' => hex(8).and_then(|(code, rest)| Some((Piece::Char(char::from_u32(code)?), rest))),
        '0'..='7' => {
            let text = text.get(1..4).filter(|text| text.bytes().all(|b| (b'0'..=b'7').contains(&b)))?;
            let code = u32::from_str_radix(text, 8).ok()?;
            Some((Piece::Byte(u8::try_from(code).ok()?), &rest[2..]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(quoted("a\"b\\\n\t\u{200b}é\u{1}😀".as_bytes()), r#""a\"b\\\n\t\u200bé\x01😀""#);
        assert_eq!(quoted(b"a\xffb"), r#""a\xffb""#);
        assert_eq!(quoted_with("é😀".as_bytes(), '"', true), r#""\u00e9\U0001f600""#);
        assert!(is_print('e') && is_print('\u{301}') && !is_print('\u{a0}') && !is_print('\u{ad}'));
    }

    #[test]
    fn unquotes_as_go_does() {
        let text = |quoted: &str| unquoted(quoted).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert_eq!(text(r#""a\n\x41\101\u00e9""#).as_deref(), Some("a\nAAé"));
        assert_eq!(text("`a\\n\r`").as_deref(), Some("a\\n"));
        assert_eq!(text("'x'").as_deref(), Some("x"));
        for bad in [r#""\'""#, r#""\q""#, r#""\x4""#, r#""\400""#, "'ab'", "''", "\"", "\"\\ud800\""] {
            assert_eq!(unquoted(bad), None, "{bad}");
        }
    }
}
