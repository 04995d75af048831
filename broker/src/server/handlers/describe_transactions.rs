//! DescribeTransactions, version 0: what is known of transactional ids.

use std::sync::Arc;

use riverrun_core::protocol::messages::describe_transactions_response::{TopicData, TransactionState};
use riverrun_core::protocol::messages::{DescribeTransactionsRequest, DescribeTransactionsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::text;
use crate::coordinator::transaction::Transaction;
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: DescribeTransactionsRequest) -> Outcome {
    let (node, call) = (node.clone(), call.clone());
    Outcome::Later(Box::pin(async move {
        let mut transaction_states = Vec::with_capacity(request.transactional_ids.len());
        for id in request.transactional_ids {
            let state = match describe(&node, &id).await {
                Ok(transaction) => state_of(id, &transaction),
                Err(code) => {
                    TransactionState { error_code: code.code(), transactional_id: id, ..Default::default() }
                }
            };
            transaction_states.push(state);
        }
        call.answer(&DescribeTransactionsResponse { transaction_states, ..Default::default() })
    }))
}

async fn describe(node: &Arc<Node>, id: &Str) -> Result<Transaction, ErrorCode> {
    if id.is_empty() {
        return Err(ErrorCode::InvalidRequest);
    }
    let shard = node.transaction_shard(id).await.map_err(|error| error.code())?;
    let found = shard.read(|state| state.get(id).cloned()).await.map_err(|error| error.code())?;
    found.ok_or(ErrorCode::TransactionalIdNotFound)
}

fn state_of(transactional_id: Str, transaction: &Transaction) -> TransactionState {
    let topics = transaction.partitions.iter().map(|(topic, partitions)| TopicData {
        topic: text(topic),
        partitions: partitions.iter().copied().collect(),
        ..Default::default()
    });
    TransactionState {
        transactional_id,
        transaction_state: Str::from_static(transaction.phase.name()),
        transaction_timeout_ms: transaction.timeout_ms,
        transaction_start_time_ms: transaction.started_ms,
        producer_id: transaction.producer_id,
        producer_epoch: transaction.epoch,
        topics: topics.collect(),
        ..Default::default()
    }
}
