//! ControlRecordTypeSchema: data, versions 0 to 0, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ControlRecordTypeSchema`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ControlRecordTypeSchema {
    /// All versions.
    pub r#type: i16,
}

impl Message for ControlRecordTypeSchema {
    const NAME: &'static str = "ControlRecordTypeSchema";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            r#type: reader.int16("ControlRecordTypeSchema.type"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.r#type);
    }
}
