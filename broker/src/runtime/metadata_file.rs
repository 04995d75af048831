//! The metadata log of one node: record batches in the log `__cluster_metadata-0`, JSON in each value.

use std::sync::Arc;

use riverrun_core::clock::Clock;
use riverrun_core::record::{BatchBuilder, Batches, Compression};

use crate::log::{Origin, PartitionLog, ReadBound};
use crate::metadata::{MetadataLog, MetadataLogError, MetadataRecord};

/// The log's topic, under the name that Kafka's quorum gives its own.
pub(crate) const METADATA_TOPIC: &str = "__cluster_metadata";
/// Bytes read at a time.
const READ_BYTES: usize = 1 << 20;

/// A [`MetadataLog`] in the data folder.
#[derive(Debug)]
pub(super) struct MetadataFile {
    log: Arc<PartitionLog>,
    clock: Arc<dyn Clock>,
}

impl MetadataFile {
    /// Over an open log.
    pub(super) fn new(log: Arc<PartitionLog>, clock: Arc<dyn Clock>) -> Self {
        MetadataFile { log, clock }
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
        while offset < end {
            let slice = self.log.read(offset, READ_BYTES, ReadBound::LogEnd, true).map_err(unreadable)?;
            if slice.bytes == 0 {
                break;
            }
            for batch in slice.chunks.into_iter().flat_map(Batches::new) {
                let batch = batch.map_err(unreadable)?;
                offset = batch.next_offset();
                for record in batch.records().map_err(unreadable)? {
                    let value = record.map_err(unreadable)?.value.unwrap_or_default();
                    records.push(Self::parse(records.len() as u64 + 1, &value)?);
                }
            }
        }
        Ok(records)
    }

    fn append(&mut self, records: &[MetadataRecord]) -> Result<(), MetadataLogError> {
        let now_ms = self.clock.now_ms();
        let mut builder = BatchBuilder::new(Compression::None);
        for record in records {
            let value = serde_json::to_vec(record).map_err(unwritable)?;
            builder.append(now_ms, None, Some(&value), &[]).map_err(unwritable)?;
        }
        let batch = builder.build().map_err(unwritable)?;
        self.log.append(batch, Origin::Coordinator, 0, now_ms).map_err(unwritable)?;
        self.log.flush().map_err(unwritable)
    }
}
