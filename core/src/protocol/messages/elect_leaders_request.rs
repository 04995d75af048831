//! ElectLeadersRequest: a request of API 43, versions 0 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ElectLeadersRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct ElectLeadersRequest {
    /// Versions 1+.
    pub election_type: i8,
    /// All versions, nullable.
    pub topic_partitions: Option<Vec<TopicPartitions>>,
    /// All versions, default 60000.
    pub timeout_ms: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ElectLeadersRequest {
    fn default() -> Self {
        Self {
            election_type: 0,
            topic_partitions: Some(Vec::new()),
            timeout_ms: 60000,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ElectLeadersRequest {
    const NAME: &'static str = "ElectLeadersRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            election_type: if version >= 1 { reader.int8("ElectLeadersRequest.election_type") } else { 0 },
            topic_partitions: reader.opt_structs(flexible, true, version, match version { 0..=1 => 6, _ => 3 }, "ElectLeadersRequest.topic_partitions", TopicPartitions::read),
            timeout_ms: reader.int32("ElectLeadersRequest.timeout_ms"),
            unknown_tagged_fields: reader.tags(flexible, "ElectLeadersRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        if version >= 1 {
            writer.int8(self.election_type);
        } else if self.election_type != 0 {
            writer.reject("ElectLeadersRequest.election_type");
        }
        writer.opt_structs(flexible, true, version, &self.topic_partitions, "ElectLeadersRequest.topic_partitions", TopicPartitions::write);
        writer.int32(self.timeout_ms);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ElectLeadersRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartitions {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            topic: reader.string(flexible, "TopicPartitions.topic"),
            partitions: reader.int32s(flexible, "TopicPartitions.partitions"),
            unknown_tagged_fields: reader.tags(flexible, "TopicPartitions"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.topic, "TopicPartitions.topic");
        writer.int32s(flexible, &self.partitions, "TopicPartitions.partitions");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
