//! ListTransactions, versions 0 to 2: transactional ids by state, producer id, age, and from version 2 on by a pattern.

use std::sync::Arc;

use regex::Regex;
use riverrun_core::protocol::messages::list_transactions_response::TransactionState;
use riverrun_core::protocol::messages::{ListTransactionsRequest, ListTransactionsResponse};
use riverrun_core::protocol::{ErrorCode, Str};

use super::group_shard::text;
use crate::coordinator::transaction::{Phase, TransactionShard};
use crate::runtime::Node;
use crate::server::connection::Call;
use crate::server::error_map::ToCode;
use crate::server::outcome::Outcome;

/// States of Kafka that no transactional id here is ever found in.
const PASSING_STATES: [&str; 2] = ["Dead", "PrepareEpochFence"];

struct Filter {
    /// Empty: all.
    states: Vec<Str>,
    producer_ids: Vec<i64>,
    /// Negative: any age.
    older_than_ms: i64,
    pattern: Option<Regex>,
}

pub(crate) fn handle(node: &Arc<Node>, call: &Call, request: ListTransactionsRequest) -> Outcome {
    if node.transactions.is_resuming() {
        let error_code = ErrorCode::CoordinatorLoadInProgress.code();
        return Outcome::Done(call.answer(&ListTransactionsResponse { error_code, ..Default::default() }));
    }
    let pattern = request.transactional_id_pattern.as_ref().filter(|pattern| !pattern.is_empty());
    // The whole id must match, as in Kafka.
    let pattern = match pattern.map(|pattern| Regex::new(&format!("^(?:{})$", &**pattern))).transpose() {
        Ok(pattern) => pattern,
        Err(_) => {
            let error_code = ErrorCode::InvalidRegularExpression.code();
            return Outcome::Done(
                call.answer(&ListTransactionsResponse { error_code, ..Default::default() }),
            );
        }
    };
    let known = |state: &Str| {
        Phase::ALL.iter().any(|phase| phase.name() == &**state) || PASSING_STATES.contains(&&**state)
    };
    let unknown_state_filters = request.state_filters.iter().filter(|state| !known(state)).cloned().collect();
    let filter = Filter {
        states: request.state_filters,
        producer_ids: request.producer_id_filters,
        older_than_ms: if call.version >= 1 { request.duration_filter } else { -1 },
        pattern,
    };
    let (node, call) = (node.clone(), call.clone());
    Outcome::Later(Box::pin(async move {
        let mut response = ListTransactionsResponse { unknown_state_filters, ..Default::default() };
        let now_ms = node.clock.now_ms();
        for shard in node.transactions.shards().iter().filter(|shard| shard.is_loaded()) {
            match shard.read(|state| select(state, &filter, now_ms)).await {
                Ok(found) => response.transaction_states.extend(found),
                Err(error) => {
                    response =
                        ListTransactionsResponse { error_code: error.code().code(), ..Default::default() };
                    break;
                }
            }
        }
        call.answer(&response)
    }))
}

fn select(shard: &TransactionShard, filter: &Filter, now_ms: i64) -> Vec<TransactionState> {
    let mut found = Vec::new();
    for (name, transaction) in shard.iter() {
        let state = transaction.phase.name();
        let age_ms = now_ms.saturating_sub(transaction.started_ms);
        let wanted = (filter.producer_ids.is_empty()
            || filter.producer_ids.contains(&transaction.producer_id))
            && (filter.states.is_empty() || filter.states.iter().any(|wanted| &**wanted == state))
            && (filter.older_than_ms < 0 || age_ms > filter.older_than_ms)
            && filter.pattern.as_ref().is_none_or(|pattern| pattern.is_match(name));
        if wanted {
            found.push(TransactionState {
                transactional_id: text(name),
                producer_id: transaction.producer_id,
                transaction_state: Str::from_static(state),
                ..Default::default()
            });
        }
    }
    found
}
