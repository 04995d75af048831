//! ShareGroupDescribeResponse: a response of API 77, versions 1 to 1, flexible from 1.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupDescribeResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupDescribeResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub groups: Vec<DescribedGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupDescribeResponse {
    const NAME: &'static str = "ShareGroupDescribeResponse";
    const VERSIONS: RangeInclusive<i16> = 1..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("ShareGroupDescribeResponse.throttle_time_ms"),
            groups: reader.structs(true, version, 20, "ShareGroupDescribeResponse.groups", DescribedGroup::read),
            unknown_tagged_fields: reader.tags(true, "ShareGroupDescribeResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.structs(true, version, &self.groups, "ShareGroupDescribeResponse.groups", DescribedGroup::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupDescribeResponse`].
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
    /// All versions.
    pub assignor_name: Str,
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
            assignor_name: Str::EMPTY,
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
            assignor_name: reader.string(true, "DescribedGroup.assignor_name"),
            members: reader.structs(true, version, 12, "DescribedGroup.members", Member::read),
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
        writer.string(true, &self.assignor_name, "DescribedGroup.assignor_name");
        writer.structs(true, version, &self.members, "DescribedGroup.members", Member::write);
        writer.int32(self.authorized_operations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupDescribeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// All versions.
    pub member_id: Str,
    /// All versions, nullable, default null.
    pub rack_id: Option<Str>,
    /// All versions.
    pub member_epoch: i32,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// All versions.
    pub subscribed_topic_names: Vec<Str>,
    /// All versions.
    pub assignment: Assignment,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Member {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            member_id: reader.string(true, "Member.member_id"),
            rack_id: reader.opt_string(true, true, "Member.rack_id"),
            member_epoch: reader.int32("Member.member_epoch"),
            client_id: reader.string(true, "Member.client_id"),
            client_host: reader.string(true, "Member.client_host"),
            subscribed_topic_names: reader.strings(true, "Member.subscribed_topic_names"),
            assignment: Assignment::read(reader, version),
            unknown_tagged_fields: reader.tags(true, "Member"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.member_id, "Member.member_id");
        writer.opt_string(true, true, &self.rack_id, "Member.rack_id");
        writer.int32(self.member_epoch);
        writer.string(true, &self.client_id, "Member.client_id");
        writer.string(true, &self.client_host, "Member.client_host");
        writer.strings(true, &self.subscribed_topic_names, "Member.subscribed_topic_names");
        self.assignment.write(writer, version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupDescribeResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartitions {
    /// All versions.
    pub topic_id: Uuid,
    /// All versions.
    pub topic_name: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicPartitions {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic_id: reader.uuid("TopicPartitions.topic_id"),
            topic_name: reader.string(true, "TopicPartitions.topic_name"),
            partitions: reader.int32s(true, "TopicPartitions.partitions"),
            unknown_tagged_fields: reader.tags(true, "TopicPartitions"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.uuid(self.topic_id);
        writer.string(true, &self.topic_name, "TopicPartitions.topic_name");
        writer.int32s(true, &self.partitions, "TopicPartitions.partitions");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ShareGroupDescribeResponse`].
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
            topic_partitions: reader.structs(true, version, 19, "Assignment.topic_partitions", TopicPartitions::read),
            unknown_tagged_fields: reader.tags(true, "Assignment"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.structs(true, version, &self.topic_partitions, "Assignment.topic_partitions", TopicPartitions::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
