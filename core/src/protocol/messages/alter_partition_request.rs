//! AlterPartitionRequest: a request of API 56, versions 2 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterPartitionRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct AlterPartitionRequest {
    /// All versions.
    pub broker_id: i32,
    /// All versions, default -1.
    pub broker_epoch: i64,
    /// All versions.
    pub topics: Vec<TopicData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for AlterPartitionRequest {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for AlterPartitionRequest {
    const NAME: &'static str = "AlterPartitionRequest";
    const VERSIONS: RangeInclusive<i16> = 2..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            broker_id: reader.int32("AlterPartitionRequest.broker_id"),
            broker_epoch: reader.int64("AlterPartitionRequest.broker_epoch"),
            topics: reader.structs(true, version, 18, "AlterPartitionRequest.topics", TopicData::read),
            unknown_tagged_fields: reader.tags(true, "AlterPartitionRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.broker_id);
        writer.int64(self.broker_epoch);
        writer.structs(true, version, &self.topics, "AlterPartitionRequest.topics", TopicData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicData {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<PartitionData>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicData.topic_id"),
            partitions: reader.structs(true, version, 15, "TopicData.partitions", PartitionData::read),
            unknown_tagged_fields: reader.tags(true, "TopicData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.uuid(self.topic_id);
        writer.structs(true, version, &self.partitions, "TopicData.partitions", PartitionData::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionData {
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// Version 2.
    pub new_isr: Vec<i32>,
    /// Version 3.
    pub new_isr_with_epochs: Vec<BrokerState>,
    /// All versions, default 0.
    pub leader_recovery_state: i8,
    /// All versions.
    pub partition_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionData {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            partition_index: reader.int32("PartitionData.partition_index"),
            leader_epoch: reader.int32("PartitionData.leader_epoch"),
            new_isr: if version == 2 { reader.int32s(true, "PartitionData.new_isr") } else { Vec::new() },
            new_isr_with_epochs: if version == 3 { reader.structs(true, version, 13, "PartitionData.new_isr_with_epochs", BrokerState::read) } else { Vec::new() },
            leader_recovery_state: reader.int8("PartitionData.leader_recovery_state"),
            partition_epoch: reader.int32("PartitionData.partition_epoch"),
            unknown_tagged_fields: reader.tags(true, "PartitionData"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition_index);
        writer.int32(self.leader_epoch);
        if version == 2 {
            writer.int32s(true, &self.new_isr, "PartitionData.new_isr");
        } else if !self.new_isr.is_empty() {
            writer.reject("PartitionData.new_isr");
        }
        if version == 3 {
            writer.structs(true, version, &self.new_isr_with_epochs, "PartitionData.new_isr_with_epochs", BrokerState::write);
        } else if !self.new_isr_with_epochs.is_empty() {
            writer.reject("PartitionData.new_isr_with_epochs");
        }
        writer.int8(self.leader_recovery_state);
        writer.int32(self.partition_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterPartitionRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerState {
    /// All versions.
    pub broker_id: i32,
    /// All versions, default -1.
    pub broker_epoch: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for BrokerState {
    fn default() -> Self {
        Self {
            broker_id: 0,
            broker_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl BrokerState {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            broker_id: reader.int32("BrokerState.broker_id"),
            broker_epoch: reader.int64("BrokerState.broker_epoch"),
            unknown_tagged_fields: reader.tags(true, "BrokerState"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.broker_id);
        writer.int64(self.broker_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
