//! SIGKILL on `serve` under a mixed load, over and over: idempotent writers, transactions that commit and abort, a group
//! of processors whose offsets are part of their transactions, and a group of readers that comes and goes. What all of
//! them did and saw is one history, which [`check`] must find nothing in.
//!
//! Clients live through the kills: the broker comes back at the same address. RIVERRUN_KILL_CYCLES sets how often it is
//! killed (default 5), RIVERRUN_SEED repeats a run's choices as far as timing allows.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use riverrun::core::client::{
    Admin, Client, ClientConfig, CommittedOffset, Consumer, ConsumerConfig, ConsumerEvent, ConsumerRecords,
    GroupMetadata, IsolationLevel, NewTopic, OffsetReset, Producer, ProducerConfig, ProducerRecord,
    TopicPartition,
};
use riverrun::core::random::{Random, SeededRandom};
use tempfile::TempDir;
use tokio::time::{Instant, sleep, timeout};

use crate::binary::{DEADLINE, Serve};
use crate::history::{History, Operation, Outcome, Partition, Step, check};

const INPUT: &str = "input";
const OTHER: &str = "other";
const OUTPUT: &str = "output";
const PARTITIONS: i32 = 3;
const PROCESSORS: &str = "processors";
/// How long everything may take to come to rest once nobody writes any more.
const REST: Duration = Duration::from_secs(90);

/// What all clients share.
struct Shared {
    address: String,
    history: Mutex<History>,
    next_value: AtomicU64,
    next_process: AtomicU32,
    writing: AtomicBool,
    processing: AtomicBool,
}

#[test]
fn mixed_load_survives_kills_without_an_anomaly() {
    let cycles: usize = std::env::var("RIVERRUN_KILL_CYCLES").map_or(5, |text| text.parse().unwrap());
    let seed: u64 = std::env::var("RIVERRUN_SEED")
        .map_or_else(|_| u64::from(std::process::id()), |text| text.parse().unwrap());
    println!("{cycles} cycles, RIVERRUN_SEED={seed}");
    let mut random = SeededRandom::new(seed);
    let folder = TempDir::new().unwrap();
    let options = ["-o", "group.initial.rebalance.delay.ms=0", "-o", "log.segment.bytes=1048576"];
    let mut serve = Serve::start(folder.path(), &options);
    let shared = Arc::new(Shared {
        address: serve.address.clone(),
        history: Mutex::default(),
        next_value: AtomicU64::new(1),
        next_process: AtomicU32::new(0),
        writing: AtomicBool::new(true),
        processing: AtomicBool::new(true),
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (writers, processors) = runtime.block_on(async {
        let admin = Admin::new(&shared.connect().await);
        for topic in [INPUT, OTHER, OUTPUT] {
            admin.ensure_topic(&NewTopic::new(topic).partitions(PARTITIONS)).await.unwrap();
        }
        let mut writers = Vec::new();
        let mut processors = Vec::new();
        for at in 0..2 {
            let seeded = |random: &mut SeededRandom| SeededRandom::new(random.next_u64());
            writers.push(tokio::spawn(write(Arc::clone(&shared), seeded(&mut random))));
            writers.push(tokio::spawn(transact(Arc::clone(&shared), at, seeded(&mut random))));
            writers.push(tokio::spawn(read(Arc::clone(&shared), seeded(&mut random))));
            processors.push(tokio::spawn(process(Arc::clone(&shared), at)));
        }
        (writers, processors)
    });
    for cycle in 0..cycles {
        let (up, down) = (50 + random.below(400), random.below(300));
        runtime.block_on(async { sleep(Duration::from_millis(up)).await });
        serve.kill();
        if random.below(4) == 0 {
            // Clients meet a closed port for a while.
            runtime.block_on(async { sleep(Duration::from_millis(down)).await });
        }
        serve = Serve::start_at(&shared.address, folder.path(), &options);
        if cycle % 20 == 19 {
            println!("cycle {}: {}", cycle + 1, shared.progress());
        }
    }
    runtime.block_on(async {
        shared.writing.store(false, Ordering::Relaxed);
        for writer in writers {
            timeout(REST, writer).await.expect("a writer does not come to rest").unwrap();
        }
        shared.drained().await;
        shared.processing.store(false, Ordering::Relaxed);
        for processor in processors {
            timeout(REST, processor).await.expect("a processor does not come to rest").unwrap();
        }
        shared.read_everything().await;
    });
    runtime.shutdown_background();
    println!("{cycles} kills: {}", shared.progress());
    let mut history = std::mem::take(&mut *shared.history.lock().unwrap());
    history.consumed.push(INPUT);
    let findings = check(&history);
    let said: Vec<String> = findings.iter().take(20).map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{} anomalies, RIVERRUN_SEED={seed}: {said:#?}", findings.len());
    let counted =
        |outcome| history.operations.iter().filter(|operation| operation.outcome == outcome).count();
    assert!(counted(Outcome::Ok) > 0 && counted(Outcome::Fail) > 0, "the load did too little");
    assert!(serve.stop().success());
}

/// The steps of an operation at work, and what becomes of it.
struct Doing {
    process: u32,
    steps: Vec<Step>,
    moved: Vec<Partition>,
}

impl Doing {
    fn new(process: u32) -> Doing {
        Doing { process, steps: Vec::new(), moved: Vec::new() }
    }

    fn ended(self, outcome: Outcome) -> Operation {
        Operation { process: self.process, outcome, steps: self.steps, moved: self.moved }
    }
}

impl Shared {
    async fn connect(&self) -> Client {
        let started = Instant::now();
        loop {
            match Client::connect(ClientConfig::new(&self.address)).await {
                Ok(client) => return client,
                Err(error) => assert!(started.elapsed() < DEADLINE, "no broker: {error:?}"),
            }
            sleep(Duration::from_millis(5)).await;
        }
    }

    fn is_writing(&self) -> bool {
        self.writing.load(Ordering::Relaxed)
    }

    fn value(&self) -> u64 {
        self.next_value.fetch_add(1, Ordering::Relaxed)
    }

    fn process(&self) -> u32 {
        self.next_process.fetch_add(1, Ordering::Relaxed)
    }

    fn note(&self, operation: Operation) {
        self.history.lock().unwrap().operations.push(operation);
    }

    fn progress(&self) -> String {
        let history = self.history.lock().unwrap();
        let count = |outcome| history.operations.iter().filter(|it| it.outcome == outcome).count();
        format!(
            "{} values, {} operations ok, {} failed, {} unknown",
            self.next_value.load(Ordering::Relaxed) - 1,
            count(Outcome::Ok),
            count(Outcome::Fail),
            count(Outcome::Unknown)
        )
    }

    /// Waits until the processors have committed all of their input.
    async fn drained(&self) {
        let client = self.connect().await;
        let admin = Admin::new(&client);
        let consumer = Consumer::new(&client, ConsumerConfig::group(PROCESSORS)).unwrap();
        let started = Instant::now();
        loop {
            let ends = admin.end_offsets(INPUT).await.unwrap();
            let names: Vec<_> = ends.keys().map(|at| TopicPartition::new(INPUT, *at)).collect();
            let committed = consumer.committed(&names).await.unwrap();
            let behind: Vec<_> = names
                .iter()
                .filter(|name| committed.get(name).map_or(0, |at| at.offset) < ends[&name.partition])
                .collect();
            if behind.is_empty() {
                return;
            }
            assert!(
                started.elapsed() < REST,
                "not processed: {behind:?} of {ends:?}, committed {committed:?}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Reads all topics from their beginning to their end, which no open transaction may hold back.
    async fn read_everything(&self) {
        let client = self.connect().await;
        let admin = Admin::new(&client);
        let config = ConsumerConfig::default().isolation_level(IsolationLevel::ReadCommitted);
        let mut consumer = Consumer::new(&client, config).unwrap();
        let mut ends = BTreeMap::new();
        for topic in [INPUT, OTHER, OUTPUT] {
            for (partition, end) in admin.end_offsets(topic).await.unwrap() {
                ends.insert(TopicPartition::new(topic, partition), end);
            }
        }
        let names: Vec<_> = ends.keys().cloned().collect();
        consumer.assign(&names).unwrap();
        names.iter().for_each(|name| consumer.seek_to_beginning(name).unwrap());
        let mut doing = Doing::new(self.process());
        let started = Instant::now();
        let mut positions = consumer.positions();
        while started.elapsed() < REST
            && ends.iter().any(|(name, end)| positions.get(name).is_none_or(|at| at < end))
        {
            let records = consumer.poll(Duration::from_millis(100)).await.unwrap();
            doing.steps.push(polled(&records));
            positions = consumer.positions();
        }
        let mut history = self.history.lock().unwrap();
        history.last_reader = Some(doing.process);
        for (name, end) in ends {
            // A reader of committed records gets as far as the last stable offset.
            let stable = positions.get(&name).copied().unwrap_or(0);
            history.ends.insert((constant(&name.topic), name.partition), (stable, end));
        }
        history.operations.push(doing.ended(Outcome::Ok));
    }
}

fn constant(topic: &str) -> &'static str {
    [INPUT, OTHER, OUTPUT].into_iter().find(|known| *known == topic).expect("a topic of this test")
}

/// The bytes of a record say where it belongs.
fn content(partition: Partition, value: u64) -> String {
    format!("{}/{}/{value}/{}", partition.0, partition.1, "x".repeat((value % 300) as usize))
}

fn polled(records: &ConsumerRecords) -> Step {
    let all = records.iter().map(|(part, record)| {
        let partition = (constant(&part.topic), part.partition);
        let text = std::str::from_utf8(record.value.as_deref().unwrap()).unwrap();
        let value: u64 = text.split('/').nth(2).unwrap().parse().unwrap();
        assert_eq!(text, content(partition, value), "the bytes of a record changed");
        (partition, record.offset, value)
    });
    Step::Poll(all.collect())
}

/// Sends a value; gives its step as far as it is known now, and what will tell its offset.
async fn send(
    producer: &Producer,
    partition: Partition,
    value: u64,
    cause: Option<u64>,
) -> (Step, Option<riverrun::core::client::Delivery>) {
    let bytes = content(partition, value);
    let record = ProducerRecord::new(partition.0, bytes.as_bytes()).partition(partition.1);
    let delivery = producer.send(record).await.ok();
    (Step::Send { partition, value, offset: None, cause }, delivery)
}

/// Sends records and waits for their acknowledgements, without transactions. Each record is an operation.
async fn write(shared: Arc<Shared>, mut random: SeededRandom) {
    while shared.is_writing() {
        let client = shared.connect().await;
        let producer = Producer::new(&client, ProducerConfig::default().linger(Duration::ZERO)).unwrap();
        let process = shared.process();
        let mut well = true;
        while well && shared.is_writing() {
            let mut sent = Vec::new();
            for _ in 0..=random.below(8) {
                let partition = (INPUT, random.below(PARTITIONS as u64) as i32);
                sent.push(send(&producer, partition, shared.value(), None).await);
            }
            for (mut step, delivery) in sent {
                let told = match delivery {
                    Some(delivery) => delivery.await.ok(),
                    None => None,
                };
                well &= told.is_some();
                if let Step::Send { offset, .. } = &mut step {
                    *offset = told.as_ref().map(|told| told.offset);
                }
                let outcome = if told.is_some() { Outcome::Ok } else { Outcome::Unknown };
                let doing = Doing { steps: vec![step], ..Doing::new(process) };
                shared.note(doing.ended(outcome));
            }
            sleep(Duration::from_millis(random.below(4))).await;
        }
    }
}

/// A producer under its transactional id, with all that was open under it ended.
async fn transactional(shared: &Shared, id: &str) -> (Client, Producer) {
    let started = Instant::now();
    loop {
        let client = shared.connect().await;
        let config = ProducerConfig {
            transaction_timeout: Duration::from_secs(10),
            linger: Duration::ZERO,
            ..ProducerConfig::default().transactional_id(id)
        };
        let producer = Producer::new(&client, config).unwrap();
        match producer.init_transactions().await {
            Ok(()) => return (client, producer),
            Err(error) => assert!(started.elapsed() < DEADLINE, "{id}: {error:?}"),
        }
    }
}

/// Commits, and again as long as the outcome is open.
async fn commit(producer: &Producer) -> Outcome {
    let started = Instant::now();
    loop {
        match producer.commit_transaction().await {
            Ok(()) => return Outcome::Ok,
            Err(error) if error.is_retriable() && started.elapsed() < DEADLINE => {}
            Err(_) => return Outcome::Unknown,
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Transactions over two topics; every fourth is aborted.
async fn transact(shared: Arc<Shared>, number: usize, mut random: SeededRandom) {
    while shared.is_writing() {
        let (_client, producer) = transactional(&shared, &format!("writer-{number}")).await;
        let process = shared.process();
        let mut well = true;
        while well && shared.is_writing() {
            let mut doing = Doing::new(process);
            producer.begin_transaction().unwrap();
            for _ in 0..=random.below(5) {
                let topic = if random.below(2) == 0 { INPUT } else { OTHER };
                let partition = (topic, random.below(PARTITIONS as u64) as i32);
                let (step, delivery) = send(&producer, partition, shared.value(), None).await;
                well &= delivery.is_some();
                doing.steps.push(step);
            }
            let outcome = if well && random.below(4) != 0 {
                commit(&producer).await
            } else {
                // Whether or not the abort arrives: nobody asked for a commit.
                well &= producer.abort_transaction().await.is_ok();
                Outcome::Fail
            };
            well &= outcome != Outcome::Unknown;
            shared.note(doing.ended(outcome));
            sleep(Duration::from_millis(random.below(6))).await;
        }
    }
}

/// Reads the input in a group, and writes one record for each in the same transaction as its offset.
async fn process(shared: Arc<Shared>, number: usize) {
    while shared.processing.load(Ordering::Relaxed) {
        let (client, producer) = transactional(&shared, &format!("processor-{number}")).await;
        let config = ConsumerConfig {
            session_timeout: Duration::from_secs(6),
            heartbeat_interval: Duration::from_millis(300),
            fetch_max_wait: Duration::from_millis(50),
            max_poll_records: 200,
            ..ConsumerConfig::group(PROCESSORS)
                .auto_offset_reset(OffsetReset::Earliest)
                .auto_commit(false)
                .isolation_level(IsolationLevel::ReadCommitted)
        };
        let mut consumer = Consumer::new(&client, config).unwrap();
        consumer.subscribe(&[INPUT]).unwrap();
        let process = shared.process();
        let mut moved = Vec::new();
        let mut well = true;
        while well && shared.processing.load(Ordering::Relaxed) {
            let records = match consumer.next_event(Duration::from_millis(20)).await {
                Ok(ConsumerEvent::Records(records)) => records,
                Ok(ConsumerEvent::Assigned(_)) => {
                    moved = (0..PARTITIONS).map(|partition| (INPUT, partition)).collect();
                    continue;
                }
                Ok(_) => continue,
                Err(error) if error.is_retriable() => continue,
                Err(_) => break,
            };
            let mut doing = Doing { moved: std::mem::take(&mut moved), ..Doing::new(process) };
            let group = consumer.group_metadata().unwrap();
            let outcome = transform(&shared, &producer, &group, &records, &mut doing).await;
            well = outcome == Outcome::Ok;
            shared.note(doing.ended(outcome));
        }
        // Whatever was begun is ended by the next producer of this name; the next member starts at what is committed.
        let _ = consumer.close(Duration::from_secs(5)).await;
    }
}

async fn transform(
    shared: &Shared,
    producer: &Producer,
    group: &GroupMetadata,
    records: &ConsumerRecords,
    doing: &mut Doing,
) -> Outcome {
    let Step::Poll(values) = polled(records) else { return Outcome::Fail };
    doing.steps.push(Step::Poll(values.clone()));
    if producer.begin_transaction().is_err() {
        return Outcome::Fail;
    }
    let mut sent = true;
    for ((_, partition), _, cause) in values {
        let (step, delivery) = send(producer, (OUTPUT, partition), shared.value(), Some(cause)).await;
        sent &= delivery.is_some();
        doing.steps.push(step);
    }
    let offsets = records
        .partitions
        .iter()
        .map(|part| (part.topic_partition(), CommittedOffset::new(part.next_offset)))
        .collect();
    if !sent || producer.send_offsets_to_transaction(&offsets, group).await.is_err() {
        let _ = producer.abort_transaction().await;
        return Outcome::Fail;
    }
    commit(producer).await
}

/// Reads two topics in a group, leaves it now and then, and comes back as another member.
async fn read(shared: Arc<Shared>, mut random: SeededRandom) {
    while shared.is_writing() {
        let client = shared.connect().await;
        let config = ConsumerConfig {
            session_timeout: Duration::from_secs(6),
            heartbeat_interval: Duration::from_millis(300),
            auto_commit_interval: Duration::from_millis(100),
            fetch_max_wait: Duration::from_millis(50),
            ..ConsumerConfig::group("readers")
                .auto_offset_reset(OffsetReset::Earliest)
                .isolation_level(IsolationLevel::ReadCommitted)
        };
        let mut consumer = Consumer::new(&client, config).unwrap();
        consumer.subscribe(&[INPUT, OTHER]).unwrap();
        let process = shared.process();
        let until = Instant::now() + Duration::from_millis(500 + random.below(3_000));
        while shared.is_writing() && Instant::now() < until {
            match consumer.next_event(Duration::from_millis(20)).await {
                Ok(ConsumerEvent::Records(records)) => {
                    let doing = Doing { steps: vec![polled(&records)], ..Doing::new(process) };
                    shared.note(doing.ended(Outcome::Ok));
                }
                Ok(ConsumerEvent::Assigned(_)) => {
                    let moved = |topic| (0..PARTITIONS).map(move |partition| (topic, partition));
                    let doing = Doing {
                        moved: [INPUT, OTHER].into_iter().flat_map(moved).collect(),
                        ..Doing::new(process)
                    };
                    shared.note(doing.ended(Outcome::Ok));
                }
                Ok(_) => {}
                Err(error) if error.is_retriable() => {}
                Err(_) => break,
            }
        }
        let _ = consumer.close(Duration::from_secs(5)).await;
    }
}
