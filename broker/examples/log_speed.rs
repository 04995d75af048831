//! How fast the log is by itself, on one thread, without sockets: bytes and records per second for each step.
//!
//! ```text
//! cargo run --release -p riverrun-broker --example log_speed [DIR]
//! ```
//!
//! Writes up to 1 GiB under DIR (default: a new folder in the system's temporary one) and removes it again. `append`
//! does not flush; `append, flush each` does, after every batch, which is the worst case of `flush.policy=ack`.
#![expect(clippy::print_stdout, reason = "a program for people")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use riverrun_broker::log::{
    FlushPolicy, FolderOptions, LogConfig, LogFolder, Origin, PartitionLog, ReadBound, TopicPartition,
};
use riverrun_broker::storage::{DiskStorage, Storage};
use riverrun_core::record::{BatchBuilder, BatchView, Compression, validate_produce};

const NOW: i64 = 1_700_000_000_000;
/// How long each step runs.
const STEP: Duration = Duration::from_millis(700);
/// Bytes after which a log is deleted and made anew, so that the disk does not fill.
const LOG_BYTES: u64 = 512 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let argument = std::env::args().nth(1).map(PathBuf::from);
    let dir =
        argument.unwrap_or_else(|| std::env::temp_dir().join(format!("log_speed.{}", std::process::id())));
    println!("{:<34}{:>12}{:>14}{:>12}", "step", "MB/s", "records/s", "ns/batch");
    measure(&dir)
}

fn measure(dir: &Path) -> Result<(), Box<dyn Error>> {
    for (record_bytes, batch_bytes) in
        [(100, 1 << 10), (100, 16 << 10), (100, 256 << 10), (1 << 10, 64 << 10)]
    {
        let records = batch_bytes / record_bytes;
        let value = vec![b'x'; record_bytes];
        let batch = build(&value, records)?;
        let name = |step: &str| format!("{step}, {} of {record_bytes} B", records);
        run(&name("encode"), records, batch.len(), || {
            build(&value, records)?;
            Ok(())
        })?;
        run(&name("check"), records, batch.len(), || {
            validate_produce(&batch).map(|_| ()).map_err(Into::into)
        })?;
        run(&name("decode"), records, batch.len(), || {
            let mut read = BatchView::parse(&batch)?.records()?;
            while let Some(record) = read.next_ref() {
                record?;
            }
            Ok(())
        })?;
        append(dir, &name("append"), records, &batch, FlushPolicy::Os)?;
        append(dir, &name("append, flush each"), records, &batch, FlushPolicy::Ack)?;
        read(dir, records, &batch)?;
        recover(dir, records, &batch)?;
    }
    Ok(())
}

fn build(value: &[u8], records: usize) -> Result<Bytes, Box<dyn Error>> {
    let mut builder = BatchBuilder::with_capacity(Compression::None, 61 + records * (value.len() + 12));
    for _ in 0..records {
        builder.append(NOW, None, Some(value), &[])?;
    }
    Ok(builder.build()?)
}

fn open(
    dir: &Path,
    flush_policy: FlushPolicy,
    cached: usize,
) -> Result<(LogFolder, Arc<PartitionLog>), Box<dyn Error>> {
    let options = FolderOptions { tail_cache_bytes: cached, ..FolderOptions::default() };
    let folder = LogFolder::open(Arc::new(DiskStorage), dir, options)?;
    let config = LogConfig { flush_policy, ..LogConfig::default() };
    let log = folder.open_log(&TopicPartition::new("speed", 0), None, config, NOW)?;
    Ok((folder, log))
}

/// What a request brings: a buffer of its own, filled from the socket. The copy is part of the figure.
fn received(batch: &Bytes) -> Bytes {
    BytesMut::from(&batch[..]).freeze()
}

fn append(
    dir: &Path,
    name: &str,
    records: usize,
    batch: &Bytes,
    policy: FlushPolicy,
) -> Result<(), Box<dyn Error>> {
    let mut opened = open(dir, policy, 32 << 20)?;
    run(name, records, batch.len(), || {
        if opened.1.size() > LOG_BYTES {
            DiskStorage.remove_dir(dir)?;
            opened = open(dir, policy, 32 << 20)?;
        }
        opened.1.append(received(batch), Origin::Client, 0, NOW)?;
        if policy == FlushPolicy::Ack {
            opened.1.flush()?;
        }
        Ok(())
    })?;
    drop(opened);
    Ok(DiskStorage.remove_dir(dir)?)
}

fn read(dir: &Path, records: usize, batch: &Bytes) -> Result<(), Box<dyn Error>> {
    for (name, cached) in [("read 1 MiB from memory", 32 << 20), ("read 1 MiB from the page cache", 0)] {
        let (_folder, log) = open(dir, FlushPolicy::Os, cached)?;
        for _ in 0..(16 << 20) / batch.len() {
            log.append(received(batch), Origin::Client, 0, NOW)?;
        }
        let per_read = (1 << 20) / batch.len();
        let mut offset = 0;
        run(name, per_read * records, per_read * batch.len(), || {
            let slice = log.read(offset, 1 << 20, ReadBound::HighWatermark, true)?;
            offset += (slice.bytes / batch.len() * records) as i64;
            if offset >= log.log_end_offset() - (per_read * records) as i64 {
                offset = 0;
            }
            Ok(())
        })?;
        DiskStorage.remove_dir(dir)?;
    }
    Ok(())
}

/// Opening after a crash that left 256 MiB without a checkpoint.
fn recover(dir: &Path, records: usize, batch: &Bytes) -> Result<(), Box<dyn Error>> {
    let (folder, log) = open(dir, FlushPolicy::Os, 0)?;
    let batches = (256 << 20) / batch.len();
    for _ in 0..batches {
        log.append(received(batch), Origin::Client, 0, NOW)?;
    }
    log.flush()?;
    drop((folder, log));
    run("recover 256 MiB after a crash", batches * records, batches * batch.len(), || {
        let (_folder, log) = open(dir, FlushPolicy::Os, 0)?;
        assert_eq!(log.log_end_offset(), (batches * records) as i64);
        Ok(())
    })?;
    Ok(DiskStorage.remove_dir(dir)?)
}

fn run(
    name: &str,
    records: usize,
    bytes: usize,
    mut step: impl FnMut() -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    step()?;
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < STEP {
        step()?;
        count += 1;
    }
    let each = start.elapsed().as_secs_f64() / f64::from(count);
    println!(
        "{name:<34}{:>12.0}{:>14.0}{:>12.0}",
        bytes as f64 / each / 1e6,
        records as f64 / each,
        each * 1e9
    );
    Ok(())
}
