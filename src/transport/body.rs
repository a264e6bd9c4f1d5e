//! Bytes on their way: capped, counted, and given up when they only drip.

use std::fs::File;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::{Options, TransportError};

/// Where the bytes come from.
pub(super) enum Source {
    Http(ureq::BodyReader<'static>),
    File(File),
    Nothing,
}

/// The bytes of one answer.
pub(super) struct Body {
    source: Source,
    address: String,
    /// Most bytes that may come.
    limit: u64,
    read: u64,
    rate: Option<Rate>,
}

/// The lowest rate that is put up with. Only time spent waiting for bytes counts, not what the reader does with them.
struct Rate {
    min: u64,
    window: Duration,
    waited: Duration,
    bytes: u64,
}

impl Body {
    pub(super) fn new(source: Source, address: String, limit: u64, options: Option<&Options>) -> Self {
        let rate = options.map(|options| Rate {
            min: options.min_rate,
            window: options.rate_window,
            waited: Duration::ZERO,
            bytes: 0,
        });
        Self { source, address, limit, read: 0, rate }
    }

    fn next(&mut self, buffer: &mut [u8]) -> Result<usize, TransportError> {
        // One byte more than allowed is asked for: more than that never comes into memory.
        let room = self.limit.saturating_add(1).saturating_sub(self.read);
        let room = buffer.len().min(usize::try_from(room).unwrap_or(usize::MAX));
        let began = Instant::now();
        let count = match &mut self.source {
            Source::Http(reader) => reader.read(&mut buffer[..room]),
            Source::File(file) => file.read(&mut buffer[..room]),
            Source::Nothing => Ok(0),
        }
        .map_err(|error| TransportError::while_reading(&self.address, self.read, error))?;
        self.read += count as u64;
        if self.read > self.limit {
            return Err(TransportError::TooLarge { address: self.address.clone(), limit: self.limit });
        }
        if let Some(rate) = &mut self.rate {
            rate.waited += began.elapsed();
            rate.bytes += count as u64;
            if rate.waited >= rate.window {
                // Whole seconds are precise enough for a window of a minute; tests use milliseconds.
                let found = u128::from(rate.bytes) * 1000 / rate.waited.as_millis().max(1);
                if count > 0 && found < u128::from(rate.min) {
                    return Err(TransportError::Slow { address: self.address.clone(), rate: found as u64 });
                }
                (rate.waited, rate.bytes) = (Duration::ZERO, 0);
            }
        }
        Ok(count)
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.next(buffer).map_err(io::Error::other)
    }
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Body({}, {} bytes read)", self.address, self.read)
    }
}
