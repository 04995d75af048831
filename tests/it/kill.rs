//! SIGKILL on `serve` under an `acks=all` load, over and over on one data folder: no acknowledged record is lost,
//! changed, doubled or out of order.
//!
//! RIVERRUN_KILL_CYCLES sets how often (default 5), RIVERRUN_SEED repeats a run's choices as far as timing allows.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use riverrun::core::client::{
    Admin, Client, ClientConfig, Consumer, ConsumerConfig, Delivery, NewTopic, Producer, ProducerConfig,
    ProducerRecord, TopicPartition,
};
use riverrun::core::random::{Random, SeededRandom};
use riverrun::core::record::Compression;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::binary::{DEADLINE, Serve, riverrun};

const TOPIC: &str = "kept";
const PARTITIONS: i32 = 3;
const WRITERS: u64 = 4;

/// A record as a writer knows it. Its number is unique in the whole run, and its bytes follow from the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Acked {
    number: u64,
    partition: i32,
    offset: i64,
}

/// What is known of the log: what was acknowledged, and what was read back of each partition from its beginning on.
#[derive(Default)]
struct Ledger {
    acked: BTreeMap<(i32, i64), u64>,
    /// Those of the last cycle, which have not been looked for yet.
    fresh: Vec<Acked>,
    read: BTreeMap<i32, Vec<u64>>,
    seen: HashSet<u64>,
}

#[test]
fn kill_cycles_lose_nothing_acknowledged() {
    let cycles: usize = std::env::var("RIVERRUN_KILL_CYCLES").map_or(5, |text| text.parse().unwrap());
    let seed: u64 = std::env::var("RIVERRUN_SEED")
        .map_or_else(|_| u64::from(std::process::id()), |text| text.parse().unwrap());
    println!("{cycles} cycles, RIVERRUN_SEED={seed}");
    let mut random = SeededRandom::new(seed);
    let folder = TempDir::new().unwrap();
    let mut ledger = Ledger::default();
    let mut next_number = 0;
    for cycle in 0..cycles {
        if random.below(5) == 0 {
            kill_while_starting(folder.path(), Duration::from_millis(random.below(40)));
        }
        let serve = Serve::start(folder.path(), &["-o", "log.segment.bytes=1048576"]);
        // A runtime of its own, so that nothing of this cycle's clients outlives it and writes into the next.
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let acked = runtime.block_on(async {
            let client = Client::connect(ClientConfig::new(&serve.address)).await.unwrap();
            let topic = NewTopic::new(TOPIC).partitions(PARTITIONS);
            Admin::new(&client).ensure_topic(&topic).await.unwrap();
            ledger.read_on(&client).await;
            let load = Load::start(&client, &mut random, next_number);
            // Most cycles are killed with the load at work, some before anything is acknowledged.
            if random.below(8) != 0 {
                load.first_ack().await;
            }
            tokio::time::sleep(Duration::from_millis(random.below(120))).await;
            serve.kill();
            load.acked()
        });
        runtime.shutdown_background();
        // Numbers are never used again, even where the fate of a record is not known.
        next_number += 1 << 32;
        for acked in &acked {
            ledger.acked.insert((acked.partition, acked.offset), acked.number);
        }
        ledger.fresh = acked;
        if cycle % 20 == 19 {
            println!("cycle {}: {} records acknowledged", cycle + 1, ledger.acked.len());
        }
    }
    // Once more from the very beginning: what was right after its own cycle must still be.
    let serve = Serve::start(folder.path(), &[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let client = Client::connect(ClientConfig::new(&serve.address)).await.unwrap();
        ledger.read_on(&client).await;
        let mut again = Ledger { acked: std::mem::take(&mut ledger.acked), ..Ledger::default() };
        again.read_on(&client).await;
        again.check_all();
        assert_eq!(again.read, ledger.read, "a second reading from the beginning differs");
        let read: usize = again.read.values().map(Vec::len).sum();
        println!("{} records acknowledged, {read} in the log, {cycles} kills", again.acked.len());
        assert!(!again.acked.is_empty());
    });
    assert!(serve.stop().success());
}

/// A kill in the middle of recovery.
fn kill_while_starting(data_dir: &Path, after: Duration) {
    let mut command = riverrun();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::sleep(after).await });
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Writers at work, each with a producer of its own.
struct Load {
    acked: Arc<Mutex<Vec<Acked>>>,
}

impl Load {
    fn start(client: &Client, random: &mut SeededRandom, first_number: u64) -> Load {
        let acked = Arc::new(Mutex::new(Vec::new()));
        for writer in 0..WRITERS {
            let compressions = [
                Compression::None,
                Compression::Gzip,
                Compression::Snappy,
                Compression::Lz4,
                Compression::Zstd,
            ];
            let compression = compressions[random.below(5) as usize];
            let config = ProducerConfig::default()
                .compression(compression)
                .linger(Duration::from_millis(random.below(3)));
            let producer = Producer::new(client, config).unwrap();
            let (sender, receiver) = mpsc::channel(1_000);
            tokio::spawn(write(producer, sender, first_number + (writer << 24)));
            tokio::spawn(note(receiver, Arc::clone(&acked)));
        }
        Load { acked }
    }

    /// Waits until something is acknowledged.
    async fn first_ack(&self) {
        let started = async {
            while self.acked.lock().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(DEADLINE, started).await.expect("nothing is acknowledged");
    }

    /// What was acknowledged up to now.
    fn acked(&self) -> Vec<Acked> {
        self.acked.lock().unwrap().clone()
    }
}

/// Writes until the broker is gone. A writer's numbers rise within each partition.
async fn write(producer: Producer, sender: mpsc::Sender<(u64, Delivery)>, first_number: u64) {
    for number in first_number.. {
        let (key, value) = content(number);
        let partition = (number % PARTITIONS as u64) as i32;
        let record = ProducerRecord::new(TOPIC, &value).key(&key).partition(partition);
        let Ok(delivery) = producer.send(record).await else { return };
        if sender.send((number, delivery)).await.is_err() {
            return;
        }
    }
}

async fn note(mut receiver: mpsc::Receiver<(u64, Delivery)>, acked: Arc<Mutex<Vec<Acked>>>) {
    while let Some((number, delivery)) = receiver.recv().await {
        let Ok(sent) = delivery.await else { return };
        acked.lock().unwrap().push(Acked { number, partition: sent.partition, offset: sent.offset });
    }
}

/// The bytes of a record: their length and content follow from its number.
fn content(number: u64) -> (Vec<u8>, Vec<u8>) {
    let mut random = SeededRandom::new(number);
    let length = 20 + random.below(700) as usize;
    let mut value = number.to_be_bytes().to_vec();
    value.extend((0..length).map(|_| random.below(40) as u8));
    (number.to_string().into_bytes(), value)
}

impl Ledger {
    /// Reads on from where it stopped to each partition's end, and checks what it finds against what is known.
    async fn read_on(&mut self, client: &Client) {
        let ends = Admin::new(client).end_offsets(TOPIC).await.unwrap();
        let mut consumer = Consumer::new(client, ConsumerConfig::default()).unwrap();
        let names: Vec<TopicPartition> =
            ends.keys().map(|&partition| TopicPartition::new(TOPIC, partition)).collect();
        consumer.assign(&names).unwrap();
        for name in &names {
            let read = self.read.entry(name.partition).or_default();
            assert!(
                ends[&name.partition] >= read.len() as i64,
                "partition {} is shorter than it was",
                name.partition
            );
            consumer.seek(name, read.len() as i64).unwrap();
        }
        while self.read.iter().any(|(partition, read)| ends[partition] > read.len() as i64) {
            let records = consumer.poll(Duration::from_secs(10)).await.unwrap();
            assert!(!records.is_empty(), "no record within 10 s though the end is not reached");
            for (partition, record) in records.iter() {
                let read = self.read.get_mut(&partition.partition).unwrap();
                assert_eq!(record.offset, read.len() as i64, "a hole in partition {}", partition.partition);
                let value = record.value.as_deref().unwrap();
                let number = u64::from_be_bytes(value[..8].try_into().unwrap());
                let expected = content(number);
                assert_eq!(
                    (record.key.as_deref().unwrap(), value),
                    (&*expected.0, &*expected.1),
                    "record {number} changed"
                );
                assert!(self.seen.insert(number), "record {number} is there twice");
                read.push(number);
            }
        }
        for acked in std::mem::take(&mut self.fresh) {
            self.must_have(acked.partition, acked.offset, acked.number);
        }
    }

    /// Looks for everything that was ever acknowledged, and at the order of everything that was read.
    fn check_all(&self) {
        self.check_order();
        for (&(partition, offset), &number) in &self.acked {
            self.must_have(partition, offset, number);
        }
    }

    fn must_have(&self, partition: i32, offset: i64, number: u64) {
        let found = self.read.get(&partition).and_then(|read| read.get(offset as usize));
        assert_eq!(found, Some(&number), "acknowledged at {partition}:{offset}");
    }

    /// What one writer wrote in one life stands in the order in which it was sent.
    fn check_order(&self) {
        for (partition, read) in &self.read {
            let mut last: BTreeMap<u64, u64> = BTreeMap::new();
            for number in read {
                let before = last.insert(number >> 24, *number);
                assert!(before < Some(*number), "partition {partition}: {number} after {before:?}");
            }
            let lives: BTreeSet<u64> = read.iter().map(|number| number >> 32).collect();
            assert!(
                read.iter().map(|number| number >> 32).is_sorted(),
                "partition {partition}: lives {lives:?} mix"
            );
        }
    }
}
