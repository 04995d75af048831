//! ConsumerGroupHeartbeatResponse: a response of API 68, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupHeartbeatResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerGroupHeartbeatResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions, nullable, default null.
    pub member_id: Option<Str>,
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub heartbeat_interval_ms: i32,
    /// All versions, nullable, default null.
    pub assignment: Option<Assignment>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ConsumerGroupHeartbeatResponse {
    const NAME: &'static str = "ConsumerGroupHeartbeatResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ConsumerGroupHeartbeatResponse.throttle_time_ms"),
            error_code: reader.int16("ConsumerGroupHeartbeatResponse.error_code"),
            error_message: reader.opt_string(true, true, "ConsumerGroupHeartbeatResponse.error_message"),
            member_id: reader.opt_string(true, true, "ConsumerGroupHeartbeatResponse.member_id"),
            member_epoch: reader.int32("ConsumerGroupHeartbeatResponse.member_epoch"),
            heartbeat_interval_ms: reader.int32("ConsumerGroupHeartbeatResponse.heartbeat_interval_ms"),
            assignment: reader.opt_struct(true, version, "ConsumerGroupHeartbeatResponse.assignment", Assignment::read),
            unknown_tagged_fields: reader.tags(true, "ConsumerGroupHeartbeatResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "ConsumerGroupHeartbeatResponse.error_message");
        writer.opt_string(true, true, &self.member_id, "ConsumerGroupHeartbeatResponse.member_id");
        writer.int32(self.member_epoch);
        writer.int32(self.heartbeat_interval_ms);
        writer.opt_struct(true, version, &self.assignment, "ConsumerGroupHeartbeatResponse.assignment", Assignment::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupHeartbeatResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// All versions.
    pub topic_partitions: Vec<TopicPartitions>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Assignment {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_partitions: reader.structs(true, version, 18, "Assignment.topic_partitions", TopicPartitions::read),
            unknown_tagged_fields: reader.tags(true, "Assignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topic_partitions, "Assignment.topic_partitions", TopicPartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupHeartbeatResponse`].
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
