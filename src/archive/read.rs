//! Reading tar archives of other people: every entry is judged, nothing touches a disk.

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;

use super::error::{ArchiveError, Fault};
use super::files::{File, Files};
use super::{header, path};

/// What one archive or folder may hold. Reading stops at the first byte too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of any kind: files, folders, extension headers.
    pub entries: usize,
    /// Bytes of all files together, unpacked.
    pub total_bytes: u64,
    /// Bytes of one file, unpacked.
    pub file_bytes: u64,
    /// Bytes of one path.
    pub path_bytes: usize,
}

impl Default for Limits {
    /// Room for every chart and pack seen in the wild (the largest: 12 MB and 900 files), far below what hurts.
    fn default() -> Self {
        Self { entries: 20_000, total_bytes: 512 << 20, file_bytes: 128 << 20, path_bytes: 1024 }
    }
}

/// The regular files of a gzipped tar (a Helm chart, a pack).
///
/// Folders are skipped; PAX and GNU long names are understood; links, devices, sparse files, and names that are absolute,
/// leave their folder or could mean another file elsewhere are errors. An entry that stands twice with the same bytes is
/// one file; with different bytes it is an error, because tools disagree on which one counts.
pub fn read_tgz(bytes: &[u8], limits: &Limits) -> Result<Files, ArchiveError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(ArchiveError::Format { expected: "gzip", found: beginning(bytes) });
    }
    read_entries(&mut Stream { inner: MultiGzDecoder::new(bytes), read: 0 }, limits)
}

/// The regular files of a plain tar; the rules of [`read_tgz`].
pub fn read_tar(bytes: &[u8], limits: &Limits) -> Result<Files, ArchiveError> {
    read_entries(&mut Stream { inner: bytes, read: 0 }, limits)
}

/// How bytes start, for a message: text as text (the usual case is a web page), else hex digits.
fn beginning(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(24)];
    if start.is_empty() {
        return "nothing, it is empty".to_owned();
    }
    match std::str::from_utf8(start) {
        Ok(text) => format!("`{}`", text.escape_debug()),
        Err(_) => hex::encode(&start[..start.len().min(8)]),
    }
}

/// A reader that knows how far it is, for messages.
struct Stream<R> {
    inner: R,
    read: u64,
}

impl<R: Read> Stream<R> {
    fn read_some(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        loop {
            match self.inner.read(buffer) {
                Ok(count) => {
                    self.read += count as u64;
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(ArchiveError::Compression { format: "gzip", read: self.read, source });
                }
            }
        }
    }

    /// Fills `buffer`; returns how much of it there was.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, ArchiveError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read_some(&mut buffer[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        Ok(filled)
    }

    /// The bytes of one entry and the padding behind them. Memory grows with what comes, not with what is promised.
    fn content(&mut self, size: u64, name: &str) -> Result<Vec<u8>, ArchiveError> {
        let padded = size.next_multiple_of(header::BLOCK as u64);
        let mut content = Vec::new();
        let mut chunk = [0; 16 * 1024];
        let mut left = padded;
        while left > 0 {
            let wanted = chunk.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let count = self.read_some(&mut chunk[..wanted])?;
            if count == 0 {
                break;
            }
            content.extend_from_slice(&chunk[..count]);
            left -= count as u64;
        }
        // The padding of the last entry is sometimes missing; its bytes never are.
        if (content.len() as u64) < size {
            return Err(ArchiveError::Truncated { within: format!("`{}`", name.escape_debug()) });
        }
        content.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(content)
    }

    /// Reads what stands behind the closing blocks, because only then does gzip compare its checksum.
    fn drain(&mut self, limit: u64) -> Result<(), ArchiveError> {
        let mut chunk = [0; 16 * 1024];
        let end = self.read.saturating_add(limit);
        while self.read_some(&mut chunk)? > 0 {
            if self.read > end {
                return Err(ArchiveError::TooLarge { limit, unit: "bytes" });
            }
        }
        Ok(())
    }
}

/// What extension headers say about the entry that follows them.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    size: Option<u64>,
}

fn read_entries<R: Read>(stream: &mut Stream<R>, limits: &Limits) -> Result<Files, ArchiveError> {
    let mut files = Files::new();
    let mut entries = 0;
    let mut total = 0;
    let mut extension = Extension::default();
    loop {
        let mut block = [0; header::BLOCK];
        let filled = stream.fill(&mut block)?;
        // Some writers leave the closing blocks out.
        if filled == 0 || block == [0; header::BLOCK] {
            break;
        }
        if filled < header::BLOCK {
            return Err(ArchiveError::Truncated { within: format!("the header of entry {}", entries + 1) });
        }
        entries += 1;
        if entries > limits.entries {
            return Err(ArchiveError::TooLarge { limit: limits.entries as u64, unit: "entries" });
        }
        if !header::checksum_fits(&block) {
            if entries == 1 {
                return Err(ArchiveError::Format { expected: "tar", found: beginning(&block) });
            }
            return Err(ArchiveError::entry(path::shown(&header::name(&block)), Fault::Checksum));
        }
        let kind = header::kind(&block);
        let own_name = header::name(&block);
        let size =
            header::size(&block).map_err(|fault| ArchiveError::entry(path::shown(&own_name), fault))?;

        if matches!(kind, b'x' | b'g' | b'L' | b'K') {
            let shown = path::shown(&own_name);
            // Long names and times: nobody needs more than this.
            if size > 64 * 1024 {
                return Err(ArchiveError::entry(shown, Fault::Extension("larger than 64 KiB")));
            }
            let content = stream.content(size, &shown)?;
            let refuse = |why| ArchiveError::entry(shown.clone(), Fault::Extension(why));
            match kind {
                b'x' => pax(&content, &mut extension).map_err(refuse)?,
                b'g' => {
                    let mut global = Extension::default();
                    pax(&content, &mut global).map_err(refuse)?;
                    if global.name.is_some() || global.size.is_some() {
                        return Err(refuse("it gives one name or size to all entries"));
                    }
                }
                b'L' => extension.name = Some(until_nul(&content).to_vec()),
                // The target of a link, and links are refused anyway.
                _ => {}
            }
            continue;
        }

        let Extension { name, size: said } = std::mem::take(&mut extension);
        let name = name.unwrap_or(own_name);
        let refuse = |fault| Err(ArchiveError::entry(path::shown(&name), fault));
        if said.is_some_and(|said| said != size) {
            return refuse(Fault::Extension("it says another size than the header"));
        }
        let folder = match kind {
            b'0' | b'\0' => name.ends_with(b"/"),
            b'5' => true,
            b'1' | b'2' => return refuse(Fault::Link),
            b'3' | b'4' | b'6' => return refuse(Fault::Device),
            other => return refuse(Fault::Kind(other)),
        };
        let cleaned = path::clean(&name, limits.path_bytes)?;
        if folder {
            if size != 0 {
                return refuse(Fault::Extension("a folder with content"));
            }
            continue;
        }
        let Some(cleaned) = cleaned else { return refuse(Fault::Empty) };
        if size > limits.file_bytes {
            return refuse(Fault::FileTooLarge(limits.file_bytes));
        }
        total += size;
        if total > limits.total_bytes {
            return Err(ArchiveError::TooLarge { limit: limits.total_bytes, unit: "bytes" });
        }
        let executable = header::executable(&block);
        let file = File { bytes: stream.content(size, &cleaned)?.into(), executable };
        if files.file(&cleaned).is_some_and(|earlier| earlier.bytes != file.bytes) {
            return refuse(Fault::Duplicate);
        }
        files.insert_file(cleaned, file);
    }
    stream.drain(limits.total_bytes)?;
    if entries == 0 {
        return Err(ArchiveError::Truncated { within: "nothing: it holds no entries".to_owned() });
    }
    Ok(files)
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Reads the records of a PAX header (`<length> <key>=<value>\n`, POSIX pax, "pax Header Block").
fn pax(mut records: &[u8], extension: &mut Extension) -> Result<(), &'static str> {
    while !records.is_empty() {
        let space = records.iter().position(|byte| *byte == b' ').ok_or("a record without length")?;
        let length: usize = std::str::from_utf8(&records[..space])
            .ok()
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .ok_or("a record without length")?;
        let record = records.get(space + 1..length).ok_or("a record with a wrong length")?;
        records = &records[length..];
        let record = record.strip_suffix(b"\n").ok_or("a record with a wrong length")?;
        let equals = record.iter().position(|byte| *byte == b'=').ok_or("a record without `=`")?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        match key {
            b"path" => extension.name = Some(value.to_vec()),
            b"size" => {
                let text = std::str::from_utf8(value).map_err(|_| "a size that is no number")?;
                extension.size = Some(text.parse().map_err(|_| "a size that is no number")?);
            }
            _ if key.starts_with(b"GNU.sparse.") => return Err("sparse files are not supported"),
            _ => {}
        }
    }
    Ok(())
}
