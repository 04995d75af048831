//! What became of a record: one completion per batch, shared by its records.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;

use crate::{Error, Result};

/// Where an acknowledged record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordMetadata {
    /// The partition.
    pub partition: i32,
    /// The record's offset; -1 where the broker did not say (`acks=0`, or a duplicate too old to be looked up).
    pub offset: i64,
    /// The record's timestamp: its own, or the broker's where the topic stamps records itself.
    pub timestamp: i64,
}

/// How a batch ended.
#[derive(Clone, Debug)]
pub(crate) enum BatchEnd {
    /// The broker has it from `base_offset` on (-1: unknown).
    Acked { base_offset: i64, log_append_time: i64 },
    /// The broker does not have it, or nobody knows.
    Failed(Arc<BatchFailure>),
}

/// Why a batch failed, and what the broker said of single records.
#[derive(Debug)]
pub(crate) struct BatchFailure {
    pub(crate) error: Error,
    /// Index and reason of the records that made the broker refuse the batch, if it named any.
    pub(crate) records: Vec<(u32, String)>,
}

/// The completion that the records of a batch share.
pub(crate) struct BatchDelivery {
    partition: i32,
    state: Mutex<State>,
    awaited: AtomicBool,
    sender: Arc<Notify>,
}

enum State {
    Pending(Vec<Waker>),
    Ended(BatchEnd),
}

impl std::fmt::Debug for BatchDelivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchDelivery").field("partition", &self.partition).finish_non_exhaustive()
    }
}

impl BatchDelivery {
    /// A completion for a batch of `partition`; `sender` is woken when somebody first waits for it.
    pub(crate) fn new(partition: i32, sender: Arc<Notify>) -> Self {
        BatchDelivery {
            partition,
            state: Mutex::new(State::Pending(Vec::new())),
            awaited: AtomicBool::new(false),
            sender,
        }
    }

    /// Whether somebody waits: then an idle partition does not linger.
    pub(crate) fn is_awaited(&self) -> bool {
        self.awaited.load(Ordering::Relaxed)
    }

    /// Wakes all who wait. Only the first end counts.
    pub(crate) fn end(&self, end: BatchEnd) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Pending(wakers) = &mut *state {
            let wakers = std::mem::take(wakers);
            *state = State::Ended(end);
            drop(state);
            wakers.into_iter().for_each(Waker::wake);
        }
    }

    /// The end, or a place among those who are woken at it.
    fn poll_end<T>(&self, cx: &mut Context<'_>, read: impl FnOnce(&BatchEnd) -> T) -> Poll<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *state {
            State::Ended(end) => Poll::Ready(read(end)),
            State::Pending(wakers) => {
                if !wakers.iter().any(|known| known.will_wake(cx.waker())) {
                    wakers.push(cx.waker().clone());
                }
                drop(state);
                if !self.awaited.swap(true, Ordering::Relaxed) {
                    self.sender.notify_one();
                }
                Poll::Pending
            }
        }
    }

    /// Waits for the batch as a whole.
    pub(crate) async fn ended(&self) -> Result<()> {
        std::future::poll_fn(|cx| {
            self.poll_end(cx, |end| match end {
                BatchEnd::Acked { .. } => Ok(()),
                BatchEnd::Failed(failure) => Err(failure.at(None)),
            })
        })
        .await
    }
}

impl BatchFailure {
    /// The failure as the record at `index` sees it.
    fn at(self: &Arc<Self>, index: Option<u32>) -> Error {
        let own = index.and_then(|index| self.records.iter().find(|(at, _)| *at == index));
        let message = match (own, self.records.first()) {
            (Some((_, reason)), _) => format!("{}: this record: {reason}", self.error.message()),
            (None, Some((at, reason))) => {
                format!(
                    "{}: refused because of record {at} of the same batch: {reason}",
                    self.error.message()
                )
            }
            (None, None) => self.error.message().to_owned(),
        };
        let error = Error::new(self.error.kind(), message);
        match std::error::Error::source(&self.error) {
            Some(_) => error.with_source(Cause(Arc::clone(self))),
            None => error,
        }
    }
}

/// Leads from one record's error to the cause that its batch shares, without saying the batch's message again.
#[derive(Debug)]
struct Cause(Arc<BatchFailure>);

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match std::error::Error::source(&self.0.error) {
            Some(cause) => std::fmt::Display::fmt(cause, f),
            None => f.write_str("unknown"),
        }
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0.error).and_then(std::error::Error::source)
    }
}

/// A record on its way: await it to learn where the record stands. Dropping it does not call the record back.
///
/// Awaiting a record whose batch is still being filled sends the batch at once if the partition is idle.
#[derive(Clone, Debug)]
pub struct Delivery {
    batch: Arc<BatchDelivery>,
    index: u32,
    timestamp: i64,
}

impl Delivery {
    pub(crate) fn new(batch: Arc<BatchDelivery>, index: u32, timestamp: i64) -> Self {
        Delivery { batch, index, timestamp }
    }

    /// The partition that the record goes to.
    pub fn partition(&self) -> i32 {
        self.batch.partition
    }
}

impl Future for Delivery {
    type Output = Result<RecordMetadata>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.batch.poll_end(cx, |end| match end {
            BatchEnd::Acked { base_offset, log_append_time } => Ok(RecordMetadata {
                partition: self.batch.partition,
                offset: if *base_offset < 0 { -1 } else { base_offset + i64::from(self.index) },
                timestamp: if *log_append_time >= 0 { *log_append_time } else { self.timestamp },
            }),
            BatchEnd::Failed(failure) => Err(failure.at(Some(self.index))),
        })
    }
}
