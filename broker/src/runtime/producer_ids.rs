//! Producer ids, handed out from blocks that the metadata log has given to this broker.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::controller::{Controller, ControllerError};
use crate::metadata::decide_producer_ids;

/// Ids that one metadata record reserves; those left at a restart are lost, of which there are plenty.
const BLOCK: i64 = 1_000;

/// The ids that are left of the current block.
#[derive(Debug)]
pub(crate) struct ProducerIds {
    left: Mutex<Range<i64>>,
}

impl ProducerIds {
    /// No block yet.
    pub(crate) fn new() -> Self {
        ProducerIds { left: Mutex::new(0..0) }
    }

    /// An id that nobody else ever gets; `None` if the block is used up.
    pub(crate) fn take(&self) -> Option<i64> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    /// An id that nobody else ever gets, from a fresh block if need be.
    ///
    /// # Errors
    /// When no block could be reserved.
    pub(crate) async fn take_or_allocate(&self, controller: &Controller) -> Result<i64, ControllerError> {
        loop {
            if let Some(id) = self.take() {
                return Ok(id);
            }
            let first = controller
                .change(|image| {
                    let (first, records) = decide_producer_ids(image, BLOCK);
                    (records, first)
                })
                .await?;
            let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
            if left.is_empty() {
                *left = first..first + BLOCK;
            }
        }
    }
}
