//! ProduceResponse: a response of API 0, versions 3 to 13, flexible from 9.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ProduceResponse`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProduceResponse {
    /// All versions.
    pub responses: Vec<TopicProduceResponse>,
    /// All versions, default 0.
    pub throttle_time_ms: i32,
    /// Versions 10+, tag 0.
    pub node_endpoints: Vec<NodeEndpoint>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for ProduceResponse {
    const NAME: &'static str = "ProduceResponse";
    const VERSIONS: RangeInclusive<i16> = 3..=13;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        let mut message = Self {
            responses: reader.structs(flexible, version, match version { 3..=8 => 6, 9..=12 => 3, _ => 18 }, "ProduceResponse.responses", TopicProduceResponse::read),
            throttle_time_ms: reader.int32("ProduceResponse.throttle_time_ms"),
            node_endpoints: Vec::new(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("ProduceResponse", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 if version >= 10 => message.node_endpoints = reader.structs(true, version, 11, "ProduceResponse.node_endpoints", NodeEndpoint::read),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.structs(flexible, version, &self.responses, "ProduceResponse.responses", TopicProduceResponse::write);
        writer.int32(self.throttle_time_ms);
        if version < 10 && !self.node_endpoints.is_empty() {
            writer.reject("ProduceResponse.node_endpoints");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if version >= 10 && !self.node_endpoints.is_empty() {
                let mark = writer.begin_tag(&mut tags, 0);
                writer.structs(true, version, &self.node_endpoints, "ProduceResponse.node_endpoints", NodeEndpoint::write);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`ProduceResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicProduceResponse {
    /// Versions 3 to 12, dropped where the version lacks it.
    pub name: Str,
    /// Version 13, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions.
    pub partition_responses: Vec<PartitionProduceResponse>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicProduceResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            name: if version <= 12 { reader.string(flexible, "TopicProduceResponse.name") } else { Str::EMPTY },
            topic_id: if version == 13 { reader.uuid("TopicProduceResponse.topic_id") } else { Uuid::ZERO },
            partition_responses: reader.structs(flexible, version, match version { 3..=4 => 22, 5..=7 => 30, 8 => 36, _ => 33 }, "TopicProduceResponse.partition_responses", PartitionProduceResponse::read),
            unknown_tagged_fields: reader.tags(flexible, "TopicProduceResponse"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version <= 12 {
            writer.string(flexible, &self.name, "TopicProduceResponse.name");
        }
        if version == 13 {
            writer.uuid(self.topic_id);
        }
        writer.structs(flexible, version, &self.partition_responses, "TopicProduceResponse.partition_responses", PartitionProduceResponse::write);
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ProduceResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionProduceResponse {
    /// All versions.
    pub index: i32,
    /// All versions.
    pub error_code: i16,
    /// All versions.
    pub base_offset: i64,
    /// All versions, default -1.
    pub log_append_time_ms: i64,
    /// Versions 5+, default -1, dropped where the version lacks it.
    pub log_start_offset: i64,
    /// Versions 8+, dropped where the version lacks it.
    pub record_errors: Vec<BatchIndexAndErrorMessage>,
    /// Versions 8+, nullable, default null, dropped where the version lacks it.
    pub error_message: Option<Str>,
    /// Versions 10+, tag 0.
    pub current_leader: LeaderIdAndEpoch,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for PartitionProduceResponse {
    fn default() -> Self {
        Self {
            index: 0,
            error_code: 0,
            base_offset: 0,
            log_append_time_ms: -1,
            log_start_offset: -1,
            record_errors: Vec::new(),
            error_message: None,
            current_leader: LeaderIdAndEpoch::default(),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl PartitionProduceResponse {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        let mut message = Self {
            index: reader.int32("PartitionProduceResponse.index"),
            error_code: reader.int16("PartitionProduceResponse.error_code"),
            base_offset: reader.int64("PartitionProduceResponse.base_offset"),
            log_append_time_ms: reader.int64("PartitionProduceResponse.log_append_time_ms"),
            log_start_offset: if version >= 5 { reader.int64("PartitionProduceResponse.log_start_offset") } else { -1 },
            record_errors: if version >= 8 { reader.structs(flexible, version, 6, "PartitionProduceResponse.record_errors", BatchIndexAndErrorMessage::read) } else { Vec::new() },
            error_message: if version >= 8 { reader.opt_string(flexible, true, "PartitionProduceResponse.error_message") } else { None },
            current_leader: LeaderIdAndEpoch::default(),
            unknown_tagged_fields: TaggedFields::new(),
        };
        if flexible {
            let mut unknown = TaggedFields::new();
            reader.each_tag("PartitionProduceResponse", &mut unknown, &mut |reader, tag| {
                match tag {
                    0 if version >= 10 => message.current_leader = LeaderIdAndEpoch::read(reader, version),
                    _ => return false,
                }
                true
            });
            message.unknown_tagged_fields = unknown;
        }
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.int32(self.index);
        writer.int16(self.error_code);
        writer.int64(self.base_offset);
        writer.int64(self.log_append_time_ms);
        if version >= 5 {
            writer.int64(self.log_start_offset);
        }
        if version >= 8 {
            writer.structs(flexible, version, &self.record_errors, "PartitionProduceResponse.record_errors", BatchIndexAndErrorMessage::write);
        }
        if version >= 8 {
            writer.opt_string(flexible, true, &self.error_message, "PartitionProduceResponse.error_message");
        }
        if version < 10 && self.current_leader != LeaderIdAndEpoch::default() {
            writer.reject("PartitionProduceResponse.current_leader");
        }
        if flexible {
            let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
            if version >= 10 && self.current_leader != LeaderIdAndEpoch::default() {
                let mark = writer.begin_tag(&mut tags, 0);
                self.current_leader.write(writer, version);
                writer.end_tag(mark);
            }
            writer.end_tags(tags);
        } else {
            writer.tags(false, &self.unknown_tagged_fields);
        }
    }
}

/// A struct of [`ProduceResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BatchIndexAndErrorMessage {
    /// All versions.
    pub batch_index: i32,
    /// All versions, nullable, default null.
    pub batch_index_error_message: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl BatchIndexAndErrorMessage {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            batch_index: reader.int32("BatchIndexAndErrorMessage.batch_index"),
            batch_index_error_message: reader.opt_string(flexible, true, "BatchIndexAndErrorMessage.batch_index_error_message"),
            unknown_tagged_fields: reader.tags(flexible, "BatchIndexAndErrorMessage"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.int32(self.batch_index);
        writer.opt_string(flexible, true, &self.batch_index_error_message, "BatchIndexAndErrorMessage.batch_index_error_message");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ProduceResponse`].
#[derive(Clone, Debug, PartialEq)]
pub struct LeaderIdAndEpoch {
    /// All versions, default -1.
    pub leader_id: i32,
    /// All versions, default -1.
    pub leader_epoch: i32,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for LeaderIdAndEpoch {
    fn default() -> Self {
        Self {
            leader_id: -1,
            leader_epoch: -1,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl LeaderIdAndEpoch {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            leader_id: reader.int32("LeaderIdAndEpoch.leader_id"),
            leader_epoch: reader.int32("LeaderIdAndEpoch.leader_epoch"),
            unknown_tagged_fields: reader.tags(true, "LeaderIdAndEpoch"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.leader_id);
        writer.int32(self.leader_epoch);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ProduceResponse`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEndpoint {
    /// All versions.
    pub node_id: i32,
    /// All versions.
    pub host: Str,
    /// All versions.
    pub port: i32,
    /// All versions, nullable, default null.
    pub rack: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl NodeEndpoint {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            node_id: reader.int32("NodeEndpoint.node_id"),
            host: reader.string(true, "NodeEndpoint.host"),
            port: reader.int32("NodeEndpoint.port"),
            rack: reader.opt_string(true, true, "NodeEndpoint.rack"),
            unknown_tagged_fields: reader.tags(true, "NodeEndpoint"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int32(self.node_id);
        writer.string(true, &self.host, "NodeEndpoint.host");
        writer.int32(self.port);
        writer.opt_string(true, true, &self.rack, "NodeEndpoint.rack");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
