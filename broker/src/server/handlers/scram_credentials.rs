//! DescribeUserScramCredentials and AlterUserScramCredentials, version 0: there are no credentials, and none can be
//! made as long as nobody can be authenticated by them.

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::alter_user_scram_credentials_response::AlterUserScramCredentialsResult;
use riverrun_core::protocol::messages::describe_user_scram_credentials_response::DescribeUserScramCredentialsResult;
use riverrun_core::protocol::messages::{
    AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse, DescribeUserScramCredentialsRequest,
    DescribeUserScramCredentialsResponse,
};

use crate::server::connection::Call;
use crate::server::outcome::Outcome;

pub(crate) fn describe(call: &Call, request: &DescribeUserScramCredentialsRequest) -> Outcome {
    let users = request.users.as_deref().unwrap_or_default();
    let named = |name: &str| users.iter().filter(|user| user.name.as_str() == name).count();
    let mut results: Vec<DescribeUserScramCredentialsResult> = Vec::new();
    for user in users {
        if results.iter().any(|result| result.user == user.name) {
            continue;
        }
        let (code, text) = match named(&user.name) {
            1 => (ErrorCode::ResourceNotFound, "there are no credentials of this user"),
            _ => (ErrorCode::DuplicateResource, "this user is asked for twice"),
        };
        results.push(DescribeUserScramCredentialsResult {
            user: user.name.clone(),
            error_code: code.code(),
            error_message: Some(text.into()),
            ..Default::default()
        });
    }
    Outcome::Done(call.answer(&DescribeUserScramCredentialsResponse { results, ..Default::default() }))
}

pub(crate) fn alter(call: &Call, request: &AlterUserScramCredentialsRequest) -> Outcome {
    let gone = (ErrorCode::ResourceNotFound, "there are no credentials of this user");
    let refused = (ErrorCode::UnsupportedSaslMechanism, "authentication is not offered yet");
    let deletions = request.deletions.iter().map(|deletion| (&deletion.name, gone));
    let upsertions = request.upsertions.iter().map(|upsertion| (&upsertion.name, refused));
    let results = deletions
        .chain(upsertions)
        .map(|(user, (code, text))| AlterUserScramCredentialsResult {
            user: user.clone(),
            error_code: code.code(),
            error_message: Some(text.into()),
            ..Default::default()
        })
        .collect();
    Outcome::Done(call.answer(&AlterUserScramCredentialsResponse { results, ..Default::default() }))
}
