//! MetadataResponse: a response of API 3, versions 0 to 13, flexible from 9.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `MetadataResponse`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponse {
    /// Versions 3+, dropped where the version lacks it.
    pub throttle_time_ms: i32,
    /// All versions.
    pub brokers: Vec<MetadataResponseBroker>,
    /// Versions 2+, nullable, default null, dropped where the version lacks it.
    pub cluster_id: Option<Str>,
    /// Versions 1+, default -1, dropped where the version lacks it.
    pub controller_id: i32,
    /// All versions.
    pub topics: Vec<MetadataResponseTopic>,
    /// Versions 8 to 10, default -2147483648.
    pub cluster_authorized_operations: i32,
    /// Version 13, dropped where the version lacks it.
    pub error_code: i16,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataResponse {
    fn default() -> Self {
        Self {
            throttle_time_ms: 0,
            brokers: Vec::new(),
            cluster_id: None,
            controller_id: -1,
            topics: Vec::new(),
            cluster_authorized_operations: i32::MIN,
            error_code: 0,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for MetadataResponse {
    const NAME: &'static str = "MetadataResponse";
    const VERSIONS: RangeInclusive<i16> = 0..=13;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            throttle_time_ms: if version >= 3 { reader.int32("MetadataResponse.throttle_time_ms") } else { 0 },
            brokers: reader.structs(flexible, version, match version { 0 => 10, 1..=8 => 12, _ => 11 }, "MetadataResponse.brokers", MetadataResponseBroker::read),
            cluster_id: if version >= 2 { reader.opt_string(flexible, true, "MetadataResponse.cluster_id") } else { None },
            controller_id: if version >= 1 { reader.int32("MetadataResponse.controller_id") } else { -1 },
            topics: reader.structs(flexible, version, match version { 0 => 8, 1..=7 => 9, 8 => 13, 9 => 10, _ => 26 }, "MetadataResponse.topics", MetadataResponseTopic::read),
            cluster_authorized_operations: if (8..=10).contains(&version) { reader.int32("MetadataResponse.cluster_authorized_operations") } else { i32::MIN },
            error_code: if version == 13 { reader.int16("MetadataResponse.error_code") } else { 0 },
            unknown_tagged_fields: reader.tags(flexible, "MetadataResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 3 {
            writer.int32(self.throttle_time_ms);
        }
        writer.structs(flexible, version, &self.brokers, "MetadataResponse.brokers", MetadataResponseBroker::write);
        if version >= 2 {
            writer.opt_string(flexible, true, &self.cluster_id, "MetadataResponse.cluster_id");
        }
        if version >= 1 {
            writer.int32(self.controller_id);
        }
        writer.structs(flexible, version, &self.topics, "MetadataResponse.topics", MetadataResponseTopic::write);
        if (8..=10).contains(&version) {
            writer.int32(self.cluster_authorized_operations);
        } else if self.cluster_authorized_operations != i32::MIN {
            writer.reject("MetadataResponse.cluster_authorized_operations");
        }
        if version == 13 {
            writer.int16(self.error_code);
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`MetadataResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetadataResponseBroker {
    /// All versions.
    pub node_id: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: i32,
    /// Versions 1+, nullable, default null, dropped where the version lacks it.
    pub rack: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl MetadataResponseBroker {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            node_id: reader.int32("MetadataResponseBroker.node_id"),
            host: reader.string(flexible, "MetadataResponseBroker.host"),
            port: reader.int32("MetadataResponseBroker.port"),
            rack: if version >= 1 { reader.opt_string(flexible, true, "MetadataResponseBroker.rack") } else { None },
            unknown_tagged_fields: reader.tags(flexible, "MetadataResponseBroker"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.int32(self.node_id);
        writer.string(flexible, &self.host, "MetadataResponseBroker.host");
        writer.int32(self.port);
        if version >= 1 {
            writer.opt_string(flexible, true, &self.rack, "MetadataResponseBroker.rack");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`MetadataResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponseTopic {
    /// All versions.
    pub error_code: i16,
    /// All versions, nullable at versions 12+.
    pub name: Option<Str>,
    /// Versions 10+, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// Versions 1+, default false, dropped where the version lacks it.
    pub is_internal: bool,
    /// All versions.
    pub partitions: Vec<MetadataResponsePartition>,
    /// Versions 8+, default -2147483648.
    pub topic_authorized_operations: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataResponseTopic {
    fn default() -> Self {
        Self {
            error_code: 0,
            name: Some(Str::EMPTY),
            topic_id: Uuid::ZERO,
            is_internal: false,
            partitions: Vec::new(),
            topic_authorized_operations: i32::MIN,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl MetadataResponseTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            error_code: reader.int16("MetadataResponseTopic.error_code"),
            name: reader.opt_string(flexible, version >= 12, "MetadataResponseTopic.name"),
            topic_id: if version >= 10 { reader.uuid("MetadataResponseTopic.topic_id") } else { Uuid::ZERO },
            is_internal: if version >= 1 { reader.bool("MetadataResponseTopic.is_internal") } else { false },
            partitions: reader.structs(flexible, version, match version { 0..=4 => 18, 5..=6 => 22, 7..=8 => 26, _ => 18 }, "MetadataResponseTopic.partitions", MetadataResponsePartition::read),
            topic_authorized_operations: if version >= 8 { reader.int32("MetadataResponseTopic.topic_authorized_operations") } else { i32::MIN },
            unknown_tagged_fields: reader.tags(flexible, "MetadataResponseTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.int16(self.error_code);
        writer.opt_string(flexible, version >= 12, &self.name, "MetadataResponseTopic.name");
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        if version >= 1 {
            writer.bool(self.is_internal);
        }
        writer.structs(flexible, version, &self.partitions, "MetadataResponseTopic.partitions", MetadataResponsePartition::write);
        if version >= 8 {
            writer.int32(self.topic_authorized_operations);
        } else if self.topic_authorized_operations != i32::MIN {
            writer.reject("MetadataResponseTopic.topic_authorized_operations");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`MetadataResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataResponsePartition {
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub partition_index: i32,
    /// All versions.
    pub leader_id: i32,
    /// Versions 7+, default -1, dropped where the version lacks it.
    pub leader_epoch: i32,
    /// All versions.
    pub replica_nodes: Vec<i32>,
    /// All versions.
    pub isr_nodes: Vec<i32>,
    /// Versions 5+, dropped where the version lacks it.
    pub offline_replicas: Vec<i32>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataResponsePartition {
    fn default() -> Self {
        Self {
            error_code: 0,
            partition_index: 0,
            leader_id: 0,
            leader_epoch: -1,
            replica_nodes: Vec::new(),
            isr_nodes: Vec::new(),
            offline_replicas: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl MetadataResponsePartition {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            error_code: reader.int16("MetadataResponsePartition.error_code"),
            partition_index: reader.int32("MetadataResponsePartition.partition_index"),
            leader_id: reader.int32("MetadataResponsePartition.leader_id"),
            leader_epoch: if version >= 7 { reader.int32("MetadataResponsePartition.leader_epoch") } else { -1 },
            replica_nodes: reader.int32s(flexible, "MetadataResponsePartition.replica_nodes"),
            isr_nodes: reader.int32s(flexible, "MetadataResponsePartition.isr_nodes"),
            offline_replicas: if version >= 5 { reader.int32s(flexible, "MetadataResponsePartition.offline_replicas") } else { Vec::new() },
            unknown_tagged_fields: reader.tags(flexible, "MetadataResponsePartition"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.int16(self.error_code);
        writer.int32(self.partition_index);
        writer.int32(self.leader_id);
        if version >= 7 {
            writer.int32(self.leader_epoch);
        }
        writer.int32s(flexible, &self.replica_nodes, "MetadataResponsePartition.replica_nodes");
        writer.int32s(flexible, &self.isr_nodes, "MetadataResponsePartition.isr_nodes");
        if version >= 5 {
            writer.int32s(flexible, &self.offline_replicas, "MetadataResponsePartition.offline_replicas");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
