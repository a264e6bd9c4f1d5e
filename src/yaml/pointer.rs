//! JSON pointers (RFC 6901): their parts, and one part more.

use std::borrow::Cow;

/// Splits a JSON pointer (RFC 6901) into unescaped parts.
pub(super) fn pointer_parts(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let unescaped = |part: &str| part.replace("~1", "/").replace("~0", "~");
    pointer
        .split('/')
        .skip(1)
        .map(move |part| if part.contains('~') { unescaped(part).into() } else { Cow::Borrowed(part) })
}

/// Appends a part to a JSON pointer, escaped.
pub fn push_pointer(pointer: &str, part: &str) -> String {
    let mut longer = String::with_capacity(pointer.len() + 1 + part.len());
    longer.push_str(pointer);
    longer.push('/');
    if part.contains(['~', '/']) {
        longer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    } else {
        longer.push_str(part);
    }
    longer
}
