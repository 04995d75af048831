//! Disks that fail: what is refused, what is kept, what is said.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use super::*;
use crate::storage::{Fault, FaultKind, FaultyStorage, StorageOp};

fn faulty(config: &LogConfig) -> (MemoryStorage, FaultyStorage, LogFolder, Arc<PartitionLog>) {
    let memory = MemoryStorage::new();
    let faulty = FaultyStorage::new(Arc::new(memory.clone()));
    let (folder, log) = open_on(Arc::new(faulty.clone()), config).unwrap();
    (memory, faulty, folder, log)
}

fn fault(op: StorageOp, kind: FaultKind) -> Fault {
    Fault { op, path: ".log".into(), skip: 0, kind }
}

fn append(log: &PartitionLog, value: &str) -> Result<Appended, AppendError> {
    log.append(batch(&[value]), Origin::Client, 0, NOW)
}

/// Counts what it hears.
#[derive(Debug, Default)]
struct Heard {
    high_watermark: AtomicI64,
    failures: AtomicU64,
}

impl LogListener for Heard {
    fn advanced(&self, high_watermark: i64) {
        self.high_watermark.fetch_max(high_watermark, Ordering::SeqCst);
    }

    fn failed(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn a_failed_flush_ends_the_log_for_good() {
    let (_, faulty, folder, log) = faulty(&small());
    let heard = Arc::new(Heard::default());
    log.set_listener(heard.clone());
    append(&log, "a").unwrap();
    log.flush().unwrap();
    append(&log, "b").unwrap();
    faulty.inject(fault(StorageOp::Sync, FaultKind::Eio));
    assert!(matches!(log.flush(), Err(AppendError::Failed(..))));
    // A second flush of the file would succeed, and lie.
    assert!(matches!(log.flush(), Err(AppendError::Failed(..))));
    assert!(log.begin_flush().is_none());
    let error = append(&log, "c").unwrap_err();
    assert!(error.to_string().contains("log t-0 failed"), "{error}");
    assert_eq!(values(&read_from(&log, 0, 100)), ["a"], "what was flushed can still be read");
    assert_eq!((heard.high_watermark.load(Ordering::SeqCst), heard.failures.load(Ordering::SeqCst)), (1, 1));
    assert!(!log.is_usable());
    assert!(folder.close().is_err(), "and the folder does not count as closed in order");
}

#[test]
fn a_failed_write_ends_the_log() {
    for kind in [FaultKind::Eio, FaultKind::Torn { bytes: 30 }] {
        let (memory, faulty, folder, log) = faulty(&small());
        append(&log, "a").unwrap();
        log.flush().unwrap();
        faulty.inject(fault(StorageOp::Write, kind));
        assert!(matches!(append(&log, "b"), Err(AppendError::Failed(..))));
        assert!(matches!(append(&log, "c"), Err(AppendError::Failed(..))));
        drop((folder, log));
        let (_folder, log) = open_on(Arc::new(memory), &small()).unwrap();
        assert_eq!(values(&read_from(&log, 0, 100)), ["a"]);
        append(&log, "d").unwrap();
    }
}

#[test]
fn a_full_disk_passes() {
    for kind in [FaultKind::Full, FaultKind::TornFull { bytes: 50 }] {
        let (memory, faulty, folder, log) = faulty(&small());
        append(&log, "a much longer value than the next one").unwrap();
        faulty.inject(fault(StorageOp::Write, kind));
        assert!(matches!(append(&log, "lost, and long enough to reach behind"), Err(AppendError::Full(_))));
        assert_eq!(append(&log, "b").unwrap().base_offset, 1);
        log.flush().unwrap();
        drop((folder, log));
        let (_folder, log) = open_on(Arc::new(memory), &small()).unwrap();
        assert_eq!(values(&read_from(&log, 0, 100))[1..], ["b"]);
        assert_eq!(log.size(), log.read(0, 10_000, ReadBound::LogEnd, true).unwrap().bytes as u64);
    }
}

#[test]
fn a_full_disk_while_a_segment_is_closed_passes() {
    for path in [".index", ".timeindex", ".snapshot", "leader-epoch"] {
        let (_, faulty, _folder, log) = faulty(&LogConfig { segment_bytes: 200, ..small() });
        append(&log, &"x".repeat(120)).unwrap();
        faulty.inject(Fault { op: StorageOp::Write, path: path.into(), skip: 0, kind: FaultKind::Full });
        let next = || log.append(batch(&["y"]), Origin::Client, 1, NOW);
        assert!(matches!(next(), Err(AppendError::Full(_))), "{path}");
        assert_eq!(next().unwrap().base_offset, 1, "{path}");
        log.flush().unwrap();
        assert_eq!(values(&read_from(&log, 1, 100)), ["y"]);
        assert_eq!(log.leader_epoch(), Some(1));
    }
}

#[test]
fn damage_to_flushed_records_is_an_error_not_a_cut() {
    let bench = Bench::new(small());
    for n in 0..30 {
        bench.append(batch(&[&format!("value {n}")])).unwrap();
    }
    bench.log.flush().unwrap();
    bench.folder.checkpoint().unwrap();
    let Bench { memory, folder, log, config } = bench;
    let segment = folder.path().join("t-0").join(offset_of_last_segment(&log));
    drop((folder, log));
    assert!(memory.flip_bit(&segment, 70, 3));
    let error = open_on(Arc::new(memory.clone()), &config).unwrap_err();
    let LogError::FlushedLost { file, flushed: 30, .. } = &error else { panic!("{error:?}") };
    assert_eq!(file, &segment);
    assert!(error.to_string().contains("below the flushed offset 30"), "{error}");
    // With the bit turned back nothing is wrong.
    assert!(memory.flip_bit(&segment, 70, 3));
    assert_eq!(open_on(Arc::new(memory), &config).unwrap().1.log_end_offset(), 30);
}

fn offset_of_last_segment(log: &PartitionLog) -> String {
    format!("{:020}.log", log.lock().active.base_offset)
}

#[test]
fn rot_under_a_reader_is_an_error_of_its_file_and_place() {
    let bench = Bench::new(small());
    for _ in 0..30 {
        bench.append(batch(&["value"])).unwrap();
    }
    bench.log.flush().unwrap();
    // The magic byte of the first batch: the tail no longer holds it.
    assert!(bench.memory.flip_bit(Path::new("/data/t-0/00000000000000000000.log"), 16, 0));
    let error = bench.log.read(0, 100, ReadBound::HighWatermark, true).unwrap_err();
    assert!(matches!(error, ReadError::Damaged { at: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("00000000000000000000.log is damaged near byte 0"), "{error}");
    assert_eq!(values(&read_from(&bench.log, 20, 100)).len(), 10, "the rest can be read");
}

#[test]
fn damaged_indexes_mislead_nobody() {
    let bench = Bench::new(small());
    for n in 0..60 {
        bench.append(batch(&[&format!("value {n}")])).unwrap();
    }
    bench.log.flush().unwrap();
    let expected = values(&bench.records());
    for bit in 0..64 {
        for file in ["00000000000000000000.index", "00000000000000000000.timeindex"] {
            let path = Path::new("/data/t-0").join(file);
            let at = bit / 2 % crate::storage::read_all(&bench.memory, &path).unwrap().len();
            assert!(bench.memory.flip_bit(&path, at, bit as u8));
            for offset in 0..12 {
                assert_eq!(values(&read_from(&bench.log, offset, 1)), expected[offset as usize..]);
            }
            assert!(bench.memory.flip_bit(&path, at, bit as u8));
        }
    }
}

#[test]
fn random_faults_never_lose_what_was_flushed() {
    for seed in 0..300 {
        let (memory, faulty, folder, log) = faulty(&LogConfig { segment_bytes: 400, ..small() });
        faulty.at_random(seed, 12);
        let (mut written, mut tried, mut flushed) = (Vec::new(), Vec::new(), 0);
        for n in 0..40 {
            let value = format!("{n}{}", "z".repeat(n));
            tried.push(value.clone());
            match append(&log, &value) {
                Ok(appended) => {
                    assert_eq!(appended.base_offset, written.len() as i64, "seed {seed}");
                    written.push(value);
                }
                Err(AppendError::Full(_)) => {}
                Err(error) => {
                    assert!(matches!(error, AppendError::Failed(..)), "seed {seed}: {error:?}");
                    break;
                }
            }
            if n % 3 == 0 && log.flush().is_ok() {
                flushed = written.len();
            }
        }
        faulty.at_random(0, 0);
        drop((folder, log));
        let mut random = riverrun_core::random::SeededRandom::new(seed);
        memory.crash(&mut random);
        let (_folder, log) = open_on(Arc::new(memory), &small()).unwrap();
        let read = values(&read_from(&log, 0, 100));
        assert!(read.len() >= flushed && read[..flushed] == written[..flushed], "seed {seed}: {read:?}");
        // Behind that comes nothing that nobody sent, though a write that failed may have reached the disk.
        assert!(read[flushed..].iter().all(|value| tried.contains(value)), "seed {seed}: {read:?}");
    }
}
