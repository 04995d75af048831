//! MetadataRequest: a request of API 3, versions 0 to 13, flexible from 9.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `MetadataRequest`.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequest {
    /// All versions, nullable at versions 1+.
    pub topics: Option<Vec<MetadataRequestTopic>>,
    /// Versions 4+, default true.
    pub allow_auto_topic_creation: bool,
    /// Versions 8 to 10.
    pub include_cluster_authorized_operations: bool,
    /// Versions 8+.
    pub include_topic_authorized_operations: bool,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataRequest {
    fn default() -> Self {
        Self {
            topics: Some(Vec::new()),
            allow_auto_topic_creation: true,
            include_cluster_authorized_operations: false,
            include_topic_authorized_operations: false,
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl Message for MetadataRequest {
    const NAME: &'static str = "MetadataRequest";
    const VERSIONS: RangeInclusive<i16> = 0..=13;

    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            topics: reader.opt_structs(flexible, version >= 1, version, match version { 0..=9 => 2, _ => 18 }, "MetadataRequest.topics", MetadataRequestTopic::read),
            allow_auto_topic_creation: if version >= 4 { reader.bool("MetadataRequest.allow_auto_topic_creation") } else { true },
            include_cluster_authorized_operations: if (8..=10).contains(&version) { reader.bool("MetadataRequest.include_cluster_authorized_operations") } else { false },
            include_topic_authorized_operations: if version >= 8 { reader.bool("MetadataRequest.include_topic_authorized_operations") } else { false },
            unknown_tagged_fields: reader.tags(flexible, "MetadataRequest"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        writer.opt_structs(flexible, version >= 1, version, &self.topics, "MetadataRequest.topics", MetadataRequestTopic::write);
        if version >= 4 {
            writer.bool(self.allow_auto_topic_creation);
        } else if !self.allow_auto_topic_creation {
            writer.reject("MetadataRequest.allow_auto_topic_creation");
        }
        if (8..=10).contains(&version) {
            writer.bool(self.include_cluster_authorized_operations);
        } else if self.include_cluster_authorized_operations {
            writer.reject("MetadataRequest.include_cluster_authorized_operations");
        }
        if version >= 8 {
            writer.bool(self.include_topic_authorized_operations);
        } else if self.include_topic_authorized_operations {
            writer.reject("MetadataRequest.include_topic_authorized_operations");
        }
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}

/// A struct of [`MetadataRequest`].
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataRequestTopic {
    /// Versions 10+, dropped where the version lacks it.
    pub topic_id: Uuid,
    /// All versions, nullable at versions 10+.
    pub name: Option<Str>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Default for MetadataRequestTopic {
    fn default() -> Self {
        Self {
            topic_id: Uuid::ZERO,
            name: Some(Str::EMPTY),
            unknown_tagged_fields: TaggedFields::new(),
        }
    }
}

impl MetadataRequestTopic {
    fn read(reader: &mut Reader, version: i16) -> Self {
        let flexible = version >= 9;
        Self {
            topic_id: if version >= 10 { reader.uuid("MetadataRequestTopic.topic_id") } else { Uuid::ZERO },
            name: reader.opt_string(flexible, version >= 10, "MetadataRequestTopic.name"),
            unknown_tagged_fields: reader.tags(flexible, "MetadataRequestTopic"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        let flexible = version >= 9;
        if version >= 10 {
            writer.uuid(self.topic_id);
        }
        writer.opt_string(flexible, version >= 10, &self.name, "MetadataRequestTopic.name");
        writer.tags(flexible, &self.unknown_tagged_fields);
    }
}
