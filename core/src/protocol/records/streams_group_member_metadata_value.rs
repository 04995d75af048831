//! StreamsGroupMemberMetadataValue: the value of a coordinator's record of type 19, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupMemberMetadataValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsGroupMemberMetadataValue {
    /// All versions, nullable.
    pub instance_id: Option<Str>,
    /// All versions, nullable.
    pub rack_id: Option<Str>,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// All versions, default -1.
    pub rebalance_timeout_ms: i32,
    /// All versions.
    pub topology_epoch: i32,
    /// All versions.
    pub process_id: Str,
    /// All versions, nullable, default null.
    pub user_endpoint: Option<Endpoint>,
    /// All versions.
    pub client_tags: Vec<KeyValue>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for StreamsGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(Str::EMPTY),
            rack_id: Some(Str::EMPTY),
            client_id: Str::EMPTY,
            client_host: Str::EMPTY,
            rebalance_timeout_ms: -1,
            topology_epoch: 0,
            process_id: Str::EMPTY,
            user_endpoint: None,
            client_tags: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for StreamsGroupMemberMetadataValue {
    const NAME: &'static str = "StreamsGroupMemberMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            instance_id: reader.opt_string(true, true, "StreamsGroupMemberMetadataValue.instance_id"),
            rack_id: reader.opt_string(true, true, "StreamsGroupMemberMetadataValue.rack_id"),
            client_id: reader.string(true, "StreamsGroupMemberMetadataValue.client_id"),
            client_host: reader.string(true, "StreamsGroupMemberMetadataValue.client_host"),
            rebalance_timeout_ms: reader.int32("StreamsGroupMemberMetadataValue.rebalance_timeout_ms"),
            topology_epoch: reader.int32("StreamsGroupMemberMetadataValue.topology_epoch"),
            process_id: reader.string(true, "StreamsGroupMemberMetadataValue.process_id"),
            user_endpoint: reader.opt_struct(true, version, "StreamsGroupMemberMetadataValue.user_endpoint", Endpoint::read),
            client_tags: reader.structs(true, version, 3, "StreamsGroupMemberMetadataValue.client_tags", KeyValue::read),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupMemberMetadataValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.instance_id, "StreamsGroupMemberMetadataValue.instance_id");
        writer.opt_string(true, true, &self.rack_id, "StreamsGroupMemberMetadataValue.rack_id");
        writer.string(true, &self.client_id, "StreamsGroupMemberMetadataValue.client_id");
        writer.string(true, &self.client_host, "StreamsGroupMemberMetadataValue.client_host");
        writer.int32(self.rebalance_timeout_ms);
        writer.int32(self.topology_epoch);
        writer.string(true, &self.process_id, "StreamsGroupMemberMetadataValue.process_id");
        writer.opt_struct(true, version, &self.user_endpoint, "StreamsGroupMemberMetadataValue.user_endpoint", Endpoint::write);
        writer.structs(true, version, &self.client_tags, "StreamsGroupMemberMetadataValue.client_tags", KeyValue::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupMemberMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: u16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Endpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            host: reader.string(true, "Endpoint.host"),
            port: reader.uint16("Endpoint.port"),
            unknown_tagged_fields: reader.tags(true, "Endpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.host, "Endpoint.host");
        writer.uint16(self.port);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupMemberMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyValue {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub value: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl KeyValue {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            key: reader.string(true, "KeyValue.key"),
            value: reader.string(true, "KeyValue.value"),
            unknown_tagged_fields: reader.tags(true, "KeyValue"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.key, "KeyValue.key");
        writer.string(true, &self.value, "KeyValue.value");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
