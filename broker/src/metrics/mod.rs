//! What the broker counts of itself: numbers that only grow, times in buckets, and the page that shows them.
//!
//! Every metric is declared once ([`declared`]) with the name that Kafka gives it, so the table in `docs/metrics.md` and
//! the page cannot part ways. Counting is an atomic addition. This room must never know what is counted for whom: no
//! request, no log, no socket, no clock.

mod declared;
mod histogram;
mod page;
mod reference;
mod requests;
mod topics;

#[cfg(test)]
mod tests;

pub(crate) use declared::names;
pub(crate) use histogram::Histogram;
pub(crate) use page::Page;
pub(crate) use reference::reference;
pub(crate) use requests::RequestMetrics;
pub(crate) use topics::{TopicCounters, TopicMetrics};

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What connections came to.
#[derive(Debug, Default)]
pub(crate) struct ConnectionCounters {
    /// Let in.
    pub(crate) accepted: Counter,
    /// Ended, however.
    pub(crate) closed: Counter,
    /// Turned away: too many of an address.
    pub(crate) refused: Counter,
    /// Turned away: an address opens them too fast.
    pub(crate) throttled: Counter,
    /// Closed because nothing came for too long.
    pub(crate) expired: Counter,
}

/// All that is counted while the broker runs.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) requests: RequestMetrics,
    pub(crate) topics: TopicMetrics,
    pub(crate) connections: ConnectionCounters,
    /// How long flushes took.
    pub(crate) flushes: Histogram,
    /// Flushes that failed, each of which stopped its log.
    pub(crate) failed_flushes: Counter,
}
