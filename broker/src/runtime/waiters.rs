//! Who waits for a partition: acknowledgements for a flush, long polls for new records.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use crate::log::LogListener;

/// Readers above which those that have gone are looked for.
const READERS_BEFORE_SWEEP: usize = 16;

/// The waiters of one partition. Nothing here polls: the log tells when its high watermark moves.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    high_watermark: AtomicI64,
    failed: AtomicBool,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// By the high watermark that they wait for.
    acknowledgements: BTreeMap<i64, Vec<oneshot::Sender<()>>>,
    readers: Vec<Arc<Notify>>,
    sweep_at: usize,
}

/// The log failed or was closed before what was waited for happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogGone;

impl Waiters {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the high watermark stands when the log has been opened.
    pub(super) fn start_at(&self, high_watermark: i64) {
        self.high_watermark.fetch_max(high_watermark, Ordering::AcqRel);
    }

    /// Ready when the high watermark has reached `offset`.
    pub(super) fn reached(&self, offset: i64) -> impl Future<Output = Result<(), LogGone>> + Send + use<> {
        let waiting = self.wait_for(offset);
        async move {
            match waiting {
                Ok(None) => Ok(()),
                Ok(Some(receiver)) => receiver.await.map_err(|_| LogGone),
                Err(gone) => Err(gone),
            }
        }
    }

    fn wait_for(&self, offset: i64) -> Result<Option<oneshot::Receiver<()>>, LogGone> {
        if self.high_watermark.load(Ordering::Acquire) >= offset {
            return Ok(None);
        }
        let mut waiting = self.lock();
        // It may have moved, or failed, before the lock was taken; from here on the mover sees the waiter.
        if self.high_watermark.load(Ordering::Acquire) >= offset {
            return Ok(None);
        }
        if self.failed.load(Ordering::Acquire) {
            return Err(LogGone);
        }
        let (sender, receiver) = oneshot::channel();
        waiting.acknowledgements.entry(offset).or_default().push(sender);
        Ok(Some(receiver))
    }

    /// Wakes `reader` once, as soon as the high watermark is above `seen` or the log has gone.
    pub(super) fn wake_above(&self, seen: i64, reader: &Arc<Notify>) {
        let mut waiting = self.lock();
        if self.high_watermark.load(Ordering::Acquire) > seen || self.failed.load(Ordering::Acquire) {
            drop(waiting);
            reader.notify_one();
            return;
        }
        if waiting.readers.len() >= waiting.sweep_at {
            // A reader that is held by nobody else has been answered from another partition.
            waiting.readers.retain(|reader| Arc::strong_count(reader) > 1);
            waiting.sweep_at = (2 * waiting.readers.len()).max(READERS_BEFORE_SWEEP);
        }
        waiting.readers.push(reader.clone());
    }
}

impl LogListener for Waiters {
    fn advanced(&self, high_watermark: i64) {
        if self.high_watermark.fetch_max(high_watermark, Ordering::AcqRel) >= high_watermark {
            return;
        }
        let (acknowledgements, readers) = {
            let mut waiting = self.lock();
            let later = waiting.acknowledgements.split_off(&(high_watermark + 1));
            (std::mem::replace(&mut waiting.acknowledgements, later), std::mem::take(&mut waiting.readers))
        };
        for sender in acknowledgements.into_values().flatten() {
            // Nobody may be waiting any more.
            let _ = sender.send(());
        }
        for reader in readers {
            reader.notify_one();
        }
    }

    fn failed(&self) {
        let waiting = {
            let mut waiting = self.lock();
            self.failed.store(true, Ordering::Release);
            std::mem::take(&mut *waiting)
        };
        for reader in waiting.readers {
            reader.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn acknowledgements_wait_for_their_offset() {
        let waiters = Waiters::default();
        waiters.start_at(5);
        waiters.reached(5).await.unwrap();
        let mut seven = Box::pin(waiters.reached(7));
        let mut nine = Box::pin(waiters.reached(9));
        assert!(futures::poll!(&mut seven).is_pending());
        waiters.advanced(8);
        assert!(futures::poll!(&mut seven).is_ready());
        assert!(futures::poll!(&mut nine).is_pending());
        waiters.failed();
        assert!(nine.await.is_err());
        assert!(waiters.reached(9).await.is_err());
        assert!(waiters.reached(8).await.is_ok());
    }

    #[tokio::test]
    async fn readers_are_woken_once_and_never_missed() {
        let waiters = Waiters::default();
        let reader = Arc::new(Notify::new());
        waiters.wake_above(0, &reader);
        assert!(futures::poll!(Box::pin(reader.notified())).is_pending());
        waiters.advanced(1);
        reader.notified().await;
        // Moved between the read and the wait.
        waiters.wake_above(0, &reader);
        reader.notified().await;
    }

    #[test]
    fn readers_that_have_gone_are_swept() {
        let waiters = Waiters::default();
        for _ in 0..1_000 {
            waiters.wake_above(0, &Arc::new(Notify::new()));
        }
        assert!(waiters.lock().readers.len() <= 2 * READERS_BEFORE_SWEEP);
    }
}
