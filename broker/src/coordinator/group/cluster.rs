//! What a coordinator may know of the cluster around it: which topics there are, and what is configured for a group.

use riverrun_core::protocol::Uuid;

use super::request::Name;

/// One topic as members and assignors see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TopicView<'a> {
    pub(crate) id: Uuid,
    pub(crate) name: &'a Name,
    /// Partitions are numbered from 0 up to this.
    pub(crate) partitions: i32,
}

/// The times of a group of the consumer protocol: the broker's, or the group's own configs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConsumerTimes {
    /// `consumer.session.timeout.ms`
    pub(crate) session_timeout_ms: i32,
    /// `consumer.heartbeat.interval.ms`
    pub(crate) heartbeat_interval_ms: i32,
    /// `consumer.assignment.interval.ms`
    pub(crate) assignment_interval_ms: i32,
}

/// A snapshot of the cluster. It never changes while a request is decided.
pub(crate) trait Cluster {
    /// Grows with every change; what was computed under the same version still holds.
    fn version(&self) -> u64;

    /// The topic of this name.
    fn topic(&self, name: &str) -> Option<TopicView<'_>>;

    /// The topic of this id.
    fn topic_by_id(&self, id: Uuid) -> Option<TopicView<'_>>;

    /// Shows every topic, in the order of names.
    fn each_topic(&self, visit: &mut dyn FnMut(TopicView<'_>));

    /// What is configured for the times of a group.
    fn consumer_times(&self, group: &str) -> ConsumerTimes;
}
