//! Transaction records as Kafka writes them into `__transaction_state`, byte for byte.

use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::records::transaction_log_value::PartitionsSchema;
use riverrun_core::protocol::records::{TransactionLogKey, TransactionLogValue};
use riverrun_core::protocol::{
    CoordinatorKey, CoordinatorValue, DecodeError, EncodeError, Message, Reader, Str,
};
use riverrun_core::record::NO_PRODUCER_EPOCH;

use super::state::{Name, Partitions, Phase, Transaction, TransactionRecord};

/// The value version of clusters that have finalized `transaction.version` 1 or more.
const VALUE_VERSION: i16 = 1;

/// Why bytes are no transaction record.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error("a record of __transaction_state has no key")]
    NoKey,
    #[error("a record of __transaction_state cannot be read")]
    Decode(#[from] DecodeError),
    #[error("a record of __transaction_state has status {0}, which is not known")]
    Status(i8),
}

/// The key and the value (`None`: a tombstone) of a record.
pub(crate) fn encode_record(record: &TransactionRecord) -> Result<(Bytes, Option<Bytes>), EncodeError> {
    let key = TransactionLogKey { transactional_id: Str::from(&*record.transactional_id) };
    let value = record.value.as_ref().map(|value| value_of(value).to_record_bytes(VALUE_VERSION));
    Ok((key.to_record_bytes()?, value.transpose()?))
}

/// Reads a record; `None` for one of a kind that is not known.
pub(crate) fn decode_record(
    key: Option<&Bytes>,
    value: Option<&Bytes>,
) -> Result<Option<TransactionRecord>, WireError> {
    let mut reader = Reader::new(key.ok_or(WireError::NoKey)?.clone());
    if reader.int16("type") != TransactionLogKey::TYPE {
        return Ok(None);
    }
    let key = TransactionLogKey::decode(&mut reader, 0)?;
    let value = value.map(|value| TransactionLogValue::from_record_bytes(value.clone())).transpose()?;
    Ok(Some(TransactionRecord {
        transactional_id: name(&key.transactional_id),
        value: value.map(|value| from_wire(&value)).transpose()?,
    }))
}

fn name(text: &Str) -> Name {
    Arc::from(text.as_str())
}

fn value_of(transaction: &Transaction) -> TransactionLogValue {
    let topics = transaction.partitions.iter().map(|(topic, partitions)| PartitionsSchema {
        topic: Str::from(&**topic),
        partition_ids: partitions.iter().copied().collect(),
        ..Default::default()
    });
    TransactionLogValue {
        producer_id: transaction.producer_id,
        previous_producer_id: transaction.previous_producer_id,
        next_producer_id: transaction.next_producer_id,
        producer_epoch: transaction.epoch,
        transaction_timeout_ms: transaction.timeout_ms,
        transaction_status: transaction.phase.number(),
        transaction_partitions: (transaction.phase != Phase::Empty).then(|| topics.collect()),
        transaction_last_update_timestamp_ms: transaction.updated_ms,
        transaction_start_timestamp_ms: transaction.started_ms,
        client_transaction_version: transaction.version,
        ..Default::default()
    }
}

fn from_wire(value: &TransactionLogValue) -> Result<Transaction, WireError> {
    let phase =
        Phase::from_number(value.transaction_status).ok_or(WireError::Status(value.transaction_status))?;
    let mut partitions = Partitions::new();
    for topic in value.transaction_partitions.iter().flatten() {
        partitions.entry(name(&topic.topic)).or_default().extend(topic.partition_ids.iter().copied());
    }
    Ok(Transaction {
        producer_id: value.producer_id,
        previous_producer_id: value.previous_producer_id,
        next_producer_id: value.next_producer_id,
        epoch: value.producer_epoch,
        last_epoch: NO_PRODUCER_EPOCH,
        timeout_ms: value.transaction_timeout_ms,
        phase,
        partitions,
        started_ms: value.transaction_start_timestamp_ms,
        updated_ms: value.transaction_last_update_timestamp_ms,
        version: value.client_transaction_version,
    })
}
