//! OffsetFetchRequest: a request of API 9, versions 1 to 10, flexible from 6.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetFetchRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequest {
    /// Versions 1 to 7.
    pub group_id: Str,
    /// Versions 1 to 7, nullable at versions 2 to 7.
    pub topics: Option<Vec<OffsetFetchRequestTopic>>,
    /// Versions 8+.
    pub groups: Vec<OffsetFetchRequestGroup>,
    /// Versions 7+, default false.
    pub require_stable: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchRequest {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            topics: Some(Vec::new()),
            groups: Vec::new(),
            require_stable: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for OffsetFetchRequest {
    const NAME: &'static str = "OffsetFetchRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=10;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            group_id: if version <= 7 { reader.string(flexible, "OffsetFetchRequest.group_id") } else { Str::EMPTY },
            topics: if version <= 7 { reader.opt_structs(flexible, version >= 2, version, match version { 1..=5 => 6, _ => 3 }, "OffsetFetchRequest.topics", OffsetFetchRequestTopic::read) } else { Some(Vec::new()) },
            groups: if version >= 8 { reader.structs(flexible, version, match version { 8 => 3, _ => 8 }, "OffsetFetchRequest.groups", OffsetFetchRequestGroup::read) } else { Vec::new() },
            require_stable: if version >= 7 { reader.bool("OffsetFetchRequest.require_stable") } else { false },
            unknown_tagged_fields: reader.tags(flexible, "OffsetFetchRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        if version <= 7 {
            writer.string(flexible, &self.group_id, "OffsetFetchRequest.group_id");
        } else if !self.group_id.is_empty() {
            writer.reject("OffsetFetchRequest.group_id");
        }
        if version <= 7 {
            writer.opt_structs(flexible, version >= 2, version, &self.topics, "OffsetFetchRequest.topics", OffsetFetchRequestTopic::write);
        } else if self.topics.as_ref().is_none_or(|value| !value.is_empty()) {
            writer.reject("OffsetFetchRequest.topics");
        }
        if version >= 8 {
            writer.structs(flexible, version, &self.groups, "OffsetFetchRequest.groups", OffsetFetchRequestGroup::write);
        } else if !self.groups.is_empty() {
            writer.reject("OffsetFetchRequest.groups");
        }
        if version >= 7 {
            writer.bool(self.require_stable);
        } else if self.require_stable {
            writer.reject("OffsetFetchRequest.require_stable");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchRequestTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetFetchRequestTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 6;
        Self {
            name: reader.string(flexible, "OffsetFetchRequestTopic.name"),
            partition_indexes: reader.int32s(flexible, "OffsetFetchRequestTopic.partition_indexes"),
            unknown_tagged_fields: reader.tags(flexible, "OffsetFetchRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 6;
        writer.string(flexible, &self.name, "OffsetFetchRequestTopic.name");
        writer.int32s(flexible, &self.partition_indexes, "OffsetFetchRequestTopic.partition_indexes");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetFetchRequestGroup {
    /// All versions.
    pub group_id: Str,
    /// Versions 9+, nullable, default null, dropped where the version lacks it.
    pub member_id: Option<Str>,
    /// Versions 9+, default -1, dropped where the version lacks it.
    pub member_epoch: i32,
    /// All versions, nullable.
    pub topics: Option<Vec<OffsetFetchRequestTopics>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetFetchRequestGroup {
    fn default() -> Self {
        Self {
            group_id: Str::EMPTY,
            member_id: None,
            member_epoch: -1,
            topics: Some(Vec::new()),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl OffsetFetchRequestGroup {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            group_id: reader.string(true, "OffsetFetchRequestGroup.group_id"),
            member_id: if version >= 9 { reader.opt_string(true, true, "OffsetFetchRequestGroup.member_id") } else { None },
            member_epoch: if version >= 9 { reader.int32("OffsetFetchRequestGroup.member_epoch") } else { -1 },
            topics: reader.opt_structs(true, true, version, match version { 8..=9 => 3, _ => 18 }, "OffsetFetchRequestGroup.topics", OffsetFetchRequestTopics::read),
            unknown_tagged_fields: reader.tags(true, "OffsetFetchRequestGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.group_id, "OffsetFetchRequestGroup.group_id");
        if version >= 9 {
            writer.opt_string(true, true, &self.member_id, "OffsetFetchRequestGroup.member_id");
        }
        if version >= 9 {
            writer.int32(self.member_epoch);
        }
        writer.opt_structs(true, true, version, &self.topics, "OffsetFetchRequestGroup.topics", OffsetFetchRequestTopics::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`OffsetFetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OffsetFetchRequestTopics {
    /// Versions 8 to 9, dropped where the version lacks it.
    pub name: Str,
    /// Version 10, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partition_indexes: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl OffsetFetchRequestTopics {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: if version <= 9 { reader.string(true, "OffsetFetchRequestTopics.name") } else { Str::EMPTY },
            topic_id: if version == 10 { reader.uuid("OffsetFetchRequestTopics.topic_id") } else { Uuid::ZERO },
            partition_indexes: reader.int32s(true, "OffsetFetchRequestTopics.partition_indexes"),
            unknown_tagged_fields: reader.tags(true, "OffsetFetchRequestTopics"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        if version <= 9 {
            writer.string(true, &self.name, "OffsetFetchRequestTopics.name");
        }
        if version == 10 {
            writer.uuid(self.topic_id);
        }
        writer.int32s(true, &self.partition_indexes, "OffsetFetchRequestTopics.partition_indexes");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
