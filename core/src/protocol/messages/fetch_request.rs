//! FetchRequest: a request of API 1, versions 4 to 18, flexible from 12.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `FetchRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchRequest {
    /// Versions 12+, tag 0, nullable, default null, dropped where the version lacks it.
    pub cluster_id: Option<Str>,
    /// Versions 4 to 14, default -1.
    pub replica_id: i32,
    /// Versions 15+, tag 1.
    pub replica_state: ReplicaState,
    /// All versions.
    pub max_wait_ms: i32,
    /// All versions.
    pub min_bytes: i32,
    /// All versions, default 0x7fffffff.
    pub max_bytes: i32,
    /// All versions, default 0.
    pub isolation_level: i8,
    /// Versions 7+, default 0, dropped where the version lacks it.
    pub session_id: i32,
    /// Versions 7+, default -1, dropped where the version lacks it.
    pub session_epoch: i32,
    /// All versions.
    pub topics: Vec<FetchTopic>,
    /// Versions 7+.
    pub forgotten_topics_data: Vec<ForgottenTopic>,
    /// Versions 11+, dropped where the version lacks it.
    pub rack_id: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FetchRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            replica_state: ReplicaState::default(),
            max_wait_ms: 0,
            min_bytes: 0,
            max_bytes: i32::MAX,
            isolation_level: 0,
            session_id: 0,
            session_epoch: -1,
            topics: Vec::new(),
            forgotten_topics_data: Vec::new(),
            rack_id: Str::EMPTY,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for FetchRequest {
    const NAME: &'static str = "FetchRequest";
    const VERSIONS: RangeInclusive<i16> = 4..=18;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        let mut message = Self {
            cluster_id: None,
            replica_id: if version <= 14 { reader.int32("FetchRequest.replica_id") } else { -1 },
            replica_state: ReplicaState::default(),
            max_wait_ms: reader.int32("FetchRequest.max_wait_ms"),
            min_bytes: reader.int32("FetchRequest.min_bytes"),
            max_bytes: reader.int32("FetchRequest.max_bytes"),
            isolation_level: reader.int8("FetchRequest.isolation_level"),
            session_id: if version >= 7 { reader.int32("FetchRequest.session_id") } else { 0 },
            session_epoch: if version >= 7 { reader.int32("FetchRequest.session_epoch") } else { -1 },
            topics: reader.structs(flexible, version, match version { 4..=11 => 6, 12 => 3, _ => 18 }, "FetchRequest.topics", FetchTopic::read),
            forgotten_topics_data: if version >= 7 { reader.structs(flexible, version, match version { 7..=11 => 6, 12 => 3, _ => 18 }, "FetchRequest.forgotten_topics_data", ForgottenTopic::read) } else { Vec::new() },
            rack_id: if version >= 11 { reader.string(flexible, "FetchRequest.rack_id") } else { Str::EMPTY },
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("FetchRequest", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.cluster_id = reader.opt_string(true, true, "FetchRequest.cluster_id"),
                    1 if version >= 15 => message.replica_state = ReplicaState::read(reader, version),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version <= 14 {
            writer.int32(self.replica_id);
        } else if self.replica_id != -1 {
            writer.reject("FetchRequest.replica_id");
        }
        writer.int32(self.max_wait_ms);
        writer.int32(self.min_bytes);
        writer.int32(self.max_bytes);
        writer.int8(self.isolation_level);
        if version >= 7 {
            writer.int32(self.session_id);
        }
        if version >= 7 {
            writer.int32(self.session_epoch);
        }
        writer.structs(flexible, version, &self.topics, "FetchRequest.topics", FetchTopic::write);
        if version >= 7 {
            writer.structs(flexible, version, &self.forgotten_topics_data, "FetchRequest.forgotten_topics_data", ForgottenTopic::write);
        } else if !self.forgotten_topics_data.is_empty() {
            writer.reject("FetchRequest.forgotten_topics_data");
        }
        if version >= 11 {
            writer.string(flexible, &self.rack_id, "FetchRequest.rack_id");
        }
        if version < 15 && self.replica_state != ReplicaState::default() {
            writer.reject("FetchRequest.replica_state");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if self.cluster_id.is_some() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.opt_string(true, true, &self.cluster_id, "FetchRequest.cluster_id");
                writer.end_tag(mark);
            }
            if version >= 15 && self.replica_state != ReplicaState::default() {
                let mark = writer.begin_tag(&mut tags, 1);
                self.replica_state.write(writer, version);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`FetchRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct ReplicaState {
    /// All versions, default -1.
    pub replica_id: i32,
    /// All versions, default -1.
    pub replica_epoch: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            replica_id: -1,
            replica_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl ReplicaState {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            replica_id: reader.int32("ReplicaState.replica_id"),
            replica_epoch: reader.int64("ReplicaState.replica_epoch"),
            unknown_tagged_fields: reader.tags(true, "ReplicaState"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.replica_id);
        writer.int64(self.replica_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FetchTopic {
    /// Versions 4 to 12, dropped where the version lacks it.
    pub topic: Str,
    /// Versions 13+, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<FetchPartition>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl FetchTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        Self {
            topic: if version <= 12 { reader.string(flexible, "FetchTopic.topic") } else { Str::EMPTY },
            topic_id: if version >= 13 { reader.uuid("FetchTopic.topic_id") } else { Uuid::ZERO },
            partitions: reader.structs(flexible, version, match version { 4 => 16, 5..=8 => 24, 9..=11 => 28, _ => 33 }, "FetchTopic.partitions", FetchPartition::read),
            unknown_tagged_fields: reader.tags(flexible, "FetchTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(flexible, &self.topic, "FetchTopic.topic");
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.structs(flexible, version, &self.partitions, "FetchTopic.partitions", FetchPartition::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct FetchPartition {
    /// All versions.
    pub partition: i32,
    /// Versions 9+, default -1, dropped where the version lacks it.
    pub current_leader_epoch: i32,
    /// All versions.
    pub fetch_offset: i64,
    /// Versions 12+, default -1.
    pub last_fetched_epoch: i32,
    /// Versions 5+, default -1, dropped where the version lacks it.
    pub log_start_offset: i64,
    /// All versions.
    pub partition_max_bytes: i32,
    /// Versions 17+, tag 0, dropped where the version lacks it.
    pub replica_directory_id: Uuid,
    /// Version 18, tag 1, default 9223372036854775807, dropped where the version lacks it.
    pub high_watermark: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FetchPartition {
    fn default() -> Self {
        Self {
            partition: 0,
            current_leader_epoch: -1,
            fetch_offset: 0,
            last_fetched_epoch: -1,
            log_start_offset: -1,
            partition_max_bytes: 0,
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl FetchPartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        let mut message = Self {
            partition: reader.int32("FetchPartition.partition"),
            current_leader_epoch: if version >= 9 { reader.int32("FetchPartition.current_leader_epoch") } else { -1 },
            fetch_offset: reader.int64("FetchPartition.fetch_offset"),
            last_fetched_epoch: if version >= 12 { reader.int32("FetchPartition.last_fetched_epoch") } else { -1 },
            log_start_offset: if version >= 5 { reader.int64("FetchPartition.log_start_offset") } else { -1 },
            partition_max_bytes: reader.int32("FetchPartition.partition_max_bytes"),
            replica_directory_id: Uuid::ZERO,
            high_watermark: i64::MAX,
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("FetchPartition", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 if version >= 17 => message.replica_directory_id = reader.uuid("FetchPartition.replica_directory_id"),
                    1 if version == 18 => message.high_watermark = reader.int64("FetchPartition.high_watermark"),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        writer.int32(self.partition);
        if version >= 9 {
            writer.int32(self.current_leader_epoch);
        }
        writer.int64(self.fetch_offset);
        if version >= 12 {
            writer.int32(self.last_fetched_epoch);
        } else if self.last_fetched_epoch != -1 {
            writer.reject("FetchPartition.last_fetched_epoch");
        }
        if version >= 5 {
            writer.int64(self.log_start_offset);
        }
        writer.int32(self.partition_max_bytes);
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if version >= 17 && !self.replica_directory_id.is_zero() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.uuid(self.replica_directory_id);
                writer.end_tag(mark);
            }
            if version == 18 && self.high_watermark != i64::MAX {
                let mark = writer.begin_tag(&mut tags, 1);
                writer.int64(self.high_watermark);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`FetchRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForgottenTopic {
    /// Versions 7 to 12, dropped where the version lacks it.
    pub topic: Str,
    /// Versions 13+, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ForgottenTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 12;
        Self {
            topic: if version <= 12 { reader.string(flexible, "ForgottenTopic.topic") } else { Str::EMPTY },
            topic_id: if version >= 13 { reader.uuid("ForgottenTopic.topic_id") } else { Uuid::ZERO },
            partitions: reader.int32s(flexible, "ForgottenTopic.partitions"),
            unknown_tagged_fields: reader.tags(flexible, "ForgottenTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 12;
        if version <= 12 {
            writer.string(flexible, &self.topic, "ForgottenTopic.topic");
        }
        if version >= 13 {
            writer.uuid(self.topic_id);
        }
        writer.int32s(flexible, &self.partitions, "ForgottenTopic.partitions");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
