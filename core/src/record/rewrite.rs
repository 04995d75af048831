//! A batch written anew: without some of its records, or under another compression.

use bytes::{Bytes, BytesMut};

use super::patch::patch_crc;
use super::{
    BATCH_HEADER_BYTES, BatchBuilder, BatchHeader, BatchView, Compression, LOG_OVERHEAD_BYTES,
    MAX_DECOMPRESSED_BYTES, NO_TIMESTAMP, RecordError, RecordRef, compress, decompress,
};

/// Which records of a batch stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    stays: Vec<bool>,
    count: usize,
    tombstones: bool,
}

impl Kept {
    /// Asks `keep` about each record in order.
    ///
    /// # Errors
    /// When the batch is damaged, or decompresses to more than [`MAX_DECOMPRESSED_BYTES`].
    pub fn of(batch: &BatchView, mut keep: impl FnMut(&RecordRef<'_>) -> bool) -> Result<Kept, RecordError> {
        let mut kept = Kept::default();
        let mut records = batch.records()?;
        while let Some(record) = records.next_ref() {
            let record = record?;
            let stays = keep(&record);
            kept.stays.push(stays);
            if stays {
                kept.count += 1;
                kept.tombstones |= record.value.is_none();
            }
        }
        Ok(kept)
    }

    /// How many stay.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether all stay.
    pub fn is_all(&self) -> bool {
        self.count == self.stays.len()
    }

    /// Whether one that stays has no value.
    pub fn has_tombstones(&self) -> bool {
        self.tombstones
    }

    /// The batch with the records that stay, at their offsets; it spans the offsets that it did. With
    /// `delete_horizon_ms` it says from when on its tombstones may go (KIP-534).
    ///
    /// # Errors
    /// When the batch is damaged or none of its records stay: that is [`empty_batch`].
    pub fn rewrite(&self, batch: &BatchView, delete_horizon_ms: Option<i64>) -> Result<Bytes, RecordError> {
        let mut builder = BatchBuilder::instead_of(batch.header(), delete_horizon_ms)?;
        let mut records = batch.records()?;
        let mut stays = self.stays.iter();
        while let Some(record) = records.next_ref() {
            let record = record?;
            if stays.next().copied().unwrap_or(false) {
                // An offset delta is an i32 on disk.
                let delta = i32::try_from(record.offset - batch.base_offset).unwrap_or(i32::MAX);
                builder.append_at(delta, record.timestamp, record.key, record.value, record.headers)?;
            }
        }
        builder.build()
    }
}

/// A batch without records in the place of one with `header`: what keeps a producer's last sequence number, or the end
/// of a log, when nothing else of the batch is left.
pub fn empty_batch(header: &BatchHeader) -> Bytes {
    let mut bytes = vec![0; BATCH_HEADER_BYTES];
    let empty = BatchHeader {
        batch_length: (BATCH_HEADER_BYTES - LOG_OVERHEAD_BYTES) as i32,
        crc: 0,
        attributes: header.attributes.with_compression(Compression::None).with_delete_horizon(false),
        base_timestamp: NO_TIMESTAMP,
        record_count: 0,
        ..*header
    };
    empty.write(&mut bytes);
    patch_crc(&mut bytes);
    Bytes::from(bytes)
}

/// One whole batch under another compression; its records are the same bytes. `level` is as for
/// [`compress`](super::compress).
///
/// # Errors
/// When the batch is damaged, or decompresses to more than [`MAX_DECOMPRESSED_BYTES`].
pub fn recompress(batch: &[u8], compression: Compression, level: Option<i32>) -> Result<Bytes, RecordError> {
    let mut header = BatchHeader::parse(batch)?;
    let packed = batch.get(BATCH_HEADER_BYTES..).unwrap_or_default();
    let records = decompress(header.attributes.compression()?, packed, MAX_DECOMPRESSED_BYTES)?;
    let mut out = BytesMut::with_capacity(BATCH_HEADER_BYTES + records.len());
    out.resize(BATCH_HEADER_BYTES, 0);
    compress(compression, level, &records, &mut out)?;
    header.batch_length = i32::try_from(out.len() - LOG_OVERHEAD_BYTES)
        .map_err(|_| RecordError::Overflow { what: "the batch", limit: i32::MAX.into() })?;
    header.attributes = header.attributes.with_compression(compression);
    header.write(&mut out);
    patch_crc(&mut out);
    Ok(out.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Header, Record, patch_append_time, patch_base_offset, patch_leader_epoch};

    fn sample(compression: Compression) -> BatchView {
        let mut builder = BatchBuilder::new(compression);
        builder.set_producer(7, 2, 40);
        builder.set_transactional(true);
        for n in 0..6i64 {
            let value = format!("value {n}");
            let value = (n % 3 != 2).then_some(value.as_bytes());
            let header = Header::new("h", (n == 1).then(|| Bytes::from_static(b"x")));
            builder.append(1_000 - 10 * n, Some(&[n as u8]), value, &[header]).unwrap();
        }
        let mut bytes = BytesMut::from(&builder.build().unwrap()[..]);
        patch_base_offset(&mut bytes, 100).unwrap();
        patch_leader_epoch(&mut bytes, 5).unwrap();
        BatchView::parse(&bytes.freeze()).unwrap()
    }

    fn records(batch: &BatchView) -> Vec<Record> {
        batch.verify_crc().unwrap();
        batch.records().unwrap().map(Result::unwrap).collect()
    }

    fn check_same(header: &BatchHeader, of: &BatchHeader) {
        let same = |header: &BatchHeader| {
            let BatchHeader { base_offset, leader_epoch, producer_id, producer_epoch, base_sequence, .. } =
                *header;
            (base_offset, leader_epoch, producer_id, producer_epoch, base_sequence, header.last_offset())
        };
        assert_eq!(same(header), same(of));
        assert_eq!(header.attributes.is_transactional(), of.attributes.is_transactional());
    }

    #[test]
    fn records_left_out_change_nothing_about_the_others() {
        for compression in Compression::ALL {
            for horizon in [None, Some(123_456)] {
                let batch = sample(compression);
                let kept = Kept::of(&batch, |record| record.offset % 2 == 0).unwrap();
                assert_eq!((kept.count(), kept.is_all(), kept.has_tombstones()), (3, false, true));
                let rewritten = BatchView::parse(&kept.rewrite(&batch, horizon).unwrap()).unwrap();
                check_same(&rewritten, &batch);
                assert_eq!(rewritten.delete_horizon_ms(), horizon);
                assert_eq!(rewritten.max_timestamp, 1_000);
                let mut expected = records(&batch);
                expected.retain(|record| record.offset % 2 == 0);
                assert_eq!(records(&rewritten), expected);
                // And once more: what has a horizon keeps it.
                let again = Kept::of(&rewritten, |record| record.offset > 100).unwrap();
                let again = BatchView::parse(&again.rewrite(&rewritten, horizon).unwrap()).unwrap();
                assert_eq!(records(&again), expected[1..]);
                assert_eq!(again.max_timestamp, 980);
            }
        }
    }

    #[test]
    fn the_time_of_the_append_stays() {
        let mut bytes = BytesMut::from(&sample(Compression::Lz4).bytes()[..]);
        patch_append_time(&mut bytes, 9_000).unwrap();
        let batch = BatchView::parse(&bytes.freeze()).unwrap();
        let kept = Kept::of(&batch, |record| record.offset == 103).unwrap();
        let rewritten = BatchView::parse(&kept.rewrite(&batch, Some(77)).unwrap()).unwrap();
        assert_eq!(rewritten.max_timestamp, 9_000);
        assert_eq!(records(&rewritten)[0].timestamp, 9_000);
    }

    #[test]
    fn an_empty_batch_keeps_what_its_producer_is_known_by() {
        let batch = sample(Compression::Zstd);
        let empty = BatchView::parse(&empty_batch(&batch)).unwrap();
        check_same(&empty, &batch);
        assert_eq!(empty.last_sequence(), batch.last_sequence());
        assert_eq!(records(&empty), []);
    }

    #[test]
    fn another_compression_keeps_the_records() {
        for from in Compression::ALL {
            for to in Compression::ALL {
                let batch = sample(from);
                let packed = BatchView::parse(&recompress(batch.bytes(), to, None).unwrap()).unwrap();
                check_same(&packed, &batch);
                assert_eq!(packed.attributes.compression().unwrap(), to);
                assert_eq!(records(&packed), records(&batch));
            }
        }
    }
}
