//! Where randomness comes from: a seed, so that the same chart with the same values gives the same bytes, or the system.

use sha2::{Digest as _, Sha256};

/// A source of bytes.
pub struct Random {
    seed: [u8; 32],
    block: [u8; 32],
    used: usize,
    count: u64,
}

impl Random {
    /// Bytes that follow from `seed` alone.
    pub fn seeded(seed: &[u8]) -> Self {
        Self { seed: Sha256::digest(seed).into(), block: [0; 32], used: 32, count: 0 }
    }

    /// Other bytes in every run.
    pub fn of_system() -> Self {
        let mut seed = [0; 32];
        // Without randomness of the system the seed is the same in every run, which is the default anyhow.
        let _ = aws_lc_rs::rand::fill(&mut seed);
        Self::seeded(&seed)
    }

    /// The next byte.
    pub(super) fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            let mut hash = Sha256::new();
            hash.update(self.seed);
            hash.update(self.count.to_le_bytes());
            self.block = hash.finalize().into();
            self.count += 1;
            self.used = 0;
        }
        let byte = self.block[self.used];
        self.used += 1;
        byte
    }

    /// So many bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    /// A number below `end`, every one as likely as the others; 0 where `end` is.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        if end == 0 {
            return 0;
        }
        // Numbers from the ragged end of the range would come too often.
        let fair = u64::MAX - u64::MAX % end;
        loop {
            let mut bytes = [0; 8];
            bytes.fill_with(|| self.byte());
            let number = u64::from_le_bytes(bytes);
            if number < fair {
                return number % end;
            }
        }
    }
}
