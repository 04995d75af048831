//! How long to wait before trying again. Pure.

/// Exponential waits between a first and a longest one, with jitter of a fifth either way (KIP-144, KIP-580).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// The first wait in milliseconds.
    pub(crate) initial_ms: u64,
    /// The longest wait in milliseconds.
    pub(crate) max_ms: u64,
}

impl Backoff {
    /// The wait after `failures` failures in a row (0 is none: no wait), given 64 random bits.
    pub(crate) fn wait_ms(self, failures: u32, random: u64) -> u64 {
        if failures == 0 {
            return 0;
        }
        let doubled = self.initial_ms.saturating_mul(1 << (failures - 1).min(20));
        let wait = doubled.min(self.max_ms);
        // A factor between 0.8 and 1.2.
        wait * 4 / 5 + ((u128::from(random) * u128::from(wait * 2 / 5 + 1)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest() {
        let backoff = Backoff { initial_ms: 100, max_ms: 1_000 };
        assert_eq!(backoff.wait_ms(0, 0), 0);
        assert_eq!(backoff.wait_ms(1, 0), 80);
        assert_eq!(backoff.wait_ms(1, u64::MAX), 120);
        assert_eq!(backoff.wait_ms(3, 0), 320);
        assert_eq!(backoff.wait_ms(40, u64::MAX), 1_200);
    }
}
