//! Small steps over the bytes between two nodes, where only white space, comments, indicators and properties stand.

/// Skips white space, line breaks and comments.
pub(super) fn skip_trivia(text: &str, from: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => at = line_end(text, at),
            _ => break,
        }
    }
    at
}

/// Skips white space, comments and properties: `&anchor`, `!tag`.
pub(super) fn skip_properties(text: &str, from: usize) -> usize {
    let mut at = skip_trivia(text, from);
    while matches!(text.as_bytes().get(at), Some(b'&' | b'!')) {
        at = skip_trivia(text, word_end(text, at));
    }
    at
}

/// The first of the `wanted` bytes, over white space, comments, properties and indicators that open a node.
pub(super) fn find_indicator(text: &str, from: usize, wanted: &[u8]) -> Option<usize> {
    let mut at = from;
    loop {
        at = skip_properties(text, at);
        match text.as_bytes().get(at) {
            Some(byte) if wanted.contains(byte) => return Some(at),
            Some(b':' | b'?' | b'-' | b',') => at += 1,
            _ => return None,
        }
    }
}

/// The end of a run without white space.
pub(super) fn word_end(text: &str, from: usize) -> usize {
    text[from..].find([' ', '\t', '\r', '\n']).map_or(text.len(), |length| from + length)
}

/// The end of the line, before its line break.
pub(super) fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |length| {
        let end = from + length;
        if length > 0 && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
    })
}

/// The start of the line.
pub(super) fn line_start(text: &str, from: usize) -> usize {
    text[..from].rfind('\n').map_or(0, |newline| newline + 1)
}
