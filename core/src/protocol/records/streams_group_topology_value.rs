//! StreamsGroupTopologyValue: the value of a coordinator's record of type 23, versions 0 to 0, flexible from 0.
//!
//! @generated from `records-4.3.json` by `tests/codegen`; change that, not this file.

use crate::protocol::wire::*;

/// The message `StreamsGroupTopologyValue`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamsGroupTopologyValue {
    /// All versions.
    pub epoch: i32,
    /// All versions.
    pub subtopologies: Vec<Subtopology>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Message for StreamsGroupTopologyValue {
    const NAME: &'static str = "StreamsGroupTopologyValue";
    const VERSIONS: RangeInclusive<i16> = 0..=0;

    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            epoch: reader.int32("StreamsGroupTopologyValue.epoch"),
            subtopologies: reader.structs(true, version, 8, "StreamsGroupTopologyValue.subtopologies", Subtopology::read),
            unknown_tagged_fields: reader.tags(true, "StreamsGroupTopologyValue"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.int32(self.epoch);
        writer.structs(true, version, &self.subtopologies, "StreamsGroupTopologyValue.subtopologies", Subtopology::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupTopologyValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subtopology {
    /// All versions.
    pub subtopology_id: Str,
    /// All versions.
    pub source_topics: Vec<Str>,
    /// All versions.
    pub source_topic_regex: Vec<Str>,
    /// All versions.
    pub state_changelog_topics: Vec<TopicInfo>,
    /// All versions.
    pub repartition_sink_topics: Vec<Str>,
    /// All versions.
    pub repartition_source_topics: Vec<TopicInfo>,
    /// All versions.
    pub copartition_groups: Vec<CopartitionGroup>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl Subtopology {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            subtopology_id: reader.string(true, "Subtopology.subtopology_id"),
            source_topics: reader.strings(true, "Subtopology.source_topics"),
            source_topic_regex: reader.strings(true, "Subtopology.source_topic_regex"),
            state_changelog_topics: reader.structs(true, version, 9, "Subtopology.state_changelog_topics", TopicInfo::read),
            repartition_sink_topics: reader.strings(true, "Subtopology.repartition_sink_topics"),
            repartition_source_topics: reader.structs(true, version, 9, "Subtopology.repartition_source_topics", TopicInfo::read),
            copartition_groups: reader.structs(true, version, 4, "Subtopology.copartition_groups", CopartitionGroup::read),
            unknown_tagged_fields: reader.tags(true, "Subtopology"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.subtopology_id, "Subtopology.subtopology_id");
        writer.strings(true, &self.source_topics, "Subtopology.source_topics");
        writer.strings(true, &self.source_topic_regex, "Subtopology.source_topic_regex");
        writer.structs(true, version, &self.state_changelog_topics, "Subtopology.state_changelog_topics", TopicInfo::write);
        writer.strings(true, &self.repartition_sink_topics, "Subtopology.repartition_sink_topics");
        writer.structs(true, version, &self.repartition_source_topics, "Subtopology.repartition_source_topics", TopicInfo::write);
        writer.structs(true, version, &self.copartition_groups, "Subtopology.copartition_groups", CopartitionGroup::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupTopologyValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CopartitionGroup {
    /// All versions.
    pub source_topics: Vec<i16>,
    /// All versions.
    pub source_topic_regex: Vec<i16>,
    /// All versions.
    pub repartition_source_topics: Vec<i16>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl CopartitionGroup {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            source_topics: reader.int16s(true, "CopartitionGroup.source_topics"),
            source_topic_regex: reader.int16s(true, "CopartitionGroup.source_topic_regex"),
            repartition_source_topics: reader.int16s(true, "CopartitionGroup.repartition_source_topics"),
            unknown_tagged_fields: reader.tags(true, "CopartitionGroup"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.int16s(true, &self.source_topics, "CopartitionGroup.source_topics");
        writer.int16s(true, &self.source_topic_regex, "CopartitionGroup.source_topic_regex");
        writer.int16s(true, &self.repartition_source_topics, "CopartitionGroup.repartition_source_topics");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupTopologyValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicConfig {
    /// All versions.
    pub key: Str,
    /// All versions.
    pub value: Str,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicConfig {
    fn read(reader: &mut Reader, _: i16) -> Self {
        Self {
            key: reader.string(true, "TopicConfig.key"),
            value: reader.string(true, "TopicConfig.value"),
            unknown_tagged_fields: reader.tags(true, "TopicConfig"),
        }
    }

    fn write(&self, writer: &mut Writer, _: i16) {
        writer.string(true, &self.key, "TopicConfig.key");
        writer.string(true, &self.value, "TopicConfig.value");
        writer.tags(true, &self.unknown_tagged_fields);
    }
}

/// A struct of [`StreamsGroupTopologyValue`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TopicInfo {
    /// All versions.
    pub name: Str,
    /// All versions.
    pub partitions: i32,
    /// All versions.
    pub replication_factor: i16,
    /// All versions.
    pub topic_configs: Vec<TopicConfig>,
    /// Tagged fields that this schema does not name.
    pub unknown_tagged_fields: TaggedFields,
}

impl TopicInfo {
    fn read(reader: &mut Reader, version: i16) -> Self {
        Self {
            name: reader.string(true, "TopicInfo.name"),
            partitions: reader.int32("TopicInfo.partitions"),
            replication_factor: reader.int16("TopicInfo.replication_factor"),
            topic_configs: reader.structs(true, version, 3, "TopicInfo.topic_configs", TopicConfig::read),
            unknown_tagged_fields: reader.tags(true, "TopicInfo"),
        }
    }

    fn write(&self, writer: &mut Writer, version: i16) {
        writer.string(true, &self.name, "TopicInfo.name");
        writer.int32(self.partitions);
        writer.int16(self.replication_factor);
        writer.structs(true, version, &self.topic_configs, "TopicInfo.topic_configs", TopicConfig::write);
        writer.tags(true, &self.unknown_tagged_fields);
    }
}
