//! SubscriptionInfoData: data, versions 1 to 11, never flexible.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `SubscriptionInfoData`.
#[derive(Clone, Debug, PartialEq)]
pub struct SubscriptionInfoData {
    /// All versions.
    pub version: i32,
    /// Versions 3+, default -1.
    pub latest_supported_version: i32,
    /// All versions.
    pub process_id: Uuid,
    /// Versions 1 to 6.
    pub prev_tasks: Vec<TaskId>,
    /// Versions 1 to 6.
    pub standby_tasks: Vec<TaskId>,
    /// Versions 2+.
    pub user_end_point: Bytes,
    /// Versions 7+.
    pub task_offset_sums: Vec<TaskOffsetSum>,
    /// Versions 8+.
    pub unique_field: i8,
    /// Versions 9+.
    pub error_code: i32,
    /// Version 11.
    pub client_tags: Vec<ClientTag>,
}

impl Default for SubscriptionInfoData {
    fn default() -> Self {
        Self {
            version: 0,
            latest_supported_version: -1,
            process_id: Uuid::ZERO,
            prev_tasks: Vec::new(),
            standby_tasks: Vec::new(),
            user_end_point: Bytes::new(),
            task_offset_sums: Vec::new(),
            unique_field: 0,
            error_code: 0,
            client_tags: Vec::new(),
        }
    }
}

impl Message for SubscriptionInfoData {
    const NAME: &'static str = "SubscriptionInfoData";
    const VERSIONS: RangeInclusive<i16> = 1..=11;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            version: reader.int32("SubscriptionInfoData.version"),
            latest_supported_version: if version >= 3 { reader.int32("SubscriptionInfoData.latest_supported_version") } else { -1 },
            process_id: reader.uuid("SubscriptionInfoData.process_id"),
            prev_tasks: if version <= 6 { reader.structs(false, version, 8, "SubscriptionInfoData.prev_tasks", TaskId::read) } else { Vec::new() },
            standby_tasks: if version <= 6 { reader.structs(false, version, 8, "SubscriptionInfoData.standby_tasks", TaskId::read) } else { Vec::new() },
            user_end_point: if version >= 2 { reader.bytes(false, "SubscriptionInfoData.user_end_point") } else { Bytes::new() },
            task_offset_sums: if version >= 7 { reader.structs(false, version, match version { 7..=9 => 8, _ => 18 }, "SubscriptionInfoData.task_offset_sums", TaskOffsetSum::read) } else { Vec::new() },
            unique_field: if version >= 8 { reader.int8("SubscriptionInfoData.unique_field") } else { 0 },
            error_code: if version >= 9 { reader.int32("SubscriptionInfoData.error_code") } else { 0 },
            client_tags: if version == 11 { reader.structs(false, version, 8, "SubscriptionInfoData.client_tags", ClientTag::read) } else { Vec::new() },
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.version);
        if version >= 3 {
            writer.int32(self.latest_supported_version);
        } else if self.latest_supported_version != -1 {
            writer.reject("SubscriptionInfoData.latest_supported_version");
        }
        writer.uuid(self.process_id);
        if version <= 6 {
            writer.structs(false, version, &self.prev_tasks, "SubscriptionInfoData.prev_tasks", TaskId::write);
        } else if !self.prev_tasks.is_empty() {
            writer.reject("SubscriptionInfoData.prev_tasks");
        }
        if version <= 6 {
            writer.structs(false, version, &self.standby_tasks, "SubscriptionInfoData.standby_tasks", TaskId::write);
        } else if !self.standby_tasks.is_empty() {
            writer.reject("SubscriptionInfoData.standby_tasks");
        }
        if version >= 2 {
            writer.bytes(false, &self.user_end_point, "SubscriptionInfoData.user_end_point");
        } else if !self.user_end_point.is_empty() {
            writer.reject("SubscriptionInfoData.user_end_point");
        }
        if version >= 7 {
            writer.structs(false, version, &self.task_offset_sums, "SubscriptionInfoData.task_offset_sums", TaskOffsetSum::write);
        } else if !self.task_offset_sums.is_empty() {
            writer.reject("SubscriptionInfoData.task_offset_sums");
        }
        if version >= 8 {
            writer.int8(self.unique_field);
        } else if self.unique_field != 0 {
            writer.reject("SubscriptionInfoData.unique_field");
        }
        if version >= 9 {
            writer.int32(self.error_code);
        } else if self.error_code != 0 {
            writer.reject("SubscriptionInfoData.error_code");
        }
        if version == 11 {
            writer.structs(false, version, &self.client_tags, "SubscriptionInfoData.client_tags", ClientTag::write);
        } else if !self.client_tags.is_empty() {
            writer.reject("SubscriptionInfoData.client_tags");
        }
    }
}

/// A struct of [`SubscriptionInfoData`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskId {
    /// All versions.
    pub topic_group_id: i32,
    /// All versions.
    pub partition: i32,
}

impl TaskId {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_group_id: reader.int32("TaskId.topic_group_id"),
            partition: reader.int32("TaskId.partition"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.topic_group_id);
        writer.int32(self.partition);
    }
}

/// A struct of [`SubscriptionInfoData`].
#[derive(Clone, Debug, PartialEq)]
pub struct TaskOffsetSum {
    /// All versions.
    pub topic_group_id: i32,
    /// Versions 10+.
    pub partition: i32,
    /// Versions 10+.
    pub offset_sum: i64,
    /// Versions 10+, nullable.
    pub named_topology: Option<Str>,
    /// Versions 7 to 9.
    pub partition_to_offset_sum: Vec<PartitionToOffsetSum>,
}

impl Default for TaskOffsetSum {
    fn default() -> Self {
        Self {
            topic_group_id: 0,
            partition: 0,
            offset_sum: 0,
            named_topology: Some(Str::EMPTY),
            partition_to_offset_sum: Vec::new(),
        }
    }
}

impl TaskOffsetSum {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_group_id: reader.int32("TaskOffsetSum.topic_group_id"),
            partition: if version >= 10 { reader.int32("TaskOffsetSum.partition") } else { 0 },
            offset_sum: if version >= 10 { reader.int64("TaskOffsetSum.offset_sum") } else { 0 },
            named_topology: if version >= 10 { reader.opt_string(false, true, "TaskOffsetSum.named_topology") } else { Some(Str::EMPTY) },
            partition_to_offset_sum: if version <= 9 { reader.structs(false, version, 12, "TaskOffsetSum.partition_to_offset_sum", PartitionToOffsetSum::read) } else { Vec::new() },
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.topic_group_id);
        if version >= 10 {
            writer.int32(self.partition);
        } else if self.partition != 0 {
            writer.reject("TaskOffsetSum.partition");
        }
        if version >= 10 {
            writer.int64(self.offset_sum);
        } else if self.offset_sum != 0 {
            writer.reject("TaskOffsetSum.offset_sum");
        }
        if version >= 10 {
            writer.opt_string(false, true, &self.named_topology, "TaskOffsetSum.named_topology");
        } else if self.named_topology.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.reject("TaskOffsetSum.named_topology");
        }
        if version <= 9 {
            writer.structs(false, version, &self.partition_to_offset_sum, "TaskOffsetSum.partition_to_offset_sum", PartitionToOffsetSum::write);
        } else if !self.partition_to_offset_sum.is_empty() {
            writer.reject("TaskOffsetSum.partition_to_offset_sum");
        }
    }
}

/// A struct of [`SubscriptionInfoData`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionToOffsetSum {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub offset_sum: i64,
}

impl PartitionToOffsetSum {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            partition: reader.int32("PartitionToOffsetSum.partition"),
            offset_sum: reader.int64("PartitionToOffsetSum.offset_sum"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.partition);
        writer.int64(self.offset_sum);
    }
}

/// A struct of [`SubscriptionInfoData`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClientTag {
    /// All versions.
    pub key: Bytes,
    /// All versions.
    pub value: Bytes,
}

impl ClientTag {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            key: reader.bytes(false, "ClientTag.key"),
            value: reader.bytes(false, "ClientTag.value"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.bytes(false, &self.key, "ClientTag.key");
        writer.bytes(false, &self.value, "ClientTag.value");
    }
}
