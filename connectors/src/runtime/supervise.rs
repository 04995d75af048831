//! Keeps a task running: restarts it after failures that may pass, with capped backoff.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use riverrun_core::random::SystemRandom;
use riverrun_core::{Error, ErrorKind};
use tokio::sync::watch;

use crate::api::{ConnectorError, SinkTask, SourceTask};

use super::backoff::Backoff;
use super::sink_worker::SinkWorker;
use super::source_worker::SourceWorker;

/// How often and how fast a failed task is started again.
#[derive(Clone, Copy, Debug)]
pub struct RestartPolicy {
    /// The delay before the first restart.
    pub first: Duration,
    /// The longest delay.
    pub cap: Duration,
    /// How many restarts without progress in between; then the task has failed.
    pub attempts_max: u32,
}

impl Default for RestartPolicy {
    fn default() -> Self {
        RestartPolicy { first: Duration::from_millis(200), cap: Duration::from_secs(30), attempts_max: 10 }
    }
}

/// How a task ended.
#[derive(Debug)]
pub enum Outcome {
    /// It read or wrote all there is.
    Finished,
    /// It was asked to stop, and committed what it had done.
    Stopped,
    /// It failed for good.
    Failed(Error),
}

/// Tells tasks to stop. When it is dropped they stop too.
#[derive(Debug)]
pub struct StopHandle(watch::Sender<bool>, Arc<AtomicBool>);

/// Whether to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>, Arc<AtomicBool>);

impl StopHandle {
    /// A handle, and what tasks look at.
    pub fn new() -> (StopHandle, Stop) {
        let (sender, receiver) = watch::channel(false);
        let flag = Arc::new(AtomicBool::new(false));
        (StopHandle(sender, Arc::clone(&flag)), Stop(receiver, flag))
    }

    /// Asks all tasks to stop.
    pub fn stop(&self) {
        self.1.store(true, Ordering::SeqCst);
        let _ = self.0.send(true);
    }
}

impl Stop {
    /// Whether a stop was asked for.
    pub fn is_asked(&self) -> bool {
        self.1.load(Ordering::SeqCst) || self.0.has_changed().is_err()
    }

    /// Waits until a stop is asked for.
    pub async fn asked(&mut self) {
        // An error means that the handle is gone, which asks too.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// Waits for `at_most`, or less if a stop is asked for.
    pub async fn wait(&mut self, at_most: Duration) {
        if self.is_asked() {
            return;
        }
        let _ = tokio::time::timeout(at_most, self.0.wait_for(|stop| *stop)).await;
    }
}

/// Runs a source's task until it finishes, is stopped or fails for good.
pub async fn supervise_source(
    worker: &SourceWorker,
    task: &mut dyn SourceTask,
    policy: RestartPolicy,
    mut stop: Stop,
) -> Outcome {
    let mut restarts = Restarts::new(policy, &worker.connector, worker.task);
    loop {
        let before = worker.counters.snapshot().commits;
        match worker.run(task, stop.clone()).await {
            Ok(outcome) => return outcome,
            Err(error) => {
                let progressed = worker.counters.snapshot().commits > before + 1;
                if let Err(failed) = restarts.after(error, progressed, &mut stop).await {
                    return failed;
                }
                worker.counters.restarts(1);
            }
        }
    }
}

/// Runs a sink's task until it finishes, is stopped or fails for good.
pub async fn supervise_sink(
    worker: &SinkWorker,
    task: &mut dyn SinkTask,
    policy: RestartPolicy,
    mut stop: Stop,
) -> Outcome {
    let mut restarts = Restarts::new(policy, &worker.connector, worker.task);
    loop {
        let before = worker.counters.snapshot().commits;
        match worker.run(task, stop.clone()).await {
            Ok(outcome) => return outcome,
            Err(error) => {
                let progressed = worker.counters.snapshot().commits > before;
                if let Err(failed) = restarts.after(error, progressed, &mut stop).await {
                    return failed;
                }
                worker.counters.restarts(1);
            }
        }
    }
}

struct Restarts<'a> {
    policy: RestartPolicy,
    backoff: Backoff,
    random: SystemRandom,
    connector: &'a str,
    task: u32,
}

impl<'a> Restarts<'a> {
    fn new(policy: RestartPolicy, connector: &'a str, task: u32) -> Self {
        let backoff = Backoff::new(policy.first, policy.cap);
        Restarts { policy, backoff, random: SystemRandom::new(), connector, task }
    }

    /// Waits before the next start, or says why there is none.
    async fn after(
        &mut self,
        error: ConnectorError,
        progressed: bool,
        stop: &mut Stop,
    ) -> Result<(), Outcome> {
        let context = format!("connector '{}', task {}", self.connector, self.task);
        let error = match error {
            ConnectorError::Fatal(error) => return Err(Outcome::Failed(error.context(context))),
            ConnectorError::Retriable(error) => error,
        };
        if progressed {
            self.backoff.reset();
        }
        if self.backoff.attempts() >= self.policy.attempts_max {
            let message = format!("{context}: failed {} times in a row", self.backoff.attempts() + 1);
            return Err(Outcome::Failed(Error::new(ErrorKind::Retriable, message).with_source(error)));
        }
        let delay = self.backoff.next(&mut self.random);
        tracing::warn!("{context}: {}; trying again in {} ms", error.chain(), delay.as_millis());
        stop.wait(delay).await;
        if stop.is_asked() { Err(Outcome::Stopped) } else { Ok(()) }
    }
}
