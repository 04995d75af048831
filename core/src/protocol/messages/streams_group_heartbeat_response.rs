//! StreamsGroupHeartbeatResponse: a response of API 88, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupHeartbeatResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupHeartbeatResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub heartbeat_interval_ms: i32,
    /// All versions.
    pub acceptable_recovery_lag: i32,
    /// All versions.
    pub task_offset_interval_ms: i32,
    /// All versions, nullable.
    pub status: Option<Vec<Status>>,
    /// All versions, nullable, default null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// All versions, nullable, default null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// All versions, nullable, default null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// All versions.
    pub endpoint_information_epoch: i32,
    /// All versions, nullable, default null.
    pub partitions_by_user_endpoint: Option<Vec<EndpointToPartitions>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupHeartbeatResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            member_id: Str::EMPTY,
            member_epoch: 0,
            heartbeat_interval_ms: 0,
            acceptable_recovery_lag: 0,
            task_offset_interval_ms: 0,
            status: Some(Vec::new()),
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            endpoint_information_epoch: 0,
            partitions_by_user_endpoint: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for StreamsGroupHeartbeatResponse {
    const NAME: &'static str = "StreamsGroupHeartbeatResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("StreamsGroupHeartbeatResponse.throttle_time_ms"),
            error_code: reader.int16("StreamsGroupHeartbeatResponse.error_code"),
            error_message: reader.opt_string(true, true, "StreamsGroupHeartbeatResponse.error_message"),
            member_id: reader.string(true, "StreamsGroupHeartbeatResponse.member_id"),
            member_epoch: reader.int32("StreamsGroupHeartbeatResponse.member_epoch"),
            heartbeat_interval_ms: reader.int32("StreamsGroupHeartbeatResponse.heartbeat_interval_ms"),
            acceptable_recovery_lag: reader.int32("StreamsGroupHeartbeatResponse.acceptable_recovery_lag"),
            task_offset_interval_ms: reader.int32("StreamsGroupHeartbeatResponse.task_offset_interval_ms"),
            status: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatResponse.status", Status::read),
            active_tasks: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatResponse.active_tasks", TaskIds::read),
            standby_tasks: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatResponse.standby_tasks", TaskIds::read),
            warmup_tasks: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatResponse.warmup_tasks", TaskIds::read),
            endpoint_information_epoch: reader.int32("StreamsGroupHeartbeatResponse.endpoint_information_epoch"),
            partitions_by_user_endpoint: reader.opt_structs(true, true, version, 7, "StreamsGroupHeartbeatResponse.partitions_by_user_endpoint", EndpointToPartitions::read),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupHeartbeatResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "StreamsGroupHeartbeatResponse.error_message");
        writer.string(true, &self.member_id, "StreamsGroupHeartbeatResponse.member_id");
        writer.int32(self.member_epoch);
        writer.int32(self.heartbeat_interval_ms);
        writer.int32(self.acceptable_recovery_lag);
        writer.int32(self.task_offset_interval_ms);
        writer.opt_structs(true, true, version, &self.status, "StreamsGroupHeartbeatResponse.status", Status::write);
        writer.opt_structs(true, true, version, &self.active_tasks, "StreamsGroupHeartbeatResponse.active_tasks", TaskIds::write);
        writer.opt_structs(true, true, version, &self.standby_tasks, "StreamsGroupHeartbeatResponse.standby_tasks", TaskIds::write);
        writer.opt_structs(true, true, version, &self.warmup_tasks, "StreamsGroupHeartbeatResponse.warmup_tasks", TaskIds::write);
        writer.int32(self.endpoint_information_epoch);
        writer.opt_structs(true, true, version, &self.partitions_by_user_endpoint, "StreamsGroupHeartbeatResponse.partitions_by_user_endpoint", EndpointToPartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointToPartitions {
    /// All versions.
    pub user_endpoint: Endpoint,
    /// All versions.
    pub active_partitions: Vec<TopicPartition>,
    /// All versions.
    pub standby_partitions: Vec<TopicPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl EndpointToPartitions {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            user_endpoint: Endpoint::read(reader, version),
            active_partitions: reader.structs(true, version, 3, "EndpointToPartitions.active_partitions", TopicPartition::read),
            standby_partitions: reader.structs(true, version, 3, "EndpointToPartitions.standby_partitions", TopicPartition::read),
            unknown_tagged_fields: reader.tags(true, "EndpointToPartitions"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        self.user_endpoint.write(writer, version);
        writer.structs(true, version, &self.active_partitions, "EndpointToPartitions.active_partitions", TopicPartition::write);
        writer.structs(true, version, &self.standby_partitions, "EndpointToPartitions.standby_partitions", TopicPartition::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// All versions.
    pub status_code: i8,
    /// All versions.
    pub status_detail: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Status {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            status_code: reader.int8("Status.status_code"),
            status_detail: reader.string(true, "Status.status_detail"),
            unknown_tagged_fields: reader.tags(true, "Status"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int8(self.status_code);
        writer.string(true, &self.status_detail, "Status.status_detail");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic: reader.string(true, "TopicPartition.topic"),
            partitions: reader.int32s(true, "TopicPartition.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicPartition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.topic, "TopicPartition.topic");
        writer.int32s(true, &self.partitions, "TopicPartition.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskIds {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TaskIds {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            subtopology_id: reader.string(true, "TaskIds.subtopology_id"),
            partitions: reader.int32s(true, "TaskIds.partitions"),
            unknown_tagged_fields: reader.tags(true, "TaskIds"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.subtopology_id, "TaskIds.subtopology_id");
        writer.int32s(true, &self.partitions, "TaskIds.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Endpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            host: reader.string(true, "Endpoint.host"),
            port: reader.uint16("Endpoint.port"),
            unknown_tagged_fields: reader.tags(true, "Endpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.host, "Endpoint.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
