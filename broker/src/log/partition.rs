//! One partition's log.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::active::Active;
use super::config::{FlushPolicy, LogConfig};
use super::epochs::LeaderEpochs;
use super::error::{AppendError, LogError};
use super::files::OpenFiles;
use super::names::{LEADER_EPOCHS, SNAPSHOT, TopicPartition, offset_file};
use super::producers::{ProducerState, Producers};
use super::segment::Sealed;
use super::snapshot;
use super::tail::{Tail, TailCache};
use crate::storage::{File, OpenMode, Storage, StorageError, StorageResult};

/// Hears what happens to a log. Called without any lock of the log, from whichever thread made it happen.
pub trait LogListener: Send + Sync + Debug {
    /// Records below `high_watermark` may now be read.
    fn advanced(&self, high_watermark: i64);
    /// The log failed and takes nothing more; who waits for it waits in vain.
    fn failed(&self);
}

/// An offset and where its batch starts, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) offset: i64,
    /// Base offset of the segment.
    pub(super) segment: i64,
    /// Byte in the segment's file.
    pub(super) bytes: u64,
}

/// A log of record batches on disk. Share it by [`Arc`]; all methods take `&self`.
///
/// [`append`](Self::append) writes a batch; [`begin_flush`](Self::begin_flush) gives the work of making it last;
/// [`read`](Self::read) reads from an offset. Under `flush.policy=ack` readers see what is flushed, else all.
pub struct PartitionLog {
    pub(super) id: TopicPartition,
    pub(super) files: Arc<OpenFiles>,
    pub(super) cache: Arc<TailCache>,
    pub(super) tail: Arc<Tail>,
    pub(super) inner: Mutex<Inner>,
    pub(super) flush_ended: Condvar,
    pub(super) listener: OnceLock<Arc<dyn LogListener>>,
    pub(super) flush_queued: AtomicBool,
}

/// What a log's lock guards.
#[derive(Debug)]
pub(super) struct Inner {
    pub(super) dir: PathBuf,
    pub(super) config: Arc<LogConfig>,
    pub(super) sealed: BTreeMap<i64, Arc<Sealed>>,
    pub(super) active: Active,
    pub(super) log_start: i64,
    /// Where the next batch goes.
    pub(super) end: Position,
    /// Everything before it is flushed.
    pub(super) flushed: Position,
    /// Everything before it may be read.
    pub(super) visible: Position,
    pub(super) producers: Producers,
    pub(super) epochs: LeaderEpochs,
    pub(super) dirty: Dirty,
    pub(super) flushing: bool,
    /// No checkpoint may say that more is flushed: a truncation is under way.
    pub(super) checkpoint_limit: i64,
    /// Raised when a compaction has put other files in the place of segments: what was read before may not fit what is
    /// read after.
    pub(super) generation: u64,
    /// Nothing was written since a start that found everything closed in order: the files say it all.
    pub(super) untouched: bool,
    pub(super) state: State,
}

/// What the next flush must sync.
#[derive(Debug, Default)]
pub(super) struct Dirty {
    pub(super) files: Vec<Arc<dyn File>>,
    pub(super) dirs: Vec<PathBuf>,
    /// Whether the active segment has unflushed bytes.
    pub(super) active: bool,
}

#[derive(Debug)]
pub(super) enum State {
    Open,
    /// A write or flush failed.
    Failed(StorageError),
    Closed,
}

impl Debug for PartitionLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PartitionLog").field(&format_args!("{}", self.id)).finish()
    }
}

impl PartitionLog {
    /// The partition.
    pub fn id(&self) -> &TopicPartition {
        &self.id
    }

    /// Whether a write or a flush failed, so that the log takes nothing more.
    pub fn is_failed(&self) -> bool {
        matches!(self.lock().state, State::Failed(_))
    }

    /// Says who hears of this log; the first one to be set stays.
    pub fn set_listener(&self, listener: Arc<dyn LogListener>) {
        let _ = self.listener.set(listener);
    }

    /// The settings in force.
    pub fn config(&self) -> Arc<LogConfig> {
        Arc::clone(&self.lock().config)
    }

    /// Puts other settings in force. What readers could see they still can.
    pub fn set_config(&self, config: LogConfig) {
        let advanced = {
            let mut inner = self.lock();
            inner.config = Arc::new(config);
            inner.advance()
        };
        self.tell(advanced);
    }

    /// Offset of the first record that may be read.
    pub fn log_start_offset(&self) -> i64 {
        self.lock().log_start
    }

    /// Offset that the next record gets.
    pub fn log_end_offset(&self) -> i64 {
        self.lock().end.offset
    }

    /// Offset before which every record may be read.
    pub fn high_watermark(&self) -> i64 {
        self.lock().visible.offset
    }

    /// Offset before which every record may be read and belongs to no open transaction.
    pub fn last_stable_offset(&self) -> i64 {
        self.lock().last_stable()
    }

    /// Offset before which everything is flushed: recovery starts there.
    pub fn recovery_point(&self) -> i64 {
        self.lock().flushed.offset
    }

    /// Bytes in all segments.
    pub fn size(&self) -> u64 {
        let inner = self.lock();
        inner.sealed.values().map(|segment| segment.size).sum::<u64>() + inner.active.size
    }

    /// Number of segments.
    pub fn segment_count(&self) -> usize {
        self.lock().sealed.len() + 1
    }

    /// Whether it takes appends: neither failed nor closed.
    pub fn is_usable(&self) -> bool {
        matches!(self.lock().state, State::Open)
    }

    /// Why it takes nothing more, if a file operation failed.
    pub fn failure(&self) -> Option<StorageError> {
        match &self.lock().state {
            State::Failed(error) => Some(error.duplicate()),
            State::Open | State::Closed => None,
        }
    }

    /// Ends the log's life, as its folder has failed.
    pub fn take_down(&self, error: &StorageError) {
        let taken = {
            let mut inner = self.lock();
            let open = matches!(inner.state, State::Open);
            if open {
                let _ = inner.fail(&self.id, error.duplicate());
            }
            open
        };
        if taken {
            self.tell_failed();
        }
    }

    /// The newest leader epoch that appended here.
    pub fn leader_epoch(&self) -> Option<i32> {
        self.lock().epochs.latest()
    }

    /// The largest leader epoch up to `epoch` and the offset after its last record (OffsetForLeaderEpoch).
    pub fn end_offset_of_epoch(&self, epoch: i32) -> Option<(i32, i64)> {
        let inner = self.lock();
        inner.epochs.end_of(epoch, inner.end.offset)
    }

    /// The producers that the log remembers, by id (DescribeProducers).
    pub fn producers(&self) -> Vec<(i64, ProducerState)> {
        self.lock().producers.iter().map(|(id, state)| (id, state.clone())).collect()
    }

    /// Number of producers that the log remembers.
    pub fn producer_count(&self) -> usize {
        self.lock().producers.len()
    }

    /// Forgets producers that were idle for longer than the config says.
    pub fn expire_producers(&self, now_ms: i64) {
        let mut inner = self.lock();
        let after_ms = inner.config.producer_expiration_ms;
        inner.producers.expire(now_ms, after_ms);
    }

    /// The folder of the partition.
    pub fn folder(&self) -> PathBuf {
        self.lock().dir.clone()
    }

    /// Writes indexes and a producer snapshot, syncs everything and closes. A log that failed is closed as it is, and
    /// its error returned: its folder must not be marked clean.
    pub(super) fn close(&self) -> Result<(), LogError> {
        let mut inner = self.lock();
        while inner.flushing {
            inner = self.flush_ended.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        match std::mem::replace(&mut inner.state, State::Closed) {
            State::Closed => return Ok(()),
            State::Failed(error) => return Err(error.into()),
            State::Open => {}
        }
        if inner.untouched && !inner.needs_flush() {
            return Ok(());
        }
        self.tail.clear();
        let storage = Arc::clone(self.files.storage());
        let mut dirty = std::mem::take(&mut inner.dirty);
        dirty.files.extend(inner.active.write_indexes(&*storage)?);
        dirty.files.push(inner.write_snapshot(&*storage)?);
        dirty.files.push(inner.active.files.log.get()?);
        dirty.dirs.push(inner.dir.clone());
        drop(inner);
        for file in &dirty.files {
            file.sync_data()?;
        }
        for dir in &dirty.dirs {
            storage.sync_dir(dir)?;
        }
        let mut inner = self.lock();
        inner.flushed = inner.end;
        Ok(())
    }

    /// Takes nothing more; waits for a flush under way. For a log that is about to be deleted.
    pub(super) fn abandon(&self) {
        let mut inner = self.lock();
        while inner.flushing {
            inner = self.flush_ended.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
        inner.state = State::Closed;
        drop(inner);
        self.tail.clear();
        self.tell_failed();
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the listener of a new high watermark; without the lock.
    pub(super) fn tell(&self, advanced: Option<i64>) {
        if let (Some(high_watermark), Some(listener)) = (advanced, self.listener.get()) {
            listener.advanced(high_watermark);
        }
    }

    /// Tells the listener that the log takes nothing more; without the lock.
    pub(super) fn tell_failed(&self) {
        if let Some(listener) = self.listener.get() {
            listener.failed();
        }
    }
}

impl Inner {
    /// Moves the high watermark to where the flush policy allows; the new one if it moved.
    pub(super) fn advance(&mut self) -> Option<i64> {
        let allowed = if self.config.flush_policy == FlushPolicy::Ack { self.flushed } else { self.end };
        let before = self.visible.offset;
        if allowed.offset > before {
            self.visible = allowed;
            self.producers.settle(allowed.offset);
        }
        (self.visible.offset > before).then_some(self.visible.offset)
    }

    pub(super) fn last_stable(&self) -> i64 {
        let first = self.producers.first_unstable().unwrap_or(i64::MAX);
        first.max(self.log_start).min(self.visible.offset)
    }

    /// Ends the log's life after a file operation whose outcome is in doubt.
    pub(super) fn fail(&mut self, id: &TopicPartition, error: StorageError) -> AppendError {
        let shown = error.duplicate();
        tracing::error!(log = %id, error = %error, cause = %error.source, "the log failed and takes no more records");
        self.state = State::Failed(error);
        AppendError::Failed(id.clone(), Some(shown))
    }

    pub(super) fn usable(&self, id: &TopicPartition) -> Result<(), AppendError> {
        match &self.state {
            State::Open => Ok(()),
            State::Failed(error) => Err(AppendError::Failed(id.clone(), Some(error.duplicate()))),
            State::Closed => Err(AppendError::Closed(id.clone())),
        }
    }

    /// Writes the producers' snapshot at the log's end; the caller syncs it.
    pub(super) fn write_snapshot(&self, storage: &dyn Storage) -> StorageResult<Arc<dyn File>> {
        let path = self.dir.join(offset_file(self.end.offset, SNAPSHOT));
        write_file(storage, &path, &snapshot::encode(&self.producers))
    }

    /// Writes the leader epochs; the next flush syncs them.
    pub(super) fn write_epochs(&mut self, storage: &dyn Storage) -> StorageResult<()> {
        let file = write_file(storage, &self.dir.join(LEADER_EPOCHS), self.epochs.encode().as_bytes())?;
        self.dirty.files.push(file);
        Ok(())
    }

    /// Closes the active segment and starts one at the log's end. After an error the log is as it was.
    pub(super) fn roll(&mut self, files: &Arc<OpenFiles>, now_ms: i64) -> StorageResult<()> {
        self.untouched = false;
        let storage = Arc::clone(files.storage());
        let indexes = self.active.write_indexes(&*storage)?;
        let snapshot = self.write_snapshot(&*storage)?;
        let next = Active::create(files, &self.dir, self.end.offset, now_ms)?;
        let full = self.active.files.log.get()?;
        self.dirty.files.extend(indexes);
        self.dirty.files.push(snapshot);
        if std::mem::take(&mut self.dirty.active) {
            self.dirty.files.push(full);
        }
        if !self.dirty.dirs.contains(&self.dir) {
            self.dirty.dirs.push(self.dir.clone());
        }
        let full = std::mem::replace(&mut self.active, next);
        self.sealed.insert(full.base_offset, Arc::new(full.seal()));
        self.end = Position { offset: self.end.offset, segment: self.end.offset, bytes: 0 };
        Ok(())
    }
}

/// Puts `bytes` into a file; the caller syncs it.
pub(super) fn write_file(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> StorageResult<Arc<dyn File>> {
    let file = storage.open(path, OpenMode::Replace)?;
    file.write_at(bytes, 0)?;
    Ok(file)
}
