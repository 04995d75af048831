//! When each record is meant to leave.

use std::time::{Duration, Instant};

/// Records at a steady rate from a moment on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    start: Instant,
    per_second: f64,
}

impl Pace {
    pub(crate) fn new(start: Instant, per_second: f64) -> Self {
        Pace { start, per_second }
    }

    /// When record `index`, counted from 0, is meant to leave.
    pub(crate) fn at(&self, index: u64) -> Instant {
        self.start + Duration::from_secs_f64(index as f64 / self.per_second)
    }

    /// How many records should have left by `now`.
    pub(crate) fn due(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.start).as_secs_f64();
        (since * self.per_second) as u64 + 1
    }
}

/// Sleeps until `moment`, as exactly as the kernel's timers are. Only for threads that may block.
pub(crate) fn wait_until(moment: Instant) {
    loop {
        let left = moment.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return;
        }
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_due_when_its_moment_has_come() {
        let start = Instant::now();
        let pace = Pace::new(start, 1_000.0);
        assert_eq!(pace.due(start), 1);
        assert_eq!(pace.at(1_500) - start, Duration::from_millis(1_500));
        for index in [1, 2, 999, 5_000] {
            let moment = pace.at(index);
            assert!(pace.due(moment + Duration::from_micros(1)) > index);
            assert!(pace.due(moment - Duration::from_micros(1)) <= index);
        }
    }
}
