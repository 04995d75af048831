//! The cluster's metadata: topics, partitions, configs, brokers, producer-id blocks.
//!
//! Every change is a record in a log, applied to a [`ClusterImage`]: `decide` functions read an image and give back
//! records, [`ClusterImage::replay`] alone changes it (walls 1 and 6). One node writes the log itself; a quorum takes
//! its place behind [`MetadataLog`]. This room knows no file, clock or socket; ids and randomness come in as values.

mod configs;
mod decide;
mod image;
mod log;
mod quotas;
mod record;
mod snapshot;
mod topic_name;

#[cfg(test)]
mod tests;

pub(crate) use configs::{ConfigChange, decide_alter_configs};
pub(crate) use decide::{
    NewTopic, TopicDefaults, TopicError, decide_create_partitions, decide_create_topic, decide_delete_topic,
    decide_producer_ids,
};
pub(crate) use image::{ClusterImage, PartitionImage, ReplayError, TopicImage};
pub(crate) use log::{MetadataLog, MetadataLogError};
pub(crate) use quotas::{
    CLIENT_ID, EntityName, IP, QuotaBucket, QuotaChange, QuotaEntity, QuotaError, QuotaLimit, Quotas, USER,
    decide_alter_quotas,
};
pub(crate) use record::{ConfigResource, MetadataRecord};
pub(crate) use snapshot::{from_last_snapshot, snapshot};
pub(crate) use topic_name::check_topic_name;
