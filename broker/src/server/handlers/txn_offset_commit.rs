//! TxnOffsetCommit, versions 0 to 5: offsets that count once a transaction commits. From version 5 on the group's
//! partition becomes part of the transaction by itself; before, it must have been added.

use std::sync::Arc;

use riverrun_core::protocol::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use riverrun_core::protocol::messages::{TxnOffsetCommitRequest, TxnOffsetCommitResponse};
use riverrun_core::protocol::{ErrorCode, Str};
use riverrun_core::record::NO_SEQUENCE;

use super::group_shard::{name, opt_name};
use crate::coordinator::group::{self, OffsetToCommit, Reply};
use crate::coordinator::transaction::{AddRequest, ProducerIdAndEpoch};
use crate::runtime::{Node, TRANSACTION_VERSION, TransactionalProducer};
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// The first version that adds the group's partition by itself.
const ADDING_VERSION: i16 = 5;

/// Topic and partition of the response that an offset's outcome goes to.
type Place = (usize, usize);

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: TxnOffsetCommitRequest) -> Outcome {
    let (response, offsets, places) = look_up(node, &request);
    if offsets.is_empty() {
        return Outcome::Done(call.answer(&response));
    }
    let (node, call) = (node.clone(), call.clone());
    Outcome::Exclusive(Box::pin(async move {
        let codes = match commit(&node, &call, &request, offsets).await {
            Ok(codes) => codes,
            Err(code) => vec![code; places.len()],
        };
        let mut response = response;
        for ((topic, partition), code) in places.into_iter().zip(codes) {
            response.topics[topic].partitions[partition].error_code = code.code();
        }
        Outcome::Done(call.answer(&response))
    }))
}

fn look_up(
    node: &Node,
    request: &TxnOffsetCommitRequest,
) -> (TxnOffsetCommitResponse, Vec<OffsetToCommit>, Vec<Place>) {
    let image = node.controller.image();
    let mut response = TxnOffsetCommitResponse::default();
    let (mut offsets, mut places) = (Vec::new(), Vec::new());
    for topic in &request.topics {
        let found = image.topic(&topic.name);
        let mut answered = TxnOffsetCommitResponseTopic { name: topic.name.clone(), ..Default::default() };
        for partition in &topic.partitions {
            let index = usize::try_from(partition.partition_index);
            let found = found.filter(|found| index.is_ok_and(|index| index < found.partitions.len()));
            if let Some(found) = found {
                places.push((response.topics.len(), answered.partitions.len()));
                offsets.push(OffsetToCommit {
                    topic: found.name.clone(),
                    topic_id: found.id,
                    partition: partition.partition_index,
                    offset: partition.committed_offset,
                    leader_epoch: partition.committed_leader_epoch,
                    metadata: name(partition.committed_metadata.as_ref().unwrap_or(&Str::EMPTY)),
                });
            }
            let code = found.map_or(ErrorCode::UnknownTopicOrPartition, |_| ErrorCode::None);
            answered.partitions.push(TxnOffsetCommitResponsePartition {
                partition_index: partition.partition_index,
                error_code: code.code(),
                ..Default::default()
            });
        }
        response.topics.push(answered);
    }
    (response, offsets, places)
}

async fn commit(
    node: &Arc<Node>,
    call: &Call,
    request: &TxnOffsetCommitRequest,
    offsets: Vec<OffsetToCommit>,
) -> Result<Vec<ErrorCode>, ErrorCode> {
    let shard = node.load_shard(&request.group_id).await.map_err(|error| error.code())?;
    let adds = call.version >= ADDING_VERSION;
    let (producer_id, epoch) = (request.producer_id, request.producer_epoch);
    let mut verification = shard
        .partition()
        .begin_verification(producer_id, epoch, NO_SEQUENCE, adds)
        .map_err(|error| error.code())?;
    if let Some(guarded) = &mut verification {
        let again = || guarded.renew();
        let partitions = node.offsets_partition_of(&request.group_id).await.map_err(|error| error.code())?;
        let id = name(&request.transactional_id);
        let add = AddRequest {
            transactional_id: id.clone(),
            producer: ProducerIdAndEpoch { producer_id, epoch },
            partitions,
            version: TRANSACTION_VERSION,
        };
        let asked = if adds {
            node.decide_transaction_patiently(&id, again, |state, now_ms| {
                state.decide_add(now_ms, add.clone())
            })
            .await
        } else if node.live().settings.transactions.verification {
            node.decide_transaction_patiently(&id, again, |state, _| state.decide_verify(&add)).await
        } else {
            Ok(())
        };
        asked.map_err(|error| match error.code() {
            // What older clients take for something to try again.
            ErrorCode::ConcurrentTransactions if !adds => ErrorCode::CoordinatorLoadInProgress,
            ErrorCode::TransactionAbortable if !adds => ErrorCode::InvalidTxnState,
            code => code,
        })?;
    }
    let producer =
        TransactionalProducer { producer_id, epoch, guard: verification.as_ref().map(|asked| asked.guard()) };
    let submitted = shard.submit_as(Some(producer), |state, now_ms, token| {
        let request = group::TxnOffsetCommitRequest {
            token,
            group: name(&request.group_id),
            generation: request.generation_id,
            member_id: name(&request.member_id),
            instance_id: opt_name(request.group_instance_id.as_ref()),
            offsets,
        };
        state.decide_txn_offset_commit(now_ms, &request)
    });
    match submitted.await.map_err(|error| error.code())? {
        Reply::OffsetCommit(outcomes) => Ok(outcomes
            .iter()
            .map(|outcome| outcome.map_or_else(|error| error.code(), |()| ErrorCode::None))
            .collect()),
        _ => Err(ErrorCode::UnknownServerError),
    }
}
