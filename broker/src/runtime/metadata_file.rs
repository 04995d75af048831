//! The metadata log of one node: record batches in the log `__cluster_metadata-0`, JSON in each value.

use std::sync::Arc;

use riverrun_core::clock::Clock;
use riverrun_core::protocol::Uuid;
use riverrun_core::record::{BatchBuilder, Batches, Compression};

use crate::log::{LogConfig, Origin, PartitionLog, ReadBound};
use crate::metadata::{
    ClusterImage, MetadataLog, MetadataLogError, MetadataRecord, from_last_snapshot, snapshot,
};

/// The log's topic, under the name that Kafka's quorum gives its own.
pub(crate) const METADATA_TOPIC: &str = "__cluster_metadata";
/// Records since the last snapshot before the next is due; twice the last snapshot's records if that is more.
const SNAPSHOT_RECORDS_MIN: usize = 10_000;
/// Records of a snapshot that share a batch.
const BATCH_RECORDS: usize = 2_000;
/// What lies before a snapshot goes with its segments: they must not be too long.
const METADATA_SEGMENT_BYTES: u32 = 8 << 20;
/// Bytes read at a time.
const READ_BYTES: usize = 1 << 20;

/// A [`MetadataLog`] in the data folder.
#[derive(Debug)]
pub(super) struct MetadataFile {
    log: Arc<PartitionLog>,
    clock: Arc<dyn Clock>,
    /// Records since the last snapshot.
    since_snapshot: usize,
    /// Their bytes.
    bytes_since_snapshot: usize,
    /// Records of the last snapshot.
    snapshot_records: usize,
    /// `metadata.log.max.record.bytes.between.snapshots`
    snapshot_bytes_max: usize,
    /// The log ends in a snapshot that a crash cut short.
    is_cut: bool,
    /// Topics that were deleted while this log was open.
    deleted: Vec<Uuid>,
}

impl MetadataFile {
    /// Over an open log.
    pub(super) fn new(log: Arc<PartitionLog>, clock: Arc<dyn Clock>, snapshot_bytes_max: usize) -> Self {
        let config = LogConfig { segment_bytes: METADATA_SEGMENT_BYTES, ..(*log.config()).clone() };
        log.set_config(config);
        MetadataFile {
            log,
            clock,
            since_snapshot: 0,
            bytes_since_snapshot: 0,
            snapshot_records: 0,
            snapshot_bytes_max,
            is_cut: false,
            deleted: Vec::new(),
        }
    }

    /// Returns how many bytes the records take.
    fn write(&self, records: &[MetadataRecord]) -> Result<usize, MetadataLogError> {
        let now_ms = self.clock.now_ms();
        let mut builder = BatchBuilder::new(Compression::None);
        for record in records {
            let value = serde_json::to_vec(record).map_err(unwritable)?;
            builder.append(now_ms, None, Some(&value), &[]).map_err(unwritable)?;
        }
        let batch = builder.build().map_err(unwritable)?;
        let bytes = batch.len();
        self.log.append(batch, Origin::Coordinator, 0, now_ms).map_err(unwritable)?;
        Ok(bytes)
    }

    fn parse(version: u64, value: &[u8]) -> Result<MetadataRecord, MetadataLogError> {
        serde_json::from_slice(value).map_err(|source| MetadataLogError::UnknownRecord {
            version,
            text: String::from_utf8_lossy(value).chars().take(200).collect(),
            source,
        })
    }
}

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> MetadataLogError {
    MetadataLogError::Read(error.into())
}

fn unwritable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> MetadataLogError {
    MetadataLogError::Write(error.into())
}

impl MetadataLog for MetadataFile {
    fn load(&mut self) -> Result<Vec<MetadataRecord>, MetadataLogError> {
        // What a crash left unflushed was never answered, but it is in the log and will be flushed with the next
        // record: it counts.
        let end = self.log.log_end_offset();
        let mut offset = self.log.log_start_offset();
        let mut records = Vec::new();
        let mut bytes = 0;
        while offset < end {
            let slice = self.log.read(offset, READ_BYTES, ReadBound::LogEnd, true).map_err(unreadable)?;
            if slice.bytes == 0 {
                break;
            }
            bytes += slice.bytes;
            for batch in slice.chunks.into_iter().flat_map(Batches::new) {
                let batch = batch.map_err(unreadable)?;
                offset = batch.next_offset();
                for record in batch.records().map_err(unreadable)? {
                    let value = record.map_err(unreadable)?.value.unwrap_or_default();
                    records.push(Self::parse(records.len() as u64 + 1, &value)?);
                }
            }
        }
        let read = records.len();
        let start = self.log.log_start_offset();
        let found = from_last_snapshot(records, start == 0);
        let (records, is_cut) = found.ok_or(MetadataLogError::NoSnapshot { start })?;
        if let Some(MetadataRecord::SnapshotBegin { records: count }) = records.first() {
            self.snapshot_records = usize::try_from(*count).unwrap_or(usize::MAX);
        }
        self.since_snapshot = read.saturating_sub(self.snapshot_records);
        // All records are taken to be of one size.
        self.bytes_since_snapshot = bytes / read.max(1) * self.since_snapshot;
        self.is_cut = is_cut;
        Ok(records)
    }

    fn append(&mut self, records: &[MetadataRecord]) -> Result<(), MetadataLogError> {
        self.bytes_since_snapshot += self.write(records)?;
        self.log.flush().map_err(unwritable)?;
        self.since_snapshot += records.len();
        self.deleted.extend(records.iter().filter_map(|record| match record {
            MetadataRecord::TopicDeleted { topic_id } => topic_id.parse::<Uuid>().ok(),
            _ => None,
        }));
        Ok(())
    }

    fn snapshot_if_due(&mut self, image: &ClusterImage) -> Result<(), MetadataLogError> {
        let due = SNAPSHOT_RECORDS_MIN.max(self.snapshot_records.saturating_mul(2));
        let is_due = self.since_snapshot >= due || self.bytes_since_snapshot >= self.snapshot_bytes_max;
        if !is_due && !self.is_cut {
            return Ok(());
        }
        let records = snapshot(image, &self.deleted);
        let begin = self.log.log_end_offset();
        for part in records.chunks(BATCH_RECORDS) {
            self.write(part)?;
        }
        self.log.flush().map_err(unwritable)?;
        self.log.delete_records(begin).map_err(unwritable)?;
        self.since_snapshot = 0;
        self.bytes_since_snapshot = 0;
        self.snapshot_records = records.len();
        self.is_cut = false;
        tracing::info!(records = records.len(), offset = begin, "the metadata was written as a snapshot");
        Ok(())
    }
}
