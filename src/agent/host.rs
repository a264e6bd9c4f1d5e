//! The host of a published tree: counted requests, nothing believed.

use std::io::Read;

use crate::transport::{Client, Request, Response, Status, TransportError, join};
use crate::trust::FetchError;

/// A published tree at an address or in a folder.
pub(super) struct Host {
    base: String,
    client: Client,
    /// Requests so far.
    pub(super) requests: u64,
    /// Bytes of answers so far.
    pub(super) bytes: u64,
}

/// What a host says to a conditional request.
pub(super) enum Answer {
    /// It is what the caller has.
    Unchanged,
    /// It is not there.
    Missing,
    /// Its bytes, and what the host calls them.
    Fresh { bytes: Vec<u8>, etag: Option<String> },
}

/// Bytes on their way.
pub(super) struct Stream {
    /// Offset that they start at: 0 where the host knows no ranges.
    pub(super) from: u64,
    pub(super) body: Response,
}

impl Host {
    pub(super) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), client: Client::default(), requests: 0, bytes: 0 }
    }

    /// Its address, as it was given.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// A small file of at most `max` bytes. `None`: it is not there.
    pub(super) fn get(&mut self, path: &str, max: u64) -> Result<Option<Vec<u8>>, FetchError> {
        match self.get_if_changed(path, None, max)? {
            Answer::Fresh { bytes, .. } => Ok(Some(bytes)),
            Answer::Missing | Answer::Unchanged => Ok(None),
        }
    }

    /// A small file, unless it is still the one that the host called `etag`.
    pub(super) fn get_if_changed(
        &mut self,
        path: &str,
        etag: Option<&str>,
        max: u64,
    ) -> Result<Answer, FetchError> {
        let Some(answer) = self.ask(path, &Request { etag, ..Request::whole(max) })? else {
            return Ok(Answer::Missing);
        };
        if answer.status == Status::NotModified {
            return Ok(Answer::Unchanged);
        }
        let etag = answer.etag.clone();
        let bytes = answer.bytes()?;
        self.bytes += bytes.len() as u64;
        Ok(Answer::Fresh { bytes, etag })
    }

    /// A file of `size` bytes from an offset on. `None`: it is not there. The caller counts the bytes that it reads.
    pub(super) fn open(&mut self, path: &str, from: u64, size: u64) -> Result<Option<Stream>, FetchError> {
        let range_from = (from > 0).then_some(from);
        let Some(body) = self.ask(path, &Request { range_from, ..Request::whole(size) })? else {
            return Ok(None);
        };
        Ok(Some(Stream { from: if body.status == Status::Partial { from } else { 0 }, body }))
    }

    fn ask(&mut self, path: &str, request: &Request) -> Result<Option<Response>, FetchError> {
        self.requests += 1;
        match self.client.get(&join(&self.base, path)?, request) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.body.read(buffer)
    }
}

/// Hosts say in different ways that a file is not there: S3 answers 403 where listing is forbidden.
fn is_missing(error: &TransportError) -> bool {
    error.is_not_found() || matches!(error, TransportError::Status { code: 403 | 410, .. })
}
