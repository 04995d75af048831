//! The fixed 61 bytes at the front of every batch.

use super::{
    BATCH_HEADER_BYTES, Compression, LOG_OVERHEAD_BYTES, MAGIC, NO_PRODUCER_ID, RecordError, next_sequence,
};

/// What a batch's timestamps mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimestampType {
    /// Each record's own time, given by its producer.
    CreateTime,
    /// The time at which the broker appended the batch, the same for all its records.
    LogAppendTime,
}

/// The 16 attribute bits of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes(pub i16);

impl Attributes {
    const TIMESTAMP_TYPE: i16 = 1 << 3;
    const TRANSACTIONAL: i16 = 1 << 4;
    const CONTROL: i16 = 1 << 5;
    const DELETE_HORIZON: i16 = 1 << 6;

    /// The compression of the records, or the unknown codec's number.
    pub fn compression(self) -> Result<Compression, RecordError> {
        Compression::from_id(self.0 as u8 & 7)
    }

    /// What the timestamps mean.
    pub fn timestamp_type(self) -> TimestampType {
        if self.0 & Self::TIMESTAMP_TYPE == 0 {
            TimestampType::CreateTime
        } else {
            TimestampType::LogAppendTime
        }
    }

    /// Whether the batch belongs to a transaction.
    pub fn is_transactional(self) -> bool {
        self.0 & Self::TRANSACTIONAL != 0
    }

    /// Whether the batch holds control records (transaction markers), which no application sees.
    pub fn is_control(self) -> bool {
        self.0 & Self::CONTROL != 0
    }

    /// Whether the base timestamp is the time from which tombstones of this batch may be removed (KIP-534).
    pub fn has_delete_horizon(self) -> bool {
        self.0 & Self::DELETE_HORIZON != 0
    }

    pub(super) fn with_compression(self, compression: Compression) -> Self {
        Attributes(self.0 & !7 | i16::from(compression.id()))
    }

    pub(super) fn with_timestamp_type(self, kind: TimestampType) -> Self {
        self.with(Self::TIMESTAMP_TYPE, kind == TimestampType::LogAppendTime)
    }

    pub(super) fn with_transactional(self, on: bool) -> Self {
        self.with(Self::TRANSACTIONAL, on)
    }

    pub(super) fn with_control(self, on: bool) -> Self {
        self.with(Self::CONTROL, on)
    }

    pub(super) fn with_delete_horizon(self, on: bool) -> Self {
        self.with(Self::DELETE_HORIZON, on)
    }

    fn with(self, bit: i16, on: bool) -> Self {
        Attributes(if on { self.0 | bit } else { self.0 & !bit })
    }
}

/// The fields in front of a batch's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    /// Offset of the first record (as it was when the batch was written: compaction may have removed it since).
    pub base_offset: i64,
    /// Bytes that follow the length field; the whole batch is 12 bytes more.
    pub batch_length: i32,
    /// Epoch of the leader that appended the batch.
    pub leader_epoch: i32,
    /// CRC-32C of everything from the attributes to the end.
    pub crc: u32,
    /// Compression, timestamp type and flags.
    pub attributes: Attributes,
    /// Last record's offset less the base offset.
    pub last_offset_delta: i32,
    /// What the records' timestamp deltas are added to: the first record's timestamp, or the delete horizon.
    pub base_timestamp: i64,
    /// Greatest timestamp of the records; under LogAppendTime the time of the append.
    pub max_timestamp: i64,
    /// The idempotent producer that sent it, or -1.
    pub producer_id: i64,
    /// That producer's epoch, or -1.
    pub producer_epoch: i16,
    /// Sequence number of the first record, or -1.
    pub base_sequence: i32,
    /// Number of records.
    pub record_count: i32,
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[at..at + N]);
    array
}

impl BatchHeader {
    /// Reads the header of the batch that starts `bytes`; only the first 61 bytes are looked at.
    ///
    /// Checks the magic byte and that the length is a possible one. Neither the checksum nor the presence of the
    /// records is checked. `at` is where `bytes` starts, for the error message.
    pub fn parse_at(bytes: &[u8], at: usize) -> Result<BatchHeader, RecordError> {
        // The magic byte stands at the same place in all versions: say what is wrong before saying it is short.
        if let Some(&magic) = bytes.get(16)
            && magic as i8 != MAGIC
        {
            return Err(RecordError::Magic { at, found: magic as i8 });
        }
        if bytes.len() < BATCH_HEADER_BYTES {
            return Err(RecordError::Truncated {
                what: "batch header",
                at,
                expected: BATCH_HEADER_BYTES,
                found: bytes.len(),
            });
        }
        let header = BatchHeader {
            base_offset: i64::from_be_bytes(array(bytes, 0)),
            batch_length: i32::from_be_bytes(array(bytes, 8)),
            leader_epoch: i32::from_be_bytes(array(bytes, 12)),
            crc: u32::from_be_bytes(array(bytes, 17)),
            attributes: Attributes(i16::from_be_bytes(array(bytes, 21))),
            last_offset_delta: i32::from_be_bytes(array(bytes, 23)),
            base_timestamp: i64::from_be_bytes(array(bytes, 27)),
            max_timestamp: i64::from_be_bytes(array(bytes, 35)),
            producer_id: i64::from_be_bytes(array(bytes, 43)),
            producer_epoch: i16::from_be_bytes(array(bytes, 51)),
            base_sequence: i32::from_be_bytes(array(bytes, 53)),
            record_count: i32::from_be_bytes(array(bytes, 57)),
        };
        if header.batch_length < (BATCH_HEADER_BYTES - LOG_OVERHEAD_BYTES) as i32 {
            return Err(RecordError::Length { at, found: header.batch_length });
        }
        Ok(header)
    }

    /// [`parse_at`](Self::parse_at) byte 0.
    pub fn parse(bytes: &[u8]) -> Result<BatchHeader, RecordError> {
        Self::parse_at(bytes, 0)
    }

    pub(super) fn write(&self, bytes: &mut [u8]) {
        bytes[0..8].copy_from_slice(&self.base_offset.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.batch_length.to_be_bytes());
        bytes[12..16].copy_from_slice(&self.leader_epoch.to_be_bytes());
        bytes[16] = MAGIC as u8;
        bytes[17..21].copy_from_slice(&self.crc.to_be_bytes());
        bytes[21..23].copy_from_slice(&self.attributes.0.to_be_bytes());
        bytes[23..27].copy_from_slice(&self.last_offset_delta.to_be_bytes());
        bytes[27..35].copy_from_slice(&self.base_timestamp.to_be_bytes());
        bytes[35..43].copy_from_slice(&self.max_timestamp.to_be_bytes());
        bytes[43..51].copy_from_slice(&self.producer_id.to_be_bytes());
        bytes[51..53].copy_from_slice(&self.producer_epoch.to_be_bytes());
        bytes[53..57].copy_from_slice(&self.base_sequence.to_be_bytes());
        bytes[57..61].copy_from_slice(&self.record_count.to_be_bytes());
    }

    /// Bytes of the whole batch, header included.
    pub fn size(&self) -> usize {
        LOG_OVERHEAD_BYTES + usize::try_from(self.batch_length).unwrap_or(0)
    }

    /// Offset of the last record.
    pub fn last_offset(&self) -> i64 {
        self.base_offset.saturating_add(self.last_offset_delta.into())
    }

    /// Offset that the next batch starts at or after.
    pub fn next_offset(&self) -> i64 {
        self.last_offset().saturating_add(1)
    }

    /// Whether an idempotent producer wrote it.
    pub fn has_producer_id(&self) -> bool {
        self.producer_id > NO_PRODUCER_ID
    }

    /// Sequence number of the last record; -1 without a producer id.
    pub fn last_sequence(&self) -> i32 {
        if self.base_sequence < 0 {
            return self.base_sequence;
        }
        next_sequence(self.base_sequence, self.last_offset_delta.max(0))
    }

    /// What the timestamps mean.
    pub fn timestamp_type(&self) -> TimestampType {
        self.attributes.timestamp_type()
    }

    /// From when on tombstones and markers of this batch may be removed, if a compaction has said so (KIP-534).
    pub fn delete_horizon_ms(&self) -> Option<i64> {
        self.attributes.has_delete_horizon().then_some(self.base_timestamp)
    }
}
