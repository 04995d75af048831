//! ConsumerGroupHeartbeatRequest: a request of API 68, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupHeartbeatRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerGroupHeartbeatRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub member_epoch: i32,
    /// All versions, nullable, default null.
    pub instance_id: Option<Str>,
    /// All versions, nullable, default null.
    pub rack_id: Option<Str>,
    /// All versions, default -1.
    pub rebalance_timeout_ms: i32,
    /// All versions, nullable, default null.
    pub subscribed_topic_names: Option<Vec<Str>>,
    /// Version 1, nullable, default null.
    pub subscribed_topic_regex: Option<Str>,
    /// All versions, nullable, default null.
    pub server_assignor: Option<Str>,
    /// All versions, nullable, default null.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConsumerGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            member_id: Str::EMPTY,
            member_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            subscribed_topic_names: None,
            subscribed_topic_regex: None,
            server_assignor: None,
            topic_partitions: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ConsumerGroupHeartbeatRequest {
    const NAME: &'static str = "ConsumerGroupHeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "ConsumerGroupHeartbeatRequest.group_id"),
            member_id: reader.string(true, "ConsumerGroupHeartbeatRequest.member_id"),
            member_epoch: reader.int32("ConsumerGroupHeartbeatRequest.member_epoch"),
            instance_id: reader.opt_string(true, true, "ConsumerGroupHeartbeatRequest.instance_id"),
            rack_id: reader.opt_string(true, true, "ConsumerGroupHeartbeatRequest.rack_id"),
            rebalance_timeout_ms: reader.int32("ConsumerGroupHeartbeatRequest.rebalance_timeout_ms"),
            subscribed_topic_names: reader.opt_strings(true, true, "ConsumerGroupHeartbeatRequest.subscribed_topic_names"),
            subscribed_topic_regex: if version == 1 { reader.opt_string(true, true, "ConsumerGroupHeartbeatRequest.subscribed_topic_regex") } else { None },
            server_assignor: reader.opt_string(true, true, "ConsumerGroupHeartbeatRequest.server_assignor"),
            topic_partitions: reader.opt_structs(true, true, version, 18, "ConsumerGroupHeartbeatRequest.topic_partitions", TopicPartitions::read),
            unknown_tagged_fields: reader.tags(true, "ConsumerGroupHeartbeatRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "ConsumerGroupHeartbeatRequest.group_id");
        writer.string(true, &self.member_id, "ConsumerGroupHeartbeatRequest.member_id");
        writer.int32(self.member_epoch);
        writer.opt_string(true, true, &self.instance_id, "ConsumerGroupHeartbeatRequest.instance_id");
        writer.opt_string(true, true, &self.rack_id, "ConsumerGroupHeartbeatRequest.rack_id");
        writer.int32(self.rebalance_timeout_ms);
        writer.opt_strings(true, true, &self.subscribed_topic_names, "ConsumerGroupHeartbeatRequest.subscribed_topic_names");
        if version == 1 {
            writer.opt_string(true, true, &self.subscribed_topic_regex, "ConsumerGroupHeartbeatRequest.subscribed_topic_regex");
        } else if self.subscribed_topic_regex.is_some() {
            writer.reject("ConsumerGroupHeartbeatRequest.subscribed_topic_regex");
        }
        writer.opt_string(true, true, &self.server_assignor, "ConsumerGroupHeartbeatRequest.server_assignor");
        writer.opt_structs(true, true, version, &self.topic_partitions, "ConsumerGroupHeartbeatRequest.topic_partitions", TopicPartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartitions {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicPartitions.topic_id"),
            partitions: reader.int32s(true, "TopicPartitions.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicPartitions"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.int32s(true, &self.partitions, "TopicPartitions.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
