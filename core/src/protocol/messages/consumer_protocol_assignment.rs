//! ConsumerProtocolAssignment: data, versions 0 to 3, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerProtocolAssignment`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerProtocolAssignment {
    /// All versions.
    pub assigned_partitions: Vec<TopicPartition>,
    /// All versions, nullable, default null.
    pub user_data: Option<Bytes>,
}

impl Message for ConsumerProtocolAssignment {
    const NAME: &'static str = "ConsumerProtocolAssignment";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            assigned_partitions: reader.structs(false, version, 6, "ConsumerProtocolAssignment.assigned_partitions", TopicPartition::read),
            user_data: reader.opt_bytes(false, true, "ConsumerProtocolAssignment.user_data"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(false, version, &self.assigned_partitions, "ConsumerProtocolAssignment.assigned_partitions", TopicPartition::write);
        writer.opt_bytes(false, true, &self.user_data, "ConsumerProtocolAssignment.user_data");
    }
}

/// A struct of [`ConsumerProtocolAssignment`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<i32>,
}

impl TopicPartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic: reader.string(false, "TopicPartition.topic"),
            partitions: reader.int32s(false, "TopicPartition.partitions"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.topic, "TopicPartition.topic");
        writer.int32s(false, &self.partitions, "TopicPartition.partitions");
    }
}
