//! ApiVersions, versions 0 to 4: what this broker serves, and its features.

use std::sync::Arc;

use riverrun_core::protocol::messages::api_versions_response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use riverrun_core::protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};
use riverrun_core::protocol::{ApiKey, ErrorCode, Str};

use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::features::{Feature, level_of, supported};
use crate::server::outcome::{Answer, Outcome};
use crate::server::versions::{SERVED, Served};

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: &ApiVersionsRequest) -> Outcome {
    let names_itself = |text: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        !text.is_empty()
            && text.chars().all(inner)
            && !text.starts_with(['.', '-'])
            && !text.ends_with(['.', '-'])
    };
    let named = names_itself(&request.client_software_name) && names_itself(&request.client_software_version);
    if call.version >= 3 && !named {
        let response =
            ApiVersionsResponse { error_code: ErrorCode::InvalidRequest.code(), ..Default::default() };
        return Outcome::Done(call.answer(&response));
    }
    if call.version >= 3 {
        let said = (request.client_software_name.detached(), request.client_software_version.detached());
        // Said again, it is what was said first that counts.
        let _ = call.connection.software.set(said);
    }
    let image = node.controller.image();
    let features = supported();
    let response = ApiVersionsResponse {
        api_keys: SERVED.iter().map(entry).collect(),
        // Before version 4 a range could not start at 0; what does is left out, as Kafka does (KAFKA-17011).
        supported_features: features
            .iter()
            .filter(|feature| call.version >= 4 || feature.min > 0)
            .map(|feature| SupportedFeatureKey {
                name: Str::from_static(feature.name),
                min_version: feature.min,
                max_version: feature.max,
                ..Default::default()
            })
            .collect(),
        finalized_features_epoch: image.features_epoch,
        finalized_features: features
            .iter()
            .map(|feature: &Feature| (feature.name, level_of(&image, feature)))
            .filter(|(_, level)| *level > 0)
            .map(|(name, level)| FinalizedFeatureKey {
                name: Str::from_static(name),
                max_version_level: level,
                min_version_level: level,
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    };
    Outcome::Done(call.answer(&response))
}

/// To a client that speaks a version of ApiVersions that is not known here: version 0 of the answer, which everybody
/// reads, with the range of this API alone (KIP-511).
pub(crate) fn unsupported(call: &Call) -> Answer {
    let call = Call { version: 0, ..call.clone() };
    let own = SERVED.iter().filter(|served| served.key == ApiKey::ApiVersions).map(entry);
    let error_code = ErrorCode::UnsupportedVersion.code();
    call.answer(&ApiVersionsResponse { error_code, api_keys: own.collect(), ..Default::default() })
}

fn entry(served: &Served) -> ApiVersion {
    ApiVersion {
        api_key: served.key.code(),
        min_version: served.min,
        max_version: served.max,
        ..Default::default()
    }
}
