//! What is known of the other end of a connection, and of one request on it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use riverrun_core::protocol::{ApiKey, Message, Str, frame};
use tokio::time::Instant;

use super::fetch_memory::{FetchBudget, FetchMemory};
use super::outcome::Answer;
use super::quota::{ANONYMOUS, ClientQuotas, Exceeded};
use crate::metadata::ClusterImage;
use crate::runtime::Node;

/// Byte fields of at least this length leave as they are, without a copy.
const GATHER_FROM_BYTES: usize = 4 << 10;

/// Bytes that all fetches under way on one connection may bring together.
const FETCH_BYTES_MAX: usize = 64 << 20;

/// The other end of a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// As Kafka writes it: `/127.0.0.1`.
    pub(crate) peer_host: Str,
    /// 0 where there is none: in-process.
    pub(crate) peer_port: u16,
    /// Name and version of the client's library, once it has said them (KIP-511).
    pub(crate) software: OnceLock<(Str, Str)>,
    /// Where this client was told to reach the broker, or can: the address that Metadata answers.
    pub(crate) advertised_host: Str,
    pub(crate) advertised_port: u16,
    /// What fetches of this connection have taken of its memory.
    pub(crate) fetch_memory: Arc<FetchMemory>,
    /// What is the same for all connections.
    pub(crate) limits: Arc<Limits>,
    opened: Instant,
    /// Until when nothing is read, in milliseconds since it was opened.
    muted_until_ms: AtomicU64,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) quotas: ClientQuotas,
    /// What all fetches have taken of the broker's memory for them.
    pub(crate) fetch_memory: Arc<FetchMemory>,
}

impl Connection {
    /// A connection that was opened just now.
    pub(crate) fn new(
        (peer_host, peer_port): (Str, u16),
        advertised: (String, u16),
        limits: Arc<Limits>,
    ) -> Self {
        Connection {
            peer_host,
            peer_port,
            software: OnceLock::new(),
            advertised_host: Str::from(advertised.0),
            advertised_port: advertised.1,
            fetch_memory: Arc::new(FetchMemory::new(FETCH_BYTES_MAX)),
            limits,
            opened: Instant::now(),
            muted_until_ms: AtomicU64::new(0),
        }
    }

    /// Name and version of the client's library, as Kafka calls those that have not said: `unknown`.
    pub(crate) fn software(&self) -> (String, String) {
        let unknown = || ("unknown".to_owned(), "unknown".to_owned());
        self.software.get().map_or_else(unknown, |(name, version)| (name.to_string(), version.to_string()))
    }

    /// Nothing more is read from the client for `throttle_ms`.
    pub(crate) fn mute(&self, throttle_ms: i64) {
        let elapsed_ms = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        let until_ms = elapsed_ms.saturating_add(u64::try_from(throttle_ms).unwrap_or(0));
        self.muted_until_ms.fetch_max(until_ms, Ordering::Relaxed);
    }

    /// Until when nothing is read.
    pub(crate) fn muted_until(&self) -> Option<Instant> {
        match self.muted_until_ms.load(Ordering::Relaxed) {
            0 => None,
            until_ms => self.opened.checked_add(Duration::from_millis(until_ms)),
        }
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

    /// Memory for a fetch that wants up to `wanted` bytes.
    pub(crate) fn fetch_budget(&self, image: &ClusterImage, wanted: usize) -> FetchBudget {
        let limits = &self.connection.limits;
        let under_quota = match image.quotas.is_empty() {
            true => usize::MAX,
            false => {
                let limit = image.quotas.of(ANONYMOUS, &self.client_id).consumer_byte_rate;
                limits.quotas.fetch_bytes_max(limit.as_ref())
            }
        };
        FetchBudget::take(&limits.fetch_memory, &self.connection.fetch_memory, wanted.min(under_quota))
    }

    /// Counts partitions that are to be made or deleted. The number is what the answer must say as its
    /// `throttle_time_ms`; the connection is muted for as long. Clients since KIP-599 (`strict`) are refused.
    ///
    /// # Errors
    /// [`Exceeded`]: `THROTTLING_QUOTA_EXCEEDED`, and nothing may be changed.
    pub(crate) fn mutates(&self, node: &Node, mutations: usize, strict: bool) -> Result<i32, Exceeded> {
        let image = node.controller.image();
        if image.quotas.is_empty() {
            return Ok(0);
        }
        let limit = image.quotas.of(ANONYMOUS, &self.client_id).controller_mutation_rate;
        let outcome = self.connection.limits.quotas.mutated(node.clock.now_ms(), limit, mutations, strict);
        let throttle_ms = outcome.unwrap_or_else(|exceeded| exceeded.throttle_ms);
        if throttle_ms > 0 {
            self.connection.mute(throttle_ms);
        }
        outcome.map(|throttle_ms| i32::try_from(throttle_ms).unwrap_or(i32::MAX))
    }
}
