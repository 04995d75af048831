//! What members of a group tell each other: opaque bytes to the coordinator, schemas of Kafka's consumers.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::{BufMut, Bytes, BytesMut};

use super::super::TopicPartition;
use super::assignor::{Assignment, GroupMember};
use crate::protocol::messages::consumer_protocol_assignment::TopicPartition as AssignedTopic;
use crate::protocol::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use crate::protocol::{DecodeError, EncodeError, Message, Reader, Str};

/// The newest versions of both schemas.
const SUBSCRIPTION_VERSION: i16 = 3;
const ASSIGNMENT_VERSION: i16 = 3;

/// A subscription as JoinGroup carries it.
pub(crate) fn encode_subscription(
    topics: &[Arc<str>],
    user_data: Option<Bytes>,
    generation: i32,
) -> Result<Bytes, EncodeError> {
    let message = ConsumerProtocolSubscription {
        topics: topics.iter().map(|topic| Str::from(&**topic)).collect(),
        user_data,
        generation_id: generation,
        ..Default::default()
    };
    prefixed(&message, SUBSCRIPTION_VERSION)
}

/// A member of the group out of what it sent with JoinGroup. Versions newer than ours begin as ours do.
pub(crate) fn decode_member(
    id: &str,
    instance_id: Option<&str>,
    metadata: Bytes,
) -> Result<GroupMember, DecodeError> {
    let (mut reader, version) = versioned(metadata);
    let message = ConsumerProtocolSubscription::decode(&mut reader, version.clamp(0, SUBSCRIPTION_VERSION))?;
    let mut topics: Vec<Arc<str>> = message.topics.iter().map(|topic| Arc::from(&**topic)).collect();
    topics.sort();
    topics.dedup();
    Ok(GroupMember {
        id: Arc::from(id),
        instance_id: instance_id.map(Arc::from),
        topics,
        user_data: message.user_data,
    })
}

/// An assignment as SyncGroup carries it.
pub(crate) fn encode_assignment(assignment: &Assignment) -> Result<Bytes, EncodeError> {
    let mut topics: BTreeMap<&Arc<str>, Vec<i32>> = BTreeMap::new();
    for partition in &assignment.partitions {
        topics.entry(&partition.topic).or_default().push(partition.partition);
    }
    let assigned = topics
        .into_iter()
        .map(|(topic, partitions)| AssignedTopic { topic: Str::from(&**topic), partitions });
    let message = ConsumerProtocolAssignment {
        assigned_partitions: assigned.collect(),
        user_data: assignment.user_data.clone(),
    };
    prefixed(&message, ASSIGNMENT_VERSION)
}

/// What SyncGroup answered. No bytes are no partitions.
pub(crate) fn decode_assignment(bytes: Bytes) -> Result<Assignment, DecodeError> {
    if bytes.is_empty() {
        return Ok(Assignment::default());
    }
    let (mut reader, version) = versioned(bytes);
    let message = ConsumerProtocolAssignment::decode(&mut reader, version.clamp(0, ASSIGNMENT_VERSION))?;
    let mut partitions = Vec::new();
    for assigned in &message.assigned_partitions {
        let topic: Arc<str> = Arc::from(&*assigned.topic);
        let of_topic = assigned.partitions.iter();
        partitions.extend(of_topic.map(|partition| TopicPartition::new(Arc::clone(&topic), *partition)));
    }
    Ok(Assignment { partitions, user_data: message.user_data })
}

/// The partitions of a member's assignment, as DescribeGroups shows it.
pub(crate) fn decode_share(bytes: Bytes) -> Result<Vec<TopicPartition>, DecodeError> {
    decode_assignment(bytes).map(|assignment| assignment.partitions)
}

fn prefixed<M: Message>(message: &M, version: i16) -> Result<Bytes, EncodeError> {
    let mut buffer = BytesMut::new();
    buffer.put_i16(version);
    message.encode(&mut buffer, version)?;
    Ok(buffer.freeze())
}

/// A reader behind the version. A missing version fails when the message is decoded.
fn versioned(bytes: Bytes) -> (Reader, i16) {
    let mut reader = Reader::new(bytes);
    let version = reader.int16("version");
    (reader, version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subscriptions_and_assignments_round_trip() {
        let topics = [Arc::from("b"), Arc::from("a")];
        let bytes = encode_subscription(&topics, Some(Bytes::from_static(b"x")), 7).unwrap();
        let member = decode_member("m", Some("i"), bytes).unwrap();
        assert_eq!(member.topics, [Arc::from("a"), Arc::from("b")]);
        assert_eq!(member.user_data.as_deref(), Some(&b"x"[..]));
        let share = Assignment {
            partitions: vec![TopicPartition::new("a", 1), TopicPartition::new("b", 0)],
            user_data: None,
        };
        assert_eq!(decode_assignment(encode_assignment(&share).unwrap()).unwrap(), share);
        assert_eq!(decode_assignment(Bytes::new()).unwrap(), Assignment::default());
        assert!(decode_assignment(Bytes::from_static(b"\0")).is_err());
    }
}
