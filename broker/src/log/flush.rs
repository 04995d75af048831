//! Making appended records last, without holding the log's lock meanwhile.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::error::AppendError;
use super::partition::{PartitionLog, Position, State};
use crate::storage::{File, Storage, StorageResult};

/// What must be synced so that everything appended so far lasts. Run it on any thread, then report it by
/// [`PartitionLog::finish_flush`]; a job must not be dropped instead.
#[derive(Debug)]
#[must_use = "a job that is begun must be finished, or the log never flushes again"]
pub struct FlushJob {
    storage: Arc<dyn Storage>,
    files: Vec<Arc<dyn File>>,
    dirs: Vec<PathBuf>,
    target: Position,
}

impl FlushJob {
    /// Syncs files, then folders. Blocks.
    pub fn run(&self) -> StorageResult<()> {
        for file in &self.files {
            file.sync_data()?;
        }
        self.dirs.iter().try_for_each(|dir| self.storage.sync_dir(dir))
    }

    /// Everything below this offset lasts once the job succeeded.
    pub fn target_offset(&self) -> i64 {
        self.target.offset
    }
}

impl PartitionLog {
    /// Offsets that are appended but not flushed: from the first value up to, not including, the second.
    pub fn unflushed(&self) -> (i64, i64) {
        let inner = self.lock();
        (inner.flushed.offset, inner.end.offset)
    }

    /// The work of flushing all that was appended so far. `None` if there is nothing to flush, if a flush is under way
    /// (its [`finish_flush`](Self::finish_flush) says whether another is needed), or if the log failed or is closed.
    pub fn begin_flush(&self) -> Option<FlushJob> {
        let mut inner = self.lock();
        if inner.flushing || !matches!(inner.state, State::Open) || !inner.needs_flush() {
            return None;
        }
        let mut dirty = std::mem::take(&mut inner.dirty);
        if dirty.active {
            match inner.active.files.log.get() {
                Ok(file) => dirty.files.push(file),
                Err(error) => {
                    let _ = inner.fail(&self.id, error);
                    drop(inner);
                    self.tell_failed();
                    return None;
                }
            }
        }
        inner.flushing = true;
        let storage = Arc::clone(self.files.storage());
        Some(FlushJob { storage, files: dirty.files, dirs: dirty.dirs, target: inner.end })
    }

    /// Reports how a job ended. After a failure the log takes nothing more. Returns whether more waits to be flushed.
    pub fn finish_flush(&self, job: FlushJob, result: StorageResult<()>) -> bool {
        let failed = result.is_err();
        let (advanced, more) = {
            let mut inner = self.lock();
            inner.flushing = false;
            match result {
                Ok(()) => {
                    if job.target.offset > inner.flushed.offset {
                        inner.flushed = job.target;
                    }
                }
                Err(error) => {
                    let _ = inner.fail(&self.id, error);
                }
            }
            let open = matches!(inner.state, State::Open);
            (if open { inner.advance() } else { None }, open && inner.needs_flush())
        };
        self.flush_ended.notify_all();
        self.tell(advanced);
        if failed {
            self.tell_failed();
        }
        more
    }

    /// Flushes everything that was appended before the call, on this thread.
    pub fn flush(&self) -> Result<(), AppendError> {
        loop {
            if let Some(job) = self.begin_flush() {
                let result = job.run();
                self.finish_flush(job, result);
                return self.lock().usable(&self.id);
            }
            let inner = self.lock();
            if !inner.flushing {
                return inner.usable(&self.id);
            }
            let waited = self.flush_ended.wait(inner);
            drop(waited);
        }
    }

    /// Marks the log as waiting for a flusher; false if it was waiting already. A flusher calls
    /// [`take_flush_request`](Self::take_flush_request) before it begins.
    pub fn request_flush(&self) -> bool {
        !self.flush_queued.swap(true, Ordering::AcqRel)
    }

    /// Takes the mark of [`request_flush`](Self::request_flush) away, so that later appends ask again.
    pub fn take_flush_request(&self) {
        self.flush_queued.store(false, Ordering::Release);
    }
}

impl super::partition::Inner {
    pub(super) fn needs_flush(&self) -> bool {
        self.dirty.active || !self.dirty.files.is_empty() || !self.dirty.dirs.is_empty()
    }
}
