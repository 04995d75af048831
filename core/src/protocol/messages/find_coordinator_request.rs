//! FindCoordinatorRequest: a request of API 10, versions 0 to 6, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `FindCoordinatorRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FindCoordinatorRequest {
    /// Versions 0 to 3.
    pub key: Str,
    /// Versions 1+, default 0.
    pub key_type: i8,
    /// Versions 4+.
    pub coordinator_keys: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for FindCoordinatorRequest {
    const NAME: &'static str = "FindCoordinatorRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=6;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            key: if version <= 3 { reader.string(flexible, "FindCoordinatorRequest.key") } else { Str::EMPTY },
            key_type: if version >= 1 { reader.int8("FindCoordinatorRequest.key_type") } else { 0 },
            coordinator_keys: if version >= 4 { reader.strings(flexible, "FindCoordinatorRequest.coordinator_keys") } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "FindCoordinatorRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version <= 3 {
            writer.string(flexible, &self.key, "FindCoordinatorRequest.key");
        } else if !self.key.is_empty() {
            writer.reject("FindCoordinatorRequest.key");
        }
        if version >= 1 {
            writer.int8(self.key_type);
        } else if self.key_type != 0 {
            writer.reject("FindCoordinatorRequest.key_type");
        }
        if version >= 4 {
            writer.strings(flexible, &self.coordinator_keys, "FindCoordinatorRequest.coordinator_keys");
        } else if !self.coordinator_keys.is_empty() {
            writer.reject("FindCoordinatorRequest.coordinator_keys");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
