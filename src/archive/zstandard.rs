//! zstd, as blobs are stored.

use std::io::Read;

use super::error::ArchiveError;

/// Level of everything that is stored: smallest at a memory that appliances have.
const LEVEL: i32 = 19;
/// Largest window that level 19 uses (8 MiB), so the most that unpacking a frame may ask for.
const WINDOW_LOG: u32 = 23;

/// Compresses at level 19 in one frame, with its size in the header. The same bytes for the same input.
///
/// # Panics
/// When memory runs out, as any allocation does.
pub fn zstd_compress(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, LEVEL)
        .expect("compressing from memory to memory has no way to fail but memory")
}

/// Unpacks one or more frames to at most `cap` bytes; a frame that needs a larger window than ours is refused.
pub fn zstd_decompress(bytes: &[u8], cap: u64) -> Result<Vec<u8>, ArchiveError> {
    let fail =
        |read: usize| move |source| ArchiveError::Compression { format: "zstd", read: read as u64, source };
    let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes).map_err(fail(0))?;
    decoder.window_log_max(WINDOW_LOG).map_err(fail(0))?;
    let mut out = Vec::new();
    let result = decoder.take(cap.saturating_add(1)).read_to_end(&mut out);
    result.map_err(fail(out.len()))?;
    if out.len() as u64 > cap {
        return Err(ArchiveError::TooLarge { limit: cap, unit: "bytes" });
    }
    Ok(out)
}
