//! ApiVersions, versions 0 to 4: what this broker serves.

use riverrun_core::protocol::messages::api_versions_response::{
    ApiVersion, FinalizedFeatureKey, SupportedFeatureKey,
};
use riverrun_core::protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};
use riverrun_core::protocol::{ApiKey, ErrorCode, Str};

use crate::server::connection::Call;
use crate::server::outcome::{Answer, Outcome};
use crate::server::versions::{FEATURES, Feature, SERVED, Served};

pub(crate) fn handle(call: &Call, request: &ApiVersionsRequest) -> Outcome {
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
    let response = ApiVersionsResponse {
        api_keys: SERVED.iter().map(entry).collect(),
        supported_features: FEATURES.iter().map(supported).collect(),
        finalized_features_epoch: 0,
        finalized_features: FEATURES.iter().map(finalized).collect(),
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

fn supported(feature: &Feature) -> SupportedFeatureKey {
    SupportedFeatureKey {
        name: Str::from_static(feature.name),
        min_version: feature.min,
        max_version: feature.max,
        ..Default::default()
    }
}

fn finalized(feature: &Feature) -> FinalizedFeatureKey {
    FinalizedFeatureKey {
        name: Str::from_static(feature.name),
        max_version_level: feature.level,
        min_version_level: feature.level,
        ..Default::default()
    }
}

fn entry(served: &Served) -> ApiVersion {
    ApiVersion {
        api_key: served.key.code(),
        min_version: served.min,
        max_version: served.max,
        ..Default::default()
    }
}
