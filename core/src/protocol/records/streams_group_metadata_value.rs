//! StreamsGroupMetadataValue: the value of a coordinator's record of type 17, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupMetadataValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupMetadataValue {
    /// All versions.
    pub epoch: i32,
    /// All versions.
    pub metadata_hash: i64,
    /// All versions, tag 0, default -1.
    pub validated_topology_epoch: i32,
    /// All versions, tag 1, nullable, default null.
    pub last_assignment_configs: Option<Vec<LastAssignmentConfig>>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupMetadataValue {
    fn default() -> Self {
        Self {
            epoch: 0,
            metadata_hash: 0,
            validated_topology_epoch: -1,
            last_assignment_configs: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for StreamsGroupMetadataValue {
    const NAME: &'static str = "StreamsGroupMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            epoch: reader.int32("StreamsGroupMetadataValue.epoch"),
            metadata_hash: reader.int64("StreamsGroupMetadataValue.metadata_hash"),
            validated_topology_epoch: -1,
            last_assignment_configs: None,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("StreamsGroupMetadataValue", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.validated_topology_epoch = reader.int32("StreamsGroupMetadataValue.validated_topology_epoch"),
                1 => message.last_assignment_configs = reader.opt_structs(true, true, version, 3, "StreamsGroupMetadataValue.last_assignment_configs", LastAssignmentConfig::read),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.epoch);
        writer.int64(self.metadata_hash);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.validated_topology_epoch != -1 {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.int32(self.validated_topology_epoch);
            writer.end_tag(mark);
        }
        if self.last_assignment_configs.is_some() {
            let mark = writer.begin_tag(&mut tags, 1);
            writer.opt_structs(true, true, version, &self.last_assignment_configs, "StreamsGroupMetadataValue.last_assignment_configs", LastAssignmentConfig::write);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`StreamsGroupMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LastAssignmentConfig {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub value: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl LastAssignmentConfig {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            key: reader.string(true, "LastAssignmentConfig.key"),
            value: reader.string(true, "LastAssignmentConfig.value"),
            unknown_tagged_fields: reader.tags(true, "LastAssignmentConfig"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.key, "LastAssignmentConfig.key");
        writer.string(true, &self.value, "LastAssignmentConfig.value");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
