//! Files of this machine, answered as a host would.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use ureq::http::HeaderMap;

use super::body::{Body, Source};
use super::{Request, Response, Status, TransportError};

/// Opens a file. Its `ETag` is made of its size and time of change, as web servers do.
pub(super) fn open(path: &Path, request: &Request<'_>) -> Result<Response, TransportError> {
    let address = path.display().to_string();
    let error = |source| TransportError::File { address: path.display().to_string(), source };
    let mut file = File::open(path).map_err(error)?;
    let metadata = file.metadata().map_err(error)?;
    if !metadata.is_file() {
        return Err(error(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is no file")));
    }
    let changed =
        metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    let size = metadata.len();
    let etag = format!("\"{size:x}-{:x}\"", changed.as_nanos());
    let same = request.etag == Some(etag.as_str());

    let (status, start) = match request.range_from {
        None if same => (Status::NotModified, size),
        // As a host answers a range that begins behind the end.
        Some(from) if from > size => return Err(TransportError::Status { address, code: 416 }),
        Some(from) if same || request.etag.is_none() => (Status::Partial, from),
        _ => (Status::Fresh, 0),
    };
    let length = size - start;
    if length > request.max_bytes {
        return Err(TransportError::TooLarge { address, limit: request.max_bytes });
    }
    file.seek(SeekFrom::Start(start)).map_err(error)?;
    let source = if request.head { Source::Nothing } else { Source::File(file) };
    let body = Body::new(source, address.clone(), request.max_bytes, None);
    Ok(Response {
        status,
        etag: Some(etag),
        last_modified: None,
        length: Some(length),
        address,
        headers: HeaderMap::new(),
        url: None,
        body,
    })
}
