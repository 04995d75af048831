//! The log from outside: one `Bench` of a folder over some storage, and what each test does to it.

mod append;
mod compacted_transactions;
mod compaction;
mod crash;
mod damage;
mod faults;
mod lookup;
mod model;
mod producers;
mod rules;
mod threads;
mod transactions;

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use riverrun_core::protocol::Uuid;
use riverrun_core::record::{BatchBuilder, Batches, Compression, Record};

use super::*;
use crate::storage::{MemoryStorage, Storage};

/// A data folder with one log in it.
struct Bench {
    memory: MemoryStorage,
    folder: LogFolder,
    log: Arc<PartitionLog>,
    config: LogConfig,
}

const DATA: &str = "/data";
const NOW: i64 = 1_700_000_000_000;

fn topic() -> TopicPartition {
    TopicPartition::new("t", 0)
}

fn topic_id() -> Uuid {
    Uuid([7; 16])
}

fn small() -> LogConfig {
    LogConfig { segment_bytes: 1_000, index_interval_bytes: 100, ..LogConfig::default() }
}

fn open_on(
    storage: Arc<dyn Storage>,
    config: &LogConfig,
) -> Result<(LogFolder, Arc<PartitionLog>), LogError> {
    let options = FolderOptions { open_files: 4, tail_cache_bytes: 1_500 };
    let folder = LogFolder::open(storage, Path::new(DATA), options)?;
    let log = folder.open_log(&topic(), Some(topic_id()), config.clone(), NOW)?;
    Ok((folder, log))
}

impl Bench {
    fn new(config: LogConfig) -> Bench {
        let memory = MemoryStorage::new();
        let (folder, log) = open_on(Arc::new(memory.clone()), &config).unwrap();
        Bench { memory, folder, log, config }
    }

    /// Closes in order and opens again.
    fn restart(self) -> Bench {
        self.folder.close().unwrap();
        self.reopen()
    }

    /// Opens again without closing.
    fn reopen(self) -> Bench {
        let Bench { memory, folder, log, config } = self;
        drop((folder, log));
        let (folder, log) = open_on(Arc::new(memory.clone()), &config).unwrap();
        Bench { memory, folder, log, config }
    }

    fn append(&self, batch: Bytes) -> Result<Appended, AppendError> {
        self.log.append(batch, Origin::Client, 0, NOW)
    }

    fn records(&self) -> Vec<Record> {
        read_from(&self.log, self.log.log_start_offset(), 300)
    }
}

/// A batch whose records hold their own names.
fn batch(values: &[&str]) -> Bytes {
    let timed: Vec<(i64, &str)> = values.iter().map(|value| (NOW, *value)).collect();
    timed_batch(&timed, Compression::None)
}

fn timed_batch(values: &[(i64, &str)], compression: Compression) -> Bytes {
    let mut builder = BatchBuilder::new(compression);
    for (timestamp, value) in values {
        builder.append(*timestamp, Some(b"k"), Some(value.as_bytes()), &[]).unwrap();
    }
    builder.build().unwrap()
}

fn sent(producer_id: i64, epoch: i16, sequence: i32, count: i32) -> Bytes {
    let mut builder = BatchBuilder::new(Compression::None);
    for n in 0..count {
        let value = format!("{producer_id}/{epoch}/{}", sequence.wrapping_add(n));
        builder.append(NOW, None, Some(value.as_bytes()), &[]).unwrap();
    }
    builder.set_producer(producer_id, epoch, sequence);
    builder.build().unwrap()
}

/// Everything readable from `offset` on, in reads of `max_bytes`.
fn read_from(log: &PartitionLog, mut offset: i64, max_bytes: usize) -> Vec<Record> {
    let mut records = Vec::new();
    loop {
        let slice = log.read(offset, max_bytes, ReadBound::HighWatermark, true).unwrap();
        if slice.bytes == 0 {
            return records;
        }
        for batch in Batches::new(slice.into_bytes()) {
            let batch = batch.unwrap();
            batch.verify_crc().unwrap();
            for record in batch.records().unwrap() {
                let record = record.unwrap();
                if record.offset >= offset {
                    records.push(record);
                }
            }
            offset = batch.next_offset();
        }
    }
}

fn values(records: &[Record]) -> Vec<String> {
    let text =
        |record: &Record| String::from_utf8(record.value.clone().unwrap_or_default().to_vec()).unwrap();
    records.iter().map(text).collect()
}
