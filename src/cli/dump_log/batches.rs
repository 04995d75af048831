//! Segments: the batches of a file, and the records in them.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use riverrun::Result;
use riverrun::core::record::{
    BATCH_HEADER_BYTES, BatchHeader, BatchView, Compression, ControlRecord, Record, TimestampType,
};
use serde_json::{Value, json};

use super::decoded::{self, Data};
use super::{Decode, Sheet, unreadable};

const BATCH_COLUMNS: &[&str] = &[
    "base_offset",
    "last_offset",
    "records",
    "position",
    "size",
    "max_timestamp",
    "timestamp_type",
    "compression",
    "leader_epoch",
    "producer_id",
    "producer_epoch",
    "base_sequence",
    "last_sequence",
    "transactional",
    "control",
    "delete_horizon",
    "crc",
    "valid",
];
const RECORD_COLUMNS: &[&str] =
    &["offset", "timestamp", "position", "key_size", "value_size", "headers", "sequence", "marker"];
const DATA_COLUMNS: &[&str] =
    &["offset", "timestamp", "position", "key", "value", "headers", "sequence", "marker"];
const DECODED_COLUMNS: &[&str] = &["offset", "timestamp", "type", "key", "value", "marker"];

/// Reads a segment batch by batch.
pub(super) struct Segment<'a> {
    path: &'a Path,
    file: File,
    length: u64,
    position: u64,
}

/// What stands at a place of the file.
pub(super) enum Found {
    /// A batch with its place; its checksum and records may still be wrong.
    Batch(u64, BatchHeader, BatchView),
    /// No batch begins here, or only a part of one; nothing behind it can be found.
    Lost(u64, String),
    End,
}

impl<'a> Segment<'a> {
    #[expect(clippy::disallowed_methods, reason = "a command that shows files")]
    pub(super) fn open(path: &'a Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        let length = file.metadata().map_err(|error| unreadable(path, error))?.len();
        Ok(Segment { path, file, length, position: 0 })
    }

    /// The next batch.
    pub(super) fn next(&mut self) -> Result<Found> {
        let at = self.position;
        let left = self.length - at;
        if left == 0 {
            return Ok(Found::End);
        }
        if left < BATCH_HEADER_BYTES as u64 {
            return Ok(Found::Lost(at, format!("the last {left} bytes are too few for a batch")));
        }
        let header = match BatchHeader::parse(&self.bytes(at, BATCH_HEADER_BYTES)?) {
            Ok(header) => header,
            Err(error) => return Ok(Found::Lost(at, format!("no batch begins here ({error})"))),
        };
        let size = header.size();
        if size as u64 > left {
            let what = format!("a batch of {size} bytes begins here, but {left} are left: it was cut off");
            return Ok(Found::Lost(at, what));
        }
        let bytes = Bytes::from(self.bytes(at, size)?);
        self.position = at + size as u64;
        match BatchView::parse(&bytes) {
            Ok(batch) => Ok(Found::Batch(at, header, batch)),
            Err(error) => Ok(Found::Lost(at, format!("no batch begins here ({error})"))),
        }
    }

    fn bytes(&mut self, at: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; length];
        let read = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|error| unreadable(self.path, error))?;
        Ok(bytes)
    }

    fn left(&self) -> u64 {
        self.length - self.position
    }
}

/// Walks a segment; `visit` sees every batch that is whole. Batches out of order are damage too.
fn walk(
    file: &Path,
    sheet: &mut Sheet<'_>,
    mut visit: impl FnMut(u64, &BatchHeader, &BatchView, &mut Sheet<'_>) -> Result<()>,
) -> Result<()> {
    let mut segment = Segment::open(file)?;
    let mut least = super::base_offset(file);
    loop {
        match segment.next()? {
            Found::End => return Ok(()),
            Found::Lost(at, what) => {
                let behind = segment.left();
                return sheet.damage(
                    at,
                    &format!("{what}; {behind} bytes from here on hold nothing that can be read"),
                );
            }
            Found::Batch(at, header, batch) => {
                visit(at, &header, &batch, sheet)?;
                if header.base_offset < least {
                    let what = format!(
                        "the batch begins with offset {}, expected {least} or more",
                        header.base_offset
                    );
                    sheet.damage(at, &what)?;
                }
                if let Err(error) = batch.verify_crc() {
                    sheet.damage(
                        at,
                        &format!(
                            "the bytes of the batch at offset {} were changed: {error}",
                            header.base_offset
                        ),
                    )?;
                }
                least = least.max(header.next_offset());
            }
        }
    }
}

/// The batches of a segment.
pub(super) fn batches(file: &Path, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(BATCH_COLUMNS);
    walk(file, sheet, |at, header, batch, sheet| {
        let attributes = header.attributes;
        let producer = |value: i64| header.has_producer_id().then_some(value);
        sheet.row(vec![
            json!(header.base_offset),
            json!(header.last_offset()),
            json!(header.record_count),
            json!(at),
            json!(header.size()),
            json!(header.max_timestamp),
            json!(match header.timestamp_type() {
                TimestampType::CreateTime => "create",
                TimestampType::LogAppendTime => "append",
            }),
            json!(attributes.compression().map_or("unknown", Compression::name)),
            json!(header.leader_epoch),
            json!(producer(header.producer_id)),
            json!(producer(header.producer_epoch.into())),
            json!(producer(header.base_sequence.into())),
            json!(producer(header.last_sequence().into())),
            json!(attributes.is_transactional()),
            json!(attributes.is_control()),
            json!(header.delete_horizon_ms()),
            json!(format!("{:08x}", header.crc)),
            json!(batch.verify_crc().is_ok()),
        ])
    })
}

/// The records of a segment.
pub(super) fn records(file: &Path, decode: Decode, with_data: bool, sheet: &mut Sheet<'_>) -> Result<()> {
    sheet.columns(match (decode, with_data) {
        (Decode::Raw | Decode::Auto, true) => DATA_COLUMNS,
        (Decode::Raw | Decode::Auto, false) => RECORD_COLUMNS,
        _ => DECODED_COLUMNS,
    });
    walk(file, sheet, |at, header, batch, sheet| {
        if batch.verify_crc().is_err() {
            // What its records would be nobody knows; the damage is told by the walk.
            return Ok(());
        }
        let records = match batch.records() {
            Ok(records) => records,
            Err(error) => {
                return sheet.damage(
                    at,
                    &format!(
                        "the records of the batch at offset {} cannot be read: {error}",
                        header.base_offset
                    ),
                );
            }
        };
        for (place, record) in records.enumerate() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    return sheet.damage(
                        at,
                        &format!(
                            "record {place} of the batch at offset {} cannot be read: {error}",
                            header.base_offset
                        ),
                    );
                }
            };
            let marker = header.attributes.is_control().then(|| marker(&record));
            let sequence = (header.base_sequence >= 0).then(|| {
                let delta = i32::try_from(record.offset - header.base_offset).unwrap_or(0);
                riverrun::core::record::next_sequence(header.base_sequence, delta)
            });
            let row = match decode {
                Decode::Raw | Decode::Auto if with_data => vec![
                    json!(record.offset),
                    json!(record.timestamp),
                    json!(at),
                    json!(record.key.as_ref().map(Data)),
                    json!(record.value.as_ref().map(Data)),
                    headers(&record),
                    json!(sequence),
                    json!(marker),
                ],
                Decode::Raw | Decode::Auto => vec![
                    json!(record.offset),
                    json!(record.timestamp),
                    json!(at),
                    json!(record.key.as_ref().map(Bytes::len)),
                    json!(record.value.as_ref().map(Bytes::len)),
                    json!(record.headers.len()),
                    json!(sequence),
                    json!(marker),
                ],
                _ if marker.is_some() => vec![
                    json!(record.offset),
                    json!(record.timestamp),
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    json!(marker),
                ],
                kind => match decoded::record(kind, &record) {
                    Ok(decoded) => vec![
                        json!(record.offset),
                        json!(record.timestamp),
                        json!(decoded.kind),
                        decoded.key,
                        decoded.value,
                        Value::Null,
                    ],
                    Err(error) => {
                        let offset = record.offset;
                        sheet.damage(
                            at,
                            &format!("the record at offset {offset} is none of this topic: {error}"),
                        )?;
                        continue;
                    }
                },
            };
            sheet.row(row)?;
        }
        Ok(())
    })
}

fn headers(record: &Record) -> Value {
    let headers = record.headers.iter();
    headers.map(|header| json!({ "key": header.name(), "value": header.value.as_ref().map(Data) })).collect()
}

fn marker(record: &Record) -> String {
    match ControlRecord::decode(record) {
        Ok(ControlRecord::Commit { coordinator_epoch }) => {
            format!("commit (coordinator epoch {coordinator_epoch})")
        }
        Ok(ControlRecord::Abort { coordinator_epoch }) => {
            format!("abort (coordinator epoch {coordinator_epoch})")
        }
        Ok(ControlRecord::Other { kind }) => format!("kind {kind}"),
        Err(error) => format!("unreadable: {error}"),
    }
}
