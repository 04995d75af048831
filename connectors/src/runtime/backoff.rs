//! How long to wait before the next attempt: doubling, capped, spread.

use std::time::Duration;

use riverrun_core::random::Random;

/// Delays that double from `first` up to `cap`, each shortened at random by up to a half, so that many who failed
/// together do not come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    cap: Duration,
    attempts: u32,
}

impl Backoff {
    /// Delays from `first` to `cap`.
    pub fn new(first: Duration, cap: Duration) -> Self {
        Backoff { first, cap, attempts: 0 }
    }

    /// The next delay.
    pub fn next(&mut self, random: &mut dyn Random) -> Duration {
        let full = self.first.saturating_mul(1_u32 << self.attempts.min(20)).min(self.cap);
        self.attempts = self.attempts.saturating_add(1);
        let half = u64::try_from(full.as_millis() / 2).unwrap_or(u64::MAX);
        full - Duration::from_millis(random.below(half.saturating_add(1)))
    }

    /// Begins again at the first delay, after a success.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }

    /// How many delays were given since the last success.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
}
