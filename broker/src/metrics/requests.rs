//! What is counted of requests, by API.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::histogram::Histogram;
use super::{Counter, Page, names};

/// APIs that can be counted: a few more than Kafka has.
const APIS: usize = 128;
/// Versions that are counted by themselves; none is higher today.
const VERSIONS: usize = 24;
/// Milliseconds between two slow requests that are logged.
const SLOW_LOG_MS: i64 = 1_000;

/// One API.
#[derive(Debug, Default)]
pub(crate) struct ApiMetrics {
    by_version: [Counter; VERSIONS],
    /// From the frame to its answer.
    pub(crate) total: Histogram,
    /// Of that, what its handler took of a thread.
    pub(crate) local: Histogram,
    /// What clients were told to wait, by a quota.
    pub(crate) throttle: Histogram,
    /// Bytes of requests.
    pub(crate) request_bytes: Counter,
    /// Bytes of answers.
    pub(crate) response_bytes: Counter,
    /// Requests that took longer than `request.slow.ms`.
    pub(crate) slow: Counter,
}

impl ApiMetrics {
    /// One request came.
    pub(crate) fn count(&self, version: i16, bytes: usize) {
        let version = usize::try_from(version).unwrap_or(0).min(VERSIONS - 1);
        self.by_version[version].add(1);
        self.request_bytes.add(bytes as u64);
    }

    /// One request was answered.
    pub(crate) fn answered(&self, total: Duration, local: Duration, bytes: usize) {
        self.total.record(total);
        self.local.record(local);
        self.response_bytes.add(bytes as u64);
    }

    fn requests(&self) -> u64 {
        self.by_version.iter().map(Counter::get).sum()
    }
}

/// All APIs; one that is never asked for costs a pointer.
#[derive(Debug)]
pub(crate) struct RequestMetrics {
    apis: [OnceLock<Box<ApiMetrics>>; APIS],
    /// Requests that could not be read, or asked for what is not offered.
    pub(crate) refused: Counter,
    /// When a slow request was logged last.
    slow_logged_ms: AtomicI64,
}

impl Default for RequestMetrics {
    fn default() -> Self {
        RequestMetrics {
            apis: [const { OnceLock::new() }; APIS],
            refused: Counter::default(),
            slow_logged_ms: AtomicI64::new(0),
        }
    }
}

impl RequestMetrics {
    /// The metrics of the API of number `key`.
    pub(crate) fn api(&self, key: i16) -> &ApiMetrics {
        let place = usize::try_from(key).unwrap_or(0).min(APIS - 1);
        self.apis[place].get_or_init(Box::default)
    }

    /// Whether a slow request may be logged at `now_ms`: one a second, or a slow disk fills itself with its own story.
    pub(crate) fn may_log_slow(&self, now_ms: i64) -> bool {
        let last_ms = self.slow_logged_ms.load(Ordering::Relaxed);
        let due = now_ms.saturating_sub(last_ms) >= SLOW_LOG_MS || now_ms < last_ms;
        due && self
            .slow_logged_ms
            .compare_exchange(last_ms, now_ms, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }

    /// Writes what was counted; `name` is what an API is called.
    pub(crate) fn write(&self, page: &mut Page, name: impl Fn(i16) -> &'static str) {
        let all: Vec<(&str, &ApiMetrics)> = (0_i16..)
            .zip(&self.apis)
            .filter_map(|(key, api)| api.get().map(|api| (name(key), &**api)))
            .collect();
        let mut family = page.family(&names::REQUESTS);
        for (name, api) in &all {
            for (version, counter) in api.by_version.iter().enumerate().filter(|(_, count)| count.get() > 0) {
                family.sample(&[name, &version.to_string()], counter.get());
            }
        }
        for (metric, of) in [
            (&names::TOTAL_TIME, (|api: &ApiMetrics| &api.total) as fn(&ApiMetrics) -> &Histogram),
            (&names::LOCAL_TIME, |api| &api.local),
            (&names::THROTTLE_TIME, |api| &api.throttle),
        ] {
            let mut family = page.family(metric);
            for (name, api) in &all {
                family.histogram(&[name], of(api));
            }
        }
        for (metric, of) in [
            (&names::REQUEST_BYTES, (|api: &ApiMetrics| &api.request_bytes) as fn(&ApiMetrics) -> &Counter),
            (&names::RESPONSE_BYTES, |api| &api.response_bytes),
        ] {
            let mut family = page.family(metric);
            for (name, api) in &all {
                family.summary(&[name], of(api).get(), api.requests());
            }
        }
        let mut family = page.family(&names::SLOW_REQUESTS);
        for (name, api) in &all {
            family.sample(&[name], api.slow.get());
        }
        page.single(&names::REFUSED_REQUESTS, self.refused.get());
    }
}
