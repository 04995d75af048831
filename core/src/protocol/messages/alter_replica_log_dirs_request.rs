//! AlterReplicaLogDirsRequest: a request of API 34, versions 1 to 2, flexible from 2.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `AlterReplicaLogDirsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterReplicaLogDirsRequest {
    /// All versions.
    pub dirs: Vec<AlterReplicaLogDir>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for AlterReplicaLogDirsRequest {
    const NAME: &'static str = "AlterReplicaLogDirsRequest";
    const VERSIONS: RangeInclusive<i16> = 1..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            dirs: reader.structs(flexible, version, match version { 1 => 6, _ => 3 }, "AlterReplicaLogDirsRequest.dirs", AlterReplicaLogDir::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterReplicaLogDirsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.structs(flexible, version, &self.dirs, "AlterReplicaLogDirsRequest.dirs", AlterReplicaLogDir::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterReplicaLogDirsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterReplicaLogDir {
    /// All versions.
    pub path: Str,
    /// All versions.
    pub topics: Vec<AlterReplicaLogDirTopic>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterReplicaLogDir {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            path: reader.string(flexible, "AlterReplicaLogDir.path"),
            topics: reader.structs(flexible, version, match version { 1 => 6, _ => 3 }, "AlterReplicaLogDir.topics", AlterReplicaLogDirTopic::read),
            unknown_tagged_fields: reader.tags(flexible, "AlterReplicaLogDir"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.path, "AlterReplicaLogDir.path");
        writer.structs(flexible, version, &self.topics, "AlterReplicaLogDir.topics", AlterReplicaLogDirTopic::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`AlterReplicaLogDirsRequest`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlterReplicaLogDirTopic {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl AlterReplicaLogDirTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 2;
        Self {
            name: reader.string(flexible, "AlterReplicaLogDirTopic.name"),
            partitions: reader.int32s(flexible, "AlterReplicaLogDirTopic.partitions"),
            unknown_tagged_fields: reader.tags(flexible, "AlterReplicaLogDirTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 2;
        writer.string(flexible, &self.name, "AlterReplicaLogDirTopic.name");
        writer.int32s(flexible, &self.partitions, "AlterReplicaLogDirTopic.partitions");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
