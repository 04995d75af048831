//! Records of internal topics, read.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use riverrun::core::protocol::messages::{ConsumerProtocolAssignment, ConsumerProtocolSubscription};
use riverrun::core::protocol::records::group_metadata_value::MemberMetadata;
use riverrun::core::protocol::records::*;
use riverrun::core::protocol::{CoordinatorValue, DecodeError, Message, Reader};
use riverrun::core::record::Record;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::Decode;

/// Bytes as `consume` prints them: a string where they are UTF-8, else `{"base64": "…"}`.
pub(super) struct Data<'a>(pub(super) &'a Bytes);

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => serializer.collect_map([("base64", BASE64_STANDARD.encode(self.0))]),
        }
    }
}

/// A record of an internal topic.
pub(super) struct Decoded {
    pub(super) kind: &'static str,
    pub(super) key: Value,
    /// Null for a tombstone.
    pub(super) value: Value,
}

/// Reads a record; the error is for people.
pub(super) fn record(decode: Decode, record: &Record) -> Result<Decoded, String> {
    let key = || record.key.clone().ok_or_else(|| "it has no key".to_owned());
    match decode {
        Decode::Offsets => group(key()?, record.value.clone()).map_err(|error| error.to_string()),
        Decode::Transactions => transaction(key()?, record.value.clone()).map_err(|error| error.to_string()),
        Decode::Metadata => metadata(record.value.as_ref()),
        Decode::Auto | Decode::Raw => Err("it is not to be read".to_owned()),
    }
}

/// A record of our metadata log is a JSON object with a type.
fn metadata(value: Option<&Bytes>) -> Result<Decoded, String> {
    let value = value.ok_or("it has no value")?;
    let value: Value = serde_json::from_slice(value).map_err(|error| {
        format!("it is no JSON ({error}); the metadata log of Apache Kafka is another one")
    })?;
    Ok(Decoded { kind: "metadata", key: Value::Null, value })
}

fn transaction(key: Bytes, value: Option<Bytes>) -> Result<Decoded, DecodeError> {
    let TransactionKey::TransactionLog(key) = TransactionKey::from_record_bytes(key)?;
    let value = value.map(TransactionLogValue::from_record_bytes).transpose()?;
    let status = |status: i8| match status {
        0 => "Empty",
        1 => "Ongoing",
        2 => "PrepareCommit",
        3 => "PrepareAbort",
        4 => "CompleteCommit",
        5 => "CompleteAbort",
        6 => "Dead",
        7 => "PrepareEpochFence",
        _ => "unknown",
    };
    let value = value.map(|value| {
        let partitions = value.transaction_partitions.iter().flatten();
        json!({
            "producer_id": value.producer_id,
            "producer_epoch": value.producer_epoch,
            "previous_producer_id": value.previous_producer_id,
            "next_producer_id": value.next_producer_id,
            "next_producer_epoch": value.next_producer_epoch,
            "timeout_ms": value.transaction_timeout_ms,
            "status": status(value.transaction_status),
            "partitions": partitions
                .map(|topic| json!({ "topic": &*topic.topic, "partitions": topic.partition_ids }))
                .collect::<Vec<_>>(),
            "last_update_ms": value.transaction_last_update_timestamp_ms,
            "start_ms": value.transaction_start_timestamp_ms,
            "client_version": value.client_transaction_version,
        })
    });
    let key = json!({ "transactional_id": &*key.transactional_id });
    Ok(Decoded { kind: "transaction", key, value: json!(value) })
}

/// A value of a type for which nobody has asked for more than its fields.
fn plain<V: CoordinatorValue + std::fmt::Debug>(value: Option<Bytes>) -> Result<Value, DecodeError> {
    Ok(value.map(V::from_record_bytes).transpose()?.map_or(Value::Null, |value| fields(&value)))
}

/// The fields of a message, as Rust writes them; without the noise of empty tagged fields.
fn fields(message: &impl std::fmt::Debug) -> Value {
    json!(format!("{message:?}").replace(", unknown_tagged_fields: []", ""))
}

fn group(key: Bytes, value: Option<Bytes>) -> Result<Decoded, DecodeError> {
    let done = |kind, key: Value, value| Ok(Decoded { kind, key, value });
    match GroupKey::from_record_bytes(key)? {
        GroupKey::LegacyOffsetCommit(key) => {
            let value = value.map(OffsetCommitValue::from_record_bytes).transpose()?;
            done(
                "offset",
                offset_key(&key.group, &key.topic, key.partition),
                json!(value.as_ref().map(offset)),
            )
        }
        GroupKey::OffsetCommit(key) => {
            let value = value.map(OffsetCommitValue::from_record_bytes).transpose()?;
            done(
                "offset",
                offset_key(&key.group, &key.topic, key.partition),
                json!(value.as_ref().map(offset)),
            )
        }
        GroupKey::GroupMetadata(key) => {
            let value = value.map(GroupMetadataValue::from_record_bytes).transpose()?;
            done("group", json!({ "group": &*key.group }), json!(value.as_ref().map(classic)))
        }
        GroupKey::ConsumerGroupMetadata(key) => {
            done("consumer group", fields(&key), plain::<ConsumerGroupMetadataValue>(value)?)
        }
        GroupKey::ConsumerGroupPartitionMetadata(key) => done(
            "consumer group partitions",
            fields(&key),
            plain::<ConsumerGroupPartitionMetadataValue>(value)?,
        ),
        GroupKey::ConsumerGroupMemberMetadata(key) => {
            done("consumer group member", fields(&key), plain::<ConsumerGroupMemberMetadataValue>(value)?)
        }
        GroupKey::ConsumerGroupTargetAssignmentMetadata(key) => {
            let value = plain::<ConsumerGroupTargetAssignmentMetadataValue>(value)?;
            done("consumer group target", fields(&key), value)
        }
        GroupKey::ConsumerGroupTargetAssignmentMember(key) => {
            let value = plain::<ConsumerGroupTargetAssignmentMemberValue>(value)?;
            done("consumer group target member", fields(&key), value)
        }
        GroupKey::ConsumerGroupCurrentMemberAssignment(key) => {
            let value = plain::<ConsumerGroupCurrentMemberAssignmentValue>(value)?;
            done("consumer group assignment", fields(&key), value)
        }
        GroupKey::ConsumerGroupRegularExpression(key) => {
            done("consumer group regex", fields(&key), plain::<ConsumerGroupRegularExpressionValue>(value)?)
        }
        other => done("other", fields(&other), json!(value.as_ref().map(Data))),
    }
}

fn offset_key(group: &str, topic: &str, partition: i32) -> Value {
    json!({ "group": group, "topic": topic, "partition": partition })
}

fn offset(value: &OffsetCommitValue) -> Value {
    json!({
        "offset": value.offset,
        "leader_epoch": value.leader_epoch,
        "metadata": &*value.metadata,
        "commit_timestamp": value.commit_timestamp,
        "expire_timestamp": (value.expire_timestamp >= 0).then_some(value.expire_timestamp),
    })
}

fn classic(value: &GroupMetadataValue) -> Value {
    json!({
        "protocol_type": &*value.protocol_type,
        "generation": value.generation,
        "protocol": value.protocol.as_deref(),
        "leader": value.leader.as_deref(),
        "state_timestamp": value.current_state_timestamp,
        "members": value.members.iter().map(|member| classic_member(&value.protocol_type, member)).collect::<Vec<_>>(),
    })
}

fn classic_member(protocol_type: &str, member: &MemberMetadata) -> Value {
    // Other protocol types (Kafka Connect's) have formats of their own.
    let is_consumer = protocol_type == "consumer";
    let subscription =
        versioned::<ConsumerProtocolSubscription>(&member.subscription).filter(|_| is_consumer);
    let topics =
        subscription.map(|read| json!(read.topics.iter().map(|topic| topic.to_string()).collect::<Vec<_>>()));
    let assignment = versioned::<ConsumerProtocolAssignment>(&member.assignment).filter(|_| is_consumer);
    let partitions = assignment.map(|read| {
        let topics = read.assigned_partitions.iter();
        topics
            .map(|topic| json!({ "topic": &*topic.topic, "partitions": topic.partitions }))
            .collect::<Value>()
    });
    json!({
        "member_id": &*member.member_id,
        "group_instance_id": member.group_instance_id.as_deref(),
        "client_id": &*member.client_id,
        "client_host": &*member.client_host,
        "rebalance_timeout_ms": member.rebalance_timeout,
        "session_timeout_ms": member.session_timeout,
        "subscription": topics.unwrap_or_else(|| json!(Data(&member.subscription))),
        "assignment": partitions.unwrap_or_else(|| json!(Data(&member.assignment))),
    })
}

/// A message with its version in front; `None` if the bytes are something else.
fn versioned<M: Message>(bytes: &Bytes) -> Option<M> {
    let version = i16::from_be_bytes(*bytes.first_chunk()?);
    let mut reader = Reader::new(bytes.slice(2..));
    M::decode(&mut reader, version.min(*M::VERSIONS.end())).ok()
}
