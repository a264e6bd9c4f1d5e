//! Which names may stand in an archive.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use super::error::{ArchiveError, Fault};

/// A name from an archive as a relative path with `/`: `./` and doubled slashes are taken out, everything that could
/// leave the folder or mean something else on another system is refused. `None` is the folder itself (`./`).
pub(super) fn clean(name: &[u8], limit: usize) -> Result<Option<String>, ArchiveError> {
    let refuse = |fault| Err(ArchiveError::entry(shown(name), fault));
    if name.is_empty() {
        return refuse(Fault::Empty);
    }
    if name.len() > limit {
        return refuse(Fault::NameTooLong(limit));
    }
    let Ok(text) = std::str::from_utf8(name) else {
        return refuse(Fault::NotUtf8);
    };
    if text.chars().any(char::is_control) {
        return refuse(Fault::Control);
    }
    if text.contains('\\') {
        return refuse(Fault::Backslash);
    }
    if text.starts_with('/') || is_drive(text) {
        return refuse(Fault::Absolute);
    }
    let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return refuse(Fault::Parent);
    }
    // `./C:/x`: the drive letter only shows once `./` is gone.
    if parts.first().is_some_and(|part| is_drive(part)) {
        return refuse(Fault::Absolute);
    }
    Ok((!parts.is_empty()).then(|| parts.join("/")))
}

fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// A name as text, whatever its bytes, cut to a length that fits a message.
pub(super) fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(&name[..name.len().min(300)]).into_owned();
    if name.len() > 300 { format!("{text}…") } else { text }
}

/// Refuses names that are one name on a file system that ignores case or normalises Unicode, and names that are a file
/// for one entry and a folder for another.
pub(super) fn check_collisions<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), ArchiveError> {
    let mut files: BTreeMap<String, &str> = BTreeMap::new();
    for name in names {
        if let Some(other) = files.insert(fold(name), name) {
            return Err(ArchiveError::entry(name, Fault::Collision(other.to_owned())));
        }
    }
    for (folded, name) in &files {
        for (slash, _) in folded.match_indices('/') {
            if let Some(file) = files.get(&folded[..slash]) {
                return Err(ArchiveError::entry(*file, Fault::FileAndFolder((*name).to_owned())));
            }
        }
    }
    Ok(())
}

/// One form for all names that a file system without case may take for the same.
fn fold(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Unicode's canonical composition of a name: what a canonical tar holds.
pub(super) fn nfc(name: &str) -> String {
    name.nfc().collect()
}
