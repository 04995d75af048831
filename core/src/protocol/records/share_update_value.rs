//! ShareUpdateValue: the value of a coordinator's record of type 1, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareUpdateValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareUpdateValue {
    /// All versions.
    pub snapshot_epoch: i32,
    /// All versions.
    pub leader_epoch: i32,
    /// All versions.
    pub start_offset: i64,
    /// All versions, tag 0, default -1.
    pub delivery_complete_count: i32,
    /// All versions.
    pub state_batches: Vec<StateBatch>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ShareUpdateValue {
    fn default() -> Self {
        Self {
            snapshot_epoch: 0,
            leader_epoch: 0,
            start_offset: 0,
            delivery_complete_count: -1,
            state_batches: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ShareUpdateValue {
    const NAME: &'static str = "ShareUpdateValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            snapshot_epoch: reader.int32("ShareUpdateValue.snapshot_epoch"),
            leader_epoch: reader.int32("ShareUpdateValue.leader_epoch"),
            start_offset: reader.int64("ShareUpdateValue.start_offset"),
            delivery_complete_count: -1,
            state_batches: reader.structs(true, version, 20, "ShareUpdateValue.state_batches", StateBatch::read),
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("ShareUpdateValue", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.delivery_complete_count = reader.int32("ShareUpdateValue.delivery_complete_count"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.snapshot_epoch);
        writer.int32(self.leader_epoch);
        writer.int64(self.start_offset);
        writer.structs(true, version, &self.state_batches, "ShareUpdateValue.state_batches", StateBatch::write);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.delivery_complete_count != -1 {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.int32(self.delivery_complete_count);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`ShareUpdateValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateBatch {
    /// All versions.
    pub first_offset: i64,
    /// All versions.
    pub last_offset: i64,
    /// All versions.
    pub delivery_state: i8,
    /// All versions.
    pub delivery_count: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl StateBatch {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            first_offset: reader.int64("StateBatch.first_offset"),
            last_offset: reader.int64("StateBatch.last_offset"),
            delivery_state: reader.int8("StateBatch.delivery_state"),
            delivery_count: reader.int16("StateBatch.delivery_count"),
            unknown_tagged_fields: reader.tags(true, "StateBatch"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int64(self.first_offset);
        writer.int64(self.last_offset);
        writer.int8(self.delivery_state);
        writer.int16(self.delivery_count);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
