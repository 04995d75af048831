//! Files bent at random: a log opens with sound batches alone, or says what is wrong; it never panics.

use proptest::prelude::*;
use riverrun_core::random::{Random, SeededRandom};

use super::*;
use crate::storage::{OpenMode, read_all};

/// Flips, cuts, zeroes, fills or removes a part of a file.
fn bend(storage: &MemoryStorage, path: &Path, random: &mut SeededRandom) {
    let bytes = read_all(storage, path).unwrap();
    let file = storage.open(path, OpenMode::Write).unwrap();
    let at = random.below(bytes.len() as u64 + 1);
    let left = bytes.len() as u64 - at;
    match random.below(6) {
        0 => drop(storage.remove(path)),
        1 => file.truncate(at).unwrap(),
        2 => file.write_at(&vec![0; random.below(left + 1) as usize], at).unwrap(),
        3 => file.write_at(&[0xff; 8], at).unwrap(),
        4 => {
            let noise: Vec<u8> = (0..random.below(100)).map(|_| random.next_u64() as u8).collect();
            file.write_at(&noise, at).unwrap();
        }
        _ => {
            if let Some(byte) = bytes.get(at as usize) {
                file.write_at(&[byte ^ (1 << random.below(8))], at).unwrap();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_folders_open_soundly_or_not_at_all(seed in any::<u64>(), clean in any::<bool>(), wounds in 1..4) {
        let mut random = SeededRandom::new(seed);
        let bench = Bench::new(small());
        for n in 0..40 {
            let bytes = if n % 3 == 0 { sent(5, 0, n / 3, 1) } else { batch(&[&format!("value {n}")]) };
            bench.append(bytes).unwrap();
        }
        bench.log.flush().unwrap();
        let checkpointed = random.below(2) == 0;
        if checkpointed {
            bench.folder.checkpoint().unwrap();
        }
        if clean {
            bench.folder.close().unwrap();
        }
        let Bench { memory, folder, log, config } = bench;
        drop((folder, log));
        for _ in 0..wounds {
            let mut paths: Vec<_> = Vec::new();
            for dir in ["/data", "/data/t-0"] {
                let files = memory.list(Path::new(dir)).unwrap().into_iter().filter(|entry| !entry.is_dir);
                paths.extend(files.map(|entry| Path::new(dir).join(entry.name)));
            }
            bend(&memory, &paths[random.below(paths.len() as u64) as usize], &mut random);
        }
        let Ok((folder, log)) = open_on(Arc::new(memory.clone()), &config) else { return Ok(()) };
        let (mut offset, end) = (log.log_start_offset(), log.log_end_offset());
        prop_assert!(offset <= end);
        while offset < end {
            // What was closed in order or flushed is believed, and its checksums are the readers' to check; recovery has
            // checked all else.
            let Ok(slice) = log.read(offset, 200, ReadBound::LogEnd, true) else { break };
            if slice.bytes == 0 {
                break;
            }
            for batch in Batches::new(slice.into_bytes()) {
                let batch = batch.unwrap();
                prop_assert!(clean || checkpointed || batch.verify_crc().is_ok());
                prop_assert!(batch.next_offset() > offset && batch.next_offset() <= end);
                offset = batch.next_offset();
            }
        }
        for spec in [OffsetSpec::Earliest, OffsetSpec::Latest, OffsetSpec::MaxTimestamp, OffsetSpec::Since(NOW)] {
            let _ = log.offset_for(spec);
        }
        // It goes on from there.
        if log.append(batch(&["next"]), Origin::Client, 0, NOW).is_ok() {
            prop_assert_eq!(log.log_end_offset(), end + 1);
            let _ = folder.close();
        }
    }
}
