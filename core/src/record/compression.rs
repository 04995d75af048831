//! The five compressions of Kafka, with bounds on what they may decompress to.

use std::io::{Read, Write};

use bytes::BytesMut;

use super::RecordError;

/// How the records of a batch are compressed. The numbers are those of the batch attributes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Compression {
    /// Not at all.
    #[default]
    None = 0,
    /// RFC 1952.
    Gzip = 1,
    /// Blocks of Snappy in the framing of xerial's snappy-java; raw Snappy is read too.
    Snappy = 2,
    /// The LZ4 frame format with independent blocks.
    Lz4 = 3,
    /// RFC 8878.
    Zstd = 4,
}

/// The first bytes of xerial's framing: a name, version 1, compatible version 1.
const XERIAL_MAGIC: &[u8; 16] = b"\x82SNAPPY\x00\x00\x00\x00\x01\x00\x00\x00\x01";
/// Bytes of input in one block of xerial's framing, as snappy-java has it.
const XERIAL_BLOCK: usize = 32 << 10;
const LZ4_MAGIC: [u8; 4] = 0x184d_2204_u32.to_le_bytes();
/// The largest window that zstd itself accepts unasked (its level 22 needs all of it): 128 MiB.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;
/// A Snappy element of 3 bytes yields at most 64: no honest stream grows more than this.
const SNAPPY_GROWTH_MAX: usize = 22;

impl Compression {
    /// All of them, in the order of their numbers.
    pub const ALL: [Compression; 5] =
        [Compression::None, Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];

    /// The number in the batch attributes.
    pub fn id(self) -> u8 {
        self as u8
    }

    /// The compression of that number.
    pub fn from_id(id: u8) -> Result<Compression, RecordError> {
        Self::ALL.get(usize::from(id)).copied().ok_or(RecordError::Field {
            what: "compression codec of batch",
            at: 21,
            expected: "0 (none), 1 (gzip), 2 (snappy), 3 (lz4) or 4 (zstd)",
            found: id.into(),
        })
    }

    /// The name as `compression.type` has it.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Snappy => "snappy",
            Compression::Lz4 => "lz4",
            Compression::Zstd => "zstd",
        }
    }

    /// The compression of that name (`none`, `gzip`, `snappy`, `lz4`, `zstd`).
    pub fn from_name(name: &str) -> Option<Compression> {
        Self::ALL.into_iter().find(|compression| compression.name() == name)
    }

    fn damaged(self, reason: impl ToString) -> RecordError {
        RecordError::Decompress { codec: self.name(), reason: reason.to_string() }
    }

    fn failed(self, reason: impl ToString) -> RecordError {
        RecordError::Compress { codec: self.name(), reason: reason.to_string() }
    }
}

impl std::fmt::Display for Compression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Appends `data`, compressed, to `out`.
///
/// `level` is gzip's (0–9, default 6) or zstd's (default 3); the other codecs have none and ignore it.
pub fn compress(
    compression: Compression,
    level: Option<i32>,
    data: &[u8],
    out: &mut BytesMut,
) -> Result<(), RecordError> {
    match compression {
        Compression::None => out.extend_from_slice(data),
        Compression::Gzip => {
            let level = level
                .and_then(|level| u32::try_from(level).ok())
                .map_or_else(flate2::Compression::default, |level| flate2::Compression::new(level.min(9)));
            let mut encoder = flate2::write::GzEncoder::new(Output(out), level);
            encoder.write_all(data).map_err(|error| compression.failed(error))?;
            encoder.finish().map_err(|error| compression.failed(error))?;
        }
        Compression::Snappy => compress_xerial(data, out)?,
        Compression::Lz4 => {
            // Java's reader refuses linked blocks.
            let frame = lz4_flex::frame::FrameInfo::new()
                .block_mode(lz4_flex::frame::BlockMode::Independent)
                .block_size(lz4_flex::frame::BlockSize::Max64KB);
            let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(frame, Output(out));
            encoder.write_all(data).map_err(|error| compression.failed(error))?;
            encoder.finish().map_err(|error| compression.failed(error))?;
        }
        Compression::Zstd => {
            let start = out.len();
            out.resize(start + zstd::zstd_safe::compress_bound(data.len()), 0);
            let level = level.unwrap_or(zstd::DEFAULT_COMPRESSION_LEVEL);
            let written = zstd::bulk::compress_to_buffer(data, &mut out[start..], level)
                .map_err(|error| compression.failed(error))?;
            out.truncate(start + written);
        }
    }
    Ok(())
}

/// Decompresses `data` to at most `max_bytes`; more is an error, found before it is allocated.
pub fn decompress(compression: Compression, data: &[u8], max_bytes: usize) -> Result<Vec<u8>, RecordError> {
    match compression {
        Compression::None if data.len() > max_bytes => {
            Err(RecordError::TooLarge { codec: compression.name(), limit: max_bytes })
        }
        Compression::None => Ok(data.to_vec()),
        Compression::Gzip => {
            read_bounded(compression, flate2::bufread::MultiGzDecoder::new(data), data, max_bytes)
        }
        Compression::Snappy => decompress_snappy(data, max_bytes),
        Compression::Lz4 => {
            if !data.starts_with(&LZ4_MAGIC) {
                return Err(
                    compression.damaged("it does not start with the magic number of the LZ4 frame format")
                );
            }
            read_bounded(compression, lz4_flex::frame::FrameDecoder::new(data), data, max_bytes)
        }
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(data)
                .and_then(|mut decoder| decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map(|()| decoder))
                .map_err(|error| compression.damaged(error))?;
            read_bounded(compression, &mut decoder, data, max_bytes)
        }
    }
}

fn read_bounded(
    compression: Compression,
    reader: impl Read,
    data: &[u8],
    max_bytes: usize,
) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::with_capacity(data.len().saturating_mul(3).min(max_bytes));
    // One byte more than allowed tells "exactly full" from "too large"; the buffer at most doubles past the bound.
    let bound = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(bound).read_to_end(&mut out).map_err(|error| compression.damaged(error))?;
    if out.len() > max_bytes {
        return Err(RecordError::TooLarge { codec: compression.name(), limit: max_bytes });
    }
    Ok(out)
}

fn compress_xerial(data: &[u8], out: &mut BytesMut) -> Result<(), RecordError> {
    out.extend_from_slice(XERIAL_MAGIC);
    let mut encoder = snap::raw::Encoder::new();
    for block in data.chunks(XERIAL_BLOCK) {
        let start = out.len();
        out.resize(start + 4 + snap::raw::max_compress_len(block.len()), 0);
        let written = encoder
            .compress(block, &mut out[start + 4..])
            .map_err(|error| Compression::Snappy.failed(error))?;
        let length = u32::try_from(written).map_err(|error| Compression::Snappy.failed(error))?;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        out.truncate(start + 4 + written);
    }
    Ok(())
}

fn decompress_snappy(data: &[u8], max_bytes: usize) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::new();
    let mut decoder = snap::raw::Decoder::new();
    // Version fields may differ; the eight bytes of the name tell the framing from raw Snappy.
    if !data.starts_with(&XERIAL_MAGIC[..8]) {
        snappy_block(&mut decoder, data, &mut out, max_bytes)?;
        return Ok(out);
    }
    let mut rest = data.get(XERIAL_MAGIC.len()..).unwrap_or_default();
    while !rest.is_empty() {
        // Streams may be joined: each brings its own magic.
        if rest.starts_with(&XERIAL_MAGIC[..8]) {
            rest = rest.get(XERIAL_MAGIC.len()..).unwrap_or_default();
            continue;
        }
        let Some((length, tail)) = rest.split_first_chunk::<4>() else {
            return Err(Compression::Snappy.damaged("a block's length is cut"));
        };
        let length = u32::from_be_bytes(*length) as usize;
        let Some((block, tail)) = tail.split_at_checked(length) else {
            return Err(Compression::Snappy
                .damaged(format!("a block says it has {length} bytes, but {} are left", tail.len())));
        };
        snappy_block(&mut decoder, block, &mut out, max_bytes)?;
        rest = tail;
    }
    Ok(out)
}

fn snappy_block(
    decoder: &mut snap::raw::Decoder,
    block: &[u8],
    out: &mut Vec<u8>,
    max_bytes: usize,
) -> Result<(), RecordError> {
    let length = snap::raw::decompress_len(block).map_err(|error| Compression::Snappy.damaged(error))?;
    if length > block.len().saturating_mul(SNAPPY_GROWTH_MAX) {
        return Err(Compression::Snappy.damaged(format!(
            "a block of {} bytes says it decompresses to {length}, which Snappy cannot do",
            block.len()
        )));
    }
    if length > max_bytes.saturating_sub(out.len()) {
        return Err(RecordError::TooLarge { codec: Compression::Snappy.name(), limit: max_bytes });
    }
    let start = out.len();
    out.resize(start + length, 0);
    let written =
        decoder.decompress(block, &mut out[start..]).map_err(|error| Compression::Snappy.damaged(error))?;
    out.truncate(start + written);
    Ok(())
}

/// Writes to the end of a buffer.
struct Output<'a>(&'a mut BytesMut);

impl Write for Output<'_> {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
