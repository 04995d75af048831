//! What can go wrong between asking a broker and having its answer.

use std::io;
use std::sync::Arc;

use crate::protocol::{ApiKey, DecodeError, EncodeError, ErrorCode};
use crate::{Error, ErrorKind};

/// Why a request has no answer. Cheap to clone: one broken connection fails every request that waits on it.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error(
        "nobody listens at {address}: check that a broker runs there and that bootstrap.servers names it"
    )]
    Refused { address: Arc<str>, source: Arc<io::Error> },
    #[error("no connection to the broker at {address}")]
    Connect { address: Arc<str>, source: Arc<io::Error> },
    #[error("the connection to the broker at {address} broke")]
    Broken { address: Arc<str>, source: Arc<io::Error> },
    #[error("the client closed the connection to {address}")]
    Closed { address: Arc<str> },
    #[error("the broker at {address} did not answer {api} within {timeout_ms} ms")]
    Timeout { address: Arc<str>, api: &'static str, timeout_ms: u64 },
    #[error(
        "the broker at {address} speaks {api} in versions {theirs}, this client in {ours}: one of the two must be upgraded"
    )]
    Unsupported { address: Arc<str>, api: &'static str, ours: String, theirs: String },
    #[error("the answer of the broker at {address} to {api} cannot be read")]
    Decode { address: Arc<str>, api: &'static str, source: Arc<DecodeError> },
    #[error("{api} cannot be encoded for the broker at {address}")]
    Encode { address: Arc<str>, api: &'static str, source: Arc<EncodeError> },
    #[error(
        "the broker at {address} answered out of turn: expected correlation id {expected}, found {found}"
    )]
    OutOfTurn { address: Arc<str>, expected: i32, found: i32 },
    #[error("the broker at {address} sent a frame of {length} bytes; at most {limit} are accepted")]
    FrameTooLarge { address: Arc<str>, length: i64, limit: usize },
    #[error("the broker at {address} refused ApiVersions with {}", code.name())]
    Negotiation { address: Arc<str>, code: ErrorCode },
    #[error("broker {node} is not part of the cluster any more")]
    UnknownNode { node: i32 },
}

impl RequestError {
    /// Whether another attempt, perhaps on another broker, may succeed.
    pub(crate) fn is_retriable(&self) -> bool {
        match self {
            RequestError::Refused { .. }
            | RequestError::Connect { .. }
            | RequestError::Broken { .. }
            | RequestError::Timeout { .. }
            | RequestError::OutOfTurn { .. }
            | RequestError::UnknownNode { .. } => true,
            RequestError::Closed { .. }
            | RequestError::Unsupported { .. }
            | RequestError::Decode { .. }
            | RequestError::Encode { .. }
            | RequestError::FrameTooLarge { .. }
            | RequestError::Negotiation { .. } => false,
        }
    }

    fn kind(&self) -> ErrorKind {
        match self {
            RequestError::Refused { .. }
            | RequestError::Connect { .. }
            | RequestError::Broken { .. }
            | RequestError::OutOfTurn { .. }
            | RequestError::UnknownNode { .. } => ErrorKind::Retriable,
            RequestError::Closed { .. } => ErrorKind::Closed,
            RequestError::Timeout { .. } => ErrorKind::Timeout,
            RequestError::Unsupported { .. } | RequestError::Negotiation { .. } => ErrorKind::Unsupported,
            RequestError::Decode { .. } | RequestError::FrameTooLarge { .. } => ErrorKind::Corrupt,
            RequestError::Encode { .. } => ErrorKind::Invalid,
        }
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        let edge = Error::new(error.kind(), error.to_string());
        match error {
            RequestError::Refused { source, .. }
            | RequestError::Connect { source, .. }
            | RequestError::Broken { source, .. } => edge.with_source(source),
            RequestError::Decode { source, .. } => edge.with_source(source),
            RequestError::Encode { source, .. } => edge.with_source(source),
            _ => edge,
        }
    }
}

/// The name of an API in messages.
pub(crate) fn api_name(key: ApiKey) -> &'static str {
    key.name()
}

/// What a caller should do about an error code of a broker.
pub(crate) fn kind_of(code: ErrorCode) -> ErrorKind {
    match code.name() {
        "UNKNOWN_TOPIC_OR_PARTITION"
        | "UNKNOWN_TOPIC_ID"
        | "GROUP_ID_NOT_FOUND"
        | "OFFSET_OUT_OF_RANGE"
        | "RESOURCE_NOT_FOUND" => ErrorKind::NotFound,
        "PRODUCER_FENCED"
        | "INVALID_PRODUCER_EPOCH"
        | "FENCED_INSTANCE_ID"
        | "ILLEGAL_GENERATION"
        | "UNKNOWN_MEMBER_ID"
        | "FENCED_MEMBER_EPOCH" => ErrorKind::Fenced,
        "TOPIC_AUTHORIZATION_FAILED"
        | "GROUP_AUTHORIZATION_FAILED"
        | "CLUSTER_AUTHORIZATION_FAILED"
        | "SASL_AUTHENTICATION_FAILED"
        | "TRANSACTIONAL_ID_AUTHORIZATION_FAILED" => ErrorKind::Unauthorized,
        "UNSUPPORTED_VERSION" | "UNSUPPORTED_COMPRESSION_TYPE" | "UNSUPPORTED_FOR_MESSAGE_FORMAT" => {
            ErrorKind::Unsupported
        }
        "CORRUPT_MESSAGE" => ErrorKind::Corrupt,
        "REQUEST_TIMED_OUT" => ErrorKind::Timeout,
        "UNKNOWN_SERVER_ERROR" => ErrorKind::Internal,
        _ if code.is_retriable() => ErrorKind::Retriable,
        _ => ErrorKind::Invalid,
    }
}

/// An error code of a broker as an error at the client's edge: `doing` says what was asked of it.
pub(crate) fn broker_error(code: ErrorCode, detail: Option<&str>, doing: impl std::fmt::Display) -> Error {
    let text = match detail {
        Some(detail) if !detail.is_empty() => {
            format!("{doing}: the broker answered {}: {detail}", code.name())
        }
        _ => format!("{doing}: the broker answered {}", code.name()),
    };
    Error::new(kind_of(code), text)
}
