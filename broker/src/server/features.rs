//! Features (KIP-584): which there are, how far this version goes with each, and at which level the cluster runs.
//!
//! A feature is offered when its APIs are served, so that clients never rely on what is not there.

use riverrun_core::protocol::ApiKey;

use super::versions;
use crate::metadata::ClusterImage;

/// How far this version goes with one feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    pub(crate) min: i16,
    pub(crate) max: i16,
}

/// The rules of groups: 1 with the consumer protocol of KIP-848.
pub(crate) const GROUP_VERSION: &str = "group.version";
/// The format of the metadata: always the newest here, for the log is our own; 30 is Kafka 4.3.
pub(crate) const METADATA_VERSION: &str = "metadata.version";
/// The rules of transactions: 2 with those of KIP-890.
pub(crate) const TRANSACTION_VERSION: &str = "transaction.version";

/// Every feature that is there.
pub(crate) fn supported() -> Vec<Feature> {
    let serves = |key: ApiKey, version: i16| versions::find(key).is_some_and(|served| served.max >= version);
    let mut features = Vec::new();
    if serves(ApiKey::ConsumerGroupHeartbeat, 0) {
        features.push(Feature { name: GROUP_VERSION, min: 0, max: 1 });
    }
    features.push(Feature { name: METADATA_VERSION, min: 7, max: 30 });
    if serves(ApiKey::EndTxn, 5) {
        features.push(Feature { name: TRANSACTION_VERSION, min: 0, max: 2 });
    }
    features
}

/// The level at which the cluster runs a feature; 0 where the feature is not there.
pub(crate) fn level(image: &ClusterImage, name: &str) -> i16 {
    let feature = supported().into_iter().find(|feature| feature.name == name);
    feature.map_or(0, |feature| level_of(image, &feature))
}

/// The level at which the cluster runs a feature that is there: the highest unless another was set.
pub(crate) fn level_of(image: &ClusterImage, feature: &Feature) -> i16 {
    image.features.get(feature.name).map_or(feature.max, |level| (*level).clamp(0, feature.max))
}
