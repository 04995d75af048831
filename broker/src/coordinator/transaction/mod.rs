//! Transactions: who may write under which producer id and epoch, which partitions a transaction takes in, and how it
//! ends (KIP-98, KIP-360, KIP-588, KIP-890, KIP-1228).
//!
//! One [`TransactionShard`] holds the transactional ids of one partition of `__transaction_state`. Every decision is
//! logged before it counts: a transaction whose end is prepared is ended, whatever happens to the broker. The shard must
//! never know logs, connections, the clock or where producer ids come from: time and fresh ids come in as arguments, and
//! whoever drives it writes the markers.

mod add;
mod end;
mod expiry;
mod init;
mod request;
mod shard;
mod state;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use request::{
    AddRequest, Decision, EndRequest, InitRequest, ProducerIdAndEpoch, TransactionError, TransactionLimits,
};
pub(crate) use shard::TransactionShard;
pub(crate) use state::{Name, Partitions, Phase, Transaction};
pub(crate) use wire::{decode_record, encode_record};
