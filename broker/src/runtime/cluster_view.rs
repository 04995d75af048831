//! The cluster as coordinators may see it: topics out of the metadata image, and what is configured for a group.

use std::sync::{Arc, PoisonError};

use riverrun_core::protocol::Uuid;

use super::logs::SharedImage;
use crate::config::ConsumerTimeSettings;
use crate::coordinator::group::{Cluster, ConsumerTimes, TopicView};
use crate::metadata::{ClusterImage, ConfigResource, TopicImage};

/// Sees every change of the cluster.
#[derive(Clone, Debug)]
pub(crate) struct ClusterView {
    image: SharedImage,
    times: ConsumerTimeSettings,
}

impl ClusterView {
    pub(crate) fn new(image: SharedImage, times: ConsumerTimeSettings) -> Self {
        ClusterView { image, times }
    }

    /// The cluster as it is now.
    pub(crate) fn now(&self) -> ClusterSnapshot {
        let image = self.image.read().unwrap_or_else(PoisonError::into_inner).clone();
        ClusterSnapshot { image, times: self.times }
    }
}

/// The cluster at one moment.
#[derive(Clone, Debug)]
pub(crate) struct ClusterSnapshot {
    image: Arc<ClusterImage>,
    times: ConsumerTimeSettings,
}

fn view(topic: &TopicImage) -> TopicView<'_> {
    let partitions = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
    TopicView { id: topic.id, name: &topic.name, partitions }
}

impl Cluster for ClusterSnapshot {
    fn version(&self) -> u64 {
        self.image.version
    }

    fn topic(&self, name: &str) -> Option<TopicView<'_>> {
        self.image.topic(name).map(|topic| view(topic))
    }

    fn topic_by_id(&self, id: Uuid) -> Option<TopicView<'_>> {
        self.image.topic_by_id(id).map(|topic| view(topic))
    }

    fn each_topic(&self, visit: &mut dyn FnMut(TopicView<'_>)) {
        self.image.topics().for_each(|topic| visit(view(topic)));
    }

    fn consumer_times(&self, group: &str) -> ConsumerTimes {
        let set = self.image.configs(&ConfigResource::Group(group.to_owned()));
        let of = |name: &str| set?.get(name)?.parse::<i32>().ok();
        let times = &self.times;
        ConsumerTimes {
            session_timeout_ms: times.session.of(of("consumer.session.timeout.ms")),
            heartbeat_interval_ms: times.heartbeat.of(of("consumer.heartbeat.interval.ms")),
            assignment_interval_ms: times.assignment.of(of("consumer.assignment.interval.ms")),
        }
    }
}
