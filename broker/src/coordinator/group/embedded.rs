//! What consumers of the classic protocol put into the bytes that the protocol itself does not look at: subscriptions
//! and assignments. Groups of other protocol types put in what they like.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};
use riverrun_core::protocol::messages::consumer_protocol_assignment::TopicPartition;
use riverrun_core::protocol::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use riverrun_core::protocol::{Message, Reader, Str};

use super::cluster::Cluster;
use super::consumer::Partitions;
use super::request::Name;

/// What a consumer says that it reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subscription {
    pub(super) topics: BTreeSet<Name>,
    pub(super) rack_id: Option<Name>,
    owned: Vec<(Name, Vec<i32>)>,
}

impl Subscription {
    /// What the consumer says that it owns, of topics that are there.
    pub(super) fn owned(&self, cluster: &dyn Cluster) -> Partitions {
        let mut owned = Partitions::new();
        for (topic, partitions) in &self.owned {
            if let Some(topic) = cluster.topic(topic) {
                owned.entry(topic.id).or_default().extend(partitions);
            }
        }
        owned
    }
}

/// A reader behind the version, and the version to read on with: a newer client's first fields stay as they are.
fn versioned<M: Message>(bytes: &Bytes) -> (Reader, i16) {
    let mut reader = Reader::new(bytes.clone());
    let version = reader.int16("version").clamp(0, *M::VERSIONS.end());
    (reader, version)
}

/// A consumer's subscription; `None` if the bytes are none.
pub(super) fn read_subscription(metadata: &Bytes) -> Option<Subscription> {
    let (mut reader, version) = versioned::<ConsumerProtocolSubscription>(metadata);
    let read = ConsumerProtocolSubscription::decode(&mut reader, version).ok()?;
    let name = |text: &Str| -> Name { Arc::from(text.as_str()) };
    Some(Subscription {
        topics: read.topics.iter().map(name).collect(),
        rack_id: read.rack_id.as_ref().map(name).filter(|rack| !rack.is_empty()),
        owned: read
            .owned_partitions
            .iter()
            .map(|owned| (name(&owned.topic), owned.partitions.clone()))
            .collect(),
    })
}

/// A consumer's assignment, as far as its topics are there; `None` if the bytes are none, or hold something of an
/// assignor's own that would be lost.
pub(super) fn read_assignment(bytes: &Bytes, cluster: &dyn Cluster) -> Option<Partitions> {
    let (mut reader, version) = versioned::<ConsumerProtocolAssignment>(bytes);
    let read = ConsumerProtocolAssignment::decode(&mut reader, version).ok()?;
    if read.user_data.is_some_and(|data| !data.is_empty()) {
        return None;
    }
    let mut partitions = Partitions::new();
    for assigned in &read.assigned_partitions {
        if let Some(topic) = cluster.topic(&assigned.topic) {
            partitions.entry(topic.id).or_default().extend(&assigned.partitions);
        }
    }
    Some(partitions)
}

/// An assignment in the version that the member's own `metadata` has.
pub(super) fn assignment_bytes(partitions: &Partitions, metadata: &Bytes, cluster: &dyn Cluster) -> Bytes {
    let version = Reader::new(metadata.clone()).int16("version");
    let version = version.clamp(0, *ConsumerProtocolAssignment::VERSIONS.end());
    let mut assigned_partitions = Vec::with_capacity(partitions.len());
    for (topic, partitions) in partitions {
        if let Some(topic) = cluster.topic_by_id(*topic) {
            let partitions = partitions.iter().copied().collect();
            assigned_partitions.push(TopicPartition { topic: Str::from(&**topic.name), partitions });
        }
    }
    let message = ConsumerProtocolAssignment { assigned_partitions, user_data: None };
    let mut bytes = BytesMut::new();
    bytes.put_i16(version);
    // Nothing in an assignment of this version can fail to be written but a name beyond all limits.
    match message.encode(&mut bytes, version) {
        Ok(()) => bytes.freeze(),
        Err(_) => Bytes::new(),
    }
}
