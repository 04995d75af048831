//! What a broker does without being asked: retention, expiry, interval flushes, checkpoints, recovery after a crash.

use std::sync::Arc;
use std::time::Duration;

use super::node::Node;
use crate::log::{FlushPolicy, PartitionLog};

/// How often logs under `flush.policy=interval` are looked at.
const FLUSH_TICK: Duration = Duration::from_secs(1);
/// How often the data folder's checkpoints are written (`log.flush.offset.checkpoint.interval.ms`).
const CHECKPOINT_TICK: Duration = Duration::from_secs(60);

/// Starts the tasks; they end when they are aborted.
pub(super) fn start(node: &Arc<Node>) -> Vec<tokio::task::JoinHandle<()>> {
    vec![
        tokio::spawn(run_deadlines(node.clone())),
        tokio::spawn(every(node.clone(), node.settings.retention_interval, retention)),
        tokio::spawn(every(node.clone(), node.settings.offsets_expiry_interval, |node| node.groups.expire())),
        tokio::spawn(every(node.clone(), FLUSH_TICK, flush_by_interval)),
        tokio::spawn(every(node.clone(), CHECKPOINT_TICK, checkpoint)),
    ]
}

async fn run_deadlines(node: Arc<Node>) {
    node.groups.run_timers().await;
}

/// Runs blocking work again and again, never two at a time.
async fn every(node: Arc<Node>, interval: Duration, work: fn(&Node)) {
    loop {
        tokio::time::sleep(interval).await;
        let node = node.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || work(&node)).await {
            tracing::error!(%error, "housekeeping failed");
        }
    }
}

fn logs(node: &Node) -> Vec<Arc<PartitionLog>> {
    node.partitions.open().iter().filter_map(|partition| partition.log().cloned()).collect()
}

fn retention(node: &Node) {
    open_all(node);
    let now_ms = node.clock.now_ms();
    for log in logs(node) {
        log.expire_producers(now_ms);
        match log.apply_retention(now_ms) {
            Ok(0) => {}
            Ok(segments) => {
                tracing::info!(log = %log.id(), segments, "segments past their retention were deleted")
            }
            Err(error) => {
                tracing::error!(log = %log.id(), error = &error as &dyn std::error::Error, "retention failed");
            }
        }
    }
}

fn flush_by_interval(node: &Node) {
    for log in logs(node) {
        let (from, to) = log.unflushed();
        if from < to && log.config().flush_policy == FlushPolicy::Interval {
            node.logs.flusher().request(&log);
        }
    }
}

fn checkpoint(node: &Node) {
    if let Err(error) = node.logs.folder().checkpoint() {
        tracing::error!(error = &error as &dyn std::error::Error, "the checkpoints could not be written");
    }
}

/// Opens every log that has files, so that retention reaches those that nobody uses.
fn open_all(node: &Node) {
    let found = match node.logs.folder().found() {
        Ok(found) => found,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the data folder could not be listed");
            return;
        }
    };
    let image = node.controller.image();
    for found in found {
        let partition =
            image.topic(&found.id.topic).and_then(|topic| node.partitions.get(topic, found.id.partition));
        if let Some(partition) = partition
            && let Err(error) = partition.open()
        {
            tracing::error!(log = %found.id, error = &error as &dyn std::error::Error, "a log could not be opened");
        }
    }
}

/// After a crash: looks through every log, so that a shutdown may mark the folder clean.
pub(super) fn recover_all(node: &Node) {
    open_all(node);
    node.logs.set_recovered();
}
