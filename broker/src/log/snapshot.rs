//! Producer snapshots: what a log remembers of its producers, as a file at an offset.
//!
//! Kafka's format, version 1: version, CRC-32C of all that follows it, and one row per producer for its last batch.
//! We write up to five rows of a producer, oldest first. Kafka's reader lets the last row win, which is the one it
//! would have written itself; ours keeps them all, so no duplicate slips through after a restart.

use std::path::Path;

use super::producers::{ProducerState, Producers, SentBatch};

const VERSION: i16 = 1;
const ROW_BYTES: usize = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;
const HEAD_BYTES: usize = 2 + 4 + 4;

/// The bytes of a snapshot.
pub(super) fn encode(producers: &Producers) -> Vec<u8> {
    let mut rows = 0u32;
    let mut out = vec![0; HEAD_BYTES];
    for (producer_id, state) in producers.iter() {
        // A producer of which only markers are known has a row without a batch.
        let none = SentBatch {
            last_sequence: -1,
            last_offset: -1,
            offset_delta: 0,
            timestamp: state.last_timestamp,
        };
        let nothing = state.batches.is_empty().then_some(&none);
        for batch in state.batches.iter().chain(nothing) {
            rows += 1;
            out.extend_from_slice(&producer_id.to_be_bytes());
            out.extend_from_slice(&state.epoch.to_be_bytes());
            out.extend_from_slice(&batch.last_sequence.to_be_bytes());
            out.extend_from_slice(&batch.last_offset.to_be_bytes());
            out.extend_from_slice(&batch.offset_delta.to_be_bytes());
            out.extend_from_slice(&batch.timestamp.to_be_bytes());
            out.extend_from_slice(&state.coordinator_epoch.to_be_bytes());
            out.extend_from_slice(&state.transaction_start.unwrap_or(-1).to_be_bytes());
        }
    }
    out[..2].copy_from_slice(&VERSION.to_be_bytes());
    out[6..10].copy_from_slice(&rows.to_be_bytes());
    let crc = crc32c(&out[6..]);
    out[2..6].copy_from_slice(&crc.to_be_bytes());
    out
}

/// Reads a snapshot; the error says what is wrong with it. A damaged one is no loss: the log tells the same.
pub(super) fn decode(path: &Path, bytes: &[u8]) -> Result<Producers, String> {
    let damaged = |reason: &str| format!("{} {reason}", path.display());
    let Some((head, rows)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        return Err(damaged("is shorter than its header"));
    };
    let version = i16::from_be_bytes([head[0], head[1]]);
    if version != VERSION {
        return Err(damaged(&format!("has version {version}, expected {VERSION}")));
    }
    let expected = u32::from_be_bytes([head[2], head[3], head[4], head[5]]);
    let found = crc32c(&bytes[6..]);
    if expected != found {
        return Err(damaged(&format!("has checksum {found:#010x}, its header says {expected:#010x}")));
    }
    let count = u32::from_be_bytes([head[6], head[7], head[8], head[9]]) as usize;
    if rows.len() != count.saturating_mul(ROW_BYTES) {
        return Err(damaged(&format!("has {} bytes of rows, but says {count} rows", rows.len())));
    }
    let mut producers = Producers::default();
    for row in rows.chunks_exact(ROW_BYTES) {
        add_row(&mut producers, row).ok_or_else(|| damaged("has a row that is cut"))?;
    }
    Ok(producers)
}

fn add_row(producers: &mut Producers, row: &[u8]) -> Option<()> {
    let long = |at: usize| Some(i64::from_be_bytes(*row.get(at..)?.first_chunk()?));
    let int = |at: usize| Some(i32::from_be_bytes(*row.get(at..)?.first_chunk()?));
    let producer_id = long(0)?;
    let epoch = i16::from_be_bytes(*row.get(8..)?.first_chunk()?);
    let batch = SentBatch {
        last_sequence: int(10)?,
        last_offset: long(14)?,
        offset_delta: int(22)?,
        timestamp: long(26)?,
    };
    let known = producers.get_mut(producer_id).filter(|state| state.epoch == epoch).cloned();
    let mut state = known.unwrap_or_else(|| ProducerState::new(epoch));
    state.coordinator_epoch = int(34)?;
    state.transaction_start = Some(long(38)?).filter(|start| *start >= 0);
    if batch.last_sequence >= 0 && batch.offset_delta >= 0 {
        state.push(batch);
    } else {
        state.last_timestamp = batch.timestamp;
    }
    producers.insert(producer_id, state);
    Some(())
}

fn crc32c(bytes: &[u8]) -> u32 {
    riverrun_core::record::crc32c(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Producers {
        let mut producers = Producers::default();
        for id in 0..3 {
            let mut state = ProducerState::new(id as i16);
            state.coordinator_epoch = 4;
            state.transaction_start = (id == 1).then_some(50);
            for n in 0..=id as i32 * 3 {
                state.push(SentBatch {
                    last_sequence: 10 * n + 9,
                    last_offset: 100 + i64::from(n),
                    offset_delta: 9,
                    timestamp: 7,
                });
            }
            producers.insert(id, state);
        }
        producers.insert(9, ProducerState::new(1));
        producers
    }

    #[test]
    fn round_trip_keeps_all_batches() {
        let producers = sample();
        assert_eq!(decode(Path::new("s"), &encode(&producers)).unwrap(), producers);
        assert_eq!(producers.first_unstable(), Some(50));
    }

    #[test]
    fn every_damage_is_found() {
        let bytes = encode(&sample());
        for len in 0..bytes.len() {
            assert!(decode(Path::new("s"), &bytes[..len]).is_err(), "cut to {len}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(Path::new("s"), &flipped).is_err(), "bit {bit}");
        }
    }
}
