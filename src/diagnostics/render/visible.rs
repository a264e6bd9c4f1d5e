//! Untrusted text on a terminal: nothing in it moves the cursor, changes colours or turns the direction of reading.

use std::borrow::Cow;

/// Replaces characters that act on a terminal or hide from the eye by ones that can be seen; line breaks and tabs too, so
/// that the text stays on one line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| replacement(c).is_none()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| replacement(c).unwrap_or(c)).collect())
}

fn replacement(c: char) -> Option<char> {
    match c {
        '\n' | '\r' | '\t' => Some(' '),
        // Unicode has pictures of the ASCII controls.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)),
        '\x7f' => Some('\u{2421}'),
        // Controls of the second range (U+009B starts an escape sequence), marks and overrides of direction, invisible
        // characters, separators of lines, tags.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some('\u{fffd}'),
        _ => None,
    }
}
