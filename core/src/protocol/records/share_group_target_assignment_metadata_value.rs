//! ShareGroupTargetAssignmentMetadataValue: the value of a coordinator's record of type 12, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ShareGroupTargetAssignmentMetadataValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShareGroupTargetAssignmentMetadataValue {
    /// All versions.
    pub assignment_epoch: i32,
    /// All versions, tag 0, default 0.
    pub assignment_timestamp: i64,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ShareGroupTargetAssignmentMetadataValue {
    const NAME: &'static str = "ShareGroupTargetAssignmentMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        let mut message = Self {
            assignment_epoch: reader.int32("ShareGroupTargetAssignmentMetadataValue.assignment_epoch"),
            assignment_timestamp: 0,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("ShareGroupTargetAssignmentMetadataValue", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.assignment_timestamp = reader.int64("ShareGroupTargetAssignmentMetadataValue.assignment_timestamp"),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.assignment_epoch);
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.assignment_timestamp != 0 {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.int64(self.assignment_timestamp);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}
