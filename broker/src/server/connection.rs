//! What is known of the other end of a connection, and of one request on it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use riverrun_core::protocol::{ApiKey, Message, Str, frame};

use super::outcome::Answer;

/// Byte fields of at least this length leave as they are, without a copy.
const GATHER_FROM_BYTES: usize = 4 << 10;

/// The other end of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// As Kafka writes it: `/127.0.0.1`.
    pub(crate) peer_host: Str,
    /// Where this client was told to reach the broker, or can: the address that Metadata answers.
    pub(crate) advertised_host: Str,
    pub(crate) advertised_port: u16,
    /// Bytes that fetches of this connection may bring and have not brought yet.
    pub(crate) fetch_bytes: AtomicUsize,
}

/// Bytes that all fetches under way on one connection may bring together.
const FETCH_BYTES_MAX: usize = 64 << 20;
/// What each of them may bring whatever the others do.
const FETCH_BYTES_MIN: usize = 64 << 10;

/// A fetch's part of what its connection may have in memory.
#[derive(Debug)]
pub(crate) struct FetchBudget {
    connection: Arc<Connection>,
    pub(crate) bytes: usize,
}

impl FetchBudget {
    /// Takes up to `wanted` bytes; less if other fetches of the connection have taken theirs.
    pub(crate) fn take(connection: &Arc<Connection>, wanted: usize) -> Self {
        let taken = connection.fetch_bytes.load(Ordering::Relaxed);
        let bytes = wanted.min(FETCH_BYTES_MAX.saturating_sub(taken).max(FETCH_BYTES_MIN));
        connection.fetch_bytes.fetch_add(bytes, Ordering::Relaxed);
        FetchBudget { connection: connection.clone(), bytes }
    }
}

impl Drop for FetchBudget {
    fn drop(&mut self) {
        self.connection.fetch_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// One request that is being handled, without its body. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) connection: Arc<Connection>,
    pub(crate) key: ApiKey,
    pub(crate) version: i16,
    pub(crate) correlation_id: i32,
    pub(crate) client_id: Str,
}

impl Call {
    /// The answer that carries `response`.
    pub(crate) fn answer<M: Message>(&self, response: &M) -> Answer {
        let header_version = self.key.response_header_version(self.version);
        let encoded = frame::gather_response(
            GATHER_FROM_BYTES,
            self.correlation_id,
            header_version,
            response,
            self.version,
        );
        match encoded {
            Ok(encoded) => Answer::Frame(encoded),
            Err(error) => {
                Answer::Close(format!("the answer to {:?} could not be written: {error}", self.key))
            }
        }
    }
}
