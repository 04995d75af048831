//! Follows files that grow, rotate, shrink and vanish.
//!
//! A file that was renamed or unlinked is read to its end before those that are written now; an open handle is kept
//! until then. A file that was truncated or rewritten in place is read from its start again.

use std::path::PathBuf;

use crate::api::{ConnectorError, Position, Schema, SourceBatch, StoredOffsets};

use super::config::FileSourceConfig;
use super::decompress::Packing;
use super::disk::{self, Stat, failed};
use super::sample;
use super::source::recognise;
use super::tracked::TrackedFile;

/// How many looks in a row must miss a drained file before its handle is closed: its writer may still hold it open.
const MISSED_LOOKS: u32 = 20;

#[derive(Debug)]
struct Followed {
    file: TrackedFile,
    /// Looks in a row that did not find it under a path of the source.
    missed: u32,
    /// It was found under another name than before, and has not been read to its end since.
    renamed: bool,
    /// A compressed file that was read to its end.
    done_bytes: Option<u64>,
}

impl Followed {
    fn comes_first(&self) -> bool {
        self.renamed || self.missed > 0
    }
}

/// The files that one task follows.
#[derive(Debug)]
pub(super) struct Follower {
    config: FileSourceConfig,
    schema: Schema,
    known: StoredOffsets,
    files: Vec<Followed>,
    /// Whose turn it is.
    turn: usize,
    closed_bytes: u64,
}

impl Follower {
    pub(super) fn new(config: FileSourceConfig, schema: Schema) -> Self {
        Follower {
            config,
            schema,
            known: StoredOffsets::default(),
            files: Vec::new(),
            turn: 0,
            closed_bytes: 0,
        }
    }

    pub(super) fn start(&mut self, known: StoredOffsets) {
        self.known = known;
        self.files.clear();
        self.turn = 0;
    }

    pub(super) fn read_bytes(&self) -> u64 {
        self.closed_bytes + self.files.iter().map(|followed| followed.file.read_bytes()).sum::<u64>()
    }

    /// The next rows of any file; `None` when no file has any now.
    pub(super) fn poll(&mut self) -> Result<Option<SourceBatch>, ConnectorError> {
        if let Some(batch) = self.read_round()? {
            return Ok(Some(batch));
        }
        let mut last = self.look()?;
        let next = self.read_round()?;
        if last.positions.is_empty() {
            return Ok(next);
        }
        if let Some(next) = next {
            last.items.extend(next.items);
            last.positions.extend(next.positions);
        }
        Ok(Some(last))
    }

    /// Gives every file a turn, renamed ones first, until one has rows.
    fn read_round(&mut self) -> Result<Option<SourceBatch>, ConnectorError> {
        let count = self.files.len();
        let in_turn = (0..count).map(|step| (self.turn + step) % count);
        let mut order: Vec<usize> = (0..count).filter(|&at| self.files[at].comes_first()).collect();
        order.extend(in_turn.filter(|&at| !self.files[at].comes_first()));
        for at in order {
            if let Some(batch) = self.read(at)? {
                self.turn = (at + 1) % count;
                for position in &batch.positions {
                    self.known.set(position.partition.clone(), position.offset.clone());
                }
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    fn read(&mut self, at: usize) -> Result<Option<SourceBatch>, ConnectorError> {
        let (config, schema) = (&self.config, &self.schema);
        let followed = &mut self.files[at];
        if followed.done_bytes.is_some() {
            return Ok(None);
        }
        let path = followed.file.path.clone();
        let unreadable = |error| failed("reading", &path, error);
        if followed.file.was_rewritten().map_err(unreadable)? {
            // Under its path there may be another file by now; the next look finds that.
            let partition = followed.file.partition.clone();
            match disk::stat(&path) {
                Ok(stat) if stat.identity == followed.file.identity => {
                    followed.file = TrackedFile::open(&path, partition, config, schema, None)?;
                }
                _ => return Ok(None),
            }
        }
        let packed = followed.file.packing != Packing::Plain;
        let mut batch = SourceBatch::default();
        let ended = followed.file.read_batch(config, schema, packed, &mut batch)?;
        if ended {
            followed.renamed = false;
            if packed {
                followed.done_bytes = Some(followed.file.disk_bytes().map_err(unreadable)?);
            }
        }
        let moved = !batch.items.is_empty() || !batch.positions.is_empty();
        Ok(moved.then_some(batch))
    }

    /// Looks which files there are now: notes new names, opens new files, closes those that are gone. Returns the
    /// last rows of those, and that their positions are to be forgotten.
    fn look(&mut self) -> Result<SourceBatch, ConnectorError> {
        let mut found: Vec<(PathBuf, Stat)> = Vec::new();
        for path in sample::files(&self.config)? {
            // It may be gone since the folder was listed.
            if let Ok(stat) = disk::stat(&path) {
                found.push((path, stat));
            }
        }
        for followed in &mut self.files {
            match found.iter().position(|(_, stat)| stat.identity == followed.file.identity) {
                Some(at) => {
                    let (path, stat) = found.swap_remove(at);
                    followed.missed = 0;
                    if path != followed.file.path {
                        followed.renamed = true;
                        followed.file.path = path;
                    }
                    if followed.done_bytes.is_some_and(|bytes| bytes != stat.bytes) {
                        followed.done_bytes = None;
                    }
                }
                None => followed.missed += 1,
            }
        }
        let last = self.close_gone()?;
        // Of files seen for the first time the one that was written first comes first.
        found.sort_by(|one, other| (one.1.modified, &one.0).cmp(&(other.1.modified, &other.0)));
        for (path, stat) in found {
            let (partition, resume) = match recognise(&path, stat, &self.known, true) {
                Ok(recognised) => recognised,
                Err(_) if disk::stat(&path).is_err() => continue,
                Err(error) => return Err(error),
            };
            if self.files.iter().any(|followed| followed.file.partition == partition) {
                // A compressed copy of a file that is still being read: its turn comes when that one is closed.
                continue;
            }
            let done_bytes =
                resume.as_ref().and_then(|resume| resume.done_bytes).filter(|&bytes| bytes == stat.bytes);
            match TrackedFile::open(&path, partition, &self.config, &self.schema, resume.as_ref()) {
                Ok(file) => self.files.push(Followed { file, missed: 0, renamed: false, done_bytes }),
                Err(_) if disk::stat(&path).is_err() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(last)
    }

    /// Closes the files that are gone and read to their end.
    fn close_gone(&mut self) -> Result<SourceBatch, ConnectorError> {
        let mut last = SourceBatch::default();
        let mut at = 0;
        while at < self.files.len() {
            let followed = &self.files[at];
            let drained = followed.done_bytes.is_some() || followed.file.is_drained().unwrap_or(true);
            if followed.missed < MISSED_LOOKS || !drained {
                at += 1;
                continue;
            }
            let mut closed = self.files.remove(at).file;
            self.closed_bytes += closed.read_bytes();
            self.turn = 0;
            // A last line without an end will get none any more: it goes out before the file is forgotten.
            while !closed.read_batch(&self.config, &self.schema, true, &mut last)? {}
            self.known.set(closed.partition.clone(), None);
            last.positions.push(Position { partition: closed.partition, offset: None });
        }
        Ok(last)
    }
}
