//! The transactional ids of one partition of `__transaction_state`: every request decided, every record replayed.

use std::collections::BTreeMap;

use super::add::{decide_add, verify};
use super::end::{complete, decide_end, fence};
use super::expiry::{is_expired, is_timed_out};
use super::init::decide_init;
use super::request::{
    AddRequest, Decision, EndRequest, InitRequest, ProducerIdAndEpoch, TransactionError, TransactionLimits,
};
use super::state::{Name, Transaction, TransactionRecord};

/// The state of one partition of `__transaction_state`.
#[derive(Clone, Debug)]
pub(crate) struct TransactionShard {
    limits: TransactionLimits,
    transactions: BTreeMap<Name, Transaction>,
}

impl TransactionShard {
    /// A shard that knows no transactional id.
    pub(crate) fn new(limits: TransactionLimits) -> Self {
        TransactionShard { limits, transactions: BTreeMap::new() }
    }

    /// Decides an InitProducerId.
    pub(crate) fn decide_init(&self, now_ms: i64, request: &InitRequest) -> Decision<ProducerIdAndEpoch> {
        decide_init(self.get(&request.transactional_id), now_ms, &self.limits, request)
    }

    /// Decides whether partitions become part of a transaction.
    pub(crate) fn decide_add(&self, now_ms: i64, request: AddRequest) -> Decision<()> {
        decide_add(self.get(&request.transactional_id), now_ms, request)
    }

    /// Says whether all partitions are part of the producer's transaction.
    pub(crate) fn decide_verify(&self, request: &AddRequest) -> Decision<()> {
        let reply = verify(self.get(&request.transactional_id), request);
        Decision { records: Vec::new(), reply }
    }

    /// Decides an EndTxn.
    pub(crate) fn decide_end(&self, now_ms: i64, request: &EndRequest) -> Decision<ProducerIdAndEpoch> {
        decide_end(self.get(&request.transactional_id), now_ms, request)
    }

    /// Every marker of the end that was prepared under `producer` is written.
    pub(crate) fn decide_complete(
        &self,
        now_ms: i64,
        transactional_id: &Name,
        producer: ProducerIdAndEpoch,
    ) -> Decision<()> {
        let prepared = self.get(transactional_id).filter(|transaction| {
            transaction.producer_id == producer.producer_id && transaction.epoch == producer.epoch
        });
        match prepared.and_then(|transaction| complete(transaction, now_ms)) {
            Some(next) => Decision::put(transactional_id, next, Ok(())),
            None => Decision::refuse(TransactionError::InvalidState),
        }
    }

    /// Aborts the transactions that have had their time.
    pub(crate) fn decide_timeouts(&self, now_ms: i64) -> Decision<()> {
        let mut decision = Decision::reply(());
        for (name, transaction) in &self.transactions {
            if is_timed_out(transaction, now_ms) {
                decision.records.push(TransactionRecord {
                    transactional_id: name.clone(),
                    value: Some(fence(transaction, now_ms, self.limits.version)),
                });
            }
        }
        decision
    }

    /// Forgets the transactional ids that were idle for long.
    pub(crate) fn decide_expiry(&self, now_ms: i64) -> Decision<()> {
        let mut decision = Decision::reply(());
        for (name, transaction) in &self.transactions {
            if is_expired(transaction, now_ms, self.limits.id_expiration_ms) {
                decision.records.push(TransactionRecord { transactional_id: name.clone(), value: None });
            }
        }
        decision
    }

    /// Applies one logged record.
    pub(crate) fn replay(&mut self, record: TransactionRecord) {
        match record.value {
            Some(value) => self.transactions.insert(record.transactional_id, value),
            None => self.transactions.remove(&record.transactional_id),
        };
    }

    /// What is known of a transactional id.
    pub(crate) fn get(&self, transactional_id: &str) -> Option<&Transaction> {
        self.transactions.get(transactional_id)
    }

    /// Every transactional id, in the order of names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Name, &Transaction)> {
        self.transactions.iter()
    }
}
