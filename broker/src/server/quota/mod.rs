//! Quotas: how long a client must wait because it sends, reads or asks more than it may.
//!
//! The limits are metadata ([`Quotas`]); what happened lately is kept here, by bucket. A client that is over its limit is
//! told to wait by its answer's `throttle_time_ms`, and its connection is not read until then (KIP-219). Rates and waits
//! are computed as Kafka computes them, so that its documentation and tools hold.

mod place;
mod rate;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub(crate) use place::patch_throttle;
pub(crate) use rate::Windows;
use rate::{Rate, Tokens};

use crate::metadata::{QuotaBucket, QuotaLimit, Quotas};

/// Who somebody is while nobody proves who he is.
pub(crate) const ANONYMOUS: &str = "ANONYMOUS";
/// Entries of one kind that are kept before those that have fallen silent are looked for.
const ENTRIES_BEFORE_SWEEP: usize = 1_024;

/// What an entry of the past needs to be let go.
trait Past {
    fn is_over(&self, windows: Windows, now_ms: i64) -> bool;
}

impl Past for Rate {
    fn is_over(&self, windows: Windows, now_ms: i64) -> bool {
        Rate::is_over(self, windows, now_ms)
    }
}

impl Past for Tokens {
    fn is_over(&self, windows: Windows, now_ms: i64) -> bool {
        Tokens::is_over(self, windows, now_ms)
    }
}

/// The past of everybody who has a quota of one kind.
#[derive(Debug)]
struct Kept<K, P> {
    entries: Mutex<(HashMap<K, P>, usize)>,
}

impl<K, P> Default for Kept<K, P> {
    fn default() -> Self {
        Kept { entries: Mutex::new((HashMap::new(), ENTRIES_BEFORE_SWEEP)) }
    }
}

impl<K: std::hash::Hash + Eq, P: Past> Kept<K, P> {
    /// The entry of `key`, after a look for those that are over, if they have become many.
    fn with<T>(
        &self,
        windows: Windows,
        now_ms: i64,
        key: K,
        fresh: impl FnOnce() -> P,
        work: impl FnOnce(&mut P) -> T,
    ) -> T {
        let mut guard: MutexGuard<'_, _> = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (entries, sweep_at) = &mut *guard;
        if entries.len() >= *sweep_at {
            entries.retain(|_, past| !past.is_over(windows, now_ms));
            *sweep_at = (2 * entries.len()).max(ENTRIES_BEFORE_SWEEP);
        }
        work(entries.entry(key).or_insert_with(fresh))
    }
}

/// What happened lately, of everybody who has a quota.
#[derive(Debug)]
pub(crate) struct ClientQuotas {
    windows: Windows,
    mutation_windows: Windows,
    produced: Kept<QuotaBucket, Rate>,
    fetched: Kept<QuotaBucket, Rate>,
    requested: Kept<QuotaBucket, Rate>,
    mutated: Kept<QuotaBucket, Tokens>,
    connected: Kept<IpAddr, Rate>,
    all_connected: Mutex<Rate>,
}

/// A controller mutation quota is used up; the client shall try again after so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the quota controller_mutation_rate is used up; try again in {throttle_ms} ms")]
pub(crate) struct Exceeded {
    pub(crate) throttle_ms: i64,
}

impl Exceeded {
    /// As answers say it.
    pub(crate) fn throttle_ms(&self) -> i32 {
        i32::try_from(self.throttle_ms).unwrap_or(i32::MAX)
    }
}

impl ClientQuotas {
    /// Nothing has happened yet.
    pub(crate) fn new(windows: Windows, mutation_windows: Windows) -> Self {
        ClientQuotas {
            windows,
            mutation_windows,
            produced: Kept::default(),
            fetched: Kept::default(),
            requested: Kept::default(),
            mutated: Kept::default(),
            connected: Kept::default(),
            all_connected: Mutex::default(),
        }
    }

    fn record(
        &self,
        kept: &Kept<QuotaBucket, Rate>,
        now_ms: i64,
        limit: Option<QuotaLimit>,
        amount: f64,
    ) -> i64 {
        let Some(limit) = limit else { return 0 };
        kept.with(self.windows, now_ms, limit.bucket, Rate::default, |rate| {
            rate.record(self.windows, now_ms, amount);
            rate.throttle_ms(self.windows, now_ms, limit.value)
        })
    }

    /// A client sent a Produce request of `bytes`; how long it must wait.
    pub(crate) fn produced(&self, now_ms: i64, limit: Option<QuotaLimit>, bytes: usize) -> i64 {
        self.record(&self.produced, now_ms, limit, bytes as f64)
    }

    /// A client is sent an answer to a fetch of `bytes`; how long it must wait.
    pub(crate) fn fetched(&self, now_ms: i64, limit: Option<QuotaLimit>, bytes: usize) -> i64 {
        self.record(&self.fetched, now_ms, limit, bytes as f64)
    }

    /// Most bytes that one fetch may bring under its limit: more could never be sent.
    pub(crate) fn fetch_bytes_max(&self, limit: Option<&QuotaLimit>) -> usize {
        limit.map_or(usize::MAX, |limit| (self.windows.most_at_once(limit.value) as usize).max(1))
    }

    /// A client's request took a thread for so long; how long it must wait: one window at most.
    pub(crate) fn requested(&self, now_ms: i64, limit: Option<QuotaLimit>, took: std::time::Duration) -> i64 {
        let percent = took.as_secs_f64() * 100.0;
        self.record(&self.requested, now_ms, limit, percent).min(self.windows.length_ms)
    }

    /// A client asks for `mutations` of metadata. Under `strict` it is refused while the quota is overdrawn; else it is
    /// served, and told how long to wait.
    ///
    /// # Errors
    /// [`Exceeded`] where the client must try again later.
    pub(crate) fn mutated(
        &self,
        now_ms: i64,
        limit: Option<QuotaLimit>,
        mutations: usize,
        strict: bool,
    ) -> Result<i64, Exceeded> {
        let Some(QuotaLimit { value, bucket }) = limit else { return Ok(0) };
        let windows = self.mutation_windows;
        let fresh = || Tokens::full(windows, now_ms, value);
        self.mutated.with(windows, now_ms, bucket, fresh, |tokens| {
            let throttle_ms = tokens.throttle_ms(windows, now_ms, value);
            if strict && throttle_ms > 0 {
                return Err(Exceeded { throttle_ms });
            }
            tokens.take(windows, now_ms, value, mutations as f64);
            Ok(if strict { 0 } else { tokens.throttle_ms(windows, now_ms, value) })
        })
    }

    /// An address opens a connection; how long it would have had to wait.
    pub(crate) fn connected(&self, now_ms: i64, quotas: &Quotas, ip: IpAddr) -> i64 {
        let Some(per_second) = quotas.connection_rate(&ip.to_string()) else { return 0 };
        self.connected.with(self.windows, now_ms, ip, Rate::default, |rate| {
            let mut tried = rate.clone();
            tried.record(self.windows, now_ms, 1.0);
            let throttle_ms = tried.throttle_ms(self.windows, now_ms, per_second);
            // What is turned away does not count, or a client that insists would never be let in again.
            if throttle_ms == 0 {
                *rate = tried;
            }
            throttle_ms
        })
    }

    /// A connection came, from wherever.
    pub(crate) fn accepted(&self, now_ms: i64) {
        let mut rate = self.all_connected.lock().unwrap_or_else(PoisonError::into_inner);
        rate.record(self.windows, now_ms, 1.0);
    }

    /// How long the listener must rest so that `per_second` holds.
    pub(crate) fn next_accept_ms(&self, now_ms: i64, per_second: f64) -> i64 {
        let mut rate = self.all_connected.lock().unwrap_or_else(PoisonError::into_inner);
        rate.throttle_ms(self.windows, now_ms, per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: Windows = Windows { number: 11, length_ms: 1_000 };

    fn limit(value: f64, client_id: &str) -> Option<QuotaLimit> {
        let bucket = QuotaBucket { user: None, client_id: Some(client_id.to_owned()) };
        Some(QuotaLimit { value, bucket })
    }

    #[test]
    fn each_bucket_counts_by_itself() {
        let quotas = ClientQuotas::new(WINDOWS, WINDOWS);
        assert_eq!(quotas.produced(0, limit(100.0, "a"), 1_000), 0);
        assert_eq!(quotas.produced(0, limit(100.0, "a"), 500), 5_000);
        assert_eq!(quotas.produced(0, limit(100.0, "b"), 1_000), 0);
        assert_eq!(quotas.fetched(0, limit(100.0, "a"), 1_000), 0, "reading is another quota");
        assert_eq!(quotas.produced(0, None, usize::MAX), 0);
        assert_eq!(quotas.fetch_bytes_max(limit(100.0, "a").as_ref()), 1_000);
        assert_eq!(quotas.fetch_bytes_max(None), usize::MAX);
    }

    #[test]
    fn time_of_requests_waits_for_one_window_at_most() {
        let quotas = ClientQuotas::new(WINDOWS, WINDOWS);
        let took = std::time::Duration::from_secs(1);
        // One percent over ten seconds is a tenth of a second.
        assert_eq!(quotas.requested(0, limit(10.0, "a"), took), 0);
        assert_eq!(quotas.requested(0, limit(10.0, "a"), took), 1_000);
    }

    #[test]
    fn a_strict_client_is_refused_and_a_lenient_one_told_to_wait() {
        let quotas = ClientQuotas::new(WINDOWS, WINDOWS);
        assert_eq!(quotas.mutated(0, limit(1.0, "a"), 15, true), Ok(0), "the first may overdraw");
        assert_eq!(quotas.mutated(0, limit(1.0, "a"), 1, true), Err(Exceeded { throttle_ms: 4_000 }));
        assert_eq!(quotas.mutated(4_000, limit(1.0, "a"), 1, true), Ok(0));
        assert_eq!(quotas.mutated(0, limit(1.0, "b"), 15, false), Ok(4_000));
        assert_eq!(quotas.mutated(0, limit(1.0, "b"), 1, false), Ok(5_000));
    }

    #[test]
    fn who_has_fallen_silent_is_forgotten() {
        let quotas = ClientQuotas::new(WINDOWS, WINDOWS);
        for client in 0..10_000_i64 {
            quotas.produced(client * 1_000, limit(1.0, &client.to_string()), 1);
        }
        assert!(quotas.produced.entries.lock().unwrap().0.len() <= ENTRIES_BEFORE_SWEEP);
    }
}
