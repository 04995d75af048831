//! What a topic asks of a client's batch: its size, the keys and times of its records, its compression.
//!
//! Records are decoded only where a rule needs them: on compacted topics, for a lower bound of timestamps, and to say
//! which records of a batch that is refused anyway are at fault. A batch is compressed anew only where `compression.type`
//! names another codec than the one it came with.

use bytes::Bytes;
use riverrun_core::record::{BatchHeader, BatchView, TimestampType, recompress, validate_produce};

use super::config::LogConfig;
use super::error::{AppendError, RecordFault, RejectedRecord};

/// Checks a client's batch.
pub(super) fn check_client(
    batch: &Bytes,
    config: &LogConfig,
    now_ms: i64,
) -> Result<BatchHeader, AppendError> {
    check_size(batch.len(), config)?;
    let header = validate_produce(batch)?;
    let times = (config.timestamp_type == TimestampType::CreateTime).then(|| Times {
        earliest: now_ms.saturating_sub(config.timestamp_before_max_ms),
        latest: now_ms.saturating_add(config.timestamp_after_max_ms),
    });
    let suspect = times.is_some_and(|times| {
        header.max_timestamp > times.latest || config.timestamp_before_max_ms < i64::MAX
    });
    if config.compact || suspect {
        check_records(batch, config, times)?;
    }
    // The header speaks for records that the loop above was not asked to look at.
    if let Some(times) = times.filter(|times| header.max_timestamp > times.latest) {
        return Err(AppendError::Rejected(vec![times.rejected(0, header.max_timestamp)]));
    }
    Ok(header)
}

/// The batch under the topic's compression, if that is another than its own.
pub(super) fn compressed(
    batch: &Bytes,
    header: &BatchHeader,
    config: &LogConfig,
) -> Result<Option<Bytes>, AppendError> {
    let Some((compression, level)) = config.compression else { return Ok(None) };
    if header.attributes.compression()? == compression {
        return Ok(None);
    }
    let packed = recompress(batch, compression, level)?;
    check_size(packed.len(), config)?;
    Ok(Some(packed))
}

fn check_size(size: usize, config: &LogConfig) -> Result<(), AppendError> {
    let limit = config.max_message_bytes;
    if size > limit as usize {
        return Err(AppendError::TooLarge { size, limit });
    }
    let limit = config.segment_bytes;
    if size > limit as usize {
        return Err(AppendError::LargerThanSegment { size, limit });
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Times {
    earliest: i64,
    latest: i64,
}

impl Times {
    fn allow(self, timestamp: i64) -> bool {
        // A record without a timestamp is neither early nor late.
        timestamp < 0 || (self.earliest..=self.latest).contains(&timestamp)
    }

    fn rejected(self, index: usize, timestamp: i64) -> RejectedRecord {
        let Times { earliest, latest } = self;
        RejectedRecord { index, fault: RecordFault::Timestamp { timestamp, earliest, latest } }
    }
}

fn check_records(batch: &Bytes, config: &LogConfig, times: Option<Times>) -> Result<(), AppendError> {
    let mut rejected = Vec::new();
    let mut records = BatchView::parse(batch)?.records()?;
    let mut index = 0;
    while let Some(record) = records.next_ref() {
        let record = record?;
        if config.compact && record.key.is_none() {
            rejected.push(RejectedRecord { index, fault: RecordFault::NoKey });
        } else if let Some(times) = times.filter(|times| !times.allow(record.timestamp)) {
            rejected.push(times.rejected(index, record.timestamp));
        }
        index += 1;
    }
    if rejected.is_empty() { Ok(()) } else { Err(AppendError::Rejected(rejected)) }
}
