//! Partitions that a transaction takes in, and whether it has.

use riverrun_core::record::NO_PRODUCER_ID;

use super::request::{AddRequest, Decision, ProducerIdAndEpoch, TransactionError};
use super::state::{Partitions, Phase, Transaction};

fn check_producer(
    known: Option<&Transaction>,
    producer: ProducerIdAndEpoch,
) -> Result<&Transaction, TransactionError> {
    let transaction = known.ok_or(TransactionError::InvalidProducerIdMapping)?;
    if transaction.phase.is_prepared() && is_next(transaction, producer) {
        return Err(TransactionError::ConcurrentTransactions);
    }
    if transaction.producer_id != producer.producer_id {
        return Err(TransactionError::InvalidProducerIdMapping);
    }
    if transaction.epoch != producer.epoch {
        return Err(TransactionError::ProducerFenced);
    }
    Ok(transaction)
}

/// Whether the producer has what it goes on with once the end that is prepared is complete.
fn is_next(transaction: &Transaction, producer: ProducerIdAndEpoch) -> bool {
    match transaction.next_producer_id {
        NO_PRODUCER_ID => {
            transaction.producer_id == producer.producer_id && transaction.epoch == producer.epoch
        }
        next => next == producer.producer_id && producer.epoch == 0,
    }
}

/// Decides whether partitions become part of the transaction; the first of them begins it.
pub(super) fn decide_add(known: Option<&Transaction>, now_ms: i64, request: AddRequest) -> Decision<()> {
    if request.transactional_id.is_empty() {
        return Decision::refuse(TransactionError::InvalidRequest);
    }
    let transaction = match check_producer(known, request.producer) {
        Ok(transaction) => transaction,
        Err(error) => return Decision::refuse(error),
    };
    let ongoing = transaction.phase == Phase::Ongoing;
    if ongoing && contains(&transaction.partitions, &request.partitions) {
        return Decision::reply(());
    }
    let mut next = transaction.clone();
    if !ongoing {
        next.phase = Phase::Ongoing;
        next.partitions.clear();
        next.started_ms = now_ms;
    }
    for (topic, partitions) in request.partitions {
        next.partitions.entry(topic).or_default().extend(partitions);
    }
    next.updated_ms = now_ms;
    next.version = request.version;
    Decision::put(&request.transactional_id, next, Ok(()))
}

/// Whether all of `partitions` are part of the producer's transaction.
pub(super) fn verify(known: Option<&Transaction>, request: &AddRequest) -> Result<(), TransactionError> {
    if request.transactional_id.is_empty() {
        return Err(TransactionError::InvalidRequest);
    }
    let transaction = check_producer(known, request.producer)?;
    if transaction.phase == Phase::Ongoing && contains(&transaction.partitions, &request.partitions) {
        Ok(())
    } else {
        Err(TransactionError::Abortable)
    }
}

fn contains(all: &Partitions, some: &Partitions) -> bool {
    some.iter().all(|(topic, partitions)| all.get(topic).is_some_and(|known| partitions.is_subset(known)))
}
