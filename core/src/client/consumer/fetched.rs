//! What a broker sent of one partition and nobody has polled yet. Pure.

use bytes::Bytes;

use super::isolation::Isolation;
use crate::record::{BatchView, Batches, Record, RecordError, Records};

/// Batches of one answer; records are decoded when they are polled, as slices of the answer.
#[derive(Debug)]
pub(crate) struct Fetched {
    batches: Batches,
    isolation: Isolation,
    /// The batch that is being read.
    current: Option<(Records, i64)>,
    bytes: usize,
    check_crcs: bool,
    /// Where to go on fetching behind this answer.
    next_offset: i64,
    /// What is wrong with the bytes at the position; said again until somebody seeks elsewhere.
    failed: Option<RecordError>,
}

impl Fetched {
    /// Takes an answer to a fetch from `offset`. Finds out where the next fetch goes on without decoding records.
    pub(crate) fn new(
        records: Bytes,
        offset: i64,
        isolation: Isolation,
        check_crcs: bool,
    ) -> Result<Self, RecordError> {
        let mut next_offset = offset;
        for batch in Batches::fetched(records.clone()) {
            next_offset = next_offset.max(batch?.next_offset());
        }
        let bytes = records.len();
        let batches = Batches::fetched(records);
        Ok(Fetched { batches, isolation, current: None, bytes, check_crcs, next_offset, failed: None })
    }

    /// Bytes that this keeps in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The offset behind the last batch.
    pub(crate) fn next_offset(&self) -> i64 {
        self.next_offset
    }

    /// Moves records from `position` on into `into`, at most `max`; moves the position behind them, and behind what
    /// nobody is to see. Says whether more is left.
    pub(crate) fn take(
        &mut self,
        position: &mut i64,
        max: usize,
        into: &mut Vec<Record>,
    ) -> Result<bool, RecordError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        let taken = self.decode(position, max, into);
        self.failed = taken.as_ref().err().cloned();
        taken
    }

    fn decode(
        &mut self,
        position: &mut i64,
        max: usize,
        into: &mut Vec<Record>,
    ) -> Result<bool, RecordError> {
        let mut left = max;
        while left > 0 {
            let Some((records, behind)) = &mut self.current else {
                match self.batches.next() {
                    Some(batch) => self.open(&batch?, position)?,
                    None => {
                        *position = (*position).max(self.next_offset);
                        return Ok(false);
                    }
                }
                continue;
            };
            match records.next() {
                Some(record) => {
                    let record = record?;
                    // A batch may begin before the offset that was asked for.
                    if record.offset >= *position {
                        *position = record.offset + 1;
                        into.push(record);
                        left -= 1;
                    }
                }
                None => {
                    // Compaction may have removed the last records of the batch.
                    *position = (*position).max(*behind);
                    self.current = None;
                }
            }
        }
        Ok(true)
    }

    fn open(&mut self, batch: &BatchView, position: &mut i64) -> Result<(), RecordError> {
        if self.check_crcs {
            batch.verify_crc()?;
        }
        if self.isolation.shows(batch)? && batch.next_offset() > *position {
            self.current = Some((batch.records()?, batch.next_offset()));
        } else {
            *position = (*position).max(batch.next_offset());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bytes::{BufMut, BytesMut};

    use super::*;
    use crate::record::{BatchBuilder, Compression, patch_base_offset};

    fn batch(base_offset: i64, values: &[&str], compression: Compression) -> BytesMut {
        let mut builder = BatchBuilder::new(compression);
        for value in values {
            builder.append(0, None, Some(value.as_bytes()), &[]).unwrap();
        }
        let mut bytes = BytesMut::from(&builder.build().unwrap()[..]);
        patch_base_offset(&mut bytes, base_offset).unwrap();
        bytes
    }

    #[test]
    fn records_come_from_the_position_on_in_portions() {
        let mut bytes = batch(10, &["a", "b", "c"], Compression::None);
        bytes.put(batch(13, &["d", "e"], Compression::Lz4));
        bytes.put(&batch(15, &["f"], Compression::None)[..20]);
        let mut fetched = Fetched::new(bytes.freeze(), 11, Isolation::uncommitted(), true).unwrap();
        assert_eq!(fetched.next_offset(), 15);
        let (mut position, mut records) = (11, Vec::new());
        assert!(fetched.take(&mut position, 3, &mut records).unwrap());
        assert_eq!(position, 14);
        assert!(!fetched.take(&mut position, 3, &mut records).unwrap());
        assert_eq!(position, 15);
        let values: Vec<_> = records.iter().map(|record| record.value.clone().unwrap()).collect();
        assert_eq!(values, ["b", "c", "d", "e"]);
    }

    #[test]
    fn a_changed_byte_is_noticed() {
        let mut bytes = batch(0, &["a"], Compression::None);
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let mut fetched = Fetched::new(bytes.freeze(), 0, Isolation::uncommitted(), true).unwrap();
        for _ in 0..2 {
            assert!(matches!(fetched.take(&mut 0, 1, &mut Vec::new()), Err(RecordError::Crc { .. })));
        }
    }
}
