//! How much happened lately: Kafka's sampled rate, and its token bucket. Pure: time comes in.

use std::collections::VecDeque;

/// How the past is cut: `quota.window.num` samples of `quota.window.size.seconds` each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    pub(crate) number: usize,
    pub(crate) length_ms: i64,
}

impl Windows {
    /// All of them, in milliseconds.
    fn whole_ms(self) -> i64 {
        self.length_ms.saturating_mul(i64::try_from(self.number).unwrap_or(i64::MAX))
    }

    /// The most that may come at once under a limit of `per_second`: what all windows but the current one hold.
    pub(crate) fn most_at_once(self, per_second: f64) -> f64 {
        per_second * (self.number.saturating_sub(1).max(1) as f64) * (self.length_ms as f64) / 1_000.0
    }
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    began_ms: i64,
    sum: f64,
}

/// A rate over the last windows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rate {
    samples: VecDeque<Sample>,
}

impl Rate {
    /// Adds what happens at `now_ms`.
    pub(crate) fn record(&mut self, windows: Windows, now_ms: i64, amount: f64) {
        self.forget(windows, now_ms);
        match self.samples.back_mut() {
            Some(sample) if now_ms - sample.began_ms < windows.length_ms => sample.sum += amount,
            _ => {
                self.samples.push_back(Sample { began_ms: now_ms, sum: amount });
                if self.samples.len() > windows.number {
                    self.samples.pop_front();
                }
            }
        }
    }

    fn forget(&mut self, windows: Windows, now_ms: i64) {
        let oldest_ms = now_ms.saturating_sub(windows.whole_ms());
        // A clock that steps back must not leave samples from the future standing.
        self.samples.retain(|sample| sample.began_ms > oldest_ms && sample.began_ms <= now_ms);
    }

    /// The time that the samples stand for: from the oldest until now, but at least all windows except the current one,
    /// so that a burst after a rest is no rate.
    fn span_ms(&self, windows: Windows, now_ms: i64) -> i64 {
        let elapsed_ms = self.samples.front().map_or(0, |sample| now_ms - sample.began_ms);
        let full = elapsed_ms / windows.length_ms;
        let least = i64::try_from(windows.number).unwrap_or(i64::MAX) - 1;
        elapsed_ms + (least - full).max(0) * windows.length_ms
    }

    /// How long to wait so that the rate comes down to `per_second`; 0 if it is not above.
    pub(crate) fn throttle_ms(&mut self, windows: Windows, now_ms: i64, per_second: f64) -> i64 {
        self.forget(windows, now_ms);
        let span_ms = self.span_ms(windows, now_ms).max(1);
        let sum: f64 = self.samples.iter().map(|sample| sample.sum).sum();
        let rate = sum * 1_000.0 / span_ms as f64;
        if rate <= per_second {
            return 0;
        }
        // A float becomes the nearest integer there is, however large.
        ((rate - per_second) / per_second * span_ms as f64).round() as i64
    }

    /// Whether nothing of it is left to know at `now_ms`.
    pub(crate) fn is_over(&self, windows: Windows, now_ms: i64) -> bool {
        self.samples
            .back()
            .is_none_or(|sample| now_ms.saturating_sub(sample.began_ms) > 2 * windows.whole_ms())
    }
}

/// A bucket that fills by `per_second` and is emptied by what happens; it may go below empty.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    tokens: f64,
    filled_ms: i64,
}

impl Tokens {
    /// A full bucket.
    pub(crate) fn full(windows: Windows, now_ms: i64, per_second: f64) -> Self {
        Tokens { tokens: Self::most(windows, per_second), filled_ms: now_ms }
    }

    fn most(windows: Windows, per_second: f64) -> f64 {
        per_second * (windows.whole_ms() as f64) / 1_000.0
    }

    fn fill(&mut self, windows: Windows, now_ms: i64, per_second: f64) {
        let seconds = (now_ms - self.filled_ms).max(0) as f64 / 1_000.0;
        self.tokens = (self.tokens + seconds * per_second).min(Self::most(windows, per_second));
        self.filled_ms = now_ms;
    }

    /// How long until the bucket is no more below empty; 0 if it is not.
    pub(crate) fn throttle_ms(&mut self, windows: Windows, now_ms: i64, per_second: f64) -> i64 {
        self.fill(windows, now_ms, per_second);
        if self.tokens >= 0.0 { 0 } else { (-self.tokens / per_second * 1_000.0).round() as i64 }
    }

    /// Takes tokens out.
    pub(crate) fn take(&mut self, windows: Windows, now_ms: i64, per_second: f64, amount: f64) {
        self.fill(windows, now_ms, per_second);
        self.tokens -= amount;
    }

    /// Whether it is as good as a new one at `now_ms`.
    pub(crate) fn is_over(&self, windows: Windows, now_ms: i64) -> bool {
        self.tokens >= 0.0 && now_ms.saturating_sub(self.filled_ms) > 2 * windows.whole_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: Windows = Windows { number: 11, length_ms: 1_000 };

    #[test]
    fn a_burst_within_what_the_windows_hold_is_no_violation() {
        let mut rate = Rate::default();
        rate.record(WINDOWS, 5_000, 10_000.0);
        assert_eq!(rate.throttle_ms(WINDOWS, 5_000, 1_000.0), 0, "10,000 over 10 s");
        rate.record(WINDOWS, 5_000, 1_000.0);
        assert_eq!(rate.throttle_ms(WINDOWS, 5_000, 1_000.0), 1_000, "11,000 over 10 s are 10 % above");
        assert_eq!(WINDOWS.most_at_once(1_000.0), 10_000.0);
    }

    #[test]
    fn waiting_as_told_brings_the_rate_down() {
        let mut rate = Rate::default();
        let (mut now_ms, mut sent) = (0, 0.0);
        for _ in 0..1_000 {
            rate.record(WINDOWS, now_ms, 3_000.0);
            sent += 3_000.0;
            now_ms += rate.throttle_ms(WINDOWS, now_ms, 1_000.0) + 1;
        }
        let average = sent * 1_000.0 / now_ms as f64;
        assert!((900.0..1_100.0).contains(&average), "{average} per second");
    }

    #[test]
    fn the_past_is_forgotten() {
        let mut rate = Rate::default();
        rate.record(WINDOWS, 0, 1e9);
        assert!(rate.throttle_ms(WINDOWS, 10_000, 1.0) > 0);
        assert_eq!(rate.throttle_ms(WINDOWS, 11_000, 1.0), 0);
        assert!(!rate.is_over(WINDOWS, 22_000) || rate.samples.is_empty());
        rate.record(WINDOWS, 50_000, 1.0);
        assert!(!rate.is_over(WINDOWS, 50_001));
        assert!(rate.is_over(WINDOWS, 80_000));
        rate.record(WINDOWS, 80_000, 1e9);
        assert_eq!(rate.throttle_ms(WINDOWS, 20_000, 1.0), 0, "the clock was set back");
    }

    #[test]
    fn no_more_samples_than_windows() {
        let mut rate = Rate::default();
        for second in 0..100 {
            rate.record(WINDOWS, second * 1_000, 1.0);
            assert!(rate.samples.len() <= WINDOWS.number);
        }
    }

    #[test]
    fn a_bucket_may_be_overdrawn_once_and_fills_again() {
        let mut tokens = Tokens::full(WINDOWS, 0, 2.0);
        assert_eq!(tokens.throttle_ms(WINDOWS, 0, 2.0), 0);
        tokens.take(WINDOWS, 0, 2.0, 30.0);
        assert_eq!(tokens.throttle_ms(WINDOWS, 0, 2.0), 4_000, "22 were there, 8 are owed at 2 a second");
        assert_eq!(tokens.throttle_ms(WINDOWS, 3_000, 2.0), 1_000);
        assert_eq!(tokens.throttle_ms(WINDOWS, 4_000, 2.0), 0);
        assert!(tokens.is_over(WINDOWS, 60_000));
        tokens.take(WINDOWS, 60_000, 2.0, 22.0);
        assert_eq!(tokens.throttle_ms(WINDOWS, 60_000, 2.0), 0, "it holds no more than its windows");
    }
}
