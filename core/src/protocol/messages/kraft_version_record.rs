//! KRaftVersionRecord: data, versions 0 to 0, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `KRaftVersionRecord`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KRaftVersionRecord {
    /// All versions.
    pub version: i16,
    /// All versions.
    pub kraft_version: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for KRaftVersionRecord {
    const NAME: &'static str = "KRaftVersionRecord";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            version: reader.int16("KRaftVersionRecord.version"),
            kraft_version: reader.int16("KRaftVersionRecord.kraft_version"),
            unknown_tagged_fields: reader.tags(true, "KRaftVersionRecord"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16(self.version);
        writer.int16(self.kraft_version);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
