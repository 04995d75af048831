//! UpdateFeatures, versions 0 to 2: all updates or none.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::update_features_request::FeatureUpdateKey;
use riverrun_core::protocol::messages::update_features_response::UpdatableFeatureResult;
use riverrun_core::protocol::messages::{UpdateFeaturesRequest, UpdateFeaturesResponse};

use crate::metadata::{ClusterImage, MetadataRecord};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::features::{METADATA_VERSION, level_of, supported};
use crate::server::outcome::Outcome;

/// The kinds of an update, under Kafka's numbers.
const UPGRADE: i8 = 1;
const SAFE_DOWNGRADE: i8 = 2;
const UNSAFE_DOWNGRADE: i8 = 3;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: UpdateFeaturesRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let names: Vec<_> = request.feature_updates.iter().map(|update| update.feature.clone()).collect();
        let validate_only = request.validate_only;
        let decided = node
            .controller
            .change(move |image| match decide(image, &request.feature_updates) {
                Ok(records) => (if validate_only { Vec::new() } else { records }, Ok(())),
                Err(text) => (Vec::new(), Err(text)),
            })
            .await;
        let mut response = UpdateFeaturesResponse::default();
        match decided {
            Ok(Ok(())) => {
                let done = |feature| UpdatableFeatureResult { feature, ..Default::default() };
                response.results = names.into_iter().map(done).collect();
            }
            Ok(Err(text)) => {
                response.error_code = ErrorCode::InvalidUpdateVersion.code();
                response.error_message = Some(format!("no feature was updated: {text}").into());
            }
            Err(error) => {
                response.error_code = error.code().code();
                response.error_message = Some(error.to_string().into());
            }
        }
        if call.version >= 2 {
            response.results.clear();
        }
        Outcome::Done(call.answer(&response))
    }))
}

fn decide(image: &ClusterImage, updates: &[FeatureUpdateKey]) -> Result<Vec<MetadataRecord>, String> {
    let mut records = Vec::new();
    for (at, update) in updates.iter().enumerate() {
        let (name, asked) = (update.feature.as_str(), update.max_version_level);
        if updates[..at].iter().any(|other| other.feature == update.feature) {
            return Err(format!("feature '{name}' is named twice"));
        }
        let known = supported();
        let Some(feature) = known.iter().find(|feature| feature.name == name) else {
            return Err(format!("there is no feature '{name}'"));
        };
        if ![UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE].contains(&update.upgrade_type) {
            return Err(format!("feature '{name}': upgrade type {} is not known", update.upgrade_type));
        }
        if !(feature.min..=feature.max).contains(&asked) {
            let (min, max) = (feature.min, feature.max);
            return Err(format!("feature '{name}' has no level {asked}; there are {min} to {max}"));
        }
        let level = level_of(image, feature);
        if asked < level && update.upgrade_type == UPGRADE {
            return Err(format!(
                "feature '{name}' is at level {level}; to go down to {asked}, ask for a safe or unsafe downgrade"
            ));
        }
        if asked < level && name == METADATA_VERSION {
            return Err(format!("{name} cannot go down from {level} to {asked}: metadata would be lost"));
        }
        if asked != level {
            records.push(MetadataRecord::FeatureLevel { name: name.to_owned(), level: asked });
        }
    }
    Ok(records)
}
