//! What is counted of records, by topic and over all.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::declared::Metric;
use super::{Counter, Page, names};

/// One topic, or all together.
#[derive(Debug, Default)]
pub(crate) struct TopicCounters {
    pub(crate) messages_in: Counter,
    pub(crate) bytes_in: Counter,
    pub(crate) bytes_out: Counter,
    pub(crate) bytes_rejected: Counter,
    pub(crate) produce_requests: Counter,
    pub(crate) failed_produce_requests: Counter,
    pub(crate) fetch_requests: Counter,
    pub(crate) failed_fetch_requests: Counter,
}

type Of = fn(&TopicCounters) -> &Counter;

/// Each metric with its place.
const COUNTED: [(&Metric, Of); 8] = [
    (&names::MESSAGES_IN, |topic| &topic.messages_in),
    (&names::BYTES_IN, |topic| &topic.bytes_in),
    (&names::BYTES_OUT, |topic| &topic.bytes_out),
    (&names::BYTES_REJECTED, |topic| &topic.bytes_rejected),
    (&names::PRODUCE_REQUESTS, |topic| &topic.produce_requests),
    (&names::FAILED_PRODUCE_REQUESTS, |topic| &topic.failed_produce_requests),
    (&names::FETCH_REQUESTS, |topic| &topic.fetch_requests),
    (&names::FAILED_FETCH_REQUESTS, |topic| &topic.failed_fetch_requests),
];

/// Every topic that was written or read since the start.
#[derive(Debug, Default)]
pub(crate) struct TopicMetrics {
    pub(crate) all: Arc<TopicCounters>,
    by_name: RwLock<BTreeMap<Arc<str>, Arc<TopicCounters>>>,
}

impl TopicMetrics {
    /// The counters of a topic.
    pub(crate) fn topic(&self, name: &Arc<str>) -> Arc<TopicCounters> {
        if let Some(found) = self.by_name.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return found.clone();
        }
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        by_name.entry(name.clone()).or_default().clone()
    }

    /// The topic is gone, and its counters with it.
    pub(crate) fn forget(&self, name: &str) {
        self.by_name.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Writes what was counted.
    pub(crate) fn write(&self, page: &mut Page) {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner).clone();
        for (metric, of) in COUNTED {
            let mut family = page.family(metric);
            family.of_all(of(&self.all).get());
            for (name, topic) in &by_name {
                family.sample(&[name], of(topic).get());
            }
        }
    }
}
