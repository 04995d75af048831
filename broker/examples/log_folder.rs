//! A data folder without a broker: writes one, or reads one through and says what it holds.
//!
//! ```text
//! cargo run -p riverrun-broker --example log_folder -- write DIR
//! cargo run -p riverrun-broker --example log_folder -- read DIR
//! ```
//!
//! Kafka's `kafka.tools.DumpLogSegments` reads what `write` wrote, and `read` opens a stopped Kafka's `log.dirs`.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use riverrun_broker::log::{
    FolderOptions, LogConfig, LogFolder, Origin, PartitionLog, ReadBound, TopicPartition,
};
use riverrun_broker::storage::DiskStorage;
use riverrun_core::clock::{Clock, SystemClock};
use riverrun_core::protocol::Uuid;
use riverrun_core::record::{BatchBuilder, Batches, Compression, Header};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", dir] => write(Path::new(dir)),
        ["read", dir] => read(Path::new(dir)),
        _ => Err("usage: log_folder write DIR | log_folder read DIR".into()),
    }
}

fn open(dir: &Path) -> Result<LogFolder, Box<dyn Error>> {
    Ok(LogFolder::open(Arc::new(DiskStorage), dir, FolderOptions::default())?)
}

/// One topic, every compression, headers, an idempotent producer, several segments with several index entries each.
fn write(dir: &Path) -> Result<(), Box<dyn Error>> {
    let folder = open(dir)?;
    let config = LogConfig { segment_bytes: 64 << 10, ..LogConfig::default() };
    let now_ms = SystemClock.now_ms();
    let id = TopicPartition::new("orders", 3);
    let log = folder.open_log(&id, Some(Uuid([5; 16])), config, now_ms)?;
    let mut sequence = 0;
    for n in 0..400 {
        let mut builder = BatchBuilder::new(Compression::ALL[n % 5]);
        for m in 0..5 {
            let value = format!("value {n}.{m} {}", "abc".repeat(n % 100));
            let headers = [Header::new("h", Some("1".into())), Header::new("h", None)];
            builder.append(now_ms + (n * 10 + m) as i64, Some(b"key"), Some(value.as_bytes()), &headers)?;
        }
        if n % 2 == 0 {
            builder.set_producer(77, 1, sequence);
            sequence += 5;
        }
        log.append(builder.build()?, Origin::Client, i32::from(n > 200), now_ms)?;
    }
    log.flush()?;
    describe(&log)?;
    folder.close()?;
    Ok(())
}

fn read(dir: &Path) -> Result<(), Box<dyn Error>> {
    let folder = open(dir)?;
    println!(
        "{}: {}",
        dir.display(),
        if folder.was_clean() { "closed in order" } else { "not closed in order" }
    );
    for found in folder.found()? {
        let log = folder.open_log(&found.id, None, LogConfig::default(), SystemClock.now_ms())?;
        describe(&log)?;
    }
    folder.close()?;
    Ok(())
}

fn describe(log: &PartitionLog) -> Result<(), Box<dyn Error>> {
    let (mut offset, mut batches, mut records) = (log.log_start_offset(), 0, 0);
    loop {
        let slice = log.read(offset, 1 << 20, ReadBound::LogEnd, true)?;
        if slice.bytes == 0 {
            break;
        }
        for batch in Batches::new(slice.into_bytes()) {
            let batch = batch?;
            batch.verify_crc()?;
            for record in batch.records()? {
                record?;
                records += 1;
            }
            batches += 1;
            offset = batch.next_offset();
        }
    }
    println!(
        "{}: offsets {} to {}, {} segments, {} bytes, {batches} batches, {records} records, {} producers, epoch {:?}",
        log.id(),
        log.log_start_offset(),
        log.log_end_offset(),
        log.segment_count(),
        log.size(),
        log.producer_count(),
        log.leader_epoch(),
    );
    Ok(())
}
