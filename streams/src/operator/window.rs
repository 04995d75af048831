//! Windows as types: a key with its window, and the definitions that say which windows a time belongs to.

use std::fmt;
use std::time::Duration;

/// A span of event time in milliseconds since 1970. Time windows hold their start and not their end; sessions and
/// sliding windows hold both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeWindow {
    /// First instant.
    pub start_ms: i64,
    /// End.
    pub end_ms: i64,
}

/// A key within one window.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Windowed<K> {
    /// The key.
    pub key: K,
    /// The window.
    pub window: TimeWindow,
}

impl<K: fmt::Display> fmt::Display for Windowed<K> {
    /// As Kafka Streams prints it: `[key@start/end]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}@{}/{}]", self.key, self.window.start_ms, self.window.end_ms)
    }
}

pub(crate) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Hours as a [`Duration`].
pub fn hours(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(3600))
}

/// Minutes as a [`Duration`].
pub fn minutes(count: u64) -> Duration {
    Duration::from_secs(count.saturating_mul(60))
}

/// Seconds as a [`Duration`].
pub fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Milliseconds as a [`Duration`].
pub fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Windows of equal size at fixed distances: what [`Tumbling`], [`Hopping`] and [`Unlimited`] stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeWindows {
    pub(crate) size_ms: i64,
    pub(crate) advance_ms: i64,
    pub(crate) grace_ms: i64,
    /// The first instant of the one window without end.
    pub(crate) unlimited_from_ms: Option<i64>,
}

impl TimeWindows {
    /// The windows that hold `time_ms`, earliest first.
    pub(crate) fn windows_for(self, time_ms: i64) -> impl Iterator<Item = TimeWindow> {
        let TimeWindows { size_ms, advance_ms, unlimited_from_ms, .. } = self;
        let first_ms = match unlimited_from_ms {
            Some(from_ms) => from_ms,
            None => ((time_ms - size_ms + advance_ms).max(0) / advance_ms).saturating_mul(advance_ms),
        };
        let last_ms = if unlimited_from_ms.is_some() { first_ms.min(time_ms) } else { time_ms };
        let mut next = Some(first_ms);
        std::iter::from_fn(move || {
            let start_ms = next.filter(|start| *start <= last_ms)?;
            next = if unlimited_from_ms.is_some() { None } else { start_ms.checked_add(advance_ms) };
            Some(TimeWindow { start_ms, end_ms: start_ms.saturating_add(size_ms) })
        })
    }
}

/// Windows that follow one another without gap.
#[derive(Clone, Copy, Debug)]
pub struct Tumbling(TimeWindows);

impl Tumbling {
    /// Windows of this size, aligned to 1970-01-01 UTC, without grace. A size of zero counts as a millisecond.
    pub fn of(size: Duration) -> Self {
        let size_ms = millis(size).max(1);
        Tumbling(TimeWindows { size_ms, advance_ms: size_ms, grace_ms: 0, unlimited_from_ms: None })
    }

    /// How long after its end (in stream time) a window still takes records.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace_ms = millis(grace);
        self
    }
}

/// Windows that begin at fixed distances and may overlap.
#[derive(Clone, Copy, Debug)]
pub struct Hopping(TimeWindows);

impl Hopping {
    /// Windows of this size, aligned to 1970-01-01 UTC, without grace, that begin every `advance`, which lies between
    /// a millisecond and the size.
    pub fn of(size: Duration, advance: Duration) -> Self {
        let size_ms = millis(size).max(1);
        let advance_ms = millis(advance).clamp(1, size_ms);
        Hopping(TimeWindows { size_ms, advance_ms, grace_ms: 0, unlimited_from_ms: None })
    }

    /// How long after its end (in stream time) a window still takes records.
    #[must_use]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.0.grace_ms = millis(grace);
        self
    }
}

/// One window without end. Earlier records are in no window.
#[derive(Clone, Copy, Debug)]
pub struct Unlimited(TimeWindows);

impl Unlimited {
    /// The window that begins at `start_ms`, milliseconds since 1970.
    pub fn from(start_ms: i64) -> Self {
        let windows = TimeWindows {
            size_ms: i64::MAX,
            advance_ms: i64::MAX,
            grace_ms: 0,
            unlimited_from_ms: Some(start_ms),
        };
        Unlimited(windows)
    }
}

impl From<Tumbling> for TimeWindows {
    fn from(windows: Tumbling) -> Self {
        windows.0
    }
}

impl From<Hopping> for TimeWindows {
    fn from(windows: Hopping) -> Self {
        windows.0
    }
}

impl From<Unlimited> for TimeWindows {
    fn from(windows: Unlimited) -> Self {
        windows.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(windows: impl Into<TimeWindows>, time_ms: i64) -> Vec<i64> {
        windows.into().windows_for(time_ms).map(|window| window.start_ms).collect()
    }

    #[test]
    fn a_time_is_in_every_window_that_covers_it() {
        assert_eq!(starts(Tumbling::of(ms(10)), 19), [10]);
        assert_eq!(starts(Tumbling::of(ms(10)), 0), [0]);
        assert_eq!(starts(Hopping::of(ms(10), ms(5)), 12), [5, 10]);
        assert_eq!(starts(Hopping::of(ms(10), ms(5)), 3), [0]);
        assert_eq!(starts(Hopping::of(ms(10), ms(4)), 13), [4, 8, 12]);
        assert_eq!(starts(Unlimited::from(12), 11), [0i64; 0]);
        assert_eq!(starts(Unlimited::from(12), 500), [12]);
    }
}
