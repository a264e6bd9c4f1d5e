//! Blobs: fetched with resume, compared with their digest, unpacked under the size that was signed.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;

use sha2::{Digest as _, Sha256};

use super::cas;
use super::durable;
use super::error::{AgentError, at};
use super::host::Host;
use super::state::State;
use crate::archive::{Digest, Files, Limits, read_canonical_tar, zstd_decompress};
use crate::bundle::{Blob, DescriptorLayer};
use crate::trust::TrustError;

/// Connections in a row that bring nothing before a run gives up; the next run goes on where this one stopped.
const IDLE_ATTEMPTS: u32 = 3;

/// Bytes of a blob that are still to be fetched.
pub(super) fn missing(state: &State, blob: &Blob) -> u64 {
    if cas::has(state, blob.sha256, blob.size) {
        return 0;
    }
    let part = std::fs::metadata(cas::part(state, blob.sha256)).map_or(0, |part| part.len());
    blob.size.saturating_sub(part)
}

/// Fetches a blob into the store, from where an earlier attempt stopped. Wrong bytes are fetched once more from the start
/// and then refused.
pub(super) fn blob(state: &State, host: &mut Host, blob: &Blob) -> Result<(), AgentError> {
    if cas::has(state, blob.sha256, blob.size) {
        return Ok(());
    }
    for _ in 0..2 {
        complete(state, host, blob)?;
        let path = cas::part(state, blob.sha256);
        let found = digest_of(&path)?;
        if found == blob.sha256 {
            return cas::adopt(state, blob.sha256);
        }
        durable::remove(&path)?;
    }
    Err(AgentError::refused(blob.path(), "its bytes are not what was signed, twice in a row"))
}

/// Appends to the part until it has the signed size.
fn complete(state: &State, host: &mut Host, blob: &Blob) -> Result<(), AgentError> {
    let path = cas::part(state, blob.sha256);
    let mut part = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(durable::PRIVATE)
        .open(&path)
        .map_err(at(&path))?;
    let mut held = part.seek(SeekFrom::End(0)).map_err(at(&path))?;
    if held > blob.size {
        held = restart(&mut part).map_err(at(&path))?;
    }
    let mut idle = 0;
    while held < blob.size {
        let before = held;
        let result = append(host, blob, &mut part, &mut held);
        part.sync_data().map_err(at(&path))?;
        match result {
            Ok(()) => {}
            Err(Trouble::Disk(source)) => return Err(at(&path)(source)),
            Err(Trouble::Host(error)) => {
                idle = if held > before { 0 } else { idle + 1 };
                if idle == IDLE_ATTEMPTS {
                    return Err(error.into());
                }
            }
        }
    }
    Ok(())
}

enum Trouble {
    Disk(std::io::Error),
    Host(TrustError),
}

/// One connection: asks for what is missing and appends what comes.
fn append(host: &mut Host, blob: &Blob, part: &mut File, held: &mut u64) -> Result<(), Trouble> {
    let path = blob.path();
    let fetch_error = |source| Trouble::Host(TrustError::fetch(path.clone(), source));
    let stream = host.open(&path, *held, blob.size).map_err(fetch_error)?;
    let Some(mut stream) = stream else {
        return Err(Trouble::Host(TrustError::Missing { path: path.clone() }));
    };
    if stream.from != *held {
        // The host knows no ranges: it sends everything again.
        *held = restart(part).map_err(Trouble::Disk)?;
    }
    let mut buffer = vec![0; 64 << 10];
    loop {
        let wanted = buffer.len().min(usize::try_from(blob.size - *held).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(());
        }
        match stream.read(&mut buffer[..wanted]) {
            Ok(0) => {
                return Err(fetch_error(format!("it ended after {held} of {} bytes", blob.size).into()));
            }
            Ok(read) => {
                part.write_all(&buffer[..read]).map_err(Trouble::Disk)?;
                *held += read as u64;
                host.bytes += read as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(fetch_error(error.into())),
        }
    }
}

fn restart(part: &mut File) -> std::io::Result<u64> {
    part.set_len(0)?;
    part.seek(SeekFrom::Start(0))
}

fn digest_of(path: &std::path::Path) -> Result<Digest, AgentError> {
    let mut file = File::open(path).map_err(at(path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer).map_err(at(path))? {
            0 => return Ok(Digest::from_hasher(hasher)),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// The files of a layer whose blob is in the store. Damage of the store is noticed and removed: the next run fetches it again.
pub(super) fn layer(state: &State, layer: &DescriptorLayer) -> Result<Files, AgentError> {
    let path = layer.blob.path();
    let Some(stored) = cas::read(state, layer.blob.sha256)? else {
        return Err(AgentError::Failed(format!(
            "{path}: the stored copy was damaged; run again to fetch it anew"
        )));
    };
    let refused = |reason: String| AgentError::refused(&path, reason);
    let tar = zstd_decompress(&stored, layer.tar_size).map_err(|error| refused(error.to_string()))?;
    if tar.len() as u64 != layer.tar_size || Digest::of(&tar) != layer.tar_sha256 {
        return Err(refused(format!("unpacked it is not the layer `{}` that was signed", layer.name)));
    }
    let limits = Limits { total_bytes: layer.tar_size, file_bytes: layer.tar_size, ..Limits::default() };
    read_canonical_tar(&tar, &limits).map_err(|error| refused(error.to_string()))
}
