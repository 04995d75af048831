//! StreamsGroupHeartbeatRequest: a request of API 88, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupHeartbeatRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupHeartbeatRequest {
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub endpoint_information_epoch: i32,
    /// All versions, nullable, default null.
    pub instance_id: Option<Str>,
    /// All versions, nullable, default null.
    pub rack_id: Option<Str>,
    /// All versions, default -1.
    pub rebalance_timeout_ms: i32,
    /// All versions, nullable, default null.
    pub topology: Option<Topology>,
    /// All versions, nullable, default null.
    pub active_tasks: Option<Vec<TaskIds>>,
    /// All versions, nullable, default null.
    pub standby_tasks: Option<Vec<TaskIds>>,
    /// All versions, nullable, default null.
    pub warmup_tasks: Option<Vec<TaskIds>>,
    /// All versions, nullable, default null.
    pub process_id: Option<Str>,
    /// All versions, nullable, default null.
    pub user_endpoint: Option<Endpoint>,
    /// All versions, nullable, default null.
    pub client_tags: Option<Vec<KeyValue>>,
    /// All versions, nullable, default null.
    pub task_offsets: Option<Vec<TaskOffset>>,
    /// All versions, nullable, default null.
    pub task_end_offsets: Option<Vec<TaskOffset>>,
    /// All versions, default false.
    pub shutdown_application: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupHeartbeatRequest {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            member_id: Str::EMPTY,
            member_epoch: 0,
            endpoint_information_epoch: 0,
            instance_id: None,
            rack_id: None,
            rebalance_timeout_ms: -1,
            topology: None,
            active_tasks: None,
            standby_tasks: None,
            warmup_tasks: None,
            process_id: None,
            user_endpoint: None,
            client_tags: None,
            task_offsets: None,
            task_end_offsets: None,
            shutdown_application: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for StreamsGroupHeartbeatRequest {
    const NAME: &'static str = "StreamsGroupHeartbeatRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "StreamsGroupHeartbeatRequest.group_id"),
            member_id: reader.string(true, "StreamsGroupHeartbeatRequest.member_id"),
            member_epoch: reader.int32("StreamsGroupHeartbeatRequest.member_epoch"),
            endpoint_information_epoch: reader.int32("StreamsGroupHeartbeatRequest.endpoint_information_epoch"),
            instance_id: reader.opt_string(true, true, "StreamsGroupHeartbeatRequest.instance_id"),
            rack_id: reader.opt_string(true, true, "StreamsGroupHeartbeatRequest.rack_id"),
            rebalance_timeout_ms: reader.int32("StreamsGroupHeartbeatRequest.rebalance_timeout_ms"),
            topology: reader.opt_struct(true, version, "StreamsGroupHeartbeatRequest.topology", Topology::read),
            active_tasks: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatRequest.active_tasks", TaskIds::read),
            standby_tasks: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatRequest.standby_tasks", TaskIds::read),
            warmup_tasks: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatRequest.warmup_tasks", TaskIds::read),
            process_id: reader.opt_string(true, true, "StreamsGroupHeartbeatRequest.process_id"),
            user_endpoint: reader.opt_struct(true, version, "StreamsGroupHeartbeatRequest.user_endpoint", Endpoint::read),
            client_tags: reader.opt_structs(true, true, version, 3, "StreamsGroupHeartbeatRequest.client_tags", KeyValue::read),
            task_offsets: reader.opt_structs(true, true, version, 14, "StreamsGroupHeartbeatRequest.task_offsets", TaskOffset::read),
            task_end_offsets: reader.opt_structs(true, true, version, 14, "StreamsGroupHeartbeatRequest.task_end_offsets", TaskOffset::read),
            shutdown_application: reader.bool("StreamsGroupHeartbeatRequest.shutdown_application"),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupHeartbeatRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "StreamsGroupHeartbeatRequest.group_id");
        writer.string(true, &self.member_id, "StreamsGroupHeartbeatRequest.member_id");
        writer.int32(self.member_epoch);
        writer.int32(self.endpoint_information_epoch);
        writer.opt_string(true, true, &self.instance_id, "StreamsGroupHeartbeatRequest.instance_id");
        writer.opt_string(true, true, &self.rack_id, "StreamsGroupHeartbeatRequest.rack_id");
        writer.int32(self.rebalance_timeout_ms);
        writer.opt_struct(true, version, &self.topology, "StreamsGroupHeartbeatRequest.topology", Topology::write);
        writer.opt_structs(true, true, version, &self.active_tasks, "StreamsGroupHeartbeatRequest.active_tasks", TaskIds::write);
        writer.opt_structs(true, true, version, &self.standby_tasks, "StreamsGroupHeartbeatRequest.standby_tasks", TaskIds::write);
        writer.opt_structs(true, true, version, &self.warmup_tasks, "StreamsGroupHeartbeatRequest.warmup_tasks", TaskIds::write);
        writer.opt_string(true, true, &self.process_id, "StreamsGroupHeartbeatRequest.process_id");
        writer.opt_struct(true, version, &self.user_endpoint, "StreamsGroupHeartbeatRequest.user_endpoint", Endpoint::write);
        writer.opt_structs(true, true, version, &self.client_tags, "StreamsGroupHeartbeatRequest.client_tags", KeyValue::write);
        writer.opt_structs(true, true, version, &self.task_offsets, "StreamsGroupHeartbeatRequest.task_offsets", TaskOffset::write);
        writer.opt_structs(true, true, version, &self.task_end_offsets, "StreamsGroupHeartbeatRequest.task_end_offsets", TaskOffset::write);
        writer.bool(self.shutdown_application);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// All versions.
    pub epoch: i32,
    /// All versions.
    pub subtopologies: Vec<Subtopology>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Topology {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            epoch: reader.int32("Topology.epoch"),
            subtopologies: reader.structs(true, version, 8, "Topology.subtopologies", Subtopology::read),
            unknown_tagged_fields: reader.tags(true, "Topology"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.epoch);
        writer.structs(true, version, &self.subtopologies, "Topology.subtopologies", Subtopology::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subtopology {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub source_topics: Vec<Str>,
    /// All versions.
    pub source_topic_regex: Vec<Str>,
    /// All versions.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// All versions.
    pub repartition_sink_topics: Vec<Str>,
    /// All versions.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// All versions.
    pub copartition_groups: Vec<CopartitionGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Subtopology {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            subtopology_id: reader.string(true, "Subtopology.subtopology_id"),
            source_topics: reader.strings(true, "Subtopology.source_topics"),
            source_topic_regex: reader.strings(true, "Subtopology.source_topic_regex"),
            state_changelog_topics: reader.structs(true, version, 9, "Subtopology.state_changelog_topics", TopicInfo::read),
            repartition_sink_topics: reader.strings(true, "Subtopology.repartition_sink_topics"),
            repartition_source_topics: reader.structs(true, version, 9, "Subtopology.repartition_source_topics", TopicInfo::read),
            copartition_groups: reader.structs(true, version, 4, "Subtopology.copartition_groups", CopartitionGroup::read),
            unknown_tagged_fields: reader.tags(true, "Subtopology"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.subtopology_id, "Subtopology.subtopology_id");
        writer.strings(true, &self.source_topics, "Subtopology.source_topics");
        writer.strings(true, &self.source_topic_regex, "Subtopology.source_topic_regex");
        writer.structs(true, version, &self.state_changelog_topics, "Subtopology.state_changelog_topics", TopicInfo::write);
        writer.strings(true, &self.repartition_sink_topics, "Subtopology.repartition_sink_topics");
        writer.structs(true, version, &self.repartition_source_topics, "Subtopology.repartition_source_topics", TopicInfo::write);
        writer.structs(true, version, &self.copartition_groups, "Subtopology.copartition_groups", CopartitionGroup::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CopartitionGroup {
    /// All versions.
    pub source_topics: Vec<i16>,
    /// All versions.
    pub source_topic_regex: Vec<i16>,
    /// All versions.
    pub repartition_source_topics: Vec<i16>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CopartitionGroup {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            source_topics: reader.int16s(true, "CopartitionGroup.source_topics"),
            source_topic_regex: reader.int16s(true, "CopartitionGroup.source_topic_regex"),
            repartition_source_topics: reader.int16s(true, "CopartitionGroup.repartition_source_topics"),
            unknown_tagged_fields: reader.tags(true, "CopartitionGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16s(true, &self.source_topics, "CopartitionGroup.source_topics");
        writer.int16s(true, &self.source_topic_regex, "CopartitionGroup.source_topic_regex");
        writer.int16s(true, &self.repartition_source_topics, "CopartitionGroup.repartition_source_topics");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyValue {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub value: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl KeyValue {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            key: reader.string(true, "KeyValue.key"),
            value: reader.string(true, "KeyValue.value"),
            unknown_tagged_fields: reader.tags(true, "KeyValue"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.key, "KeyValue.key");
        writer.string(true, &self.value, "KeyValue.value");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicInfo {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: i32,
    /// All versions.
    pub replication_factor: i16,
    /// All versions.
    pub topic_configs: Vec<KeyValue>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicInfo {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "TopicInfo.name"),
            partitions: reader.int32("TopicInfo.partitions"),
            replication_factor: reader.int16("TopicInfo.replication_factor"),
            topic_configs: reader.structs(true, version, 3, "TopicInfo.topic_configs", KeyValue::read),
            unknown_tagged_fields: reader.tags(true, "TopicInfo"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "TopicInfo.name");
        writer.int32(self.partitions);
        writer.int16(self.replication_factor);
        writer.structs(true, version, &self.topic_configs, "TopicInfo.topic_configs", KeyValue::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
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

/// A struct of [`StreamsGroupHeartbeatRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskOffset {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub offset: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TaskOffset {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            subtopology_id: reader.string(true, "TaskOffset.subtopology_id"),
            partition: reader.int32("TaskOffset.partition"),
            offset: reader.int64("TaskOffset.offset"),
            unknown_tagged_fields: reader.tags(true, "TaskOffset"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.subtopology_id, "TaskOffset.subtopology_id");
        writer.int32(self.partition);
        writer.int64(self.offset);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupHeartbeatRequest`].
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
