//! ConsumerProtocolSubscription: data, versions 0 to 3, never flexible.
//!
//! @generated from `messages-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `ConsumerProtocolSubscription`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsumerProtocolSubscription {
    /// All versions.
    pub topics: Vec<Str>,
    /// All versions, nullable, default null.
    pub user_data: Option<Bytes>,
    /// Versions 1+, dropped where the version lacks it.
    pub owned_partitions: Vec<TopicPartition>,
    /// Versions 2+, default -1, dropped where the version lacks it.
    pub generation_id: i32,
    /// Version 3, nullable, default null, dropped where the version lacks it.
    pub rack_id: Option<Str>,
}

impl Default for ConsumerProtocolSubscription {
    fn default() -> Self {
        Self {
            topics: Vec::new(),
            user_data: None,
            owned_partitions: Vec::new(),
            generation_id: -1,
            rack_id: None,
        }
    }
}

impl Message for ConsumerProtocolSubscription {
    const NAME: &'static str = "ConsumerProtocolSubscription";
    const VERSIONS: RangeInclusive<i16> = 0..=3;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            topics: reader.strings(false, "ConsumerProtocolSubscription.topics"),
            user_data: reader.opt_bytes(false, true, "ConsumerProtocolSubscription.user_data"),
            owned_partitions: if version >= 1 { reader.structs(false, version, 6, "ConsumerProtocolSubscription.owned_partitions", TopicPartition::read) } else { Vec::new() },
            generation_id: if version >= 2 { reader.int32("ConsumerProtocolSubscription.generation_id") } else { -1 },
            rack_id: if version == 3 { reader.opt_string(false, true, "ConsumerProtocolSubscription.rack_id") } else { None },
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.strings(false, &self.topics, "ConsumerProtocolSubscription.topics");
        writer.opt_bytes(false, true, &self.user_data, "ConsumerProtocolSubscription.user_data");
        if version >= 1 {
            writer.structs(false, version, &self.owned_partitions, "ConsumerProtocolSubscription.owned_partitions", TopicPartition::write);
        }
        if version >= 2 {
            writer.int32(self.generation_id);
        }
        if version == 3 {
            writer.opt_string(false, true, &self.rack_id, "ConsumerProtocolSubscription.rack_id");
        }
    }
}

/// A struct of [`ConsumerProtocolSubscription`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicPartition {
    /// All versions.
    pub topic: Str,
    /// All versions.
    pub partitions: Vec<i32>,
}

impl TopicPartition {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            topic: reader.string(false, "TopicPartition.topic"),
            partitions: reader.int32s(false, "TopicPartition.partitions"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(false, &self.topic, "TopicPartition.topic");
        writer.int32s(false, &self.partitions, "TopicPartition.partitions");
    }
}
