//! ListConfigResourcesRequest: a request of API 74, versions 0 to 1, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListConfigResourcesRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListConfigResourcesRequest {
    /// Version 1.
    pub resource_types: Vec<i8>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListConfigResourcesRequest {
    const NAME: &'static str = "ListConfigResourcesRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=1;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            resource_types: if version == 1 { reader.int8s(true, "ListConfigResourcesRequest.resource_types") } else { Vec::new() },
            unknown_tagged_fields: reader.tags(true, "ListConfigResourcesRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        if version == 1 {
            writer.int8s(true, &self.resource_types, "ListConfigResourcesRequest.resource_types");
        } else if !self.resource_types.is_empty() {
            writer.reject("ListConfigResourcesRequest.resource_types");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
