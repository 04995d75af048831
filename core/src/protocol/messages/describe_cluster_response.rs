//! DescribeClusterResponse: a response of API 60, versions 0 to 2, flexible from 0.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `DescribeClusterResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct DescribeClusterResponse {
    /// All versions.
    pub throttle_time_ms: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable, default null.
    pub error_message: Option<Str>,
    /// Versions 1+, default 1.
    pub endpoint_type: i8,
    /// All versions.
    pub cluster_id: Str,
    /// All versions, default -1.
    pub controller_id: i32,
    /// All versions.
    pub brokers: Vec<DescribeClusterBroker>,
    /// All versions, default -2147483648.
    pub cluster_authorized_operations: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for DescribeClusterResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            error_code: 0,
            error_message: None,
            endpoint_type: 1,
            cluster_id: Str::EMPTY,
            controller_id: -1,
            brokers: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for DescribeClusterResponse {
    const NAME: &'static str = "DescribeClusterResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=2;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            throttle_time_ms: reader.int32("DescribeClusterResponse.throttle_time_ms"),
            error_code: reader.int16("DescribeClusterResponse.error_code"),
            error_message: reader.opt_string(true, true, "DescribeClusterResponse.error_message"),
            endpoint_type: if version >= 1 { reader.int8("DescribeClusterResponse.endpoint_type") } else { 1 },
            cluster_id: reader.string(true, "DescribeClusterResponse.cluster_id"),
            controller_id: reader.int32("DescribeClusterResponse.controller_id"),
            brokers: reader.structs(true, version, match version { 0..=1 => 11, _ => 12 }, "DescribeClusterResponse.brokers", DescribeClusterBroker::read),
            cluster_authorized_operations: reader.int32("DescribeClusterResponse.cluster_authorized_operations"),
            unknown_tagged_fields: reader.tags(true, "DescribeClusterResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.throttle_time_ms);
        writer.int16(self.error_code);
        writer.opt_string(true, true, &self.error_message, "DescribeClusterResponse.error_message");
        if version >= 1 {
            writer.int8(self.endpoint_type);
        } else if self.endpoint_type != 1 {
            writer.reject("DescribeClusterResponse.endpoint_type");
        }
        writer.string(true, &self.cluster_id, "DescribeClusterResponse.cluster_id");
        writer.int32(self.controller_id);
        writer.structs(true, version, &self.brokers, "DescribeClusterResponse.brokers", DescribeClusterBroker::write);
        writer.int32(self.cluster_authorized_operations);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`DescribeClusterResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DescribeClusterBroker {
    /// All versions.
    pub broker_id: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: i32,
    /// All versions, nullable, default null.
    pub rack: Option<Str>,
    /// Version 2.
    pub is_fenced: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl DescribeClusterBroker {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            broker_id: reader.int32("DescribeClusterBroker.broker_id"),
            host: reader.string(true, "DescribeClusterBroker.host"),
            port: reader.int32("DescribeClusterBroker.port"),
            rack: reader.opt_string(true, true, "DescribeClusterBroker.rack"),
            is_fenced: if version == 2 { reader.bool("DescribeClusterBroker.is_fenced") } else { false },
            unknown_tagged_fields: reader.tags(true, "DescribeClusterBroker"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.broker_id);
        writer.string(true, &self.host, "DescribeClusterBroker.host");
        writer.int32(self.port);
        writer.opt_string(true, true, &self.rack, "DescribeClusterBroker.rack");
        if version == 2 {
            writer.bool(self.is_fenced);
        } else if self.is_fenced {
            writer.reject("DescribeClusterBroker.is_fenced");
        }
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
