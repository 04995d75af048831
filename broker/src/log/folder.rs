//! A data folder: all logs of a broker and what is kept beside them.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use riverrun_core::protocol::Uuid;

use super::checkpoint::{self, MetaProperties};
use super::config::LogConfig;
use super::error::LogError;
use super::files::OpenFiles;
use super::names::{
    CLEANER_POINTS, DELETE_FOLDER, HIGH_WATERMARKS, LOCK, LOG, LOG_STARTS, PROBE, RECOVERY_POINTS,
    TopicPartition, parse_offset_file,
};
use super::opening::{self, Opening};
use super::partition::PartitionLog;
use super::tail::TailCache;
use crate::storage::{Lock, OpenMode, Storage, StorageError};

/// Logs that are closed at a time.
const CLOSING_THREADS: usize = 8;

/// How much a data folder may take of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FolderOptions {
    /// Files open at a time, those in use apart.
    pub open_files: usize,
    /// Bytes of the newest batches kept in memory, over all logs.
    pub tail_cache_bytes: usize,
}

impl Default for FolderOptions {
    fn default() -> Self {
        FolderOptions { open_files: 512, tail_cache_bytes: 32 << 20 }
    }
}

/// A partition whose folder is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPartition {
    /// The partition.
    pub id: TopicPartition,
    /// Id of its topic as text, if its `partition.metadata` names one.
    pub topic_id: Option<String>,
}

/// A data folder that this process has for itself.
pub struct LogFolder {
    path: PathBuf,
    storage: Arc<dyn Storage>,
    files: Arc<OpenFiles>,
    cache: Arc<TailCache>,
    clean: bool,
    /// Whether there were checkpoints at start. Without them nothing is known of how the logs came here.
    checkpointed: bool,
    state: Mutex<FolderState>,
    /// One writer of the checkpoint files at a time.
    checkpointing: Mutex<()>,
    /// Until the folder is closed.
    lock: Mutex<Option<Box<dyn Lock>>>,
}

#[derive(Debug, Default)]
struct FolderState {
    logs: BTreeMap<TopicPartition, Arc<PartitionLog>>,
    /// As the checkpoints said at start; a log takes its own when it is opened.
    recovery_points: BTreeMap<TopicPartition, i64>,
    log_starts: BTreeMap<TopicPartition, i64>,
    /// Where the last compaction of each log ended.
    cleaner_points: BTreeMap<TopicPartition, i64>,
}

impl fmt::Debug for LogFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LogFolder").field(&self.path).finish()
    }
}

impl LogFolder {
    /// Opens the folder, making it if it is not there: takes its lock, reads its checkpoints, takes the clean-shutdown
    /// marker away and removes what was about to be deleted.
    pub fn open(
        storage: Arc<dyn Storage>,
        path: &Path,
        options: FolderOptions,
    ) -> Result<LogFolder, LogError> {
        make_lasting(&*storage, path)?;
        let lock = storage.lock(&path.join(LOCK))?.ok_or_else(|| LogError::InUse(path.to_owned()))?;
        let clean = checkpoint::was_clean(&*storage, path)?;
        let recovery_points = checkpoint::read_offsets(&*storage, &path.join(RECOVERY_POINTS))?;
        let checkpointed = storage.exists(&path.join(RECOVERY_POINTS))?;
        let log_starts = checkpoint::read_offsets(&*storage, &path.join(LOG_STARTS))?;
        let cleaner_points = checkpoint::read_offsets(&*storage, &path.join(CLEANER_POINTS))?;
        checkpoint::clear_clean(&*storage, path)?;
        for entry in storage.list(path)? {
            if entry.is_dir && entry.name.ends_with(DELETE_FOLDER) {
                storage.remove_dir(&path.join(entry.name))?;
            }
        }
        if !clean {
            // Partition folders that were made just before a crash have names that may not last yet.
            storage.sync_dir(path)?;
        }
        let state = FolderState { logs: BTreeMap::new(), recovery_points, log_starts, cleaner_points };
        let folder = LogFolder {
            path: path.to_owned(),
            files: OpenFiles::new(Arc::clone(&storage), options.open_files),
            cache: TailCache::new(options.tail_cache_bytes),
            storage,
            clean,
            checkpointed,
            state: Mutex::new(state),
            checkpointing: Mutex::default(),
            lock: Mutex::new(Some(lock)),
        };
        if !checkpointed && folder.found()?.is_empty() {
            let none = BTreeMap::<TopicPartition, i64>::new();
            let none = none.iter().map(|(id, offset)| (id, *offset));
            checkpoint::write_offsets(&*folder.storage, &path.join(RECOVERY_POINTS), none)?;
            return Ok(LogFolder { checkpointed: true, ..folder });
        }
        Ok(folder)
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the last broker closed it in order, so that logs open without being read through.
    pub fn was_clean(&self) -> bool {
        self.clean
    }

    /// Cluster id, node id and directory id (as text) of `meta.properties`, if there is one.
    pub fn read_meta(&self) -> Result<Option<(String, i32, Option<String>)>, LogError> {
        MetaProperties::read(&*self.storage, &self.path)
    }

    /// Writes `meta.properties`.
    pub fn write_meta(&self, meta: &MetaProperties) -> Result<(), LogError> {
        Ok(meta.write(&*self.storage, &self.path)?)
    }

    /// The partitions whose folders are there, opened or not.
    pub fn found(&self) -> Result<Vec<FoundPartition>, LogError> {
        let mut found = Vec::new();
        for entry in self.storage.list(&self.path)?.into_iter().filter(|entry| entry.is_dir) {
            if let Some(id) = TopicPartition::from_folder(&entry.name) {
                let topic_id = checkpoint::read_topic_id(&*self.storage, &self.path.join(&entry.name))?;
                found.push(FoundPartition { id, topic_id });
            }
        }
        Ok(found)
    }

    /// The partitions whose folders are there, by name alone.
    pub fn partitions(&self) -> Result<Vec<TopicPartition>, LogError> {
        let entries = self.storage.list(&self.path)?;
        let folders = entries.iter().filter(|entry| entry.is_dir);
        Ok(folders.filter_map(|entry| TopicPartition::from_folder(&entry.name)).collect())
    }

    /// The topic id that a partition's `partition.metadata` names.
    pub fn topic_id(&self, id: &TopicPartition) -> Result<Option<String>, LogError> {
        checkpoint::read_topic_id(&*self.storage, &self.path.join(id.to_string()))
    }

    /// Bytes of a partition's segments, open or not.
    pub fn size_of(&self, id: &TopicPartition) -> Result<u64, LogError> {
        if let Some(log) = self.log(id) {
            return Ok(log.size());
        }
        let dir = self.path.join(id.to_string());
        let mut size = 0;
        for entry in self.storage.list(&dir)? {
            if matches!(parse_offset_file(&entry.name), Some((_, LOG))) {
                size += self.storage.open(&dir.join(entry.name), OpenMode::Read)?.len()?;
            }
        }
        Ok(size)
    }

    /// Writes, flushes and removes a small file: whether the folder still takes writes.
    pub fn probe(&self) -> Result<(), StorageError> {
        let path = self.path.join(PROBE);
        let file = self.storage.open(&path, OpenMode::Replace)?;
        file.write_at(b"probe", 0)?;
        file.sync_data()?;
        self.storage.remove(&path)
    }

    /// Opens a partition's log, recovering it if need be, or makes it. A log that is open already is returned as it is.
    pub fn open_log(
        &self,
        id: &TopicPartition,
        topic_id: Option<Uuid>,
        config: LogConfig,
        now_ms: i64,
    ) -> Result<Arc<PartitionLog>, LogError> {
        let opening = {
            let state = self.state();
            if let Some(log) = state.logs.get(id) {
                return Ok(Arc::clone(log));
            }
            Opening {
                id: id.clone(),
                dir: self.path.join(id.to_string()),
                topic_id,
                config,
                files: Arc::clone(&self.files),
                cache: Arc::clone(&self.cache),
                clean: self.clean,
                // A log that no checkpoint names was made after the last one.
                recovery_point: self
                    .checkpointed
                    .then(|| state.recovery_points.get(id).copied().unwrap_or(0)),
                log_start: state.log_starts.get(id).copied(),
                compacted_to: state.cleaner_points.get(id).copied().unwrap_or(0),
                now_ms,
            }
        };
        let log = Arc::new(opening::open(opening)?);
        // Two openings at once would write the same files: callers open a partition from one place.
        self.state().logs.insert(id.clone(), Arc::clone(&log));
        Ok(log)
    }

    /// The log of a partition, if it is open.
    pub fn log(&self, id: &TopicPartition) -> Option<Arc<PartitionLog>> {
        self.state().logs.get(id).cloned()
    }

    /// All open logs, in the order of their names.
    pub fn logs(&self) -> Vec<Arc<PartitionLog>> {
        self.state().logs.values().cloned().collect()
    }

    /// Deletes a partition, open or not: from then on it is gone, even if removing its files is cut short.
    pub fn delete_log(&self, id: &TopicPartition, unique: Uuid) -> Result<(), LogError> {
        let log = {
            let mut state = self.state();
            state.recovery_points.remove(id);
            state.log_starts.remove(id);
            state.cleaner_points.remove(id);
            state.logs.remove(id)
        };
        if let Some(log) = log {
            log.abandon();
        }
        // A new partition of this name must not meet the old one's checkpoints.
        self.checkpoint()?;
        let folder = self.path.join(id.to_string());
        let suffix: String = unique.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let doomed = self.path.join(format!("{id}.{suffix}{DELETE_FOLDER}"));
        match self.storage.rename(&folder, &doomed) {
            Err(error) if error.is_not_found() => return Ok(()),
            renamed => renamed?,
        }
        self.storage.sync_dir(&self.path)?;
        Ok(self.storage.remove_dir(&doomed)?)
    }

    /// Removes every batch of a partition that holds an offset at or above `offset`; returns the log end offset.
    pub fn truncate_log(&self, id: &TopicPartition, offset: i64, now_ms: i64) -> Result<i64, LogError> {
        let log = self.log(id).ok_or_else(|| LogError::Unusable(id.clone()))?;
        if offset >= log.log_end_offset() {
            return Ok(log.log_end_offset());
        }
        // After a crash half way, nothing that is about to go may count as flushed.
        log.limit_checkpoint(offset)?;
        if let Some(point) = self.state().cleaner_points.get_mut(id) {
            *point = offset.min(*point);
        }
        self.checkpoint()?;
        log.truncate(offset, now_ms)
    }

    /// Where the last compaction of a log ended, if there was one.
    pub fn compacted_to(&self, id: &TopicPartition) -> Option<i64> {
        self.state().cleaner_points.get(id).copied()
    }

    /// Writes down where a compaction ended.
    ///
    /// # Errors
    /// When the checkpoint could not be written: after a restart the same is compacted once more.
    pub fn note_compacted(&self, id: &TopicPartition, clean_to: i64) -> Result<(), LogError> {
        let _one = self.checkpointing.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut state = self.state();
            if !state.logs.contains_key(id) {
                return Ok(());
            }
            state.cleaner_points.insert(id.clone(), clean_to);
        }
        self.write_cleaner_points()
    }

    fn write_cleaner_points(&self) -> Result<(), LogError> {
        let points = self.state().cleaner_points.clone();
        let lines = points.iter().map(|(id, offset)| (id, *offset));
        Ok(checkpoint::write_offsets(&*self.storage, &self.path.join(CLEANER_POINTS), lines)?)
    }

    /// Writes down how far each log is flushed and where it starts, so that recovery has less to read.
    pub fn checkpoint(&self) -> Result<(), LogError> {
        let _one = self.checkpointing.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut recovery_points, mut log_starts, logs) = {
            let state = self.state();
            (state.recovery_points.clone(), state.log_starts.clone(), state.logs.clone())
        };
        let mut high_watermarks = BTreeMap::new();
        for (id, log) in &logs {
            let inner = log.lock();
            recovery_points.insert(id.clone(), inner.flushed.offset.min(inner.checkpoint_limit));
            log_starts.insert(id.clone(), inner.log_start);
            high_watermarks.insert(id.clone(), inner.visible.offset);
        }
        // Kafka keeps no line for a log that starts at its first segment; an extra line means the same.
        log_starts.retain(|_, start| *start > 0);
        for (name, offsets) in [
            (RECOVERY_POINTS, &recovery_points),
            (LOG_STARTS, &log_starts),
            (HIGH_WATERMARKS, &high_watermarks),
        ] {
            let lines = offsets.iter().map(|(id, offset)| (id, *offset)).collect::<Vec<_>>();
            checkpoint::write_offsets(&*self.storage, &self.path.join(name), lines.into_iter())?;
        }
        if self.storage.exists(&self.path.join(CLEANER_POINTS))? || !self.state().cleaner_points.is_empty() {
            self.write_cleaner_points()?;
        }
        Ok(())
    }

    /// Closes every log, says on disk that all is in order, and lets go of the folder's lock. The first log that does
    /// not close well is the error; the next start then recovers.
    pub fn close(&self) -> Result<(), LogError> {
        self.end(true)
    }

    /// As [`close`](Self::close), but the next start recovers whatever happens: for a broker that has not looked through
    /// all logs since the last crash.
    pub fn close_for_recovery(&self) -> Result<(), LogError> {
        self.end(false)
    }

    fn end(&self, clean: bool) -> Result<(), LogError> {
        let closed = self.close_logs().and_then(|()| match clean {
            true => Ok(checkpoint::mark_clean(&*self.storage, &self.path)?),
            false => Ok(()),
        });
        // Nothing is written from here on, so another process may have the folder, even if parts of this one live on.
        *self.lock.lock().unwrap_or_else(PoisonError::into_inner) = None;
        closed
    }

    fn close_logs(&self) -> Result<(), LogError> {
        let logs = self.logs();
        let next = AtomicUsize::new(0);
        let first_error = Mutex::new(None);
        let work = || {
            while let Some(log) = logs.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(error) = log.close() {
                    tracing::error!(log = %log.id(), error = %error, "the log could not be closed in order");
                    let mut first = first_error.lock().unwrap_or_else(PoisonError::into_inner);
                    first.get_or_insert(error);
                }
            }
        };
        // Each waits for the disk, which merges the flushes of several.
        std::thread::scope(|scope| {
            for _ in 1..CLOSING_THREADS.min(logs.len()) {
                scope.spawn(work);
            }
            work();
        });
        self.checkpoint()?;
        first_error.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }

    fn state(&self) -> MutexGuard<'_, FolderState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a folder and those above it such that a power cut does not take them away again.
fn make_lasting(storage: &dyn Storage, path: &Path) -> Result<(), LogError> {
    let mut made = Vec::new();
    for folder in path.ancestors().filter(|folder| !folder.as_os_str().is_empty()) {
        if storage.exists(folder)? {
            break;
        }
        made.push(folder);
    }
    storage.create_dir(path)?;
    for folder in made {
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        storage.sync_dir(parent.unwrap_or(Path::new(".")))?;
    }
    Ok(())
}
