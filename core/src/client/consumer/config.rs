//! How a consumer behaves, in Kafka's terms.

use std::sync::Arc;
use std::time::Duration;

use super::assignor::{Assignor, Range, RoundRobin};

/// Where to start where no committed offset is known, or the one known is gone: `auto.offset.reset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OffsetReset {
    /// At the oldest record.
    Earliest,
    /// At the end: only what comes from now on.
    #[default]
    Latest,
    /// Nowhere: polling fails.
    None,
}

/// What of transactions is seen: `isolation.level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum IsolationLevel {
    /// Everything, whatever becomes of its transaction.
    #[default]
    ReadUncommitted,
    /// What was committed, up to the first transaction that is still open.
    ReadCommitted,
}

impl IsolationLevel {
    pub(crate) fn code(self) -> i8 {
        match self {
            IsolationLevel::ReadUncommitted => 0,
            IsolationLevel::ReadCommitted => 1,
        }
    }
}

/// How a consumer behaves. Fields carry Kafka's names and defaults.
#[derive(Clone, Debug)]
pub struct ConsumerConfig {
    /// `group.id`: who shares the partitions and the committed offsets. Needed to subscribe and to commit.
    pub group_id: Option<String>,
    /// `group.instance.id`: makes the member static: a restart within the session timeout moves no partitions.
    pub group_instance_id: Option<String>,
    /// `partition.assignment.strategy`: in order of preference. Default range, then round robin.
    pub assignors: Vec<Arc<dyn Assignor>>,
    /// `session.timeout.ms`: how long the group waits for a sign of life. Default 45 s.
    pub session_timeout: Duration,
    /// `heartbeat.interval.ms`. Default 3 s.
    pub heartbeat_interval: Duration,
    /// `max.poll.interval.ms`: who does not poll for so long leaves the group. Default 5 min.
    pub max_poll_interval: Duration,
    /// `auto.offset.reset`. Default [`OffsetReset::Latest`].
    pub auto_offset_reset: OffsetReset,
    /// `enable.auto.commit`: commits what was polled, at the next poll after each interval, before partitions are given
    /// up and at close. Default true.
    pub auto_commit: bool,
    /// `auto.commit.interval.ms`. Default 5 s.
    pub auto_commit_interval: Duration,
    /// `isolation.level`. Default [`IsolationLevel::ReadUncommitted`].
    pub isolation_level: IsolationLevel,
    /// `fetch.min.bytes`: how much a broker gathers before it answers, within `fetch.max.wait.ms`. Default 1.
    pub fetch_min_bytes: i32,
    /// `fetch.max.bytes`: bytes of one answer, and of all that is kept ahead of polling. Default 50 MiB.
    pub fetch_max_bytes: i32,
    /// `max.partition.fetch.bytes`: bytes of one partition in one answer. Default 1 MiB.
    pub max_partition_fetch_bytes: i32,
    /// `fetch.max.wait.ms`. Default 500 ms.
    pub fetch_max_wait: Duration,
    /// `max.poll.records`: the most records that one poll returns. Default 500.
    pub max_poll_records: usize,
    /// `check.crcs`: whether checksums are verified. Default true.
    pub check_crcs: bool,
    /// `allow.auto.create.topics`: whether subscribing may make a topic. Default true.
    pub allow_auto_create_topics: bool,
}

impl Default for ConsumerConfig {
    fn default() -> Self {
        ConsumerConfig {
            group_id: None,
            group_instance_id: None,
            assignors: vec![Arc::new(Range), Arc::new(RoundRobin)],
            session_timeout: Duration::from_secs(45),
            heartbeat_interval: Duration::from_secs(3),
            max_poll_interval: Duration::from_secs(300),
            auto_offset_reset: OffsetReset::Latest,
            auto_commit: true,
            auto_commit_interval: Duration::from_secs(5),
            isolation_level: IsolationLevel::ReadUncommitted,
            fetch_min_bytes: 1,
            fetch_max_bytes: 50 << 20,
            max_partition_fetch_bytes: 1 << 20,
            fetch_max_wait: Duration::from_millis(500),
            max_poll_records: 500,
            check_crcs: true,
            allow_auto_create_topics: true,
        }
    }
}

impl ConsumerConfig {
    /// A member of a group.
    pub fn group(group_id: impl Into<String>) -> Self {
        ConsumerConfig { group_id: Some(group_id.into()), ..Default::default() }
    }

    /// Sets `auto.offset.reset`.
    #[must_use]
    pub fn auto_offset_reset(mut self, reset: OffsetReset) -> Self {
        self.auto_offset_reset = reset;
        self
    }

    /// Sets `enable.auto.commit`.
    #[must_use]
    pub fn auto_commit(mut self, on: bool) -> Self {
        self.auto_commit = on;
        self
    }

    /// Sets `isolation.level`.
    #[must_use]
    pub fn isolation_level(mut self, level: IsolationLevel) -> Self {
        self.isolation_level = level;
        self
    }

    /// Sets `max.poll.records`.
    #[must_use]
    pub fn max_poll_records(mut self, records: usize) -> Self {
        self.max_poll_records = records;
        self
    }
}
