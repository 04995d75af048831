//! Flushes logs on its own threads: whatever was appended when a flush begins shares it (group commit).
//!
//! A log that needs a flush is queued once. While its flush runs, appends pile up behind it and share the next one,
//! so the cost of a flush is spread over more records the busier the log is.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::log::PartitionLog;
use crate::metrics::Metrics;

/// Flushes that run at a time; the disk merges them.
const THREADS: usize = 4;
/// A flushing thread needs little stack.
const STACK_BYTES: usize = 128 << 10;

/// The queue of logs that wait for a flush, and the threads that work on it.
#[derive(Debug)]
pub(crate) struct Flusher {
    queue: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    ready: Condvar,
    metrics: Arc<Metrics>,
}

#[derive(Debug, Default)]
struct State {
    logs: VecDeque<Arc<PartitionLog>>,
    /// Threads that wait for work.
    idle: usize,
    /// Threads that were started.
    started: usize,
    closed: bool,
}

impl Flusher {
    /// A flusher without threads: they come with the work.
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Flusher { queue: Arc::new(Queue { metrics, ..Queue::default() }), threads: Mutex::default() }
    }

    /// Has `log` flushed soon. Logs are queued at most once, so the queue is bounded by their number.
    pub(crate) fn request(&self, log: &Arc<PartitionLog>) {
        if !log.request_flush() {
            return;
        }
        let mut state = self.queue.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.logs.push_back(log.clone());
        let start = state.idle < state.logs.len() && state.started < THREADS && !state.closed;
        if start {
            state.started += 1;
        }
        drop(state);
        if start {
            self.start_thread();
        }
        self.queue.ready.notify_one();
    }

    fn start_thread(&self) {
        let queue = self.queue.clone();
        let builder = std::thread::Builder::new().name("riverrun-flush".to_owned()).stack_size(STACK_BYTES);
        match builder.spawn(move || queue.work()) {
            Ok(thread) => self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread),
            Err(error) => {
                tracing::warn!(%error, "a flushing thread could not be started");
                self.queue.state.lock().unwrap_or_else(PoisonError::into_inner).started -= 1;
            }
        }
    }

    /// Works off the queue and ends the threads. Blocks.
    pub(crate) fn close(&self) {
        self.queue.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.queue.ready.notify_all();
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // A panic there was reported there.
            let _ = thread.join();
        }
        // What came too late for the threads, or if none could be started.
        self.queue.drain();
    }
}

impl Queue {
    fn work(&self) {
        while let Some(log) = self.next() {
            if self.flush(&log) && log.request_flush() {
                self.state.lock().unwrap_or_else(PoisonError::into_inner).logs.push_back(log);
            }
        }
    }

    fn next(&self) -> Option<Arc<PartitionLog>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(log) = state.logs.pop_front() {
                return Some(log);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self.ready.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    fn drain(&self) {
        loop {
            let log = self.state.lock().unwrap_or_else(PoisonError::into_inner).logs.pop_front();
            let Some(log) = log else { return };
            self.flush(&log);
        }
    }

    /// Flushes once; says whether more was appended meanwhile.
    fn flush(&self, log: &PartitionLog) -> bool {
        log.take_flush_request();
        let Some(job) = log.begin_flush() else { return false };
        let start = Instant::now();
        let result = job.run();
        self.metrics.flushes.record(start.elapsed());
        self.metrics.failed_flushes.add(u64::from(result.is_err()));
        log.finish_flush(job, result)
    }
}
