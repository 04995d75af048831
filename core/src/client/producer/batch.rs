//! A batch on its way from the accumulator to the broker. Pure.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::delivery::BatchDelivery;
use crate::Error;
use crate::record::{BatchBuilder, RecordError, patch_producer};

/// Who wrote a batch, and which of its batches this is: what makes sending it twice harmless.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) producer_id: i64,
    pub(crate) epoch: i16,
    pub(crate) base_sequence: i32,
}

/// The records, before and after they are made bytes.
#[derive(Debug)]
pub(crate) enum Payload {
    Building(Box<BatchBuilder>),
    /// With the stamp that the bytes carry.
    Encoded(Bytes, Option<Stamp>),
}

/// A batch that takes no more records.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Its place among the batches of its partition.
    pub(crate) id: u64,
    pub(crate) payload: Payload,
    pub(crate) delivery: Arc<BatchDelivery>,
    pub(crate) created_ms: i64,
    pub(crate) count: i32,
    /// What it takes of `buffer.memory`.
    pub(crate) bytes: usize,
    pub(crate) attempts: u32,
    pub(crate) stamp: Option<Stamp>,
    /// Whether an attempt ended without an answer: the broker may have the batch.
    pub(crate) uncertain: bool,
    /// Why the last attempt failed.
    pub(crate) last_error: Option<Error>,
}

impl Batch {
    /// The bytes to send: built once, stamped again if the stamp changed since.
    pub(crate) fn encode(&mut self) -> Result<Bytes, RecordError> {
        let encoded = match std::mem::replace(&mut self.payload, Payload::Encoded(Bytes::new(), None)) {
            Payload::Building(mut builder) => {
                if let Some(stamp) = self.stamp {
                    builder.set_producer(stamp.producer_id, stamp.epoch, stamp.base_sequence);
                }
                builder.build()?
            }
            Payload::Encoded(bytes, stamp) => match self.stamp {
                Some(wanted) if stamp != Some(wanted) => {
                    let mut bytes = bytes.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
                    patch_producer(&mut bytes, wanted.producer_id, wanted.epoch, wanted.base_sequence)?;
                    bytes.freeze()
                }
                _ => bytes,
            },
        };
        self.payload = Payload::Encoded(encoded.clone(), self.stamp);
        Ok(encoded)
    }
}
