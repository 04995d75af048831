//! Which version of each request both sides speak.

use std::collections::BTreeMap;

use crate::protocol::messages::ApiVersionsResponse;
use crate::protocol::{ApiKey, Request};

/// The version ranges that a broker announced, and the features that its cluster has switched on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Versions {
    ranges: BTreeMap<i16, (i16, i16)>,
    features: BTreeMap<String, i16>,
}

impl Versions {
    pub(crate) fn from_response(response: &ApiVersionsResponse) -> Self {
        let ranges = response.api_keys.iter().map(|api| (api.api_key, (api.min_version, api.max_version)));
        let features = response.finalized_features.iter();
        let features = features.map(|feature| (feature.name.to_string(), feature.max_version_level));
        Versions { ranges: ranges.collect(), features: features.collect() }
    }

    /// The level of a feature of the cluster (KIP-584); 0 where the broker names none.
    pub(crate) fn feature(&self, name: &str) -> i16 {
        self.features.get(name).copied().unwrap_or(0)
    }

    /// The newest version of `R` in both ranges and at most `cap`; `None` where they do not meet.
    pub(crate) fn choose<R: Request>(&self, cap: i16) -> Option<i16> {
        let (least, most) = *self.ranges.get(&R::KEY.code())?;
        let version = most.min(R::MAX_VERSION).min(cap);
        (version >= least && version >= R::MIN_VERSION).then_some(version)
    }

    /// The broker's range of an API, for messages.
    pub(crate) fn range_text(&self, key: ApiKey) -> String {
        match self.ranges.get(&key.code()) {
            Some((least, most)) => format!("{least}-{most}"),
            None => "none".to_owned(),
        }
    }
}
