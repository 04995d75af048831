//! The records of consumer groups as Kafka writes them, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::records::consumer_group_current_member_assignment_value::TopicPartitions;
use riverrun_core::protocol::records::consumer_group_member_metadata_value::{
    ClassicMemberMetadata, ClassicProtocol,
};
use riverrun_core::protocol::records::consumer_group_target_assignment_member_value::TopicPartition;
use riverrun_core::protocol::records::*;
use riverrun_core::protocol::{
    CoordinatorKey, CoordinatorValue, DecodeError, EncodeError, Message, Reader, Str,
};

use super::assignment::{Owned, Partitions};
use super::member::{ClassicMetadata, CurrentAssignment, MemberInfo, MemberState};
use super::record::{ConsumerRecord, GroupEpoch, ResolvedRegex, TargetEpoch};
use crate::coordinator::group::record::GroupRecord;
use crate::coordinator::group::request::Name;

/// The one version of every value here.
const VERSION: i16 = 0;

/// The key and the value (`None`: a tombstone) of a record of `group`.
pub(crate) fn encode(group: &Name, record: &ConsumerRecord) -> Result<(Bytes, Option<Bytes>), EncodeError> {
    let group_id = text(group);
    match record {
        ConsumerRecord::Epoch(value) => {
            let value = value.map(|value| ConsumerGroupMetadataValue {
                epoch: value.epoch,
                metadata_hash: value.metadata_hash,
                ..Default::default()
            });
            pair(&ConsumerGroupMetadataKey { group_id }, value.as_ref())
        }
        ConsumerRecord::OldMetadata { present } => {
            let value = present.then(ConsumerGroupPartitionMetadataValue::default);
            pair(&ConsumerGroupPartitionMetadataKey { group_id }, value.as_ref())
        }
        ConsumerRecord::Member { member, value } => {
            let key = ConsumerGroupMemberMetadataKey { group_id, member_id: text(member) };
            pair(&key, value.as_ref().map(member_value).as_ref())
        }
        ConsumerRecord::TargetEpoch(value) => {
            let value = value.map(|value| ConsumerGroupTargetAssignmentMetadataValue {
                assignment_epoch: value.epoch,
                assignment_timestamp: value.made_ms,
                ..Default::default()
            });
            pair(&ConsumerGroupTargetAssignmentMetadataKey { group_id }, value.as_ref())
        }
        ConsumerRecord::Target { member, value } => {
            let key = ConsumerGroupTargetAssignmentMemberKey { group_id, member_id: text(member) };
            pair(&key, value.as_ref().map(target_value).as_ref())
        }
        ConsumerRecord::Current { member, value } => {
            let key = ConsumerGroupCurrentMemberAssignmentKey { group_id, member_id: text(member) };
            pair(&key, value.as_ref().map(current_value).as_ref())
        }
        ConsumerRecord::Regex { regex, value } => {
            let key = ConsumerGroupRegularExpressionKey { group_id, regular_expression: text(regex) };
            let value = value.as_ref().map(|value| ConsumerGroupRegularExpressionValue {
                topics: value.topics.iter().map(text).collect(),
                version: value.version.cast_signed(),
                timestamp: value.resolved_ms,
                ..Default::default()
            });
            pair(&key, value.as_ref())
        }
    }
}

/// Whether a key of this type belongs to a consumer group.
pub(crate) fn is_consumer_type(record_type: i16) -> bool {
    [
        ConsumerGroupMetadataKey::TYPE,
        ConsumerGroupPartitionMetadataKey::TYPE,
        ConsumerGroupMemberMetadataKey::TYPE,
        ConsumerGroupTargetAssignmentMetadataKey::TYPE,
        ConsumerGroupTargetAssignmentMemberKey::TYPE,
        ConsumerGroupCurrentMemberAssignmentKey::TYPE,
        ConsumerGroupRegularExpressionKey::TYPE,
    ]
    .contains(&record_type)
}

/// Reads a record whose key is of a [consumer type](is_consumer_type); `key` stands behind the type.
pub(crate) fn decode(
    record_type: i16,
    key: &mut Reader,
    value: Option<&Bytes>,
) -> Result<GroupRecord, DecodeError> {
    let (group_id, record) = match record_type {
        ConsumerGroupMetadataKey::TYPE => {
            let key = ConsumerGroupMetadataKey::decode(key, 0)?;
            let value = read::<ConsumerGroupMetadataValue>(value)?;
            let epoch =
                value.map(|value| GroupEpoch { epoch: value.epoch, metadata_hash: value.metadata_hash });
            (key.group_id, ConsumerRecord::Epoch(epoch))
        }
        ConsumerGroupPartitionMetadataKey::TYPE => {
            let key = ConsumerGroupPartitionMetadataKey::decode(key, 0)?;
            (key.group_id, ConsumerRecord::OldMetadata { present: value.is_some() })
        }
        ConsumerGroupMemberMetadataKey::TYPE => {
            let key = ConsumerGroupMemberMetadataKey::decode(key, 0)?;
            let value = read::<ConsumerGroupMemberMetadataValue>(value)?.map(member_info);
            (key.group_id, ConsumerRecord::Member { member: name(&key.member_id), value })
        }
        ConsumerGroupTargetAssignmentMetadataKey::TYPE => {
            let key = ConsumerGroupTargetAssignmentMetadataKey::decode(key, 0)?;
            let value = read::<ConsumerGroupTargetAssignmentMetadataValue>(value)?;
            let epoch = value.map(|value| TargetEpoch {
                epoch: value.assignment_epoch,
                made_ms: value.assignment_timestamp,
            });
            (key.group_id, ConsumerRecord::TargetEpoch(epoch))
        }
        ConsumerGroupTargetAssignmentMemberKey::TYPE => {
            let key = ConsumerGroupTargetAssignmentMemberKey::decode(key, 0)?;
            let value = read::<ConsumerGroupTargetAssignmentMemberValue>(value)?;
            (key.group_id, ConsumerRecord::Target { member: name(&key.member_id), value: value.map(target) })
        }
        ConsumerGroupCurrentMemberAssignmentKey::TYPE => {
            let key = ConsumerGroupCurrentMemberAssignmentKey::decode(key, 0)?;
            let value = read::<ConsumerGroupCurrentMemberAssignmentValue>(value)?;
            (
                key.group_id,
                ConsumerRecord::Current { member: name(&key.member_id), value: value.map(current) },
            )
        }
        _ => {
            let key = ConsumerGroupRegularExpressionKey::decode(key, 0)?;
            let value = read::<ConsumerGroupRegularExpressionValue>(value)?.map(|value| ResolvedRegex {
                topics: value.topics.iter().map(name).collect(),
                version: value.version.cast_unsigned(),
                resolved_ms: value.timestamp,
            });
            (key.group_id, ConsumerRecord::Regex { regex: name(&key.regular_expression), value })
        }
    };
    Ok(GroupRecord::Consumer { group: name(&group_id), record })
}

fn pair<K: CoordinatorKey, V: CoordinatorValue>(
    key: &K,
    value: Option<&V>,
) -> Result<(Bytes, Option<Bytes>), EncodeError> {
    Ok((key.to_record_bytes()?, value.map(|value| value.to_record_bytes(VERSION)).transpose()?))
}

fn read<V: CoordinatorValue>(value: Option<&Bytes>) -> Result<Option<V>, DecodeError> {
    value.map(|value| V::from_record_bytes(value.clone())).transpose()
}

fn text(name: &Name) -> Str {
    Str::from(&**name)
}

fn name(text: &Str) -> Name {
    Arc::from(text.as_str())
}

fn member_value(info: &MemberInfo) -> ConsumerGroupMemberMetadataValue {
    ConsumerGroupMemberMetadataValue {
        instance_id: info.instance_id.as_ref().map(text),
        rack_id: info.rack_id.as_ref().map(text),
        client_id: text(&info.client_id),
        client_host: text(&info.client_host),
        subscribed_topic_names: info.topics.iter().map(text).collect(),
        subscribed_topic_regex: Some(info.regex.as_ref().map_or(Str::EMPTY, text)),
        rebalance_timeout_ms: info.rebalance_timeout_ms,
        server_assignor: info.assignor.as_ref().map(text),
        classic_member_metadata: info.classic.as_ref().map(|classic| ClassicMemberMetadata {
            session_timeout_ms: classic.session_timeout_ms,
            supported_protocols: classic
                .protocols
                .iter()
                .map(|(name, metadata)| ClassicProtocol {
                    name: text(name),
                    metadata: metadata.clone(),
                    ..Default::default()
                })
                .collect(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn member_info(value: ConsumerGroupMemberMetadataValue) -> MemberInfo {
    MemberInfo {
        instance_id: value.instance_id.as_ref().map(name),
        rack_id: value.rack_id.as_ref().map(name),
        client_id: name(&value.client_id),
        client_host: name(&value.client_host),
        topics: value.subscribed_topic_names.iter().map(name).collect(),
        regex: value.subscribed_topic_regex.as_ref().filter(|regex| !regex.is_empty()).map(name),
        rebalance_timeout_ms: value.rebalance_timeout_ms,
        assignor: value.server_assignor.as_ref().map(name),
        classic: value.classic_member_metadata.map(|classic| ClassicMetadata {
            session_timeout_ms: classic.session_timeout_ms,
            protocols: classic
                .supported_protocols
                .iter()
                .map(|protocol| (name(&protocol.name), Bytes::copy_from_slice(&protocol.metadata)))
                .collect(),
        }),
    }
}

fn target_value(target: &Partitions) -> ConsumerGroupTargetAssignmentMemberValue {
    let topic = |(topic_id, partitions): (&_, &BTreeSet<i32>)| TopicPartition {
        topic_id: *topic_id,
        partitions: partitions.iter().copied().collect(),
        ..Default::default()
    };
    ConsumerGroupTargetAssignmentMemberValue {
        topic_partitions: target.iter().map(topic).collect(),
        ..Default::default()
    }
}

fn target(value: ConsumerGroupTargetAssignmentMemberValue) -> Partitions {
    let topics = value.topic_partitions.into_iter();
    topics.map(|topic| (topic.topic_id, topic.partitions.into_iter().collect())).collect()
}

fn current_value(current: &CurrentAssignment) -> ConsumerGroupCurrentMemberAssignmentValue {
    let topics = |owned: &Owned| {
        let topic = |(topic_id, partitions): (&_, &BTreeMap<i32, i32>)| TopicPartitions {
            topic_id: *topic_id,
            partitions: partitions.keys().copied().collect(),
            assignment_epochs: Some(partitions.values().copied().collect()),
            ..Default::default()
        };
        owned.iter().map(topic).collect()
    };
    ConsumerGroupCurrentMemberAssignmentValue {
        member_epoch: current.epoch,
        previous_member_epoch: current.previous_epoch,
        state: current.state.code(),
        assigned_partitions: topics(&current.assigned),
        partitions_pending_revocation: topics(&current.revoking),
        ..Default::default()
    }
}

fn current(value: ConsumerGroupCurrentMemberAssignmentValue) -> CurrentAssignment {
    let epoch = value.member_epoch;
    let owned = |topics: Vec<TopicPartitions>| -> Owned {
        let topic = |topic: TopicPartitions| {
            let epochs = topic.assignment_epochs.unwrap_or_default();
            // Kafka up to 4.2 wrote no epochs: the member's own stands for them.
            let since = epochs.into_iter().chain(std::iter::repeat(epoch));
            (topic.topic_id, topic.partitions.into_iter().zip(since).collect())
        };
        topics.into_iter().map(topic).collect()
    };
    CurrentAssignment {
        epoch,
        previous_epoch: value.previous_member_epoch,
        state: MemberState::from_code(value.state),
        assigned: owned(value.assigned_partitions),
        revoking: owned(value.partitions_pending_revocation),
    }
}
