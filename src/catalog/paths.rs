//! Where pages lie: paths in the tree, links between them, anchors in them.
//!
//! Names come from files that may be wrong or hostile, so no name goes into a path as it is.

use std::fmt::Write as _;

use crate::workspace::model::ProfileId;

/// A name as one part of a path or as an anchor: letters, digits and `._+-` stay, everything else (a leading dot too)
/// becomes `~` and hexadecimal digits. Never empty, `.` or `..`.
pub(super) fn segment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (i, byte) in name.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"_+-".contains(&byte) || (byte == b'.' && i > 0);
        if plain {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "~{byte:02x}");
        }
    }
    if out.is_empty() { "~".to_owned() } else { out }
}

/// Folder of a profile: `profiles/retail/virtual-machines`.
pub(super) fn profile_dir(id: &ProfileId) -> String {
    let parts: Vec<String> = id.0.split('/').map(segment).collect();
    format!("profiles/{}", parts.join("/"))
}

/// Page of a profile version.
pub(super) fn version_page(id: &ProfileId, version: &str) -> String {
    format!("{}/{}/index.html", profile_dir(id), segment(version))
}

/// Folder of a pack or chart: `packs/vm-orchestrator`.
pub(super) fn source_dir(kind: &str, name: &str) -> String {
    format!("{kind}s/{}", segment(name))
}

/// What leads from a page back to the top of the tree: `../../` for `packs/x/index.html`.
pub(super) fn root_of(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// A path of the tree (with an optional `#anchor`) as it stands in `href`: percent-encoded where a URL needs it.
pub(super) fn href(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/#".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Joins `relative` to the folder `base`, both with `/`; `None` where it leaves the tree.
pub(super) fn join(base: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_folder() {
        assert_eq!(segment("a-b_1.2+c"), "a-b_1.2+c");
        assert_eq!(segment(".."), "~2e.");
        assert_eq!(segment("a/b"), "a~2fb");
        assert_eq!(segment(""), "~");
        assert_eq!(profile_dir(&ProfileId("../../etc".into())), "profiles/~2e./~2e./etc");
    }

    #[test]
    fn links_are_relative_and_encoded() {
        assert_eq!(root_of("index.html"), "");
        assert_eq!(root_of("profiles/a/1.0.0/index.html"), "../../../");
        assert_eq!(href("profiles/a/1.0.0+k3s/index.html#x"), "profiles/a/1.0.0%2Bk3s/index.html#x");
        assert_eq!(join("profiles/a", "../b/./c.png").as_deref(), Some("profiles/b/c.png"));
        assert_eq!(join("a", "../../b"), None);
    }
}
