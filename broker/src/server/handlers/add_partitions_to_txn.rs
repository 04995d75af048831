//! AddPartitionsToTxn, versions 0 to 5: one transaction up to version 3, from clients; many after, from brokers, which
//! may also ask whether partitions are part of a transaction.

use std::sync::Arc;

use riverrun_core::protocol::ErrorCode;
use riverrun_core::protocol::messages::add_partitions_to_txn_request::{
    AddPartitionsToTxnTopic, AddPartitionsToTxnTransaction,
};
use riverrun_core::protocol::messages::add_partitions_to_txn_response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnResult, AddPartitionsToTxnTopicResult,
};
use riverrun_core::protocol::messages::{AddPartitionsToTxnRequest, AddPartitionsToTxnResponse};

use super::group_shard::name;
use crate::coordinator::transaction::{AddRequest, Partitions, ProducerIdAndEpoch};
use crate::metadata::ClusterImage;
use crate::runtime::{Node, TRANSACTION_VERSION};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version with many transactions.
const BATCHED_VERSION: i16 = 4;
/// The first version whose clients know PRODUCER_FENCED.
const FENCED_VERSION: i16 = 2;
/// The first version whose askers know TRANSACTION_ABORTABLE.
const ABORTABLE_VERSION: i16 = 5;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: AddPartitionsToTxnRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let response = if call.version < BATCHED_VERSION {
            let transaction = AddPartitionsToTxnTransaction {
                transactional_id: request.v3_and_below_transactional_id,
                producer_id: request.v3_and_below_producer_id,
                producer_epoch: request.v3_and_below_producer_epoch,
                verify_only: false,
                topics: request.v3_and_below_topics,
                ..Default::default()
            };
            let topics = add(&node, &call, &transaction).await;
            AddPartitionsToTxnResponse { results_by_topic_v3_and_below: topics, ..Default::default() }
        } else {
            let mut results = Vec::with_capacity(request.transactions.len());
            for transaction in &request.transactions {
                results.push(AddPartitionsToTxnResult {
                    transactional_id: transaction.transactional_id.clone(),
                    topic_results: add(&node, &call, transaction).await,
                    ..Default::default()
                });
            }
            AddPartitionsToTxnResponse { results_by_transaction: results, ..Default::default() }
        };
        Outcome::Done(call.answer(&response))
    }))
}

async fn add(
    node: &Arc<Node>,
    call: &Call,
    transaction: &AddPartitionsToTxnTransaction,
) -> Vec<AddPartitionsToTxnTopicResult> {
    let image = node.controller.image();
    let missing = |topic: &AddPartitionsToTxnTopic, index: i32| !exists(&image, &topic.name, index);
    let topics = &transaction.topics;
    if topics.iter().any(|topic| topic.partitions.iter().any(|index| missing(topic, *index))) {
        // One that is not there keeps all from being added.
        return results(topics, |topic, index| match missing(topic, index) {
            true => ErrorCode::UnknownTopicOrPartition,
            false => ErrorCode::OperationNotAttempted,
        });
    }
    let mut partitions = Partitions::new();
    for topic in topics {
        partitions.entry(name(&topic.name)).or_default().extend(topic.partitions.iter().copied());
    }
    let request = AddRequest {
        transactional_id: name(&transaction.transactional_id),
        producer: ProducerIdAndEpoch {
            producer_id: transaction.producer_id,
            epoch: transaction.producer_epoch,
        },
        partitions,
        version: if call.version < BATCHED_VERSION { 0 } else { TRANSACTION_VERSION },
    };
    let id = request.transactional_id.clone();
    let decided = match transaction.verify_only {
        false => node.decide_transaction(&id, |state, now_ms| state.decide_add(now_ms, request)).await,
        true => node.decide_transaction(&id, |state, _| state.decide_verify(&request)).await,
    };
    let code = match decided {
        Ok(()) => ErrorCode::None,
        Err(error) => match error.code() {
            ErrorCode::ProducerFenced if call.version < FENCED_VERSION => ErrorCode::InvalidProducerEpoch,
            ErrorCode::TransactionAbortable if call.version < ABORTABLE_VERSION => ErrorCode::InvalidTxnState,
            code => code,
        },
    };
    results(topics, |_, _| code)
}

fn exists(image: &ClusterImage, topic: &str, index: i32) -> bool {
    image
        .topic(topic)
        .is_some_and(|topic| usize::try_from(index).is_ok_and(|index| index < topic.partitions.len()))
}

fn results(
    topics: &[AddPartitionsToTxnTopic],
    code: impl Fn(&AddPartitionsToTxnTopic, i32) -> ErrorCode,
) -> Vec<AddPartitionsToTxnTopicResult> {
    let topic = |topic: &AddPartitionsToTxnTopic| AddPartitionsToTxnTopicResult {
        name: topic.name.clone(),
        results_by_partition: topic
            .partitions
            .iter()
            .map(|index| AddPartitionsToTxnPartitionResult {
                partition_index: *index,
                partition_error_code: code(topic, *index).code(),
                ..Default::default()
            })
            .collect(),
        ..Default::default()
    };
    topics.iter().map(topic).collect()
}
