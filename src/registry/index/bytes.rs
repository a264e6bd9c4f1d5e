//! The bytes of an index: in memory while there are few of them, else in a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

use super::scan::Part;
use crate::archive::Digest;
use crate::registry::cache::temporary;

/// As many bytes are kept in memory.
const SMALL: usize = 1 << 20;

/// Takes bytes as they come: into memory, and when there are many into a file of a folder, as long as that can be written.
pub(in crate::registry) struct Spool<'a> {
    folder: &'a Path,
    memory: Vec<u8>,
    file: Option<NamedTempFile>,
    /// Whether a file was tried for and could not be had.
    full: bool,
}

impl<'a> Spool<'a> {
    /// Files are made in `folder`.
    pub(in crate::registry) fn new(folder: &'a Path) -> Self {
        Self { folder, memory: Vec::new(), file: None, full: false }
    }

    /// Takes some bytes.
    pub(in crate::registry) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > SMALL && !self.full && self.spill().is_err() {
            // A disk that is full or read-only costs memory, not the index.
            self.give_up()?;
        }
        Ok(())
    }

    /// Takes back into memory what went into a file.
    fn give_up(&mut self) -> io::Result<()> {
        self.full = true;
        if let Some(mut file) = self.file.take() {
            let mut all = Vec::new();
            file.rewind()?;
            file.read_to_end(&mut all)?;
            all.append(&mut self.memory);
            self.memory = all;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(temporary(self.folder)?);
        }
        if let Some(file) = &mut self.file {
            let length = file.as_file().metadata()?.len();
            if let Err(error) = file.write_all(&self.memory) {
                // What came through is taken back, so that nothing is there twice.
                file.as_file().set_len(length)?;
                return Err(error);
            }
            self.memory.clear();
        }
        Ok(())
    }

    /// All that came.
    pub(in crate::registry) fn end(mut self) -> io::Result<Bytes> {
        if self.file.is_some() && !self.memory.is_empty() && self.spill().is_err() {
            self.give_up()?;
        }
        Ok(match self.file {
            Some(file) => Bytes(Mutex::new(Store::Temporary(file))),
            None => Bytes::memory(self.memory),
        })
    }
}

/// The bytes of an index.
pub(in crate::registry) struct Bytes(Mutex<Store>);

enum Store {
    Memory(Vec<u8>),
    Temporary(NamedTempFile),
    Kept(File),
}

impl Bytes {
    /// Bytes in memory.
    pub(in crate::registry) fn memory(bytes: Vec<u8>) -> Self {
        Self(Mutex::new(Store::Memory(bytes)))
    }

    /// The bytes of a file of the cache.
    pub(in crate::registry) fn kept(file: File) -> Self {
        Self(Mutex::new(Store::Kept(file)))
    }

    /// Gives the bytes a place of their own; those of a file are moved, not written again.
    pub(super) fn keep(&self, path: &Path) -> io::Result<()> {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = path.parent().unwrap_or(Path::new("."));
        match std::mem::replace(&mut *store, Store::Memory(Vec::new())) {
            Store::Kept(file) => *store = Store::Kept(file),
            Store::Temporary(file) => match file.persist(path) {
                Ok(file) => *store = Store::Kept(file),
                Err(error) => {
                    *store = Store::Temporary(error.file);
                    return Err(error.error);
                }
            },
            Store::Memory(bytes) => {
                let write = || {
                    let mut file = temporary(folder)?;
                    file.write_all(&bytes)?;
                    file.persist(path).map_err(|error| error.error)
                };
                let written = write();
                *store = Store::Memory(bytes);
                written?;
            }
        }
        Ok(())
    }

    fn with<T>(&self, work: impl FnOnce(&mut dyn ReadSeek) -> io::Result<T>) -> io::Result<T> {
        let mut store = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *store {
            Store::Memory(bytes) => work(&mut Cursor::new(bytes.as_slice())),
            Store::Temporary(file) => work(file.as_file_mut()),
            Store::Kept(file) => work(file),
        }
    }

    /// The first bytes.
    pub(super) fn start(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.with(|reader| {
            reader.rewind()?;
            reader.read(buffer)
        })
    }

    /// All of them, in memory.
    pub(super) fn all(&self) -> io::Result<Vec<u8>> {
        self.with(|reader| {
            let mut all = Vec::new();
            reader.rewind()?;
            reader.read_to_end(&mut all)?;
            Ok(all)
        })
    }

    /// Goes through them from the first to the last.
    pub(super) fn pass<T>(&self, work: impl FnOnce(&mut dyn BufRead) -> io::Result<T>) -> io::Result<T> {
        self.with(|reader| {
            reader.rewind()?;
            work(&mut BufReader::with_capacity(64 * 1024, reader))
        })
    }

    /// The text of a part, if it still is what it was.
    pub(super) fn part(&self, part: &Part) -> Result<String, String> {
        let length = usize::try_from(part.range.end - part.range.start).map_err(|error| error.to_string())?;
        let mut bytes = vec![0; length];
        self.with(|reader| {
            reader.seek(SeekFrom::Start(part.range.start))?;
            reader.read_exact(&mut bytes)
        })
        .map_err(|error| error.to_string())?;
        if Digest::of(&bytes) != part.digest {
            return Err("its copy in the cache was damaged; run the command again".to_owned());
        }
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
    }
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}
