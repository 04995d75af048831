//! What of a log may be compacted, and whether that is due.

use crate::log::config::LogConfig;

/// What the decision needs to know of a closed segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SegmentAge {
    pub(super) base_offset: i64,
    /// Where the next segment starts.
    pub(super) next_offset: i64,
    pub(super) size: u64,
    /// Its greatest timestamp, or when it last grew.
    pub(super) newest_ms: i64,
    /// Time of its first batch, if that is known and needed.
    pub(super) first_ms: Option<i64>,
}

/// The part of a log that a compaction would take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// Everything before was compacted.
    pub first_dirty: i64,
    /// Compaction ends here.
    pub first_uncleanable: i64,
    /// Bytes that were compacted before.
    pub clean_bytes: u64,
    /// Bytes that were not, and may be.
    pub dirty_bytes: u64,
    /// Whether a record is older than `max.compaction.lag.ms` allows.
    pub overdue: bool,
}

impl Candidate {
    /// The share of the log that is dirty, of what may be compacted.
    pub fn dirty_ratio(&self) -> f64 {
        let total = self.clean_bytes + self.dirty_bytes;
        if total == 0 { 0.0 } else { self.dirty_bytes as f64 / total as f64 }
    }

    /// Whether a compaction is due under `min.cleanable.dirty.ratio` and `max.compaction.lag.ms`.
    pub fn is_due(&self, config: &LogConfig) -> bool {
        self.dirty_bytes > 0 && (self.overdue || self.dirty_ratio() > config.min_cleanable_ratio)
    }
}

/// Decides over the closed segments, oldest first, of which nothing at or above `limit` may be touched. `checkpoint` is
/// the end of the last compaction.
pub(super) fn decide(
    segments: &[SegmentAge],
    checkpoint: Option<i64>,
    (log_start, log_end): (i64, i64),
    limit: i64,
    config: &LogConfig,
    now_ms: i64,
) -> Candidate {
    // A checkpoint beyond the log is another log's.
    let first_dirty = checkpoint.filter(|at| (log_start..=log_end).contains(at)).unwrap_or(log_start);
    let young = |segment: &&SegmentAge| {
        segment.next_offset > first_dirty
            && config.min_compaction_lag_ms > 0
            && segment.newest_ms > now_ms.saturating_sub(config.min_compaction_lag_ms)
    };
    let out_of_reach = |segment: &&SegmentAge| segment.next_offset > limit || young(segment);
    let end = segments.iter().position(|segment| out_of_reach(&segment)).unwrap_or(segments.len());
    let reachable = &segments[..end];
    let first_uncleanable = reachable.last().map_or(first_dirty, |last| last.next_offset.max(first_dirty));
    let lag_ms = config.max_compaction_lag_ms.max(config.min_compaction_lag_ms);
    let mut candidate =
        Candidate { first_dirty, first_uncleanable, clean_bytes: 0, dirty_bytes: 0, overdue: false };
    for segment in reachable {
        if segment.next_offset <= first_dirty {
            candidate.clean_bytes += segment.size;
        } else {
            candidate.dirty_bytes += segment.size;
            candidate.overdue |=
                segment.first_ms.is_some_and(|first_ms| now_ms.saturating_sub(first_ms) > lag_ms);
        }
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn four() -> Vec<SegmentAge> {
        let segment = |n: i64| SegmentAge {
            base_offset: 10 * n,
            next_offset: 10 * n + 10,
            size: 100,
            newest_ms: 1_000 * (n + 1),
            first_ms: Some(1_000 * n),
        };
        (0..4).map(segment).collect()
    }

    fn check(checkpoint: Option<i64>, limit: i64, config: &LogConfig, now_ms: i64) -> (i64, i64, u64, u64) {
        let found = decide(&four(), checkpoint, (0, 45), limit, config, now_ms);
        (found.first_dirty, found.first_uncleanable, found.clean_bytes, found.dirty_bytes)
    }

    #[test]
    fn what_was_compacted_is_clean() {
        let config = LogConfig::default();
        assert_eq!(check(None, 40, &config, 0), (0, 40, 0, 400));
        assert_eq!(check(Some(20), 40, &config, 0), (20, 40, 200, 200));
        assert_eq!(check(Some(25), 40, &config, 0), (25, 40, 200, 200));
        assert_eq!(check(Some(40), 40, &config, 0), (40, 40, 400, 0));
        assert_eq!(check(Some(46), 40, &config, 0), (0, 40, 0, 400), "beyond the log");
        assert_eq!(check(None, 35, &config, 0), (0, 30, 0, 300), "an open transaction");
        assert_eq!(check(Some(20), 9, &config, 0), (20, 20, 0, 0));
    }

    #[test]
    fn lags_keep_records_from_compaction_and_bring_them_to_it() {
        let config = LogConfig { min_compaction_lag_ms: 1_500, ..LogConfig::default() };
        assert_eq!(check(None, 40, &config, 3_400), (0, 10, 0, 100));
        assert_eq!(check(None, 40, &config, 3_500), (0, 20, 0, 200));
        assert_eq!(check(Some(30), 40, &config, 3_400), (30, 30, 300, 0), "clean ones are never young");
        let overdue = |lag, now| {
            let config = LogConfig { max_compaction_lag_ms: lag, ..LogConfig::default() };
            decide(&four(), Some(20), (0, 45), 40, &config, now).overdue
        };
        assert!(!overdue(500, 2_500) && overdue(500, 2_501));
        assert!(!overdue(i64::MAX, i64::MAX));
    }

    #[test]
    fn due_above_the_ratio_or_when_overdue() {
        let config = LogConfig { min_cleanable_ratio: 0.5, ..LogConfig::default() };
        let due = |checkpoint| decide(&four(), checkpoint, (0, 45), 40, &config, 0).is_due(&config);
        assert!(due(Some(10)) && !due(Some(20)) && !due(Some(40)));
        let none = decide(&[], None, (0, 0), 0, &config, 0);
        assert!(!none.is_due(&LogConfig { min_cleanable_ratio: 0.0, ..config.clone() }));
    }
}
