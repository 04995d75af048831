//! Transactions from outside: what readers see, who is fenced, what time ends, and what no power cut tears.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_broker::storage::MemoryStorage;
use riverrun_broker::{Broker, BrokerConfig};
use riverrun_core::protocol::messages::add_partitions_to_txn_request::AddPartitionsToTxnTopic;
use riverrun_core::protocol::messages::list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic};
use riverrun_core::protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use riverrun_core::protocol::messages::txn_offset_commit_request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use riverrun_core::protocol::messages::write_txn_markers_request::{
    WritableTxnMarker, WritableTxnMarkerTopic,
};
use riverrun_core::protocol::messages::*;
use riverrun_core::protocol::{ErrorCode, Str};
use riverrun_core::random::{Random, SeededRandom, SystemRandom};
use riverrun_core::record::{BatchBuilder, Batches, Compression};

use crate::data::fetch_request;
use crate::topics::topic;
use crate::wire::{Wire, now_ms};

/// A transactional producer that speaks frames.
#[derive(Clone)]
struct Sender {
    transactional_id: Str,
    producer_id: i64,
    epoch: i16,
    sequences: BTreeMap<i32, i32>,
}

fn fast() -> BrokerConfig {
    BrokerConfig::in_memory()
        .set("group.initial.rebalance.delay.ms", "0")
        .set("transaction.state.log.num.partitions", "2")
        .set("offsets.topic.num.partitions", "2")
        .set("transaction.abort.timed.out.transaction.cleanup.interval.ms", "20")
}

async fn started(config: BrokerConfig) -> (Broker, Wire) {
    let broker = Broker::start(config).await.unwrap();
    let mut wire = Wire::to(&broker).await;
    let request = CreateTopicsRequest { topics: vec![topic("t", 2)], ..Default::default() };
    assert_eq!(wire.ask(&request, 7).await.topics[0].error_code, 0);
    (broker, wire)
}

impl Sender {
    /// Asks for the producer id until the transaction before is over.
    async fn new(wire: &mut Wire, transactional_id: &str, timeout_ms: i32) -> Sender {
        let transactional_id = Str::from(transactional_id);
        let request = InitProducerIdRequest {
            transactional_id: Some(transactional_id.clone()),
            transaction_timeout_ms: timeout_ms,
            producer_id: -1,
            producer_epoch: -1,
            ..Default::default()
        };
        loop {
            let answer = wire.ask(&request, 5).await;
            match ErrorCode::from(answer.error_code) {
                ErrorCode::None => {
                    let (producer_id, epoch) = (answer.producer_id, answer.producer_epoch);
                    return Sender { transactional_id, producer_id, epoch, sequences: BTreeMap::new() };
                }
                ErrorCode::ConcurrentTransactions => tokio::task::yield_now().await,
                other => panic!("{other:?}"),
            }
        }
    }

    fn batch(&mut self, partition: i32, value: &str) -> Bytes {
        let mut builder = BatchBuilder::new(Compression::None);
        builder.append(now_ms(), None, Some(value.as_bytes()), &[]).unwrap();
        let sequence = self.sequences.entry(partition).or_default();
        builder.set_producer(self.producer_id, self.epoch, *sequence);
        builder.set_transactional(true);
        *sequence += 1;
        builder.build().unwrap()
    }

    async fn produce(&mut self, wire: &mut Wire, version: i16, partition: i32, value: &str) -> ErrorCode {
        let records = Some(self.batch(partition, value));
        let data = PartitionProduceData { index: partition, records, ..Default::default() };
        let topic = TopicProduceData { name: "t".into(), partition_data: vec![data], ..Default::default() };
        let request = ProduceRequest {
            transactional_id: Some(self.transactional_id.clone()),
            acks: -1,
            timeout_ms: 10_000,
            topic_data: vec![topic],
            ..Default::default()
        };
        let answer = wire.ask(&request, version).await;
        ErrorCode::from(answer.responses[0].partition_responses[0].error_code)
    }

    async fn add(&self, wire: &mut Wire, partition: i32) -> ErrorCode {
        let request = AddPartitionsToTxnRequest {
            v3_and_below_transactional_id: self.transactional_id.clone(),
            v3_and_below_producer_id: self.producer_id,
            v3_and_below_producer_epoch: self.epoch,
            v3_and_below_topics: vec![AddPartitionsToTxnTopic {
                name: "t".into(),
                partitions: vec![partition],
                ..Default::default()
            }],
            ..Default::default()
        };
        let answer = wire.ask(&request, 3).await;
        let results = &answer.results_by_topic_v3_and_below[0].results_by_partition;
        ErrorCode::from(results[0].partition_error_code)
    }

    async fn end(&mut self, wire: &mut Wire, version: i16, commit: bool) -> ErrorCode {
        let request = EndTxnRequest {
            transactional_id: self.transactional_id.clone(),
            producer_id: self.producer_id,
            producer_epoch: self.epoch,
            committed: commit,
            ..Default::default()
        };
        let answer = wire.ask(&request, version).await;
        if version >= 5 && answer.error_code == 0 {
            self.producer_id = answer.producer_id;
            self.epoch = answer.producer_epoch;
            self.sequences.clear();
        }
        ErrorCode::from(answer.error_code)
    }

    async fn commit_offset(&self, wire: &mut Wire, version: i16, offset: i64) -> ErrorCode {
        let request = TxnOffsetCommitRequest {
            transactional_id: self.transactional_id.clone(),
            group_id: "g".into(),
            producer_id: self.producer_id,
            producer_epoch: self.epoch,
            generation_id: -1,
            topics: vec![TxnOffsetCommitRequestTopic {
                name: "t".into(),
                partitions: vec![TxnOffsetCommitRequestPartition {
                    committed_offset: offset,
                    ..Default::default()
                }],
                ..Default::default()
            }],
            ..Default::default()
        };
        let answer = wire.ask(&request, version).await;
        ErrorCode::from(answer.topics[0].partitions[0].error_code)
    }
}

/// What a reader of committed records delivers of a partition, and the last stable offset and high watermark.
async fn committed(wire: &mut Wire, partition: i32) -> (Vec<String>, i64, i64) {
    let mut request = fetch_request(0, 0, 0);
    request.isolation_level = 1;
    request.topics[0].partitions[0].partition = partition;
    let answer = wire.ask(&request, 12).await;
    let data = &answer.responses[0].partitions[0];
    assert_eq!(data.error_code, 0);
    (delivered(data), data.last_stable_offset, data.high_watermark)
}

/// As a consumer filters: from an aborted transaction's first offset on its producer's records are left out, up to the
/// marker.
fn delivered(data: &fetch_response::PartitionData) -> Vec<String> {
    let mut ahead: Vec<(i64, i64)> = data
        .aborted_transactions
        .iter()
        .flatten()
        .map(|aborted| (aborted.first_offset, aborted.producer_id))
        .collect();
    ahead.sort_unstable();
    let (mut aborting, mut values) = (Vec::new(), Vec::new());
    for batch in Batches::fetched(data.records.clone().unwrap_or_default()) {
        let batch = batch.unwrap();
        while ahead.first().is_some_and(|(first, _)| *first <= batch.last_offset()) {
            aborting.push(ahead.remove(0).1);
        }
        if batch.attributes.is_control() {
            aborting.retain(|id| *id != batch.producer_id);
        } else if !(batch.attributes.is_transactional() && aborting.contains(&batch.producer_id)) {
            let text = |bytes: Bytes| String::from_utf8(bytes.to_vec()).unwrap();
            values.extend(batch.records().unwrap().map(|record| text(record.unwrap().value.unwrap())));
        }
    }
    values
}

async fn until_stable(wire: &mut Wire, partition: i32) -> Vec<String> {
    let deadline = std::time::Instant::now() + crate::wire::DEADLINE;
    loop {
        let (values, stable, end) = committed(wire, partition).await;
        if stable == end {
            return values;
        }
        assert!(std::time::Instant::now() < deadline, "a transaction hangs: {stable} of {end}");
        tokio::task::yield_now().await;
    }
}

async fn committed_offset(wire: &mut Wire, require_stable: bool) -> (i64, ErrorCode) {
    let topic = offset_fetch_request::OffsetFetchRequestTopic {
        name: "t".into(),
        partition_indexes: vec![0],
        ..Default::default()
    };
    let request = OffsetFetchRequest {
        group_id: "g".into(),
        topics: Some(vec![topic]),
        require_stable,
        ..Default::default()
    };
    let answer = wire.ask(&request, 7).await;
    let partition = &answer.topics[0].partitions[0];
    (partition.committed_offset, ErrorCode::from(partition.error_code))
}

#[tokio::test]
async fn readers_of_committed_records_see_whole_transactions() {
    let (broker, mut wire) = started(fast()).await;
    let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
    assert_eq!(sender.produce(&mut wire, 12, 0, "a").await, ErrorCode::None);
    assert_eq!(sender.produce(&mut wire, 12, 0, "b").await, ErrorCode::None);
    assert_eq!(committed(&mut wire, 0).await, (vec![], 0, 2));
    // A reader that waits is woken by the end.
    let mut reader = Wire::to(&broker).await;
    let mut waiting = fetch_request(0, 1, 20_000);
    waiting.isolation_level = 1;
    let asked = reader.send(&waiting, 12).await;
    assert_eq!(sender.end(&mut wire, 5, true).await, ErrorCode::None);
    let answer = reader.receive::<FetchRequest>(asked, 12).await;
    assert_eq!(delivered(&answer.responses[0].partitions[0]), ["a", "b"]);
    assert_eq!(sender.produce(&mut wire, 12, 0, "c").await, ErrorCode::None);
    assert_eq!(sender.end(&mut wire, 5, false).await, ErrorCode::None);
    assert_eq!(sender.produce(&mut wire, 12, 0, "d").await, ErrorCode::None);
    let latest = |isolation_level| ListOffsetsRequest {
        isolation_level,
        topics: vec![ListOffsetsTopic {
            name: "t".into(),
            partitions: vec![ListOffsetsPartition { timestamp: -1, ..Default::default() }],
            ..Default::default()
        }],
        ..Default::default()
    };
    assert_eq!(wire.ask(&latest(1), 5).await.topics[0].partitions[0].offset, 5);
    assert_eq!(wire.ask(&latest(0), 5).await.topics[0].partitions[0].offset, 6);
    assert_eq!(sender.end(&mut wire, 5, true).await, ErrorCode::None);
    assert_eq!(until_stable(&mut wire, 0).await, ["a", "b", "d"]);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn older_clients_say_first_what_they_write_to() {
    let (broker, mut wire) = started(fast()).await;
    let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
    assert_eq!(sender.clone().produce(&mut wire, 9, 0, "a").await, ErrorCode::InvalidTxnState);
    assert_eq!(sender.clone().produce(&mut wire, 11, 0, "a").await, ErrorCode::TransactionAbortable);
    assert_eq!(sender.commit_offset(&mut wire, 3, 5).await, ErrorCode::InvalidTxnState);
    assert_eq!(sender.add(&mut wire, 0).await, ErrorCode::None);
    assert_eq!(sender.produce(&mut wire, 9, 0, "a").await, ErrorCode::None);
    assert_eq!(sender.clone().produce(&mut wire, 9, 1, "b").await, ErrorCode::InvalidTxnState);
    assert_eq!(sender.end(&mut wire, 4, true).await, ErrorCode::None);
    assert_eq!(until_stable(&mut wire, 0).await, ["a"]);
    // The same epoch goes on; a batch of the transaction before is known again.
    let again = sender.end(&mut wire, 4, true).await;
    assert!(matches!(again, ErrorCode::None | ErrorCode::ConcurrentTransactions), "{again:?}");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_transaction_of_version_2_ends_by_an_old_client_but_not_twice() {
    let (broker, mut wire) = started(fast()).await;
    let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
    assert_eq!(sender.produce(&mut wire, 12, 0, "a").await, ErrorCode::None);
    let mut resumed = sender.clone();
    assert_eq!(resumed.end(&mut wire, 4, true).await, ErrorCode::None);
    assert_eq!(until_stable(&mut wire, 0).await, ["a"]);
    let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
    assert_eq!(sender.produce(&mut wire, 12, 0, "b").await, ErrorCode::None);
    let mut resumed = sender.clone();
    assert_eq!(sender.end(&mut wire, 5, true).await, ErrorCode::None);
    assert_eq!(resumed.end(&mut wire, 4, true).await, ErrorCode::ProducerFenced);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn offsets_count_when_their_transaction_commits() {
    let (broker, mut wire) = started(fast()).await;
    let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
    assert_eq!(sender.commit_offset(&mut wire, 5, 7).await, ErrorCode::None);
    assert_eq!(committed_offset(&mut wire, true).await, (-1, ErrorCode::UnstableOffsetCommit));
    assert_eq!(committed_offset(&mut wire, false).await, (-1, ErrorCode::None));
    assert_eq!(sender.end(&mut wire, 5, false).await, ErrorCode::None);
    assert_eq!(sender.commit_offset(&mut wire, 5, 8).await, ErrorCode::None);
    assert_eq!(sender.end(&mut wire, 5, true).await, ErrorCode::None);
    let deadline = std::time::Instant::now() + crate::wire::DEADLINE;
    while committed_offset(&mut wire, true).await != (8, ErrorCode::None) {
        assert!(std::time::Instant::now() < deadline);
        tokio::task::yield_now().await;
    }
    let mut zombie = sender.clone();
    zombie.epoch -= 1;
    let fenced = zombie.commit_offset(&mut wire, 5, 9).await;
    assert!(matches!(fenced, ErrorCode::ProducerFenced | ErrorCode::InvalidProducerEpoch), "{fenced:?}");
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_nobody_ends_time_aborts() {
    let (broker, mut wire) = started(fast()).await;
    let mut sender = Sender::new(&mut wire, "tx", 50).await;
    assert_eq!(sender.produce(&mut wire, 12, 0, "a").await, ErrorCode::None);
    assert_eq!(sender.commit_offset(&mut wire, 5, 3).await, ErrorCode::None);
    assert_eq!(until_stable(&mut wire, 0).await, Vec::<String>::new());
    let late = sender.clone().produce(&mut wire, 12, 0, "b").await;
    assert_eq!(late, ErrorCode::InvalidProducerEpoch);
    assert_eq!(sender.end(&mut wire, 5, true).await, ErrorCode::InvalidTxnState);
    assert_eq!(sender.end(&mut wire, 5, false).await, ErrorCode::None, "what is aborted may be aborted");
    assert_eq!(sender.produce(&mut wire, 12, 0, "c").await, ErrorCode::None);
    assert_eq!(sender.end(&mut wire, 5, true).await, ErrorCode::None);
    assert_eq!(until_stable(&mut wire, 0).await, ["c"]);
    broker.shutdown().await.unwrap();
}

#[tokio::test]
async fn operators_see_and_end_transactions() {
    let (broker, mut wire) = started(fast()).await;
    let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
    assert_eq!(sender.produce(&mut wire, 12, 1, "a").await, ErrorCode::None);
    let listed = wire.ask(&ListTransactionsRequest { duration_filter: -1, ..Default::default() }, 1).await;
    assert_eq!(listed.transaction_states[0].transaction_state, "Ongoing");
    let pattern = |pattern: &str| ListTransactionsRequest {
        duration_filter: -1,
        transactional_id_pattern: Some(pattern.into()),
        ..Default::default()
    };
    assert_eq!(wire.ask(&pattern("t."), 2).await.transaction_states.len(), 1);
    assert_eq!(wire.ask(&pattern("t"), 2).await.transaction_states.len(), 0, "the whole id must match");
    let bad = wire.ask(&pattern("("), 2).await;
    assert_eq!(ErrorCode::from(bad.error_code), ErrorCode::InvalidRegularExpression);
    let ids = vec!["tx".into(), "nobody".into()];
    let describe = DescribeTransactionsRequest { transactional_ids: ids, ..Default::default() };
    let described = wire.ask(&describe, 0).await.transaction_states;
    assert_eq!(described[0].topics[0].partitions, [1]);
    assert_eq!(ErrorCode::from(described[1].error_code), ErrorCode::TransactionalIdNotFound);
    let topics = vec![describe_producers_request::TopicRequest {
        name: "t".into(),
        partition_indexes: vec![1],
        ..Default::default()
    }];
    let producers = wire.ask(&DescribeProducersRequest { topics, ..Default::default() }, 0).await;
    let producer = &producers.topics[0].partitions[0].active_producers[0];
    assert_eq!((producer.producer_id, producer.current_txn_start_offset), (sender.producer_id, 0));
    let marker = WritableTxnMarker {
        producer_id: sender.producer_id,
        producer_epoch: sender.epoch,
        transaction_result: false,
        topics: vec![WritableTxnMarkerTopic {
            name: "t".into(),
            partition_indexes: vec![1],
            ..Default::default()
        }],
        coordinator_epoch: 0,
        ..Default::default()
    };
    let written = wire.ask(&WriteTxnMarkersRequest { markers: vec![marker], ..Default::default() }, 1).await;
    assert_eq!(written.markers[0].topics[0].partitions[0].error_code, 0);
    assert_eq!(until_stable(&mut wire, 1).await, Vec::<String>::new());
    broker.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_power_cut_tears_a_transaction() {
    const CYCLES: u64 = 25;
    let seed = SystemRandom::new().next_u64();
    println!("seed {seed}");
    let mut random = SeededRandom::new(seed);
    let storage = Arc::new(MemoryStorage::new());
    let config = || {
        BrokerConfig::new("/data")
            .listen("127.0.0.1:0")
            .storage(storage.clone())
            .set("transaction.state.log.num.partitions", "1")
            .set("offsets.topic.num.partitions", "1")
            .set("transaction.abort.timed.out.transaction.cleanup.interval.ms", "20")
    };
    let (broker, mut wire) = started(config()).await;
    Sender::new(&mut wire, "tx", 10_000).await;
    broker.shutdown().await.unwrap();
    // What each transaction came to: known, or `None` where the power went before the answer.
    let mut outcomes: Vec<(String, Option<bool>)> = Vec::new();
    for cycle in 0..CYCLES {
        let context = format!("seed {seed}, cycle {cycle}");
        let broker = Broker::start(config()).await.unwrap_or_else(|error| panic!("{context}: {error}"));
        let mut wire = Wire::to(&broker).await;
        let mut sender = Sender::new(&mut wire, "tx", 10_000).await;
        let both = [until_stable(&mut wire, 0).await, until_stable(&mut wire, 1).await];
        for (value, outcome) in &outcomes {
            let there = both.each_ref().map(|all| all.iter().filter(|found| *found == value).count());
            assert_eq!(there[0], there[1], "{context}: {value} is torn");
            assert!(there[0] <= 1, "{context}: {value} is doubled");
            if let Some(committed) = outcome {
                assert_eq!(there[0] == 1, *committed, "{context}: {value}");
            }
        }
        storage.lose_power_after(random.below(70));
        for number in 0..15 {
            let value = format!("{cycle}-{number}");
            let mut failed = false;
            for partition in 0..2 {
                failed |= sender.produce(&mut wire, 12, partition, &value).await != ErrorCode::None;
            }
            if failed {
                outcomes.push((value, Some(false)));
                break;
            }
            let commit = random.below(3) > 0;
            let ended = sender.end(&mut wire, 5, commit).await;
            let outcome = if commit { None } else { Some(false) };
            outcomes.push((value, if ended == ErrorCode::None { Some(commit) } else { outcome }));
            if ended != ErrorCode::None {
                break;
            }
        }
        // Without power nothing can be closed in order.
        let _ = broker.shutdown().await;
        storage.crash(&mut random);
    }
    assert!(outcomes.iter().any(|(_, outcome)| *outcome == Some(true)), "seed {seed}: nothing was committed");
}
