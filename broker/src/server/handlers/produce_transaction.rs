//! The part of Produce that transactions need: before a batch begins a transaction in a partition, its coordinator is
//! asked. From version 12 on that also makes the partition part of the transaction (KIP-890).

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::record::BatchHeader;

use super::produce::TargetTopic;
use crate::coordinator::transaction::{AddRequest, Name, Partitions, ProducerIdAndEpoch};
use crate::runtime::{Node, TRANSACTION_VERSION, Verification};
use crate::server::error_map::ToCode;

/// The first version that adds partitions by itself.
const ADDING_VERSION: i16 = 12;
/// The first version whose clients know TRANSACTION_ABORTABLE.
const ABORTABLE_VERSION: i16 = 11;

/// What the coordinator is to be asked.
#[derive(Clone)]
pub(super) struct Question {
    add: AddRequest,
    version: i16,
}

/// Takes the guards of the partitions in which a transaction is about to begin, and says what to ask. `None` if nobody
/// needs to be asked. Every log must be open.
pub(super) fn question(
    node: &Node,
    topics: &mut [TargetTopic],
    transactional_id: Name,
    version: i16,
) -> Result<Option<Question>, ErrorCode> {
    let mut producer = None;
    let mut partitions = Partitions::new();
    for topic in topics {
        for target in &mut topic.partitions {
            let Ok(header) = BatchHeader::parse(&target.records) else { continue };
            if !header.attributes.is_transactional() || !header.has_producer_id() {
                continue;
            }
            let found = ProducerIdAndEpoch { producer_id: header.producer_id, epoch: header.producer_epoch };
            if producer.is_some_and(|known| known != found) {
                return Err(ErrorCode::InvalidProducerIdMapping);
            }
            producer = Some(found);
            let Ok(partition) = &target.found else { continue };
            let adds = version >= ADDING_VERSION;
            let begun =
                partition.begin_verification(found.producer_id, found.epoch, header.base_sequence, adds);
            match begun {
                Ok(None) => {}
                Ok(Some(verification)) => {
                    let id = partition.id();
                    partitions.entry(id.topic.clone()).or_default().insert(id.partition);
                    target.verification = Some(verification);
                }
                Err(error) => target.found = Err(error.code()),
            }
        }
    }
    let asks = version >= ADDING_VERSION || node.live().settings.transactions.verification;
    let producer = producer.filter(|_| asks && !partitions.is_empty());
    Ok(producer.map(|producer| Question {
        add: AddRequest { transactional_id, producer, partitions, version: TRANSACTION_VERSION },
        version,
    }))
}

/// Asks the coordinator; the code is for the partitions whose guards were taken.
pub(super) async fn ask(
    node: &Arc<Node>,
    topics: &mut [TargetTopic],
    question: Question,
) -> Result<(), ErrorCode> {
    let Question { add, version } = question;
    let id = add.transactional_id.clone();
    let again = || {
        let guarded = topics.iter_mut().flat_map(|topic| &mut topic.partitions);
        guarded.filter_map(|target| target.verification.as_mut()).for_each(Verification::renew);
    };
    let asked = if version >= ADDING_VERSION {
        node.decide_transaction_patiently(&id, again, |state, now_ms| state.decide_add(now_ms, add.clone()))
            .await
    } else {
        node.decide_transaction_patiently(&id, again, |state, _| state.decide_verify(&add)).await
    };
    asked.map_err(|error| match error.code() {
        ErrorCode::ProducerFenced => ErrorCode::InvalidProducerEpoch,
        ErrorCode::TransactionAbortable if version < ABORTABLE_VERSION => ErrorCode::InvalidTxnState,
        ErrorCode::ConcurrentTransactions if version >= ADDING_VERSION => ErrorCode::ConcurrentTransactions,
        // What every client tries again without looking for the partition anew.
        ErrorCode::ConcurrentTransactions | ErrorCode::CoordinatorNotAvailable => {
            ErrorCode::NotEnoughReplicas
        }
        code => code,
    })
}
