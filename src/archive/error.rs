//! What can be wrong with an archive or a folder.

use std::path::PathBuf;

/// Why bytes or a folder could not be read or written as an archive.
///
/// Names come from untrusted archives: they are escaped in the message.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The compressed stream is broken or ends early.
    #[error("broken {format} data after {read} unpacked bytes: {source}")]
    Compression {
        /// `gzip` or `zstd`.
        format: &'static str,
        /// Bytes that came out before.
        read: u64,
        /// What the decoder says.
        source: std::io::Error,
    },
    /// The bytes do not start like the format.
    #[error("not a {expected} file: it starts with {found}")]
    Format {
        /// The format that was expected.
        expected: &'static str,
        /// The first bytes, shown as text or hex digits.
        found: String,
    },
    /// The archive ends in the middle of something.
    #[error("the archive ends in the middle of {within}; it was cut off")]
    Truncated {
        /// The file or header it ends in.
        within: String,
    },
    /// An entry that is refused.
    #[error("entry `{}`: {fault}", .name.escape_debug())]
    Entry {
        /// Its name, as far as it can be shown.
        name: String,
        /// What is wrong with it.
        fault: Fault,
    },
    /// More than the caller allows.
    #[error("larger than allowed: more than {limit} {unit}")]
    TooLarge {
        /// The limit.
        limit: u64,
        /// What it counts: `entries` or `bytes`.
        unit: &'static str,
    },
    /// Bytes that are a tar but not the canonical form of their content.
    #[error("not in canonical form: the bytes differ from offset {offset} on")]
    NotCanonical {
        /// First offset that differs.
        offset: usize,
    },
    /// A folder could not be read.
    #[error("{}: {source}", .path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl ArchiveError {
    pub(super) fn entry(name: impl Into<String>, fault: Fault) -> Self {
        Self::Entry { name: name.into(), fault }
    }
}

/// What is wrong with one entry of an archive or a folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A symbolic or hard link.
    #[error("links are not allowed")]
    Link,
    /// A device, FIFO or socket.
    #[error("devices, pipes and sockets are not allowed")]
    Device,
    /// A sparse, multi-volume or otherwise special entry.
    #[error("entries of type {} are not supported", kind(*.0))]
    Kind(u8),
    /// No name at all.
    #[error("the name is empty")]
    Empty,
    /// A name that starts at the root or a drive.
    #[error("the name is not relative")]
    Absolute,
    /// A `..` part.
    #[error("the name leaves its folder")]
    Parent,
    /// A backslash, which is a separator on some systems.
    #[error("the name contains a backslash")]
    Backslash,
    /// NUL, a line break, an escape character.
    #[error("the name contains a control character")]
    Control,
    /// A name that is not UTF-8.
    #[error("the name is not UTF-8")]
    NotUtf8,
    /// A longer name than allowed.
    #[error("the name is longer than {0} bytes")]
    NameTooLong(usize),
    /// A name that a ustar header has no room for.
    #[error("the name does not fit a ustar header: at most 100 bytes behind a `/` and 155 before it")]
    NotUstar,
    /// A larger file than allowed.
    #[error("the file is larger than {0} bytes")]
    FileTooLarge(u64),
    /// Two entries of one name with different content.
    #[error("the archive holds it twice, with different content")]
    Duplicate,
    /// Two names that are one on a file system that ignores case or normalises Unicode.
    #[error("it is the same name as `{}` where case is ignored", .0.escape_debug())]
    Collision(String),
    /// A file at a name that another entry uses as a folder.
    #[error("it is a file and, for `{}`, a folder", .0.escape_debug())]
    FileAndFolder(String),
    /// A header whose checksum is wrong.
    #[error("the header's checksum is wrong")]
    Checksum,
    /// A numeric field that is none.
    #[error("the header's {0} is not a number")]
    Number(&'static str),
    /// An extension header that cannot be read or says something else than the header.
    #[error("the extension header is not acceptable: {0}")]
    Extension(&'static str),
}

fn kind(flag: u8) -> String {
    if flag.is_ascii_graphic() { format!("`{}`", flag as char) } else { format!("0x{flag:02x}") }
}
