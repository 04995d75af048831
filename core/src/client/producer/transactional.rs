//! Transactions of a producer: what its owner may call, and in which order coordinators are asked.
//!
//! What may be done when is decided by [`Transaction`]; this drives it. It must never know what the records of a
//! transaction mean.

use std::collections::BTreeMap;

use super::super::TopicPartition;
use super::super::consumer::{CommittedOffset, GroupMetadata};
use super::coordinators::{Coordinators, Failure};
use super::queue::Identity;
use super::transaction::{End, Protocol, Severity, Transaction};
use super::{Producer, Shared};
use crate::protocol::ErrorCode;
use crate::{Error, ErrorKind, Result};

impl Shared {
    fn transaction(&self) -> Result<std::sync::MutexGuard<'_, Transaction>> {
        self.lock_transaction().ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "a producer without transactional.id has no transactions")
        })
    }

    fn coordinators(&self) -> Coordinators {
        let id = self.config.transactional_id.as_deref().unwrap_or_default();
        Coordinators::new(&self.client, self.coordinator_lane, id, self.config.max_block)
    }

    fn failed(&self, failure: Failure) -> Error {
        self.fail_transaction(&failure.error, failure.severity);
        failure.error
    }
}

/// Transactions: records, to any partitions, and offsets of a consumer group that are there together or not at all.
///
/// Readers with `isolation.level=read_committed` see a transaction's records once it is committed, and never those of an
/// aborted one. Each call may be repeated when it failed with a retriable error, or was dropped before it returned.
impl Producer {
    /// Takes `transactional.id` over: a producer that had it before is fenced, and the transaction that it left open is
    /// aborted. Returns when all earlier transactions under this id have ended, so that what they wrote is decided.
    /// Once, before anything else.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] without `transactional.id`; [`ErrorKind::Unsupported`] where the cluster has no
    /// transactions; the cause when the coordinator refuses, or does not answer within `max.block.ms`.
    pub async fn init_transactions(&self) -> Result<()> {
        let shared = &*self.shared;
        if !shared.transaction()?.is_new() {
            return Err(Error::new(ErrorKind::Invalid, "init_transactions was called before"));
        }
        let got = shared.coordinators().init(shared.config.transaction_timeout, None).await;
        let (identity, protocol) = got.map_err(|failure| failure.error)?;
        shared.transaction()?.initialized(identity, protocol);
        shared.lock().restart(identity);
        Ok(())
    }

    /// Opens a transaction. Costs nothing: brokers hear of it with its first record.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] while one is open, or before [`init_transactions`](Self::init_transactions);
    /// [`ErrorKind::Fenced`] when somebody newer has the transactional id.
    pub fn begin_transaction(&self) -> Result<()> {
        self.shared.transaction()?.begin()?;
        self.shared.lock().set_open(true);
        Ok(())
    }

    /// Has offsets of a consumer group committed with the transaction: each is that of the next record to process.
    /// `group` says who commits, so that a member whose partitions were given to somebody else is refused.
    ///
    /// # Errors
    /// [`ErrorKind::Fenced`] when the group has moved on or somebody newer has the transactional id; the cause when a
    /// coordinator refuses. The transaction must then be aborted.
    pub async fn send_offsets_to_transaction(
        &self,
        offsets: &BTreeMap<TopicPartition, CommittedOffset>,
        group: &GroupMetadata,
    ) -> Result<()> {
        let shared = &*self.shared;
        let (identity, protocol, lacks_group) = {
            let mut transaction = shared.transaction()?;
            transaction.check_open()?;
            if offsets.is_empty() {
                return Ok(());
            }
            let identity = transaction.identity().unwrap_or(Identity { producer_id: -1, epoch: -1 });
            (identity, transaction.protocol(), transaction.lacks_group(group.group_id()))
        };
        let coordinators = shared.coordinators();
        if lacks_group {
            let added = coordinators.add_group(identity, group.group_id()).await;
            added.map_err(|failure| shared.failed(failure))?;
            shared.transaction()?.group_joined(group.group_id());
        }
        let committed = coordinators.commit_offsets(identity, protocol, offsets, group).await;
        committed.map_err(|failure| shared.failed(failure))
    }

    /// Sends everything that waits and commits the transaction. When this returns, the decision stands whatever
    /// fails; readers see it a moment later.
    ///
    /// # Errors
    /// The first failure of a record of the transaction: it must then be aborted. A retriable error leaves the outcome
    /// open: commit again.
    pub async fn commit_transaction(&self) -> Result<()> {
        let shared = &*self.shared;
        shared.lock().set_open(false);
        let flushed = self.flush().await;
        if let Err(error) = flushed {
            shared.fail_transaction(&error, Severity::Abortable);
            return Err(error);
        }
        self.end_transaction(true).await
    }

    /// Gives up everything that was sent or committed in the transaction.
    ///
    /// # Errors
    /// [`ErrorKind::Fenced`] when somebody newer has the transactional id, who has aborted it already; the cause when
    /// the coordinator does not answer: abort again.
    pub async fn abort_transaction(&self) -> Result<()> {
        let shared = &*self.shared;
        shared.lock().set_open(false);
        shared.transaction()?.set_out_to_end(false)?;
        // The sender gives up what waits; what is on the way is waited for, as it must not come behind the end.
        shared.wake.notify_one();
        let _ = self.flush().await;
        self.end_transaction(false).await
    }

    async fn end_transaction(&self, commit: bool) -> Result<()> {
        let shared = &*self.shared;
        let (end, identity, protocol) = {
            let mut transaction = shared.transaction()?;
            let end = transaction.set_out_to_end(commit)?;
            let identity = transaction.identity().unwrap_or(Identity { producer_id: -1, epoch: -1 });
            (end, identity, transaction.protocol())
        };
        let coordinators = shared.coordinators();
        let mut next = None;
        let mut renew = end == End::Renew;
        if end == End::Ask {
            match coordinators.end(identity, protocol, commit).await {
                Ok(given) => next = given,
                // An id that was not used for long is forgotten, with all it had: there is nothing to abort.
                Err(failure) if !commit && failure.code == ErrorCode::InvalidProducerIdMapping => {
                    renew = true
                }
                Err(failure) => {
                    if failure.code == ErrorCode::InvalidProducerIdMapping {
                        shared.transaction()?.forget();
                    }
                    return Err(shared.failed(failure));
                }
            }
            // In version 1 what was given up left gaps in the sequence, and late batches must not join the next one.
            renew |= !commit && protocol == Protocol::V1;
        }
        if renew {
            let current = (end != End::Renew).then_some(identity);
            let got = coordinators.init(shared.config.transaction_timeout, current).await;
            next = Some(got.map_err(|failure| shared.failed(failure))?.0);
        }
        shared.transaction()?.ended(next);
        // Failures of the aborted transaction are told and done with.
        if !commit {
            shared.forget_failure();
        }
        if let Some(next) = next {
            shared.lock().restart(next);
        }
        Ok(())
    }
}
