//! One open file of the source: its identity, its reader, and where it stands.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::BytesMut;
use serde::{Deserialize, Serialize};

use crate::api::{
    BadRecord, ConnectorError, ErrorStage, Position, Schema, SourceBatch, SourceItem, SourceOffset,
    SourcePartition, SourceRecord,
};

use super::config::{FileSourceConfig, Format};
use super::decompress::{Packing, packing, plain};
use super::disk::{self, Identity, failed};
use super::json;
use super::reader::{Breakage, Found, Framing, Raw, RowReader};
use super::row::{Converted, RowShape};
use super::sample;

/// How many rows and bytes one batch holds at most.
const BATCH_ROWS: usize = 1_000;
const BATCH_BYTES: u64 = 256 * 1024;
/// How many of a file's first bytes tell it from another.
const PREFIX_BYTES: usize = 1_024;

/// A hash of a file's first uncompressed bytes, at most [`PREFIX_BYTES`] of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) hash: u64,
    pub(super) bytes: u64,
}

/// The position of a file as it is stored: where to go on, and how to know the file again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Resume {
    /// The byte of the uncompressed file to go on at.
    pub(super) position: u64,
    /// The line there, from 1.
    pub(super) line: u64,
    /// How many records came before.
    pub(super) records: u64,
    pub(super) path: String,
    pub(super) device: u64,
    pub(super) inode: u64,
    pub(super) prefix: String,
    pub(super) prefix_bytes: u64,
    /// How many bytes the file had on disk when its end was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) done_bytes: Option<u64>,
}

impl Resume {
    pub(super) fn from_offset(offset: &SourceOffset) -> Option<Resume> {
        serde_json::from_value(serde_json::Value::Object(offset.0.clone())).ok()
    }

    pub(super) fn identity(&self) -> Identity {
        Identity { device: self.device, inode: self.inode }
    }

    pub(super) fn prefix(&self) -> Prefix {
        Prefix { hash: u64::from_str_radix(&self.prefix, 16).unwrap_or_default(), bytes: self.prefix_bytes }
    }
}

/// FNV-1a over the first `limit` uncompressed bytes of a file.
pub(super) fn prefix_of(path: &Path, limit: u64) -> io::Result<Prefix> {
    let mut file = disk::open(path)?;
    let packing = packing(&mut file)?;
    let input = plain(file, packing, Arc::default())?;
    hash(input, limit)
}

fn hash(input: impl Read, limit: u64) -> io::Result<Prefix> {
    let mut bytes = Vec::new();
    input.take(limit.min(PREFIX_BYTES as u64)).read_to_end(&mut bytes)?;
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    Ok(Prefix { hash: bytes.iter().fold(0xcbf2_9ce4_8422_2325, step), bytes: bytes.len() as u64 })
}

/// The prefix that a position is stored with: as much of the file as there is.
pub(super) fn full_prefix(path: &Path) -> io::Result<Prefix> {
    prefix_of(path, PREFIX_BYTES as u64)
}

/// A file that is being read.
#[derive(Debug)]
pub(super) struct TrackedFile {
    pub(super) path: PathBuf,
    pub(super) partition: SourcePartition,
    pub(super) identity: Identity,
    pub(super) packing: Packing,
    prefix: Prefix,
    handle: File,
    reader: RowReader,
    shape: Option<RowShape>,
    records: u64,
    read_bytes: Arc<AtomicU64>,
    /// The position that was last handed out.
    handed_out: Option<u64>,
}

impl TrackedFile {
    /// Opens a file and goes to where `resume` says.
    pub(super) fn open(
        path: &Path,
        partition: SourcePartition,
        config: &FileSourceConfig,
        schema: &Schema,
        resume: Option<&Resume>,
    ) -> Result<TrackedFile, ConnectorError> {
        let opened = (|| {
            let mut file = disk::open(path)?;
            let identity = disk::Stat::from(&file.metadata()?).identity;
            let packing = packing(&mut file)?;
            let handle = file.try_clone()?;
            Ok((file, handle, identity, packing))
        })();
        let (mut file, handle, identity, packing) = opened.map_err(|error| failed("opening", path, error))?;
        let prefix = full_prefix(path).map_err(|error| failed("reading", path, error))?;
        let position = resume.map_or(0, |resume| resume.position);
        let shape = match config.format {
            Format::Csv if !config.header => Some(sample::shape_without_header(config, schema)?),
            Format::Csv if position > 0 => Some(sample::shape_of(path, config, schema)?),
            _ => None,
        };
        let read_bytes = Arc::new(AtomicU64::new(0));
        let input = (|| {
            if packing == Packing::Plain {
                file.seek(SeekFrom::Start(position))?;
                read_bytes.store(position, Ordering::Relaxed);
                return plain(file, packing, Arc::clone(&read_bytes));
            }
            let mut input = plain(file, packing, Arc::clone(&read_bytes))?;
            io::copy(&mut (&mut input).take(position), &mut io::sink())?;
            Ok(input)
        })();
        let input = input.map_err(|error| failed("reading", path, error))?;
        let line = resume.map_or(1, |resume| resume.line);
        Ok(TrackedFile {
            path: path.to_path_buf(),
            partition,
            identity,
            packing,
            prefix,
            handle,
            reader: RowReader::new(input, framing(config), config.row_bytes_max, position, line),
            shape,
            records: resume.map_or(0, |resume| resume.records),
            read_bytes,
            handed_out: resume.map(|resume| resume.position),
        })
    }

    /// Bytes read so far, as they lie on disk.
    pub(super) fn read_bytes(&self) -> u64 {
        self.read_bytes.load(Ordering::Relaxed)
    }

    /// Whether the file that is open is no longer the one that was opened: it is shorter than what was read, or its
    /// first bytes are others.
    pub(super) fn was_rewritten(&self) -> io::Result<bool> {
        if self.packing != Packing::Plain {
            return Ok(false);
        }
        if self.handle.metadata()?.len() < self.read_bytes() {
            return Ok(true);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileExt;
            let mut bytes = vec![0; self.prefix.bytes as usize];
            if self.handle.read_exact_at(&mut bytes, 0).is_err() {
                return Ok(true);
            }
            Ok(hash(&bytes[..], self.prefix.bytes)? != self.prefix)
        }
        #[cfg(not(unix))]
        Ok(false)
    }

    /// How many bytes the open file has, under whatever name.
    pub(super) fn disk_bytes(&self) -> io::Result<u64> {
        Ok(self.handle.metadata()?.len())
    }

    /// Whether everything that is there was read.
    pub(super) fn is_drained(&self) -> io::Result<bool> {
        Ok(self.read_bytes() >= self.disk_bytes()?)
    }

    /// Takes rows into `batch`; `true` when there are no more for now. With `at_end` a last row without a line feed
    /// counts, and the position says that the file is done.
    pub(super) fn read_batch(
        &mut self,
        config: &FileSourceConfig,
        schema: &Schema,
        at_end: bool,
        batch: &mut SourceBatch,
    ) -> Result<bool, ConnectorError> {
        let (begin, items) = (self.reader.position(), batch.items.len());
        let (mut out, mut fields) = (BytesMut::new(), Vec::new());
        let mut ended = false;
        while batch.items.len() - items < BATCH_ROWS && self.reader.position() - begin < BATCH_BYTES {
            let found = self.reader.next(at_end).map_err(|error| self.unreadable(error))?;
            let raw = match found {
                Found::Nothing => {
                    ended = true;
                    break;
                }
                Found::Broken(raw, breakage) => {
                    let message = broken(breakage, config.row_bytes_max);
                    batch.items.push(self.bad(config, raw, &message));
                    continue;
                }
                Found::Row(raw) => without_mark(raw),
            };
            if config.format == Format::Csv && self.shape.is_none() {
                self.shape = Some(sample::shape_from_header(&self.path, &raw.bytes, config, schema)?);
                continue;
            }
            if raw.bytes.is_empty() && config.format != Format::Raw {
                continue;
            }
            let converted = match (config.format, &self.shape) {
                (Format::Csv, Some(shape)) => {
                    super::csv::split(&raw.bytes, config.delimiter, config.quote, &mut fields);
                    shape.convert(&fields, &mut out)
                }
                (Format::Jsonl, _) => json::convert(&raw.bytes, config, schema),
                _ => Ok(Converted { key: None, value: raw.bytes.clone(), timestamp: None }),
            };
            match converted {
                Ok(row) => batch.items.push(self.record(config, row)),
                Err(error) => batch.items.push(self.bad(config, raw, &error.to_string())),
            }
        }
        self.hand_out(ended && at_end, batch)?;
        Ok(ended)
    }

    fn hand_out(&mut self, done: bool, batch: &mut SourceBatch) -> Result<(), ConnectorError> {
        let position = self.reader.position();
        if self.handed_out != Some(position) || done {
            self.handed_out = Some(position);
            if self.prefix.bytes < PREFIX_BYTES as u64 {
                let prefix = self.prefix_now().map_err(|error| failed("reading", &self.path, error))?;
                self.prefix = prefix.unwrap_or(self.prefix);
            }
            let done_bytes = match done {
                true => Some(self.disk_bytes().map_err(|error| failed("reading", &self.path, error))?),
                false => None,
            };
            batch
                .positions
                .push(Position { partition: self.partition.clone(), offset: Some(self.resume(done_bytes)?) });
        }
        Ok(())
    }

    /// The prefix of the open file as long as it is now, at least as long as before; `None` if it was rewritten.
    fn prefix_now(&self) -> io::Result<Option<Prefix>> {
        #[cfg(unix)]
        if self.packing == Packing::Plain {
            use std::os::unix::fs::FileExt;
            let mut bytes = vec![0; PREFIX_BYTES.min(self.reader.position() as usize)];
            let filled = self.handle.read_at(&mut bytes, 0)?;
            bytes.truncate(filled);
            let same = hash(&bytes[..], self.prefix.bytes)? == self.prefix;
            return Ok(if same { Some(hash(&bytes[..], PREFIX_BYTES as u64)?) } else { None });
        }
        Ok(None)
    }

    fn resume(&self, done_bytes: Option<u64>) -> Result<SourceOffset, ConnectorError> {
        let resume = Resume {
            position: self.reader.position(),
            line: self.reader.line(),
            records: self.records,
            path: self.path.to_string_lossy().into_owned(),
            device: self.identity.device,
            inode: self.identity.inode,
            prefix: format!("{:016x}", self.prefix.hash),
            prefix_bytes: self.prefix.bytes,
            done_bytes,
        };
        match serde_json::to_value(&resume) {
            Ok(serde_json::Value::Object(object)) => Ok(SourceOffset(object)),
            _ => Err(ConnectorError::fatal("a file's position could not be written as JSON")),
        }
    }

    fn record(&mut self, config: &FileSourceConfig, row: Converted) -> SourceItem {
        let ordinal = self.records;
        self.records += 1;
        SourceItem::Record(SourceRecord {
            topic: Arc::clone(&config.topic),
            partition: None,
            ordinal,
            key: row.key,
            value: Some(row.value),
            headers: Vec::new(),
            timestamp: row.timestamp.or(config.timestamp_fixed),
        })
    }

    fn bad(&mut self, config: &FileSourceConfig, raw: Raw, message: &str) -> SourceItem {
        self.records += 1;
        SourceItem::Bad(BadRecord {
            topic: Arc::clone(&config.topic),
            offset: i64::try_from(raw.position).unwrap_or(i64::MAX),
            key: None,
            value: Some(raw.bytes),
            headers: Vec::new(),
            stage: ErrorStage::ValueConverter,
            message: format!("{}:{}: {message}", self.path.display(), raw.line),
        })
    }

    fn unreadable(&self, error: io::Error) -> ConnectorError {
        let doing = match self.packing {
            Packing::Plain => "reading",
            Packing::Gzip => "reading as gzip",
            Packing::Zstd => "reading as zstd",
        };
        failed(&format!("line {}: {doing}", self.reader.line()), &self.path, error)
    }
}

pub(super) fn framing(config: &FileSourceConfig) -> Framing {
    match config.format {
        Format::Csv => Framing::Quoted { delimiter: config.delimiter, quote: config.quote },
        Format::Jsonl | Format::Raw => Framing::Lines,
    }
}

/// Takes the byte order mark off the first row of a file.
pub(super) fn without_mark(mut raw: Raw) -> Raw {
    if raw.position == 0 && raw.bytes.starts_with(b"\xef\xbb\xbf") {
        raw.bytes = raw.bytes.slice(3..);
    }
    raw
}

fn broken(breakage: Breakage, bytes_max: usize) -> String {
    match breakage {
        Breakage::Oversize => format!(
            "expected a row of at most {bytes_max} bytes, found a longer one; close its quote, or raise 'row.max.bytes'"
        ),
        Breakage::OpenQuote => {
            "expected the end of a field in quotes, found the end of the file; close the quote".to_owned()
        }
    }
}
