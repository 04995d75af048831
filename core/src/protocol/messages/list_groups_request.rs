//! ListGroupsRequest: a request of API 16, versions 0 to 5, flexible from 3.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ListGroupsRequest`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListGroupsRequest {
    /// Versions 4+.
    pub states_filter: Vec<Str>,
    /// Version 5.
    pub types_filter: Vec<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ListGroupsRequest {
    const NAME: &'static str = "ListGroupsRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=5;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 3;
        Self {
            states_filter: if version >= 4 { reader.strings(flexible, "ListGroupsRequest.states_filter") } else { Vec::new() },
            types_filter: if version == 5 { reader.strings(flexible, "ListGroupsRequest.types_filter") } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "ListGroupsRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 3;
        if version >= 4 {
            writer.strings(flexible, &self.states_filter, "ListGroupsRequest.states_filter");
        } else if !self.states_filter.is_empty() {
            writer.reject("ListGroupsRequest.states_filter");
        }
        if version == 5 {
            writer.strings(flexible, &self.types_filter, "ListGroupsRequest.types_filter");
        } else if !self.types_filter.is_empty() {
            writer.reject("ListGroupsRequest.types_filter");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
