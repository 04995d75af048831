//! StreamsGroupDescribeResponse: a response of API 89, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupDescribeResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupDescribeResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupDescribeResponse {
    const NAME: &'static str = "StreamsGroupDescribeResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("StreamsGroupDescribeResponse.throttle_time_ms"),
            groups: reader.structs(true, version, 20, "StreamsGroupDescribeResponse.groups", DescribedGroup::read),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupDescribeResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.groups, "StreamsGroupDescribeResponse.groups", DescribedGroup::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupDescribeResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct DescribedGroup {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// All versions.
    pub group_id: Str,
    /// All versions.
    pub group_state: Str,
    /// All versions.
    pub group_epoch: i32,
    /// All versions.
    pub assignment_epoch: i32,
    /// All versions, nullable, default null.
    pub topology: Option<Topology>,
    /// All versions.
    pub members: Vec<Member>,
    /// All versions, default -2147483648.
    pub authorized_operations: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribedGroup {
    fn default() -> Self {
        Self {
            error_code: 0,
            error_message: None,
            group_id: Str::EMPTY,
            group_state: Str::EMPTY,
            group_epoch: 0,
            assignment_epoch: 0,
            topology: None,
            members: Vec::new(),
            authorized_operations: i32::MIN,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl DescribedGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            error_code: reader.int16("DescribedGroup.error_code"),
            error_message: reader.opt_string(true, true, "DescribedGroup.error_message"),
            group_id: reader.string(true, "DescribedGroup.group_id"),
            group_state: reader.string(true, "DescribedGroup.group_state"),
            group_epoch: reader.int32("DescribedGroup.group_epoch"),
            assignment_epoch: reader.int32("DescribedGroup.assignment_epoch"),
            topology: reader.opt_struct(true, version, "DescribedGroup.topology", Topology::read),
            members: reader.structs(true, version, 28, "DescribedGroup.members", Member::read),
            authorized_operations: reader.int32("DescribedGroup.authorized_operations"),
            unknown_tagged_fields: reader.tags(true, "DescribedGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DescribedGroup.error_message");
        writer.string(true, &self.group_id, "DescribedGroup.group_id");
        writer.string(true, &self.group_state, "DescribedGroup.group_state");
        writer.int32(self.group_epoch);
        writer.int32(self.assignment_epoch);
        writer.opt_struct(true, version, &self.topology, "DescribedGroup.topology", Topology::write);
        writer.structs(true, version, &self.members, "DescribedGroup.members", Member::write);
        writer.int32(self.authorized_operations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupDescribeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Topology {
    /// All versions.
    pub epoch: i32,
    /// All versions, nullable, default null.
    pub subtopologies: Option<Vec<Subtopology>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Topology {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            epoch: reader.int32("Topology.epoch"),
            subtopologies: reader.opt_structs(true, true, version, 6, "Topology.subtopologies", Subtopology::read),
            unknown_tagged_fields: reader.tags(true, "Topology"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.epoch);
        writer.opt_structs(true, true, version, &self.subtopologies, "Topology.subtopologies", Subtopology::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupDescribeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subtopology {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub source_topics: Vec<Str>,
    /// All versions.
    pub repartition_sink_topics: Vec<Str>,
    /// All versions.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// All versions.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Subtopology {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            subtopology_id: reader.string(true, "Subtopology.subtopology_id"),
            source_topics: reader.strings(true, "Subtopology.source_topics"),
            repartition_sink_topics: reader.strings(true, "Subtopology.repartition_sink_topics"),
            state_changelog_topics: reader.structs(true, version, 9, "Subtopology.state_changelog_topics", TopicInfo::read),
            repartition_source_topics: reader.structs(true, version, 9, "Subtopology.repartition_source_topics", TopicInfo::read),
            unknown_tagged_fields: reader.tags(true, "Subtopology"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.subtopology_id, "Subtopology.subtopology_id");
        writer.strings(true, &self.source_topics, "Subtopology.source_topics");
        writer.strings(true, &self.repartition_sink_topics, "Subtopology.repartition_sink_topics");
        writer.structs(true, version, &self.state_changelog_topics, "Subtopology.state_changelog_topics", TopicInfo::write);
        writer.structs(true, version, &self.repartition_source_topics, "Subtopology.repartition_source_topics", TopicInfo::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupDescribeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// All versions.
    pub member_id: Str,
    /// All versions.
    pub member_epoch: i32,
    /// All versions, nullable, default null.
    pub instance_id: Option<Str>,
    /// All versions, nullable, default null.
    pub rack_id: Option<Str>,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// All versions.
    pub topology_epoch: i32,
    /// All versions.
    pub process_id: Str,
    /// All versions, nullable, default null.
    pub user_endpoint: Option<Endpoint>,
    /// All versions.
    pub client_tags: Vec<KeyValue>,
    /// All versions.
    pub task_offsets: Vec<TaskOffset>,
    /// All versions.
    pub task_end_offsets: Vec<TaskOffset>,
    /// All versions.
    pub assignment: Assignment,
    /// All versions.
    pub target_assignment: Assignment,
    /// All versions.
    pub is_classic: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Member {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            member_id: reader.string(true, "Member.member_id"),
            member_epoch: reader.int32("Member.member_epoch"),
            instance_id: reader.opt_string(true, true, "Member.instance_id"),
            rack_id: reader.opt_string(true, true, "Member.rack_id"),
            client_id: reader.string(true, "Member.client_id"),
            client_host: reader.string(true, "Member.client_host"),
            topology_epoch: reader.int32("Member.topology_epoch"),
            process_id: reader.string(true, "Member.process_id"),
            user_endpoint: reader.opt_struct(true, version, "Member.user_endpoint", Endpoint::read),
            client_tags: reader.structs(true, version, 3, "Member.client_tags", KeyValue::read),
            task_offsets: reader.structs(true, version, 14, "Member.task_offsets", TaskOffset::read),
            task_end_offsets: reader.structs(true, version, 14, "Member.task_end_offsets", TaskOffset::read),
            assignment: Assignment::read(reader, version),
            target_assignment: Assignment::read(reader, version),
            is_classic: reader.bool("Member.is_classic"),
            unknown_tagged_fields: reader.tags(true, "Member"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.member_id, "Member.member_id");
        writer.int32(self.member_epoch);
        writer.opt_string(true, true, &self.instance_id, "Member.instance_id");
        writer.opt_string(true, true, &self.rack_id, "Member.rack_id");
        writer.string(true, &self.client_id, "Member.client_id");
        writer.string(true, &self.client_host, "Member.client_host");
        writer.int32(self.topology_epoch);
        writer.string(true, &self.process_id, "Member.process_id");
        writer.opt_struct(true, version, &self.user_endpoint, "Member.user_endpoint", Endpoint::write);
        writer.structs(true, version, &self.client_tags, "Member.client_tags", KeyValue::write);
        writer.structs(true, version, &self.task_offsets, "Member.task_offsets", TaskOffset::write);
        writer.structs(true, version, &self.task_end_offsets, "Member.task_end_offsets", TaskOffset::write);
        self.assignment.write(writer, version);
        self.target_assignment.write(writer, version);
        writer.bool(self.is_classic);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupDescribeResponse`].
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

/// A struct of [`StreamsGroupDescribeResponse`].
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

/// A struct of [`StreamsGroupDescribeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assignment {
    /// All versions.
    pub active_tasks: Vec<TaskIds>,
    /// All versions.
    pub standby_tasks: Vec<TaskIds>,
    /// All versions.
    pub warmup_tasks: Vec<TaskIds>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Assignment {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            active_tasks: reader.structs(true, version, 3, "Assignment.active_tasks", TaskIds::read),
            standby_tasks: reader.structs(true, version, 3, "Assignment.standby_tasks", TaskIds::read),
            warmup_tasks: reader.structs(true, version, 3, "Assignment.warmup_tasks", TaskIds::read),
            unknown_tagged_fields: reader.tags(true, "Assignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.active_tasks, "Assignment.active_tasks", TaskIds::write);
        writer.structs(true, version, &self.standby_tasks, "Assignment.standby_tasks", TaskIds::write);
        writer.structs(true, version, &self.warmup_tasks, "Assignment.warmup_tasks", TaskIds::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupDescribeResponse`].
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

/// A struct of [`StreamsGroupDescribeResponse`].
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

/// A struct of [`StreamsGroupDescribeResponse`].
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
