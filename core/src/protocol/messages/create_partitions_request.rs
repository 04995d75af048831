//! CreatePartitionsRequest: a request of API 37, versions 0 to 3, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `CreatePartitionsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsRequest {
    /// All versions.
    pub topics: Vec<CreatePartitionsTopic>,
    /// All versions.
    pub timeout_ms: i32,
    /// All versions.
    pub validate_only: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for CreatePartitionsRequest {
    const NAME: &'static str = "CreatePartitionsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            topics: reader.structs(flexible, version, match version { 0..=1 => 10, _ => 7 }, "CreatePartitionsRequest.topics", CreatePartitionsTopic::read),
            timeout_ms: reader.int32("CreatePartitionsRequest.timeout_ms"),
            validate_only: reader.bool("CreatePartitionsRequest.validate_only"),
            unknown_tagged_fields: reader.tags(flexible, "CreatePartitionsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.structs(flexible, version, &self.topics, "CreatePartitionsRequest.topics", CreatePartitionsTopic::write);
        writer.int32(self.timeout_ms);
        writer.bool(self.validate_only);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreatePartitionsRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct CreatePartitionsTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub count: i32,
    /// All versions, nullable.
    pub assignments: Option<Vec<CreatePartitionsAssignment>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for CreatePartitionsTopic {
    fn default() -> Self {
        Self {
            name: Str::EMPTY,
            count: 0,
            assignments: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl CreatePartitionsTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            name: reader.string(flexible, "CreatePartitionsTopic.name"),
            count: reader.int32("CreatePartitionsTopic.count"),
            assignments: reader.opt_structs(flexible, true, version, match version { 0..=1 => 4, _ => 2 }, "CreatePartitionsTopic.assignments", CreatePartitionsAssignment::read),
            unknown_tagged_fields: reader.tags(flexible, "CreatePartitionsTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.string(flexible, &self.name, "CreatePartitionsTopic.name");
        writer.int32(self.count);
        writer.opt_structs(flexible, true, version, &self.assignments, "CreatePartitionsTopic.assignments", CreatePartitionsAssignment::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`CreatePartitionsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CreatePartitionsAssignment {
    /// All versions.
    pub broker_ids: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CreatePartitionsAssignment {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 2;
        Self {
            broker_ids: reader.int32s(flexible, "CreatePartitionsAssignment.broker_ids"),
            unknown_tagged_fields: reader.tags(flexible, "CreatePartitionsAssignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 2;
        writer.int32s(flexible, &self.broker_ids, "CreatePartitionsAssignment.broker_ids");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
