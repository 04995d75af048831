//! Randomness as a value that is handed in.
//!
//! Drivers hold a [`Random`]; tests hand them a [`SeededRandom`] and print its seed.

use std::hash::{BuildHasher, Hasher};

/// Where a driver draws random numbers.
pub trait Random: Send + std::fmt::Debug {
    /// The next 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// A number below `bound`; 0 if `bound` is 0.
    fn below(&mut self, bound: u64) -> u64 {
        // The multiply-shift of Lemire (2019); its bias is below 2^-32 for the small bounds used here.
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A random (version 4) UUID in Kafka's byte order, never one that starts with the dash that Kafka's text form
    /// of a UUID must not start with.
    fn uuid(&mut self) -> [u8; 16] {
        loop {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&self.next_u64().to_be_bytes());
            bytes[8..].copy_from_slice(&self.next_u64().to_be_bytes());
            bytes[6] = (bytes[6] & 0x0f) | 0x40;
            bytes[8] = (bytes[8] & 0x3f) | 0x80;
            // 0xf8..=0xfb are the first bytes whose base64url text begins with '-'.
            if bytes[0] >> 2 != 0x3e {
                return bytes;
            }
        }
    }
}

/// A small generator (SplitMix64, Steele et al. 2014) that always gives the same sequence for the same seed.
#[derive(Clone, Debug)]
pub struct SeededRandom(u64);

impl SeededRandom {
    /// A generator that starts from `seed`.
    pub fn new(seed: u64) -> Self {
        SeededRandom(seed)
    }
}

impl Random for SeededRandom {
    fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// Numbers that differ in every process, from the operating system's entropy. Not for secrets.
#[derive(Clone, Debug)]
pub struct SystemRandom(SeededRandom);

impl SystemRandom {
    /// A generator seeded by the operating system.
    #[expect(
        clippy::disallowed_types,
        reason = "the one place that draws entropy: RandomState's keys come from the system"
    )]
    pub fn new() -> Self {
        SystemRandom(SeededRandom::new(std::hash::RandomState::new().build_hasher().finish()))
    }
}

impl Default for SystemRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl Random for SystemRandom {
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeded_random_repeats() {
        let draw = |seed| {
            let mut random = SeededRandom::new(seed);
            [random.next_u64(), random.next_u64(), random.below(10)]
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
    }

    #[test]
    fn uuid_is_version_4_and_printable() {
        let mut random = SeededRandom::new(1);
        for _ in 0..1_000 {
            let uuid = random.uuid();
            assert_eq!(uuid[6] >> 4, 4);
            assert_ne!(uuid[0] >> 2, 0x3e);
        }
    }
}
