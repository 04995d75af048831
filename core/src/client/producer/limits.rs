//! The numbers that a producer's machines work by.

use super::super::cluster::Backoff;
use crate::record::Compression;

/// Limits of batching and delivery, in Kafka's terms. Times are milliseconds.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) batch_bytes: usize,
    pub(crate) linger_ms: i64,
    pub(crate) buffer_bytes: usize,
    pub(crate) max_request_bytes: usize,
    pub(crate) delivery_timeout_ms: i64,
    pub(crate) retries: u32,
    pub(crate) backoff: Backoff,
    pub(crate) compression: Compression,
    pub(crate) compression_level: Option<i32>,
    pub(crate) idempotent: bool,
    /// Whether records go out in transactions alone.
    pub(crate) transactional: bool,
    /// Batches of one partition on the way at once.
    pub(crate) max_in_flight: usize,
}
