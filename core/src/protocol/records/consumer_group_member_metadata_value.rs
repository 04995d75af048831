//! ConsumerGroupMemberMetadataValue: the value of a coordinator's record of type 5, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerGroupMemberMetadataValue`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerGroupMemberMetadataValue {
    /// All versions, nullable.
    pub instance_id: Option<Str>,
    /// All versions, nullable.
    pub rack_id: Option<Str>,
    /// All versions.
    pub client_id: Str,
    /// All versions.
    pub client_host: Str,
    /// All versions.
    pub subscribed_topic_names: Vec<Str>,
    /// All versions, nullable.
    pub subscribed_topic_regex: Option<Str>,
    /// All versions, default -1.
    pub rebalance_timeout_ms: i32,
    /// All versions, nullable.
    pub server_assignor: Option<Str>,
    /// All versions, tag 0, nullable, default null.
    pub classic_member_metadata: Option<ClassicMemberMetadata>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for ConsumerGroupMemberMetadataValue {
    fn default() -> Self {
        Self {
            instance_id: Some(Str::EMPTY),
            rack_id: Some(Str::EMPTY),
            client_id: Str::EMPTY,
            client_host: Str::EMPTY,
            subscribed_topic_names: Vec::new(),
            subscribed_topic_regex: Some(Str::EMPTY),
            rebalance_timeout_ms: -1,
            server_assignor: Some(Str::EMPTY),
            classic_member_metadata: None,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for ConsumerGroupMemberMetadataValue {
    const NAME: &'static str = "ConsumerGroupMemberMetadataValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let mut message = Self {
            instance_id: reader.opt_string(true, true, "ConsumerGroupMemberMetadataValue.instance_id"),
            rack_id: reader.opt_string(true, true, "ConsumerGroupMemberMetadataValue.rack_id"),
            client_id: reader.string(true, "ConsumerGroupMemberMetadataValue.client_id"),
            client_host: reader.string(true, "ConsumerGroupMemberMetadataValue.client_host"),
            subscribed_topic_names: reader.strings(true, "ConsumerGroupMemberMetadataValue.subscribed_topic_names"),
            subscribed_topic_regex: reader.opt_string(true, true, "ConsumerGroupMemberMetadataValue.subscribed_topic_regex"),
            rebalance_timeout_ms: reader.int32("ConsumerGroupMemberMetadataValue.rebalance_timeout_ms"),
            server_assignor: reader.opt_string(true, true, "ConsumerGroupMemberMetadataValue.server_assignor"),
            classic_member_metadata: None,
            unknown_tagged_fields: TaggedFields::new(),
        };
        let mut unknown = TaggedFields::new();
        reader.each_tag("ConsumerGroupMemberMetadataValue", &mut unknown, &mut |reader, tag| {
            match tag {
                0 => message.classic_member_metadata = reader.opt_struct(true, version, "ConsumerGroupMemberMetadataValue.classic_member_metadata", ClassicMemberMetadata::read),
                _ => return false,
            }
            true
        });
        message.unknown_tagged_fields = unknown;
        message
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.opt_string(true, true, &self.instance_id, "ConsumerGroupMemberMetadataValue.instance_id");
        writer.opt_string(true, true, &self.rack_id, "ConsumerGroupMemberMetadataValue.rack_id");
        writer.string(true, &self.client_id, "ConsumerGroupMemberMetadataValue.client_id");
        writer.string(true, &self.client_host, "ConsumerGroupMemberMetadataValue.client_host");
        writer.strings(true, &self.subscribed_topic_names, "ConsumerGroupMemberMetadataValue.subscribed_topic_names");
        writer.opt_string(true, true, &self.subscribed_topic_regex, "ConsumerGroupMemberMetadataValue.subscribed_topic_regex");
        writer.int32(self.rebalance_timeout_ms);
        writer.opt_string(true, true, &self.server_assignor, "ConsumerGroupMemberMetadataValue.server_assignor");
        let mut tags = writer.begin_tags(&self.unknown_tagged_fields);
        if self.classic_member_metadata.is_some() {
            let mark = writer.begin_tag(&mut tags, 0);
            writer.opt_struct(true, version, &self.classic_member_metadata, "ConsumerGroupMemberMetadataValue.classic_member_metadata", ClassicMemberMetadata::write);
            writer.end_tag(mark);
        }
        writer.end_tags(tags);
    }
}

/// A struct of [`ConsumerGroupMemberMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassicMemberMetadata {
    /// All versions.
    pub session_timeout_ms: i32,
    /// All versions.
    pub supported_protocols: Vec<ClassicProtocol>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ClassicMemberMetadata {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            session_timeout_ms: reader.int32("ClassicMemberMetadata.session_timeout_ms"),
            supported_protocols: reader.structs(true, version, 3, "ClassicMemberMetadata.supported_protocols", ClassicProtocol::read),
            unknown_tagged_fields: reader.tags(true, "ClassicMemberMetadata"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.session_timeout_ms);
        writer.structs(true, version, &self.supported_protocols, "ClassicMemberMetadata.supported_protocols", ClassicProtocol::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`ConsumerGroupMemberMetadataValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassicProtocol {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub metadata: Bytes,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl ClassicProtocol {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            name: reader.string(true, "ClassicProtocol.name"),
            metadata: reader.bytes(true, "ClassicProtocol.metadata"),
            unknown_tagged_fields: reader.tags(true, "ClassicProtocol"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.name, "ClassicProtocol.name");
        writer.bytes(true, &self.metadata, "ClassicProtocol.metadata");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
