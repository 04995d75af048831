//! How an application runs, in Kafka Streams' terms.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use riverrun_core::client::{IsolationLevel, ProducerConfig};

/// What a crash may do to results: `processing.guarantee`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Guarantee {
    /// Each record is processed at least once; outputs after the last commit may come twice.
    #[default]
    AtLeastOnce,
    /// Outputs, state and positions change together in transactions: they are as if each record was processed once, for
    /// readers of committed records. Needs a cluster with transactions.
    ExactlyOnce,
}

/// Where stores live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateDir {
    /// In this folder, which belongs to one process at a time. Made if it is not there.
    Folder(PathBuf),
    /// In memory: every start restores all of it from the changelogs.
    Memory,
}

/// How an application runs. Fields carry Kafka Streams' names and defaults where it has them.
#[derive(Clone, Debug)]
pub struct StreamsConfig {
    /// `processing.guarantee`. Default [`Guarantee::AtLeastOnce`].
    pub guarantee: Guarantee,
    /// `commit.interval.ms`. Default 30 s, and 100 ms under exactly-once.
    pub commit_interval: Option<Duration>,
    /// `num.stream.threads`. Default 1.
    pub threads: usize,
    /// `state.dir`. Default `.riverrun/<application id>/state` in the working directory.
    pub state: Option<StateDir>,
    /// `buffered.records.per.partition`: when so many wait, no more are fetched. Default 10,000 (Kafka Streams: 1,000).
    pub buffered_records: usize,
    /// `max.task.idle.ms`: how long to wait for an input that is at its end before others go on. Default 0.
    pub max_task_idle_ms: i64,
    /// Input topics that are read to their end, as it is when a task starts, before any other input of the task: tables
    /// that everything else is joined with.
    pub load_first: BTreeSet<String>,
    /// How the tasks' producers behave; idempotence is always on, and under exactly-once each has a transactional id of
    /// its own, `<application>-<task>`. Default `transaction.timeout.ms`: 10 s.
    pub producer: ProducerConfig,
    /// The most bytes that wait in one store's cache.
    pub cache_max_bytes: usize,
}

impl Default for StreamsConfig {
    fn default() -> Self {
        StreamsConfig {
            guarantee: Guarantee::AtLeastOnce,
            commit_interval: None,
            threads: 1,
            state: None,
            buffered_records: 10_000,
            max_task_idle_ms: 0,
            load_first: BTreeSet::new(),
            // Throughput counts more than the latency of a single record: batches fill while the task works.
            producer: ProducerConfig {
                batch_size: 256 << 10,
                linger: Duration::from_millis(20),
                // As in Kafka Streams: readers wait no longer for a transaction whose task died and was not opened anew.
                transaction_timeout: Duration::from_secs(10),
                ..Default::default()
            },
            cache_max_bytes: 10 << 20,
        }
    }
}

impl StreamsConfig {
    /// What of others' transactions, and of its own, an application reads.
    pub(super) fn isolation_level(&self) -> IsolationLevel {
        match self.guarantee {
            Guarantee::AtLeastOnce => IsolationLevel::ReadUncommitted,
            Guarantee::ExactlyOnce => IsolationLevel::ReadCommitted,
        }
    }

    /// The commit interval in force.
    pub fn commit_interval(&self) -> Duration {
        self.commit_interval.unwrap_or(match self.guarantee {
            Guarantee::AtLeastOnce => Duration::from_secs(30),
            Guarantee::ExactlyOnce => Duration::from_millis(100),
        })
    }
}
