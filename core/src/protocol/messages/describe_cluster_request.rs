//! DescribeClusterRequest: a request of API 60, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeClusterRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterRequest {
    /// All versions.
    pub include_cluster_authorized_operations: bool,
    /// Versions 1+, default 1.
    pub endpoint_type: i8,
    /// Version 2.
    pub include_fenced_brokers: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeClusterRequest {
    fn default() -> Self {
        Self {
            include_cluster_authorized_operations: false,
            endpoint_type: 1,
            include_fenced_brokers: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeClusterRequest {
    const NAME: &'static str = "DescribeClusterRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            include_cluster_authorized_operations: reader.bool("DescribeClusterRequest.include_cluster_authorized_operations"),
            endpoint_type: if version >= 1 { reader.int8("DescribeClusterRequest.endpoint_type") } else { 1 },
            include_fenced_brokers: if version == 2 { reader.bool("DescribeClusterRequest.include_fenced_brokers") } else { false },
            unknown_tagged_fields: reader.tags(true, "DescribeClusterRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.bool(self.include_cluster_authorized_operations);
        if version >= 1 {
            writer.int8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            writer.reject("DescribeClusterRequest.endpoint_type");
        }
        if version == 2 {
            writer.bool(self.include_fenced_brokers);
        } else if self.include_fenced_brokers {
            writer.reject("DescribeClusterRequest.include_fenced_brokers");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
