//! Builds a batch by writing its records straight into its bytes.

use bytes::{Bytes, BytesMut};

use super::header::Attributes;
use super::patch::patch_crc;
use super::varint::{Prefix, varlong_len};
use super::{
    BATCH_HEADER_BYTES, BatchHeader, Compression, ControlRecord, Header, LOG_OVERHEAD_BYTES, NO_LEADER_EPOCH,
    NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_SEQUENCE, NO_TIMESTAMP, RecordError, TimestampType, compress,
};

/// A batch that is being filled.
///
/// Records are encoded as they come, with no allocation of their own; [`build`](Self::build) compresses them and
/// writes the header. Producer and transaction fields may be set at any time before that.
///
/// ```
/// use riverrun_core::record::{BatchBuilder, BatchView, Compression};
/// let mut builder = BatchBuilder::new(Compression::Lz4);
/// builder.append(1_700_000_000_000, Some(b"key"), Some(b"value"), &[]).unwrap();
/// let bytes = builder.build().unwrap();
/// let record = BatchView::parse(&bytes).unwrap().records().unwrap().next().unwrap().unwrap();
/// assert_eq!(record.value.as_deref(), Some(&b"value"[..]));
/// ```
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    buf: Vec<u8>,
    compression: Compression,
    level: Option<i32>,
    attributes: Attributes,
    base_offset: i64,
    leader_epoch: i32,
    base_timestamp: i64,
    max_timestamp: i64,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
    count: i32,
    /// Whether the base timestamp was set and is not that of the first record.
    fixed_base: bool,
    /// Under LogAppendTime, or where records were left out: what stands in the header instead of what was counted.
    fixed_max_timestamp: Option<i64>,
    last_offset_delta: Option<i32>,
}

impl BatchBuilder {
    /// An empty batch.
    pub fn new(compression: Compression) -> Self {
        Self::with_capacity(compression, 0)
    }

    /// An empty batch with room for `bytes` of header and uncompressed records.
    pub fn with_capacity(compression: Compression, bytes: usize) -> Self {
        let mut buf = Vec::with_capacity(bytes.max(BATCH_HEADER_BYTES));
        buf.resize(BATCH_HEADER_BYTES, 0);
        BatchBuilder {
            buf,
            compression,
            level: None,
            attributes: Attributes::default().with_compression(compression),
            base_offset: 0,
            leader_epoch: NO_LEADER_EPOCH,
            base_timestamp: NO_TIMESTAMP,
            max_timestamp: NO_TIMESTAMP,
            producer_id: NO_PRODUCER_ID,
            producer_epoch: NO_PRODUCER_EPOCH,
            base_sequence: NO_SEQUENCE,
            count: 0,
            fixed_base: false,
            fixed_max_timestamp: None,
            last_offset_delta: None,
        }
    }

    /// A batch that takes the place of one with `header`, with the records that are left of it. With a delete horizon,
    /// records count their time from it (KIP-534).
    pub(super) fn instead_of(
        header: &BatchHeader,
        delete_horizon_ms: Option<i64>,
    ) -> Result<Self, RecordError> {
        let compression = header.attributes.compression()?;
        let append_time = header.timestamp_type() == TimestampType::LogAppendTime;
        let mut builder = Self::with_capacity(compression, header.size());
        builder.attributes = header.attributes.with_delete_horizon(delete_horizon_ms.is_some());
        builder.base_offset = header.base_offset;
        builder.leader_epoch = header.leader_epoch;
        builder.base_timestamp = delete_horizon_ms.unwrap_or(NO_TIMESTAMP);
        builder.fixed_base = delete_horizon_ms.is_some();
        builder.fixed_max_timestamp = append_time.then_some(header.max_timestamp);
        builder.last_offset_delta = Some(header.last_offset_delta);
        builder.set_producer(header.producer_id, header.producer_epoch, header.base_sequence);
        Ok(builder)
    }

    /// A finished control batch of one transaction marker, as a transaction coordinator has it written. `None` when
    /// `marker` is no transaction's end.
    pub fn marker(
        timestamp: i64,
        producer_id: i64,
        producer_epoch: i16,
        marker: ControlRecord,
    ) -> Option<Result<Bytes, RecordError>> {
        let (key, value) = marker.encode()?;
        let mut builder = Self::with_capacity(Compression::None, 128);
        builder.attributes = builder.attributes.with_control(true).with_transactional(true);
        builder.set_producer(producer_id, producer_epoch, NO_SEQUENCE);
        let built = builder.append(timestamp, Some(&key), Some(&value), &[]).and_then(|_| builder.build());
        Some(built)
    }

    /// The level of gzip or zstd; the codec's default if never set.
    pub fn set_level(&mut self, level: i32) {
        self.level = Some(level);
    }

    /// The idempotent producer, its epoch, and the sequence number of the first record.
    pub fn set_producer(&mut self, producer_id: i64, producer_epoch: i16, base_sequence: i32) {
        self.producer_id = producer_id;
        self.producer_epoch = producer_epoch;
        self.base_sequence = base_sequence;
    }

    /// Whether the batch belongs to a transaction.
    pub fn set_transactional(&mut self, transactional: bool) {
        self.attributes = self.attributes.with_transactional(transactional);
    }

    /// The offset of the first record: 0 unless a broker writes the batch.
    pub fn set_base_offset(&mut self, base_offset: i64) {
        self.base_offset = base_offset;
    }

    /// The leader epoch: -1 unless a broker writes the batch.
    pub fn set_leader_epoch(&mut self, leader_epoch: i32) {
        self.leader_epoch = leader_epoch;
    }

    /// Adds a record and returns its offset less the base offset. After an error the batch is as it was.
    pub fn append(
        &mut self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header],
    ) -> Result<i32, RecordError> {
        self.append_iter(
            timestamp,
            key,
            value,
            headers.iter().map(|header| (&header.key[..], header.value.as_deref())),
        )
    }

    /// [`append`](Self::append) with headers from anywhere; `headers` is walked twice.
    pub fn append_iter<'a, H>(
        &mut self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: H,
    ) -> Result<i32, RecordError>
    where
        H: Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + Clone,
    {
        self.append_at(self.count, timestamp, key, value, headers)?;
        Ok(self.count - 1)
    }

    /// [`append_iter`](Self::append_iter) of a record `offset_delta` behind the base offset.
    pub(super) fn append_at<'a, H>(
        &mut self,
        offset_delta: i32,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: H,
    ) -> Result<(), RecordError>
    where
        H: Iterator<Item = (&'a [u8], Option<&'a [u8]>)> + Clone,
    {
        if self.count == i32::MAX {
            return Err(RecordError::Overflow { what: "one more record", limit: i32::MAX.into() });
        }
        let first = self.count == 0 && !self.fixed_base;
        let base_timestamp = if first { timestamp } else { self.base_timestamp };
        let delta = timestamp.wrapping_sub(base_timestamp);
        let body = body_len(delta, offset_delta, key, value, headers.clone());
        let length = varlong_len(body as i64) + body;
        if self.buf.len().saturating_add(length) - LOG_OVERHEAD_BYTES > i32::MAX as usize {
            return Err(RecordError::Overflow { what: "the record", limit: i32::MAX.into() });
        }
        self.buf.reserve(length);
        let mut prefix = Prefix::new();
        prefix.varlong(body as i64);
        prefix.byte(0);
        prefix.varlong(delta);
        prefix.varlong(offset_delta.into());
        put_nullable(&mut self.buf, prefix, key);
        put_nullable(&mut self.buf, Prefix::new(), value);
        let mut prefix = Prefix::new();
        prefix.varlong(headers.clone().count() as i64);
        for (name, value) in headers {
            put_nullable(&mut self.buf, std::mem::replace(&mut prefix, Prefix::new()), Some(name));
            put_nullable(&mut self.buf, Prefix::new(), value);
        }
        prefix.write(&mut self.buf);
        self.base_timestamp = base_timestamp;
        self.max_timestamp = if self.count == 0 { timestamp } else { self.max_timestamp.max(timestamp) };
        self.count += 1;
        Ok(())
    }

    /// Records so far.
    pub fn count(&self) -> i32 {
        self.count
    }

    /// Whether no record was added yet.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of header and records so far, not compressed: what the batch takes at most, but for the few bytes that a
    /// codec adds to data it cannot compress.
    pub fn len(&self) -> usize {
        self.buf.len()
    }

    /// Bytes that this record would add, not compressed.
    pub fn record_len(
        &self,
        timestamp: i64,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: &[Header],
    ) -> usize {
        let base_timestamp = if self.count == 0 { timestamp } else { self.base_timestamp };
        let headers = headers.iter().map(|header| (&header.key[..], header.value.as_deref()));
        let body = body_len(timestamp.wrapping_sub(base_timestamp), self.count, key, value, headers);
        varlong_len(body as i64) + body
    }

    /// The finished batch.
    pub fn build(self) -> Result<Bytes, RecordError> {
        if self.count == 0 {
            return Err(RecordError::Empty);
        }
        let mut out = self.buf;
        if self.compression != Compression::None {
            let records = &out[BATCH_HEADER_BYTES..];
            let mut packed = BytesMut::with_capacity(BATCH_HEADER_BYTES + records.len() / 2);
            packed.resize(BATCH_HEADER_BYTES, 0);
            compress(self.compression, self.level, records, &mut packed)?;
            out = packed.into();
        }
        let batch_length = i32::try_from(out.len() - LOG_OVERHEAD_BYTES)
            .map_err(|_| RecordError::Overflow { what: "the batch", limit: i32::MAX.into() })?;
        let header = BatchHeader {
            base_offset: self.base_offset,
            batch_length,
            leader_epoch: self.leader_epoch,
            crc: 0,
            attributes: self.attributes,
            last_offset_delta: self.last_offset_delta.unwrap_or(self.count - 1),
            base_timestamp: self.base_timestamp,
            max_timestamp: self.fixed_max_timestamp.unwrap_or(self.max_timestamp),
            producer_id: self.producer_id,
            producer_epoch: self.producer_epoch,
            base_sequence: self.base_sequence,
            record_count: self.count,
        };
        header.write(&mut out);
        patch_crc(&mut out);
        Ok(Bytes::from(out))
    }
}

#[inline(always)]
fn nullable_len(bytes: Option<&[u8]>) -> usize {
    match bytes {
        Some(bytes) => varlong_len(bytes.len() as i64).saturating_add(bytes.len()),
        None => 1,
    }
}

/// Writes `prefix`, then the length of `bytes` and `bytes`.
#[inline(always)]
fn put_nullable(buf: &mut Vec<u8>, mut prefix: Prefix, bytes: Option<&[u8]>) {
    prefix.varlong(bytes.map_or(-1, |bytes| bytes.len() as i64));
    prefix.write(buf);
    if let Some(bytes) = bytes {
        buf.extend_from_slice(bytes);
    }
}

#[inline(always)]
fn body_len<'a>(
    timestamp_delta: i64,
    offset_delta: i32,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    headers: impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)>,
) -> usize {
    let mut count = 0;
    let mut bytes = 0usize;
    for (name, value) in headers {
        count += 1;
        bytes = bytes.saturating_add(nullable_len(Some(name))).saturating_add(nullable_len(value));
    }
    (1 + varlong_len(timestamp_delta) + varlong_len(offset_delta.into()) + varlong_len(count))
        .saturating_add(nullable_len(key))
        .saturating_add(nullable_len(value))
        .saturating_add(bytes)
}
