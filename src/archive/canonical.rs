//! The canonical tar: one sequence of bytes for one set of files, and its digest as their identity.
//!
//! ustar headers, sorted by the bytes of the paths, regular files only, mtime 0, uid and gid 0 without names, modes 0644
//! and 0755, relative paths in NFC, two zero blocks at the end. A path that ustar cannot hold is refused.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::{Compression, GzBuilder};

use super::error::{ArchiveError, Fault};
use super::files::{File, Files};
use super::read::{Limits, read_tar};
use super::{Digest, header, path};

/// The canonical tar of files.
///
/// Refuses paths that do not fit a ustar header, that would be one name on a file system without case, or that no
/// archive may hold.
pub fn canonical_tar(files: &Files) -> Result<Vec<u8>, ArchiveError> {
    let mut sorted: BTreeMap<String, &File> = BTreeMap::new();
    for (name, file) in files.iter() {
        let composed = path::nfc(name);
        if path::clean(composed.as_bytes(), usize::MAX)?.as_deref() != Some(composed.as_str()) {
            return Err(ArchiveError::entry(name, Fault::Empty));
        }
        if sorted.insert(composed.clone(), file).is_some() {
            return Err(ArchiveError::entry(name, Fault::Collision(composed)));
        }
    }
    path::check_collisions(sorted.keys().map(String::as_str))?;

    let content: usize = sorted.values().map(|file| header::BLOCK + padded(file.bytes.len())).sum();
    let mut tar = Vec::with_capacity(content + 2 * header::BLOCK);
    for (name, file) in &sorted {
        let block = header::write(name, file.bytes.len() as u64, file.executable)
            .ok_or_else(|| ArchiveError::entry(name.as_str(), Fault::NotUstar))?;
        tar.extend_from_slice(&block);
        tar.extend_from_slice(&file.bytes);
        tar.resize(tar.len().next_multiple_of(header::BLOCK), 0);
    }
    tar.resize(tar.len() + 2 * header::BLOCK, 0);
    Ok(tar)
}

fn padded(length: usize) -> usize {
    length.next_multiple_of(header::BLOCK)
}

/// The files of a canonical tar. Bytes that [`canonical_tar`] would not have written are refused.
pub fn read_canonical_tar(bytes: &[u8], limits: &Limits) -> Result<Files, ArchiveError> {
    // No files at all is canonical too; for a foreign archive it is a sign of damage.
    let files = if bytes == [0; 2 * header::BLOCK] { Files::new() } else { read_tar(bytes, limits)? };
    let again = canonical_tar(&files)?;
    if again == bytes {
        return Ok(files);
    }
    let offset = again.iter().zip(bytes).position(|(a, b)| a != b);
    Err(ArchiveError::NotCanonical { offset: offset.unwrap_or(again.len().min(bytes.len())) })
}

/// The identity of files: the sha256 of their canonical tar.
pub fn content_digest(files: &Files) -> Result<Digest, ArchiveError> {
    Ok(Digest::of(&canonical_tar(files)?))
}

/// A gzipped tar of `files` below `top_folder` (empty: at the top), the same bytes for the same files.
pub fn write_tgz(files: &Files, top_folder: &str) -> Result<Vec<u8>, ArchiveError> {
    let tar = if top_folder.is_empty() {
        canonical_tar(files)?
    } else {
        let mut below = Files::new();
        below.insert_under(top_folder, files);
        canonical_tar(&below)?
    };
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::new(6));
    encoder.write_all(&tar).and_then(|()| encoder.finish()).map_err(|source| ArchiveError::Compression {
        format: "gzip",
        read: 0,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Files {
        let mut files = Files::new();
        files.insert("b.yaml", b"b: 1\n".as_slice());
        files.insert("a/e\u{301}.txt", [7; 512].as_slice());
        files.insert("a.yaml", b"".as_slice());
        files.insert_file("run.sh", File { bytes: b"#!/bin/sh\n".as_slice().into(), executable: true });
        files.insert(format!("{}/{}", "p".repeat(150), "n".repeat(100)), b"long".as_slice());
        files
    }

    #[test]
    fn the_identity_of_content_never_changes() {
        // Computed once and by GNU tar 1.34 (`--format=ustar --numeric-owner`) too: whoever changes this breaks every lock.
        assert_eq!(
            content_digest(&sample()).unwrap().to_string(),
            "9f7f33d90da283f0cf1af5ba2d984e402dde9925602b1a836dcf8179afb408cd"
        );
        assert_eq!(canonical_tar(&Files::new()).unwrap(), [0; 1024]);
    }

    #[test]
    fn what_is_written_reads_back_equal_and_composed() {
        let tar = canonical_tar(&sample()).unwrap();
        let read = read_canonical_tar(&tar, &Limits::default()).unwrap();
        assert_eq!(canonical_tar(&read).unwrap(), tar);
        assert!(read.contains("a/\u{e9}.txt"));
        assert!(read.file("run.sh").unwrap().executable);
        assert_eq!(read.len(), 5);
        assert!(read_canonical_tar(&[0; 1024], &Limits::default()).unwrap().is_empty());
    }

    #[test]
    fn anything_outside_the_profile_is_refused() {
        let tar = canonical_tar(&sample()).unwrap();
        for offset in 0..tar.len().min(1600) {
            let mut changed = tar.clone();
            changed[offset] ^= 0x20;
            let content = (512..517).contains(&offset) || (1024..1536).contains(&offset);
            if let Ok(files) = read_canonical_tar(&changed, &Limits::default()) {
                assert!(canonical_tar(&files).unwrap() == changed && changed != tar, "{offset} {content}");
            }
        }
        let mut longer = tar.clone();
        longer.push(0);
        assert!(matches!(
            read_canonical_tar(&longer, &Limits::default()),
            Err(ArchiveError::NotCanonical { .. })
        ));
        assert!(read_canonical_tar(&tar[..tar.len() - 512], &Limits::default()).is_err());
    }

    #[test]
    fn a_tgz_is_the_same_for_the_same_files() {
        let first = write_tgz(&sample().under("a"), "pack").unwrap();
        assert_eq!(first, write_tgz(&sample().under("a"), "pack").unwrap());
        let read = super::super::read_tgz(&first, &Limits::default()).unwrap();
        assert!(read.contains("pack/\u{e9}.txt"));
    }

    #[test]
    fn zstd_reads_back_and_is_the_same_twice() {
        let tar = canonical_tar(&sample()).unwrap();
        let blob = super::super::zstd_compress(&tar);
        assert_eq!(blob, super::super::zstd_compress(&tar));
        assert_eq!(super::super::zstd_decompress(&blob, tar.len() as u64).unwrap(), tar);
        assert!(super::super::zstd_decompress(&blob, tar.len() as u64 - 1).is_err());
    }
}
