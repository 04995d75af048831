//! FetchSnapshotRequest: a request of API 59, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `FetchSnapshotRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct FetchSnapshotRequest {
    /// All versions, tag 0, nullable, default null.
    pub cluster_id: Option<Str>,
    /// All versions, default -1.
    pub replica_id: i32,
    /// All versions, default 0x7fffffff.
    pub max_bytes: i32,
    /// All versions.
    pub topics: Vec<TopicSnapshot>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for FetchSnapshotRequest {
    fn default() -> Self {
        Self {
            cluster_id: None,
            replica_id: -1,
            max_bytes: i32::MAX,
            topics: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for FetchSnapshotRequest {
    const NAME: &'static str = "FetchSnapshotRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            cluster_id: None,
            replica_id: reader.int32("FetchSnapshotRequest.replica_id"),
            max_bytes: reader.int32("FetchSnapshotRequest.max_bytes"),
            topics: reader.structs(true, version, 3, "FetchSnapshotRequest.topics", TopicSnapshot::read),
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("FetchSnapshotRequest", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.cluster_id = reader.opt_string(true, true, "FetchSnapshotRequest.cluster_id"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.replica_id);
        writer.int32(self.max_bytes);
        writer.structs(true, version, &self.topics, "FetchSnapshotRequest.topics", TopicSnapshot::write);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.cluster_id.is_some() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.opt_string(true, true, &self.cluster_id, "FetchSnapshotRequest.cluster_id");
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`FetchSnapshotRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicSnapshot {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<PartitionSnapshot>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicSnapshot {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "TopicSnapshot.name"),
            partitions: reader.structs(true, version, 30, "TopicSnapshot.partitions", PartitionSnapshot::read),
            unknown_tagged_fields: reader.tags(true, "TopicSnapshot"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "TopicSnapshot.name");
        writer.structs(true, version, &self.partitions, "TopicSnapshot.partitions", PartitionSnapshot::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`FetchSnapshotRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PartitionSnapshot {
    /// All versions.
    pub partition: i32,
    /// All versions.
    pub current_leader_epoch: i32,
    /// All versions.
    pub snapshot_id: SnapshotId,
    /// All versions.
    pub position: i64,
    /// Version 1, tag 0, dropped where the version lacks it.
    pub replica_directory_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl PartitionSnapshot {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            partition: reader.int32("PartitionSnapshot.partition"),
            current_leader_epoch: reader.int32("PartitionSnapshot.current_leader_epoch"),
            snapshot_id: SnapshotId::read(reader, version),
            position: reader.int64("PartitionSnapshot.position"),
            replica_directory_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("PartitionSnapshot", &mut unknown, &mut |reader, tag| {
            match tag {
                0 if version == 1 => message.replica_directory_id = reader.uuid("PartitionSnapshot.replica_directory_id"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.partition);
        writer.int32(self.current_leader_epoch);
        self.snapshot_id.write(writer, version);
        writer.int64(self.position);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if version == 1 && !self.replica_directory_id.is_zero() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.uuid(self.replica_directory_id);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`FetchSnapshotRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SnapshotId {
    /// All versions.
    pub end_offset: i64,
    /// All versions.
    pub epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl SnapshotId {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            end_offset: reader.int64("SnapshotId.end_offset"),
            epoch: reader.int32("SnapshotId.epoch"),
            unknown_tagged_fields: reader.tags(true, "SnapshotId"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.end_offset);
        writer.int32(self.epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
