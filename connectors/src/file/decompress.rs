//! Plain bytes out of a file that may be compressed, known by its first bytes and not by its name.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    /// RFC 1952, one member or many.
    Gzip,
    /// RFC 8878, one frame or many.
    Zstd,
}

/// Looks at the first bytes of a file and goes back to its start.
pub(super) fn packing(file: &mut File) -> io::Result<Packing> {
    let mut magic = [0; 4];
    let mut filled = 0;
    while filled < magic.len() {
        match file.read(&mut magic[filled..])? {
            0 => break,
            count => filled += count,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(match &magic[..filled] {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Packing::Zstd,
        _ => Packing::Plain,
    })
}

/// The plain bytes of `file`, which must stand at its start. `read` counts the bytes as they lie on disk.
pub(super) fn plain(file: File, packing: Packing, read: Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let counted = Counted { file, read };
    Ok(match packing {
        Packing::Plain => Box::new(counted),
        Packing::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(64 * 1024, counted))),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(counted)?),
    })
}

/// Counts what is read from the disk.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
