//! Topics made and deleted on this node: the decision, its record, and what follows from it.

use std::sync::Arc;

use riverrun_core::protocol::Uuid;

use super::controller::ControllerError;
use super::groups::{GroupsError, OFFSETS_TOPIC, ShardDriver};
use super::node::Node;
use super::partition::PartitionError;
use super::transactions::TRANSACTIONS_TOPIC;
use crate::coordinator::group::Name;
use crate::log::Marker;
use crate::metadata::{
    ClusterImage, MetadataRecord, NewTopic, TopicDefaults, TopicError, TopicImage, decide_create_topic,
    decide_delete_topic,
};

/// What a topic was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CreatedTopic {
    pub(crate) partitions: i32,
    pub(crate) replication_factor: i16,
}

/// How a topic is named in a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TopicRef {
    Name(String),
    Id(Uuid),
}

impl CreatedTopic {
    fn of(records: &[MetadataRecord]) -> Self {
        let partitions = records.iter().find_map(|record| match record {
            MetadataRecord::TopicCreated { partitions, .. } => Some(partitions),
            _ => None,
        });
        let replicas =
            partitions.and_then(|partitions| partitions.first()).map_or(0, |first| first.replicas.len());
        CreatedTopic {
            partitions: partitions
                .map_or(0, |partitions| i32::try_from(partitions.len()).unwrap_or(i32::MAX)),
            replication_factor: i16::try_from(replicas).unwrap_or(i16::MAX),
        }
    }
}

/// What would come of topics if they were made one after the other.
fn validate_all(
    image: &ClusterImage,
    defaults: TopicDefaults,
    topics: &[NewTopic],
) -> Vec<Result<CreatedTopic, TopicError>> {
    let mut image = image.clone();
    let mut validate = |topic: &NewTopic| {
        let records = decide_create_topic(&image, defaults, topic)?;
        for record in &records {
            image.replay(record).expect("a decided metadata record applies to the image it was decided on");
        }
        Ok(CreatedTopic::of(&records))
    };
    topics.iter().map(&mut validate).collect()
}

impl Node {
    /// Makes topics; with `validate_only` only says what would come of it.
    ///
    /// # Errors
    /// When metadata cannot be changed; what is wrong with a topic is in its own outcome.
    pub(crate) async fn create_topics(
        &self,
        topics: Vec<NewTopic>,
        validate_only: bool,
    ) -> Result<Vec<Result<CreatedTopic, TopicError>>, ControllerError> {
        let defaults = TopicDefaults {
            partitions: self.settings.num_partitions,
            replication_factor: self.settings.default_replication_factor,
        };
        if validate_only {
            let validated = move |image: &ClusterImage| (Vec::new(), validate_all(image, defaults, &topics));
            return self.controller.change(validated).await;
        }
        let decide = |topic: NewTopic| {
            move |image: &ClusterImage| match decide_create_topic(image, defaults, &topic) {
                Ok(records) => {
                    let created = CreatedTopic::of(&records);
                    (records, Ok(created))
                }
                Err(error) => (Vec::new(), Err(error)),
            }
        };
        self.controller.change_all(topics.into_iter().map(decide).collect()).await
    }

    /// Makes a topic unless it is there.
    ///
    /// # Errors
    /// What kept it from being made, as text.
    pub(crate) async fn create_topic(&self, topic: NewTopic) -> Result<(), String> {
        let outcomes = self.create_topics(vec![topic], false).await.map_err(|error| error.to_string())?;
        match outcomes.into_iter().next() {
            None | Some(Ok(_) | Err(TopicError::Exists(_))) => Ok(()),
            Some(Err(error)) => Err(error.to_string()),
        }
    }

    /// Deletes topics; `None` in the place of one that is not there.
    ///
    /// # Errors
    /// When metadata cannot be changed; some of the topics may be gone then.
    pub(crate) async fn delete_topics(
        self: &Arc<Self>,
        which: Vec<TopicRef>,
    ) -> Result<Vec<Option<Arc<TopicImage>>>, ControllerError> {
        let decide = |which: TopicRef| {
            move |image: &ClusterImage| {
                let found = match &which {
                    TopicRef::Name(name) => image.topic(name),
                    TopicRef::Id(id) => image.topic_by_id(*id),
                };
                (found.map(|topic| decide_delete_topic(topic)).unwrap_or_default(), found.cloned())
            }
        };
        let deleted = self.controller.change_all(which.into_iter().map(decide).collect()).await?;
        let gone: Vec<Arc<TopicImage>> = deleted.iter().flatten().cloned().collect();
        if !gone.is_empty() {
            self.topics_deleted(gone).await;
        }
        Ok(deleted)
    }

    async fn topics_deleted(self: &Arc<Self>, topics: Vec<Arc<TopicImage>>) {
        let node = self.clone();
        let deleting = tokio::task::spawn_blocking(move || {
            for topic in &topics {
                node.logs.delete_topic(topic, &node.partitions.take_topic(topic.id));
                node.metrics().topics.forget(&topic.name);
            }
            let names: Vec<Name> = topics.iter().map(|topic| topic.name.clone()).collect();
            // A topic that is made again under this name must not be read from where the old one was.
            for shard in node.written_shards() {
                match shard.load_blocking() {
                    Ok(()) => shard.run(|state, _| state.decide_topics_deleted(&names)),
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "a coordinator could not be loaded"
                        );
                    }
                }
            }
        });
        if let Err(error) = deleting.await {
            tracing::error!(%error, "a deleted topic's files could not be removed");
        }
    }

    /// What an internal topic is made with; `None` for every other name.
    pub(crate) fn internal_topic(&self, name: &str) -> Option<NewTopic> {
        if name == TRANSACTIONS_TOPIC {
            return Some(self.transactions_topic());
        }
        if name != OFFSETS_TOPIC {
            return None;
        }
        let config = |name: &str, value: String| (name.to_owned(), value);
        Some(NewTopic {
            name: OFFSETS_TOPIC.to_owned(),
            id: self.fresh_uuid(),
            partitions: self.settings.offsets_topic_partitions,
            replication_factor: 1,
            assignments: Vec::new(),
            configs: vec![
                config("cleanup.policy", "compact".to_owned()),
                config("compression.type", "producer".to_owned()),
                config("segment.bytes", self.settings.offsets_topic_segment_bytes.to_string()),
            ],
            internal: true,
        })
    }

    /// Whether `__consumer_offsets` is there.
    pub(crate) fn has_offsets_topic(&self) -> bool {
        self.controller.image().topic(OFFSETS_TOPIC).is_some()
    }

    /// Makes `__consumer_offsets` if it is not there, and the shards on it.
    ///
    /// # Errors
    /// What kept it from being made, as text.
    pub(crate) async fn ensure_offsets_topic(&self) -> Result<(), String> {
        if self.groups.is_ready() {
            return Ok(());
        }
        if let Some(topic) = self.internal_topic(OFFSETS_TOPIC).filter(|_| !self.has_offsets_topic()) {
            self.create_topic(topic).await?;
        }
        self.attach_offsets_topic();
        Ok(())
    }

    /// Makes the shards if `__consumer_offsets` is there.
    pub(super) fn attach_offsets_topic(&self) {
        let image = self.controller.image();
        if let Some(topic) = image.topic(OFFSETS_TOPIC) {
            let indexes = 0..i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
            self.groups
                .set_partitions(indexes.filter_map(|index| self.partitions.get(topic, index)).collect());
        }
    }

    /// The shard of a group, if it can answer at once.
    pub(crate) fn loaded_shard(&self, group: &str) -> Option<Arc<ShardDriver>> {
        self.groups.shard(group).filter(|shard| shard.is_loaded()).cloned()
    }

    /// The shard of a group, loaded.
    ///
    /// # Errors
    /// When the topic could not be made or the partition not be read.
    pub(crate) async fn load_shard(&self, group: &str) -> Result<Arc<ShardDriver>, GroupsError> {
        self.ensure_offsets_topic().await.map_err(GroupsError::Load)?;
        let shard = self.groups.shard(group).cloned();
        let shard = shard.ok_or_else(|| GroupsError::Load("__consumer_offsets is being made".to_owned()))?;
        shard.load().await?;
        Ok(shard)
    }

    /// Ends a producer's transaction in a partition of `__consumer_offsets`; returns the log's end behind the marker.
    pub(super) async fn end_in_group_shard(
        &self,
        index: i32,
        marker: &Marker,
    ) -> Result<i64, PartitionError> {
        self.attach_offsets_topic();
        let shard = usize::try_from(index).ok().and_then(|index| self.groups.shards().get(index));
        let shard = shard.ok_or(PartitionError::Gone)?;
        shard.load().await.map_err(PartitionError::internal)?;
        shard.end_transaction(marker)
    }

    /// The shards that may hold anything: those that are loaded, and those whose partition has files. Reads the data
    /// folder.
    pub(crate) fn written_shards(&self) -> Vec<Arc<ShardDriver>> {
        let found = self.logs.folders().partitions();
        let is_written = |index: usize| {
            found
                .iter()
                .any(|found| &*found.topic == OFFSETS_TOPIC && usize::try_from(found.partition) == Ok(index))
        };
        let wanted = |shard: &&Arc<ShardDriver>| shard.is_loaded() || is_written(shard.index());
        self.groups.shards().iter().filter(wanted).cloned().collect()
    }
}
