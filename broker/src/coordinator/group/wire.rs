//! Group records as Kafka writes them into `__consumer_offsets`, byte for byte.
//!
//! Foreign lag tools read this topic, and a log written by Kafka can be loaded.

use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::records::group_metadata_value::MemberMetadata;
use riverrun_core::protocol::records::{
    GroupMetadataKey, GroupMetadataValue, OffsetCommitKey, OffsetCommitValue,
};
use riverrun_core::protocol::{
    CoordinatorKey, CoordinatorValue, DecodeError, EncodeError, Message, Reader, Str,
};

use super::consumer;
use super::record::{CommittedOffset, GroupRecord, GroupValue, MemberValue};
use super::request::Name;

/// The value version that Kafka writes since 4.2: with the topic's id.
const OFFSET_VALUE_VERSION: i16 = 4;
/// The one version that carries an expiry of its own.
const EXPIRING_OFFSET_VALUE_VERSION: i16 = 1;
const GROUP_VALUE_VERSION: i16 = 3;
/// The oldest key type of a committed offset; its key has the same fields.
const LEGACY_OFFSET_KEY_TYPE: i16 = 0;

/// Why bytes are no group record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("a record of __consumer_offsets has no key")]
    NoKey,
    #[error("a record of __consumer_offsets cannot be read")]
    Decode(#[from] DecodeError),
}

/// The key and the value (`None`: a tombstone) of a record.
pub(crate) fn encode_record(record: &GroupRecord) -> Result<(Bytes, Option<Bytes>), EncodeError> {
    match record {
        GroupRecord::Group { group, value } => {
            let key = GroupMetadataKey { group: text(group) };
            let value = value.as_ref().map(|value| group_value(value).to_record_bytes(GROUP_VALUE_VERSION));
            Ok((key.to_record_bytes()?, value.transpose()?))
        }
        GroupRecord::Offset { group, topic, partition, value } => {
            let key = OffsetCommitKey { group: text(group), topic: text(topic), partition: *partition };
            let value = value.as_ref().map(|value| {
                let version = match value.expire_timestamp_ms {
                    Some(_) => EXPIRING_OFFSET_VALUE_VERSION,
                    None => OFFSET_VALUE_VERSION,
                };
                offset_value(value).to_record_bytes(version)
            });
            Ok((key.to_record_bytes()?, value.transpose()?))
        }
        GroupRecord::Consumer { group, record } => consumer::encode(group, record),
    }
}

/// Reads a record; `None` for one of a kind that is not known here, as of share and streams groups.
pub(crate) fn decode_record(
    key: Option<&Bytes>,
    value: Option<&Bytes>,
) -> Result<Option<GroupRecord>, WireError> {
    let mut reader = Reader::new(key.ok_or(WireError::NoKey)?.clone());
    let record_type = reader.int16("type");
    match record_type {
        GroupMetadataKey::TYPE => {
            let key = GroupMetadataKey::decode(&mut reader, 0)?;
            let value =
                value.map(|value| GroupMetadataValue::from_record_bytes(value.clone())).transpose()?;
            Ok(Some(GroupRecord::Group { group: name(&key.group), value: value.map(group_from_wire) }))
        }
        LEGACY_OFFSET_KEY_TYPE | OffsetCommitKey::TYPE => {
            let key = OffsetCommitKey::decode(&mut reader, 0)?;
            let value = value.map(|value| OffsetCommitValue::from_record_bytes(value.clone())).transpose()?;
            Ok(Some(GroupRecord::Offset {
                group: name(&key.group),
                topic: name(&key.topic),
                partition: key.partition,
                value: value.map(|value| offset_from_wire(&value)),
            }))
        }
        other if consumer::is_consumer_type(other) => Ok(Some(consumer::decode(other, &mut reader, value)?)),
        _ => Ok(None),
    }
}

fn text(name: &Name) -> Str {
    Str::from(&**name)
}

fn name(text: &Str) -> Name {
    Arc::from(text.as_str())
}

fn group_value(value: &GroupValue) -> GroupMetadataValue {
    GroupMetadataValue {
        protocol_type: text(&value.protocol_type),
        generation: value.generation,
        protocol: value.protocol.as_ref().map(text),
        leader: value.leader.as_ref().map(text),
        current_state_timestamp: value.since_ms,
        members: value.members.iter().map(member_value).collect(),
        ..Default::default()
    }
}

fn member_value(member: &MemberValue) -> MemberMetadata {
    MemberMetadata {
        member_id: text(&member.id),
        group_instance_id: member.instance_id.as_ref().map(text),
        client_id: text(&member.client_id),
        client_host: text(&member.client_host),
        rebalance_timeout: member.rebalance_timeout_ms,
        session_timeout: member.session_timeout_ms,
        subscription: member.subscription.clone(),
        assignment: member.assignment.clone(),
        ..Default::default()
    }
}

fn group_from_wire(value: GroupMetadataValue) -> GroupValue {
    GroupValue {
        protocol_type: name(&value.protocol_type),
        generation: value.generation,
        protocol: value.protocol.as_ref().map(name),
        leader: value.leader.as_ref().map(name),
        since_ms: value.current_state_timestamp,
        members: value.members.into_iter().map(member_from_wire).collect(),
    }
}

fn member_from_wire(member: MemberMetadata) -> MemberValue {
    let session_timeout_ms = member.session_timeout;
    MemberValue {
        id: name(&member.member_id),
        instance_id: member.group_instance_id.as_ref().map(name),
        client_id: name(&member.client_id),
        client_host: name(&member.client_host),
        // The oldest value has no rebalance timeout: the session's stood for it.
        rebalance_timeout_ms: if member.rebalance_timeout < 0 {
            session_timeout_ms
        } else {
            member.rebalance_timeout
        },
        session_timeout_ms,
        subscription: Bytes::copy_from_slice(&member.subscription),
        assignment: Bytes::copy_from_slice(&member.assignment),
    }
}

fn offset_value(value: &CommittedOffset) -> OffsetCommitValue {
    OffsetCommitValue {
        offset: value.offset,
        leader_epoch: value.leader_epoch,
        metadata: text(&value.metadata),
        commit_timestamp: value.commit_timestamp_ms,
        expire_timestamp: value.expire_timestamp_ms.unwrap_or(-1),
        topic_id: value.topic_id,
        ..Default::default()
    }
}

fn offset_from_wire(value: &OffsetCommitValue) -> CommittedOffset {
    CommittedOffset {
        offset: value.offset,
        leader_epoch: value.leader_epoch,
        metadata: name(&value.metadata),
        commit_timestamp_ms: value.commit_timestamp,
        expire_timestamp_ms: Some(value.expire_timestamp).filter(|expire_ms| *expire_ms >= 0),
        topic_id: value.topic_id,
    }
}
