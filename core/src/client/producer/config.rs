//! How a producer behaves, in Kafka's terms.

use std::time::Duration;

use super::super::cluster::{Backoff, millis};
use super::limits::Limits;
use crate::record::Compression;
use crate::{Error, ErrorKind, Result};

/// Which acknowledgement a record needs before it counts as sent: `acks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Acks {
    /// `0`: none. Records may be lost without a sign, and offsets are not known.
    None,
    /// `1`: of the partition's leader.
    Leader,
    /// `all`: of all in-sync replicas.
    #[default]
    All,
}

impl Acks {
    pub(super) fn code(self) -> i16 {
        match self {
            Acks::None => 0,
            Acks::Leader => 1,
            Acks::All => -1,
        }
    }
}

/// How a producer behaves. Fields carry Kafka's names and defaults.
#[derive(Clone, Debug)]
pub struct ProducerConfig {
    /// `acks`. Default [`Acks::All`].
    pub acks: Acks,
    /// `enable.idempotence`: each record is written once and in order, whatever is repeated. Needs `acks=all` and at
    /// most 5 requests in flight. Default true.
    pub idempotence: bool,
    /// `transactional.id`: names this producer across restarts, and has it write in transactions alone; see
    /// [`Producer::init_transactions`](super::Producer::init_transactions). Needs idempotence. Default none.
    pub transactional_id: Option<String>,
    /// `transaction.timeout.ms`: how long a transaction may stay open before the broker aborts it. Default 60 s; at
    /// most the broker's `transaction.max.timeout.ms`.
    pub transaction_timeout: Duration,
    /// `batch.size`: bytes of records (uncompressed) that a batch takes before it is sent. Default 16 KiB.
    pub batch_size: usize,
    /// `linger.ms`: how long a batch that is not full waits for more. Awaiting a record, or flushing, ends the wait.
    /// Default 5 ms.
    pub linger: Duration,
    /// `buffer.memory`: bytes that may wait or be on the way; when they are used up, sending waits. Default 32 MiB.
    pub buffer_memory: usize,
    /// `max.block.ms`: how long sending may wait for memory or for the topic. Default 60 s.
    pub max_block: Duration,
    /// `max.request.size`: the largest request, and record, in bytes. Default 1 MiB.
    pub max_request_size: usize,
    /// `max.in.flight.requests.per.connection`: requests to one broker on the way at once. Default 5.
    pub max_in_flight: usize,
    /// `delivery.timeout.ms`: how long a record may take from being sent to being acknowledged. Default 2 min.
    pub delivery_timeout: Duration,
    /// `retries`: how often a batch is sent again within that time. Default: without limit.
    pub retries: u32,
    /// `compression.type`. Default none.
    pub compression: Compression,
    /// `compression.<type>.level`: default the codec's own.
    pub compression_level: Option<i32>,
}

impl Default for ProducerConfig {
    fn default() -> Self {
        ProducerConfig {
            acks: Acks::All,
            idempotence: true,
            transactional_id: None,
            transaction_timeout: Duration::from_secs(60),
            batch_size: 16 << 10,
            linger: Duration::from_millis(5),
            buffer_memory: 32 << 20,
            max_block: Duration::from_secs(60),
            max_request_size: 1 << 20,
            max_in_flight: 5,
            delivery_timeout: Duration::from_secs(120),
            retries: u32::MAX,
            compression: Compression::None,
            compression_level: None,
        }
    }
}

impl ProducerConfig {
    /// Sets `transactional.id`.
    #[must_use]
    pub fn transactional_id(mut self, id: impl Into<String>) -> Self {
        self.transactional_id = Some(id.into());
        self
    }

    /// Sets `compression.type`.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Sets `linger.ms`.
    #[must_use]
    pub fn linger(mut self, linger: Duration) -> Self {
        self.linger = linger;
        self
    }

    /// Sets `batch.size`.
    #[must_use]
    pub fn batch_size(mut self, bytes: usize) -> Self {
        self.batch_size = bytes;
        self
    }

    /// Sets `acks`; anything but [`Acks::All`] turns idempotence off.
    #[must_use]
    pub fn acks(mut self, acks: Acks) -> Self {
        self.acks = acks;
        self.idempotence &= acks == Acks::All;
        self
    }

    /// Checks what must fit together and turns it into the machines' numbers.
    pub(super) fn limits(&self, request_timeout: Duration, backoff: Backoff) -> Result<Limits> {
        let invalid = |what: String| Err(Error::new(ErrorKind::Invalid, what));
        if self.idempotence && self.acks != Acks::All {
            return invalid(
                "enable.idempotence needs acks=all; set enable.idempotence=false for fewer".to_owned(),
            );
        }
        if self.transactional_id.is_some() && !self.idempotence {
            return invalid("transactional.id needs enable.idempotence=true".to_owned());
        }
        if self.transactional_id.as_deref() == Some("") {
            return invalid("transactional.id is empty; name the producer, or leave it out".to_owned());
        }
        if self.max_in_flight == 0 || (self.idempotence && self.max_in_flight > 5) {
            return invalid(format!(
                "max.in.flight.requests.per.connection is {}; it must be 1 to 5 with enable.idempotence",
                self.max_in_flight
            ));
        }
        if self.delivery_timeout < self.linger + request_timeout {
            return invalid(format!(
                "delivery.timeout.ms ({}) must be at least linger.ms + request.timeout.ms ({})",
                self.delivery_timeout.as_millis(),
                (self.linger + request_timeout).as_millis()
            ));
        }
        let ms = |duration| i64::try_from(millis(duration)).unwrap_or(i64::MAX);
        Ok(Limits {
            batch_bytes: self.batch_size.max(1),
            linger_ms: ms(self.linger),
            buffer_bytes: self.buffer_memory,
            max_request_bytes: self.max_request_size,
            delivery_timeout_ms: ms(self.delivery_timeout),
            retries: self.retries,
            backoff,
            compression: self.compression,
            compression_level: self.compression_level,
            idempotent: self.idempotence,
            transactional: self.transactional_id.is_some(),
            max_in_flight: self.max_in_flight,
        })
    }
}
