//! OffsetCommitValue: the value of a coordinator's record of type 1, versions 0 to 4, flexible from 4.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `OffsetCommitValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetCommitValue {
    /// All versions.
    pub offset: i64,
    /// Versions 3+, default -1, dropped where the version lacks it.
    pub leader_epoch: i32,
    /// All versions.
    pub metadata: Str,
    /// All versions.
    pub commit_timestamp: i64,
    /// Version 1, default -1, dropped where the version lacks it.
    pub expire_timestamp: i64,
    /// Version 4, tag 0, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for OffsetCommitValue {
    fn default() -> Self {
        Self {
            offset: 0,
            leader_epoch: -1,
            metadata: Str::EMPTY,
            commit_timestamp: 0,
            expire_timestamp: -1,
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for OffsetCommitValue {
    const NAME: &'static str = "OffsetCommitValue";
    const VERSIONS: RangeInclusive<i16> = 0..=4;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version == 4;
        let mut message = Self {
            offset: reader.int64("OffsetCommitValue.offset"),
            leader_epoch: if version >= 3 { reader.int32("OffsetCommitValue.leader_epoch") } else { -1 },
            metadata: reader.string(flexible, "OffsetCommitValue.metadata"),
            commit_timestamp: reader.int64("OffsetCommitValue.commit_timestamp"),
            expire_timestamp: if version == 1 { reader.int64("OffsetCommitValue.expire_timestamp") } else { -1 },
            topic_id: Uuid::ZERO,
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("OffsetCommitValue", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 => message.topic_id = reader.uuid("OffsetCommitValue.topic_id"),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version == 4;
        writer.int64(self.offset);
        if version >= 3 {
            writer.int32(self.leader_epoch);
        }
        writer.string(flexible, &self.metadata, "OffsetCommitValue.metadata");
        writer.int64(self.commit_timestamp);
        if version == 1 {
            writer.int64(self.expire_timestamp);
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if !self.topic_id.is_zero() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.uuid(self.topic_id);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}
