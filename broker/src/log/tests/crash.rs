//! The power goes at every single change that the storage sees; nothing flushed is ever lost.

use riverrun_core::random::{Random, SeededRandom};

use super::*;

/// What a life of the log did before the power went.
#[derive(Default)]
struct Told {
    /// Every value appended, by offset.
    written: Vec<String>,
    /// Everything below was flushed.
    flushed: i64,
    /// Everything below may have been deleted.
    deleted: i64,
}

/// Appends, flushes, rolls, checkpoints, deletes and closes, until something fails.
fn live(
    storage: &MemoryStorage,
    config: &LogConfig,
    told: &mut Told,
) -> Result<(), Box<dyn std::error::Error>> {
    let (folder, log) = open_on(Arc::new(storage.clone()), config)?;
    // What survived the last crash is what was read back before this life.
    assert_eq!(log.log_end_offset(), told.written.len() as i64);
    told.flushed = told.flushed.max(log.recovery_point());
    for round in 0..6 {
        for n in 0..4 {
            let value = format!("{round}.{n} {}", "y".repeat(40 * n));
            let sequence = told.written.len() as i32;
            // Two producers and none take turns.
            let bytes = match n {
                0 => batch(&[&value, "and another"]),
                _ => {
                    let mut builder = BatchBuilder::new(Compression::Lz4);
                    builder.append(NOW, Some(b"k"), Some(value.as_bytes()), &[])?;
                    builder.set_producer(n as i64, (round + 10 * told.deleted) as i16, sequence);
                    builder.build()?
                }
            };
            let expected = told.written.len() as i64;
            let values = if n == 0 { vec![value, "and another".into()] } else { vec![value] };
            match log.append(bytes, Origin::Client, round as i32 / 2, NOW) {
                Ok(appended) => {
                    assert_eq!(appended.base_offset, expected);
                    told.written.extend(values);
                }
                Err(AppendError::Sequence(_)) => {}
                Err(error) => {
                    // Whether the disk has it is unknown: it may be there after the crash.
                    told.written.extend(values);
                    return Err(error.into());
                }
            }
        }
        if round % 2 == 1 {
            let end = told.written.len() as i64;
            log.flush()?;
            told.flushed = end;
        }
        if round == 3 {
            folder.checkpoint()?;
            told.deleted = told.deleted.max(told.flushed - 7);
            log.delete_records(told.flushed - 7)?;
        }
    }
    folder.close()?;
    told.flushed = told.written.len() as i64;
    Ok(())
}

/// Opens what the crash left and compares; the power may go once more while it is opened.
fn check(storage: &MemoryStorage, config: &LogConfig, told: &mut Told, random: &mut SeededRandom) {
    for _ in 0..random.below(3) {
        storage.lose_power_after(random.below(12));
        let _ = open_on(Arc::new(storage.clone()), config);
        storage.crash(random);
    }
    let (_folder, log) = open_on(Arc::new(storage.clone()), config).unwrap();
    let end = log.log_end_offset();
    assert!(end >= told.flushed, "{} were flushed, {end} are there", told.flushed);
    assert!(end <= told.written.len() as i64);
    let start = log.log_start_offset();
    assert!(start <= told.deleted, "starts at {start}, deleted up to {}", told.deleted);
    assert_eq!(values(&read_from(&log, start, 500)), told.written[start as usize..end as usize]);
    told.written.truncate(end as usize);
    told.flushed = end;
}

fn config() -> LogConfig {
    LogConfig { segment_bytes: 700, ..small() }
}

#[test]
fn nothing_flushed_is_lost_whenever_the_power_goes() {
    let whole = MemoryStorage::new();
    live(&whole, &config(), &mut Told::default()).unwrap();
    let changes = whole.changes();
    assert!(changes > 60, "{changes}");
    for cut in 0..=changes {
        for seed in 0..6 {
            let mut random = SeededRandom::new(cut * 1_000 + seed);
            let storage = MemoryStorage::new();
            let mut told = Told::default();
            storage.lose_power_after(cut);
            let _ = live(&storage, &config(), &mut told);
            storage.crash(&mut random);
            check(&storage, &config(), &mut told, &mut random);
            // And a second life on what is left.
            storage.lose_power_after(random.below(changes));
            let _ = live(&storage, &config(), &mut told);
            storage.crash(&mut random);
            check(&storage, &config(), &mut told, &mut random);
        }
    }
}
